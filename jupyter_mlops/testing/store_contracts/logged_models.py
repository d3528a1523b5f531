"""Models with an id of their own."""

from __future__ import annotations

import pytest

from jupyter_mlops.entities.logged_models import LOGGED_STATUSES
from jupyter_mlops.entities.runs import Run
from jupyter_mlops.entities.tags import EVALUATED_MODEL_TAG
from jupyter_mlops.errors import InvalidParameter, NotFound
from jupyter_mlops.storage.base import Store
from jupyter_mlops.testing.store_contracts.fixtures import START, StoreFixtures, begin_run, walk

__all__ = ["LoggedModelContract"]

PENDING, READY, FAILED = LOGGED_STATUSES
MISSING = "m-" + "0" * 32


class LoggedModelContract(StoreFixtures):
    """Tests of the logged models of a `TrackingStore`."""

    def test_a_logged_model_is_made_and_found(self, store: Store, other: Store, run: Run) -> None:
        tags, params = {"team": "ü ✓"}, {"depth": "3", "deep/key": "x" * 500}
        made = store.create_logged_model(run.info.experiment_id, "forest", "sklearn", run.info.run_id, tags, params)
        found = other.get_logged_model(made.model_id)
        assert found.model_id.startswith("m-")
        assert (found.name, found.model_type, found.status) == ("forest", "sklearn", PENDING)
        assert (found.experiment_id, found.source_run_id) == (run.info.experiment_id, run.info.run_id)
        assert found.params == params
        assert found.tags.items() >= tags.items()
        assert made.model_id in found.artifact_location
        assert found.creation_timestamp > 1_600_000_000_000
        assert [one.model_id for one in other.search_logged_models([run.info.experiment_id], None, 9, None, None)] == [made.model_id]

    def test_a_logged_model_needs_little(self, store: Store, other: Store, experiment: str) -> None:
        found = other.get_logged_model(store.create_logged_model(experiment, None, None, None, {}, {}).model_id)
        assert (found.model_type, found.source_run_id, found.params) == (None, None, {})
        assert found.name

    def test_where_no_logged_model_is_made(self, store: Store, experiment: str) -> None:
        with pytest.raises(NotFound):
            store.create_logged_model("987654321", None, None, None, {}, {})
        store.delete_experiment(experiment)
        with pytest.raises(InvalidParameter):
            store.create_logged_model(experiment, None, None, None, {}, {})

    @pytest.mark.parametrize("status", [READY, FAILED])
    def test_the_status_of_a_logged_model(self, store: Store, other: Store, experiment: str, status: str) -> None:
        made = store.create_logged_model(experiment, "m", None, None, {}, {})
        assert store.update_logged_model(made.model_id, status=status).status == status
        assert other.get_logged_model(made.model_id).status == status

    def test_a_status_that_there_is_not(self, store: Store, experiment: str) -> None:
        made = store.create_logged_model(experiment, "m", None, None, {}, {})
        with pytest.raises(InvalidParameter):
            store.update_logged_model(made.model_id, status="DONE")

    def test_tags_and_params_of_a_logged_model(self, store: Store, other: Store, experiment: str) -> None:
        made = store.create_logged_model(experiment, "m", None, None, {"a": "1"}, {"p": "1"})
        store.update_logged_model(made.model_id, tags={"a": "2", "deep/b": "ü"}, params={"q": "2"})
        found = other.get_logged_model(made.model_id)
        assert found.tags.items() >= {"a": "2", "deep/b": "ü"}.items()
        assert found.params == {"p": "1", "q": "2"}
        store.delete_logged_model_tag(made.model_id, "a")
        assert "a" not in other.get_logged_model(made.model_id).tags
        with pytest.raises(NotFound):
            store.delete_logged_model_tag(made.model_id, "a")

    def test_a_logged_model_is_deleted(self, store: Store, other: Store, experiment: str) -> None:
        made, stays = (store.create_logged_model(experiment, name, None, None, {}, {}).model_id for name in ("m", "n"))
        store.delete_logged_model(made)
        with pytest.raises(NotFound):
            other.get_logged_model(made)
        assert [one.model_id for one in other.search_logged_models([experiment], None, 9, None, None)] == [stays]

    def test_logged_models_that_are_not_there(self, store: Store) -> None:
        for call in (
            lambda: store.get_logged_model(MISSING), lambda: store.delete_logged_model(MISSING),
            lambda: store.update_logged_model(MISSING, status=READY), lambda: store.update_logged_model(MISSING, tags={"a": "b"}),
        ):  # fmt: skip
            with pytest.raises(NotFound):
                call()

    def test_searching_logged_models(self, store: Store, other: Store, experiment: str) -> None:
        run = begin_run(store, experiment)
        ids = {
            name: store.create_logged_model(experiment, name, kind, run, {"team": team}, {"depth": depth}).model_id
            for name, kind, team, depth in (("a", "tree", "red", "1"), ("b", "tree", "blue", "2"), ("c", "net", "red", "2"))
        }
        wanted = {
            "name = 'a'": "a", "name != 'a' AND name LIKE '%'": "bc", "tags.team = 'red'": "ac", "params.depth = '2'": "bc",
            "tags.team = 'red' AND params.depth = '2'": "c", f"source_run_id = '{run}'": "abc", "model_type = 'net'": "c",
            f"model_id = '{ids['b']}'": "b", "creation_timestamp < 5": "",
        }  # fmt: skip
        found = {
            one: "".join(sorted(model.name for model in other.search_logged_models([experiment], one, 9, None, None))) for one in wanted
        }
        assert found == wanted
        page = other.search_logged_models([experiment], None, 9, ["name DESC"], None)
        assert [model.name for model in page] == ["c", "b", "a"]

    def test_searching_logged_models_by_status(self, store: Store, other: Store, experiment: str) -> None:
        ids = [store.create_logged_model(experiment, name, None, None, {}, {}).model_id for name in "ab"]
        store.update_logged_model(ids[1], status=READY)
        found = other.search_logged_models([experiment], f"status = '{READY}'", 9, None, None)
        assert [one.model_id for one in found] == ids[1:]

    def test_metrics_of_a_logged_models_run(self, store: Store, other: Store, experiment: str) -> None:
        for name, loss in (("a", 0.5), ("b", 0.25)):
            store.create_logged_model(experiment, name, None, begin_run(store, experiment, metrics={"loss": loss}), {}, {})
        [found] = other.search_logged_models([experiment], "metrics.loss < 0.3", 9, None, None)
        assert (found.name, found.metrics) == ("b", {"loss": 0.25})
        assert [one.name for one in other.search_logged_models([experiment], None, 9, ["metrics.loss DESC"], None)] == ["a", "b"]

    def test_metrics_of_runs_that_evaluated_a_logged_model(self, store: Store, other: Store, experiment: str) -> None:
        maker = begin_run(store, experiment, metrics={"loss": 0.5, "auc": 0.7})
        made = store.create_logged_model(experiment, "m", None, maker, {}, {})
        tags = {EVALUATED_MODEL_TAG: made.model_id}
        begin_run(store, experiment, start_time=START + 5, metrics={"auc": 0.9}, tags=tags)
        begin_run(store, store.create_experiment("elsewhere", None, {}), start_time=START + 9, metrics={"secret": 1}, tags=tags)
        assert other.get_logged_model(made.model_id).metrics == {"loss": 0.5, "auc": 0.9}
        assert [one.model_id for one in other.search_logged_models([experiment], "metrics.auc > 0.8", 9, None, None)] == [made.model_id]
        assert not other.search_logged_models([experiment], "metrics.auc < 0.8", 9, None, None)

    def test_pages_of_logged_models(self, store: Store, other: Store, experiment: str) -> None:
        for name in "abcde":
            store.create_logged_model(experiment, name, None, None, {}, {})
        pages = walk(lambda token: other.search_logged_models([experiment], None, 2, ["name ASC"], token))
        assert [[one.name for one in page] for page in pages] == [["a", "b"], ["c", "d"], ["e"]]

    def test_where_a_logged_model_lies(self, store: Store, other: Store, run: Run) -> None:
        made = store.create_logged_model(run.info.experiment_id, "forest", None, run.info.run_id, {}, {})
        assert other.logged_model_place(made.model_id) == other.get_logged_model(made.model_id).artifact_location
        assert other.logged_model_place("forest", run.info.run_id) == made.artifact_location
        assert other.logged_model_place("none", run.info.run_id) is None
        assert other.logged_model_place(MISSING) is None
