"""Which artifact store a URI means."""

from __future__ import annotations

from jupyter_mlops.entities.uris import is_local, local_path, without_credentials
from jupyter_mlops.errors import InvalidParameter
from jupyter_mlops.storage.artifact_stores.base import ArtifactStore
from jupyter_mlops.storage.artifact_stores.local import LocalArtifactStore

__all__ = ["artifact_store"]


def artifact_store(uri: str) -> ArtifactStore:
    """The store of the artifacts below `uri`.

    Raises
    ------
    InvalidParameter
        A kind of place that cannot hold artifacts.
    """
    if is_local(uri):
        return LocalArtifactStore(local_path(uri))
    raise InvalidParameter(f"Artifacts can be kept in local folders; {without_credentials(uri)!r} is not one.")
