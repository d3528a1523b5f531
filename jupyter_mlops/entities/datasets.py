"""Data sets that went into runs."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

import msgspec

from jupyter_mlops.entities.names import bounded_text
from jupyter_mlops.entities.pairs import InputTag
from jupyter_mlops.entities.records import Entity
from jupyter_mlops.entities.uris import without_secrets
from jupyter_mlops.errors import InvalidParameter

__all__ = [
    "SCHEMA_LENGTH", "Dataset", "DatasetInput", "DatasetSummary", "InputTag", "RunInputs", "checked_inputs",
    "clean_source",
]  # fmt: skip

SCHEMA_LENGTH = 1_048_575
_LIMITS = {
    "name": 500, "digest": 36, "source_type": 36, "source": 65_535, "schema": SCHEMA_LENGTH, "profile": 16_777_215,
}  # fmt: skip
_OPTIONAL = ("schema", "profile")
_AT_MOST = 1000


class Dataset(Entity, frozen=True):
    """What is known of a data set.

    Attributes
    ----------
    name, digest : str
        With the experiment they say which data set it is.
    source_type, source : str
        Where it came from: the kind of place, and JSON that leads there.
    schema, profile : str or None
        Its columns, and its size and statistics, as JSON.
    """

    name: str
    digest: str
    source_type: str
    source: str
    schema: str | None = None
    profile: str | None = None


class DatasetInput(Entity, frozen=True):
    """A data set as the input of one run; the tag ``mlflow.data.context`` says what for."""

    dataset: Dataset
    tags: list[InputTag] = msgspec.field(default_factory=list)


class RunInputs(Entity, frozen=True):
    """The data sets that went into a run."""

    dataset_inputs: list[DatasetInput] = msgspec.field(default_factory=list)


class DatasetSummary(Entity, frozen=True):
    """A data set of an experiment, and what a run used it for, if it said so."""

    experiment_id: str
    name: str
    digest: str
    context: str | None = None


def checked_inputs(inputs: Sequence[DatasetInput]) -> list[DatasetInput]:
    """Check names, lengths and tags of inputs; returns them with credentials taken out of their sources.

    Raises
    ------
    InvalidParameter
        A missing or empty name, digest or source, a text that is too long, a tag that is given twice, or more than 1000
        inputs.

    Examples
    --------
    >>> source = '{"url": "https://ann:secret@host/iris.csv"}'
    >>> checked_inputs([DatasetInput(Dataset("iris", "1f2e", "http", source))])[0].dataset.source
    '{"url": "https://host/iris.csv"}'
    """
    if len(inputs) > _AT_MOST:
        raise InvalidParameter(f"{len(inputs)} data sets at once; at most {_AT_MOST} are logged by one call.")
    for item in inputs:
        for name, limit in _LIMITS.items():
            text = getattr(item.dataset, name)
            if text is None and name in _OPTIONAL:
                continue
            if not isinstance(text, str) or not text:
                raise InvalidParameter(f"The {name} of a data set must be a non-empty str, not {text!r}.")
            bounded_text(text, limit, f"{name} of data set {item.dataset.name[:40]!r}")
        _check_tags(item)
    replace = msgspec.structs.replace
    return [replace(item, dataset=replace(item.dataset, source=clean_source(item.dataset.source))) for item in inputs]


def clean_source(source: str) -> str:
    """The JSON of a source without credentials in its URLs; as it was given when there are none.

    Examples
    --------
    >>> clean_source('{"url": "https://host/iris.csv?token=abc"}'), clean_source('{"uri":"iris.csv"}')
    ('{"url": "https://host/iris.csv"}', '{"uri":"iris.csv"}')
    """
    try:
        known = json.loads(source)
    except ValueError:
        return without_secrets(source)
    harmless = _cleaned(known)
    return source if harmless == known else json.dumps(harmless)


def _cleaned(value: Any) -> Any:
    if isinstance(value, str):
        return without_secrets(value)
    if isinstance(value, list):
        return [_cleaned(entry) for entry in value]
    return {key: _cleaned(entry) for key, entry in value.items()} if isinstance(value, dict) else value


def _check_tags(item: DatasetInput) -> None:
    seen: set[str] = set()
    for tag in item.tags:
        if not isinstance(tag.key, str) or not tag.key or not isinstance(tag.value, str):
            raise InvalidParameter(f"A tag of an input has a non-empty str as key and a str as value, not {tag!r}.")
        if tag.key in seen:
            raise InvalidParameter(f"Tag {tag.key!r} is given twice for data set {item.dataset.name!r}.")
        seen.add(bounded_text(tag.key, 255, "key of an input's tag"))
        bounded_text(tag.value, 500, f"value of tag {tag.key!r}")
