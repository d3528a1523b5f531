"""Runs: begun, changed, ended, deleted, and what is logged to them."""

from __future__ import annotations

import json
import time
import uuid

import pytest

from jupyter_mlops.entities.datasets import Dataset, DatasetInput, InputTag
from jupyter_mlops.entities.metrics import Metric
from jupyter_mlops.entities.pairs import Param, RunTag
from jupyter_mlops.entities.runs import Run
from jupyter_mlops.entities.statuses import RunStatus, ViewType
from jupyter_mlops.entities.tags import CONTEXT_TAG
from jupyter_mlops.errors import InvalidParameter, NotFound
from jupyter_mlops.storage.base import Store
from jupyter_mlops.testing.store_contracts.fixtures import START, StoreFixtures, begin_run

__all__ = ["RunContract"]

MISSING = "0" * 32
SOURCE = '{"uri": "iris.csv"}'


def _iris(digest: str = "1f2e", context: str | None = "train", **tags: str) -> DatasetInput:
    given = tags | ({CONTEXT_TAG: context} if context else {})
    dataset = Dataset("iris ü", digest, "local", SOURCE, '{"columns": []}', '{"rows": 150}')
    return DatasetInput(dataset, [InputTag(key, value) for key, value in given.items()])


def _flat(run: Run) -> set[tuple[Dataset, frozenset[tuple[str, str]]]]:
    return {(one.dataset, frozenset((tag.key, tag.value) for tag in one.tags)) for one in run.inputs.dataset_inputs}


