"""The models that a run logged, as their folders tell of them; none is loaded."""

from __future__ import annotations

import functools
import os
from collections.abc import Iterator
from typing import Any, NamedTuple

import msgspec

from jupyter_mlops.entities.runs import Run
from jupyter_mlops.errors import MlflowException
from jupyter_mlops.models.models import Model
from jupyter_mlops.models.trust import SIGNATURE_FILE, ModelFolder
from jupyter_mlops.registry.model_files import read_bytes
from jupyter_mlops.registry.uris import MLMODEL_FILE
from jupyter_mlops.storage.artifact_stores.base import ArtifactStore
from jupyter_mlops.storage.artifact_stores.local import LocalArtifactStore
from jupyter_mlops.storage.artifact_stores.places import artifact_store
from jupyter_mlops.storage.base import TrackingStore
from jupyter_mlops.views.files.tables import logged_table
from jupyter_mlops.views.registry.folders import model_facts

__all__ = ["run_models"]

_MOST, _MOST_EXAMPLE, _MOST_ROWS, _MOST_DIGESTED = 20, 20_000, 20, 200_000_000
_MOST_KNOWN = 1000  # folders


class _Place(NamedTuple):
    """A model's folder: what it lies in, its path there (with ``/`` at the end), the URI that loads it and its files' bytes."""

    files: ArtifactStore
    folder: str
    name: str
    uri: str
    sizes: dict[str, int]


def run_models(store: TrackingStore, run_id: str) -> dict[str, Any]:
    """What a run's models are.

    Returns
    -------
    dict
        ``total`` and ``models``, at most 20: ``name, uri, size`` (bytes), ``files``, ``created``, ``version`` (of what wrote it),
        ``flavors``, ``loaders`` (flavors that `load_model` knows), ``signature`` and ``requirements`` (as `model_version` has them),
        ``example`` (its text) and ``example_table`` (its first rows, where it is a table), ``signed`` (``"you"``: by whoever runs this process; ``"other"``; None), and ``problem``.

    Raises
    ------
    NotFound
        There is no such run.
    """
    places = list(_places(store, store.get_run(run_id)))
    return {"total": len(places), "models": [_described(place) for place in places[:_MOST]]}


def _places(store: TrackingStore, run: Run) -> Iterator[_Place]:
    seen = set()
    for files, uri in _trees(store, run):
        try:
            sizes = files.sizes("") or {}
        except (MlflowException, OSError):
            continue  # the folder was removed, or is out of reach: the run's other models are still shown
        folders = sorted(path[: -len(MLMODEL_FILE)] for path in sizes if path.rpartition("/")[2] == MLMODEL_FILE)
        for folder in folders:
            if any(folder.startswith(above) for above in folders if above != folder):
                continue  # a part of another model
            name = folder.rstrip("/") or uri.rpartition("/")[2]
            key = f"{files.uri}/{folder}"
            if key not in seen:
                seen.add(key)
                inside = {path[len(folder) :]: size for path, size in sizes.items() if path.startswith(folder)}
                yield _Place(files, folder, name, f"{uri}/{folder}".rstrip("/"), inside)


def _trees(store: TrackingStore, run: Run) -> Iterator[tuple[ArtifactStore, str]]:
    """Where models of the run may lie: among its artifacts, and logged models in folders of their own."""
    run_id = run.info.run_id
    yield artifact_store(run.info.artifact_uri), f"runs:/{run_id}"
    try:
        logged = store.search_logged_models([run.info.experiment_id], f"source_run_id = '{run_id}'", _MOST, None, None)
    except MlflowException:
        return  # servers before MLflow 3 have none
    for one in logged:
        yield artifact_store(one.artifact_location), f"models:/{one.model_id}"


def _described(place: _Place) -> dict[str, Any]:
    about: dict[str, Any] = {"name": place.name, "uri": place.uri, "size": sum(place.sizes.values()), "files": len(place.sizes)}
    try:
        model: Model = Model.from_yaml(read_bytes(place.files, place.folder + MLMODEL_FILE))
        facts = msgspec.to_builtins(model_facts(place.files, model, place.folder))
    except (MlflowException, OSError, ValueError) as error:
        return {**about, "problem": str(error)[:2000]}
    return {
        **about, **facts, "created": str(model.utc_time_created or ""), "version": str(model.mlflow_version or ""),
        "loaders": [name for name in facts["flavors"] if name != "python_function"],
        **_example(place, model), "signed": _signed(place),
    }  # fmt: skip


def _example(place: _Place, model: Model) -> dict[str, Any]:
    path = (model.saved_input_example_info or {}).get("artifact_path")
    try:
        data = read_bytes(place.files, f"{place.folder}{path}") if isinstance(path, str) and path in place.sizes else None
        content = None if data is None else msgspec.json.decode(data)
    except (MlflowException, OSError, msgspec.DecodeError, RecursionError):
        return {"example": None, "example_table": None}
    text = "" if data is None else data.decode(errors="replace")
    cut = text[:_MOST_EXAMPLE] + ("…" if len(text) > _MOST_EXAMPLE else "")
    return {"example": cut or None, "example_table": logged_table(content, 0, _MOST_ROWS)}


def _signed(place: _Place) -> str | None:
    """Whose signature it has; of a folder elsewhere or a large one only that there is one."""
    if SIGNATURE_FILE not in place.sizes:
        return None
    if isinstance(place.files, LocalArtifactStore) and sum(place.sizes.values()) <= _MOST_DIGESTED:
        root = os.path.join(place.files.local(""), place.folder)
        try:
            states = [os.stat(os.path.join(root, path)) for path in sorted(place.sizes)]
            return _local_signed(root, tuple((one.st_ino, one.st_size, one.st_ctime_ns) for one in states))
        except OSError:
            return "other"
    return "unknown"


@functools.lru_cache(_MOST_KNOWN)
def _local_signed(root: str, states: tuple[tuple[int, ...], ...]) -> str:
    """Whose signature a folder has whose files stand so: all of them are digested once, and not whenever the page is drawn."""
    try:
        return "you" if ModelFolder(root).signed else "other"
    except (MlflowException, OSError):
        return "other"
