"""Histories of metrics that a server tells: read before a run is written, so that it is known how much they are."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import chain
from typing import TYPE_CHECKING, Any, NamedTuple

import msgspec

from jupyter_mlops.entities.variables import TRANSFER_THREADS
from jupyter_mlops.errors import MlflowException, NotAuthenticated, ServerUnreachable
from jupyter_mlops.importers.sanitation import SanitisedReader, Unreadable
from jupyter_mlops.importers.sources import CHUNK, GIANT
from jupyter_mlops.storage.duckdb.imported_records import Points

if TYPE_CHECKING:
    import numpy as np

    Array = np.ndarray[Any, Any]

__all__ = ["ServerMetrics"]

_PAGE = 25_000


class _Point(msgspec.Struct):
    value: float = 0.0
    timestamp: int = 0
    step: int = 0


class _History(msgspec.Struct):
    metrics: list[_Point] = []
    next_page_token: str | None = None


class Series(NamedTuple):
    """Points of one metric as columns."""

    key: str
    value: Array
    timestamp: Array
    step: Array


class ServerMetrics:
    """Histories of the runs that are brought in.

    Parameters
    ----------
    ask : callable
        The JSON of an endpoint.
    reader : SanitisedReader

    Attributes
    ----------
    keys : dict of str to list of str
        Metrics of the runs that may be asked for next.
    """

    def __init__(self, ask: Callable[..., bytes], reader: SanitisedReader) -> None:
        self._ask, self._reader = ask, reader
        self._pool = ThreadPoolExecutor(TRANSFER_THREADS.get(), thread_name_prefix="jupyter_mlops-import")
        self.keys: dict[str, list[str]] = {}
        self._ahead: dict[str, list[Series] | Unreadable] = {}
        self._giants: dict[str, list[Iterator[Series]]] = {}

    def read_ahead(self, run_id: str) -> int:
        """Read all points of a run, unless there are more than `GIANT`; returns how many there are, or a number above."""
        keys, count = self.keys.get(run_id, []), 0
        found: list[Series] = []
        left: list[Iterator[Series]] = []
        try:
            for pages, rest in self._pool.map(lambda key: self._first_pages(run_id, key), keys):
                found += pages
                count += sum(len(one.value) for one in pages)
                left.append(rest)
        except Unreadable as error:
            self._ahead[run_id] = error
            return 0
        if count > GIANT:
            self._giants[run_id] = [iter(found), *left]
        else:
            self._ahead[run_id] = found
        return count

    def _first_pages(self, run_id: str, key: str) -> tuple[list[Series], Iterator[Series]]:
        """Pages of a metric, as far as they are needed to know that there are more than `GIANT` points, and the others."""
        found, count, pages = [], 0, self._pages(run_id, key)
        for page in pages:
            found.append(page)
            if (count := count + len(page.value)) > GIANT:
                break
        return found, pages

    def _pages(self, run_id: str, key: str) -> Iterator[Series]:
        token: str | None = None
        before: str | None = ""
        while token != before:
            before = token
            try:
                told = self._ask("metrics/get-history", run_id=run_id, metric_key=key, max_results=_PAGE, page_token=token)
                page = msgspec.json.decode(told, type=_History, strict=False)
            except (ServerUnreachable, NotAuthenticated):
                raise
            except (MlflowException, msgspec.MsgspecError) as error:
                raise Unreadable(f"metric {key!r} cannot be read: {error}") from error
            if page.metrics:
                yield _series(key, page.metrics)
            if not (token := page.next_page_token):
                return
        raise Unreadable(f"metric {key!r} cannot be read: the same page is answered again and again")

    def points(self, run_ids: Sequence[str]) -> Points | None:
        """All points of runs that were read ahead."""
        gathered: list[tuple[int, Series]] = []
        for number, run_id in enumerate(run_ids):
            found = self._ahead.get(run_id, [])
            if isinstance(found, Unreadable):
                raise found
            gathered += [(number, one) for one in found]
        for run_id in run_ids:
            self._ahead.pop(run_id, None)
        return _gathered(gathered) if gathered else None

    def parts(self, run_id: str) -> Iterator[Points]:
        """All points of a giant, in pieces of at most `CHUNK`."""
        for page in chain.from_iterable(self._giants.pop(run_id, [])):
            for start in range(0, len(page.value), CHUNK):
                yield _gathered([(0, Series(page.key, *(column[start : start + CHUNK] for column in page[1:])))])

    def close(self) -> None:
        """Read nothing more."""
        self._pool.shutdown(wait=False, cancel_futures=True)


def _series(key: str, points: list[_Point]) -> Series:
    import numpy as np  # with the engine that takes the columns

    value = np.fromiter((point.value for point in points), np.float64, len(points))
    value[np.abs(value) == np.finfo(np.float64).max] *= np.inf  # MLflow's databases hold no infinities
    timestamp = np.fromiter((point.timestamp for point in points), np.int64, len(points))
    return Series(key, value, timestamp, np.fromiter((point.step for point in points), np.int64, len(points)))


def _gathered(series: list[tuple[int, Series]]) -> Points:
    import numpy as np

    keys = {key: number for number, key in enumerate(dict.fromkeys(one.key for _, one in series))}
    lengths = [len(one.value) for _, one in series]
    run = np.repeat(np.asarray([number for number, _ in series], np.int64), lengths)
    key = np.repeat(np.asarray([keys[one.key] for _, one in series], np.int64), lengths)
    value, timestamp, step = (np.concatenate([one[column] for _, one in series]) for column in (1, 2, 3))
    return Points(list(keys), run, key, value, timestamp, step)
