"""The ``MLmodel`` file: MLflow's format, both ways."""

from __future__ import annotations

import datetime
import os
import uuid
from typing import Any

import msgspec

from jupyter_mlops.errors import InvalidParameter, NotFound
from jupyter_mlops.models.signatures import ModelSignature

__all__ = ["MLMODEL", "Model", "ModelInfo"]

MLMODEL = "MLmodel"
_EMULATED_VERSION = "2.22.0"  # whose layout this is: MLflow's loaders look at it
_KNOWN = (
    "artifact_path", "run_id", "flavors", "signature", "saved_input_example_info", "model_uuid", "utc_time_created",
    "mlflow_version", "model_size_bytes", "metadata",
)  # fmt: skip


class ModelInfo(msgspec.Struct, frozen=True):
    """A model that was logged.

    Attributes
    ----------
    model_uri : str
        ``runs:/<run id>/<path>``.
    signature : ModelSignature or None
    registered_model_version : str or None
        Its version, when it was registered with it.
    """

    artifact_path: str
    flavors: dict[str, Any]
    model_uri: str
    model_uuid: str
    run_id: str
    signature: Any = None
    saved_input_example_info: dict[str, Any] | None = None
    utc_time_created: str = ""
    mlflow_version: str = _EMULATED_VERSION
    metadata: dict[str, Any] | None = None
    registered_model_version: str | None = None


class Model:
    """A model's description.

    Attributes
    ----------
    flavors : dict of str to dict
        Options of each flavor that can load it.
    signature : ModelSignature or None
    extra : dict
        Keys that other writers added; kept as they are.
    """

    def __init__(
        self,
        artifact_path: str | None = None,
        run_id: str | None = None,
        utc_time_created: str | None = None,
        flavors: dict[str, Any] | None = None,
        signature: ModelSignature | None = None,
        saved_input_example_info: dict[str, Any] | None = None,
        model_uuid: str | None = None,
        mlflow_version: str | None = _EMULATED_VERSION,
        metadata: dict[str, Any] | None = None,
        model_size_bytes: int | None = None,
        **extra: Any,
    ) -> None:
        now = datetime.datetime.now(datetime.UTC).replace(tzinfo=None)
        self.artifact_path, self.run_id = artifact_path, run_id
        self.utc_time_created = utc_time_created or now.isoformat(sep=" ", timespec="microseconds")
        self.flavors = flavors or {}
        self.signature = signature
        self.saved_input_example_info = saved_input_example_info
        self.model_uuid = model_uuid or uuid.uuid4().hex
        self.mlflow_version, self.metadata, self.model_size_bytes = mlflow_version, metadata, model_size_bytes
        self.extra = extra

    def add_flavor(self, name: str, **options: Any) -> Model:
        """Say that flavor `name` can load the model."""
        self.flavors[name] = options
        return self

    def flavor(self, name: str) -> dict[str, Any]:
        """Options of a flavor; `NotFound` when it cannot load the model."""
        if name not in self.flavors:
            raise NotFound(f"The model has no flavor {name!r}; it has {', '.join(self.flavors) or 'none'}.")
        return dict(self.flavors[name])

    def to_dict(self) -> dict[str, Any]:
        """What stands in the file; keys without a value are left out."""
        parts = {key: getattr(self, key) for key in _KNOWN} | self.extra
        if self.signature is not None:
            parts["signature"] = self.signature.to_dict()
        return {key: value for key, value in parts.items() if value is not None}

    def to_yaml(self) -> str:
        """The file's text."""
        import yaml  # only where models are saved

        return str(yaml.safe_dump(self.to_dict(), default_flow_style=False))

    def save(self, path: str) -> None:
        """Write the file."""
        with open(path, "w", encoding="utf-8") as file:
            file.write(self.to_yaml())

    @classmethod
    def from_dict(cls, parts: dict[str, Any]) -> Model:
        """The model that a file describes."""
        parts = dict(parts)
        if parts.get("signature") is not None:
            parts["signature"] = ModelSignature.from_dict(parts["signature"])
        return cls(**parts)

    @classmethod
    def load(cls, path: str) -> Model:
        """Read the file, or the one in a folder.

        Raises
        ------
        NotFound
            There is none.
        InvalidParameter
            It cannot be read.
        """
        import yaml

        path = os.path.join(path, MLMODEL) if os.path.isdir(path) else path
        if not os.path.exists(path):
            raise NotFound(f"There is no MLmodel file at {path}: not the folder of a model.")
        with open(path, encoding="utf-8") as file:
            try:
                parts = yaml.safe_load(file)
            except yaml.YAMLError as error:
                raise InvalidParameter(f"{path} cannot be read: {error}") from None
        if not isinstance(parts, dict):
            raise InvalidParameter(f"{path} does not describe a model.")
        return cls.from_dict(parts)

    def get_input_schema(self) -> Any:
        """Schema of the inputs, None without signature."""
        return self.signature.inputs if self.signature else None

    def get_output_schema(self) -> Any:
        """Schema of the outputs, None without signature."""
        return self.signature.outputs if self.signature else None

    def get_params_schema(self) -> Any:
        """Schema of the params, None without signature."""
        return self.signature.params if self.signature else None
