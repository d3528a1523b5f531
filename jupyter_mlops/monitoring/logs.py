"""The rows of a log of requests, read from its parts wherever they lie."""

from __future__ import annotations

import os
import tempfile
from typing import TYPE_CHECKING, NamedTuple

from jupyter_mlops.data.columns import OWN
from jupyter_mlops.errors import InvalidParameter, InvalidState, NotFound
from jupyter_mlops.monitoring.places import is_part
from jupyter_mlops.storage.artifact_stores.base import ArtifactStore
from jupyter_mlops.storage.artifact_stores.local import LocalArtifactStore
from jupyter_mlops.storage.artifact_stores.transfers import Transfer
from jupyter_mlops.storage.duckdb.tables import newest_rows

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["LogRows", "read_log", "received"]

_MOST_ROWS, _MOST_BYTES = 200_000, 64_000_000
_TIMES = ("1970-01-01", "2200-01-01")  # which everything can tell


class LogRows(NamedTuple):
    """The newest rows of a log in the order of their times, which are milliseconds here, and whether these are all of them."""

    rows: pd.DataFrame
    is_whole: bool


def read_log(files: ArtifactStore) -> LogRows | None:
    """The newest 200,000 rows of the log in a folder, fewer if they are wide, of at most 64 MB of its parts; None where there is no log.

    Of texts there are the first 200 characters.

    Raises
    ------
    InvalidState
        It cannot be read as one.
    """
    sizes = {name: size for name, size in (files.sizes("") or {}).items() if is_part(name)}
    kept, left = list[str](), _MOST_BYTES
    for name in sorted((name for name in sizes if sizes[name] <= _MOST_BYTES), reverse=True):  # none that a server writes is larger
        left -= sizes[name]
        if left < 0:
            break
        kept.append(name)
    if not kept:
        return None
    with tempfile.TemporaryDirectory(prefix="mlops-log-") as folder:
        transfer = Transfer("downloading", sum(sizes[name] for name in kept), inline=isinstance(files, LocalArtifactStore))
        try:
            paths = [path for path in transfer.each(lambda name: received(files, name, folder, transfer), kept) if path]
            if not paths:
                return None
            frame, total = newest_rows(paths, OWN[0], _MOST_ROWS)
        except InvalidParameter as error:
            raise InvalidState(f"The log of requests in {files.uri} cannot be read: {error.message.replace(folder + os.sep, '')}") from error
    return LogRows(_checked(frame, files.uri), len(kept) == len(sizes) and len(frame) >= total)


def received(files: ArtifactStore, name: str, folder: str, transfer: Transfer) -> str | None:
    """A copy of a file as it is now, which a server may write anew while it is read; None where it has gone."""
    path = os.path.join(folder, name)
    try:
        files.receive(name, path, transfer)
    except (FileNotFoundError, NotFound):
        return None
    return path


def _checked(frame: pd.DataFrame, place: str) -> pd.DataFrame:
    """The rows that a log can have: anybody who logs to the run may have written them."""
    import pandas as pd

    if lacking := [name for name in OWN if name not in frame]:
        raise InvalidState(f"The log of requests in {place} lacks {', '.join(lacking)}.")
    try:
        times = pd.to_datetime(frame["_time"], errors="coerce", utc=True).dt.tz_localize(None)
        numbers = {name: pd.to_numeric(frame[name], errors="coerce") for name in ("_latency_ms", "_status", "_rate", "_row")}
    except TypeError as error:  # such as truth values for times
        raise InvalidState(f"The log of requests in {place} has other values than a log: {error}.") from error
    numbers["_latency_ms"] = numbers["_latency_ms"].where(numbers["_latency_ms"].between(0, 1e9))
    frame = frame.assign(_time=times, **numbers)
    frame = frame[times.between(*_TIMES) & numbers["_status"].between(100, 599) & numbers["_rate"].between(1e-9, 1)]
    return frame.assign(_time=frame["_time"].astype("datetime64[ms]").astype("int64")).reset_index(drop=True)
