"""Messages between a server and its workers: JSON behind its length, never a pickle, for the server reads what models wrote."""

from __future__ import annotations

from typing import Any, BinaryIO

import msgspec

from jupyter_mlops.errors import InvalidParameter

__all__ = ["MOST_BYTES", "Begin", "Call", "Loaded", "Reply", "receive", "send"]

MOST_BYTES = 64 << 20
_LENGTH = 4


class Loaded(msgspec.Struct, frozen=True):
    """A model that a worker is started for.

    Attributes
    ----------
    folder : str
        Where it lies on this machine.
    uri, label : str
        What it is called.
    role : {"champion", "challenger"}
    """

    folder: str
    uri: str
    label: str
    role: str


class Begin(msgspec.Struct, frozen=True):
    """The first message to a worker.

    Attributes
    ----------
    models : list of Loaded
    vouched : list of str
        Fingerprints of folders whose code somebody let run before, see `models.trust`.
    """

    models: list[Loaded]
    vouched: list[str] = []


class Call(msgspec.Struct, frozen=True):
    """What a worker shall do, for which page; `trust`: also the code of its models, as their files are now."""

    method: str
    page: str
    parameters: dict[str, Any]
    trust: bool = False


class Reply(msgspec.Struct, frozen=True, omit_defaults=True):
    """What a worker answers, with the fingerprints of what it was told to trust; an error code where it cannot."""

    result: dict[str, Any] = {}
    vouched: list[str] = []
    error_code: str = ""
    message: str = ""


def send(stream: BinaryIO, message: Any) -> None:
    """Write one message.

    Raises
    ------
    InvalidParameter
        It is too long.
    """
    data = msgspec.json.encode(message)
    if len(data) > MOST_BYTES:
        raise InvalidParameter(f"That is {len(data) >> 20} MB, and {MOST_BYTES >> 20} go at once: ask for fewer rows.")
    stream.write(len(data).to_bytes(_LENGTH, "big") + data)
    stream.flush()


def receive(stream: BinaryIO, form: Any) -> Any:
    """Read one message.

    Raises
    ------
    EOFError
        There is none any more, or it is broken off.
    msgspec.MsgspecError
        It is no message of that form.

    Examples
    --------
    >>> import io
    >>> pipe = io.BytesIO()
    >>> send(pipe, Reply({"a": 1}))
    >>> pipe.seek(0)
    0
    >>> receive(pipe, Reply).result
    {'a': 1}
    """
    size = int.from_bytes(_exactly(stream, _LENGTH), "big")
    if size > MOST_BYTES:
        raise msgspec.DecodeError(f"a message of {size} bytes")
    return msgspec.json.decode(_exactly(stream, size), type=form)


def _exactly(stream: BinaryIO, size: int) -> bytes:
    data = stream.read(size)
    if len(data) < size:
        raise EOFError
    return data
