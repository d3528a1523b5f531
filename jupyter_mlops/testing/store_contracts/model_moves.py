"""Stages and aliases, and what a registry of this package tells of them: gates, history, undo, uses, lineage, pages."""

from __future__ import annotations

import pytest

from jupyter_mlops.entities.authors import Author
from jupyter_mlops.entities.datasets import Dataset, DatasetInput
from jupyter_mlops.entities.gates import FolderFacts
from jupyter_mlops.errors import GateRefused, InvalidParameter, InvalidState, MlflowException, NotFound
from jupyter_mlops.storage.base import Store
from jupyter_mlops.testing.store_contracts.fixtures import StoreFixtures, begin_run

__all__ = ["ModelMoveContract", "RegistryExtraContract"]

ANN = Author("ann", comment="because")


def _stages(store: Store, model: str) -> dict[str, str]:
    return {one.version: one.current_stage for one in store.search_model_versions(f"name = '{model}'", 100, None, None)}


class _ThreeVersions(StoreFixtures):
    @pytest.fixture
    def three(self, store: Store, model: str, experiment: str) -> str:
        """Name of a model with three versions, whose runs have ``acc`` 0.7, 0.8 and 0.9."""
        for number in (7, 8, 9):
            run = begin_run(store, experiment, f"r{number}", metrics={"acc": number / 10})
            store.create_model_version(model, f"s3://bucket/{number}", run, {}, None, None)
        return model


class ModelMoveContract(_ThreeVersions):
    """Tests of the stages and aliases of a `RegistryStore`."""

    def test_stages(self, store: Store, other: Store, three: str) -> None:
        assert store.transition_model_version_stage(three, "1", "Production", False).current_stage == "Production"
        store.transition_model_version_stage(three, "2", "production", False)
        assert _stages(other, three) == {"1": "Production", "2": "Production", "3": "None"}
        store.transition_model_version_stage(three, "3", "Production", True)
        assert _stages(other, three) == {"1": "Archived", "2": "Archived", "3": "Production"}
        store.transition_model_version_stage(three, "3", "None", False)
        assert other.get_model_version(three, "3").current_stage == "None"

    def test_stages_that_there_are_not(self, store: Store, three: str) -> None:
        with pytest.raises(InvalidParameter):
            store.transition_model_version_stage(three, "1", "Shipped", False)
        assert store.get_model_version(three, "1").current_stage == "None"

    def test_latest_versions(self, store: Store, other: Store, three: str) -> None:
        store.transition_model_version_stage(three, "1", "Staging", False)
        store.transition_model_version_stage(three, "2", "Staging", False)

        def found(stages: list[str] | None) -> list[tuple[str, str]]:
            return sorted((one.version, one.current_stage) for one in other.get_latest_versions(three, stages))

        assert found(None) == found([]) == [("2", "Staging"), ("3", "None")]
        assert found(["Staging"]) == [("2", "Staging")]
        assert found(["staging", "Production"]) == [("2", "Staging")]
        latest = other.get_registered_model(three).latest_versions
        assert sorted(one.version for one in latest) == ["2", "3"]
        with pytest.raises(InvalidParameter):
            other.get_latest_versions(three, ["Shipped"])

    def test_aliases(self, store: Store, other: Store, three: str) -> None:
        store.set_registered_model_alias(three, "best", "1")
        store.set_registered_model_alias(three, "other_1-a", "1")
        assert other.get_model_version_by_alias(three, "best").version == "1"
        assert sorted(other.get_model_version(three, "1").aliases) == ["best", "other_1-a"]
        store.set_registered_model_alias(three, "best", "3")
        assert other.get_model_version_by_alias(three, "best") == other.get_model_version(three, "3")
        assert other.get_registered_model(three).aliases == {"best": "3", "other_1-a": "1"}
        for alias in ("best", "none"):
            store.delete_registered_model_alias(three, alias)
        assert other.get_registered_model(three).aliases == {"other_1-a": "1"}

    def test_an_alias_that_is_not_there(self, store: Store, three: str) -> None:
        with pytest.raises(MlflowException) as caught:
            store.get_model_version_by_alias(three, "none")
        assert caught.value.error_code == "INVALID_PARAMETER_VALUE"

    def test_the_alias_latest(self, store: Store, other: Store, three: str) -> None:
        assert other.get_model_version_by_alias(three, "latest").version == "3"
        store.delete_model_version(three, "3")
        assert other.get_model_version_by_alias(three, "Latest").version == "2"

    def test_aliases_that_there_may_not_be(self, store: Store, three: str) -> None:
        for bad in ("", "a b", "latest", "v1", "V22", "x" * 256):
            with pytest.raises(InvalidParameter):
                store.set_registered_model_alias(three, bad, "1")
        assert store.get_registered_model(three).aliases == {}

    def test_a_deleted_version_has_no_aliases(self, store: Store, other: Store, three: str) -> None:
        store.set_registered_model_alias(three, "best", "2")
        store.delete_model_version(three, "2")
        assert other.get_registered_model(three).aliases == {}
        with pytest.raises(MlflowException):
            other.get_model_version_by_alias(three, "best")


