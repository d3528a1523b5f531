"""Names that integrations reach for deep inside MLflow, where they are in MLflow."""

from __future__ import annotations

import functools
import importlib
import importlib.machinery
import importlib.util
import sys
import types
from typing import Any

from jupyter_mlops.as_mlflow.constants import ERROR_CODES, LIMITS, TAGS
from jupyter_mlops.entities.variables import VARIABLES, Variable
from jupyter_mlops.finders import OURS
from jupyter_mlops.version import MLFLOW_VERSION

__all__ = ["add_deep_names"]

# By MLflow's module: our modules and their names; "their name=ours" where they differ.
_PLACES = {
    "mlflow.data.evaluation_dataset": "evaluation.data_sets: EvaluationDataset",
    "mlflow.entities.dataset": "entities: Dataset",
    "mlflow.entities.dataset_input": "entities: DatasetInput",
    "mlflow.entities.experiment": "entities: Experiment",
    "mlflow.entities.experiment_tag": "entities: ExperimentTag",
    "mlflow.entities.file_info": "entities: FileInfo",
    "mlflow.entities.input_tag": "entities: InputTag",
    "mlflow.entities.lifecycle_stage": "entities: LifecycleStage",
    "mlflow.entities.metric": "entities: Metric",
    "mlflow.entities.model_registry": "entities: ModelVersion ModelVersionTag RegisteredModel RegisteredModelTag",
    "mlflow.entities.model_registry.model_version": "entities: ModelVersion",
    "mlflow.entities.model_registry.registered_model": "entities: RegisteredModel",
    "mlflow.entities.param": "entities: Param",
    "mlflow.entities.run": "entities: Run",
    "mlflow.entities.run_data": "entities: RunData",
    "mlflow.entities.run_info": "entities: RunInfo",
    "mlflow.entities.run_inputs": "entities: RunInputs",
    "mlflow.entities.run_status": "entities: RunStatus",
    "mlflow.entities.run_tag": "entities: RunTag",
    "mlflow.entities.view_type": "entities: ViewType",
    "mlflow.metrics.base": "metrics: EvaluationMetric MetricValue",
    "mlflow.models.evaluation.artifacts": "evaluation.artifacts: CsvEvaluationArtifact ImageEvaluationArtifact JsonEvaluationArtifact "
    "NumpyEvaluationArtifact ParquetEvaluationArtifact PickleEvaluationArtifact TextEvaluationArtifact",
    "mlflow.models.evaluation.validation": "evaluation.thresholds: MetricThreshold MetricThresholdClassException ModelValidationFailedException "
    "validate_evaluation_results",
    "mlflow.models.model": "models.models: Model MLMODEL_FILE_NAME=MLMODEL_FILE get_model_info; models.changes: update_model_requirements",
    "mlflow.store.entities": "entities: PagedList",
    "mlflow.store.entities.paged_list": "entities: PagedList",
    "mlflow.tracking": "storage.opened: get_registry_uri get_tracking_uri is_tracking_uri_set set_registry_uri set_tracking_uri",
    "mlflow.tracking.artifact_utils": "as_mlflow.artifact_calls: get_artifact_uri _download_artifact_from_uri=download_artifact",
    "mlflow.tracking.context.registry": "context.sources: resolve_tags",
    "mlflow.utils.name_utils": "tracking.run_names: _generate_random_name=random_name",
}

# Modules of MLflow that have names of one of ours, which are looked up when they are asked for: some load much.
_ASKED_FOR = {"mlflow.models.evaluation": "models", "mlflow.models.evaluation.base": "models"}


def _named(variable: Variable[Any]) -> types.SimpleNamespace:
    """A variable of the environment with the methods that it has in MLflow."""
    return types.SimpleNamespace(
        name=variable.names[-1],
        get=variable.get,
        set=variable.set,
        unset=lambda: variable.set(None),
        is_set=lambda: variable.given() is not None,
    )


_CONSTANTS: dict[str, dict[str, Any]] = {
    "mlflow": {"__version__": MLFLOW_VERSION},
    "mlflow.environment_variables": {
        variable.names[-1]: _named(variable) for variable in VARIABLES if variable.names[1:]
    },
    "mlflow.exceptions": ERROR_CODES,
    "mlflow.protos.databricks_pb2": ERROR_CODES,
    "mlflow.store.db.db_types": {"DATABASE_ENGINES": ["postgresql", "mysql", "sqlite", "mssql"]},
    "mlflow.tracking._model_registry": {"DEFAULT_AWAIT_MAX_SLEEP_SECONDS": 300},
    "mlflow.utils.mlflow_tags": TAGS,
    "mlflow.utils.validation": LIMITS,
    "mlflow.version": {"VERSION": MLFLOW_VERSION},
}


def add_deep_names() -> None:
    """Put them into the modules of ours that are there, and into new ones where none is."""
    for name, place in _PLACES.items():
        vars(_module(name)).update(_ours(place))
    for name, home in _ASKED_FOR.items():
        vars(_module(name))["__getattr__"] = functools.partial(getattr, importlib.import_module(f"{OURS}.{home}"))
    for name, constants in _CONSTANTS.items():
        vars(_module(name)).update(constants)


def _module(name: str) -> types.ModuleType:
    """Module of that name, with its parents; a new one where we have none."""
    if name in sys.modules:
        return sys.modules[name]
    parent, _, last = name.rpartition(".")
    package = _module(parent)
    if importlib.util.find_spec(name) is not None:
        return importlib.import_module(name)
    module = types.ModuleType(name, "Names of MLflow that integrations import.")
    module.__spec__ = importlib.machinery.ModuleSpec(name, None, is_package=True)
    module.__path__ = []
    sys.modules[name] = module
    setattr(package, last, module)
    return module


def _ours(place: str) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for part in place.split("; "):
        home, _, names = part.partition(": ")
        module = importlib.import_module(f"{OURS}.{home}")
        found |= {name.partition("=")[0]: getattr(module, name.rpartition("=")[2]) for name in names.split()}
    return found
