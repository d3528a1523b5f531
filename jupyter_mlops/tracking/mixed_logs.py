"""``log()``: whatever a run should keep, in one call."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from functools import partial
from numbers import Real
from typing import Any

from jupyter_mlops.entities.clock import now_ms
from jupyter_mlops.entities.names import check_key, check_relative_path
from jupyter_mlops.errors import InvalidParameter
from jupyter_mlops.tracking.artifacts import Target, put_dict, put_figure, put_folder, put_stream
from jupyter_mlops.tracking.images import put_image, put_image_step
from jupyter_mlops.tracking.logs import state_for
from jupyter_mlops.tracking.tables import put_table
from jupyter_mlops.types.inference import is_instance_of

__all__ = ["log"]


def log(values: Mapping[str, Any], step: int | None = None, run_id: str | None = None) -> None:
    """Log values by name, each as what it is.

    Parameters
    ----------
    values : mapping of str to anything
        Numbers, and arrays and tensors of one element, become metrics. Text, True, False and None become params; with a
        `step`, True and False are numbers. The rest become artifacts of that name, with a suffix unless it has one: images
        of PIL ``.png``, figures of matplotlib ``.png`` and of plotly ``.html``, DataFrames, dicts and lists ``.json``, and a
        path is copied under the name with its own suffix.
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

    Notes
    -----
    Metrics and params are one record of the journal, and come before the artifacts.

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
    metrics, params, puts = {}, {}, []
    for key, value in values.items():
        if _is_number(value, step):
            metrics[key] = value
        elif isinstance(value, str) or value is None or _is_flag(value):
            params[key] = value
        else:
            puts.append(_kept(key, value, step))
    if params and step is not None:
        raise InvalidParameter(f"{', '.join(map(repr, params))}: a text has no steps. Log it without step=.")
    state = state_for(run_id)
    state.log_batch([(key, value, None, step) for key, value in metrics.items()], params.items())
    for put in puts:
        put((state.store, state.run_id))


def _is_flag(value: Any) -> bool:
    return isinstance(value, bool) or is_instance_of(value, "numpy", "bool_")


def _is_number(value: Any, step: int | None) -> bool:
    if _is_flag(value):
        return step is not None
    count = value.numel() if hasattr(value, "numel") else getattr(value, "size", None)
    return isinstance(value, Real) or (hasattr(value, "item") and count == 1)


def _kept(key: str, value: Any, step: int | None) -> Callable[[Target], None]:
    """What keeps a value as an artifact."""
    check_relative_path(check_key(key))
    stem, given = os.path.splitext(key)

    def file(suffix: str) -> str:
        return f"{stem}{given or suffix}" if step is None else f"{stem}/{step}{given or suffix}"

    if isinstance(value, os.PathLike):
        if not os.path.exists(value):
            raise FileNotFoundError(f"There is no file {os.fspath(value)!r}.")
        return partial(_put_path, path=value, file=file(os.path.splitext(value)[1]))
    if is_instance_of(value, "PIL.Image", "Image"):
        if step is None:
            return partial(put_image, image=value, artifact_file=file(".png"))
        return partial(put_image_step, image=value, key=key, step=step, timestamp=now_ms())
    if is_instance_of(value, "matplotlib.figure", "Figure"):
        return partial(put_figure, figure=value, artifact_file=file(".png"), save_kwargs=None)
    if is_instance_of(value, "plotly.graph_objects", "Figure"):
        return partial(put_figure, figure=value, artifact_file=file(".html"), save_kwargs=None)
    if is_instance_of(value, "pandas", "DataFrame"):
        return partial(put_table, data=value, artifact_file=file(".json"))
    if isinstance(value, (dict, list, tuple)):
        return partial(put_dict, dictionary=value, artifact_file=file(".json"))
    raise InvalidParameter(
        f"{key!r} is a {type(value).__name__}: log() keeps numbers, text, images of PIL, figures, DataFrames, dicts, lists "
        "and paths of files."
    )


def _put_path(target: Target, path: Any, file: str) -> None:
    if os.path.isdir(path):
        put_folder(target, path, file)
        return
    with open(path, "rb") as stream:
        put_stream(target, stream, file)
