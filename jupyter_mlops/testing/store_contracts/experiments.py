"""Experiments: made, found, deleted, renamed, tagged, searched."""

from __future__ import annotations

import time

import pytest

from jupyter_mlops.entities.statuses import ViewType
from jupyter_mlops.errors import AlreadyExists, InvalidParameter, InvalidState, NotFound
from jupyter_mlops.storage.base import Store
from jupyter_mlops.testing.store_contracts.fixtures import StoreFixtures, begin_run, walk

__all__ = ["ExperimentContract"]

MISSING = "987654321"


def _names(store: Store, name: str, filter_string: str, view: int = ViewType.ACTIVE_ONLY, order: str = "name") -> list[str]:
    page = store.search_experiments(filter_string, view, 100, [order], None)
    return [one.name.removeprefix(name) for one in page if one.name.startswith(name)]


class ExperimentContract(StoreFixtures):
    """Tests of the experiments of a `TrackingStore`."""

    def test_an_experiment_is_made_and_found(self, store: Store, other: Store, name: str) -> None:
        before = time.time() * 1000
        made = store.create_experiment(name, None, {"team": "ü ✓ 😀", "empty": ""})
        found = other.get_experiment(made)
        assert (found.experiment_id, found.name, found.lifecycle_stage) == (made, name, "active")
        assert found.tags == {"team": "ü ✓ 😀", "empty": ""}
        assert before - 60_000 < (found.creation_time or 0) < before + 60_000
        assert found.artifact_location
        assert other.get_experiment_by_name(name) == found
        assert other.search_experiments(f"name = '{name}'", ViewType.ACTIVE_ONLY, 10, None, None) == [found]

    def test_an_experiment_has_its_artifacts_where_it_was_told(self, store: Store, other: Store, name: str) -> None:
        made = store.create_experiment(name, f"s3://bucket/{name}", {})
        assert other.get_experiment(made).artifact_location == f"s3://bucket/{name}"
        run = store.create_run(made, "r", "ann", 1, {"mlflow.runName": "r"}, owned=False)
        assert other.get_run(run.info.run_id).info.artifact_uri == f"s3://bucket/{name}/{run.info.run_id}/artifacts"

    def test_the_default_experiment_is_there(self, store: Store) -> None:
        assert store.get_experiment("0").name == "Default"

    def test_experiments_have_unlike_ids(self, store: Store, name: str) -> None:
        ids = [store.create_experiment(f"{name}{number}", None, {}) for number in range(3)]
        store.delete_experiment(ids[-1])
        assert len({*ids, store.create_experiment(f"{name}3", None, {})}) == 4

    def test_a_name_of_an_experiment_is_taken_once(self, store: Store, name: str) -> None:
        made = store.create_experiment(name, None, {})
        with pytest.raises(AlreadyExists):
            store.create_experiment(name, None, {})
        store.delete_experiment(made)
        with pytest.raises(AlreadyExists):
            store.create_experiment(name, None, {})

    @pytest.mark.parametrize("bad", ["", "  ", "x" * 501], ids=["empty", "blank", "long"])
    def test_names_that_no_experiment_may_have(self, store: Store, experiment: str, bad: str) -> None:
        with pytest.raises(InvalidParameter):
            store.create_experiment(bad, None, {})
        with pytest.raises(InvalidParameter):
            store.rename_experiment(experiment, bad)

    def test_odd_names_of_experiments(self, store: Store, other: Store, name: str) -> None:
        for odd in (f"{name} ü/✓ 😀 \"'%_", f"{name}?a=1&b=%20#c", f"{name}" + "x" * (500 - len(name))):
            made = store.create_experiment(odd, None, {})
            found = other.get_experiment_by_name(odd)
            assert found is not None
            assert (found.experiment_id, found.name) == (made, odd)

    def test_experiments_that_are_not_there(self, store: Store, name: str) -> None:
        assert store.get_experiment_by_name(name) is None
        for call in (
            lambda: store.get_experiment(MISSING), lambda: store.delete_experiment(MISSING),
            lambda: store.restore_experiment(MISSING), lambda: store.rename_experiment(MISSING, name),
            lambda: store.set_experiment_tag(MISSING, "a", "b"),
        ):  # fmt: skip
            with pytest.raises(NotFound):
                call()

    def test_ids_that_no_experiment_can_have(self, store: Store) -> None:
        with pytest.raises(InvalidParameter):
            store.get_experiment("no number")

    def test_an_experiment_is_deleted_and_restored_with_its_runs(self, store: Store, other: Store, experiment: str) -> None:
        runs = [begin_run(store, experiment, f"r{number}") for number in range(2)]
        store.delete_run(runs[0])
        store.delete_experiment(experiment)
        assert other.get_experiment(experiment).lifecycle_stage == "deleted"
        assert [other.get_run(run).info.lifecycle_stage for run in runs] == ["deleted", "deleted"]
        assert other.search_runs([experiment], None, ViewType.ACTIVE_ONLY, 10, None, None) == []
        store.restore_experiment(experiment)
        assert other.get_experiment(experiment).lifecycle_stage == "active"
        assert [other.get_run(run).info.lifecycle_stage for run in runs] == ["active", "active"]

    def test_what_is_deleted_is_not_deleted_again_nor_what_is_active_restored(self, store: Store, experiment: str) -> None:
        with pytest.raises(NotFound):
            store.restore_experiment(experiment)
        store.delete_experiment(experiment)
        with pytest.raises(NotFound):
            store.delete_experiment(experiment)

    def test_renaming_an_experiment(self, store: Store, other: Store, experiment: str, name: str) -> None:
        old = store.get_experiment(experiment).name
        store.rename_experiment(experiment, f"{name} ü")
        found = other.get_experiment_by_name(f"{name} ü")
        assert found is not None
        assert found.experiment_id == experiment
        assert other.get_experiment_by_name(old) is None
        store.create_experiment(old, None, {})

    def test_an_experiment_is_not_renamed_to_a_name_that_is_taken(self, store: Store, experiment: str, name: str) -> None:
        store.create_experiment(name, None, {})
        with pytest.raises(AlreadyExists):
            store.rename_experiment(experiment, name)

    def test_a_deleted_experiment_is_not_renamed(self, store: Store, experiment: str, name: str) -> None:
        store.delete_experiment(experiment)
        with pytest.raises(InvalidState):
            store.rename_experiment(experiment, name)

    def test_tags_of_an_experiment(self, store: Store, other: Store, experiment: str) -> None:
        for key, value in (("a", "1"), ("a", "2"), ("deep/key.of_a-tag", "ü ✓ 😀\n'\""), ("long", "x" * 5000), ("empty", "")):
            store.set_experiment_tag(experiment, key, value)
        tags = {"a": "2", "deep/key.of_a-tag": "ü ✓ 😀\n'\"", "long": "x" * 5000, "empty": ""}
        assert other.get_experiment(experiment).tags == tags
        [found] = other.search_experiments("tags.a = '2' AND tags.`deep/key.of_a-tag` LIKE 'ü%'", ViewType.ACTIVE_ONLY, 9, None, None)
        assert found.tags == tags
        store.set_experiment_tag(experiment, "a", "3")

    def test_a_tag_of_an_experiment_is_removed(self, store: Store, other: Store, experiment: str) -> None:
        store.set_experiment_tag(experiment, "a", "1")
        store.set_experiment_tag(experiment, "b", "2")
        store.delete_experiment_tag(experiment, "a")
        assert other.get_experiment(experiment).tags == {"b": "2"}
        with pytest.raises(NotFound):
            store.delete_experiment_tag(experiment, "a")

    def test_tags_that_no_experiment_may_have(self, store: Store, experiment: str) -> None:
        for key, value in (("", "v"), ("a\nb", "v"), ("../a", "v"), ("k" * 251, "v"), ("k", "x" * 20_001)):
            with pytest.raises(InvalidParameter):
                store.set_experiment_tag(experiment, key, value)
        assert store.get_experiment(experiment).tags == {}

    def test_a_deleted_experiment_keeps_its_tags(self, store: Store, experiment: str) -> None:
        store.set_experiment_tag(experiment, "a", "1")
        store.delete_experiment(experiment)
        with pytest.raises(InvalidParameter):
            store.set_experiment_tag(experiment, "a", "2")
        assert store.get_experiment(experiment).tags == {"a": "1"}

    def test_searching_experiments(self, store: Store, other: Store, name: str) -> None:
        ids = [store.create_experiment(f"{name}{last}", None, {"team": last.lower(), name: "1"}) for last in ("a", "B", "c")]
        store.delete_experiment(store.create_experiment(f"{name}gone", None, {name: "1"}))
        made = other.get_experiment(ids[1]).creation_time
        wanted = {
            f"name = '{name}a'": ["a"],
            f"name != '{name}a' AND name LIKE '{name}%'": ["B", "c"],
            f"name LIKE '{name}b'": [],
            f"name ILIKE '{name}b'": ["B"],
            f"attribute.name LIKE '%{name}%' AND tags.team = 'c'": ["c"],
            f"tags.{name} = '1' AND tags.team != 'c'": ["B", "a"],
            f"tags.{name} = '1' AND tag.team LIKE 'b%'": ["B"],
            f"tags.{name} = '1' AND creation_time >= {made} AND creation_time <= {made} AND name = '{name}B'": ["B"],
            f"tags.{name} = '1' AND last_update_time < 1": [],
        }
        assert {one: sorted(_names(other, name, one)) for one in wanted} == wanted
        assert sorted(_names(other, name, f"tags.{name} = '1'", ViewType.DELETED_ONLY)) == ["gone"]
        assert sorted(_names(other, name, f"tags.{name} = '1'", ViewType.ALL)) == ["B", "a", "c", "gone"]

    def test_searching_experiments_with_or(self, store: Store, other: Store, name: str) -> None:
        for last in "abc":
            store.create_experiment(f"{name}{last}", None, {})
        assert _names(other, name, f"name = '{name}a' OR NOT name != '{name}c'") == ["a", "c"]

    def test_the_order_of_experiments(self, store: Store, other: Store, name: str) -> None:
        for last in "bca":
            store.create_experiment(f"{name}{last}", None, {})
            time.sleep(0.005)
        mine = f"name LIKE '{name}%'"
        assert _names(other, name, mine, order="name ASC") == ["a", "b", "c"]
        assert _names(other, name, mine, order="attribute.name DESC") == ["c", "b", "a"]
        assert _names(other, name, mine, order="creation_time ASC") == ["b", "c", "a"]
        first = other.search_experiments(mine, ViewType.ACTIVE_ONLY, 10, None, None)
        assert [one.name.removeprefix(name) for one in first] == ["a", "c", "b"]  # the newest first
        found = other.get_experiment_by_name(f"{name}b")
        assert found is not None
        store.rename_experiment(found.experiment_id, f"{name}d")
        assert _names(other, name, mine, order="last_update_time DESC") == ["d", "a", "c"]

    def test_pages_of_experiments(self, store: Store, other: Store, name: str) -> None:
        for last in "abcde":
            store.create_experiment(f"{name}{last}", None, {})
        pages = walk(lambda token: other.search_experiments(f"name LIKE '{name}%'", ViewType.ACTIVE_ONLY, 2, ["name"], token))
        assert [[one.name[-1] for one in page] for page in pages] == [["a", "b"], ["c", "d"], ["e"]]

    @pytest.mark.parametrize(
        ("filter_string", "most", "order", "token"),
        [
            ("name", 1, None, None), ("nome = 'a'", 1, None, None), ("name = a", 1, None, None), (None, 0, None, None),
            (None, 50_001, None, None), (None, 1, ["nome"], None), (None, 1, ["name UP"], None), (None, 1, None, "no token"),
        ],
    )  # fmt: skip
    def test_searches_of_experiments_that_make_no_sense(
        self, store: Store, filter_string: str | None, most: int, order: list[str] | None, token: str | None
    ) -> None:
        with pytest.raises(InvalidParameter):
            store.search_experiments(filter_string, ViewType.ACTIVE_ONLY, most, order, token)
