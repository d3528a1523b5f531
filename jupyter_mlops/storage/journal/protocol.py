"""The format of a segment, and how to change it.

A segment is ``MAGIC``, then frames: ``u32 length, u32 crc32`` (little endian, both of the payload), then the payload,
msgpack. The first frame is the header, every other frame a record ``[kind, time_ms, …]``.

* A kind's number is given once and never used again. Fields are only appended, and every reader fills missing ones in.
* A reader that meets an unknown kind stops there, says which version is needed, and leaves the segment as it is.
* Whatever else changes raises ``FORMAT``; stores then raise ``min_writer`` in their head file, and older writers stop.
"""

from __future__ import annotations

import struct
import zlib

__all__ = ["FORMAT", "FRAME", "MAGIC", "MAX_PAYLOAD", "frame"]

MAGIC = b"mlopsj1\n"
FORMAT = 1
FRAME = struct.Struct("<II")
MAX_PAYLOAD = 64 * 1024 * 1024


def frame(payload: bytes) -> bytes:
    """`payload` with its length and checksum before it."""
    return FRAME.pack(len(payload), zlib.crc32(payload)) + payload
