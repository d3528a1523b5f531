"""What requests are compared with: the data that a model was trained on, as far as they were kept with it."""

from __future__ import annotations

import contextlib
import os
import tempfile
from collections.abc import Collection, Hashable, Mapping
from typing import TYPE_CHECKING, Any

from jupyter_mlops.errors import InvalidParameter, InvalidState, MlflowException
from jupyter_mlops.models.examples import read_example
from jupyter_mlops.models.models import Model
from jupyter_mlops.monitoring.columns import OWN, input_frame, input_names
from jupyter_mlops.monitoring.logs import received
from jupyter_mlops.monitoring.places import TRAINING_FILE, monitoring_place
from jupyter_mlops.registry.model_files import read_bytes
from jupyter_mlops.registry.uris import MLMODEL_FILE
from jupyter_mlops.storage.artifact_stores.base import ArtifactStore
from jupyter_mlops.storage.artifact_stores.local import LocalArtifactStore
from jupyter_mlops.storage.artifact_stores.places import artifact_store
from jupyter_mlops.storage.artifact_stores.transfers import Transfer
from jupyter_mlops.storage.duckdb.tables import newest_rows, write_parquet

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["LEAST_ROWS", "example_frame", "given_training", "keep_training", "kept_training"]

LEAST_ROWS = 200  # of fewer, chance alone gives a stability index of about 0.05
_NUMBER = OWN[-1]  # the number of each row, as in a log
_MOST_ROWS, _MOST_BYTES = 10_000, 64_000_000


def given_training(model_place: str, data: Any) -> pd.DataFrame:
    """Data that a model was trained on, with the columns of its log: those that it takes; of more than 10,000 rows so many, by chance.

    Raises
    ------
    NotFound
        There is no such model.
    InvalidParameter
        They are no table, have no rows, or none of the columns that the model takes.
    """
    known = input_names(_model(artifact_store(model_place)))
    frame = _training_frame(data, known)
    if not frame.shape[1]:
        raise InvalidParameter(f"The training data have none of the columns that the model takes: {', '.join(map(str, known or []))[:1000]}.")
    return frame


def _training_frame(data: Any, known: Collection[Hashable] | None = None) -> pd.DataFrame:
    frame = input_frame(data, known, _MOST_ROWS)
    if frame is None:
        shape = f" of {data.ndim} dimensions" if getattr(data, "ndim", 1) not in (1, 2) else ""
        raise InvalidParameter(f"The training data are a DataFrame, an array of one or two dimensions, or columns by name, not {type(data).__name__}{shape}.")
    if not len(frame):
        raise InvalidParameter("The training data have no rows.")
    return frame


def keep_training(model_place: str, data: Any) -> None:
    """Keep data that a model was trained on beside it.

    Raises
    ------
    NotFound, InvalidParameter
        As for `given_training`; more than 64 MB are an `InvalidParameter`, too.
    """
    frame = given_training(model_place, data)
    with tempfile.TemporaryDirectory(prefix="mlops-training-") as folder:
        path = os.path.join(folder, TRAINING_FILE)
        write_parquet(frame.assign(**{_NUMBER: range(len(frame))}), path)
        if os.path.getsize(path) > _MOST_BYTES:
            raise InvalidParameter(f"The training data take {os.path.getsize(path):,} bytes of the {_MOST_BYTES:,} that are kept: give fewer rows.")
        artifact_store(monitoring_place(model_place)).put_unrecorded(path, TRAINING_FILE)


def kept_training(model_place: str) -> pd.DataFrame | None:
    """What `keep_training` kept there; None where it did not.

    Raises
    ------
    InvalidState
        It cannot be read: anybody who logs to the run may have written it.
    """
    files = artifact_store(monitoring_place(model_place))
    size = (files.sizes(TRAINING_FILE) or {}).get("")
    if size is None:
        return None
    try:
        if size > _MOST_BYTES:
            raise InvalidParameter("It is too large.")
        with tempfile.TemporaryDirectory(prefix="mlops-training-") as folder:
            transfer = Transfer("downloading", size, inline=isinstance(files, LocalArtifactStore))
            path = received(files, TRAINING_FILE, folder, transfer)
            if path is None:
                return None
            rows, _ = newest_rows([path], _NUMBER, _MOST_ROWS)  # a file of some kB can hold GBs
            return _training_frame(rows.drop(columns=_NUMBER))
    except InvalidParameter as error:
        raise InvalidState(f"The training data in {files.uri} cannot be read: keep them anew by serving.keep_training_data(). {error.message}") from None


def example_frame(model_place: str) -> pd.DataFrame | None:
    """The rows of a model's input example, whose columns are called as those of a log; None where it has fewer than 200."""
    # No example, or none that can be read: what lies in a model anybody may have written.
    with contextlib.suppress(MlflowException, OSError, ValueError, LookupError, TypeError, AttributeError, RecursionError):
        files = artifact_store(model_place)
        model = _model(files)
        info = model.saved_input_example_info
        if isinstance(info, Mapping):
            frame = input_frame(read_example(read_bytes(files, str(info["artifact_path"])), info), input_names(model))
            return frame if frame is not None and len(frame) >= LEAST_ROWS and frame.shape[1] else None
    return None


def _model(files: ArtifactStore) -> Model:
    return Model.from_yaml(read_bytes(files, MLMODEL_FILE))
