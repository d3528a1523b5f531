"""Which artifact store a URI means."""

from __future__ import annotations

import os
import posixpath

from jupyter_mlops.entities.names import bounded_text
from jupyter_mlops.entities.uris import check_location, is_local, local_path
from jupyter_mlops.entities.variables import ARTIFACT_LOCATION_MAX_LENGTH
from jupyter_mlops.errors import InvalidParameter
from jupyter_mlops.storage.artifact_stores.base import ArtifactStore
from jupyter_mlops.storage.artifact_stores.local import LocalArtifactStore
from jupyter_mlops.storage.http.addresses import is_served

__all__ = ["artifact_store", "check_place", "real_place"]


def check_place(location: str | None) -> None:
    """Find out whether artifacts can be kept at a location, whatever is installed here.

    Raises
    ------
    InvalidParameter
        No kind of place that holds artifacts, or longer than ``MLFLOW_ARTIFACT_LOCATION_MAX_LENGTH``.
    """
    if location is not None:
        bounded_text(location, ARTIFACT_LOCATION_MAX_LENGTH.get(), "artifact location")
    if location is not None and not is_local(location):
        from jupyter_mlops.storage.artifact_stores.drivers import check_scheme  # only for remote places

        check_scheme(check_location(location))


def real_place(uri: str) -> str:
    """A place in one spelling, whatever links, slashes and schemes lead there: to compare with others, not to open.

    Raises
    ------
    InvalidParameter
        No file can be called so.

    Examples
    --------
    >>> real_place("//usr/../usr"), real_place("s3a:///bucket//a/./b") == real_place("s3://bucket/a/b/")
    ('/usr', True)
    """
    if is_local(uri):
        try:
            return os.path.realpath(local_path(uri))
        except ValueError as error:  # NUL, or what no file system encodes
            raise InvalidParameter(f"{uri!r} is no place for artifacts: {error}.") from None
    from jupyter_mlops.storage.artifact_stores.drivers import driver_of  # only for remote places

    scheme, _, rest = uri.partition(":")
    host, _, path = rest.strip("/").partition("/")
    name = host.partition("@")[0] if scheme.lower().startswith("abfs") else host  # Azure's account may stand behind the container
    return f"{driver_of(uri).extra or scheme.lower()}:/{posixpath.normpath(f'/{name}/{path}')}"


def artifact_store(uri: str) -> ArtifactStore:
    """The store of the artifacts below `uri`.

    Raises
    ------
    InvalidParameter
        A kind of place that cannot hold artifacts, or a URI with credentials.
    PackageMissing
        The driver of that kind of place is not installed.
    """
    if is_local(uri):
        return LocalArtifactStore(local_path(uri))
    if is_served(uri):
        from jupyter_mlops.storage.artifact_stores.served import ServedArtifactStore  # only for servers

        return ServedArtifactStore(uri)
    from jupyter_mlops.storage.artifact_stores.remote import RemoteArtifactStore  # only for remote places

    return RemoteArtifactStore(uri)
