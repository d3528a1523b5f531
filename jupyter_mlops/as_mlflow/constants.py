"""MLflow's constants, under MLflow's names."""

from __future__ import annotations

import re
from typing import Any

__all__ = ["ERROR_CODES", "LIMITS", "TAGS"]

TAGS = {
    "MLFLOW_ARTIFACT_LOCATION": "mlflow.artifactLocation",
    "MLFLOW_AUTOLOGGING": "mlflow.autologging",
    "MLFLOW_DATASET_CONTEXT": "mlflow.data.context",
    "MLFLOW_GIT_BRANCH": "mlflow.source.git.branch",
    "MLFLOW_GIT_COMMIT": "mlflow.source.git.commit",
    "MLFLOW_GIT_REPO_URL": "mlflow.source.git.repoURL",
    "MLFLOW_LOGGED_ARTIFACTS": "mlflow.loggedArtifacts",
    "MLFLOW_LOGGED_IMAGES": "mlflow.loggedImages",
    "MLFLOW_LOGGED_MODELS": "mlflow.log-model.history",
    "MLFLOW_PARENT_RUN_ID": "mlflow.parentRunId",
    "MLFLOW_PROJECT_BACKEND": "mlflow.project.backend",
    "MLFLOW_PROJECT_ENTRY_POINT": "mlflow.project.entryPoint",
    "MLFLOW_PROJECT_ENV": "mlflow.project.env",
    "MLFLOW_RUN_NAME": "mlflow.runName",
    "MLFLOW_RUN_NOTE": "mlflow.note.content",
    "MLFLOW_SOURCE_NAME": "mlflow.source.name",
    "MLFLOW_SOURCE_TYPE": "mlflow.source.type",
    "MLFLOW_USER": "mlflow.user",
}
LIMITS: dict[str, Any] = {
    "MAX_BATCH_LOG_REQUEST_SIZE": 1_000_000,
    "MAX_ENTITIES_PER_BATCH": 1000,
    "MAX_ENTITY_KEY_LENGTH": 250,
    "MAX_EXPERIMENT_TAG_KEY_LENGTH": 250,
    "MAX_EXPERIMENT_TAG_VAL_LENGTH": 20_000,
    "MAX_METRICS_PER_BATCH": 1000,
    "MAX_PARAMS_TAGS_PER_BATCH": 100,
    "MAX_PARAM_VAL_LENGTH": 6000,
    "MAX_TAG_VAL_LENGTH": 8000,
    "validate_param_and_metric_name": re.compile(r"[/\w.\- :]*").fullmatch,  # MLflow's, too, is a match
}
_CODES = """
    ABORTED ALREADY_EXISTS BAD_REQUEST CANCELLED DATA_LOSS DEADLINE_EXCEEDED ENDPOINT_NOT_FOUND FEATURE_DISABLED
    INTERNAL_ERROR INVALID_PARAMETER_VALUE INVALID_STATE IO_ERROR MALFORMED_REQUEST NOT_FOUND NOT_IMPLEMENTED
    PERMISSION_DENIED QUOTA_EXCEEDED REQUEST_LIMIT_EXCEEDED RESOURCE_ALREADY_EXISTS RESOURCE_CONFLICT
    RESOURCE_DOES_NOT_EXIST RESOURCE_EXHAUSTED TEMPORARILY_UNAVAILABLE UNAUTHENTICATED
"""


class ErrorCode:
    """MLflow's enumeration of causes; ours are their names, so that a code is its own name."""

    Name = Value = staticmethod(str)


ERROR_CODES: dict[str, Any] = {"ErrorCode": ErrorCode, **{name: name for name in _CODES.split()}}
