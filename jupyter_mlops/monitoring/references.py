"""What requests are compared with: what the data looked like that a model was trained on, as far as that was kept."""

from __future__ import annotations

import contextlib
import tempfile
from collections.abc import Mapping
from typing import Any

from jupyter_mlops.data.columns import input_frame, input_names
from jupyter_mlops.data.profiles import (
    PROFILE_FILE,
    Profile,
    frame_profile,
    keep_profile,
    read_profile,
    training_profile,
)
from jupyter_mlops.errors import ArtifactCorrupt, InvalidParameter, InvalidState, MlflowException, NotFound
from jupyter_mlops.models.examples import read_example
from jupyter_mlops.models.models import Model
from jupyter_mlops.monitoring.places import monitoring_place
from jupyter_mlops.registry.model_files import read_bytes
from jupyter_mlops.registry.uris import MLMODEL_FILE
from jupyter_mlops.storage.artifact_stores.base import ArtifactStore
from jupyter_mlops.storage.artifact_stores.places import artifact_store

__all__ = ["LEAST_ROWS", "example_profile", "given_training", "keep_training", "kept_training"]

LEAST_ROWS = 200  # of fewer, chance alone gives a stability index of about 0.05


def given_training(model_place: str, data: Any) -> Profile:
    """What data look like that a model was trained on, by the columns of its log: those that it takes.

    Raises
    ------
    NotFound
        There is no such model.
    InvalidParameter
        They are no table, have no rows, or none of the columns that the model takes.
    """
    return training_profile(data, _taken(model_place))


def keep_training(model_place: str, data: Any) -> None:
    """Keep what data look like that a model was trained on, beside it.

    Raises
    ------
    NotFound, InvalidParameter
        As for `given_training`.
    """
    known = _taken(model_place)
    with tempfile.TemporaryDirectory(prefix="mlops-training-") as folder:
        artifact_store(monitoring_place(model_place)).put_unrecorded(keep_profile(data, folder, known), PROFILE_FILE)


def kept_training(model_place: str) -> Profile | None:
    """What `keep_training` kept, else what was kept when the model was logged; None where nothing was.

    Raises
    ------
    InvalidState
        It cannot be read: anybody who logs to the run may have written it.
    """
    for place in (monitoring_place(model_place), model_place):
        files = artifact_store(place)
        try:
            return read_profile(read_bytes(files, PROFILE_FILE))
        except NotFound:
            continue
        except (ArtifactCorrupt, InvalidParameter) as error:
            raise InvalidState(f"{PROFILE_FILE} in {files.uri} cannot be read: keep it anew by serving.keep_training_data(). {error.message}") from None
    return None


def example_profile(model_place: str) -> Profile | None:
    """What a model's input example looks like, by the columns of its log; None where it has fewer than 200 rows."""
    # No example, or none that can be read: what lies in a model anybody may have written.
    with contextlib.suppress(MlflowException, OSError, ValueError, LookupError, TypeError, AttributeError, RecursionError):
        files = artifact_store(model_place)
        model = _model(files)
        info = model.saved_input_example_info
        if isinstance(info, Mapping):
            frame = input_frame(read_example(read_bytes(files, str(info["artifact_path"])), info), input_names(model.get_input_schema()))
            return frame_profile(frame) if frame is not None and len(frame) >= LEAST_ROWS and frame.shape[1] else None
    return None


def _taken(model_place: str) -> list[Any] | None:
    return input_names(_model(artifact_store(model_place)).get_input_schema())


def _model(files: ArtifactStore) -> Model:
    return Model.from_yaml(read_bytes(files, MLMODEL_FILE))
