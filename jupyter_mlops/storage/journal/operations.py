"""The kinds of records, one line each; numbers are for ever (see `protocol`).

A record is a tuple ``(kind, time_ms, run_id, …)``; its further fields stand in `KINDS`.
"""

from __future__ import annotations

from typing import Annotated, Any, NamedTuple

import msgspec

__all__ = ["ARTIFACT", "BATCH", "INPUTS", "KINDS", "METRIC", "OPEN", "PARAM", "START", "TAG", "UPDATE", "Kind", "check", "decode", "encode"]

START, OPEN, UPDATE, METRIC, PARAM, TAG, BATCH, INPUTS, ARTIFACT = 1, 2, 3, 4, 5, 6, 7, 8, 9


class Kind(NamedTuple):
    """One kind of record: its name and what follows ``kind, time, run_id``."""

    name: str
    fields: tuple[str, ...]


KINDS: dict[int, Kind] = {
    START: Kind("start", ("experiment_id", "run_name", "user_id", "start_time", "artifact_uri", "tags", "owned")),
    OPEN: Kind("open", ()),  # the writer of this segment holds the run open: it is an owner
    UPDATE: Kind("update", ("status", "end_time", "run_name")),  # None: unchanged; an ended run has no owners
    METRIC: Kind("metric", ("key", "value", "timestamp", "step")),  # timestamp None: the record's time
    PARAM: Kind("param", ("key", "value")),
    TAG: Kind("tag", ("key", "value")),
    BATCH: Kind("batch", ("metrics", "params", "tags")),  # lists of the fields above; all or nothing
    INPUTS: Kind("inputs", ("datasets",)),  # each: name, digest, source type, source, schema, profile, tags
    # In outboxes alone: a file that waits there under the name `kept`; None: the path is removed, or if it has a file
    # `holding`, the folder of it.
    ARTIFACT: Kind("artifact", ("path", "kept", "size", "digest", "holding")),
}

_Int = Annotated[int, msgspec.Meta(ge=-(2**63), le=2**63 - 1)]
_Point = tuple[str, float, _Int | None, _Int]
_Pair = tuple[str, str]
_Input = tuple[str, str, str, str, str | None, str | None, list[_Pair]]
_SHAPES: dict[int, Any] = {
    START: tuple[_Int, _Int, str, str, str, str, _Int, str, list[_Pair], bool],
    OPEN: tuple[_Int, _Int, str],
    UPDATE: tuple[_Int, _Int, str, str | None, _Int | None, str | None],
    METRIC: tuple[_Int, _Int, str, str, float, _Int | None, _Int],
    PARAM: tuple[_Int, _Int, str, str, str],
    TAG: tuple[_Int, _Int, str, str, str],
    BATCH: tuple[_Int, _Int, str, list[_Point], list[_Pair], list[_Pair]],
    INPUTS: tuple[_Int, _Int, str, list[_Input]],
    ARTIFACT: tuple[_Int, _Int, str, str, str | None, _Int, str, str | None],
}

_encoder = msgspec.msgpack.Encoder()
_decoder = msgspec.msgpack.Decoder(list)

encode = _encoder.encode


def decode(payload: bytes | memoryview) -> list[Any]:
    """The record in `payload`.

    Raises
    ------
    msgspec.DecodeError, UnicodeDecodeError
        It is not a list in msgpack.

    Examples
    --------
    >>> decode(encode((METRIC, 0, "a" * 32, "loss", 0.5, None, 0)))[3:5]
    ['loss', 0.5]
    """
    return _decoder.decode(payload)


def check(record: list[Any]) -> str | None:
    """Why a record of a known kind cannot be one, None when it can.

    Examples
    --------
    >>> check([METRIC, 0, "a" * 32, "loss", "high", None, 0])
    'Expected `float`, got `str` - at `$[4]`'
    """
    try:
        msgspec.convert(record[: 3 + len(KINDS[record[0]].fields)], _SHAPES[record[0]])
    except msgspec.ValidationError as error:
        return str(error)
    return None
