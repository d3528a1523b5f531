"""Imports that are killed or interrupted in the middle, and work that goes on while they run."""

import concurrent.futures
import contextlib
import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import time

import pytest

from jupyter_mlops.importers.artifacts import link_folder
from jupyter_mlops.importers.imports import import_store
from jupyter_mlops.storage.opened import open_store
from tests.importers.fill_database import fill_database

_IMPORT = """
    import sys
    from jupyter_mlops.importers.imports import import_store
    def say(done, total, name):
        if done % 20 == 0:
            print(done, flush=True)
    report = import_store(sys.argv[1], sys.argv[2], progress=say)
    print("done", flush=True)
    print(report.runs_new, report.runs_updated, report.runs_unchanged, report.problems, flush=True)
"""
_TABLES = {
    "runs": "run_id, experiment_id, run_name, status, start_time, end_time, artifact_uri",
    "params": "run_id, key, value",
    "tags": "run_id, key, value",
    "metrics": "run_id, key, value, timestamp, step",
    "latest_metrics": "run_id, key, value, timestamp, step, min, max, first, count",
}


@pytest.fixture
def source(database, tmp_path):
    """A database of MLflow with 800 more runs."""
    path = shutil.copy(database.folder / "mlflow.db", tmp_path / "mlflow.db")
    fill_database(path, 800)
    return path


def _everything(sql, store):
    joined = {name: "" if name == "runs" else " JOIN runs USING (rid)" for name in _TABLES}
    queries = {
        name: f"SELECT {', '.join(f't.{c}' if name != 'runs' and c != 'run_id' else c for c in columns.split(', '))} "
        f"FROM {name} t{joined[name]} ORDER BY ALL"
        for name, columns in _TABLES.items()
    }
    return {name: sql(query, store) for name, query in queries.items()}


def _ask(query):
    """The one value of a query, while another process has its turns with the store."""
    with open_store("mine.duckdb").files.reading() as session:
        session.rows("USE store")
        try:
            return session.row(query)[0]
        finally:
            session.rows("USE memory")


def _read_until(process, done):
    for line in process.stdout:
        if line.strip() == "done" or int(line) >= done:
            return line.strip()
    raise AssertionError("the import ended early")


@pytest.mark.faults
@pytest.mark.parametrize("done", [0, 260])
def test_a_killed_import_goes_on_where_it_was(source, child, python, sql, value, done):
    importing = child(_IMPORT, source, "mine.duckdb")
    assert _read_until(importing, done) != "done"
    importing.send_signal(signal.SIGKILL)
    importing.wait()
    here = value("SELECT count(*) FROM runs", "mine.duckdb")
    assert here < 808
    assert value("SELECT count(*) FROM params", "mine.duckdb") >= 20 * (here - 8)
    assert value("SELECT count(*) FROM runs WHERE rid NOT IN (SELECT rid FROM tags)", "mine.duckdb") == 0
    new, updated, unchanged, problems = python(_IMPORT, source, "mine.duckdb").split("done\n")[1].split(maxsplit=3)
    assert (int(new), int(updated), int(unchanged), problems.strip()) == (808 - here, 0, here, "[]")
    import_store(source, "whole/mine.duckdb")
    assert _everything(sql, "mine.duckdb") == _everything(sql, "whole/mine.duckdb")


@pytest.mark.faults
def test_a_giant_history_that_was_killed_is_completed(database, tmp_path, child, sql, value):
    source = shutil.copy(database.folder / "mlflow.db", tmp_path / "mlflow.db")
    (run_id,) = fill_database(source, 1, keys=2, points=110_000)
    importing = child(_IMPORT, source, "mine.duckdb")
    count = f"SELECT count(*) FROM metrics JOIN runs USING (rid) WHERE run_id = '{run_id}'"
    deadline = time.monotonic() + 60
    while not 0 < _ask(count) < 220_000:
        assert time.monotonic() < deadline
    importing.send_signal(signal.SIGKILL)
    importing.wait()
    assert value(count, "mine.duckdb") < 220_000
    assert value(f"SELECT digest FROM imports WHERE kind = 'run' AND id = '{run_id}'", "mine.duckdb") == ""
    assert import_store(source, "mine.duckdb").runs_updated == 1
    assert value(count, "mine.duckdb") == 220_000
    counts = f"SELECT key, count, min, max FROM latest_metrics m JOIN runs USING (rid) WHERE run_id = '{run_id}' ORDER BY key"
    assert sql(counts, "mine.duckdb") == [(f"m{k}", 110_000, k + 1 / 110_000, k + 1.0) for k in (0, 1)]


@pytest.mark.faults
def test_artifacts_that_were_half_copied_are_completed(database, child, sql, tmp_path):
    """A part of a file never has its name; what is whole is not copied again."""
    source = tmp_path / "mlflow.db"
    shutil.copy(database.folder / "mlflow.db", source)
    with contextlib.closing(sqlite3.connect(source)) as connection, connection:
        run_id = next(run_id for run_id, run in database.dump["runs"].items() if run["name"] == "run 0 ü")
        folder = tmp_path / "theirs" / run_id / "artifacts"
        folder.mkdir(parents=True)
        connection.execute("UPDATE runs SET artifact_uri = ? WHERE run_uuid = ?", [str(folder), run_id])
    for number in range(40):
        (folder / f"{number}.bin").write_bytes(os.urandom(8 << 20))
    importing = child(_IMPORT, source, "mine.duckdb")
    ours = tmp_path / "mlartifacts" / "1" / run_id / "artifacts"
    deadline = time.monotonic() + 60
    while not ours.exists() or len(list(ours.glob("*.bin"))) < 3:
        assert time.monotonic() < deadline
    importing.send_signal(signal.SIGKILL)
    importing.wait()
    whole = {path.name for path in ours.glob("*.bin")}
    assert 0 < len(whole) < 40
    assert all((ours / name).read_bytes() == (folder / name).read_bytes() for name in whole)
    report = import_store(source, "mine.duckdb")
    assert report.problems == []
    assert {p.name: p.stat().st_size for p in ours.iterdir()} == {f"{n}.bin": 8 << 20 for n in range(40)}


