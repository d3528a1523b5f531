"""What the folder of a registered version says of the model, without loading it."""

from __future__ import annotations

from typing import Any

import msgspec

from jupyter_mlops.entities.registered_models import ModelVersion
from jupyter_mlops.errors import MlflowException
from jupyter_mlops.models.models import Model
from jupyter_mlops.registry.model_files import read_bytes, version_files
from jupyter_mlops.registry.uris import MLMODEL_FILE
from jupyter_mlops.storage.artifact_stores.base import ArtifactStore
from jupyter_mlops.storage.registry_base import RegistryStore
from jupyter_mlops.views.formats.texts import sendable

__all__ = ["ModelFolder", "model_facts", "read_folder", "signature_of"]

_REQUIREMENTS = "requirements.txt"
_MOST_PROBLEM = 2000


class ModelFolder(msgspec.Struct, frozen=True):
    """What is known of a model from its folder.

    Attributes
    ----------
    signature : dict or None
        ``inputs``, ``outputs`` and ``params``: lists of dicts with ``name``, ``type``, ``required``.
    requirements, flavors : list of str or None
    input_example : bool
    problem : str or None
        Why the folder could not be read.
    """

    signature: dict[str, list[dict[str, Any]]] | None = None
    requirements: list[str] | None = None
    flavors: list[str] | None = None
    input_example: bool = False
    problem: str | None = None


def read_folder(store: RegistryStore, version: ModelVersion) -> ModelFolder:
    """What the folder of a version says; what stands in the way is said in ``problem``."""
    try:
        files = version_files(store, version)
        return model_facts(files, Model.from_yaml(read_bytes(files, MLMODEL_FILE)))
    except (MlflowException, OSError, ValueError) as error:  # such as a NUL in a place that came from another tracker
        return ModelFolder(problem=sendable(str(error))[:_MOST_PROBLEM])


def model_facts(files: ArtifactStore, model: Model, folder: str = "") -> ModelFolder:
    """What a model's ``MLmodel`` says, with the requirements that lie beside it in `folder`."""
    facts = ModelFolder(
        signature=signature_of(model),
        flavors=sorted(map(sendable, model.flavors)),
        input_example=bool(model.saved_input_example_info),
    )
    try:
        return msgspec.structs.replace(facts, requirements=_lines(read_bytes(files, f"{folder}{_REQUIREMENTS}")))
    except (MlflowException, OSError):
        return facts  # models of other tools have none


def _lines(text: bytes) -> list[str]:
    stripped = (line.strip() for line in text.decode("utf-8", "replace").splitlines())
    return [line for line in stripped if line and not line.startswith("#")]


def signature_of(model: Model) -> dict[str, list[dict[str, Any]]] | None:
    """The columns that a model takes and gives, as pages show them; None where it has no signature."""
    if model.signature is None:
        return None
    params = model.signature.params.params if model.signature.params else []
    return {
        "inputs": _columns(model.signature.inputs),
        "outputs": _columns(model.signature.outputs),
        "params": [
            {"name": sendable(p.name), "type": repr(p.dtype) + ("[]" if p.shape else ""), "required": False, "default": repr(p.default)}
            for p in params
        ],
    }  # fmt: skip


def _columns(schema: Any) -> list[dict[str, Any]]:
    if schema is None:
        return []
    named = zip(schema.input_names(), schema.inputs, strict=True)
    return [{"name": sendable(str(name)), "type": sendable(_type(column)), "required": column.required} for name, column in named]


def _type(column: Any) -> str:
    shape = getattr(column, "shape", None)
    return repr(column.type) if shape is None else f"{column.type.name} {shape}"
