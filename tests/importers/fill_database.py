"""Many runs in a database that MLflow made, written by plain SQL: no logging API is fast enough for a test."""

import contextlib
import sqlite3
import uuid

_START = 1_600_000_000_000


def fill_database(path, runs, *, keys=20, points=1, experiment="1"):
    """Add `runs` runs with `keys` params and metrics, `points` points each; returns their ids."""
    ids = [uuid.uuid4().hex for _ in range(runs)]
    with contextlib.closing(sqlite3.connect(path)) as connection, connection:
        connection.executemany(
            "INSERT INTO runs (run_uuid, name, user_id, status, start_time, end_time, lifecycle_stage, artifact_uri, "
            "experiment_id) VALUES (?, ?, 'ann', 'FINISHED', ?, ?, 'active', ?, ?)",
            [
                (i, f"run {n}", _START + n, _START + n + 5, f"/nowhere/{i}/artifacts", experiment)
                for n, i in enumerate(ids)
            ],
        )
        names = [(i, f"p{k}", f"value {k}") for i in ids for k in range(keys)]
        connection.executemany("INSERT INTO params (run_uuid, key, value) VALUES (?, ?, ?)", names)
        connection.executemany(
            "INSERT INTO metrics (run_uuid, key, value, timestamp, step, is_nan) VALUES (?, ?, ?, ?, ?, 0)",
            ((i, f"m{k}", k + 1 / (p + 1), _START + p, p) for i in ids for k in range(keys) for p in range(points)),
        )
        last = points - 1
        connection.executemany(
            "INSERT INTO latest_metrics (run_uuid, key, value, timestamp, step, is_nan) VALUES (?, ?, ?, ?, ?, 0)",
            ((i, f"m{k}", k + 1 / points, _START + last, last) for i in ids for k in range(keys)),
        )
        tags = [(i, "mlflow.runName", f"run {n}") for n, i in enumerate(ids)]
        connection.executemany("INSERT INTO tags (run_uuid, key, value) VALUES (?, ?, ?)", tags)
    return ids
