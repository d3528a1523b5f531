"""What a form holds, after somebody changed some of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from jupyter_mlops.errors import InvalidParameter
from jupyter_mlops.views.playground.forms import MOST_TEXT, Field, json_cell
from jupyter_mlops.views.playground.trials import Trial

__all__ = ["merged"]


def merged(
    trial: Trial, given: Mapping[str, Any], held: Mapping[str, Any], fields: Sequence[Field], what: str
) -> dict[str, Any]:
    """Values that are held, with those that are given over them.

    Parameters
    ----------
    trial : Trial
        It keeps arrays and bytes that are given for files; what the form shows of them stands in their place.
    fields : list of Field
        Of the inputs or the params.
    what : str
        What they are, for messages: ``"input"``.

    Raises
    ------
    InvalidParameter
        A name that no field has, or a value that a form cannot hold.
    """
    known = {field.name: field for field in fields}
    if unknown := [str(name) for name in given if name not in known]:
        raise InvalidParameter(
            f"The model has no {what} {', '.join(unknown[:5])}; it takes {', '.join(list(known)[:20]) or 'none'}."
        )
    return {**held, **{name: _checked(trial, known[name], value) for name, value in given.items()}}


def _checked(trial: Trial, field: Field, value: Any) -> Any:
    if field.kind == "file":
        if isinstance(value, bytes) or hasattr(value, "dtype"):
            trial.put(field.name, value, "set in Python")
        elif value is not None and not isinstance(value, Mapping):
            raise InvalidParameter(f"{field.name}: give an array or bytes, not {type(value).__name__}.")
        return trial.summaries.get(field.name)  # a page says nothing of files here: it sends them
    made = json_cell(value, field.kind)
    if isinstance(made, str) and len(made) > MOST_TEXT:
        raise InvalidParameter(f"{field.name}: a text may have {MOST_TEXT} characters here, not {len(made)}.")
    return made
