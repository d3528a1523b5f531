"""Where artifacts lie, as clients of a server see it.

Below the store's own folder of artifacts a client, which may be on another machine, is told ``mlflow-artifacts:/…`` and sends
and asks for bytes by the server; any other place (``s3://…``) it reaches by itself.
"""

from __future__ import annotations

import msgspec

from jupyter_mlops.entities.names import check_relative_path
from jupyter_mlops.entities.uris import is_local, join_uri, local_path

__all__ = ["SCHEME", "Places"]

SCHEME = "mlflow-artifacts:"


class Places(msgspec.Struct, frozen=True):
    """Translates places, both ways.

    Attributes
    ----------
    root : str or None
        The local folder or URI that is served; None where the host serves none, and places are told as they are.

    Examples
    --------
    >>> places = Places("/data/mlartifacts")
    >>> places.shown("/data/mlartifacts/0/abc/artifacts"), places.meant("mlflow-artifacts:/0/abc/artifacts")
    ('mlflow-artifacts:/0/abc/artifacts', '/data/mlartifacts/0/abc/artifacts')
    >>> places.shown("s3://bucket/a"), places.shown("/data/mlartifacts-old")
    ('s3://bucket/a', '/data/mlartifacts-old')
    >>> Places("s3://bucket/a").shown("s3://bucket/a/0"), Places("s3://bucket/a").meant("mlflow-artifacts:/0")
    ('mlflow-artifacts:/0', 's3://bucket/a/0')
    """

    root: str | None = None

    def shown(self, uri: str) -> str:
        """A place as a client is told."""
        if self.root is None or not uri or is_local(uri) != is_local(self.root):
            return uri
        path = local_path(uri) if is_local(uri) else uri
        if path != self.root and not path.startswith(self.root + "/"):
            return uri
        return f"{SCHEME}/{path[len(self.root) + 1 :]}"

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
        return join_uri(self.root, path) if path else self.root
