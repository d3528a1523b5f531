"""What the folder of a registered version says of the model, without loading it."""

from __future__ import annotations

import tempfile
from typing import Any

import msgspec

from jupyter_mlops.entities.names import check_relative_path
from jupyter_mlops.entities.registered_models import ModelVersion
from jupyter_mlops.entities.uris import join_uri
from jupyter_mlops.errors import InvalidParameter, MlflowException, NotFound
from jupyter_mlops.models.models import MLMODEL_FILE, Model
from jupyter_mlops.registry.uris import model_place
from jupyter_mlops.storage.artifact_stores.base import ArtifactStore
from jupyter_mlops.storage.artifact_stores.places import artifact_store
from jupyter_mlops.storage.base import Store
from jupyter_mlops.types.yaml_texts import MAX_BYTES

__all__ = ["FolderFacts", "read_folder"]

_REQUIREMENTS = "requirements.txt"


class FolderFacts(msgspec.Struct, frozen=True):
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


def read_folder(store: Store, version: ModelVersion) -> FolderFacts:
    """What the folder of a version says; what stands in the way is said in ``problem``."""
    try:
        files = artifact_store(_place(store, version))
        model: Model = Model.from_yaml(_read(files, MLMODEL_FILE))
        facts = FolderFacts(
            signature=_signature(model),
            flavors=sorted(model.flavors),
            input_example=bool(model.saved_input_example_info),
        )
    except (MlflowException, OSError) as error:
        return FolderFacts(problem=str(error))
    try:
        return msgspec.structs.replace(facts, requirements=_lines(_read(files, _REQUIREMENTS)))
    except (MlflowException, OSError):
        return facts  # models of other tools have none


def _place(store: Store, version: ModelVersion) -> str:
    """Where the folder lies, asked of `store` whatever the current one is."""
    if not version.source:
        raise NotFound(f"Version {version.version} of {version.name!r} has no source.")
    if version.source.startswith("runs:"):
        run_id, _, path = version.source.removeprefix("runs:").lstrip("/").partition("/")
        return join_uri(store.get_run(run_id).info.artifact_uri, check_relative_path(path))
    return model_place(version.source, store).uri


def _read(files: ArtifactStore, name: str) -> bytes:
    size = (files.sizes(name) or {}).get("")
    if size is None:
        raise NotFound(f"There is no file {name} in {files.uri}.")
    if size > MAX_BYTES:
        raise InvalidParameter(f"{name} in {files.uri} has {size:,} bytes, more than {MAX_BYTES:,}.")
    with tempfile.TemporaryDirectory() as folder, open(files.fetch(name, folder), "rb") as file:
        return file.read(MAX_BYTES + 1)


def _lines(text: bytes) -> list[str]:
    stripped = (line.strip() for line in text.decode("utf-8", "replace").splitlines())
    return [line for line in stripped if line and not line.startswith("#")]


def _signature(model: Model) -> dict[str, list[dict[str, Any]]] | None:
    if model.signature is None:
        return None
    params = model.signature.params.params if model.signature.params else []
    return {
        "inputs": _columns(model.signature.inputs),
        "outputs": _columns(model.signature.outputs),
        "params": [
            {"name": p.name, "type": repr(p.dtype) + ("[]" if p.shape else ""), "required": False, "default": repr(p.default)}
            for p in params
        ],
    }  # fmt: skip


def _columns(schema: Any) -> list[dict[str, Any]]:
    if schema is None:
        return []
    named = zip(schema.input_names(), schema.inputs, strict=True)
    return [{"name": str(name), "type": _type(column), "required": column.required} for name, column in named]


def _type(column: Any) -> str:
    shape = getattr(column, "shape", None)
    return repr(column.type) if shape is None else f"{column.type.name} {shape}"
