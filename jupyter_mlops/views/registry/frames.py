"""Models and versions as data frames."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from jupyter_mlops.entities.page_walks import every_page
from jupyter_mlops.entities.pages import PagedList
from jupyter_mlops.entities.registered_models import ModelVersion
from jupyter_mlops.storage.base import Store
from jupyter_mlops.storage.interrupts import whole_import
from jupyter_mlops.views.registry.models import models

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["models_frame", "versions_frame", "versions_of"]

_PAGE = 500
_VERSION = (
    "name", "version", "stage", "aliases", "description", "user", "created", "updated", "run_id", "run_name", "source",
)  # fmt: skip
_MODEL = ("name", "description", "created", "updated", "tags", "aliases", "stages", "latest", "versions")


def versions_of(store: Store, name: str, search: str) -> list[ModelVersion]:
    """All versions of a model that match a search, the newest first."""

    def page(size: int, token: str | None) -> PagedList[ModelVersion]:
        found = store.versions_page(name, search, size, token)
        return PagedList(found.versions, found.token)

    return every_page(page, None, _PAGE)


def versions_frame(store: Store, versions: Sequence[ModelVersion]) -> pd.DataFrame:
    """One row a version; all metrics of its run as ``metrics.<key>``."""
    runs = {run.info.run_id: run for run in store.get_runs([v.run_id for v in versions if v.run_id])}
    rows = []
    for version in versions:
        run = runs.get(version.run_id or "")
        rows.append({
            "name": version.name, "version": version.version, "stage": version.current_stage, "aliases": version.aliases,
            "description": version.description, "user": version.user_id, "created": version.creation_timestamp,
            "updated": version.last_updated_timestamp, "run_id": version.run_id,
            "run_name": run.info.run_name if run else None, "source": version.source,
            **{f"metrics.{key}": value for key, value in (run.data.metrics if run else {}).items()},
        })  # fmt: skip
    return _frame(rows, _VERSION)


def models_frame(store: Store, search: str, order_by: str) -> pd.DataFrame:
    """One row a model that matches a search: the columns of the view ``models``."""

    def page(size: int, token: str | None) -> PagedList[dict[str, Any]]:
        found = models(store, search, order_by, size, token)
        return PagedList(found["models"], found["next"])

    rows = every_page(page, None, _PAGE)
    for row in rows:
        row["aliases"] = {one["alias"]: one["version"] for one in row["aliases"]}
        row["stages"] = {one["stage"]: one["version"] for one in row["stages"]}
    return _frame(rows, _MODEL)


def _frame(rows: list[dict[str, Any]], columns: Sequence[str]) -> pd.DataFrame:
    """Rows with `columns` and what else they have; the columns are there without any row, too."""
    pd = whole_import("pandas")
    frame = pd.DataFrame(rows) if rows else pd.DataFrame(columns=columns, dtype=object)
    for name in ("created", "updated"):
        frame[name] = pd.to_datetime(frame[name], unit="ms", utc=True)
    return frame
