"""What a playground leaves to read: the last input and what the models said to it, as tables and as text."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from jupyter_mlops.views.formats.html import cell_text, escape, table
from jupyter_mlops.views.formats.numbers import number_text
from jupyter_mlops.views.playground.forms import Form
from jupyter_mlops.views.playground.results import short

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["columns_of", "page_of", "playground_html", "playground_text", "table_html"]

_MOST_HTML_ROWS, _MOST_HTML_COLUMNS, _MOST_COLUMNS = 20, 12, 60


def playground_html(
    title: str,
    note: str | None,
    form: Form,
    values: Mapping[str, Any],
    outcome: Mapping[str, Any] | None,
    with_times: bool,
) -> str:
    """One row of input and its results, for where nothing runs."""
    parts = [f"<p><strong>{escape(title)}</strong></p>"]
    if note:
        parts.append(f"<p>{escape(note)}</p>")
    cards = (outcome or {}).get("cards", [])
    inputs = [[field.label, _shown(values.get(field.name))] for field in form.fields]
    parts.append(table(["input", "value"], inputs))
    for card in cards:
        took = f" ({number_text(card['ms'])} ms)" if with_times and card["ms"] is not None else ""
        if card["problem"]:
            parts.append(f"<p>{escape(card['label'])}: {escape(card['problem'])}</p>")
            continue
        if card["outputs"]:
            parts.append(table([f"{card['label']}{took}", ""], [[o["name"], o["value"]] for o in card["outputs"]]))
        if card["bars"]:
            rows = [[bar["name"], bar["value"], _bar(bar["value"])] for bar in card["bars"]]
            parts.append(table([f"{card['label']}", "probability", ""], rows))
    return "".join(parts)


def _bar(chance: Any) -> str:
    """A bar of letters: it is drawn wherever text is."""
    return "█" * round(20 * chance) if isinstance(chance, (int, float)) and 0 <= chance <= 1 else ""


def _shown(value: Any) -> Any:
    if isinstance(value, Mapping):
        size = value.get("shape", f"{value.get('bytes')} bytes")
        return f"{value.get('file')} {size}"
    return value if not isinstance(value, str) or len(value) <= 500 else value[:500] + "…"


def table_html(title: str, note: str | None, told: Mapping[str, Any]) -> str:
    """Many rows and their results: the first of them."""
    columns, rows = told["columns"][:_MOST_HTML_COLUMNS], told["rows"][:_MOST_HTML_ROWS]
    differing = "" if told["differing"] is None else f", the models differ in {told['differing']}"
    parts = [f"<p><strong>{escape(title)}</strong>: {told['total']} rows of {escape(told['name'])}{differing}</p>"]
    parts += [f"<p>{escape(text)}</p>" for text in [note, *told["problems"]] if text]
    shown = [[row["index"], *row["values"][: len(columns)]] for row in rows]
    parts.append(table(["row", *(column["name"] for column in columns)], shown))
    more = told["total"] - len(shown)
    return "".join([*parts, f"<p>… {more} more rows</p>" if more > 0 else ""])


def playground_text(
    title: str, note: str | None, form: Form, values: Mapping[str, Any], outcome: Mapping[str, Any] | None
) -> str:
    """The same as text."""
    lines = [title, *([note] if note else [])]
    lines += [f"  {field.label}: {cell_text(_shown(values.get(field.name)))}" for field in form.fields[:20]]
    lines += [f"  … {len(form.fields) - 20} more"] if len(form.fields) > 20 else []
    for card in (outcome or {}).get("cards", []):
        said = [f"{one['name']} {cell_text(one['value'])}" for one in [*card["outputs"], *card["bars"]][:12]]
        lines.append(f"{card['label']}: {card['problem'] or ', '.join(said)}")
    return "\n".join(lines)


def columns_of(result: pd.DataFrame, inputs: int) -> list[dict[str, Any]]:
    """Columns of a result as the page has them: what the models say first.

    Parameters
    ----------
    result : DataFrame
    inputs : int
        How many of its columns are input.
    """
    roles = [
        "input" if index < inputs else "challenger" if str(name).startswith("challenger_") else "output"
        for index, name in enumerate(result.columns)
    ]
    found = [
        {"name": str(name), "role": role, "numeric": result.dtypes.iloc[index].kind in "iuf", "at": index}
        for index, (name, role) in enumerate(zip(result.columns, roles, strict=True))
        if role == "input" or not str(name).startswith("differs")
    ]
    return sorted(found, key=lambda column: ("output", "challenger", "input").index(str(column["role"])))[
        :_MOST_COLUMNS
    ]


def page_of(
    result: pd.DataFrame,
    columns: Sequence[Mapping[str, Any]],
    order: Sequence[int],
    differs: Any,
    start: int,
    count: int,
) -> dict[str, Any]:
    """Some rows of a result, in an order given."""
    rows = [
        {
            "index": int(at),
            "differs": bool(differs[at]) if differs is not None else False,
            "values": [_cell(result.iat[at, column["at"]], column) for column in columns],
        }
        for at in order[start : start + count]
    ]
    return {"rows": rows, "total": len(order), "offset": start}


def _cell(value: Any, column: Mapping[str, Any]) -> Any:
    """An input that is missing is empty in the form, unless it is a number."""
    import pandas as pd  # only for tables

    is_blank = column["role"] == "input" and not column["numeric"]
    is_missing = is_blank and pd.api.types.is_scalar(value) and pd.isna(value)
    return None if is_missing else short(value)
