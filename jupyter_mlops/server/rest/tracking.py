"""Experiments and runs by the protocol."""

from __future__ import annotations

from typing import Any

from jupyter_mlops.entities.statuses import ViewType
from jupyter_mlops.server.rest.messages import experiment_message, page_message, run_message
from jupyter_mlops.server.rest.requests import Request

__all__ = ["get_run", "search_experiments", "search_runs"]


def search_experiments(request: Request) -> dict[str, Any]:
    """``experiments/search``."""
    page = request.store.search_experiments(
        request.optional_text("filter"), _view(request, "view_type"), request.number("max_results", 1000),
        request.texts("order_by") or None, request.optional_text("page_token"),
    )  # fmt: skip
    return page_message("experiments", [experiment_message(experiment) for experiment in page], page)


def search_runs(request: Request) -> dict[str, Any]:
    """``runs/search``."""
    page = request.store.search_runs(
        request.texts("experiment_ids"), request.optional_text("filter"), _view(request, "run_view_type"),
        request.number("max_results", 1000), request.texts("order_by") or None, request.optional_text("page_token"),
    )  # fmt: skip
    return page_message("runs", [run_message(run) for run in page], page)


def get_run(request: Request) -> dict[str, Any]:
    """``runs/get``."""
    return {"run": run_message(request.store.get_run(request.text("run_id")))}


def _view(request: Request, name: str) -> int:
    view = request.arguments.get(name) or ViewType.ACTIVE_ONLY
    return view if isinstance(view, int) else ViewType.from_string(str(view))
