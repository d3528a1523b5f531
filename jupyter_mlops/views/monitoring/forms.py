"""A report on requests as lasting HTML and as text."""

from __future__ import annotations

from typing import Any

from jupyter_mlops.charts.monitoring import monitoring_figures
from jupyter_mlops.charts.svgs import figure_image
from jupyter_mlops.views.formats.html import escape, table
from jupyter_mlops.views.formats.numbers import time_text
from jupyter_mlops.views.formats.texts import text_table

__all__ = ["monitoring_html", "monitoring_text", "reference_text"]

_MOST_DRIFTS, _MOST_NAMES = 50, 10
_CAPTIONS = {"volume": "Requests over time", "latency": "Latency over time"}


def monitoring_html(title: str, report: dict[str, Any]) -> str:
    """Tables and still pictures, which stay wherever the notebook goes."""
    pictures = " ".join(figure_image(figure, _CAPTIONS[name], 440, 260) for name, figure in monitoring_figures(report).items())
    facts = table(*_fact_table(report))
    moved = table(*_drift_table(report)) if report["drifts"] else ""
    return f"<p><b>{escape(title)}</b></p>{facts}<p>{pictures}</p><p><b>Drift</b></p><p>{escape(reference_text(report))}</p>{moved}"


def monitoring_text(title: str, report: dict[str, Any]) -> str:
    """The same for terminals."""
    parts = [title, text_table(*_fact_table(report)), f"Drift: {reference_text(report)}"]
    return "\n\n".join([*parts, *([text_table(*_drift_table(report))] if report["drifts"] else [])])


def reference_text(report: dict[str, Any]) -> str:
    """What was compared with what."""
    kind, rows, compared = (report["reference"][key] for key in ("kind", "rows", "compared"))
    if kind == "first day" and not compared:
        return (
            "nothing to compare yet. Neither a profile of the training data (serving.keep_training_data) nor an input example of 200 rows is "
            "kept with the model, so requests after the first day of the log will be compared with those of that day."
        )
    of = {"training": "that the model was trained on", "example": "of the model's input example", "first day": "of the first day of the log"}[kind]
    if kind == "first day" and not report["is_whole"]:
        of = "of the first day that is read of the log"
    texts = [f"{compared:,} rows compared with {rows:,} {of}."]
    for where, key in (("Not in the log", "absent"), ("Only in the log", "lacks")):
        if names := report["reference"][key]:
            more = f" and {len(names) - _MOST_NAMES} more" if len(names) > _MOST_NAMES else ""
            texts.append(f"{where}: {', '.join(names[:_MOST_NAMES])}{more}.")
    return " ".join(texts)


def _fact_table(report: dict[str, Any]) -> tuple[list[str], list[list[Any]]]:
    requests, errors, latency = report["requests"], report["errors"], report["latency"]
    facts = [
        ["time", f"{time_text(report['begin'])} to {time_text(report['end'])} UTC" + ("" if report["is_whole"] else ", the newest of a longer log")],
        ["requests", f"{requests:,}" + ("" if requests == report["kept"] else f", estimated by {report['kept']:,} that were kept")],
        ["errors", f"{errors:,}, {errors / max(requests, 1):.1%}" + _statuses(report["statuses"])],
    ]
    if latency:
        facts.append(["latency", ", ".join(f"{name} {value:.3g} ms" for name, value in latency.items())])
    return ["what", f"last {report['days']:g} days"], facts


def _statuses(statuses: dict[str, int]) -> str:
    failed = ", ".join(f"{status}: {count:,}" for status, count in statuses.items() if int(status) >= 400)
    return f" ({failed})" if failed else ""


def _drift_table(report: dict[str, Any]) -> tuple[list[str], list[list[Any]]]:
    rows = [
        [one["column"], one["kind"], None if one["psi"] is None else round(one["psi"], 3), one["band"], f"{one['missing_before']:.1%}", f"{one['missing_now']:.1%}"]
        for one in report["drifts"][:_MOST_DRIFTS]
    ]  # fmt: skip
    return ["column", "kind", "PSI", "drift", "missing before", "missing now"], rows
