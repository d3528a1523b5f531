"""MLflow's inner functions for artifacts that are not called as ours are."""

from __future__ import annotations

from jupyter_mlops.artifacts.downloads import download_artifacts
from jupyter_mlops.entities.names import check_relative_path
from jupyter_mlops.entities.uris import join_uri
from jupyter_mlops.storage.opened import open_store

__all__ = ["download_artifact", "get_artifact_uri"]


def get_artifact_uri(run_id: str, artifact_path: str | None = None, tracking_uri: str | None = None) -> str:
    """Where a run's artifacts lie, or one of them."""
    root = open_store(tracking_uri).get_run(run_id).info.artifact_uri
    return join_uri(root, check_relative_path(artifact_path or ""))


def download_artifact(artifact_uri: str, output_path: str | None = None) -> str:
    """Bring a file or folder of artifacts to this machine."""
    return download_artifacts(artifact_uri, dst_path=output_path)
