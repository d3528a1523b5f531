"""What models would say if one or two inputs of a row were others."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from jupyter_mlops.charts.what_if import Line, Plane, what_if_line, what_if_map
from jupyter_mlops.entities.numbers import as_json
from jupyter_mlops.errors import InvalidParameter
from jupyter_mlops.views.playground.forms import Field, Form
from jupyter_mlops.views.playground.results import Answer

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["can_vary", "what_if"]

_ON_LINE, _ON_SIDE, _MOST_CLASSES = 61, 21, 8


class _Output(NamedTuple):
    label: str
    values: list[Any]


def can_vary(field: Field) -> bool:
    """Whether a field has places to go to: a number, a truth, or one of several texts."""
    return field.kind in ("number", "integer", "boolean") or (
        field.kind in ("choice", "text") and len(field.options) > 1
    )


def what_if(
    form: Form,
    row: pd.DataFrame,
    features: Sequence[str],
    output: str | None,
    answers: Callable[[pd.DataFrame], list[tuple[str, Answer]]],
) -> dict[str, Any]:
    """Figure of the models' outputs over one or two features.

    Parameters
    ----------
    form : Form
        Of columns, or a matrix.
    row : DataFrame
        One row as the form has it.
    features : sequence of str
        Names of one or two fields.
    output : str or None
        One of the outputs; by default all of them over one feature, the likeliest to be meant over two.
    answers : callable
        Asks the models for many rows; their names, and what they say.

    Returns
    -------
    dict
        ``figure`` (Plotly's JSON, None if no model answers), ``outputs`` (all that can be chosen), ``output`` (the one
        chosen), ``problem``.

    Raises
    ------
    InvalidParameter
        Not one or two fields that can vary.
    """
    known = {field.name: field for field in form.fields if can_vary(field)}
    if not 1 <= len(features) <= 2 or len(set(features)) != len(features) or not set(features) <= set(known):
        raise InvalidParameter(
            f"A what-if is of one or two of {', '.join(known) or 'no features'}, not {list(features)}."
        )
    chosen = [known[name] for name in features]
    columns = [_column(row, field) for field in chosen]
    now = [as_json(_item(row[column].iloc[0])) for column in columns]
    places = [
        _places(field, at, _ON_LINE if len(chosen) == 1 else _ON_SIDE, row[column].dtype)
        for field, at, column in zip(chosen, now, columns, strict=True)
    ]
    told = answers(_grid(row, columns, places))
    outputs = [(name, _outputs(answer)) for name, answer in told if answer.outputs is not None]
    problem = next((answer.problem for _, answer in told if answer.problem), None)
    if not outputs:
        return {"figure": None, "outputs": [], "output": None, "problem": problem}
    labels = [one.label for one in outputs[0][1]]
    picked = output if output in labels else labels[-1] if len(labels) <= 2 else None  # of two classes one says all
    if len(chosen) == 1:
        figure = _line(chosen[0], places[0], outputs, picked, now[0])
    else:
        picked = picked or _likeliest(outputs[0][1], places, now)
        figure = _map(chosen, places, outputs, picked, now)
    return {"figure": figure, "outputs": labels, "output": picked, "problem": problem}


def _column(row: pd.DataFrame, field: Field) -> Any:
    found = [column for column in row.columns if str(column) == field.name]
    if not found:
        raise InvalidParameter(f"{field.label} is empty: give it a value to vary.")
    return found[0]


def _item(value: Any) -> Any:
    return value.item() if hasattr(value, "item") else value


def _places(field: Field, at: Any, count: int, dtype: Any) -> list[Any]:
    if field.kind == "boolean":
        return [False, True]
    if field.kind in ("choice", "text"):
        return field.options if at is None or at in field.options else [*field.options, str(at)]
    import numpy as np  # only when data is made

    number = at if isinstance(at, (int, float)) else 0
    least = field.least if field.least is not None else number
    most = field.most if field.most is not None else number
    if least == most:
        least, most = least - (abs(least) or 1), most + (abs(most) or 1)
    # what the column holds, with room for the width of the range
    info: Any = np.iinfo(dtype) if dtype.kind in "iu" else np.finfo(dtype)
    top = min(info.max, 2**53) if dtype.kind in "iu" else float(info.max) / 4
    least, most = (min(max(end, -top), top) for end in (min(least, number), max(most, number)))
    places = np.linspace(least, most, count)
    if field.kind == "integer":
        return [int(place) for place in np.unique(places.round())]
    return [float(f"{place:.6g}") for place in places]


def _grid(row: pd.DataFrame, columns: Sequence[Any], places: Sequence[Sequence[Any]]) -> pd.DataFrame:
    """The row once for each place, the first feature running fastest."""
    import pandas as pd  # only when data is made

    first, second = places[0], places[1] if len(places) > 1 else [None]
    rows = row.loc[row.index.repeat(len(first) * len(second))].reset_index(drop=True)
    runs = [list(first) * len(second), [place for place in second for _ in first]]
    for column, run in zip(columns, runs, strict=False):
        kept = row[column].dtype
        rows[column] = pd.Series(run, dtype=kept if kept.kind in "iuf" else None)
    return rows


def _outputs(answer: Answer) -> list[_Output]:
    """What can be drawn: probabilities, else numbers, else classes."""
    frame = answer.chances if answer.chances is not None else answer.outputs
    assert frame is not None
    numbers = [name for name in frame.columns if frame[name].dtype.kind in "iufb"]
    names = numbers or list(frame.columns)[:1]
    return [_Output(str(name), [_drawn(value) for value in frame[name]]) for name in names]


def _drawn(value: Any) -> Any:
    value = _item(value)
    if isinstance(value, float):
        made = as_json(value)
        return None if isinstance(made, str) else made
    return value if isinstance(value, (int, str)) and not isinstance(value, bool) else str(value)


def _line(
    field: Field, places: list[Any], outputs: list[tuple[str, list[_Output]]], picked: str | None, at: Any
) -> dict[str, Any]:
    wanted = [picked] if picked else [one.label for one in _telling(outputs[0][1])]
    lines = []
    for number, (model, found) in enumerate(outputs):
        for group, label in enumerate(wanted):
            for one in found:
                if one.label == label:
                    several = [label] if len(wanted) > 1 else []
                    name = ", ".join([*several, *([model] if len(outputs) > 1 else [])]) or label
                    lines.append(Line(name, one.values, group, number > 0))
    return what_if_line(field.label, places, lines, _title(outputs, picked), at, _are_chances(outputs))


def _telling(found: list[_Output]) -> list[_Output]:
    """The classes that are likely somewhere, if there are many."""
    if len(found) <= _MOST_CLASSES:
        return found
    ranked = sorted(found, key=lambda one: -max((v for v in one.values if isinstance(v, (int, float))), default=0))
    return [one for one in found if one in ranked[:_MOST_CLASSES]]


def _likeliest(found: list[_Output], places: list[list[Any]], now: list[Any]) -> str:
    """The class of the row as it is, as near as the grid has it."""
    first, second = (_nearest(place, at) for place, at in zip(places, now, strict=True))
    chances = [one.values[second * len(places[0]) + first] for one in found]
    known = [chance if isinstance(chance, (int, float)) else -math.inf for chance in chances]
    return found[known.index(max(known))].label


def _nearest(place: list[Any], at: Any) -> int:
    if at in place or not isinstance(at, (int, float)):
        return place.index(at) if at in place else 0
    return min(range(len(place)), key=lambda index: abs(place[index] - at))


def _are_chances(outputs: list[tuple[str, list[_Output]]]) -> bool:
    values = [value for _, found in outputs for one in found for value in one.values]
    return len(outputs[0][1]) > 1 and all(isinstance(value, (int, float)) and 0 <= value <= 1 for value in values)


def _title(outputs: list[tuple[str, list[_Output]]], picked: str | None) -> str:
    label = picked or (outputs[0][1][0].label if len(outputs[0][1]) == 1 else "")
    return " ".join(["probability" if _are_chances(outputs) else "", label]).strip() or "output"


def _map(
    fields: list[Field], places: list[list[Any]], outputs: list[tuple[str, list[_Output]]], picked: str, now: list[Any]
) -> dict[str, Any]:
    found = [(model, one.values) for model, all_of in outputs for one in all_of if one.label == picked]
    labels = None
    if any(isinstance(value, str) for _, values in found for value in values):
        labels = sorted({str(value) for _, values in found for value in values})
        found = [(model, [labels.index(str(value)) for value in values]) for model, values in found]
    width = len(places[0])
    planes = [Plane(model, [values[i : i + width] for i in range(0, len(values), width)]) for model, values in found]
    shown = [
        place if field.kind in ("number", "integer") else list(map(str, place))
        for field, place in zip(fields, places, strict=True)
    ]
    at = [
        value if field.kind in ("number", "integer") else str(value) for field, value in zip(fields, now, strict=True)
    ]
    return what_if_map(
        [field.label for field in fields], shown, planes, _title(outputs, picked), at, labels, _are_chances(outputs)
    )
