"""What requests are compared with: the data that a model was trained on, as far as they were kept with it."""

from __future__ import annotations

import contextlib
import os
import tempfile
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from jupyter_mlops.errors import InvalidParameter, InvalidState, MlflowException
from jupyter_mlops.models.examples import read_example
from jupyter_mlops.models.models import Model
from jupyter_mlops.monitoring.columns import OWN, input_frame
from jupyter_mlops.monitoring.logs import named_path
from jupyter_mlops.registry.model_files import read_bytes
from jupyter_mlops.registry.uris import MLMODEL_FILE
from jupyter_mlops.storage.artifact_stores.base import ArtifactStore
from jupyter_mlops.storage.artifact_stores.local import LocalArtifactStore
from jupyter_mlops.storage.artifact_stores.places import artifact_store
from jupyter_mlops.storage.artifact_stores.transfers import Transfer
from jupyter_mlops.storage.duckdb.tables import newest_rows, write_parquet

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["LEAST_ROWS", "example_frame", "keep_training", "kept_training", "training_frame"]

LEAST_ROWS = 200  # of fewer, chance alone gives a stability index of about 0.05
_FILE = "training.parquet"  # beside the parts of the log, of which it is none
_NUMBER = OWN[-1]  # the number of each row, as in a log
_MOST_ROWS, _MOST_BYTES = 10_000, 64_000_000


def training_frame(data: Any) -> pd.DataFrame:
    """Data that a model was trained on, with the columns of a log.

    Raises
    ------
    InvalidParameter
        They are no table, or have no rows.
    """
    frame = input_frame(data)
    if frame is None or frame.empty:
        raise InvalidParameter(f"The training data are a DataFrame, an array or columns by name, with rows, not {type(data).__name__}.")
    return frame


def keep_training(files: ArtifactStore, data: Any) -> None:
    """Keep data that a model was trained on in the folder of its log; of more than 10,000 rows so many, by chance."""
    frame = training_frame(data)
    with tempfile.TemporaryDirectory(prefix="mlops-training-") as folder:
        path = os.path.join(folder, _FILE)
        kept = frame if len(frame) <= _MOST_ROWS else frame.sample(_MOST_ROWS, random_state=0)
        write_parquet(kept.assign(**{_NUMBER: range(len(kept))}), path)
        files.put_unrecorded(path, _FILE)


def kept_training(files: ArtifactStore) -> pd.DataFrame | None:
    """What `keep_training` kept there; None where it did not.

    Raises
    ------
    InvalidState
        It cannot be read: anybody who logs to the run may have written it.
    """
    size = (files.sizes("") or {}).get(_FILE)
    if size is None:
        return None
    try:
        if size > _MOST_BYTES:
            raise InvalidParameter("It is too large.")
        with tempfile.TemporaryDirectory(prefix="mlops-training-") as folder:
            transfer = Transfer("downloading", size, inline=isinstance(files, LocalArtifactStore))
            rows, _ = newest_rows([named_path(files, _FILE, folder, transfer)], _NUMBER, _MOST_ROWS)  # a file of some kB can hold GBs
            return training_frame(rows.drop(columns=_NUMBER))
    except InvalidParameter as error:
        raise InvalidState(f"The training data in {files.uri} cannot be read: keep them anew by serving.keep_training_data(). {error.message}") from None


def example_frame(model_place: str) -> pd.DataFrame | None:
    """The rows of a model's input example, whose columns are called as those of a log; None where it has fewer than 200."""
    # No example, or none that can be read: what lies in a model anybody may have written.
    with contextlib.suppress(MlflowException, OSError, ValueError, LookupError, TypeError, AttributeError, RecursionError):
        files = artifact_store(model_place)
        info = Model.from_yaml(read_bytes(files, MLMODEL_FILE)).saved_input_example_info
        if isinstance(info, Mapping):
            frame = input_frame(read_example(read_bytes(files, str(info["artifact_path"])), info))
            return frame if frame is not None and len(frame) >= LEAST_ROWS else None
    return None
