"""A store of runs with a million points each, written past the journal: seconds instead of minutes."""

import duckdb

import jupyter_mlops as mlflow
from jupyter_mlops.storage.opened import open_store

BEGIN, EVERY = 1_700_000_000_000, 100  # milliseconds
PEAK, PIT = 9.0, -7.0  # of run number n at the steps 1000 + n and points - 1000 - n
# Of each run a falling line with a little noise, which repeats so that it takes little room.
_POINTS = f"""
INSERT INTO metrics SELECT rid, 'loss', CASE step WHEN 1000 + rid THEN {PEAK} WHEN $points - 1000 - rid THEN {PIT}
    ELSE round(1 - step / $points + (step * 7919 % 101) / 1000, 3) END, {BEGIN} + step * {EVERY}, step
FROM range(1, $runs + 1) AS runs (rid), range($points) AS steps (step)
"""
_LATEST = f"UPDATE latest_metrics SET count = $points, step = $points - 1, timestamp = {BEGIN} + ($points - 1) * {EVERY}"


def make(path, runs, points):
    """Fill a new store at `path`; returns the ids of its runs."""
    mlflow.set_tracking_uri(str(path))
    client = mlflow.MlflowClient()
    ids = [client.create_run("0", start_time=BEGIN, run_name=f"run {number}").info.run_id for number in range(1, runs + 1)]
    for run_id in ids:
        client.log_metric(run_id, "loss", 1.0, step=0, timestamp=BEGIN)
    assert len(open_store(str(path)).get_runs(ids)) == runs  # folded now
    with duckdb.connect(str(path)) as connection:
        assert connection.execute("SELECT min(rid), max(rid) FROM runs").fetchone() == (1, runs)
        connection.execute("DELETE FROM metrics")
        connection.execute(_POINTS, {"runs": runs, "points": points})
        connection.execute(_LATEST, {"points": points})
    return ids
