"""Registered models and their versions: made, found, described, tagged, renamed, deleted, searched."""

from __future__ import annotations

import time

import pytest

from jupyter_mlops.entities.runs import Run
from jupyter_mlops.errors import AlreadyExists, InvalidParameter, NotFound
from jupyter_mlops.storage.base import Store
from jupyter_mlops.testing.store_contracts.fixtures import StoreFixtures, begin_run, walk

__all__ = ["RegisteredModelContract"]

SOURCE = "s3://bucket/model"
_NO_NAMES = {"empty": "", "blank": "  ", "slash": "a/b", "colon": "a:b", "dot": ".", "break": "a\nb", "long": "x" * 257}


def _version(store: Store, model: str, source: str = SOURCE, run_id: str | None = None, **tags: str) -> str:
    return store.create_model_version(model, source, run_id, tags, None, None).version


class RegisteredModelContract(StoreFixtures):
    """Tests of the models and versions of a `RegistryStore`."""

    def test_a_model_is_made_and_found(self, store: Store, other: Store, name: str) -> None:
        before = time.time() * 1000
        store.create_registered_model(f"{name} ü", {"team": "ü ✓ 😀"}, "What\nit is: ü")
        found = other.get_registered_model(f"{name} ü")
        assert (found.name, found.tags, found.description) == (f"{name} ü", {"team": "ü ✓ 😀"}, "What\nit is: ü")
        assert (found.latest_versions, found.aliases) == ([], {})
        assert before - 60_000 < found.creation_timestamp < before + 60_000
        assert other.search_registered_models(f"name = '{name} ü'", 10, None, None) == [found]

    def test_a_name_of_a_model_is_taken_once(self, store: Store, model: str) -> None:
        with pytest.raises(AlreadyExists):
            store.create_registered_model(model, {}, None)

    @pytest.mark.parametrize("bad", _NO_NAMES.values(), ids=_NO_NAMES.keys())
    def test_names_that_no_model_may_have(self, store: Store, bad: str) -> None:
        with pytest.raises(InvalidParameter):
            store.create_registered_model(bad, {}, None)

    def test_models_that_are_not_there(self, store: Store, name: str) -> None:
        for call in (
            lambda: store.get_registered_model(name), lambda: store.update_registered_model(name, "d"),
            lambda: store.rename_registered_model(name, f"{name}2"), lambda: store.delete_registered_model(name),
            lambda: store.set_registered_model_tag(name, "a", "b"), lambda: _version(store, name),
            lambda: store.get_latest_versions(name, None), lambda: store.set_registered_model_alias(name, "a", "1"),
        ):  # fmt: skip
            with pytest.raises(NotFound):
                call()

    def test_describing_a_model(self, store: Store, other: Store, model: str) -> None:
        store.update_registered_model(model, "ü " + "x" * 4000)
        assert other.get_registered_model(model).description == "ü " + "x" * 4000

    def test_a_model_is_renamed_with_all_it_has(self, store: Store, other: Store, model: str, name: str) -> None:
        store.set_registered_model_tag(model, "a", "1")
        store.set_registered_model_alias(model, "best", _version(store, model, team="red"))
        store.rename_registered_model(model, f"{name} new")
        found = other.get_registered_model(f"{name} new")
        assert (found.tags, found.aliases) == ({"a": "1"}, {"best": "1"})
        version = other.get_model_version(f"{name} new", "1")
        assert (version.name, version.tags, version.aliases) == (f"{name} new", {"team": "red"}, ["best"])
        with pytest.raises(NotFound):
            other.get_registered_model(model)
        store.create_registered_model(model, {}, None)
        with pytest.raises(AlreadyExists):
            store.rename_registered_model(model, f"{name} new")

    def test_a_model_is_deleted_with_all_it_has(self, store: Store, other: Store, model: str) -> None:
        _version(store, model)
        store.delete_registered_model(model)
        with pytest.raises(NotFound):
            other.get_registered_model(model)
        with pytest.raises(NotFound):
            other.get_model_version(model, "1")
        assert other.search_model_versions(f"name = '{model}'", 10, None, None) == []
        store.create_registered_model(model, {}, None)
        assert other.get_registered_model(model).latest_versions == []

    def test_tags_of_a_model(self, store: Store, other: Store, model: str) -> None:
        for key, value in (("a", "1"), ("a", "2"), ("deep/key", "ü ✓\n"), ("empty", ""), ("b", "1")):
            store.set_registered_model_tag(model, key, value)
        for key in ("b", "none"):
            store.delete_registered_model_tag(model, key)
        assert other.get_registered_model(model).tags == {"a": "2", "deep/key": "ü ✓\n", "empty": ""}

    def test_tags_that_no_model_may_have(self, store: Store, model: str) -> None:
        _version(store, model)
        for key in ("", "../a", "k" * 251):
            with pytest.raises(InvalidParameter):
                store.set_registered_model_tag(model, key, "v")
            with pytest.raises(InvalidParameter):
                store.set_model_version_tag(model, "1", key, "v")

    def test_a_version_is_made_and_found(self, store: Store, other: Store, model: str, run: Run) -> None:
        before = time.time() * 1000
        made = store.create_model_version(model, SOURCE, run.info.run_id, {"a": "ü ✓"}, "http://host/run", "What it is: ü")
        found = other.get_model_version(model, made.version)
        assert (found.name, found.version, found.source, found.run_id) == (model, "1", SOURCE, run.info.run_id)
        assert (found.tags, found.run_link, found.description) == ({"a": "ü ✓"}, "http://host/run", "What it is: ü")
        assert (found.status, found.current_stage, found.aliases) == ("READY", "None", [])
        assert before - 60_000 < found.creation_timestamp < before + 60_000
        assert other.search_model_versions(f"name = '{model}'", 10, None, None) == [found]
        assert other.get_registered_model(model).latest_versions == [found]

    def test_numbers_of_versions_are_used_once(self, store: Store, other: Store, model: str) -> None:
        assert [_version(store, model) for _ in range(3)] == ["1", "2", "3"]
        store.delete_model_version(model, "3")
        store.delete_model_version(model, "1")
        assert _version(store, model) == "4"
        assert sorted(one.version for one in other.search_model_versions(f"name = '{model}'", 10, None, None)) == ["2", "4"]
        with pytest.raises(NotFound):
            other.get_model_version(model, "3")

    def test_versions_that_are_not_there(self, store: Store, model: str) -> None:
        for call in (
            lambda: store.get_model_version(model, "7"), lambda: store.update_model_version(model, "7", "d"),
            lambda: store.delete_model_version(model, "7"), lambda: store.set_model_version_tag(model, "7", "a", "b"),
            lambda: store.transition_model_version_stage(model, "7", "Staging", False),
            lambda: store.set_registered_model_alias(model, "a", "7"),
        ):  # fmt: skip
            with pytest.raises(NotFound):
                call()
        with pytest.raises(InvalidParameter):
            store.get_model_version(model, "newest")

    def test_describing_a_version(self, store: Store, other: Store, model: str) -> None:
        _version(store, model)
        store.update_model_version(model, "1", "ü\n2")
        assert other.get_model_version(model, "1").description == "ü\n2"

    def test_tags_of_a_version(self, store: Store, other: Store, model: str) -> None:
        _version(store, model, a="1", b="1")
        _version(store, model, a="1")
        for key, value in (("a", "2"), ("deep/key", "ü ✓\n"), ("empty", "")):
            store.set_model_version_tag(model, "1", key, value)
        for key in ("b", "none"):
            store.delete_model_version_tag(model, "1", key)
        assert other.get_model_version(model, "1").tags == {"a": "2", "deep/key": "ü ✓\n", "empty": ""}
        assert other.get_model_version(model, "2").tags == {"a": "1"}

    def test_searching_models(self, store: Store, other: Store, name: str) -> None:
        for last, team in (("a", "red"), ("B", "blue"), ("c", "red")):
            store.create_registered_model(f"{name}{last}", {"team": team}, None)

        def found(filter_string: str, order: list[str] | None = None) -> str:
            page = other.search_registered_models(filter_string, 100, order, None)
            return "".join(one.name.removeprefix(name) for one in page if one.name.startswith(name))

        wanted = {
            f"name = '{name}a'": "a", f"name LIKE '{name}b'": "", f"name ILIKE '{name}b'": "B", f"name LIKE '{name}%' AND tags.team = 'red'": "ac",
            f"name LIKE '{name}%' AND tags.team != 'red'": "B", "name LIKE 'zzzzz%'": "",
        }  # fmt: skip
        assert {one: found(one) for one in wanted} == wanted
        mine = f"name LIKE '{name}%'"
        assert found(mine, ["name DESC"]) == "caB"
        store.update_registered_model(f"{name}B", "later")
        assert found(mine, ["last_updated_timestamp DESC"])[0] == "B"

    def test_pages_of_models(self, store: Store, other: Store, name: str) -> None:
        for last in "abcde":
            store.create_registered_model(f"{name}{last}", {}, None)
        pages = walk(lambda token: other.search_registered_models(f"name LIKE '{name}%'", 2, ["name ASC"], token))
        assert [[one.name[-1] for one in page] for page in pages] == [["a", "b"], ["c", "d"], ["e"]]

    def test_searching_versions(self, store: Store, other: Store, name: str, experiment: str) -> None:
        runs = [begin_run(store, experiment, str(number)) for number in range(2)]
        for last in "ab":
            store.create_registered_model(f"{name}{last}", {}, None)
            _version(store, f"{name}{last}", f"s3://{name}/{last}", runs[0], team="red")
            _version(store, f"{name}{last}", f"s3://{name}/{last}2", runs[1])

        def found(filter_string: str, order: list[str] | None = None) -> list[str]:
            page = other.search_model_versions(filter_string, 100, order or ["name ASC", "version_number ASC"], None)
            return [one.name.removeprefix(name) + one.version for one in page]

        wanted = {
            f"name = '{name}a'": ["a1", "a2"], f"name LIKE '{name}%' AND version_number > 1": ["a2", "b2"], f"run_id = '{runs[0]}'": ["a1", "b1"],
            f"run_id IN ('{runs[1]}')": ["a2", "b2"], f"source_path = 's3://{name}/b'": ["b1"], f"name LIKE '{name}%' AND tags.team = 'red'": ["a1", "b1"],
            f"name ILIKE '{name.upper()}A' AND version_number = 1": ["a1"], "name = 'none at all'": [],
        }  # fmt: skip
        assert {one: found(one) for one in wanted} == wanted
        assert found(f"name LIKE '{name}%'", ["version_number DESC", "name ASC"]) == ["a2", "b2", "a1", "b1"]

    def test_pages_of_versions(self, store: Store, other: Store, model: str) -> None:
        for _ in range(5):
            _version(store, model)
        pages = walk(lambda token: other.search_model_versions(f"name = '{model}'", 2, ["version_number ASC"], token))
        assert [[one.version for one in page] for page in pages] == [["1", "2"], ["3", "4"], ["5"]]

    @pytest.mark.parametrize(
        ("filter_string", "most", "order", "token"),
        [
            ("name", 1, None, None), ("nome = 'a'", 1, None, None), (None, 200_001, None, None), (None, 1, ["nome"], None),
            (None, 1, None, "no token"),
        ],
    )  # fmt: skip
    def test_searches_of_the_registry_that_make_no_sense(
        self, store: Store, filter_string: str | None, most: int, order: list[str] | None, token: str | None
    ) -> None:
        with pytest.raises(InvalidParameter):
            store.search_registered_models(filter_string, most, order, token)
        with pytest.raises(InvalidParameter):
            store.search_model_versions(filter_string, most, order, token)
