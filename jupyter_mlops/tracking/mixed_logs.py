"""``log()``: whatever a run should keep, in one call."""

from __future__ import annotations

import os
import posixpath
import tempfile
from collections.abc import Callable, Collection, Mapping
from contextlib import ExitStack
from functools import partial
from numbers import Real
from typing import Any

from jupyter_mlops.entities.clock import now_ms
from jupyter_mlops.entities.names import check_key, check_relative_path
from jupyter_mlops.errors import InvalidParameter
from jupyter_mlops.tracking.artifacts import (
    PLOTLY_SUFFIXES,
    Target,
    put_file,
    put_folder,
    put_stream,
    save_figure,
    write_dict,
)
from jupyter_mlops.tracking.images import put_image_step, series_name
from jupyter_mlops.tracking.logs import state_for
from jupyter_mlops.tracking.tables import TABLE_SUFFIXES, check_table, put_table
from jupyter_mlops.tracking.values import metric_step
from jupyter_mlops.types.inference import is_instance_of

__all__ = ["log"]

_NAME_LENGTH = 255  # bytes that file systems keep


def log(values: Mapping[str, Any], step: int | None = None, run_id: str | None = None) -> None:
    """Log values by name, each as what it is.

    Parameters
    ----------
    values : mapping of str to anything
        Numbers, and arrays and tensors of one element, become metrics. Text, True, False and None become params; with a
        `step`, True and False are numbers. The rest become artifacts of that name, with a suffix unless it has one that such a
        value is kept as: images of PIL ``.png``, figures of matplotlib ``.png`` and of plotly ``.html``, DataFrames, dicts
        and lists ``.json``, and a path is copied under the name with its own suffix.
    step : int, optional
        Step of the metrics, 0 by default. Artifacts then lie in a folder of the name, images in the series of the name.
    run_id : str, optional
        The active run by default.

    Raises
    ------
    InvalidParameter
        A name or value cannot be, or a text has a `step`; nothing is written then.
    ParamAlreadyLogged
        The run has another value of a param; nothing is written then.
    Exception
        What else says that a value cannot be kept, as of the library that makes its file; nothing is written then.

    Notes
    -----
    Metrics and params are one record of the journal, and come before the artifacts, whose files are made first.

    Examples
    --------
    >>> import jupyter_mlops as mlflow
    >>> with mlflow.start_run() as run:
    ...     mlflow.log({"model": "forest", "depth": 4, "classes": ["a", "b"]})
    ...     mlflow.log({"loss": 0.5}, step=1)
    >>> data = mlflow.get_run(run.info.run_id).data
    >>> data.params, data.metrics
    ({'model': 'forest'}, {'depth': 4.0, 'loss': 0.5})
    >>> mlflow.artifacts.load_dict(f"runs:/{run.info.run_id}/classes.json")
    ['a', 'b']
    """
    step = None if step is None else metric_step(step)
    metrics, params, files = {}, {}, {}
    for key, value in values.items():
        if isinstance(value, str) or value is None or (_is_flag(value) and step is None):
            params[key] = value
        elif _is_number(value):
            metrics[key] = value
        else:
            files[key] = value
    if params and step is not None:
        raise InvalidParameter(f"{', '.join(map(repr, params))}: a text has no steps. Log it without step=.")
    with ExitStack() as folders:
        puts = [_kept(folders, key, value, step) for key, value in files.items()]
        state = state_for(run_id)
        state.log_batch([(key, value, None, step) for key, value in metrics.items()], params.items())
        for put in puts:
            put((state.store, state.run_id))


def _is_flag(value: Any) -> bool:
    return isinstance(value, bool) or is_instance_of(value, "numpy", "bool_")


def _is_number(value: Any) -> bool:
    count = value.numel() if hasattr(value, "numel") else getattr(value, "size", None)
    return isinstance(value, Real) or (hasattr(value, "item") and count == 1)


def _kept(folders: ExitStack, key: str, value: Any, step: int | None) -> Callable[[Target], None]:
    """What keeps a value as an artifact; all that can be wrong with the value is found here, before."""
    check_relative_path(check_key(key))
    if isinstance(value, os.PathLike):
        if not os.access(value, os.R_OK):
            raise FileNotFoundError(f"There is no file {os.fspath(value)!r} that can be read.")
        suffix = os.path.splitext(value)[1]
        return partial(_put_path, path=value, file=_file(key, step, suffix, [suffix.lower()]))
    if is_instance_of(value, "PIL.Image", "Image"):
        if step is None:
            return _made(folders, _file(key, step, ".png", _image_suffixes()), value.save)
        series_name(key, step, 0)
        return partial(put_image_step, image=value, key=key, step=step, timestamp=now_ms())
    if is_instance_of(value, "matplotlib.figure", "Figure"):
        known = [f".{kind}" for kind in value.canvas.get_supported_filetypes()]
        return _made(folders, _file(key, step, ".png", known), lambda path: save_figure(value, path, {}))
    if is_instance_of(value, "plotly.graph_objects", "Figure"):
        return _made(folders, _file(key, step, ".html", PLOTLY_SUFFIXES), lambda path: save_figure(value, path, {}))
    if is_instance_of(value, "pandas", "DataFrame"):
        check_table(value, file := _file(key, step, ".json", TABLE_SUFFIXES))
        return partial(put_table, data=value, artifact_file=file)
    if isinstance(value, (dict, list, tuple)):
        known = [".json", ".yaml", ".yml"]
        return _made(folders, _file(key, step, ".json", known), lambda path: write_dict(value, path))
    raise InvalidParameter(
        f"{key!r} is a {type(value).__name__}: log() keeps numbers, text, images of PIL, figures, DataFrames, dicts, lists "
        "and paths of files."
    )


def _file(key: str, step: int | None, suffix: str, known: Collection[str]) -> str:
    """Name of an artifact: what follows the last dot of `key` is a suffix when the kind of value is kept as that."""
    stem, given = os.path.splitext(key)
    if given.lower() not in known:
        stem, given = key, suffix
    file = f"{stem}{given}" if step is None else f"{stem}/{step}{given}"
    if any(len(os.fsencode(part)) > _NAME_LENGTH for part in file.split("/")):
        raise InvalidParameter(f"{key[:40]!r}… is too long to name a file: {_NAME_LENGTH} bytes with the suffix are kept.")
    return file


def _image_suffixes() -> list[str]:
    import PIL.Image  # there, as an image of it was given

    return [suffix for suffix, kind in PIL.Image.registered_extensions().items() if kind in PIL.Image.SAVE]


def _made(folders: ExitStack, file: str, make: Callable[[str], None]) -> Callable[[Target], None]:
    """Make a file now; what copies it to a run."""
    local = os.path.join(folders.enter_context(tempfile.TemporaryDirectory()), posixpath.basename(file))
    make(local)
    return partial(put_file, local_path=local, artifact_path=posixpath.dirname(file))


def _put_path(target: Target, path: Any, file: str) -> None:
    if os.path.isdir(path):
        put_folder(target, path, file)
        return
    with open(path, "rb") as stream:
        put_stream(target, stream, file)
