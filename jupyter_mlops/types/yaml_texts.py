"""YAML that comes with a model, read within limits: the file may be a stranger's."""

from __future__ import annotations

from typing import Any

from jupyter_mlops.errors import InvalidParameter

__all__ = ["MAX_BYTES", "MAX_DEPTH", "MAX_NODES", "read_yaml"]

MAX_BYTES = 16 * 2**20
MAX_DEPTH = 64
MAX_NODES = 1_000_000  # an alias counts as much as what it stands for


def read_yaml(text: str | bytes, name: str) -> dict[str, Any]:
    """The mapping that a YAML text holds.

    Parameters
    ----------
    text : str or bytes
    name : str
        What an error calls it.

    Raises
    ------
    InvalidParameter
        It is no YAML mapping, or too much: of more than `MAX_BYTES`, nested deeper than `MAX_DEPTH`, of more than
        `MAX_NODES` nodes once its aliases are replaced by what they stand for, or an alias is inside of what it stands for.

    Examples
    --------
    >>> read_yaml("flavors: {sklearn: {code: null}}", "MLmodel")
    {'flavors': {'sklearn': {'code': None}}}
    """
    import yaml  # only when a model is read

    if len(text) > MAX_BYTES:
        raise InvalidParameter(f"{name} cannot be read: it has {len(text):,} bytes, more than {MAX_BYTES:,}.")
    try:
        _check_size(yaml.parse(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader)), name)
        form = yaml.load(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))  # noqa: S506 - safe loaders
    except (yaml.YAMLError, UnicodeError, ValueError, RecursionError) as error:
        if isinstance(error, InvalidParameter):
            raise
        raise InvalidParameter(f"{name} cannot be read: {error}") from error
    if not isinstance(form, dict):
        raise InvalidParameter(f"{name} cannot be read: it is no YAML mapping.")
    return form


def _check_size(events: Any, name: str) -> None:
    """Count nodes without making them: an alias has the count of its anchor."""
    counts: dict[str, int] = {}
    opened: list[tuple[str | None, int]] = []
    total = 0
    for event in events:
        kind = type(event).__name__
        if kind == "AliasEvent":
            if event.anchor not in counts and any(anchor == event.anchor for anchor, _ in opened):
                raise InvalidParameter(f"{name} cannot be read: the alias {event.anchor!r} is inside of itself.")
            total += counts.get(event.anchor, 1)
        elif kind in ("MappingStartEvent", "SequenceStartEvent"):
            opened.append((event.anchor, total))
            total += 1
        elif kind in ("MappingEndEvent", "SequenceEndEvent"):
            anchor, before = opened.pop()
            if anchor:
                counts[anchor] = total - before
        else:
            total += 1
        if total > MAX_NODES or len(opened) > MAX_DEPTH:
            raise InvalidParameter(
                f"{name} cannot be read: it has more than {MAX_NODES:,} nodes or is nested deeper than {MAX_DEPTH}."
            )
