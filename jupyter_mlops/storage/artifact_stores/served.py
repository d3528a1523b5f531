"""Artifacts that go through a tracking server, as ``mlflow-artifacts`` of the protocol."""

from __future__ import annotations

import base64
import contextlib
import functools
import hashlib
import io
import tempfile
from collections.abc import Callable, Iterator, Mapping
from typing import BinaryIO, cast
from urllib.parse import quote

import msgspec

from jupyter_mlops.entities.files import FileInfo
from jupyter_mlops.entities.names import check_relative_path
from jupyter_mlops.errors import (
    ArtifactCorrupt,
    InvalidParameter,
    NotFound,
    ServerError,
    ServerLacks,
    ServerUnreachable,
)
from jupyter_mlops.storage.artifact_stores.base import UNFINISHED, ArtifactStore
from jupyter_mlops.storage.artifact_stores.digests import Digests, digest_file
from jupyter_mlops.storage.artifact_stores.transfers import Transfer
from jupyter_mlops.storage.http.addresses import ARTIFACTS
from jupyter_mlops.storage.http.clients import client_of

__all__ = ["ServedArtifactStore"]

_BLOCK = 1 << 20
_DEPTH = 100


class ServedArtifactStore(ArtifactStore):
    """Files below a place that a server keeps.

    Parameters
    ----------
    uri : str
        Such as ``http://host:5000/api/2.0/mlflow-artifacts/artifacts/0/<run id>/artifacts``.

    Notes
    -----
    The server keeps the digests: it refuses a file that is not what this client sent, and sends none that is not what was
    logged.
    """

    def __init__(self, uri: str) -> None:
        address, _, root = uri.partition(ARTIFACTS)
        self.uri = uri.rstrip("/")
        self._root = check_relative_path(root.strip("/"))
        self._client = client_of(address)

    def _url(self, path: str) -> str:
        return f"{ARTIFACTS}/{quote(self._key(path))}"

    def _key(self, path: str) -> str:
        return "/".join(part for part in (self._root, check_relative_path(path)) if part)

    def send(self, files: Mapping[str, str]) -> None:
        transfer = Transfer("uploading", 0, inline=len(files) < 2)
        transfer.each(self._put, files.items())

    def _put(self, item: tuple[str, str]) -> None:
        path, local = item
        digest = base64.b64encode(bytes.fromhex(digest_file(local))).decode()
        headers = {"Content-Type": "application/octet-stream", "Repr-Digest": f"sha-256=:{digest}:"}
        self._client.send("PUT", self._url(path), upload=local, headers=headers, patient=False)

    def list(self, path: str) -> list[FileInfo]:
        key = self._key(path)
        told = self._client.call("GET", ARTIFACTS, {"path": key})
        try:
            found = [msgspec.convert({"is_dir": False, **one}, FileInfo, strict=False) for one in told.get("files") or ()]
        except (msgspec.ValidationError, TypeError) as error:
            raise ServerError(f"What the server lists at {self.uri} are no files: {error}.") from error
        inside = check_relative_path(path)
        named = [
            msgspec.structs.replace(one, path=f"{inside}/{one.path}" if inside else one.path)
            for one in found if not one.path.startswith(UNFINISHED)
        ]  # fmt: skip
        return sorted(named, key=lambda info: info.path)

    def sizes(self, path: str) -> dict[str, int] | None:
        inside = check_relative_path(path)
        below = self._below(inside)
        if below:
            return {one[len(inside) :].lstrip("/"): size for one, size in below.items()}
        if not inside:
            return None
        beside = {one.path: one for one in self.list(inside.rpartition("/")[0])}
        return {"": beside[inside].file_size or 0} if inside in beside and not beside[inside].is_dir else None

    def _below(self, path: str, depth: int = 0) -> dict[str, int]:
        if depth > _DEPTH:
            raise ServerError(f"{self.uri} has folders in folders without an end.")
        found: dict[str, int] = {}
        for one in self.list(path):
            found |= self._below(one.path, depth + 1) if one.is_dir else {one.path: one.file_size or 0}
        return found

    def digests(self) -> Digests:
        return Digests()

    def receive(self, path: str, local_path: str, transfer: Transfer) -> str:
        try:
            return self._received(path, local_path, transfer)
        except ServerUnreachable:
            # The network was cut, or by the server, at the end of a large file that it found damaged: asked for a part, it says so.
            with self._told(path):
                self._client.send("GET", self._url(path), headers={"Range": "bytes=0-0"}, patient=False)
            raise

    def open_file(self, path: str, block: int = 0, most_copied: int | None = None) -> BinaryIO:
        """A file to read from and to seek in: part by part, or a copy where the server sends no parts."""
        try:
            with self._told(path):
                head = self._client.send("HEAD", self._url(path), headers={"Accept-Encoding": "identity"}).headers
        except ServerError:
            self._size(path)  # MLflow's server does not say that it is a folder
            raise
        if head.get("accept-ranges") == "bytes" and "content-length" in head:
            details = {"size": int(head["content-length"]), "ETag": head.get("etag", "")}
            return cast("BinaryIO", _Parts(functools.partial(self._part, path), details))
        if most_copied is not None and (size := self._size(path)) > most_copied:
            raise InvalidParameter(f"{path!r:.300} has {size:,} bytes, and its server sends no parts of it. Download it.")
        with tempfile.NamedTemporaryFile() as whole:
            self.receive(path, whole.name, Transfer("downloading", 0))
            return open(whole.name, "rb")

    def _size(self, path: str) -> int:
        size = (self.sizes(path) or {}).get("")
        if size is None:
            raise NotFound(f"There is no artifact {path!r} in {self.uri} that is a file.")
        return size

    def _part(self, path: str, start: int, stop: int, tag: str) -> tuple[bytes, str]:
        """Some bytes of the file that `tag` is of, and its tag: MLflow's server says another one when it is asked for the head."""
        asked = {"Range": f"bytes={start}-{stop - 1}", "Accept-Encoding": "identity", **({"If-Range": tag} if tag else {})}
        with self._told(path):
            answer = self._client.send("GET", self._url(path), headers=asked)
        if len(answer.content) != stop - start:
            raise ServerError(f"{path!r} in {self.uri} is another file than it was a moment ago: read it again.")
        return answer.content, answer.headers.get("etag", "")

    def _received(self, path: str, local_path: str, transfer: Transfer) -> str:
        digest = hashlib.sha256()
        with self._told(path), self._client.stream(self._url(path)) as answer, open(local_path, "wb") as file:
            for block in answer.iter_bytes(_BLOCK):
                file.write(block)
                digest.update(block)
                transfer.moved(len(block))
        return digest.hexdigest()

    @contextlib.contextmanager
    def _told(self, path: str) -> Iterator[None]:
        """What the server says of an artifact that is not there, or damaged, as errors of this store."""
        try:
            yield
        except ServerLacks as error:
            raise NotFound(f"There is no artifact {path!r} in {self.uri}.") from error
        except ServerError as error:
            if error.error_code == ArtifactCorrupt.code:
                raise ArtifactCorrupt(path, self.uri) from error
            raise

    def delete(self, path: str) -> None:
        key = self._key(path)
        if not key:
            raise InvalidParameter(f"{self.uri} is all that the server keeps: delete the folders in it that you mean.")
        self._client.send("DELETE", f"{ARTIFACTS}/{quote(key)}")


class _Parts(io.RawIOBase):
    """A file that lies elsewhere; `details` are its size and what changes when it does."""

    def __init__(self, part: Callable[[int, int, str], tuple[bytes, str]], details: Mapping[str, int | str]) -> None:
        self.details = details
        self._part, self._size, self._at, self._tag = part, int(details["size"]), 0, ""

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        self._at = offset if whence == io.SEEK_SET else offset + (self._at if whence == io.SEEK_CUR else self._size)
        return self._at

    def read(self, size: int = -1) -> bytes:
        stop = self._size if size < 0 else min(self._size, self._at + size)
        if self._at >= stop:
            return b""
        part, self._tag = self._part(self._at, stop, self._tag)
        self._at += len(part)
        return part
