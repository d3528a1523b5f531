"""What a fold takes in: records of several segments, gathered by table."""

from __future__ import annotations

from typing import Any, NamedTuple

from jupyter_mlops.storage.journal.operations import (
    BATCH,
    INPUTS,
    KINDS,
    METRIC,
    OPEN,
    PARAM,
    START,
    TAG,
    UPDATE,
    check,
    encode,
)
from jupyter_mlops.storage.journal.segments import Damage

__all__ = ["AT_MOST", "Input", "Intake", "Start", "Update"]

AT_MOST = 200_000  # points and records in one lease: others wait a second at most
_PAIR = 3  # a param or tag takes as long as so many points


class Start(NamedTuple):
    """A run that began."""

    run_id: str
    time: int
    experiment_id: str
    run_name: str
    user_id: str
    start_time: int
    artifact_uri: str


class Update(NamedTuple):
    """A change of a run's status, end or name; None means unchanged."""

    run_id: str
    time: int
    writer: str
    status: str | None
    end_time: int | None
    run_name: str | None


class Input(NamedTuple):
    """A data set that went into a run."""

    run_id: str
    time: int
    name: str
    digest: str
    source_type: str
    source: str
    schema: str | None
    profile: str | None
    tags: list[tuple[str, str]]


class Intake:
    """Records by table, in the order they were read.

    Parameters
    ----------
    at_most : int, optional
        How many records to take; by default what one lease may hold, by their points, params and tags.
    checked : bool
        Whether each record is looked at closely: one that cannot be right is kept as rejected.
    refusing : str, optional
        Why none of the records is to be applied: each is kept as rejected.

    Attributes
    ----------
    metrics : tuple of lists
        Columns: run index, key index, value, timestamp, step. Indices point into `runs` and `keys`.
    runs : dict of str to int
        Run ids that anything was read of, numbered.
    times : dict of str to dict
        By writer and run the time of the last record, milliseconds.
    owners : dict of (run id, writer) to int
        Since when a writer holds a run open, milliseconds.
    news : list of str
        What to tell of damage once the fold is done.
    """

    def __init__(self, at_most: int | None = None, *, checked: bool = False, refusing: str | None = None) -> None:
        self._at_most = at_most
        self._checked = checked
        self._refusing = refusing
        self._weight = 0  # of what stands in records, beyond one for each
        self.count = 0
        self.runs: dict[str, int] = {}
        self.keys: dict[str, int] = {}
        self.metrics: tuple[list[int], list[int], list[float], list[int], list[int]] = ([], [], [], [], [])
        self.params: list[tuple[str, str, str, int]] = []
        self.tags: list[tuple[str, str, str, int]] = []
        self.inputs: list[Input] = []
        self.starts: dict[str, Start] = {}
        self.updates: list[Update] = []
        self.owners: dict[tuple[str, str], int] = {}
        self.times: dict[str, dict[str, int]] = {}
        self.rejected: list[tuple[str | None, int | None, str, int, bytes]] = []
        self.news: list[str] = []

    @property
    def is_full(self) -> bool:
        """Whether the next record is for the next lease."""
        return self.count + self._weight >= AT_MOST or (self._at_most is not None and self.count >= self._at_most)

    def take(self, record: list[Any], writer: str) -> bool:
        """Gather one record; False when its kind is not known, and then nothing was taken."""
        kind, time, run_id = record[0], record[1], record[2]
        if self._checked and kind in KINDS and (why := self._refusing or check(record)):
            self._refuse(record, why)
            return True
        if kind == METRIC:
            self._metric(run_id, time, record[3], record[4], record[5], record[6])
        elif kind == PARAM:
            self.params.append((run_id, record[3], record[4], time))
            self._weight += _PAIR
        elif kind == TAG:
            self.tags.append((run_id, record[3], record[4], time))
            self._weight += _PAIR
        elif kind == BATCH:
            self._batch(record)
        elif kind == INPUTS:
            self.inputs += [Input(run_id, time, *fields[:7]) for fields in record[3]]
        elif kind == UPDATE:
            self.updates.append(Update(run_id, time, writer, *record[3:6]))
        elif kind == START:
            self._start(record, writer)
        elif kind == OPEN:
            self.owners[run_id, writer] = time
        else:
            return False
        self.count += 1
        self.runs.setdefault(run_id, len(self.runs))
        times = self.times.get(writer)
        if times is None:
            times = self.times[writer] = {}
        times[run_id] = max(time, times.get(run_id, 0))
        return True

    def last_records(self) -> dict[str, tuple[int, str]]:
        """By run the time of its last record, and who wrote it."""
        last: dict[str, tuple[int, str]] = {}
        for writer, times in self.times.items():
            for run_id, time in times.items():
                last[run_id] = max((time, writer), last.get(run_id, (0, "")))
        return last

    def reject(self, damage: Damage, news: str) -> None:
        """Keep the bytes of a damaged record, for whoever wants to look."""
        self.rejected.append((None, None, damage.reason, 0, damage.data))
        self.news.append(news)

    def _refuse(self, record: list[Any], reason: str) -> None:
        self.count += 1
        run_id = record[2] if isinstance(record[2], str) else None
        self.rejected.append((run_id, record[0], f"cannot be kept: {reason}", 0, encode(record)))
        self.news.append(f"A record of kind {KINDS[record[0]].name!r} of run {run_id} cannot be kept: {reason}")

    def refuse(self, reasons: dict[str, str]) -> None:
        """Take all records of the runs in `reasons` out again, and keep them as rejected."""
        if not reasons:
            return
        for kind, pairs in ((PARAM, self.params), (TAG, self.tags)):
            self.rejected += [(p[0], kind, reasons[p[0]], p[3], encode(p)) for p in pairs if p[0] in reasons]
        self.rejected += [
            (i.run_id, INPUTS, reasons[i.run_id], i.time, encode(i)) for i in self.inputs if i.run_id in reasons
        ]
        self._refuse_points(reasons)
        self.params = [p for p in self.params if p[0] not in reasons]
        self.tags = [t for t in self.tags if t[0] not in reasons]
        self.inputs = [i for i in self.inputs if i.run_id not in reasons]
        self.updates = [u for u in self.updates if u.run_id not in reasons]
        self.owners = {o: time for o, time in self.owners.items() if o[0] not in reasons}

    def _refuse_points(self, reasons: dict[str, str]) -> None:
        names = list(self.keys)
        refused = {self.runs[run_id]: run_id for run_id in reasons}
        kept = []
        for row in zip(*self.metrics, strict=True):
            if (run_id := refused.get(row[0])) is None:
                kept.append(row)
            else:
                record = encode((names[row[1]], *row[2:]))
                self.rejected.append((run_id, METRIC, reasons[run_id], row[3], record))
        columns: Any = list(zip(*kept, strict=True)) or [[]] * 5
        for column, values in zip(self.metrics, columns, strict=True):
            column[:] = values  # type: ignore[index]

    def _metric(self, run_id: str, time: int, key: str, value: float, timestamp: int | None, step: int) -> None:
        run_column, key_column, values, timestamps, steps = self.metrics
        run_column.append(self.runs.setdefault(run_id, len(self.runs)))
        key_column.append(self.keys.setdefault(key, len(self.keys)))
        values.append(value)
        timestamps.append(time if timestamp is None else timestamp)
        steps.append(step)

    def _batch(self, record: list[Any]) -> None:
        _, time, run_id, metrics, params, tags = record[:6]
        for metric in metrics:
            self._metric(run_id, time, *metric)
        self._weight += len(metrics) + _PAIR * (len(params) + len(tags))
        self.params += [(run_id, key, value, time) for key, value in params]
        self.tags += [(run_id, key, value, time) for key, value in tags]

    def _start(self, record: list[Any], writer: str) -> None:
        _, time, run_id, experiment_id, name, user, start_time, artifact_uri, tags, owned = record[:10]
        self.starts.setdefault(run_id, Start(run_id, time, experiment_id, name, user, start_time, artifact_uri))
        self.tags += [(run_id, key, value, time) for key, value in tags]
        self._weight += _PAIR * len(tags)
        if owned:
            self.owners[run_id, writer] = time