class RunContract(StoreFixtures):
    """Tests of the runs of a `TrackingStore`."""

    def test_a_run_is_begun_and_found(self, store: Store, other: Store, experiment: str) -> None:
        tags = {"mlflow.runName": "näme ✓", "mlflow.user": "ann", "mine": "1"}
        made = store.create_run(experiment, "näme ✓", "ann", START, tags, owned=False)
        found = other.get_run(made.info.run_id)
        info = found.info
        assert (info.experiment_id, info.run_name, info.user_id, info.status) == (experiment, "näme ✓", "ann", "RUNNING")
        assert (info.start_time, info.end_time, info.lifecycle_stage) == (START, None, "active")
        assert made.info.run_id in info.artifact_uri
        assert made.info.artifact_uri == info.artifact_uri
        assert found.data.tags.items() >= tags.items()
        assert (found.data.params, found.data.metrics) == ({}, {})
        assert other.search_runs([experiment], None, ViewType.ACTIVE_ONLY, 10, None, None) == [found]

    def test_a_run_has_the_id_that_it_was_given(self, store: Store, other: Store, experiment: str) -> None:
        given = uuid.uuid4().hex
        made = store.create_run(experiment, "r", "ann", START, {"mlflow.runName": "r"}, owned=False, run_id=given)
        assert made.info.run_id == other.get_run(given).info.run_id == given

    def test_an_owned_run_goes_on_after_it_was_resumed(self, store: Store, other: Store, experiment: str) -> None:
        run = store.create_run(experiment, "r", "ann", START, {"mlflow.runName": "r"}, owned=True).info.run_id
        assert other.get_run(run).info.status == "RUNNING"
        store.update_run(run, "FINISHED", START + 5, None)
        assert other.get_run(run).info.status == "FINISHED"
        store.own_run(run)
        store.update_run(run, "RUNNING", None, None)
        store.log_param(run, "a", "1")
        found = other.get_run(run)
        assert (found.info.status, found.data.params) == ("RUNNING", {"a": "1"})

    def test_where_no_run_begins(self, store: Store, experiment: str) -> None:
        with pytest.raises(NotFound):
            begin_run(store, "987654321")
        store.delete_experiment(experiment)
        with pytest.raises(InvalidParameter):
            begin_run(store, experiment)

    def test_runs_that_are_not_there(self, store: Store) -> None:
        for call in (
            lambda: store.get_run(MISSING), lambda: store.delete_run(MISSING), lambda: store.restore_run(MISSING),
            lambda: store.delete_tag(MISSING, "a"),
        ):  # fmt: skip
            with pytest.raises(NotFound):
                call()

    def test_the_history_of_a_run_that_is_not_there(self, store: Store) -> None:
        with pytest.raises(NotFound):
            store.get_metric_history(MISSING, "a")

    @pytest.mark.parametrize("status", [RunStatus.to_string(number) for number in RunStatus.all_status()])
    def test_every_status(self, store: Store, other: Store, run: Run, status: str) -> None:
        store.update_run(run.info.run_id, status, None, None)
        assert other.get_run(run.info.run_id).info.status == status
        assert [one.info.status for one in other.search_runs([run.info.experiment_id], f"status = '{status}'", 1, 9, None, None)] == [status]

    def test_end_and_name_of_a_run(self, store: Store, other: Store, run: Run) -> None:
        store.update_run(run.info.run_id, "FINISHED", START + 12_345, None)
        found = other.get_run(run.info.run_id).info
        assert (found.status, found.end_time, found.start_time, found.run_name) == ("FINISHED", START + 12_345, START, "calm-fox")
        store.update_run(run.info.run_id, None, None, "bold ü")
        found = other.get_run(run.info.run_id).info
        assert (found.status, found.end_time, found.run_name) == ("FINISHED", START + 12_345, "bold ü")

    def test_a_run_is_deleted_and_restored(self, store: Store, other: Store, run: Run) -> None:
        def seen(view: int) -> int:
            return len(other.search_runs([run.info.experiment_id], None, view, 10, None, None))

        store.log_metric(run.info.run_id, "loss", 0.5, START, 0)
        store.delete_run(run.info.run_id)
        assert other.get_run(run.info.run_id).info.lifecycle_stage == "deleted"
        assert [seen(view) for view in (ViewType.ACTIVE_ONLY, ViewType.DELETED_ONLY, ViewType.ALL)] == [0, 1, 1]
        store.restore_run(run.info.run_id)
        found = other.get_run(run.info.run_id)
        assert (found.info.lifecycle_stage, found.data.metrics) == ("active", {"loss": 0.5})
        assert [seen(view) for view in (ViewType.ACTIVE_ONLY, ViewType.DELETED_ONLY, ViewType.ALL)] == [1, 0, 1]

    def test_a_deleted_run_is_deleted_again_and_an_active_one_restored(self, store: Store, other: Store, run: Run) -> None:
        store.restore_run(run.info.run_id)
        for _ in range(2):
            store.delete_run(run.info.run_id)
        assert other.get_run(run.info.run_id).info.lifecycle_stage == "deleted"

    def test_runs_go_and_come_back_with_all_below_them(self, store: Store, other: Store, run: Run) -> None:
        family = [run.info.run_id]
        for _ in range(3):
            tags = {"mlflow.parentRunId": family[-1]}
            family.append(store.create_run(run.info.experiment_id, "below", "ann", START, tags, owned=False).info.run_id)
        assert sorted(other.delete_runs([family[1], MISSING])) == sorted(family[1:])
        assert [one.info.lifecycle_stage for one in other.get_runs(family)] == ["active"] + 3 * ["deleted"]
        assert sorted(other.restore_runs([family[1]])) == sorted(family[1:])
        assert {one.info.lifecycle_stage for one in other.get_runs(family)} == {"active"}

    def test_params(self, store: Store, other: Store, run: Run) -> None:
        params = {
            "lr": "0.1", "deep/key of.a-param_": "ü ✓ 😀\n\t'\"\\", "empty": "", "long": "ü" * 6000, "k" * 250: "v", "Case": "1", "case": "2",
        }  # fmt: skip
        for key, value in params.items():
            store.log_param(run.info.run_id, key, value)
        assert other.get_run(run.info.run_id).data.params == params

    def test_a_colon_in_a_key(self, store: Store, other: Store, run: Run) -> None:
        store.log_param(run.info.run_id, "a:b", "1")
        assert other.get_run(run.info.run_id).data.params == {"a:b": "1"}

    def test_tags(self, store: Store, other: Store, run: Run) -> None:
        tags = {"a": "1", "mlflow.note.content": "# ü ✓ 😀\n", "empty": "", "long": "x" * 5000, "deep/key of.a-tag_": "'\"%\\"}
        store.set_tag(run.info.run_id, "a", "0")
        for key, value in tags.items():
            store.set_tag(run.info.run_id, key, value)
        assert other.get_run(run.info.run_id).data.tags == run.data.tags | tags

    def test_tags_of_8000_characters(self, store: Store, other: Store, run: Run) -> None:
        store.set_tag(run.info.run_id, "a", "ü" * 8000)
        assert other.get_run(run.info.run_id).data.tags["a"] == "ü" * 8000

    def test_a_tag_is_removed(self, store: Store, other: Store, run: Run) -> None:
        store.set_tag(run.info.run_id, "a", "1")
        store.delete_tag(run.info.run_id, "a")
        assert other.get_run(run.info.run_id).data.tags == run.data.tags
        with pytest.raises(NotFound):
            store.delete_tag(run.info.run_id, "a")
        store.set_tag(run.info.run_id, "a", "2")
        store.delete_run(run.info.run_id)
        with pytest.raises(InvalidParameter):
            store.delete_tag(run.info.run_id, "a")

    def test_a_batch(self, store: Store, other: Store, run: Run) -> None:
        points = [Metric("loss", 1 / (step + 1), START + step, step) for step in range(3)] + [Metric("acc", 0.5, START, 0)]
        store.log_batch(run.info.run_id, points, [Param("p", "ü")], [RunTag("t", "✓")])
        store.log_batch(run.info.run_id, [], [], [])
        found = other.get_run(run.info.run_id).data
        assert found.metrics == {"loss": 1 / 3, "acc": 0.5}
        assert (found.params, found.tags) == ({"p": "ü"}, run.data.tags | {"t": "✓"})
        assert other.get_metric_history(run.info.run_id, "loss") == points[:3]

    def test_a_large_batch(self, store: Store, other: Store, run: Run) -> None:
        points = [Metric(f"m{step % 7}", float(step), START + step, step) for step in range(2500)]
        pairs = {f"k{number:03}": str(number) for number in range(250)}
        store.log_batch(run.info.run_id, points, [Param(*pair) for pair in pairs.items()], [RunTag(*pair) for pair in pairs.items()])
        found = other.get_run(run.info.run_id).data
        assert (found.params, found.tags) == (pairs, run.data.tags | pairs)
        assert other.get_metric_history(run.info.run_id, "m3") == [point for point in points if point.key == "m3"]

    def test_inputs(self, store: Store, other: Store, run: Run) -> None:
        given = [_iris(), _iris("beef", "eval", more="ü"), _iris("cafe", None)]
        store.log_inputs(run.info.run_id, given)
        store.log_inputs(run.info.run_id, [_iris()])  # which it has
        found = other.get_run(run.info.run_id)
        assert _flat(found) == {(one.dataset, frozenset((tag.key, tag.value) for tag in one.tags)) for one in given}
        assert len(found.inputs.dataset_inputs) == 3
        [again] = other.search_runs([run.info.experiment_id], None, ViewType.ALL, 9, None, None)
        assert _flat(again) == _flat(found)

    def test_inputs_show_no_credentials(self, store: Store, other: Store, run: Run) -> None:
        source = json.dumps({"url": "https://ann:secret@host/iris.csv"})
        store.log_inputs(run.info.run_id, [DatasetInput(Dataset("iris", "1", "http", source))])
        [found] = other.get_run(run.info.run_id).inputs.dataset_inputs
        assert json.loads(found.dataset.source) == {"url": "https://host/iris.csv"}

    def test_inputs_that_are_none(self, store: Store, run: Run) -> None:
        for bad in (
            Dataset("", "1", "http", SOURCE), Dataset("iris", "", "http", SOURCE), Dataset("x" * 501, "1", "http", SOURCE),
            Dataset("iris", "1" * 37, "http", SOURCE), Dataset("iris", "1", "http", "x" * 65_536),
        ):  # fmt: skip
            with pytest.raises(InvalidParameter):
                store.log_inputs(run.info.run_id, [DatasetInput(bad)])
        assert store.get_run(run.info.run_id).inputs.dataset_inputs == []

    def test_data_sets_of_experiments(self, store: Store, other: Store, experiment: str, name: str) -> None:
        elsewhere = store.create_experiment(name, None, {})
        for place in (experiment, elsewhere):
            for number in range(2):
                store.log_inputs(begin_run(store, place, f"r{number}"), [_iris(), _iris("beef", None)])
        wanted = {(experiment, "iris ü", "1f2e", "train"), (experiment, "iris ü", "beef", None)}
        found = other.search_datasets([experiment])
        assert len(found) == 2
        assert {(one.experiment_id, one.name, one.digest, one.context) for one in found} == wanted
        assert len(other.search_datasets([experiment, elsewhere])) == 4

    def test_runs_by_their_ids(self, store: Store, other: Store, experiment: str) -> None:
        runs = [begin_run(store, experiment, f"r{number}", params={"n": str(number)}) for number in range(3)]
        store.delete_run(runs[1])
        asked = [runs[2], MISSING, runs[0], runs[1]]
        found = other.get_runs(asked)
        assert [one.info.run_id for one in found] == [runs[2], runs[0], runs[1]]
        assert found == [other.get_run(one.info.run_id) for one in found]
        assert other.get_runs([]) == []

    def test_a_change_is_noticed(self, store: Store, other: Store, run: Run) -> None:
        before = other.last_change()
        store.set_tag(run.info.run_id, "a", "1")
        time.sleep(0.002)
        assert other.last_change() > before

    def test_places_of_the_store_itself(self, store: Store) -> None:
        assert all(isinstance(place, str) for place in store.own_places())
