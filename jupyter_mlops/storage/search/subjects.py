"""What can be searched, and by what: one record each for runs, experiments, registered models and model versions."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

__all__ = ["EXPERIMENTS", "LOGGED_MODELS", "MODEL_VERSIONS", "REGISTERED_MODELS", "RUNS", "Subject"]


def _words(**entities: str) -> Mapping[str, str]:
    return MappingProxyType({word: entity for entity, words in entities.items() for word in words.split()})


@dataclass(frozen=True, eq=False)
class Subject:
    """What a search of one kind of thing understands.

    Attributes
    ----------
    noun : str
        What it is called in messages.
    words : mapping of str to str
        The word before a field's first dot, and the entity that it means.
    attributes : mapping of str to str
        Attributes that a filter may name, and their kind: ``"text"``, ``"number"`` or ``"integer"``.
    aliases : mapping of str to str
        Other spellings of attributes.
    order_keys : tuple of str
        Attributes that ``order_by`` may name.
    order_entities : tuple of str
        Entities other than attributes that ``order_by`` may name.
    default_order : tuple of str
        The order of a search that asks for none.
    tie_break : tuple of str
        Appended to every order, unless it already names the key.
    max_results : tuple of two int
        Fewest and most results that a page may ask for.

    Examples
    --------
    >>> RUNS.words["params"], RUNS.attributes["start_time"], RUNS.max_results
    ('param', 'number', (1, 50000))
    """

    noun: str
    words: Mapping[str, str]
    attributes: Mapping[str, str]
    order_keys: tuple[str, ...]
    default_order: tuple[str, ...]
    tie_break: tuple[str, ...]
    max_results: tuple[int, int]
    aliases: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    order_entities: tuple[str, ...] = ()


RUNS = Subject(
    noun="run",
    words=_words(
        attribute="attribute attributes attr run",
        metric="metric metrics",
        param="param params parameter parameters",
        tag="tag tags",
        dataset="dataset datasets",
    ),
    attributes=MappingProxyType(
        {
            "run_id": "text",
            "run_name": "text",
            "user_id": "text",
            "status": "text",
            "artifact_uri": "text",
            "start_time": "number",
            "end_time": "number",
        }
    ),
    aliases=MappingProxyType(
        {
            "created": "start_time",
            "Created": "start_time",
            "run name": "run_name",
            "Run name": "run_name",
            "Run Name": "run_name",
        }
    ),
    order_keys=("run_id", "run_name", "user_id", "status", "artifact_uri", "start_time", "end_time"),
    order_entities=("metric", "param", "tag"),
    default_order=("start_time DESC", "run_id ASC"),
    tie_break=("start_time DESC", "run_id ASC"),
    max_results=(1, 50_000),
)

EXPERIMENTS = Subject(
    noun="experiment",
    words=_words(attribute="attribute attributes", tag="tag tags"),
    attributes=MappingProxyType(
        {"name": "text", "experiment_id": "text", "creation_time": "number", "last_update_time": "number"}
    ),
    order_keys=("name", "experiment_id", "creation_time", "last_update_time"),
    default_order=("creation_time DESC", "experiment_id ASC"),
    tie_break=("experiment_id DESC",),
    max_results=(1, 50_000),
)

REGISTERED_MODELS = Subject(
    noun="registered model",
    words=_words(attribute="attribute attributes", tag="tag tags"),
    attributes=MappingProxyType({"name": "text"}),
    aliases=MappingProxyType({"timestamp": "last_updated_timestamp"}),
    order_keys=("name", "last_updated_timestamp"),
    default_order=("name ASC",),
    tie_break=("name ASC",),
    max_results=(0, 1_000),
)

MODEL_VERSIONS = Subject(
    noun="model version",
    words=_words(attribute="attribute attributes", tag="tag tags"),
    attributes=MappingProxyType({"name": "text", "run_id": "text", "source_path": "text", "version_number": "integer"}),
    order_keys=("name", "version_number", "creation_timestamp", "last_updated_timestamp"),
    default_order=("last_updated_timestamp DESC", "name ASC", "version_number DESC"),
    tie_break=("name ASC", "version_number DESC"),
    max_results=(1, 200_000),
)

LOGGED_MODELS = Subject(
    noun="logged model",
    words=_words(
        attribute="attribute attributes",
        metric="metric metrics",
        param="param params parameter parameters",
        tag="tag tags",
    ),
    attributes=MappingProxyType(
        {
            "name": "text",
            "model_id": "text",
            "model_type": "text",
            "status": "text",
            "source_run_id": "text",
            "creation_timestamp": "number",
            "last_updated_timestamp": "number",
        }
    ),
    aliases=MappingProxyType(
        {"creation_time": "creation_timestamp", "last_updated_time": "last_updated_timestamp"}
    ),
    order_keys=("name", "model_id", "model_type", "status", "source_run_id", "creation_timestamp", "last_updated_timestamp"),
    order_entities=("metric",),
    default_order=("creation_timestamp DESC", "model_id ASC"),
    tie_break=("creation_timestamp DESC", "model_id ASC"),
    max_results=(1, 50_000),
)
