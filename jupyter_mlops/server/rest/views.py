"""What our own front end asks for beside the protocol."""

from __future__ import annotations

import functools
from typing import Any

from jupyter_mlops.server.auth.needs import (
    ANY_USER,
    EDIT,
    FILTERED,
    MANAGE,
    READ,
    of_experiment,
    of_model,
    of_run,
    of_runs,
)
from jupyter_mlops.server.rest.bodies import Empty
from jupyter_mlops.server.rest.requests import Endpoint, Request
from jupyter_mlops.views.actions import ACTIONS, act
from jupyter_mlops.views.requests import VIEWS, answer
from jupyter_mlops.views.runs.trees import ancestors

__all__ = ["ENDPOINTS"]


def changes(request: Request, body: Empty) -> dict[str, Any]:
    """A number that moves whenever anything in the store does."""
    return {"change": request.store.last_change()}


def view(name: str, request: Request, body: None) -> Any:
    """The data of a view; of files only what whoever asks may read."""
    if name in _OF_FILES and not request.caller.is_admin:
        for run_id in _read_runs(name, request):
            request.require_artifacts(run_id, READ)
    return answer(request.store, name, request.arguments)


def _read_runs(name: str, request: Request) -> set[str]:
    """The runs whose files are read: those that are named, and of views of cells those above them, which their cells may be of."""
    asked, runs = request.arguments, request.arguments.get("runs")
    named = [asked.get("run_id"), asked.get("other_id"), *(runs if isinstance(runs, list) else ())]
    found = {one for one in named if isinstance(one, str)}
    if name not in _OF_CELLS:
        return found
    return found | {above.info.run_id for run in request.store.get_runs(sorted(found)) for above in ancestors(request.store, run)}


def action(name: str, request: Request, body: None) -> Any:
    """A change that somebody makes in a view; the model's history names who."""
    return act(request.store, name, request.arguments, request.author())


_OF_CELLS = {"cell_code", "run_code", "run_diff", "run_notebook"}
_OF_FILES = {*_OF_CELLS, "chart_artifacts", "chart_images", "evaluation", "evaluation_rows", "run_file", "run_files", "run_log", "run_models"}
_OF_VIEWS = {
    "activity": FILTERED,
    "cell_code": of_run(READ, "run_id"),
    "cell_runs": FILTERED,
    "chart_artifacts": of_runs(READ, "runs"),
    "chart_curves": FILTERED,
    "chart_groups": FILTERED,
    "chart_images": of_runs(READ, "runs"),
    "chart_importances": FILTERED,
    "chart_parallel": FILTERED,
    "chart_scatter": FILTERED,
    "compare": FILTERED,
    "compare_versions": of_model(READ),
    "curves": FILTERED,
    "evaluation": of_run(READ, "run_id"),
    "evaluation_rows": of_run(READ, "run_id"),
    "experiment_list": FILTERED,
    "lineage": of_model(READ),
    "model_history": of_model(READ),
    "model_version": of_model(READ),
    "model_versions": of_model(READ),
    "models": FILTERED,
    "monitoring": of_model(READ),
    "note": ANY_USER,
    "preview_move": of_model(READ),
    "report": FILTERED,
    "run_children": of_run(READ, "run_id"),
    "run_code": of_run(READ, "run_id"),
    "run_details": of_run(READ, "run_id"),
    "run_diff": (*of_run(READ, "run_id"), *of_run(READ, "other_id")),
    "run_facts": FILTERED,
    "run_file": of_run(READ, "run_id"),
    "run_files": of_run(READ, "run_id"),
    "run_groups": FILTERED,
    "run_lineage": of_run(READ, "run_id"),
    "run_list": FILTERED,
    "run_log": of_run(READ, "run_id"),
    "run_models": of_run(READ, "run_id"),
    "run_notebook": of_run(READ, "run_id"),
    "run_rows": FILTERED,
    "run_steps": of_run(READ, "run_id"),
    "run_summary": FILTERED,
    "runs": FILTERED,
    "saved_views": FILTERED,
    "sweep": of_run(READ, "run_id"),
}
_OF_ACTIONS = {
    "delete_run": of_run(MANAGE, "run_id"),
    "delete_run_tag": of_run(EDIT, "run_id"),
    "delete_runs": of_runs(MANAGE, "run_ids"),
    "delete_tag": of_model(MANAGE),
    "delete_view": of_experiment(EDIT),
    "describe": of_model(EDIT),
    "move": of_model(EDIT),
    "remove_alias": of_model(MANAGE),
    "rename_run": of_run(EDIT, "run_id"),
    "restore_run": of_run(MANAGE, "run_id"),
    "restore_runs": of_runs(MANAGE, "run_ids"),
    "save_view": of_experiment(EDIT),
    "set_run_tag": of_run(EDIT, "run_id"),
    "set_tag": of_model(EDIT),
    "tag_runs": of_runs(EDIT, "run_ids"),
    "undo_move": of_model(EDIT),
}

ENDPOINTS = (
    Endpoint("GET", "changes", Empty, changes, needs=ANY_USER),
    *(Endpoint("POST", f"views/{name}", None, functools.partial(view, name), needs=_OF_VIEWS.get(name)) for name in VIEWS),
    *(
        Endpoint("POST", f"actions/{name}", None, functools.partial(action, name), writes=True, needs=_OF_ACTIONS.get(name))
        for name in ACTIONS
    ),
)
