"""Data sets that go into the active run."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from typing import Any

from jupyter_mlops.entities.datasets import SCHEMA_LENGTH, Dataset, DatasetInput, InputTag
from jupyter_mlops.entities.tags import CONTEXT_TAG
from jupyter_mlops.errors import InvalidParameter
from jupyter_mlops.tracking.active_runs import state_or_start

__all__ = ["dataset_input", "log_input", "log_inputs"]

_log = logging.getLogger(__name__)


def log_input(dataset: Any = None, context: str | None = None, tags: Mapping[str, str] | None = None, model: Any = None) -> None:
    """Say that a data set went into the active run.

    Parameters
    ----------
    dataset : Dataset
        Made by ``jupyter_mlops.data.from_pandas`` and its like.
    context : str, optional
        What it was used for, such as ``"training"``. A data set may be logged in several contexts.
    tags : dict of str to str, optional
    model : optional
        Accepted for MLflow's sake, not kept.

    Raises
    ------
    InvalidParameter
        `dataset` is none, or a text is too long.

    Notes
    -----
    One record in the journal: what is stored is name, digest, source, schema and profile, never the data.

    Examples
    --------
    >>> import jupyter_mlops as mlflow, numpy as np
    >>> data = mlflow.data.from_numpy(np.eye(2), source="eye.npy", name="eye")
    >>> with mlflow.start_run() as run:
    ...     mlflow.log_input(data, context="training")
    ...     mlflow.log_input(data, context="validation")
    >>> [used.tags[0].value for used in mlflow.get_run(run.info.run_id).inputs.dataset_inputs]
    ['training', 'validation']
    """
    state = state_or_start()
    if dataset is not None:
        state.log_inputs([dataset_input(dataset, context, tags)])


def log_inputs(
    datasets: Sequence[Any] | None = None,
    contexts: Sequence[str | None] | None = None,
    tags_list: Sequence[Mapping[str, str] | None] | None = None,
    models: Any = None,
) -> None:
    """Say that several data sets went into the active run, all or nothing.

    Parameters
    ----------
    datasets : sequence of Dataset
    contexts, tags_list : sequence, optional
        As many as data sets; those of one place belong together, see `log_input`.
    models : optional
        Accepted for MLflow's sake, not kept.

    Raises
    ------
    InvalidParameter
        They are not as many, or one of them cannot be.
    """
    given = list(datasets or ())
    columns = [given, *([None] * len(given) if column is None else list(column) for column in (contexts, tags_list))]
    if len({len(column) for column in columns}) > 1:
        counts = ", ".join(str(len(column)) for column in columns)
        raise InvalidParameter(f"log_inputs() needs as many datasets as contexts and tags_list, not {counts}.")
    inputs = [dataset_input(*row) for row in zip(*columns, strict=True)]
    state_or_start().log_inputs(inputs)


def dataset_input(dataset: Any, context: str | None, tags: Mapping[str, str] | None = None) -> DatasetInput:
    """What is stored of a data set that is used for `context`."""
    if not hasattr(dataset, "to_dict") or not hasattr(dataset, "digest"):
        raise InvalidParameter(
            f"A data set is made by jupyter_mlops.data.from_pandas() and its like; {type(dataset).__name__} is none."
        )
    known = dataset.to_dict()
    if len(known.get("schema") or "") > SCHEMA_LENGTH:
        _log.warning("The schema of data set %r is too long to be kept: %d characters.", known["name"], len(known["schema"]))
        known["schema"] = None
    given = {**(tags or {}), **({} if context is None else {CONTEXT_TAG: context})}
    fields = ("name", "digest", "source_type", "source", "schema", "profile")
    return DatasetInput(Dataset(*(known.get(field) for field in fields)), [InputTag(*pair) for pair in given.items()])  # type: ignore[arg-type]
