"""What waits for tracking servers: how much it is, and having it delivered now."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import msgspec

from jupyter_mlops.errors import MlflowException
from jupyter_mlops.storage.http.addresses import address_of
from jupyter_mlops.storage.opened import open_store
from jupyter_mlops.storage.remote.stores import RemoteStore
from jupyter_mlops.storage.sync.outboxes import Outbox, Waiting, outboxes
from jupyter_mlops.upkeep.bars import byte_bar

__all__ = ["Delivery", "deliver", "waiting_text"]


class Delivery(msgspec.Struct, frozen=True):
    """How it went with one server.

    Attributes
    ----------
    address, folder : str
        The server, and where what is for it waits.
    before, waiting : Waiting
        What waited, and what waits still.
    error : str or None
        Why not all is delivered.
    """

    address: str
    folder: str
    before: Waiting
    waiting: Waiting
    error: str | None = None


def deliver(uri: str | None = None, *, only_look: bool = False, progress: bool = False) -> Iterator[Delivery]:
    """Deliver what this user's programs left for servers.

    Parameters
    ----------
    uri : str, optional
        One server; all of them by default.
    only_look : bool
        Deliver nothing, only say what waits.
    progress : bool
        Show a bar.

    Yields
    ------
    Delivery
        Of each server; a server that takes nothing keeps no other from getting what is for it.
    """
    found = outboxes() if uri is None else [Outbox(address_of(uri))]
    for outbox in found:
        before = outbox.waiting()
        if only_look or not (before.records or before.files):
            yield Delivery(outbox.address, outbox.folder, before, before)
        else:
            yield _delivered(outbox, before, progress)


def _delivered(outbox: Outbox, before: Waiting, progress: bool) -> Delivery:
    error = None
    with byte_bar(outbox.size(), f"delivering to {outbox.address}", shown=progress) as bar:
        try:
            _store(outbox.address).deliver(bar.update)
        except MlflowException as why:
            error = why.message
    return Delivery(outbox.address, outbox.folder, before, outbox.waiting(), error)


def _store(address: str) -> RemoteStore:
    found = open_store(address)
    assert isinstance(found, RemoteStore)
    return found


def waiting_text(waiting: Waiting, size_text: Callable[[int], str]) -> str:
    """An amount in words.

    Examples
    --------
    >>> waiting_text(Waiting(1200, 2, 2048, 0), lambda size: f"{size // 1024} kB")
    '1,200 records and 2 files (2 kB)'
    """
    files = f" and {waiting.files:,} files ({size_text(waiting.bytes)})" if waiting.files else ""
    return f"{waiting.records:,} records{files}"
