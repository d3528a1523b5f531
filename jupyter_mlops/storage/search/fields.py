"""One name in a filter or an ``order_by``, such as ``metrics.loss``, ``params.`learning rate` `` or ``start_time``."""

from __future__ import annotations

import re
from collections.abc import Iterable

from jupyter_mlops.errors import InvalidFilter
from jupyter_mlops.storage.search.subjects import Subject
from jupyter_mlops.storage.search.trees import ASPECTS, BARE_KEY, Field

__all__ = ["NAME", "check_characters", "kind_of", "read_field"]

_QUOTED = r"`[^`]*`|\"[^\"]*\""
# A name as the lexer and `order_by` see it; `_PARTS` takes the same apart.
NAME = rf"(?:(?:[^\W\d]\w*|{_QUOTED})\.)?(?:{BARE_KEY}|(?:{_QUOTED})(?:\.\w+)?)"
_PARTS = re.compile(
    rf"(?:(?P<word>[^\W\d]\w*|{_QUOTED})\.)?(?:(?P<bare>{BARE_KEY})|(?P<quoted>{_QUOTED})(?:\.(?P<aspect>\w+))?)"
)
_DATASET_KEYS = ("name", "digest", "context")


def read_field(name: str, subject: Subject, text: str, position: int, attributes: Iterable[str]) -> Field:
    """The field that `name` means.

    A word before the first dot says the entity; without one an attribute is meant. A metric may end in ``.min``,
    ``.max``, ``.first``, ``.last`` or ``.count``; a key in quotes is taken as it is.

    Parameters
    ----------
    name : str
        As written, with its quotes.
    subject : Subject
    text : str
        What `name` is a part of, for messages.
    position : int
        Index of `name` in `text`.
    attributes : iterable of str
        Attributes that may be named here.

    Returns
    -------
    Field

    Raises
    ------
    InvalidFilter
        There is no such entity or attribute.

    Examples
    --------
    >>> from jupyter_mlops.storage.search.subjects import RUNS
    >>> read_field("metrics.val.loss.min", RUNS, "", 0, RUNS.attributes)
    Field(entity='metric', key='val.loss', aspect='min')
    >>> read_field("metrics.`val.loss.min`", RUNS, "", 0, RUNS.attributes)
    Field(entity='metric', key='val.loss.min', aspect=None)
    """
    parts = _PARTS.fullmatch(name)
    if not parts:
        raise InvalidFilter(f"{name!r} is not a field: expected {_examples(subject)}.", text, position)
    word, quoted = parts["word"], parts["quoted"]
    key = quoted[1:-1] if quoted else parts["bare"]
    if word is None and "." in parts.group() and not quoted:
        word, key = key.split(".", 1)  # an unquoted word that cannot be one, such as 1x
    entity = "attribute" if word is None else _entity(word, subject, text, position)
    if not key:
        raise InvalidFilter(f"{name!r} has an empty key: expected {_examples(subject)}.", text, position)
    if entity == "attribute":
        key = _attribute(key, subject, text, position, attributes)
    if entity == "dataset" and key not in _DATASET_KEYS:
        raise InvalidFilter(
            f"There is no dataset key {key!r}; valid keys are {', '.join(_DATASET_KEYS)}.", text, position
        )
    aspect = parts["aspect"]
    if entity == "metric" and not quoted:
        before, _, last = key.rpartition(".")
        if before and last in ASPECTS:
            key, aspect = before, last
    if aspect and (entity != "metric" or aspect not in ASPECTS):
        raise InvalidFilter(
            f"{name!r} ends in {'.' + aspect!r}: only a metric may have an ending, one of {', '.join(ASPECTS)}.",
            text,
            position,
        )
    return Field(entity, key, aspect)


def check_characters(text: str) -> str:
    """Return `text` if a database can be asked about it.

    Raises
    ------
    InvalidFilter
        It holds half of a surrogate pair, which no UTF-8 text can.
    """
    try:
        text.encode()
    except UnicodeEncodeError as error:
        message = f"Character {error.start} is half of a surrogate pair, which is not text."
        raise InvalidFilter(message, text, error.start) from None
    return text


def kind_of(field: Field, subject: Subject) -> str:
    """What a clause may compare `field` with: text, number, integer, or ``"param"`` for text and number.

    Examples
    --------
    >>> from jupyter_mlops.storage.search.subjects import RUNS
    >>> kind_of(Field("metric", "loss"), RUNS), kind_of(Field("attribute", "status"), RUNS)
    ('number', 'text')
    """
    if field.entity == "attribute":
        return subject.attributes[field.key]
    return {"metric": "number", "param": "param"}.get(field.entity, "text")


def _entity(word: str, subject: Subject, text: str, position: int) -> str:
    plain = word[1:-1] if word.startswith(("`", '"')) else word
    if plain not in subject.words:
        raise InvalidFilter(
            f"{plain!r} is not searchable for a {subject.noun}; valid words before the dot are "
            f"{', '.join(subject.words)} (lower case).",
            text,
            position,
        )
    return subject.words[plain]


def _attribute(key: str, subject: Subject, text: str, position: int, attributes: Iterable[str]) -> str:
    name = subject.aliases.get(key, key)
    if name in attributes:
        return name
    valid = [*attributes, *(alias for alias, main in subject.aliases.items() if main in attributes)]
    prefixes = [f"{word}.{key}" for word in ("metrics", "params", "tags") if word in subject.words]
    raise InvalidFilter(
        f"A {subject.noun} has no attribute {key!r} here; valid keys are {', '.join(valid)}. "
        f"For anything else say what it is: {', '.join(prefixes)}.",
        text,
        position,
    )


def _examples(subject: Subject) -> str:
    return "metrics.loss, params.`learning rate` or start_time" if "metric" in subject.words else "name or tags.team"
