"""What may be a key, a name or a value, and how long it may be.

Checked by the store, so that every road into it (Python, REST, import) has the same rules.
"""

from __future__ import annotations

import logging
import posixpath
import re
import unicodedata
from collections.abc import Iterator
from typing import Any
from urllib.parse import unquote

from jupyter_mlops.entities.variables import TRUNCATE_LONG_VALUES
from jupyter_mlops.errors import InvalidParameter

__all__ = [
    "bounded_text",
    "check_alias",
    "check_experiment_name",
    "check_experiment_tag",
    "check_key",
    "check_model_name",
    "check_model_tag",
    "check_relative_path",
    "check_run_id",
    "description_text",
    "param_text",
    "stored_text",
    "tag_text",
    "version_number",
    "version_texts",
]

_KEY = re.compile(r"[/\w.\- :]*")
_RUN_ID = re.compile(r"[a-zA-Z0-9][\w\-]{0,255}")
_ALIAS = re.compile(r"[\w\-]+")
_RESERVED_ALIAS = re.compile(r"latest|v\d+", re.IGNORECASE)
_VERSION = re.compile(r"-?[0-9]{1,40}")
_CONTROL = ("Cc", "Zl", "Zp")  # characters of these categories break lines of logs and tables, or are not seen at all
_KEY_LENGTH = 250
_DECODINGS = 8
_PARAM_LENGTH = 6000
_TAG_LENGTH = 8000
_log = logging.getLogger(__name__)


def check_key(key: Any, what: str = "key") -> str:
    """Return `key` if it may name a param, metric or tag.

    Raises
    ------
    InvalidParameter
        Not text, empty, over 250 characters, with a character outside letters, digits and ``_ - . / : space``,
        or not a clean relative path (``..``, a leading or doubled ``/``).

    Examples
    --------
    >>> check_key("train/loss")
    'train/loss'
    """
    if not isinstance(key, str) or not key:
        raise InvalidParameter(f"A {what} must be a non-empty str, not {key!r}.")
    if not _KEY.fullmatch(key):
        raise InvalidParameter(
            f"Invalid {what} {key!r}: names may only contain letters, digits, underscores (_), dashes (-), "
            "periods (.), spaces ( ), colons (:) and slashes (/)."
        )
    if posixpath.normpath(key) != key or key.startswith(("/", "..")) or key == ".":
        raise InvalidParameter(f"Invalid {what} {key!r}: a name is a clean relative path, such as 'train/loss'.")
    if len(key) > _KEY_LENGTH:
        raise InvalidParameter(f"Invalid {what} {key[:40]!r}…: {len(key)} characters, at most {_KEY_LENGTH} are kept.")
    return key


def _text(value: Any, limit: int, what: str, key: str) -> str:
    text = value if type(value) is str else str(value)
    if not text.isascii():  # a lone surrogate, as in the name of an undecodable file, cannot be stored
        text = text.encode("utf-8", "backslashreplace").decode()
    if len(text) <= limit:
        return text
    if not TRUNCATE_LONG_VALUES.get():
        raise InvalidParameter(f"The value of {what} {key!r} has {len(text)} characters; at most {limit} are kept.")
    _log.warning("The value of %s %r has %d characters; the first %d are kept.", what, key, len(text), limit)
    return text[:limit]


def param_text(key: str, value: Any) -> str:
    """The text of a param's value; cut at 6000 characters with a warning."""
    return _text(value, _PARAM_LENGTH, "param", key)


def tag_text(key: str, value: Any) -> str:
    """The text of a run tag's value; cut at 8000 characters with a warning."""
    return _text(value, _TAG_LENGTH, "tag", key)


def stored_text(text: Any, what: str) -> str:
    """Return `text` if a store could hold it; `what` it is stands in the error.

    Raises
    ------
    InvalidParameter
        Not a str, or one that cannot be encoded.
    """
    if not isinstance(text, str):
        raise InvalidParameter(f"The {what} is a str, not {text!r}.")
    if not text.isascii() and any("\ud800" <= letter <= "\udfff" for letter in text):
        raise InvalidParameter(f"The {what} holds a lone surrogate, which is no text: {text!r:.200}.")
    return text


def bounded_text(text: Any, limit: int, what: str) -> str:
    """Return `text` if it is text of at most `limit` characters; `what` it is stands in the error."""
    stored_text(text, what)
    if len(text) > limit:
        raise InvalidParameter(f"The {what} has {len(text)} characters; at most {limit} are allowed.")
    return str(text)


def check_experiment_tag(key: Any, value: Any) -> tuple[str, str]:
    """Key and text of an experiment's tag; a value over 20000 characters is an error."""
    return check_key(key, "tag name"), bounded_text(str(value), 20000, f"value of tag {key!r}")


