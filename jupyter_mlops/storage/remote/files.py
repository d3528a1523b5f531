"""Artifacts of a remote store's run: written by way of the outbox, read where they lie once the server has them."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import BinaryIO

from jupyter_mlops.entities.clock import stamp_ms
from jupyter_mlops.entities.files import FileInfo
from jupyter_mlops.entities.names import check_relative_path
from jupyter_mlops.storage.artifact_stores.base import ArtifactStore
from jupyter_mlops.storage.artifact_stores.digests import Digests
from jupyter_mlops.storage.artifact_stores.places import artifact_store
from jupyter_mlops.storage.artifact_stores.transfers import Transfer
from jupyter_mlops.storage.journal.operations import ARTIFACT
from jupyter_mlops.storage.sync.outboxes import Outbox
from jupyter_mlops.storage.sync.uploaders import OutboxWriter, Uploader

__all__ = ["OutgoingArtifacts"]


class OutgoingArtifacts(ArtifactStore):
    """The artifacts of one run.

    Parameters
    ----------
    run_id, uri : str
        The run, and where its artifacts lie in the end.

    Notes
    -----
    A file is copied to the outbox and is safe there when the call returns, whatever becomes of the original or the network.
    """

    compares = False  # nobody waits for the server's answer

    def __init__(self, run_id: str, uri: str, writer: OutboxWriter, outbox: Outbox, uploader: Uploader) -> None:
        self.uri = uri
        self._run_id, self._writer, self._outbox, self._uploader = run_id, writer, outbox, uploader

    def _there(self) -> ArtifactStore:
        self._uploader.flush()
        return artifact_store(self.uri)

    def sizes(self, path: str) -> dict[str, int] | None:
        return self._there().sizes(path)

    def list(self, path: str) -> list[FileInfo]:
        return self._there().list(path)

    def digests(self) -> Digests:
        return Digests()

    def delete(self, path: str) -> None:
        self._append(check_relative_path(path), None, 0, "", None)

    def delete_if_holding(self, path: str, name: str) -> None:
        """Remove a folder if it has a file of that name when the turn comes."""
        self._append(check_relative_path(path), None, 0, "", name)

    def send(self, files: Mapping[str, str]) -> None:
        for path, local in files.items():
            self._append(path, *self._outbox.keep(os.fspath(local)), None)

    def receive(self, path: str, local_path: str, transfer: Transfer) -> str:
        return self._there().receive(path, local_path, transfer)

    def open_file(self, path: str, block: int = 1 << 20, most_copied: int | None = None) -> BinaryIO:
        """A file as it lies there."""
        return self._there().open_file(path, block, most_copied)

    def _append(self, path: str, kept: str | None, size: int, digest: str, holding: str | None) -> None:
        self._writer.append((ARTIFACT, stamp_ms(), self._run_id, path, kept, size, digest, holding))
