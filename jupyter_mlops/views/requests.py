"""What a view can ask for, by name: the comm of a kernel and the server's route answer from this table."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from jupyter_mlops.storage.base import Store
from jupyter_mlops.views.calls import call_named
from jupyter_mlops.views.charts.artifacts import chart_artifacts
from jupyter_mlops.views.charts.curves import chart_curves, curves
from jupyter_mlops.views.charts.groups import chart_groups
from jupyter_mlops.views.charts.images import chart_images
from jupyter_mlops.views.charts.importances import chart_importances
from jupyter_mlops.views.charts.parallels import chart_parallel
from jupyter_mlops.views.charts.scatters import chart_scatter
from jupyter_mlops.views.comparisons.comparisons import compare
from jupyter_mlops.views.comparisons.saved_views import saved_views
from jupyter_mlops.views.evaluations.evaluations import evaluation, evaluation_rows
from jupyter_mlops.views.files.folders import run_files
from jupyter_mlops.views.files.previews import run_file
from jupyter_mlops.views.formats.notes import note
from jupyter_mlops.views.monitoring.monitoring import monitoring
from jupyter_mlops.views.registry.comparisons import compare_versions
from jupyter_mlops.views.registry.histories import model_history
from jupyter_mlops.views.registry.lineages import lineage
from jupyter_mlops.views.registry.models import models
from jupyter_mlops.views.registry.moves import preview_move
from jupyter_mlops.views.registry.run_models import run_models
from jupyter_mlops.views.registry.versions import model_version, model_versions
from jupyter_mlops.views.reports.reports import report
from jupyter_mlops.views.runs.activities import activity
from jupyter_mlops.views.runs.cells import cell_code, cell_runs
from jupyter_mlops.views.runs.codes import run_code
from jupyter_mlops.views.runs.details import run_details
from jupyter_mlops.views.runs.differences import run_diff
from jupyter_mlops.views.runs.grids import run_facts, run_groups, run_rows, run_summary
from jupyter_mlops.views.runs.lineages import run_lineage
from jupyter_mlops.views.runs.lists import experiment_list, run_list
from jupyter_mlops.views.runs.logs import run_log
from jupyter_mlops.views.runs.notebooks import run_notebook
from jupyter_mlops.views.runs.pages import runs
from jupyter_mlops.views.runs.steps import run_steps
from jupyter_mlops.views.runs.trees import run_children
from jupyter_mlops.views.sweeps.sweeps import sweep

__all__ = ["VIEWS", "answer"]

VIEWS: dict[str, Callable[..., Any]] = {
    "activity": activity,
    "cell_code": cell_code,
    "cell_runs": cell_runs,
    "chart_artifacts": chart_artifacts,
    "chart_curves": chart_curves,
    "chart_groups": chart_groups,
    "chart_images": chart_images,
    "chart_importances": chart_importances,
    "chart_parallel": chart_parallel,
    "chart_scatter": chart_scatter,
    "compare": compare,
    "compare_versions": compare_versions,
    "curves": curves,
    "evaluation": evaluation,
    "evaluation_rows": evaluation_rows,
    "experiment_list": experiment_list,
    "lineage": lineage,
    "model_history": model_history,
    "model_version": model_version,
    "model_versions": model_versions,
    "models": models,
    "monitoring": monitoring,
    "note": note,
    "preview_move": preview_move,
    "report": report,
    "run_children": run_children,
    "run_code": run_code,
    "run_details": run_details,
    "run_diff": run_diff,
    "run_facts": run_facts,
    "run_file": run_file,
    "run_files": run_files,
    "run_groups": run_groups,
    "run_lineage": run_lineage,
    "run_list": run_list,
    "run_log": run_log,
    "run_models": run_models,
    "run_notebook": run_notebook,
    "run_rows": run_rows,
    "run_steps": run_steps,
    "run_summary": run_summary,
    "runs": runs,
    "saved_views": saved_views,
    "sweep": sweep,
}


def answer(store: Store, name: str, parameters: Mapping[str, Any]) -> Any:
    """Data of a view as plain dicts and lists, or as bytes.

    Raises
    ------
    NotFound
        There is no view of that name.
    InvalidParameter
        Parameters that the view does not know.
    """
    return call_named(VIEWS, "view", name, parameters, store)
