"""Metric files of an ``mlruns`` folder: one line a point, ``<time> <value> <step>``."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import IO, TYPE_CHECKING, Any

from jupyter_mlops.importers.mlruns_files import open_file
from jupyter_mlops.importers.sanitation import Unreadable
from jupyter_mlops.storage.duckdb.imported_records import Points

if TYPE_CHECKING:
    import numpy as np

__all__ = ["MetricFile", "read_points"]

MetricFile = tuple[int, str, str]  # index of the run, key, path
_BYTES = 4 << 20  # read at once
_FIELDS = (2, 3, 5)  # the oldest lines have no step, some of the newest a data set


def read_points(files: list[MetricFile], chunk: int, note: Callable[[int, str], None]) -> Iterator[Points]:
    """Points of metric files, in pieces of about `chunk`.

    Parameters
    ----------
    note : callable
        Takes the index of a run and what is wrong with a file of it.
    """
    pieces: list[tuple[int, str, list[np.ndarray[Any, Any]]]] = []
    count = 0
    for run, key, path in files:
        try:
            with open_file(path) as file:
                for columns, bad in _blocks(file):
                    if bad:
                        note(run, f"metric {key!r} has {bad} lines that are no points; they are left out")
                    pieces.append((run, key, columns))
                    count += len(columns[0])
                    if count >= chunk:
                        yield _gather(pieces)
                        pieces, count = [], 0
        except Unreadable as error:
            note(run, f"metric {key!r} cannot be read: {error}")
    if pieces:
        yield _gather(pieces)


def _gather(pieces: list[tuple[int, str, list[np.ndarray[Any, Any]]]]) -> Points:
    import numpy as np  # with the engine that takes the columns

    keys: dict[str, int] = {}
    for _, key, _ in pieces:
        keys.setdefault(key, len(keys))
    lengths = [len(columns[0]) for _, _, columns in pieces]
    run = np.repeat(np.asarray([run for run, _, _ in pieces], dtype=np.int64), lengths)
    name = np.repeat(np.asarray([keys[key] for _, key, _ in pieces], dtype=np.int64), lengths)
    timestamp, value, step = (np.concatenate([columns[n] for _, _, columns in pieces]) for n in range(3))
    return Points(list(keys), run, name, value, timestamp, step)


def _blocks(file: IO[bytes]) -> Iterator[tuple[list[np.ndarray[Any, Any]], int]]:
    """Columns time, value and step of a file, piece by piece, and how many lines were left out."""
    rest = b""
    while block := file.read(_BYTES):
        whole, newline, rest = (rest + block).rpartition(b"\n")
        if newline:
            yield _columns(whole)
    if rest.strip():
        yield _columns(rest)


def _columns(text: bytes) -> tuple[list[np.ndarray[Any, Any]], int]:
    import numpy as np

    lines = text.splitlines()
    if len(unlike := dict.fromkeys(lines)) < len(lines):  # MLflow 3 writes a point once more for each model of the run
        lines, text = list(unlike), b"\n".join(unlike)
    fields = text.split()
    if len(fields) == 3 * len(lines):
        try:
            return [
                np.asarray(fields[0::3]).astype(np.int64),
                np.asarray(fields[1::3]).astype(np.float64),
                np.asarray(fields[2::3]).astype(np.int64),
            ], 0
        except (ValueError, OverflowError):
            pass
    points = [point for line in lines if (point := _point(line)) is not None]
    kinds = (np.int64, np.float64, np.int64)
    columns = [np.asarray([p[n] for p in points], dtype=kind) for n, kind in enumerate(kinds)]
    return columns, sum(bool(line.strip()) for line in lines) - len(points)


def _point(line: bytes) -> tuple[int, float, int] | None:
    fields = line.split()
    if len(fields) not in _FIELDS:
        return None
    try:
        point = int(fields[0]), float(fields[1]), int(fields[2]) if len(fields) > 2 else 0
    except ValueError:
        return None
    return point if all(-(2**63) <= number < 2**63 for number in (point[0], point[2])) else None
