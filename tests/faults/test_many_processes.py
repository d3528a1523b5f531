"""Several processes on one store, forked ones included."""

import os
import time

import pytest

import jupyter_mlops as mlflow
from jupyter_mlops import MlflowClient

pytestmark = pytest.mark.faults

LOGGER = """
import sys
import jupyter_mlops as mlflow
sys.stdin.readline()
with mlflow.start_run() as run:
    for step in range(int(sys.argv[1])):
        mlflow.log_metric("loss", float(step), step=step)
"""


def test_eight_processes_and_a_reader(child, sql, capsys):
    each, reads = 2000, 0
    loggers = [child(LOGGER, each) for _ in range(8)]
    for logger in loggers:
        logger.stdin.write("go\n")
        logger.stdin.flush()
    seen, begin = 0, time.monotonic()
    while any(logger.poll() is None for logger in loggers):
        counts = [
            len(MlflowClient().get_metric_history(run.info.run_id, "loss"))
            for run in mlflow.search_runs(output_format="list")
        ]
        assert sum(counts) >= seen
        seen, reads = sum(counts), reads + 1
    assert [logger.wait() for logger in loggers] == [0] * 8
    rows = sql(
        "SELECT run_id, count(*), count(DISTINCT step), any_value(status) FROM metrics JOIN runs USING (rid) GROUP BY run_id"
    )
    assert len(rows) == 8
    assert {row[1:] for row in rows} == {(each, each, "FINISHED")}
    seconds = time.monotonic() - begin
    with capsys.disabled():
        print(
            f"\n[faults] 8 processes x {each} points beside {reads} reads: every point once, "
            f"{seconds:.2f} s from the start of the processes' work until all had ended and were read"
        )


def test_forked_child_logs_beside_its_parent(python, sql):
    run_id = python("""
        import os, sys
        import jupyter_mlops as mlflow
        run = mlflow.start_run()
        mlflow.log_metric("parent", 1.0, step=0)
        pid = os.fork()
        who = "child" if pid == 0 else "parent"
        for step in range(1, 500):
            mlflow.log_metric(who, float(step), step=step)
        if pid == 0:
            sys.exit(0)  # with all its exit handlers
        _, status = os.waitpid(pid, 0)
        assert status == 0, status
        assert mlflow.get_run(run.info.run_id).info.status == "RUNNING"
        mlflow.log_metric("parent", 500.0, step=500)
        assert mlflow.active_run().info.run_id == run.info.run_id
        mlflow.end_run()
        print(run.info.run_id)
    """).strip()
    assert sql("SELECT key, count(*), count(DISTINCT step) FROM metrics GROUP BY key ORDER BY key") == [
        ("child", 499, 499), ("parent", 501, 501),
    ]  # fmt: skip
    assert mlflow.get_run(run_id).info.status == "FINISHED"


def test_workers_of_multiprocessing_log_and_read_inside_their_parents_run(python, sql):
    run_id = python("""
        import multiprocessing
        import jupyter_mlops as mlflow
        def work(number):
            mlflow.log_metric(f"m{number}", float(number))
            return mlflow.get_run(mlflow.active_run().info.run_id).data.metrics[f"m{number}"]
        with mlflow.start_run() as run:
            mlflow.search_runs()
            with multiprocessing.get_context("fork").Pool(3) as pool:
                assert pool.map(work, range(12), chunksize=1) == [float(n) for n in range(12)]
            info = mlflow.get_run(run.info.run_id).info
            assert (info.status, info.end_time) == ("RUNNING", None), info
            print(run.info.run_id)
    """).strip()
    assert sql("SELECT count(*), count(DISTINCT key) FROM metrics") == [(12, 12)]
    assert mlflow.get_run(run_id).info.status == "FINISHED"


def test_fork_while_another_thread_logs_params_leaves_no_lock_behind(python, sql):
    python("""
        import os, threading
        import jupyter_mlops as mlflow
        with mlflow.start_run() as run:
            client, stop = mlflow.MlflowClient(), threading.Event()
            def log():
                number = 0
                while not stop.is_set():
                    client.log_batch(run.info.run_id, params=[mlflow.entities.Param(f"p{number}", "x" * 5000)])
                    number += 1
            thread = threading.Thread(target=log)
            thread.start()
            for number in range(30):
                pid = os.fork()
                if pid == 0:
                    import signal
                    signal.alarm(5)
                    mlflow.log_param(f"child{number}", 1)
                    os._exit(0)
                assert os.waitpid(pid, 0)[1] == 0, number
            stop.set()
            thread.join()
    """)
    assert sql("SELECT count(*) FROM params WHERE key LIKE 'child%'") == [(30,)]


