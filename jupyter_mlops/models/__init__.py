"""Models as folders in MLflow's format: signatures, input examples, requirements, saving, logging, trust.

Imports types, tracking, registry and what is below; called by pyfunc and by the flavors.
"""

from __future__ import annotations

import importlib
from typing import Any

from jupyter_mlops.models.changes import set_signature, update_model_requirements
from jupyter_mlops.models.code_models import ModelConfig, set_model
from jupyter_mlops.models.enforcement import validate_schema
from jupyter_mlops.models.examples import convert_input_example_to_serving_input
from jupyter_mlops.models.infos import ModelInfo
from jupyter_mlops.models.models import Model, get_model_info
from jupyter_mlops.models.signatures import ModelSignature, infer_signature

__all__ = [
    "EvaluationArtifact", "EvaluationMetric", "EvaluationResult", "MetricThreshold", "Model", "ModelConfig", "ModelEvaluator",
    "ModelInfo", "ModelSignature", "build_docker", "convert_input_example_to_serving_input", "evaluate", "generate_dockerfile",
    "get_model_info", "infer_signature", "list_evaluators", "make_metric", "predict", "set_model", "set_signature",
    "update_model_requirements", "validate_schema", "validate_serving_input",
]  # fmt: skip

# MLflow has these here; their code needs folders above this one.
_HOMES = {
    "EvaluationArtifact": "evaluation.artifacts",
    "EvaluationMetric": "metrics.evaluation_metrics",
    "EvaluationResult": "evaluation.results",
    "MetricThreshold": "evaluation.thresholds",
    "ModelEvaluator": "evaluation.model_evaluators",
    "build_docker": "serving.images",
    "evaluate": "evaluation.calls",
    "generate_dockerfile": "serving.images",
    "list_evaluators": "evaluation.evaluators",
    "make_metric": "metrics.evaluation_metrics",
    "predict": "serving.predictions",
    "validate_serving_input": "pyfunc.predictions",
}


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module 'jupyter_mlops.models' has no attribute {name!r}")
    value = getattr(importlib.import_module(f"jupyter_mlops.{_HOMES[name]}"), name)
    globals()[name] = value
    return value