def check_model_tag(key: Any, value: Any) -> tuple[str, str]:
    """Key and text of a registered model's or version's tag; a value over 100000 characters is an error."""
    return check_key(key, "tag name"), bounded_text(str(value), 100000, f"value of tag {key!r}")


def check_experiment_name(name: Any) -> str:
    """Return `name` if it may name an experiment: non-empty text of at most 500 characters."""
    if not isinstance(name, str) or not name.strip():
        raise InvalidParameter(f"An experiment's name must be a non-empty str, not {name!r}.")
    return bounded_text(name, 500, "experiment's name")


def check_model_name(name: Any) -> str:
    """Return `name` if a new registered model may have it: no ``/``, ``:`` or control characters, at most 256 characters.

    Raises
    ------
    InvalidParameter
        It may not.
    """
    if not isinstance(name, str) or not name.strip():
        raise InvalidParameter(f"A registered model's name must be a non-empty str, not {name!r:.300}.")
    if "/" in name or ":" in name or name in (".", ".."):
        raise InvalidParameter(f"Invalid model name {name!r:.300}: it may not contain '/' or ':', nor be '.' or '..'.")
    bounded_text(name, 256, "registered model's name")
    if any(unicodedata.category(character) in _CONTROL for character in name):
        raise InvalidParameter(f"Invalid model name {name!r:.300}: it may not contain line breaks and other control characters.")
    return name


def version_texts(source: Any, run_id: Any, run_link: Any) -> None:
    """Find out whether these may be kept of a model version: text, of a length that no place and no link exceeds."""
    if "\0" in bounded_text(source, 10_000, "source of a model version"):
        raise InvalidParameter(f"The source of a model version holds a NUL, as no place does: {source!r:.200}.")
    for text, what in ((run_id, "run_id"), (run_link, "run_link")):
        if text is not None:
            bounded_text(text, 10_000, f"{what} of a model version")


def description_text(description: Any) -> str | None:
    """Return `description` if it may be one of a model or version: text of at most 100000 characters, or None."""
    return None if description is None else bounded_text(description, 100_000, "description")


def check_alias(alias: Any) -> str:
    """Return `alias` if it may name a version: letters, digits, ``_``, ``-``; not ``latest``, not ``v1``.

    Raises
    ------
    InvalidParameter
        It may not.
    """
    if not isinstance(alias, str) or not _ALIAS.fullmatch(alias):
        raise InvalidParameter(f"Invalid alias {alias!r:.300}: use letters, digits, '_' and '-'.")
    if _RESERVED_ALIAS.fullmatch(alias):
        raise InvalidParameter(f"The alias {alias!r} is reserved: 'latest' and 'v1', 'v2', … already mean versions.")
    return bounded_text(alias, 255, "alias")


def version_number(version: Any) -> int:
    """Number of a model version, which is an int or its digits.

    Raises
    ------
    InvalidParameter
        It is neither.

    Examples
    --------
    >>> version_number("3"), version_number(3)
    (3, 3)
    """
    if not _VERSION.fullmatch(str(version)):
        raise InvalidParameter(f"A model version is a whole number such as 1 or '1', not {version!r:.100}.")
    return int(version)


def check_run_id(run_id: Any) -> str:
    """Return `run_id` if it can be one: letters, digits, ``_`` and ``-``, at most 256 characters."""
    if not isinstance(run_id, str) or not _RUN_ID.fullmatch(run_id):
        raise InvalidParameter(f"Invalid run id {run_id!r}: use letters, digits, '_' and '-'.")
    return run_id


def check_relative_path(path: str, what: str = "artifact path") -> str:
    """Return `path` cleaned, if it stays below its root.

    Raises
    ------
    InvalidParameter
        Absolute, or leaves its root by ``..``, or holds a NUL, a backslash or a scheme; as it stands or URL-decoded.

    Examples
    --------
    >>> check_relative_path("plots/./roc.png")
    'plots/roc.png'
    """
    clean = posixpath.normpath(path)
    if any(map(_leads_out, _readings(path))):
        raise InvalidParameter(f"Invalid {what} {path!r}: it must be a relative path that stays inside the run.")
    return "" if clean == "." else clean


def _readings(path: str) -> Iterator[str]:
    """`path` and what it is when it is URL-decoded, once or more often."""
    yield path
    for _ in range(_DECODINGS):
        encoded, path = path, unquote(path)
        if path == encoded:
            return
        yield path
    yield ".."  # encoded so often, it is no honest name


def _leads_out(path: str) -> bool:
    clean = posixpath.normpath(path)
    return (
        path.startswith(("/", "~")) or clean == ".." or clean.startswith("../")
        or "\\" in path or "\0" in path or "://" in path
    )  # fmt: skip
