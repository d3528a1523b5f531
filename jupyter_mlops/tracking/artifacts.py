"""Files of a run: logged by the fluent functions and the client alike."""

from __future__ import annotations

import json
import os
import posixpath
import shutil
import tempfile
from collections.abc import Callable
from typing import IO, Any

from jupyter_mlops.entities.files import FileInfo
from jupyter_mlops.entities.names import check_relative_path
from jupyter_mlops.entities.uris import join_uri
from jupyter_mlops.errors import InvalidParameter
from jupyter_mlops.storage.artifact_stores.base import ArtifactStore
from jupyter_mlops.storage.artifact_stores.places import artifact_store
from jupyter_mlops.storage.base import TrackingStore
from jupyter_mlops.storage.opened import artifacts_to_write
from jupyter_mlops.tracking.active_runs import active_run, state_or_start
from jupyter_mlops.tracking.settings import current_store

__all__ = [
    "PLOTLY_SUFFIXES", "Target", "fetch_artifact", "get_artifact_uri", "list_artifacts", "log_artifact", "log_artifacts", "log_dict", "log_figure",
    "log_stream", "log_text", "made_file", "put_dict", "put_figure", "put_file", "put_folder", "put_stream", "put_text", "save_figure",
    "target_of", "write_dict",
]  # fmt: skip

PLOTLY_SUFFIXES = (".html", ".png", ".jpeg", ".webp", ".svg", ".pdf")
Target = tuple[TrackingStore, str]


def target_of(run_id: str | None) -> Target:
    """The store and run that artifacts are meant for: the active run, or one that is started, for None."""
    if run_id is not None:
        return current_store(), run_id
    state = state_or_start()
    return state.store, state.run_id


def _place(target: Target) -> ArtifactStore:
    store, run_id = target
    active = active_run()
    if active is not None and active.info.run_id == run_id:
        return artifacts_to_write(store, active.info)  # without asking the store
    run = store.get_run(run_id)
    if run.info.lifecycle_stage != "active":
        raise InvalidParameter(f"Run {run_id} is deleted: restore it before writing to it.")
    return artifacts_to_write(store, run.info)


def put_file(target: Target, local_path: str | os.PathLike[str], artifact_path: str | None) -> None:
    """Copy a file, or a folder under its own name, to a run."""
    path = os.path.abspath(os.path.expanduser(os.fspath(local_path)))
    if not os.path.exists(path):
        raise FileNotFoundError(f"There is no file {os.fspath(local_path)!r} to log.")
    inside = posixpath.join(check_relative_path(artifact_path or ""), os.path.basename(path))
    if os.path.isdir(path):
        _place(target).put_folder(path, inside, target[0].own_places())
    else:
        _place(target).put_file(path, inside)


def put_folder(target: Target, local_dir: str | os.PathLike[str], artifact_path: str | None) -> None:
    """Copy what a folder holds to a run, without the store and its artifacts where they lie in it."""
    path = os.path.abspath(os.path.expanduser(os.fspath(local_dir)))
    if not os.path.isdir(path):
        raise FileNotFoundError(f"There is no folder {os.fspath(local_dir)!r} to log.")
    _place(target).put_folder(path, check_relative_path(artifact_path or ""), target[0].own_places())


def made_file(target: Target, artifact_file: str, make: Callable[[str], None]) -> None:
    """Have a file made locally under its own name (makers look at the suffix), then copy it to the run."""
    inside = check_relative_path(artifact_file, "artifact file")
    if not inside:
        raise InvalidParameter(f"An artifact file needs a name, not {artifact_file!r}.")
    with tempfile.TemporaryDirectory() as folder:
        local = os.path.join(folder, posixpath.basename(inside))
        make(local)
        _place(target).put_file(local, inside)


def put_text(target: Target, text: str, artifact_file: str) -> None:
    """Keep text as a UTF-8 file of a run."""
    made_file(target, artifact_file, lambda path: _write_text(text, path))


def _write_text(text: str, path: str) -> None:
    with open(path, "w", encoding="utf-8") as file:
        file.write(text)


def put_stream(target: Target, stream: IO[bytes], artifact_file: str) -> None:
    """Keep what a binary stream gives as a file of a run, piece by piece."""

    def write(path: str) -> None:
        with open(path, "wb") as file:
            shutil.copyfileobj(stream, file)

    made_file(target, artifact_file, write)


def put_dict(target: Target, dictionary: Any, artifact_file: str) -> None:
    """Keep a dict or list with a run, see `write_dict`."""
    made_file(target, artifact_file, lambda path: write_dict(dictionary, path))


