"""Where artifacts lie, as clients of a server see it.

Below the store's own folder of artifacts a client, which may be on another machine, is told ``mlflow-artifacts:/…`` and sends
and asks for bytes by the server; any other place (``s3://…``) it reaches by itself.
"""

from __future__ import annotations

import msgspec

from jupyter_mlops.entities.names import check_relative_path
from jupyter_mlops.entities.uris import is_local, join_uri, local_path
from jupyter_mlops.storage.artifact_stores.places import real_place
from jupyter_mlops.storage.http.addresses import PROXIED
from jupyter_mlops.storage.journal.heads import ARTIFACT_ROOT

__all__ = ["Places"]


class Places(msgspec.Struct, frozen=True):
    """Translates places, both ways.

    Attributes
    ----------
    root : str or None
        The local folder or URI below which new experiments have their artifacts; None means the store's own folder.
    own : str or None
        The store's own folder. Where another root was chosen, artifacts that came before lie here, and their paths as
        clients know them begin with its name.
    is_serving : bool
        Whether the host serves artifacts; else places are told as they are.

    Examples
    --------
    >>> places = Places("/data/mlartifacts", is_serving=True)
    >>> places.shown("/data/mlartifacts/0/abc/artifacts"), places.meant("mlflow-artifacts:/0/abc/artifacts")
    ('mlflow-artifacts:/0/abc/artifacts', '/data/mlartifacts/0/abc/artifacts')
    >>> places.shown("s3://bucket/a"), places.shown("/data/mlartifacts-old")
    ('s3://bucket/a', '/data/mlartifacts-old')
    >>> places = Places("s3://bucket/a", "/data/mlartifacts", True)
    >>> places.shown("s3://bucket/a/1"), places.meant("mlflow-artifacts:/1"), places.shown("/data/mlartifacts/0")
    ('mlflow-artifacts:/1', 's3://bucket/a/1', 'mlflow-artifacts:/mlartifacts/0')
    """

    root: str | None = None
    own: str | None = None
    is_serving: bool = False

    @property
    def served(self) -> list[tuple[str, str]]:
        """What is served, and what the paths of it begin with."""
        if not self.is_serving:
            return []
        if self.root is None or self.root == self.own:
            return [(self.own, "")] if self.own else []
        return [(self.root, ""), *([(self.own, f"{ARTIFACT_ROOT}/")] if self.own else [])]

    def shown(self, uri: str) -> str:
        """A place as a client is told."""
        path = local_path(uri) if uri and is_local(uri) else uri
        for root, name in self.served:
            if path == root or path.startswith(root + "/"):
                return f"{PROXIED}/{name}{path[len(root) + 1 :]}"
        return uri

    def meant(self, uri: str) -> str:
        """A place that a client names, here; one that is served by the name that it is served by, however it is spelled.

        Raises
        ------
        InvalidParameter
            It would leave the folder that is served.
        """
        if not self.served:
            return uri
        if not uri.startswith(PROXIED):
            return self._served_name(uri)
        rest = uri.removeprefix(PROXIED)
        if rest.startswith("//"):  # with the host's own name
            rest = rest[2:].partition("/")[2]
        root, path = self.rooted(check_relative_path(rest.lstrip("/")))
        return join_uri(root, path) if path else root

    def _served_name(self, uri: str) -> str:
        """Links, slashes and schemes that lead into what is served lead past nobody's permissions."""
        real = real_place(uri)
        for root, _ in self.served:
            top = real_place(root)
            if f"{real}/".startswith(f"{top}/"):
                return join_uri(root, real[len(top) :])
        return uri

    def rooted(self, path: str) -> tuple[str, str]:
        """What a path that a client knows lies below, and the path from there."""
        matching = (one for one in reversed(self.served) if path.startswith(one[1]))
        root, name = next(matching, ("", ""))
        return root, path[len(name) :]

    def fresh(self) -> str | None:
        """Where a new experiment has its artifacts when nobody says where; None for the store's own folder."""
        return None if self.root in (None, self.own) else f"{self.root}/{{experiment_id}}"
