"""``MLmodel``, the file that says what a model's folder holds, exactly as MLflow writes it."""

from __future__ import annotations

import datetime
import json
import logging
import os
import uuid
from collections.abc import Mapping
from typing import Any

import yaml

from jupyter_mlops.entities.names import check_relative_path
from jupyter_mlops.errors import InvalidParameter, NotFound
from jupyter_mlops.models.examples import read_example
from jupyter_mlops.models.infos import ModelInfo
from jupyter_mlops.models.logs import log_folder
from jupyter_mlops.models.signatures import ModelSignature
from jupyter_mlops.registry.uris import MLMODEL_FILE, model_file
from jupyter_mlops.types.params import ParamSchema
from jupyter_mlops.types.schema import Schema
from jupyter_mlops.types.yaml_texts import MAX_BYTES, read_yaml
from jupyter_mlops.version import MLFLOW_VERSION

__all__ = ["MLMODEL_FILE", "Model", "get_model_info"]

_log = logging.getLogger(__name__)
_Dumper = getattr(yaml, "CSafeDumper", yaml.SafeDumper)
_WRONG_FORM = (
    AttributeError,
    KeyError,
    RecursionError,
    TypeError,
    ValueError,
)  # entries of another form than they have
_LEFT_OUT_IF_NONE = ("artifact_path", "metadata", "model_size_bytes", "run_id", "saved_input_example_info", "signature")


