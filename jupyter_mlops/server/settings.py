"""How a stand-alone server is set up."""

from __future__ import annotations

import os

import msgspec

from jupyter_mlops.entities.uris import check_location, is_local, local_path
from jupyter_mlops.server.auth.levels import Level
from jupyter_mlops.storage.artifact_stores.places import artifact_store, check_place
from jupyter_mlops.storage.http.addresses import LOOPBACK, PROXIED

__all__ = ["Settings", "artifact_root"]


class Settings(msgspec.Struct, frozen=True, kw_only=True):
    """What the options of the command say.

    Attributes
    ----------
    token : str or None
        What every request must bring; None for a server that anybody may ask.
    prefix : str
        In front of every path, such as ``/mlops``.
    allowed_hosts, allowed_origins : tuple of str
        Names that it may be asked by, and origins of other pages that may change something; ``*`` is any.
    serve_artifacts : bool
        Whether artifacts go through the server.
    artifacts_only : bool
        Whether nothing else does.
    artifacts : str or None
        Where those of new experiments lie, a local folder or a URI; by default the store's own folder.
    frame_options : str
        ``X-Frame-Options`` of all answers; ``NONE`` for no such header.
    log_format : {"text", "json"} or None
        How requests are logged; None where they are not.
    log_level : str
        The least that is logged.
    default_permission : Level
        What users may do with things that no permission names for them.
    predict : {"off", "safe", "trust"}
        Whether the server runs models: those that run no code of their own or that its user has signed, and whether those
        who may change a model may also vouch for its code.
    """

    token: str | None = None
    prefix: str = ""
    allowed_hosts: tuple[str, ...] = LOOPBACK
    allowed_origins: tuple[str, ...] = ()
    serve_artifacts: bool = True
    artifacts_only: bool = False
    artifacts: str | None = None
    frame_options: str = "SAMEORIGIN"
    log_format: str | None = None
    log_level: str = "info"
    default_permission: Level = Level.READ
    predict: str = "off"


def artifact_root(wish: str | None) -> str | None:
    """The place that an option names: a folder, made absolute, or a URI whose driver is there; None for the store's own.

    Raises
    ------
    InvalidParameter
        No kind of place that artifacts can be kept in.
    PackageMissing
        Its driver is not installed.

    Examples
    --------
    >>> artifact_root("mlflow-artifacts:/"), artifact_root("/data/artifacts/")
    (None, '/data/artifacts')
    """
    if not wish or wish.startswith(PROXIED):
        return None
    if is_local(wish):
        return local_path(wish).rstrip(os.sep)
    check_place(wish)
    return artifact_store(check_location(wish)).uri.rstrip("/")
