"""Where the artifacts of a source lie on this machine.

Every folder of artifacts that MLflow makes ends in ``<id of its run or model>/artifacts``. Nothing else is ever copied,
so no source can have files of this machine brought in that are not artifacts of that very run.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable
from urllib.parse import unquote, urlsplit

from jupyter_mlops.entities.uris import is_local, local_path
from jupyter_mlops.errors import InvalidParameter
from jupyter_mlops.importers.artifacts import Origin, OriginFolder
from jupyter_mlops.storage.http.addresses import PROXIED

__all__ = ["Places"]

_WINDOWS = re.compile(r"/?[a-zA-Z]:[\\/]")
_LEVELS = (3, 4)  # <experiment>/<run>/artifacts, <experiment>/models/<model>/artifacts


class Places:
    """Finds folders of artifacts.

    Parameters
    ----------
    folder : str
        Folder of the source; relative paths begin there.
    root : str, optional
        Folder that ``mlflow-artifacts:/`` means; by default ``mlartifacts`` in `folder`. Artifacts that were moved are
        looked for there too, and in ``mlruns``.
    """

    def __init__(self, folder: str, root: str | None = None) -> None:
        self._folder = folder
        self.root = os.path.abspath(root) if root else os.path.join(folder, "mlartifacts")

    def is_remote(self, uri: str) -> bool:
        """Whether `uri` is a place that is not on this machine.

        Examples
        --------
        >>> places = Places("/data")
        >>> [places.is_remote(uri) for uri in ("s3://bucket/1", "mlflow-artifacts:/1", "/data/mlruns/1")]
        [True, False, False]
        """
        return not (is_local(uri) or uri.startswith(PROXIED))

    def path(self, uri: str) -> str:
        """Absolute path that a local URI means.

        Raises
        ------
        InvalidParameter
            It climbs by ``..``.

        Examples
        --------
        >>> Places("/data").path("mlflow-artifacts:/1/ab/artifacts")
        '/data/mlartifacts/1/ab/artifacts'
        """
        plain = unquote(urlsplit(uri).path) if uri.startswith((PROXIED, "file:")) else uri
        if _WINDOWS.match(plain):
            plain = plain.replace("\\", "/")
        if ".." in plain.split("/") or "\0" in plain:
            raise InvalidParameter(f"{uri!r} is no place of artifacts: it climbs out by '..'.")
        if uri.startswith(PROXIED):
            return os.path.join(self.root, plain.lstrip("/"))
        return local_path(os.path.join(self._folder, os.path.expanduser(plain)))

    def find(self, uri: str, owner: str, first: Iterable[str] = ()) -> Origin | None:
        """Folder of the artifacts of the run or model `owner`, None when it is not there.

        Parameters
        ----------
        first : iterable of str
            Folders to look at before the one that `uri` names.

        Raises
        ------
        InvalidParameter
            It is a folder of something else, or a link to one.
        """
        path = self.path(uri)
        tails = [os.path.join(*path.split("/")[-levels:]) for levels in _LEVELS if path.count("/") >= levels]
        moved = [
            os.path.join(root, tail) for root in (self.root, os.path.join(self._folder, "mlruns")) for tail in tails
        ]
        for candidate in (*first, path, *moved):
            if os.path.isdir(candidate):
                real = os.path.realpath(candidate)
                if not real.endswith(f"/{owner}/artifacts"):
                    raise InvalidParameter(
                        f"{candidate} is not the folder of the artifacts of {owner}: nothing is copied."
                    )
                return OriginFolder(real)
        return None