class Model:
    """What ``MLmodel`` says; keys that are not known here are kept as attributes and written back.

    Parameters
    ----------
    artifact_path, run_id : str, optional
        Where it was logged.
    flavors : dict, optional
        Flavor and its options.
    signature : ModelSignature, optional
    saved_input_example_info : dict, optional
    metadata : dict, optional

    Examples
    --------
    >>> model = Model(metadata={"team": "churn"}).add_flavor("sklearn", pickled_model="model.pkl")
    >>> Model.from_dict(model.to_dict()).flavors
    {'sklearn': {'pickled_model': 'model.pkl'}}
    """

    def __init__(
        self,
        artifact_path: str | None = None,
        run_id: str | None = None,
        utc_time_created: Any = None,
        flavors: dict[str, Any] | None = None,
        signature: ModelSignature | None = None,
        saved_input_example_info: dict[str, Any] | None = None,
        model_uuid: str | None = None,
        mlflow_version: str | None = MLFLOW_VERSION,
        metadata: dict[str, Any] | None = None,
        model_size_bytes: int | None = None,
        **extra: Any,
    ) -> None:
        self.artifact_path, self.run_id = artifact_path, run_id
        self.utc_time_created = str(utc_time_created or datetime.datetime.now(datetime.UTC).replace(tzinfo=None))
        self.flavors = flavors if flavors is not None else {}
        self.signature = signature
        self.saved_input_example_info = saved_input_example_info
        self.model_uuid = model_uuid or uuid.uuid4().hex
        self.mlflow_version = mlflow_version
        self.metadata = metadata
        self.model_size_bytes = model_size_bytes
        if hidden := [name for name in extra if hasattr(type(self), name)]:
            raise InvalidParameter(f"A model has no room for {hidden}: its methods are called so.")
        self.__dict__.update(extra)

    def add_flavor(self, name: str, **params: Any) -> Model:
        """Add a flavor and its options; returns the model itself."""
        self.flavors[name] = params
        return self

    def get_input_schema(self) -> Schema | None:
        """Schema of the input, if known."""
        return self.signature.inputs if self.signature else None

    def get_output_schema(self) -> Schema | None:
        """Schema of the output, if known."""
        return self.signature.outputs if self.signature else None

    def get_params_schema(self) -> ParamSchema | None:
        """Schema of the params, if known."""
        return self.signature.params if self.signature else None

    def load_input_example(self, path: str | os.PathLike[str] | None = None) -> Any:
        """The input example that was saved with the model, or None.

        Parameters
        ----------
        path : str or path, optional
            Folder or URI of the model; by default where it was logged. Of a model elsewhere this one file alone is fetched.
        """
        info = self.saved_input_example_info
        if not info:
            return None
        with model_file(path or f"runs:/{self.run_id}/{self.artifact_path}", check_relative_path(info["artifact_path"])) as (folder, name):
            file_path = os.path.realpath(os.path.join(folder, name))
            if not file_path.startswith(os.path.realpath(folder) + os.sep):
                raise InvalidParameter(f"The input example of the model at {folder} is a link that leads out of it.")
            if not os.path.isfile(file_path):
                raise NotFound(f"There is no file {name!r} in the model at {folder}.")
            with open(file_path, encoding="utf-8") as file:
                return read_example(file.read(), info)

    def to_dict(self) -> dict[str, Any]:
        """What ``MLmodel`` says, as a dict."""
        form = {k: v for k, v in vars(self).items() if v is not None or k not in _LEFT_OUT_IF_NONE}
        if self.signature is not None:
            form["signature"] = self.signature.to_dict()
            form.setdefault("is_signature_from_type_hint", False)
            form.setdefault("type_hint_from_example", False)
        return form

    def to_yaml(self, stream: Any = None) -> Any:
        """The text of ``MLmodel``."""
        return yaml.dump(self.to_dict(), stream, Dumper=_Dumper, default_flow_style=False)

    def to_json(self) -> str:
        """The same as JSON text."""
        return json.dumps(self.to_dict())

    def save(self, path: str) -> None:
        """Write ``MLmodel``."""
        with open(path, "w", encoding="utf-8") as file:
            self.to_yaml(file)

    @classmethod
    def from_dict(cls, model_dict: Mapping[str, Any]) -> Model:
        """A model from what ``MLmodel`` says.

        Raises
        ------
        InvalidParameter
            It says something that no model has.
        """
        try:
            return cls._of_form(model_dict)
        except _WRONG_FORM as error:
            raise InvalidParameter(f"{MLMODEL_FILE} cannot be read: {error}") from error

    @classmethod
    def _of_form(cls, model_dict: Mapping[str, Any]) -> Model:
        form = {"mlflow_version": None, **model_dict}
        flavors = form.get("flavors") or {}
        if not isinstance(flavors, dict) or not all(isinstance(options, dict) for options in flavors.values()):
            raise InvalidParameter("The flavors of a model are a mapping of names to options.")
        signature = form.pop("signature", None)
        model = cls(**form, signature=ModelSignature.from_dict(signature) if signature else None)
        model.model_uuid = form.get("model_uuid")  # type: ignore[assignment]
        return model

    @classmethod
    def from_yaml(cls, text: str | bytes) -> Model:
        """A model from the text of ``MLmodel``.

        Raises
        ------
        InvalidParameter
            It cannot be read, or has more in it than `read_yaml` allows.
        """
        return cls.from_dict(read_yaml(text, MLMODEL_FILE))

    @classmethod
    def load(cls, path: str | os.PathLike[str]) -> Model:
        """What ``MLmodel`` of a model says.

        Parameters
        ----------
        path : str or path
            A model URI, a folder, or the file itself.

        Raises
        ------
        NotFound
            There is no such file.
        """
        with model_file(path, MLMODEL_FILE) as (place, name):
            file_path = os.path.join(place, name) if os.path.isdir(place) else place
            if not os.path.isfile(file_path):
                raise NotFound(f"There is no model at {os.fspath(path)!r}: it has no file {MLMODEL_FILE}.")
            with open(file_path, "rb") as file:
                return cls.from_yaml(file.read(MAX_BYTES + 1))

    def get_model_info(self, model_uri: str | None = None, registered_model_version: int | None = None) -> ModelInfo:
        """What there is to know of the model, as `log_model` returns it."""
        return ModelInfo(
            self.artifact_path, self.flavors, model_uri or f"runs:/{self.run_id}/{self.artifact_path}", self.model_uuid,
            self.run_id, self.saved_input_example_info, self.signature, self.utc_time_created, self.mlflow_version,
            self.metadata, registered_model_version, name=self.artifact_path,
        )  # fmt: skip

    @classmethod
    def log(
        cls,
        artifact_path: str | None,
        flavor: Any,
        registered_model_name: str | None = None,
        await_registration_for: int = 300,
        metadata: dict[str, Any] | None = None,
        run_id: str | None = None,
        name: str | None = None,
        params: dict[str, Any] | None = None,
        tags: dict[str, Any] | None = None,
        model_type: str | None = None,
        step: int = 0,
        model_id: str | None = None,
        **kwargs: Any,
    ) -> ModelInfo:
        """Save a model with a flavor's ``save_model`` and keep it with a run; one is started when none is active.

        Parameters
        ----------
        artifact_path, name : str
            Folder among the run's artifacts, by either name.
        flavor : module
            Has ``save_model(path=, mlflow_model=, **kwargs)``.
        registered_model_name : str, optional
            Make it the next version of this registered model.
        params, tags, model_type, step, model_id : optional
            Of MLflow 3, which has models beside runs; not kept, which a warning says.

        Raises
        ------
        InvalidParameter
            Both names, or neither.
        """

        of_model = {"params": params, "tags": tags, "model_type": model_type, "step": step, "model_id": model_id}
        if given := [name for name, value in of_model.items() if value]:
            _log.warning(
                "A model is a part of its run here: log what is in %s to the run to keep it.", ", ".join(given)
            )

        def save(folder: str, path: str, run: str) -> Model:
            model = cls(artifact_path=path, run_id=run, metadata=metadata)
            flavor.save_model(path=folder, mlflow_model=model, **kwargs)
            return model

        model, version = log_folder(save, artifact_path, name, run_id, registered_model_name, await_registration_for)
        info: ModelInfo = model.get_model_info(registered_model_version=version)
        return info


def get_model_info(model_uri: str) -> ModelInfo:
    """What there is to know of a model that was logged or saved."""
    model: Model = Model.load(model_uri)
    return model.get_model_info(model_uri)