@pytest.mark.parametrize("points", [20_000, 150_000])
def test_a_process_that_ends_in_the_middle_of_its_background_fold_finishes_it_without_a_word(python, store, points):
    import duckdb

    done = python(
        """
        import sys
        import jupyter_mlops as mlflow
        from jupyter_mlops.storage.journal import writers
        writers._SYNC_EVERY_S, writers._BACKLOG = 0.01, 100_000
        with mlflow.start_run():
            for step in range(int(sys.argv[1])):
                mlflow.log_metric("loss", 0.5, step=step)
        """,
        points,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")
    with duckdb.connect(str(store / "mlops.duckdb"), read_only=True) as plain:  # a reader that folds nothing
        assert plain.execute("SELECT count(*), count(DISTINCT step) FROM metrics").fetchall() == [(points, points)]
        assert plain.execute("SELECT status FROM runs").fetchall() == [("FINISHED",)]


def test_forked_child_that_leaves_the_with_block_does_not_end_the_run(python):
    python("""
        import os, sys
        import jupyter_mlops as mlflow
        with mlflow.start_run() as run:
            pid = os.fork()
            if pid == 0:
                mlflow.log_metric("child", 1.0)
                sys.exit(0)
            os.waitpid(pid, 0)
            info = mlflow.get_run(run.info.run_id).info
            assert (info.status, info.end_time) == ("RUNNING", None), info
        assert mlflow.get_run(run.info.run_id).info.status == "FINISHED"
    """)


def test_fork_after_reading_leaves_both_processes_able_to_read(python):
    python("""
        import os, sys
        import jupyter_mlops as mlflow
        with mlflow.start_run() as run:
            mlflow.log_metric("loss", 1.0)
        assert len(mlflow.search_runs()) == 1
        pid = os.fork()
        if pid == 0:
            with mlflow.start_run():
                mlflow.log_metric("loss", 2.0)
            assert len(mlflow.search_runs()) == 2
            sys.exit(0)
        _, status = os.waitpid(pid, 0)
        assert status == 0, status
        assert len(mlflow.search_runs()) == 2
    """)


def test_children_forked_while_another_thread_reads_can_read(python):
    python("""
        import os, signal, threading
        import jupyter_mlops as mlflow
        with mlflow.start_run() as run:
            mlflow.log_metric("loss", 1.0)
        client = mlflow.MlflowClient()
        stop, begun = threading.Event(), threading.Event()
        def read():
            while not stop.is_set():
                client.get_run(run.info.run_id)
                begun.set()
        thread = threading.Thread(target=read)
        thread.start()
        begun.wait()
        for number in range(20):
            pid = os.fork()
            if pid == 0:
                signal.alarm(5)
                assert client.get_run(run.info.run_id).data.metrics == {"loss": 1.0}
                os._exit(0)
            assert os.waitpid(pid, 0)[1] == 0, number
        stop.set()
        thread.join()
    """)


def test_fork_while_another_thread_holds_the_lease_does_not_take_it_along(child):
    process = child("""
        import os, sys, threading, time
        import jupyter_mlops as mlflow
        from jupyter_mlops.storage.opened import open_store
        with mlflow.start_run():
            mlflow.log_metric("loss", 1.0)
        inside, forked = threading.Event(), threading.Event()
        def hold():
            with open_store().files.session("hold"):
                inside.set()
                forked.wait()
        thread = threading.Thread(target=hold)
        thread.start()
        inside.wait()
        pid = os.fork()
        if pid == 0:
            time.sleep(30)
            os._exit(0)
        forked.set()
        thread.join()
        print(pid, flush=True)
        sys.stdin.readline()
    """)
    pid = int(process.stdout.readline())
    try:
        from jupyter_mlops.storage.opened import open_store

        with open_store().files.session("read", wait_s=10.0) as session:  # the child lives for longer than that
            assert session.row("SELECT count(*) FROM store.metrics") == (1,)
    finally:
        os.kill(pid, 9)


def test_a_child_forked_in_the_middle_of_a_long_read_logs_and_says_why_it_cannot_read(python, sql):
    out = python("""
        import os, threading
        import jupyter_mlops as mlflow
        from jupyter_mlops.errors import StoreError
        from jupyter_mlops.storage.opened import open_store
        run = mlflow.start_run()
        mlflow.search_runs()
        inside, forked = threading.Event(), threading.Event()
        def hold():
            with open_store().files.session("hold"):
                inside.set()
                forked.wait()
        thread = threading.Thread(target=hold)
        thread.start()
        inside.wait()
        reading, writing = os.pipe()
        pid = os.fork()
        if pid == 0:
            open_store().files.wait_s = 5
            mlflow.log_metric("child", 1.0)
            os.read(reading, 1)
            try:
                mlflow.search_runs()
            except StoreError as error:
                print(type(error).__name__, error.message, flush=True)
            mlflow.log_metric("child", 2.0, step=1)
            os._exit(0)
        forked.set()
        thread.join()
        os.write(writing, b"x")
        assert os.waitpid(pid, 0)[1] == 0
        mlflow.end_run()
    """)
    assert out.startswith("StoreError ")
    assert "forked" in out and "It can log" in out
    assert sql("SELECT count(*) FROM metrics") == [(2,)]


@pytest.mark.parametrize("backend", ["loky", "multiprocessing", "threading"])
def test_workers_of_joblib_log_while_their_parent_folds(python, sql, tmp_path, backend):
    (tmp_path / "jobs.py").write_text(
        "import jupyter_mlops as mlflow\n"
        "def work(run_id, number):\n"
        "    client = mlflow.MlflowClient()\n"
        "    for step in range(200):\n"
        "        client.log_metric(run_id, f'm{number}', float(step), step=step)\n"
        "    assert client.get_run(run_id).data.metrics[f'm{number}'] == 199.0\n"
        "    return number\n"
    )
    python(
        f"""
        import sys, threading
        sys.path.insert(0, "{tmp_path}")
        import joblib, jobs
        import jupyter_mlops as mlflow
        with mlflow.start_run() as run:
            stop = threading.Event()
            def fold():
                while not stop.wait(0.01):
                    mlflow.search_runs()
            folding = threading.Thread(target=fold)
            folding.start()
            with joblib.parallel_backend(sys.argv[1], n_jobs=2):
                done = joblib.Parallel()(joblib.delayed(jobs.work)(run.info.run_id, n) for n in range(6))
            stop.set()
            folding.join()
            assert done == list(range(6)), done
    """,
        backend,
    )
    assert sql("SELECT count(*), count(DISTINCT (key, step)) FROM metrics") == [(1200, 1200)]
    assert sql("SELECT status FROM runs") == [("FINISHED",)]


@pytest.mark.parametrize("method", ["fork", "spawn", "forkserver"])
def test_processes_of_each_start_method_log_while_their_parent_folds(python, sql, tmp_path, method):
    script = tmp_path / "started.py"
    script.write_text("""
import multiprocessing, sys
import jupyter_mlops as mlflow

def work(run_id, number):
    client = mlflow.MlflowClient()
    for step in range(300):
        client.log_metric(run_id, f"m{number}", float(step), step=step)

if __name__ == "__main__":
    with mlflow.start_run() as run:
        mlflow.search_runs()
        context = multiprocessing.get_context(sys.argv[1])
        started = [context.Process(target=work, args=(run.info.run_id, n)) for n in range(3)]
        for process in started:
            process.start()
        while any(process.is_alive() for process in started):
            mlflow.search_runs()
        assert [process.exitcode for process in started] == [0, 0, 0]
        assert mlflow.get_run(run.info.run_id).info.status == "RUNNING"
""")
    python("import runpy, sys; sys.argv = sys.argv[1:]; runpy.run_path(sys.argv[0], run_name='__main__')", script, method)
    assert sql("SELECT count(*), count(DISTINCT (key, step)) FROM metrics") == [(900, 900)]
    assert sql("SELECT status FROM runs") == [("FINISHED",)]


def test_two_processes_resume_one_run_at_once(child, sql):
    with mlflow.start_run() as run:
        pass
    resume = """
        import sys, jupyter_mlops as mlflow
        sys.stdin.readline()
        with mlflow.start_run(run_id=sys.argv[1]):
            for step in range(500):
                mlflow.log_metric(sys.argv[2], float(step), step=step)
            mlflow.log_param("who", sys.argv[2]) if sys.argv[2] == "a" else None
            print("logged", flush=True)
            sys.stdin.readline()
    """
    both = [child(resume, run.info.run_id, name) for name in "ab"]
    for process in both:
        process.stdin.write("\n")
        process.stdin.flush()
    assert [process.stdout.readline() for process in both] == ["logged\n"] * 2
    assert mlflow.get_run(run.info.run_id).info.status == "RUNNING"
    both[0].kill()
    both[0].wait()
    assert mlflow.get_run(run.info.run_id).info.status == "RUNNING"  # the other one holds it still
    both[1].stdin.write("\n")
    both[1].stdin.flush()
    assert both[1].wait() == 0
    assert mlflow.get_run(run.info.run_id).info.status == "FINISHED"
    assert sql("SELECT count(*), count(DISTINCT (key, step)) FROM metrics") == [(1000, 1000)]
    assert sql("SELECT count(*) FROM run_owners") == [(0,)]
