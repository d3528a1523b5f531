"""What records look like in a notebook: tables and pictures beside their text, for objects that know nothing of notebooks."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from jupyter_mlops.charts.lineages import lineage_figure
from jupyter_mlops.charts.svgs import figure_image
from jupyter_mlops.entities.lineages import Lineage
from jupyter_mlops.entities.registered_models import ModelVersion, RegisteredModel
from jupyter_mlops.entities.runs import Run
from jupyter_mlops.tracking.settings import current_store
from jupyter_mlops.views.evaluations.bundles import evaluation_bundle
from jupyter_mlops.views.formats.bundles import is_plain
from jupyter_mlops.views.formats.html import escape, table

__all__ = ["add_displays"]

_MOST = 30


def add_displays(shell: Any) -> Callable[[], None]:
    """Let a shell show records as HTML; the answer takes that back."""
    formats = shell.display_formatter.mimebundle_formatter
    for record, html in _SHOWN.items():
        formats.for_type(record, _bundle_by(html))
    formats.for_type_by_name(*_EVALUATION, _evaluation)

    def undo() -> None:
        formats.pop(".".join(_EVALUATION), None)
        for record in _SHOWN:
            formats.pop(record, None)

    return undo


def _bundle_by(html: Callable[[Any], str]) -> Callable[[Any], dict[str, str] | None]:
    """Outputs that must stay the same keep to the text, as everything that holds ids and times."""
    return lambda record: None if is_plain() else {"text/html": html(record)}


def _run(run: Run) -> str:
    rows = [["metric", *one] for one in sorted(run.data.metrics.items())] + [["param", *one] for one in sorted(run.data.params.items())]
    return _headed(f"{run.info.run_name} · {run.info.status.lower()}", rows)


def _version(version: ModelVersion) -> str:
    aliases = ", ".join(f"@{alias}" for alias in version.aliases)
    facts = {"aliases": aliases, "description": version.description, "source": version.source, "run": version.run_id, **version.tags}
    heading = f"{version.name} version {version.version} · {version.current_stage}"
    return _headed(heading, [[key, text] for key, text in facts.items() if text])


def _model(model: RegisteredModel) -> str:
    rows = [[f"version {version.version}", version.current_stage, ", ".join(f"@{alias}" for alias in version.aliases)] for version in model.latest_versions]
    return _headed(model.name, rows)


def _lineage(lineage: Lineage) -> str:
    names = {node.id: node.name for node in lineage.nodes}
    rows = [[names.get(edge.start, edge.start), names.get(edge.end, edge.end)] for edge in lineage.edges]
    figure = lineage_figure(lineage)
    image = figure_image(figure, f"Lineage of {names.get(lineage.root, lineage.root)}", height=min(figure["layout"]["height"], 600))
    return f"<p>{image}</p><details><summary>As a table</summary>{table(['from', 'to'], rows[:_MOST])}</details>"


def _headed(heading: str, rows: list[list[Any]]) -> str:
    more = f"<p>… {len(rows) - _MOST} more</p>" if len(rows) > _MOST else ""
    return f"<p><b>{escape(heading)}</b></p>" + (table([""] * len(rows[0]), rows[:_MOST]) + more if rows else "")


def _evaluation(result: Any) -> dict[str, Any] | None:
    """The report; nothing but the text of one that no run has kept."""
    if result.run_id is None or result.evaluated is None:
        return None
    return evaluation_bundle(current_store(), result.run_id, result.prefix)


_EVALUATION = ("jupyter_mlops.evaluation.results", "EvaluationResult")  # by name: scikit-learn is behind it
_SHOWN: dict[type, Callable[[Any], str]] = {Lineage: _lineage, ModelVersion: _version, RegisteredModel: _model, Run: _run}
