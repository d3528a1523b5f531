"""Files that functions of the user make of an evaluation."""

from __future__ import annotations

import copy
import json
import logging
import os
import pickle
import shutil
import tempfile
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from jupyter_mlops.errors import InvalidParameter, MlflowException
from jupyter_mlops.evaluation.artifact_files import ArtifactFiles
from jupyter_mlops.evaluation.artifacts import CLASS_OF_SUFFIX
from jupyter_mlops.metrics.metric_values import MetricValue
from jupyter_mlops.storage.interrupts import whole_import

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["make_custom_artifacts"]

_log = logging.getLogger(__name__)


def make_custom_artifacts(
    functions: Sequence[Callable[..., Any]],
    eval_df: pd.DataFrame,
    values: Mapping[str, MetricValue],
    files: ArtifactFiles,
) -> None:
    """Call each function with a frame of predictions and targets, the metrics and a folder, and keep what it returns.

    Raises
    ------
    MlflowException
        An object of no kind that can be kept, or a name that is taken.
    """
    for function in functions:
        name = getattr(function, "__name__", repr(function))
        with tempfile.TemporaryDirectory() as folder:
            made = function(eval_df.copy(), copy.deepcopy(dict(values)), folder)
            if not isinstance(made, dict) or not all(isinstance(key, str) for key in made):
                _log.warning("Artifacts of %s are left out: it returned no dict of names to objects.", name)
                continue
            for key, value in made.items():
                if key in files.artifacts:
                    raise MlflowException(f"{name} makes an artifact {key!r}, but there is one of that name already.")
                _keep(key, value, files, name)


def _keep(key: str, value: Any, files: ArtifactFiles, maker: str) -> None:
    if isinstance(value, str | os.PathLike) and os.path.exists(value):
        suffix = os.path.splitext(value)[1]
        if not os.path.isfile(value) or suffix not in CLASS_OF_SUFFIX or suffix == ".pickle":
            raise InvalidParameter(
                f"{maker} makes the artifact {key!r} of {os.fspath(value)!r}, which is no file of a known kind."
            )
        files.add(key, suffix, lambda path: shutil.copyfile(value, path), own=True)
        return
    suffix, write = _writer(key, value, maker)
    files.add(key, suffix, write, own=True, content=value if suffix == ".pickle" else None)


def _writer(key: str, value: Any, maker: str) -> tuple[str, Callable[[str], Any]]:
    """The kind of file for an object, and how it is written."""
    if isinstance(value, str):
        try:
            json.loads(value)
        except ValueError:
            raise InvalidParameter(
                f"{maker} makes the artifact {key!r} of a text that is neither a file nor JSON."
            ) from None
        return ".json", lambda path: _write(path, value)
    if isinstance(value, whole_import("pandas").DataFrame):
        return ".csv", lambda path: value.to_csv(path, index=False)
    if isinstance(value, whole_import("numpy").ndarray):
        return ".npy", lambda path: whole_import("numpy").save(path, value, allow_pickle=False)
    if hasattr(value, "savefig"):
        return ".png", value.savefig
    try:
        text = json.dumps(value, default=_of_numpy)
    except (TypeError, ValueError):
        return ".pickle", lambda path: _pickle(path, key, value, maker)
    return ".json", lambda path: _write(path, text)


def _of_numpy(value: Any) -> Any:
    """NumPy's numbers and arrays as JSON has them."""
    if hasattr(value, "tolist"):
        return value.tolist()
    raise TypeError(f"JSON has no {type(value).__name__}")


def _write(path: str, text: str) -> None:
    with open(path, "w", encoding="utf-8") as file:
        file.write(text)


def _pickle(path: str, key: str, value: Any, maker: str) -> None:
    try:
        content = pickle.dumps(value)
    except Exception as error:  # whatever the object does when it is pickled
        raise MlflowException(
            f"{maker} makes the artifact {key!r} of a {type(value).__name__}, which cannot be pickled ({error}). Return the path of a "
            "file, JSON, a DataFrame, an array or a figure of matplotlib."
        ) from error
    _log.warning("The artifact %r of %s, a %s, is kept as a pickle.", key, maker, type(value).__name__)
    with open(path, "wb") as file:
        file.write(content)
