"""What `log_model` returns."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from jupyter_mlops.models.signatures import ModelSignature

__all__ = ["ModelInfo"]


@dataclasses.dataclass(frozen=True)
class ModelInfo:
    """A model that was logged: where it is and what it is.

    Attributes
    ----------
    model_uri : str
        ``runs:/<run id>/<path>``, for `load_model`.
    flavors : dict
        Flavor and its options.
    registered_model_version : int or None
        The version that it became, when it was registered.
    """

    artifact_path: str | None
    flavors: dict[str, Any]
    model_uri: str
    model_uuid: str | None
    run_id: str | None
    saved_input_example_info: dict[str, Any] | None
    signature: ModelSignature | None
    utc_time_created: str | None
    mlflow_version: str | None
    metadata: dict[str, Any] | None = None
    registered_model_version: int | None = None
    env_vars: list[str] | None = None
    name: str | None = None
