"""What requests are compared with: the data that a model was trained on, as far as they were kept with it."""

from __future__ import annotations

import contextlib
from collections.abc import Mapping
from typing import TYPE_CHECKING

from jupyter_mlops.errors import MlflowException
from jupyter_mlops.models.examples import read_example
from jupyter_mlops.models.models import Model
from jupyter_mlops.monitoring.columns import input_frame
from jupyter_mlops.registry.model_files import read_bytes
from jupyter_mlops.registry.uris import MLMODEL_FILE
from jupyter_mlops.storage.artifact_stores.places import artifact_store

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["LEAST_ROWS", "example_frame"]

LEAST_ROWS = 200  # of fewer, chance alone gives a stability index of about 0.05


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

