"""Tables of runs: what is known of columns, stretches of rows, groups, one column closely."""

from __future__ import annotations

import math

import pytest

from jupyter_mlops.entities.metrics import Metric
from jupyter_mlops.entities.tags import NOTE_TAG
from jupyter_mlops.errors import InvalidFilter, MlflowException
from jupyter_mlops.storage.base import Store
from jupyter_mlops.storage.run_tables import RunQuery, SortKey
from jupyter_mlops.testing.store_contracts.fixtures import START, StoreFixtures, begin_run

__all__ = ["RunTableContract"]


class RunTableContract(StoreFixtures):
    """Tests of `run_facts`, `run_part`, `run_groups` and `run_summary`."""

    @pytest.fixture
    def abc(self, store: Store, experiment: str) -> dict[str, str]:
        """Runs a, b and c: name to id."""
        runs = {
            name: begin_run(store, experiment, name, START + place, metrics=metrics, params={"depth": depth, "kind": kind, "same": "x"}, tags=tags)
            for place, (name, metrics, depth, kind, tags) in enumerate(
                [
                    ("a", {"loss": 0.5}, "9", "tree", {"team": "red"}),
                    ("b", {"loss": 0.25, "acc": 0.75}, "10", "tree", {NOTE_TAG: "good"}),
                    ("c", {}, "1e1", "net", {}),
                ]
            )
        }
        for name in "ab":
            store.update_run(runs[name], "FINISHED", START + 2000, None)
        return runs

    def test_facts_of_columns(self, other: Store, experiment: str, abc: dict[str, str]) -> None:
        facts = other.run_facts(RunQuery([experiment]))
        columns = {one.id: one for one in facts.columns}
        assert (facts.total, facts.active, facts.read) == (3, 1, None)
        assert {one for one in columns if not one.startswith("attributes.")} == {
            "metrics.acc", "metrics.loss", "params.depth", "params.kind", "params.same", "tags.team", f"tags.{NOTE_TAG}",
        }  # fmt: skip
        loss, depth, kind = columns["metrics.loss"], columns["params.depth"], columns["params.kind"]
        assert (loss.kind, loss.count, loss.min, loss.max, loss.mean, loss.differs) == ("number", 2, 0.25, 0.5, 0.375, True)
        assert (depth.kind, depth.count, depth.min, depth.max) == ("number", 3, 9, 10)
        assert (kind.kind, kind.differs, kind.min) == ("text", True, None)
        assert not columns["params.same"].differs
        assert columns["metrics.acc"].differs  # the others have none
        assert not columns["attributes.experiment"].differs

    def test_deleted_runs_are_a_table_of_their_own(self, store: Store, other: Store, experiment: str, abc: dict[str, str]) -> None:
        store.delete_run(abc["b"])
        assert other.run_part(RunQuery([experiment], deleted=True), [], 0, 9).info["run_name"] == ["b"]
        assert sorted(other.run_part(RunQuery([experiment]), [], 0, 9).info["run_name"]) == ["a", "c"]

    def test_facts_of_those_that_match(self, other: Store, experiment: str, abc: dict[str, str]) -> None:
        facts = other.run_facts(RunQuery([experiment], filters=["params.kind = 'tree'", "metrics.loss < 0.4"]))
        assert facts.total == 1
        assert not any(one.differs for one in facts.columns)
        assert other.run_facts(RunQuery([experiment], filters=["params.kind = 'none'"])).total == 0
        with pytest.raises((InvalidFilter, MlflowException)):
            other.run_facts(RunQuery([experiment], filters=["metrics.loss <"]))

    def test_stretches_in_order(self, other: Store, experiment: str, abc: dict[str, str]) -> None:
        by_loss = RunQuery([experiment], sort=[SortKey("metrics.loss", True)])
        part = other.run_part(by_loss, ["metrics.loss", "params.kind", "tags.team"], 0, 2)
        assert part.info["run_name"] == ["a", "b"]
        assert part.info["run_id"] == [abc["a"], abc["b"]]
        assert part.values == {"metrics.loss": [0.5, 0.25], "params.kind": ["tree", "tree"], "tags.team": ["red", None]}
        rest = other.run_part(by_loss, ["metrics.loss", "params.depth"], 2, 100)
        assert (rest.info["run_name"], rest.values) == (["c"], {"metrics.loss": [None], "params.depth": ["1e1"]})
        assert other.run_part(RunQuery([experiment]), [], 0, 9).info["run_name"] == ["c", "b", "a"]

    def test_params_that_are_numbers_sort_as_numbers(self, other: Store, experiment: str, abc: dict[str, str]) -> None:
        query = RunQuery([experiment], sort=[SortKey("params.depth"), SortKey("params.kind"), SortKey("attributes.start_time")])
        assert other.run_part(query, [], 0, 9).info["run_name"][0] == "a"
        longest = RunQuery([experiment], sort=[SortKey("attributes.duration", True)])
        assert other.run_part(longest, [], 0, 9).info["run_name"] == ["a", "b", "c"]

    def test_listed_runs_stay_in_their_order(self, store: Store, other: Store, abc: dict[str, str]) -> None:
        ids = [abc[name] for name in "bca"]
        query = RunQuery(run_ids=[*ids, "f" * 32])
        assert other.run_part(query, [], 0, 9).info["run_id"] == ids
        assert other.run_part(RunQuery(run_ids=ids, filters=["params.kind = 'tree'"]), [], 0, 9).info["run_name"] == ["b", "a"]
        assert other.run_facts(query).total == 3

    def test_groups(self, other: Store, experiment: str, abc: dict[str, str]) -> None:
        found = other.run_groups(RunQuery([experiment]), "params.kind", ["metrics.loss", "params.same", "params.depth"])
        assert found.total == 2
        assert [(group.value, group.count) for group in found.groups] == [("tree", 2), ("net", 1)]
        tree, net = (group.cells for group in found.groups)
        assert (tree["metrics.loss"].mean, tree["metrics.loss"].min, tree["metrics.loss"].max) == (0.375, 0.25, 0.5)
        assert tree["metrics.loss"].sd == pytest.approx(math.sqrt(1 / 32))
        assert tree["params.same"].text == "x"
        assert (tree["params.depth"].mean, tree["params.depth"].text) == (9.5, None)
        assert net.get("metrics.loss") is None
        of_tree = RunQuery([experiment], equal={"params.kind": "tree", "tags.team": None})
        assert other.run_part(of_tree, [], 0, 9).info["run_name"] == ["b"]
        by_team = other.run_groups(RunQuery([experiment]), "tags.team", [])
        assert {(group.value, group.count) for group in by_team.groups} == {(None, 2), ("red", 1)}

    def test_one_column_closely(self, other: Store, experiment: str, abc: dict[str, str]) -> None:
        loss = other.run_summary(RunQuery([experiment]), "metrics.loss")
        assert (loss.count, loss.missing, loss.distinct, loss.min, loss.max, loss.mean) == (2, 1, 2, 0.25, 0.5, 0.375)
        assert (sum(loss.bins), loss.bins[0], loss.bins[-1]) == (2, 1, 1)
        kind = other.run_summary(RunQuery([experiment]), "params.kind")
        assert (kind.count, kind.distinct, kind.values) == (3, 2, [("tree", 2), ("net", 1)])
        assert other.run_summary(RunQuery([experiment]), "params.none").missing == 3

    def test_other_values_of_a_metric(self, store: Store, other: Store, experiment: str) -> None:
        run_id = begin_run(store, experiment)
        store.log_batch(run_id, [Metric("loss", value, START, step) for step, value in enumerate([3.0, 1.0, 2.0])], [], [])
        found = {
            aspect: other.run_part(RunQuery([experiment], aspects={"metrics.loss": aspect}), ["metrics.loss"], 0, 1).values["metrics.loss"]
            for aspect in ("last", "min", "max", "first")
        }
        assert found == {"last": [2.0], "min": [1.0], "max": [3.0], "first": [3.0]}
