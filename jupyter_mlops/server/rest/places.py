"""Where artifacts lie, as clients of a server see it.

Below the store's own folder of artifacts a client, which may be on another machine, is told ``mlflow-artifacts:/…`` and sends
and asks for bytes by the server; any other place (``s3://…``) it reaches by itself.
"""

from __future__ import annotations

import os

import msgspec

from jupyter_mlops.entities.names import check_relative_path
from jupyter_mlops.entities.uris import is_local, local_path

__all__ = ["SCHEME", "Places"]

SCHEME = "mlflow-artifacts:"


class Places(msgspec.Struct, frozen=True):
    """Translates places, both ways.

    Attributes
    ----------
    root : str or None
        The local folder that is served; None where the host serves none, and places are told as they are.

    Examples
    --------
    >>> places = Places("/data/mlartifacts")
    >>> places.shown("/data/mlartifacts/0/abc/artifacts"), places.meant("mlflow-artifacts:/0/abc/artifacts")
    ('mlflow-artifacts:/0/abc/artifacts', '/data/mlartifacts/0/abc/artifacts')
    >>> places.shown("s3://bucket/a"), places.shown("/data/mlartifacts-old")
    ('s3://bucket/a', '/data/mlartifacts-old')
    """

    root: str | None = None

    def shown(self, uri: str) -> str:
        """A place as a client is told."""
        if self.root is None or not uri or not is_local(uri):
            return uri
        path = local_path(uri)
        if path != self.root and not path.startswith(self.root + os.sep):
            return uri
        return f"{SCHEME}/{os.path.relpath(path, self.root)}".removesuffix("/.")

    def meant(self, uri: str) -> str:
        """A place that a client names, here.

        Raises
        ------
        InvalidParameter
            It would leave the folder that is served.
        """
        if self.root is None or not uri.startswith(SCHEME):
            return uri
        rest = uri.removeprefix(SCHEME)
        if rest.startswith("//"):  # with the host's own name
            rest = rest[2:].partition("/")[2]
        path = check_relative_path(rest.lstrip("/"))
        return os.path.join(self.root, path) if path else self.root
