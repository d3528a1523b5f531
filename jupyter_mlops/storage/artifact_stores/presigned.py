"""Files of S3 sent in parts, and fetched, by whoever holds a signed URL: their bytes pass no server of ours."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import Any
from urllib.parse import quote

from jupyter_mlops.errors import InvalidParameter, ServerLacks
from jupyter_mlops.storage.artifact_stores.base import ArtifactStore
from jupyter_mlops.storage.artifact_stores.remote import RemoteArtifactStore

__all__ = ["abort_parts", "begin_parts", "complete_parts", "has_parts", "signed_url"]

_GOOD_FOR_S = 3600
_BLOCK = 4 << 20
# MLflow's clients look for these words, and send the file as a whole then.
_LACKS_PARTS = "Multipart upload is not supported for the current artifact repository"


def has_parts(uri: str) -> bool:
    """Whether files at a place can be sent in parts."""
    return uri.partition(":")[0].lower() in ("s3", "s3a")


def _s3(store: ArtifactStore, path: str) -> tuple[RemoteArtifactStore, Any, dict[str, str]]:
    if not isinstance(store, RemoteArtifactStore) or not has_parts(store.uri):
        raise ServerLacks(f"{_LACKS_PARTS}: only S3 has it.")
    filesystem, key = store.placed(path)
    bucket, name, _ = filesystem.split_path(key)
    return store, filesystem, {"Bucket": bucket, "Key": name}


def begin_parts(store: ArtifactStore, path: str, count: int) -> tuple[str, list[str]]:
    """Begin to send a file: id of the upload, and a URL to PUT each part to, good for an hour.

    Raises
    ------
    ServerLacks
        Files of that kind of place cannot be sent in parts.
    """
    remote, filesystem, place = _s3(store, path)
    with remote.told(f"Sending {path!r} in parts"):
        upload = filesystem.call_s3("create_multipart_upload", **place)["UploadId"]
        key = f"{place['Bucket']}/{place['Key']}"
        urls = [
            filesystem.url(key, expires=_GOOD_FOR_S, client_method="upload_part", PartNumber=number, UploadId=upload)
            for number in range(1, count + 1)
        ]
    return upload, urls


def complete_parts(store: ArtifactStore, path: str, upload: str, parts: Sequence[tuple[int, str]], digest: str | None) -> None:
    """All parts, given by number and ETag, are there: make them one file.

    Parameters
    ----------
    digest : str or None
        SHA-256 of the file, in hex, if the sender knows it. Without it one is recorded only where an earlier file of that
        name had one, for which the file is read.

    Raises
    ------
    InvalidParameter
        There is no such upload, or no such parts of it.
    """
    remote, filesystem, place = _s3(store, path)
    if digest is not None:
        remote.note({path: digest})
    _call(filesystem, "complete_multipart_upload", f"completed with these parts: {path!r}", **place, UploadId=upload, MultipartUpload={
        "Parts": [{"PartNumber": number, "ETag": tag} for number, tag in sorted(parts)]
    })  # fmt: skip
    if digest is None and remote.digests().of(path):
        remote.note({path: _digest(remote, path)})


def abort_parts(store: ArtifactStore, path: str, upload: str) -> None:
    """Give up an upload; its parts are removed."""
    _, filesystem, place = _s3(store, path)
    _call(filesystem, "abort_multipart_upload", f"given up: {path!r}", **place, UploadId=upload)


def signed_url(store: ArtifactStore, path: str) -> str:
    """Where a file can be fetched for an hour by whoever knows the URL.

    Raises
    ------
    ServerLacks
        That kind of place signs no URLs.
    """
    if not isinstance(store, RemoteArtifactStore):
        raise ServerLacks("Artifacts of this server lie in a folder: they are fetched through it.")
    filesystem, key = store.placed(path)
    name = quote(path.rpartition("/")[2], safe="")
    shown = {"ResponseContentDisposition": f"attachment; filename*=UTF-8''{name}"} if has_parts(store.uri) else {}
    try:
        return str(filesystem.sign(key, expiration=_GOOD_FOR_S, **shown))
    except NotImplementedError:
        raise ServerLacks(f"{store.uri.partition(':')[0]} signs no URLs: artifacts are fetched through the server.") from None


def _call(filesystem: Any, what: str, said: str, **given: Any) -> None:
    try:
        filesystem.call_s3(what, **given)
    except OSError as error:  # s3fs tells all that S3 refuses so
        raise InvalidParameter(f"The upload cannot be {said}: {error}.") from error


def _digest(store: RemoteArtifactStore, path: str) -> str:
    digest = hashlib.sha256()
    with store.open_file(path, _BLOCK) as file:
        while block := file.read(_BLOCK):
            digest.update(block)
    return digest.hexdigest()