def write_dict(dictionary: Any, path: str) -> None:
    """Write a dict or list as YAML for ``.yaml``/``.yml``, else as JSON; objects that JSON lacks become text."""
    if path.endswith((".yaml", ".yml")):
        import yaml  # only for YAML

        text = yaml.dump(dictionary, default_flow_style=False, allow_unicode=True)
    else:
        text = json.dumps(dictionary, indent=2, default=str)
    _write_text(text, path)


def put_figure(target: Target, figure: Any, artifact_file: str, save_kwargs: dict[str, Any] | None) -> None:
    """Keep a matplotlib or plotly figure as the kind of file that the suffix names."""
    made_file(target, artifact_file, lambda path: save_figure(figure, path, save_kwargs or {}))


def save_figure(figure: Any, path: str, save_kwargs: dict[str, Any]) -> None:
    """Write a matplotlib or plotly figure as the kind of file that the suffix names."""
    suffix = os.path.splitext(path)[1].lower()
    if hasattr(figure, "savefig"):
        figure.savefig(path, **save_kwargs)
    elif not hasattr(figure, "write_html"):
        raise TypeError(f"log_figure() takes a matplotlib or plotly figure, not {type(figure).__name__}.")
    elif suffix == ".html":
        figure.write_html(path, **{"include_plotlyjs": "cdn", "auto_open": False, **save_kwargs})
    elif suffix in PLOTLY_SUFFIXES:
        figure.write_image(path, **save_kwargs)
    else:
        raise TypeError(f"A plotly figure can be kept as .html, .png, .jpeg, .webp, .svg or .pdf, not {suffix!r}.")


def list_artifacts(target: Target, path: str | None) -> list[FileInfo]:
    """What lies in a folder of a run, one level."""
    store, run_id = target
    return artifact_store(store.get_run(run_id).info.artifact_uri).list(check_relative_path(path or ""))


def fetch_artifact(target: Target, path: str, dst_path: str | None) -> str:
    """Copy a file or folder of a run to this machine; returns where it lies."""
    store, run_id = target
    folder = dst_path or tempfile.mkdtemp(prefix="mlops-")
    os.makedirs(folder, exist_ok=True)
    return artifact_store(store.get_run(run_id).info.artifact_uri).fetch(check_relative_path(path), folder)


def log_artifact(
    local_path: str | os.PathLike[str], artifact_path: str | None = None, run_id: str | None = None
) -> None:
    """Copy a local file to the run; a folder is copied with all in it, under its own name.

    Parameters
    ----------
    local_path : str or path
    artifact_path : str, optional
        Folder inside the run.
    run_id : str, optional
        The active run by default.

    Raises
    ------
    FileNotFoundError
        There is no such file.
    InvalidParameter
        `artifact_path` leaves the run.
    """
    put_file(target_of(run_id), local_path, artifact_path)


def log_artifacts(
    local_dir: str | os.PathLike[str], artifact_path: str | None = None, run_id: str | None = None
) -> None:
    """Copy what a local folder holds, recursively, to the run.

    Raises
    ------
    FileNotFoundError
        There is no such folder.
    """
    put_folder(target_of(run_id), local_dir, artifact_path)


def log_text(text: str, artifact_file: str, run_id: str | None = None) -> None:
    """Keep text as a file of the run, such as ``"notes/log.txt"``."""
    put_text(target_of(run_id), text, artifact_file)


def log_stream(stream: IO[bytes], artifact_file: str, run_id: str | None = None) -> None:
    """Keep what a binary stream gives as a file of the run; only a piece of it is in memory at a time."""
    put_stream(target_of(run_id), stream, artifact_file)


def log_dict(dictionary: Any, artifact_file: str, run_id: str | None = None) -> None:
    """Keep a dict or list as a file of the run: YAML for ``.yaml`` and ``.yml``, else JSON."""
    put_dict(target_of(run_id), dictionary, artifact_file)


def log_figure(figure: Any, artifact_file: str, *, save_kwargs: dict[str, Any] | None = None) -> None:
    """Keep a matplotlib or plotly figure as a file of the active run, such as ``"roc.png"`` or ``"roc.html"``.

    Raises
    ------
    TypeError
        Neither kind of figure, or a suffix that it cannot be kept as.
    """
    put_figure(target_of(None), figure, artifact_file, save_kwargs)


def get_artifact_uri(artifact_path: str | None = None) -> str:
    """Where the active run's artifacts lie, or one of them; a run is started when there is none."""
    state = state_or_start()
    run = active_run() or state.store.get_run(state.run_id)
    return join_uri(run.info.artifact_uri, check_relative_path(artifact_path or ""))
