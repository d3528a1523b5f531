"""Data on the web."""

from __future__ import annotations

import base64
import os
import re
import shutil
import tempfile
from typing import Any
from urllib.parse import unquote, urlsplit, urlunsplit

from jupyter_mlops.data.dataset_source import DatasetSource
from jupyter_mlops.entities.uris import without_secrets
from jupyter_mlops.errors import InvalidParameter

__all__ = ["HTTPDatasetSource"]

_TIMEOUT_S = 120


class HTTPDatasetSource(DatasetSource):
    """A file by its ``http:`` or ``https:`` URL.

    Attributes
    ----------
    url : str
        As given. Credentials in it are good for `load` as long as this object lives; they are not stored.

    Examples
    --------
    >>> HTTPDatasetSource("https://ann:secret@example.org/wine.csv?token=1")
    <HTTPDatasetSource: {"url": "https://example.org/wine.csv"}>
    """

    def __init__(self, url: str) -> None:
        if not self._can_resolve(url):
            raise InvalidParameter(f"The URL of a data set begins with http:// or https://, not {url!r}.")
        self._url = url

    @property
    def url(self) -> str:
        """Where the data lies, as it was given."""
        return self._url

    @staticmethod
    def _get_source_type() -> str:
        return "http"

    def load(self, dst_path: str | None = None) -> str:
        """Fetch the file into the folder `dst_path`, by default a temporary one; returns its path.

        Raises
        ------
        OSError
            The server cannot be reached, or has no such file; nothing is left behind.
        """
        from urllib.error import HTTPError  # only where data is fetched
        from urllib.request import urlopen

        shown = without_secrets(self._url)
        try:
            with urlopen(self._request(), timeout=_TIMEOUT_S) as answer:  # noqa: S310 - http and https only
                folder = dst_path or tempfile.mkdtemp(prefix="mlops-")
                os.makedirs(folder, exist_ok=True)
                path = os.path.join(folder, _file_name(answer.headers.get("Content-Disposition"), shown))
                _write_whole(answer, path)
                return path
        except OSError as error:
            if isinstance(error, HTTPError):
                error.close()
            raise OSError(f"{shown} could not be fetched: {without_secrets(str(error))}") from None

    def _request(self) -> Any:
        from urllib.request import Request  # only where data is fetched

        parts = urlsplit(self._url)
        user, _, host = parts.netloc.rpartition("@")
        request = Request(urlunsplit(parts._replace(netloc=host)), headers={"User-Agent": "jupyter_mlops"})  # noqa: S310
        if user:
            login = base64.b64encode(unquote(user).encode()).decode()
            request.add_unredirected_header("Authorization", f"Basic {login}")  # another host must not see it
        return request

    @staticmethod
    def _can_resolve(raw_source: Any) -> bool:
        return isinstance(raw_source, str) and raw_source.lower().startswith(("http://", "https://"))

    @classmethod
    def _resolve(cls, raw_source: Any) -> HTTPDatasetSource:
        return cls(raw_source)

    def to_dict(self) -> dict[str, Any]:
        """The URL."""
        return {"url": without_secrets(self._url)}

    @classmethod
    def from_dict(cls, source_dict: dict[str, Any]) -> HTTPDatasetSource:
        """A source from what is stored of it."""
        return cls(source_dict.get("url"))  # type: ignore[arg-type]  # checked there


def _file_name(disposition: str | None, url: str) -> str:
    """Name that the server gives the file, else the one in the URL; never a path."""
    given = re.search(r"filename=\"?([^\";]+)", disposition or "")
    name = os.path.basename((given[1] if given else unquote(urlsplit(url).path)).replace("\\", "/").strip())
    return name if name not in ("", ".", "..") and "\0" not in name else "dataset_source"


def _write_whole(answer: Any, path: str) -> None:
    part = f"{path}.part"
    try:
        with open(part, "wb") as file:
            shutil.copyfileobj(answer, file, 1 << 20)
            if answer.length:  # what the server promised and did not send
                raise OSError(f"the connection broke off, {answer.length} bytes are missing")
        os.replace(part, path)
    finally:
        if os.path.exists(part):
            os.remove(part)
