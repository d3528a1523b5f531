"""MLflow's SQLite databases, of 2.x and 3.x: what columns there are is asked, not assumed.

The file is opened read-only and in short transactions, so an MLflow that is running goes on; each run is read as it was
at one moment.
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator, Sequence
from typing import Any

from jupyter_mlops.entities.names import check_key
from jupyter_mlops.errors import InvalidParameter
from jupyter_mlops.importers.databases import Database, Row, in_workspace
from jupyter_mlops.importers.sanitation import SanitisedReader, Unreadable
from jupyter_mlops.importers.sources import CHUNK, Source
from jupyter_mlops.importers.sqlite_models import read_logged_models, read_models
from jupyter_mlops.storage.duckdb.imported_records import (
    DatasetRecord,
    ExperimentRecord,
    LoggedModelRecord,
    ModelRecord,
    Points,
    RunRecord,
)

__all__ = ["SQLiteSource"]


class SQLiteSource(Source):
    """An MLflow database file."""

    def __init__(self, path: str) -> None:
        path = os.path.realpath(path)
        super().__init__(f"sqlite:///{path}", os.path.dirname(path))
        self._db = Database(path)
        self._reader = SanitisedReader(self.problems)

    def close(self) -> None:
        self._db.close()

    def experiments(self) -> list[ExperimentRecord]:
        tags: dict[Any, list[tuple[Any, Any]]] = {}
        for row in self._db.rows("experiment_tags", ("experiment_id", "key", "value")):
            tags.setdefault(row["experiment_id"], []).append((row["key"], row["value"]))
        names = ("experiment_id", "name", "artifact_location", "lifecycle_stage", "creation_time", "last_update_time")
        found = []
        for row in self._db.rows("experiments", (*names, "workspace"), "ORDER BY experiment_id"):
            key = str(row["experiment_id"])
            if not key.isdecimal() or self._reader.number(key) is None:
                self._reader.note(f"experiment {key}", "its id is no number")
                continue
            name = self._reader.experiment_name(key, in_workspace(row, "/"))
            stage = "deleted" if row["lifecycle_stage"] == "deleted" else "active"
            times = [self._reader.number(row[name]) for name in names[4:]]
            kept = self._reader.pairs(f"experiment {key}", tags.get(row["experiment_id"], ()), 20_000)
            found.append(
                ExperimentRecord(
                    key,
                    name,
                    self._reader.place(f"experiment {key}", row["artifact_location"]),
                    stage,
                    times[0],
                    times[1],
                    kept,
                )
            )
        return found

    def run_ids(self) -> list[tuple[str, str]]:
        rows = self._db.rows("runs", ("run_uuid", "experiment_id"), "ORDER BY start_time, run_uuid")
        return [(str(row["run_uuid"]), str(row["experiment_id"])) for row in rows]

    def runs(self, run_ids: Sequence[str]) -> list[RunRecord]:
        try:
            with self._db.moment():
                return self._read_runs(list(run_ids))
        except sqlite3.DatabaseError as error:
            if len(run_ids) == 1:
                self._reader.note(f"run {run_ids[0]}", f"cannot be read: {error}")
                return []
        return [record for run_id in run_ids for record in self.runs([run_id])]

    def _read_runs(self, run_ids: list[str]) -> list[RunRecord]:
        among = f"WHERE run_uuid IN ({', '.join('?' * len(run_ids))})"
        pairs: dict[str, dict[str, list[tuple[Any, Any]]]] = {"params": {}, "tags": {}}
        for table, found in pairs.items():
            for row in self._db.rows(table, ("run_uuid", "key", "value"), among, run_ids):
                found.setdefault(row["run_uuid"], []).append((row["key"], row["value"]))
        state = {
            row[0]: list(row[1:])
            for row in self._db.execute(
                f"SELECT run_uuid, count(*), max(timestamp), total(value) FROM metrics {among} GROUP BY run_uuid",
                run_ids,
            )
        }
        inputs = self._inputs(run_ids)
        names = ("run_uuid", "name", "user_id", "status", "start_time", "end_time", "lifecycle_stage", "deleted_time",
                 "artifact_uri", "experiment_id")  # fmt: skip
        records = []
        for row in self._db.rows("runs", names, among, run_ids):
            run_id = self._reader.run_id(row["run_uuid"])
            if run_id is not None:
                params, tags = (found.get(run_id, []) for found in pairs.values())
                points = state.get(run_id, [0, None, 0.0])
                records.append(self._run(run_id, row, params, tags, inputs.get(run_id, []), points))
        order = {run_id: n for n, run_id in enumerate(run_ids)}
        return sorted(records, key=lambda record: order[record.run_id])

    def _run(
        self, run_id: str, row: Row, params: list[tuple[Any, Any]], tags: list[tuple[Any, Any]],
        inputs: list[DatasetRecord], points: list[Any],
    ) -> RunRecord:  # fmt: skip
        read, where = self._reader, f"run {run_id}"
        start, end = read.number(row["start_time"]) or 0, read.number(row["end_time"])
        deleted = row["lifecycle_stage"] == "deleted"
        return RunRecord(
            run_id=run_id,
            experiment_id=str(row["experiment_id"]),
            name=read.text(row["name"]),
            user_id=read.text(row["user_id"]),
            status=read.status(row["status"]),
            start_time=start,
            end_time=end,
            lifecycle_stage="deleted" if deleted else "active",
            deleted_time=(read.number(row["deleted_time"]) or end or start or 1) if deleted else None,
            artifact_uri=read.place(where, row["artifact_uri"]),
            params=read.pairs(where, params, 6000),
            tags=read.run_tags(where, tags),
            inputs=inputs,
            points=points[0],
            points_state=points,
        )

    def _inputs(self, run_ids: list[str]) -> dict[str, list[DatasetRecord]]:
        if not {"inputs", "input_tags", "datasets"} <= self._db.columns.keys():
            return {}
        among = ", ".join("?" * len(run_ids))
        found: dict[str, list[DatasetRecord]] = {}
        joined = self._db.execute(
            "SELECT i.destination_id, i.input_uuid, d.name, d.digest, d.dataset_source_type, d.dataset_source, "
            "d.dataset_schema, d.dataset_profile FROM inputs i JOIN datasets d ON d.dataset_uuid = i.source_id "
            f"WHERE i.source_type = 'DATASET' AND i.destination_type = 'RUN' AND i.destination_id IN ({among}) "
            "ORDER BY i.destination_id, d.name, d.digest",
            run_ids,
        ).fetchall()
        for run_id, input_id, *fields in joined:
            tags = self._db.execute("SELECT name, value FROM input_tags WHERE input_uuid = ?", [input_id])
            kept = {self._reader.text(key): self._reader.text(value) for key, value in tags}
            name, digest, kind, source = map(self._reader.text, fields[:4])
            schema, profile = map(self._reader.optional, fields[4:])
            found.setdefault(run_id, []).append(DatasetRecord(name, digest, kind, source, schema, profile, kept))
        return found

    def points(self, run_ids: Sequence[str]) -> Points | None:
        rows = self._metrics(f"run_uuid IN ({', '.join('?' * len(run_ids))})", list(run_ids))
        return self._gather(rows, {run_id: n for n, run_id in enumerate(run_ids)}) if rows else None

    def parts(self, run_id: str) -> Iterator[Points]:
        last = -1
        while rows := self._metrics(f"run_uuid = ? AND rowid > ? ORDER BY rowid LIMIT {CHUNK}", [run_id, last]):
            yield self._gather(rows, {run_id: 0})
            last = rows[-1][6]

    def _metrics(self, which: str, bound: list[Any]) -> list[tuple[Any, ...]]:
        is_nan = "is_nan" if "is_nan" in self._db.columns["metrics"] else "0"
        step = "step" if "step" in self._db.columns["metrics"] else "0"
        try:
            return self._db.execute(
                f"SELECT run_uuid, key, value, timestamp, {step}, {is_nan}, rowid FROM metrics WHERE {which}", bound
            ).fetchall()
        except sqlite3.DatabaseError as error:
            raise Unreadable(f"metrics cannot be read: {error}") from error

    def _gather(self, rows: list[tuple[Any, ...]], numbers: dict[str, int]) -> Points:
        import numpy as np  # with the engine that takes the columns

        keys: dict[str, int] = {}
        good = rows if _is_plain(rows) else self._plain(rows)
        runs, names, values, timestamps, steps, nans = (
            zip(*(row[:6] for row in good), strict=True) if good else ((),) * 6
        )
        for name in names:
            keys.setdefault(name, len(keys))
        value = np.asarray(values, dtype=np.float64)
        value[np.abs(value) == np.finfo(np.float64).max] *= np.inf  # MLflow's databases hold no infinities
        value[np.asarray(nans, dtype=bool)] = np.nan
        return Points(
            list(keys),
            np.asarray([numbers[run] for run in runs], dtype=np.int64),
            np.asarray([keys[name] for name in names], dtype=np.int64),
            value,
            np.asarray(timestamps, dtype=np.int64),
            np.asarray(steps, dtype=np.int64),
        )

    def _plain(self, rows: list[tuple[Any, ...]]) -> list[tuple[Any, ...]]:
        """Those rows that are points, of keys that may be; SQLite keeps whatever it is given."""
        good, bad = [], set()
        allowed: dict[Any, bool] = {}
        for row in rows:
            if row[1] not in allowed:
                allowed[row[1]] = bool(self._reader.pairs(f"metrics of run {row[0]}", [(row[1], "")], 1))
            if allowed[row[1]] and _is_point(row):
                good.append(row)
            elif allowed[row[1]]:
                bad.add((row[0], row[1]))
        for run_id, key in sorted(bad):
            self._reader.note(f"run {run_id}", f"metric {key!r} has points that are no numbers; they are left out")
        return good

    def logged_models(self) -> list[LoggedModelRecord]:
        return read_logged_models(self._db, self._reader)

    def models(self) -> list[ModelRecord]:
        return read_models(self._db, self._reader)


def _is_plain(rows: list[tuple[Any, ...]]) -> bool:
    try:
        for key in {row[1] for row in rows}:
            check_key(key)
    except (InvalidParameter, TypeError):
        return False
    return all(map(_is_point, rows))


def _is_point(row: tuple[Any, ...]) -> bool:
    return (
        isinstance(row[2], (float, int))
        and type(row[3]) is int
        and type(row[4]) is int
        and isinstance(row[5], int | None)
    )
