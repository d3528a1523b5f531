"""Frozen records of everything that is stored, and the rules for their names, ids, times and URIs.

Imports only `errors`. Everything else is built on it; users import the records from here, as from ``mlflow.entities``.
"""

from jupyter_mlops.entities.datasets import Dataset, DatasetInput, InputTag, RunInputs
from jupyter_mlops.entities.experiments import Experiment
from jupyter_mlops.entities.files import FileInfo
from jupyter_mlops.entities.metrics import Metric
from jupyter_mlops.entities.pages import PagedList
from jupyter_mlops.entities.pairs import ExperimentTag, ModelVersionTag, Param, RegisteredModelTag, RunTag
from jupyter_mlops.entities.registered_models import ModelVersion, RegisteredModel
from jupyter_mlops.entities.runs import Run, RunData, RunInfo
from jupyter_mlops.entities.statuses import LifecycleStage, RunStatus, ViewType

__all__ = [
    "Dataset",
    "DatasetInput",
    "Experiment",
    "ExperimentTag",
    "FileInfo",
    "InputTag",
    "LifecycleStage",
    "Metric",
    "ModelVersion",
    "ModelVersionTag",
    "PagedList",
    "Param",
    "RegisteredModel",
    "RegisteredModelTag",
    "Run",
    "RunData",
    "RunInfo",
    "RunInputs",
    "RunStatus",
    "RunTag",
    "ViewType",
]