@pytest.mark.faults
def test_an_interrupted_command_says_how_to_go_on(source, value):
    program = os.path.join(os.path.dirname(sys.executable), "jupyter-mlops")
    with subprocess.Popen(
        [program, "import", str(source), "--store", "mine.duckdb"], stderr=subprocess.PIPE, text=True
    ) as command:
        while not os.path.exists("mine.duckdb") or _ask("SELECT count(*) FROM runs") < 100:
            pass
        command.send_signal(signal.SIGINT)
        said = command.stderr.read()
    assert command.returncode == 130
    assert "goes on from there" in said
    assert "Traceback" not in said
    here = value("SELECT count(*) FROM runs", "mine.duckdb")
    assert 100 <= here < 808
    assert import_store(source, "mine.duckdb").runs_new == 808 - here


def test_others_log_to_the_store_while_an_import_runs(source, child, value, capsys):
    """Two processes log and read in between: an import takes many short turns, and nothing of theirs is lost."""
    log = """
        import sys, time
        import jupyter_mlops as mlflow
        mlflow.set_tracking_uri("mine.duckdb")
        longest = 0.0
        with mlflow.start_run() as run:
            print("ready", flush=True)
            sys.stdin.readline()
            for step in range(60):
                began = time.monotonic()
                mlflow.log_metric("m", step, step=step)
                assert mlflow.get_run(run.info.run_id).data.metrics["m"] == step
                longest = max(longest, time.monotonic() - began)
                time.sleep(0.01)
        print(run.info.run_id, longest, flush=True)
    """
    others = [child(log) for _ in range(2)]
    assert [other.stdout.readline() for other in others] == ["ready\n"] * 2
    importing = child(_IMPORT, source, "mine.duckdb")
    assert _read_until(importing, 0) == "0"
    for other in others:
        other.stdin.write("\n")
        other.stdin.flush()
    ended = [other.stdout.readline().split() for other in others]
    assert "done" in importing.stdout.read()
    for run_id, _ in ended:
        assert (
            value(f"SELECT count(*) FROM metrics JOIN runs USING (rid) WHERE run_id = '{run_id}'", "mine.duckdb") == 60
        )
    assert value("SELECT count(*) FROM runs", "mine.duckdb") == 810
    assert value("SELECT count(DISTINCT change) FROM imports WHERE kind = 'run'", "mine.duckdb") > 1
    with capsys.disabled():
        print(f"\n[faults] others during an import: longest log and read {max(float(s) for _, s in ended):.2f} s")


def test_two_imports_at_once_bring_everything_once(source, child, sql):
    both = [child(_IMPORT, source, "mine.duckdb") for _ in range(2)]
    ends = [process.stdout.read().split("done\n")[1].split(maxsplit=3) for process in both]
    assert all(problems.strip() == "[]" for *_, problems in ends)
    import_store(source, "whole/mine.duckdb")
    assert _everything(sql, "mine.duckdb") == _everything(sql, "whole/mine.duckdb")


def test_a_folder_that_several_bring_at_once_is_whole(tmp_path):
    for turn in range(20):
        source, target = tmp_path / f"source{turn}", tmp_path / f"target{turn}"
        for name in ("a", "b/c", "d"):
            (source / name).parent.mkdir(parents=True, exist_ok=True)
            (source / name).write_text(name)
        with concurrent.futures.ThreadPoolExecutor(4) as pool:
            for done in [pool.submit(link_folder, str(source), str(target)) for _ in range(4)]:
                done.result()
        assert {path.relative_to(target).as_posix() for path in target.rglob("*") if path.is_file()} == {"a", "b/c", "d"}
    assert list(tmp_path.rglob(".mlops-part-*")) == []


def test_mlflow_goes_on_logging_to_the_source(database, tmp_path, sql):
    """The real MLflow writes to its database during imports; the last one has everything."""
    source = shutil.copy(database.folder / "mlflow.db", tmp_path / "mlflow.db")
    script = tmp_path / "log.py"
    script.write_text(
        "import itertools, mlflow, os\n"
        "mlflow.set_tracking_uri('sqlite:///mlflow.db')\n"
        "with mlflow.start_run(run_name='live') as run:\n"
        "    for step in itertools.count():\n"
        "        mlflow.log_metric('m', step, step=step)\n"
        "        mlflow.set_tag('step', step)\n"
        "        if os.path.exists('enough'):\n"
        "            break\n"
        "print(step)\n"
    )
    with subprocess.Popen([database.python, str(script)], cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as writing:
        updated = 0
        while updated < 2 and writing.poll() is None:
            report = import_store(source, "mine.duckdb")
            assert report.problems == report.conflicts == []
            updated += report.runs_updated
        (tmp_path / "enough").touch()
        said, told = writing.communicate(timeout=60)
        assert writing.returncode == 0, told
    import_store(source, "mine.duckdb")
    last = int(said.split()[-1])
    assert sql(
        "SELECT m.value, count, status FROM latest_metrics m JOIN runs USING (rid) WHERE run_name = 'live'",
        "mine.duckdb",
    ) == [(float(last), last + 1, "FINISHED")]
    assert open_store("mine.duckdb").search_runs(None, f"tags.step = '{last}'", 1, 10, None, None)
