"""Large stores to measure on: ``python tests/benchmarks/stores.py 100000 [--mlflow PYTHON]`` makes one, and MLflow's twin.

Runs have ids in the order of their start, 20 params, 20 metrics and 5 tags each, all drawn from one seed. The newest run
has a million points of ``loss``, the hundred before it a thousand. A store is made once and kept in ``build/bench-stores``.
"""

import argparse
import os
import pathlib
import shutil
import sqlite3
import subprocess
import tempfile

import numpy as np

ROOT = pathlib.Path(__file__).parent.parent.parent
FOLDER = ROOT / "build" / "bench-stores"
EDITION = 1  # of what is drawn: raise it, and stores are made anew
SEED, BEGIN, EVERY = 7, 1_700_000_000_000, 60_000
EXPERIMENTS = {"forests": 0.5, "networks": 0.2, "boosting": 0.15, "baselines": 0.1, "scratch": 0.05}
WORDS = {
    "model": ("forest", "boosting", "linear", "network"),
    "optimizer": ("adam", "sgd", "lbfgs", "rmsprop"),
    "loss_function": ("log_loss", "hinge", "mse", "huber"),
}
PARAMS = [
    *WORDS,
    *"lr depth batch_size epochs seed dropout momentum weight_decay min_samples max_features n_estimators".split(),
]
PARAMS += "subsample gamma alpha warmup patience width".split()
METRICS = "acc auc f1 precision recall loss mae mse r2 log_loss val_acc val_auc val_f1 val_precision val_recall".split()
METRICS += "val_loss val_mae val_mse train_time predict_time".split()
TAGS = {
    "mlflow.runName": tuple(
        f"{mood}-{animal}" for mood in ("calm", "bold", "keen", "wise") for animal in ("fox", "owl", "elk", "jay")
    ),
    "mlflow.user": ("ann", "bob", "eve"),
    "mlflow.source.name": ("forest.ipynb", "sweep.ipynb", "nets.py"),
    "team": ("vision", "text", "risk"),
    "stage": ("draft", "candidate", "final"),
}
LONG, LONGISH = 1_000_000, 1000


def path_of(runs):
    """Where the store of so many runs lies."""
    return FOLDER / str(runs) / "mlops.duckdb"


def make(runs, python=None):
    """The store of so many runs, made when it is not there in this edition; with `python` its twin in SQLite too."""
    path = path_of(runs)
    if not _is_current(path.with_name("edition")):
        _made(path.parent, lambda folder: fill(folder / path.name, runs))
    twin = FOLDER / f"{runs}-mlflow" / "mlflow.db"
    if python is None:
        return path
    if not _is_current(twin.with_name("edition")):
        _made(twin.parent, lambda folder: copy_to_mlflow(path, folder / twin.name, runs, python))
    return twin


def _is_current(mark):
    return mark.exists() and mark.read_text() == str(EDITION)


def _made(folder, fill_folder):
    """Fill a new folder, and give it its name when it is whole."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    fresh = pathlib.Path(tempfile.mkdtemp(prefix=folder.name, dir=folder.parent))
    fill_folder(fresh)
    (fresh / "edition").write_text(str(EDITION))
    shutil.rmtree(folder, ignore_errors=True)
    fresh.rename(folder)


def fill(path, runs):
    """Make a store of so many runs, in bulk: nothing of it goes through the journal."""
    from jupyter_mlops.storage.duckdb.store import DuckDBStore

    store = DuckDBStore(path)
    experiments = np.array([int(store.create_experiment(name, None, {})) for name in EXPERIMENTS])
    random = np.random.default_rng(SEED)
    with store.files.session("fill") as session:
        _insert_runs(session, random, runs, random.choice(experiments, runs, p=list(EXPERIMENTS.values())))
        _insert_texts(session, random, runs, "tags", TAGS, list(TAGS))
        _insert_texts(session, random, runs, "params", WORDS, PARAMS)
        _insert_metrics(session, random, runs)
        _insert_histories(session, random, runs)
    store.close()


def _drawn(session, columns, sql, parameters=()):
    """Run `sql` with the columns as table ``drawn``."""
    session.connection.register("drawn", columns)
    session.rows(sql, list(parameters))
    session.connection.unregister("drawn")


def _insert_runs(session, random, runs, experiments):
    rid = np.arange(1, runs + 1)
    columns = {
        "rid": rid,
        "experiment_id": experiments,
        "start": BEGIN + rid * EVERY,
        "stop": BEGIN + rid * EVERY + random.integers(1000, 1_800_000, runs),
        "tail": random.integers(0, 1 << 60, runs),
        "status": random.choice(4, runs, p=[0.93, 0.04, 0.02, 0.01]),
        "deleted": random.random(runs) < 0.01,
    }
    sql = """
    INSERT INTO store.runs (rid, run_id, experiment_id, run_name, user_id, status, status_time, start_time, end_time,
        last_record_time, lifecycle_stage, deleted_time, artifact_uri, change)
    SELECT rid, id, experiment_id, (?::VARCHAR[])[1 + rid % 16], 'ann',
        (['FINISHED', 'FAILED', 'KILLED', 'RUNNING'])[status + 1], stop, start, if(status = 3, NULL, stop),
        stop, if(deleted, 'deleted', 'active'), if(deleted, stop, NULL),
        'mlartifacts/' || experiment_id || '/' || id || '/artifacts', 1
    FROM (SELECT *, printf('%012x7%03x8%015x', start, rid % 4096, tail) AS id FROM drawn)"""
    _drawn(session, columns, sql, [list(TAGS["mlflow.runName"])])


def _cells(random, runs, keys):
    """A number for each run and key, by run."""
    return {
        "rid": np.repeat(np.arange(1, runs + 1), len(keys)),
        "key": np.tile(np.arange(len(keys)), runs),
        "number": random.random(runs * len(keys)).round(4),
    }


def _insert_texts(session, random, runs, table, words, keys):
    """Keys that have words draw one of them; the others are numbers."""
    sql = f"""
    INSERT INTO store.{table}
    SELECT rid, (?::VARCHAR[])[key + 1], coalesce(word[1 + floor(number * len(word))::INT], number::VARCHAR), ? + rid * ?
    FROM (SELECT *, (?::VARCHAR[][])[key + 1] AS word FROM drawn)"""
    words = [list(words.get(key, ())) for key in keys]
    _drawn(session, _cells(random, runs, keys), sql, [keys, BEGIN, EVERY, words])


def _insert_metrics(session, random, runs):
    """One point of each, but for the ``loss`` of the newest runs."""
    cells = _cells(random, runs, METRICS)
    for table, summary in (("metrics", ""), ("latest_metrics", ", number, 0, number, 0, number, time, 0, 1")):
        sql = f"""
        INSERT INTO store.{table} SELECT rid, (?::VARCHAR[])[key + 1], number, ? + rid * ? AS time, 0{summary}
        FROM drawn WHERE rid < {runs - 100} OR key <> {METRICS.index("loss")}"""
        _drawn(session, cells, sql, [METRICS, BEGIN, EVERY])


def _insert_histories(session, random, runs):
    """The newest runs' ``loss``: it falls, with noise, so that the least and the greatest value can lie anywhere."""
    lengths = np.array([LONGISH] * 100 + [LONG])
    rid = np.repeat(np.arange(runs - 100, runs + 1), lengths)
    step = np.concatenate([np.arange(length) for length in lengths])
    value = 1 / (1 + step / 1000) + random.normal(0, 0.05, len(step))
    columns = {"rid": rid, "value": value, "time": BEGIN + rid * EVERY + step, "step": step}
    _drawn(session, columns, "INSERT INTO store.metrics SELECT rid, 'loss', value, time, step FROM drawn")
    sql = """
    INSERT INTO store.latest_metrics
    SELECT rid, 'loss', arg_max(value, step), max(time), max(step), min(value), arg_min(step, value), max(value),
        arg_max(step, value), arg_min(value, step), min(time), min(step), count(*) FROM drawn GROUP BY rid ORDER BY rid"""
    _drawn(session, columns, sql)


