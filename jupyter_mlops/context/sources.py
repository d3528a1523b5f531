"""What started a run: tags with MLflow's names."""

from __future__ import annotations

import logging
import os
import sys

from jupyter_mlops.context.git import git_tags
from jupyter_mlops.context.notebooks import cell_id, is_notebook, notebook_path
from jupyter_mlops.entities.users import user_name
from jupyter_mlops.entities.variables import RUN_CONTEXT

__all__ = ["context_tags", "resolve_tags"]

_log = logging.getLogger(__name__)


def context_tags() -> dict[str, str]:
    """Tags of the process: user, source and, in a work tree, the git commit. Errors are logged, never raised."""
    tags = {"mlflow.user": user_name()}
    for provider in (_source_tags, _git_tags, _configured_tags):
        try:
            tags |= provider()
        except Exception as error:  # a run is never lost for want of its circumstances
            _log.warning("Context of the run left out: %s", error)
    return tags


def resolve_tags(tags: dict[str, str] | None = None) -> dict[str, str]:
    """Tags of the process with `tags` over them, under the name that integrations know from MLflow."""
    return context_tags() | (tags or {})


def _source_tags() -> dict[str, str]:
    if not is_notebook():
        return {"mlflow.source.name": sys.argv[0] or "<console>", "mlflow.source.type": "LOCAL"}
    tags = {"mlflow.source.type": "NOTEBOOK", "mlflow.source.name": "notebook"}
    if path := notebook_path():
        tags |= {"mlflow.source.name": os.path.basename(path), "jupyter_mlops.notebook": path}
    if cell := cell_id():
        tags["jupyter_mlops.cell_id"] = cell
    return tags


def _git_tags() -> dict[str, str]:
    return git_tags(os.getcwd())


def _configured_tags() -> dict[str, str]:
    return {key: str(value) for key, value in RUN_CONTEXT.get().items()}
