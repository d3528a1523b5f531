"""A store is rewritten smaller, with nothing lost, whatever happens meanwhile."""

import os
import signal

import jupyter_mlops as mlflow
from jupyter_mlops.storage.duckdb.rewrites import compact
from jupyter_mlops.storage.opened import open_store
from jupyter_mlops.upkeep.backups import back_up

_EVERYTHING = (
    "SELECT (SELECT sum(hash(t)) FROM runs t), (SELECT sum(hash(t)) FROM metrics t), (SELECT sum(hash(t)) FROM tags t), "
    "(SELECT sum(hash(t)) FROM model_versions t)"
)


def _grow_and_delete(filled):
    with mlflow.start_run(run_name="large") as run:
        for step in range(100_000):
            mlflow.log_metric("loss", hash((step, 3)) / 1e18, step=step)
    filled.last_change()
    with filled.files.session("test") as session, session.transaction():
        session.rows("DELETE FROM store.metrics WHERE step > 100")
    return run


def test_room_of_deleted_rows_is_given_back(filled, sql):
    _grow_and_delete(filled)
    everything = sql(_EVERYTHING)
    before, after = compact(filled.files)
    assert after < before / 1.5
    assert os.path.getsize(filled.path) == after
    assert sql(_EVERYTHING) == everything
    assert sql("SELECT count(*) FROM duckdb_constraints() WHERE constraint_type = 'PRIMARY KEY'")[0][0] >= 4
    assert oct(os.stat(filled.path).st_mode)[-3:] == "600"
    with mlflow.start_run():
        mlflow.log_metric("loss", 1.0)
    assert sql("SELECT count(*) FROM runs") == [(5,)]


def test_others_log_meanwhile_and_read_afterwards(filled, child, value):
    _grow_and_delete(filled)
    other = child("""
        import jupyter_mlops as mlflow
        with mlflow.start_run(run_name="other"):
            for step in range(3000):
                mlflow.log_metric("loss", step, step=step)
                if step % 300 == 0:
                    mlflow.search_runs()
        print("done", flush=True)
    """)
    while other.poll() is None:
        compact(filled.files)
    assert other.stdout.read() == "done\n"
    assert value("SELECT count(*) FROM metrics JOIN runs USING (rid) WHERE run_name = 'other'") == 3000


def test_killed_in_the_middle_leaves_the_store_as_it_was(filled, child, sql):
    _grow_and_delete(filled)
    everything = sql(_EVERYTHING)
    script = """
        import os, signal, sys
        from jupyter_mlops.storage.duckdb import rewrites
        from jupyter_mlops.storage.opened import open_store
        setattr(rewrites, sys.argv[1], lambda *_: os.kill(os.getpid(), signal.SIGKILL))
        rewrites.compact(open_store().files)
    """
    for moment in ("_compare", "_sync", "_replace"):
        assert child(script, moment).wait() == -signal.SIGKILL
        assert os.path.exists("mlops.duckdb.fresh")
        assert sql(_EVERYTHING) == everything
    compact(filled.files)
    assert not os.path.exists("mlops.duckdb.fresh")
    assert sql(_EVERYTHING) == everything


def test_a_restore_and_two_compactions_at_once_take_turns(filled, child, sql):
    back_up(filled)
    _grow_and_delete(filled)
    script = """
        import time, sys
        from jupyter_mlops.storage.duckdb import rewrites
        from jupyter_mlops.storage.opened import open_store
        from jupyter_mlops.upkeep.backups import restore
        compare = rewrites._compare
        rewrites._compare = lambda session: (print("copied", flush=True), time.sleep(0.5), compare(session))
        rewrites.compact(open_store().files) if sys.argv[1] == "compact" else restore(open_store())
        print("done", flush=True)
    """
    first = child(script, "compact")
    assert first.stdout.readline() == "copied\n"
    others = [child(script, "restore"), child(script, "compact")]
    assert [process.stdout.read().splitlines()[-1] for process in (first, *others)] == ["done"] * 3
    (aside,) = [name for name in os.listdir() if ".before-restore-" in name]
    assert not [name for name in os.listdir() if ".fresh" in name]
    assert sql("SELECT count(*) FROM runs") == [(4,)]  # the run of this process, which lives, came in again
    assert os.path.getsize(aside) > 0


def test_the_file_behind_a_link_is_the_one_that_is_rewritten(filled, tmp_path):
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "elsewhere" / "link.duckdb").symlink_to(filled.path)
    compact(open_store(str(tmp_path / "elsewhere" / "link.duckdb")).files)
    assert (tmp_path / "elsewhere" / "link.duckdb").is_symlink()
    assert os.listdir(tmp_path / "elsewhere") == ["link.duckdb"]