class RegistryExtraContract(_ThreeVersions):
    """Tests of what registries of this package have and MLflow's have not."""

    def test_gates(self, store: Store, other: Store, three: str) -> None:
        made = store.add_gates(three, "Production", None, ["metrics.acc >= 0.75"], ANN)
        store.add_gates(three, None, "best", ["has signature"], ANN)
        gates = other.get_gates(three)
        assert [(gate.stage, gate.alias, gate.rule) for gate in gates] == [
            ("Production", None, "metrics.acc >= 0.75"), (None, "best", "has signature"),
        ]  # fmt: skip
        assert gates[0] == made[0]
        with pytest.raises(GateRefused) as caught:
            store.transition_model_version_stage(three, "1", "Production", False, ANN)
        assert (caught.value.name, caught.value.version, caught.value.target) == (three, "1", "Production")
        assert [(verdict.rule, verdict.passed) for verdict in caught.value.verdicts] == [("metrics.acc >= 0.75", False)]
        assert other.get_model_version(three, "1").current_stage == "None"
        store.transition_model_version_stage(three, "2", "Production", False, ANN)
        store.transition_model_version_stage(three, "1", "Production", False, ANN, force=True)
        assert _stages(other, three) == {"1": "Production", "2": "Production", "3": "None"}
        store.remove_gate(three, made[0].gate_id, ANN)
        assert [gate.alias for gate in other.get_gates(three)] == ["best"]
        with pytest.raises(NotFound):
            store.remove_gate(three, made[0].gate_id, ANN)

    def test_force_needs_a_comment(self, store: Store, three: str) -> None:
        with pytest.raises(InvalidParameter):
            store.transition_model_version_stage(three, "1", "Production", False, Author("ann"), force=True)

    def test_a_preview_changes_nothing(self, store: Store, other: Store, three: str) -> None:
        store.transition_model_version_stage(three, "1", "Production", False)
        store.add_gates(three, "Production", None, ["metrics.acc >= 0.85"])
        preview = other.preview_move(three, "2", "Production", None, True, None)
        assert (preview.before, preview.holder, preview.archives) == ("None", "1", ["1"])
        assert [verdict.passed for verdict in preview.verdicts] == [False]
        assert other.preview_move(three, "3", None, "best", False, FolderFacts()).verdicts == []
        assert _stages(other, three) == {"1": "Production", "2": "None", "3": "None"}

    def test_moves_are_undone(self, store: Store, other: Store, three: str) -> None:
        store.transition_model_version_stage(three, "1", "Production", False, ANN)
        store.transition_model_version_stage(three, "2", "Production", True, ANN)
        assert {event.version for event in other.get_last_move(three)} == {"1", "2"}
        with pytest.raises(InvalidState):
            store.undo_move(three, ANN, 1)
        assert {one.version for one in store.undo_move(three, ANN, other.get_last_move(three)[0].change)} == {"1", "2"}
        assert _stages(other, three) == {"1": "Production", "2": "None", "3": "None"}
        store.undo_move(three, ANN)
        assert set(_stages(other, three).values()) == {"None"}
        assert other.get_last_move(three) == []
        with pytest.raises(InvalidState):
            store.undo_move(three, ANN)

    def test_the_history_of_a_model(self, store: Store, other: Store, three: str, name: str) -> None:
        store.set_registered_model_alias(three, "best", "1", Author("ann", "host", "a.ipynb", "cell-1", "the best ü"))
        store.rename_registered_model(three, f"{name} new", ANN)
        events = other.get_model_history(f"{name} new")
        assert [event.action for event in events] == ["rename", "alias", "create version", "create version", "create version", "create model"]
        alias = events[1]
        assert (alias.version, alias.key, alias.before, alias.after, alias.comment) == ("1", "best", None, "1", "the best ü")
        assert other.get_model_history(f"{name} new", 2) == events[:2]
        store.delete_registered_model(f"{name} new", ANN)
        assert other.get_model_history(f"{name} new")[0].action == "delete model"

    def test_the_history_tells_who_it_was(self, store: Store, other: Store, three: str) -> None:
        store.set_registered_model_alias(three, "best", "1", Author("bob", "host", "a.ipynb", "cell-1"))
        [made, *_] = other.get_model_history(three)
        assert (made.user, made.host, made.notebook, made.cell) == ("bob", "host", "a.ipynb", "cell-1")
        store.add_gates(three, "Production", None, ["metrics.acc >= 0.75"], Author("bob"))
        assert [gate.user for gate in other.get_gates(three)] == ["bob"]

    def test_uses_and_lineage(self, store: Store, other: Store, three: str) -> None:
        run = str(store.get_model_version(three, "1").run_id)
        store.log_inputs(run, [DatasetInput(Dataset("iris", "1f2e", "local", "{}"))])
        store.record_model_use(three, "1", "loaded", "a.ipynb", None, None, ANN)
        lineage = other.get_lineage(three, "1")
        assert [(node.kind, node.detail) for node in lineage.upstream()] == [("run", run), ("dataset", "1f2e")]
        assert [node.kind for node in lineage.downstream()] == ["use"]

    def test_pages_of_models_with_amounts(self, store: Store, other: Store, three: str, name: str) -> None:
        store.create_registered_model(f"{name} second", {"team": "red"}, "what ü")
        page = other.models_page(name, "name", 1, None)
        [first] = page.models
        assert (first.name, first.versions, first.latest, page.total) == (three, 3, "3", 2)
        rest = other.models_page(name, "name", 1, page.token)
        assert [one.name for one in rest.models] == [f"{name} second"]
        assert rest.token is None
        assert other.models_page(name, "updated", 9, None).models[0].name == f"{name} second"
        assert other.models_page("nothing has this text", "name", 9, None).models == []

    def test_pages_of_versions_with_runs(self, store: Store, other: Store, three: str) -> None:
        page = other.versions_page(three, "", 2, None)
        assert ([one.version for one in page.versions], page.total, page.metrics) == (["3", "2"], 3, ["acc"])
        assert {run.run_name: run.metrics for run in page.runs.values()} == {"r9": {"acc": 0.9}, "r8": {"acc": 0.8}}
        assert page.model is not None
        assert (page.model.name, page.model.latest) == (three, "3")
        rest = other.versions_page(three, "", 2, page.token)
        assert ([one.version for one in rest.versions], rest.token) == (["1"], None)
        named = other.versions_named([(three, "1"), ("none", "1"), (three, "3")])
        assert [one.version for one in named.versions] == ["1", "3"]