_TWIN = {
    "experiments (experiment_id, name, artifact_location, lifecycle_stage, creation_time, last_update_time)": """
        SELECT experiment_id, name, 'file:///tmp/' || name, lifecycle_stage, creation_time, last_update_time
        FROM store.experiments WHERE experiment_id > 0 AND $once""",
    "runs (run_uuid, name, source_type, source_name, entry_point_name, user_id, status, start_time, end_time, "
    "source_version, lifecycle_stage, artifact_uri, experiment_id, deleted_time)": """
        SELECT run_id, run_name, 'NOTEBOOK', 'forest.ipynb', '', user_id, status, start_time, end_time, '',
            lifecycle_stage, 'file:///tmp/' || run_id, experiment_id, deleted_time FROM store.runs WHERE $part""",
    "params (key, value, run_uuid)": "SELECT key, value, run_id FROM store.params JOIN store.runs USING (rid) WHERE $part",
    "tags (key, value, run_uuid)": "SELECT key, value, run_id FROM store.tags JOIN store.runs USING (rid) WHERE $part",
    "latest_metrics (key, value, timestamp, step, is_nan, run_uuid)": """
        SELECT key, value, timestamp, step, 0, run_id FROM store.latest_metrics JOIN store.runs USING (rid) WHERE $part""",
    "metrics (key, value, timestamp, step, is_nan, run_uuid)": """
        SELECT key, value, timestamp, step, 0, run_id FROM store.metrics JOIN store.runs USING (rid) WHERE $part""",
}


def copy_to_mlflow(path, twin, runs, python):
    """The same runs in a database that the MLflow of `python` made."""
    from jupyter_mlops.storage.duckdb.store import DuckDBStore

    made = f"import mlflow; mlflow.MlflowClient('sqlite:///{twin}').search_experiments()"
    subprocess.run([python, "-c", made], check=True, capture_output=True, cwd=twin.parent)
    database = sqlite3.connect(twin)
    database.execute("PRAGMA synchronous = OFF")
    with DuckDBStore(path).files.reading() as session:
        for table, query in _TWIN.items():
            for begin in range(0, runs, 10_000):
                part = query.replace("$part", f"rid > {begin} AND rid <= {begin + 10_000}").replace(
                    "$once", f"{begin} = 0"
                )
                marks = ", ".join("?" * (table.count(",") + 1))
                database.executemany(f"INSERT INTO {table} VALUES ({marks})", session.rows(part))
    database.execute("ANALYZE")
    database.commit()
    database.close()


if __name__ == "__main__":
    reader = argparse.ArgumentParser(description=__doc__)
    reader.add_argument("runs", type=int)
    reader.add_argument("--mlflow", metavar="PYTHON", help="a Python that has MLflow: makes the twin")
    given = reader.parse_args()
    with tempfile.TemporaryDirectory() as user_data:
        os.environ["JUPYTER_MLOPS_DATA_DIR"] = user_data
        print(make(given.runs, given.mlflow))
