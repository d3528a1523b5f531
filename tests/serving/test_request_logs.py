"""Requests to a served model are logged beside it, as Parquet files that a plain DuckDB reads, in bounds and whatever happens."""

import concurrent.futures
import itertools
import json
import logging
import os
import pathlib
import re
import shutil
import signal
import threading
import time

import duckdb
import httpx
import numpy as np
import pandas as pd
import pytest
from sklearn.compose import ColumnTransformer
from sklearn.linear_model import LinearRegression
from sklearn.pipeline import make_pipeline

import jupyter_mlops as mlflow
from jupyter_mlops.errors import InvalidParameter, NotFound
from jupyter_mlops.serving import keep_training_data, monitor, request_logs, serve
from jupyter_mlops.serving.request_logs import RequestLog
from jupyter_mlops.serving.served_models import Seen, ServedModel
from jupyter_mlops.storage.artifact_stores.base import UNFINISHED
from jupyter_mlops.storage.artifact_stores.places import artifact_store
from jupyter_mlops.tracking.settings import current_store
from jupyter_mlops.views.requests import answer
from tests.serving.test_command import command

TRAIN = pd.DataFrame({"age": np.random.default_rng(0).normal(40, 10, 500), "name": ["Ann", "Bob"] * 250})


@pytest.fixture
def ages():
    """A registered model with 500 rows of training data as its example, which fails for nobody and tells its process to one; its URI."""

    class Ages(mlflow.pyfunc.PythonModel):
        def predict(self, context, model_input, params=None):
            import os
            import time

            if (model_input["age"] < 0).any():
                raise ValueError("nobody")
            if (model_input["name"] == "process").all():
                time.sleep(0.05)
                return model_input["age"].to_numpy() * 0 + os.getpid()
            return model_input["age"].to_numpy() * 2

    with mlflow.start_run():
        mlflow.pyfunc.log_model("model", python_model=Ages(), input_example=TRAIN, pip_requirements=[], registered_model_name="ages")
    return "models:/ages/1"


def folder_of(uri):
    """Where the log of a version lies."""
    place = pathlib.Path(mlflow.MlflowClient().get_model_version_download_uri(*uri.removeprefix("models:/").split("/")).removeprefix("file://"))
    return place.with_name(f"{place.name}.monitoring") / "-v".join(uri.removeprefix("models:/").split("/"))


def rows(uri):
    """What a plain DuckDB reads."""
    with duckdb.connect() as engine:
        return engine.execute(f"FROM read_parquet('{folder_of(uri)}/*.parquet', union_by_name = true) ORDER BY _time, _row").df()


def ask(url, frame, **keywords):
    return httpx.post(f"{url}/invocations", json={"dataframe_split": frame.to_dict(orient="split", index=False)}, timeout=30, **keywords)


def until(condition, seconds=20):
    for _ in range(seconds * 20):
        if condition():
            return
        time.sleep(0.05)
    raise AssertionError("It did not come to that.")


def test_requests_are_kept_without_what_is_nobodys_business(ages, here):
    options = ["-m", ages, "-p", 0, "--log-without", "name", "--log", "--token-env", "OF_MINE"]
    mine = {"Authorization": "Bearer secret"}
    with command(*options, OF_MINE="secret") as (process, url):
        until(lambda: process.poll() is None and _answers(url))
        assert ask(url, TRAIN[:300].assign(unasked="secret", age=TRAIN.age + 30), headers=mine).status_code == 200
        assert ask(url, TRAIN[:2].assign(age=-1.0), headers=mine).status_code == 400
        assert httpx.post(f"{url}/invocations", content=b"{", headers={**mine, "Content-Type": "application/json"}).status_code == 400
        assert ask(url, TRAIN[:1]).status_code == 401
    kept = rows(ages)
    assert list(kept) == ["_time", "_latency_ms", "_status", "_version", "_rate", "_row", "age", "_prediction"]
    answered = kept[kept["_status"] == 200]
    assert (answered.age - TRAIN.age[:300].to_numpy() - 30).abs().max() < 1e-9
    assert (answered["_prediction"] - 2 * answered.age).abs().max() < 1e-9
    assert kept["_status"].value_counts().to_dict() == {200: 300, 400: 2}
    assert set(kept["_version"]) == {ages}
    assert "secret" not in kept.to_csv()

    found = monitor(ages)
    assert (found.report["requests"], found.report["errors"], found.report["statuses"]) == (3, 2, {"200": 1, "400": 2})
    assert found.report["latency"]["p50"] <= found.report["latency"]["p99"] == answered["_latency_ms"].max()
    assert found.report["reference"] == {"kind": "example", "rows": 500, "compared": 300, "absent": ["name"], "lacks": []}
    assert found.drifts.band.to_dict() == {"age": "large"}
    shown = found._repr_mimebundle_()
    assert "300 rows compared with 500 of the model's input example" in shown["text/plain"]
    assert shown["text/html"].count("<img alt=") == 2
    assert json.loads(here("models", "monitor", "-m", ages, "--json").stdout)["statuses"] == {"200": 1, "400": 2}
    assert "PSI" in here("models", "monitor", "-m", ages).stdout

    seen = answer(current_store(), "monitoring", {"name": "ages", "version": "1"})
    assert sum(span["requests"] for span in seen["report"]["spans"]) == 3
    assert list(seen["figures"]) == ["volume", "latency"]
    assert monitor(ages, training=TRAIN.assign(age=TRAIN.age + 30)).drifts.band["age"] == "stable"


def _answers(url):
    try:
        return httpx.get(f"{url}/ping").status_code == 200
    except httpx.HTTPError:
        return False


def test_processes_write_files_of_their_own(ages):
    frame = TRAIN[:1].assign(name="process")
    seen = []
    with serve(ages, workers=2, log=True) as server, concurrent.futures.ThreadPoolExecutor(8) as pool:
        until(lambda: "Requests are logged in " in server.log)
        while len(set(seen)) < 2 and len(seen) < 400:
            seen += pool.map(lambda _: ask(server.url, frame).json()["predictions"][0], range(8))
    assert sorted(rows(ages)["_prediction"]) == sorted(seen)
    assert len(set(seen)) == len(list(folder_of(ages).iterdir())) == 2


def test_nothing_is_logged_unasked_and_what_cannot_be_is_refused(ages, here):
    with serve(ages) as server:
        assert ask(server.url, TRAIN[:1]).status_code == 200
    with pytest.raises(NotFound, match="models serve -m models:/ages/1 --log"):
        monitor(ages)
    assert answer(current_store(), "monitoring", {"name": "ages", "version": "1"}) == {"report": None, "figures": {}}
    for wrong in ({"log": 2.0}, {"log": float("nan")}, {"log": "yes"}, {"log_without": ["age"]}, {"log": True, "log_without": "age"}):
        with pytest.raises(InvalidParameter, match="log"):
            serve(ages, **wrong)
    with pytest.raises(mlflow.MlflowException, match="without nmae, which the model does not take; it takes age, name"):
        serve(ages, log=True, log_without=["nmae"])
    assert "--log" in here("models", "serve", "-m", ages, "--log", "7", code=2).stderr
    assert "--log" in here("models", "serve", "-m", ages, "--log-without", "age", code=2).stderr


def keep(log, values, name="m", status=200, size=0):
    """Requests of one row as a server adds them."""
    for value in values:
        seen = Seen(name)
        seen.size = size
        seen.data = [{"n": value}]
        seen.predictions = [value]
        log.add(seen, status, 0.001)


def test_the_oldest_go_and_what_others_keep_there_stays(tmp_path, monkeypatch):
    monkeypatch.setattr(request_logs, "_PART_ROWS", 10)
    monkeypatch.setattr(request_logs, "_MOST_PARTS", 3)
    folder = tmp_path / "m.monitoring" / "model"
    folder.mkdir(parents=True)
    (folder / "mine.parquet").write_text("mine")
    for name, hours in (("of a process that was killed", 2), ("of one that writes", 0)):
        left = folder / f"{UNFINISHED}{name}"
        left.touch()
        os.utime(left, (time.time() - 3600 * hours,) * 2)
    model = str(tmp_path / "m")
    log = RequestLog(1, (), model, None)
    keep(log, range(95), model)
    log.end()
    parts = sorted(set(os.listdir(folder)) - {"mine.parquet", f"{UNFINISHED}of one that writes"})
    assert len(parts) == 3
    found = duckdb.sql(f"SELECT n FROM read_parquet({[str(folder / part) for part in parts]}) ORDER BY n").fetchall()
    assert [row[0] for row in found] == list(range(70, 95))
    assert (folder / "mine.parquet").read_text() == "mine"


def test_large_requests_fill_no_memory(tmp_path, monkeypatch, caplog, ages):
    body, seen = TRAIN[:2].to_csv(index=False).encode(), Seen(ages)
    answered = ServedModel(ages).score("text/csv", body, seen)
    assert seen.size == len(body) + len(answered)

    monkeypatch.setattr(request_logs, "_PART_BYTES", 1000)
    monkeypatch.setattr(request_logs, "_MOST_WAITING_BYTES", 2000)
    model = str(tmp_path / "m")
    log = RequestLog(1, (), model, None)
    for number in range(4):
        keep(log, [number], model, size=600)
    log.end()
    assert [duckdb.sql(f"FROM '{part}'").fetchall()[0][-2:] for part in sorted((tmp_path / "m.monitoring" / "model").iterdir())] == [(0, 0), (2, 2)]
    keep(log, range(10), model, size=600)  # nobody takes them any more
    assert len(log._waiting) == 4
    assert "some are left out" in caplog.text


def test_a_log_elsewhere_is_read_from_there(tmp_path):
    model = f"memory://{tmp_path.name}/m"
    for values in (range(3), range(3, 6)):
        log = RequestLog(1, (), model, None)
        keep(log, values, model)
        log.end()
    assert monitor(model).report["requests"] == 6
    assert len(artifact_store(f"{model}.monitoring/model").list("")) == 2
    assert [one.path for one in artifact_store(f"{model}.monitoring").list("")] == ["model"]  # no records of digests, one for each writing


def test_a_share_of_requests_tells_how_many_there_were(tmp_path):
    model = str(tmp_path / "m")
    log = RequestLog(0.25, (), model, None)
    asked = [number for number in range(2000) if log.wants_one()]
    assert 400 < len(asked) < 600
    keep(log, asked, model)
    log.end()
    report = monitor(model).report
    assert (report["kept"], report["requests"], report["rows"]) == (len(asked), 4 * len(asked), len(asked))
    assert report["reference"]["kind"] == "first day"
    assert report["drifts"] == []


def test_a_place_that_takes_nothing_is_said_once_and_fails_nothing(tmp_path, monkeypatch, caplog):
    monkeypatch.setattr(request_logs, "_EVERY_S", 0.01)
    (tmp_path / "m.monitoring").write_text("no folder")
    model = str(tmp_path / "m")
    with caplog.at_level(logging.WARNING):
        log = RequestLog(1, (), model, None)
        for number in range(20):
            keep(log, [number], model)
            time.sleep(0.01)
        assert len(re.findall("cannot be logged", caplog.text)) == 1
        (tmp_path / "m.monitoring").unlink()  # and goes on where it can
        keep(log, [20], model)
        until(lambda: list(tmp_path.glob("m.monitoring/model/*.parquet")))
        until(lambda: len(duckdb.sql(f"FROM '{tmp_path}/m.monitoring/model/*.parquet'").fetchall()) == 21)
        (tmp_path / "m.monitoring").rename(tmp_path / "away")
        (tmp_path / "m.monitoring").write_text("no folder")
        keep(log, [21], model)
        until(lambda: len(re.findall("cannot be logged", caplog.text)) == 2)  # the next trouble is another
        log.end()


_LOGS = """
import itertools, sys, time
from jupyter_mlops.serving import request_logs
from tests.serving.test_request_logs import keep
request_logs._EVERY_S = 0.05
log = request_logs.RequestLog(1, (), sys.argv[1], None)
for number in itertools.count():
    keep(log, [number], sys.argv[1])
    time.sleep(0.001)
    if number % 100 == 0:
        print(number, flush=True)
"""


def test_what_is_written_survives_a_process_that_is_killed(tmp_path, child):
    process = child(_LOGS, tmp_path / "m")
    folder = tmp_path / "m.monitoring" / "model"
    for _ in range(10):
        process.stdout.readline()
    os.kill(process.pid, signal.SIGKILL)
    process.wait()
    found = duckdb.sql(f"SELECT n FROM '{folder}/*.parquet' ORDER BY _time").fetchall()
    assert [row[0] for row in found] == list(range(len(found)))
    assert len(found) > 300
    assert monitor(tmp_path / "m").report["requests"] == len(found)


def test_later_days_are_compared_with_the_first(tmp_path):
    folder = tmp_path / "m.monitoring" / "model"
    folder.mkdir(parents=True)
    own = "200 AS _status, 'm' AS _version, 1.0 AS _rate, 0 AS _row, 1.0 + i % 10 AS _latency_ms"
    time_of = "TIMESTAMP '2026-01-01' + to_minutes(i * 5) AS _time"
    duckdb.sql(
        f"COPY (SELECT {time_of}, {own}, CASE WHEN i < 288 THEN i % 100 ELSE i % 100 + 80 END AS n, 1 AS _prediction FROM range(1000) t(i)) "
        f"TO '{folder}/20260101T000000-1-0.parquet'"
    )
    found = monitor(tmp_path / "m", days=30)
    assert found.report["reference"] == {"kind": "first day", "rows": 288, "compared": 712, "absent": [], "lacks": []}
    assert found.drifts.band.to_dict() == {"n": "large", "_prediction": "stable"}
    assert found.report["width"] == 3_600_000
    assert sum(span["requests"] for span in found.report["spans"]) == 1000
    assert len(monitor(tmp_path / "m", days=1).report["spans"]) <= 121
    with pytest.raises(InvalidParameter, match="days=0"):
        monitor(tmp_path / "m", days=0)
    (folder / "20260102T000000-1-0.parquet").write_text("damaged")
    with pytest.raises(mlflow.MlflowException, match="log of requests in .* cannot be read"):
        monitor(tmp_path / "m")


def test_requests_are_compared_with_the_training_data_that_are_kept_with_the_model():
    x = pd.DataFrame({"n": np.arange(20_000.0) % 100, "m": 1.0})
    with mlflow.start_run():
        info = mlflow.sklearn.log_model(LinearRegression().fit(x, x["n"]), "model", signature=mlflow.models.infer_signature(x))
    keep_training_data(info.model_uri, x.assign(mail="ann@example.org"))  # before it has a name
    uri = f"models:/kept/{mlflow.register_model(info.model_uri, 'kept').version}"
    log = RequestLog(1, (), uri, ["n", "m"])
    keep(log, range(300), uri)
    log.end()
    found = monitor(uri)
    assert found.report["reference"] == {"kind": "training", "rows": 10_000, "compared": 300, "absent": ["m"], "lacks": []}
    assert found.drifts.band.to_dict() == {"n": "large"}
    assert "300 rows compared with 10,000 that the model was trained on. Not in the log: m." in repr(found)
    assert duckdb.sql(f"FROM '{folder_of(uri)}/*.parquet'").columns[-2:] == ["n", "_prediction"]  # of requests alone
    file = folder_of(uri).with_name("training_profile.json")
    n, m = json.loads(file.read_text())["columns"]
    assert (n["name"], n["missing"], sum(n["counts"]), n["edges"][4]) == ("n", 0, 10_000, pytest.approx(50, abs=2))
    assert (m["name"], m["counts"]) == ("m", [0, 10_000, 0])
    assert "ann@" not in file.read_text()
    assert not file.parent.with_name(f"{file.parent.name}.sha256").exists()

    keep_training_data(uri, x.to_numpy()[:400])  # replaces them, and is called as the model calls it
    assert answer(current_store(), "monitoring", {"name": "kept", "version": "1"})["report"]["reference"]["rows"] == 400
    assert monitor(uri, training=x[["m"]]).report["reference"] == {"kind": "training", "rows": 10_000, "compared": 300, "absent": ["m"], "lacks": ["n"]}
    for wrong, says in ((x[:0], "no rows"), (x.rename(columns=str.upper), "none of the columns .*: n, m"), (np.zeros((2, 2, 2)), "of 3 dimensions")):
        with pytest.raises(InvalidParameter, match=says):
            keep_training_data(uri, wrong)
    with pytest.raises(NotFound, match="MLmodel"):
        keep_training_data(file.parent / "nothing", x)
    file.unlink()
    assert monitor(uri).report["reference"]["kind"] == "first day"
    file.write_text("damaged")
    with pytest.raises(mlflow.MlflowException, match=r"keep it anew by serving\.keep_training_data"):
        monitor(uri)


def test_requests_are_compared_with_what_a_model_was_logged_with():
    """By autologging, or as `training_data`; rows that only one person has are not kept."""
    x = pd.DataFrame({"n": np.arange(1000.0), "who": [f"person {row}" for row in range(1000)]})
    model = make_pipeline(ColumnTransformer([("numbers", "passthrough", ["n"])]), LinearRegression())
    mlflow.autolog()
    try:
        model.fit(x, x["n"])
    finally:
        mlflow.autolog(disable=True)
    logged = f"runs:/{mlflow.last_active_run().info.run_id}/model"
    with mlflow.start_run():
        given = mlflow.sklearn.log_model(model, "model", training_data=x.iloc[::-1]).model_uri
    for uri in (logged, given):
        assert "person" not in pathlib.Path(mlflow.artifacts.download_artifacts(f"{uri}/training_profile.json")).read_text()
        log, seen = RequestLog(1, (), uri, ["n", "who"]), Seen(uri)
        seen.data = x[500:]
        log.add(seen, 200, 0.001)
        log.end()
        found = monitor(uri)
        assert found.report["reference"] == {"kind": "training", "rows": 1000, "compared": 500, "absent": [], "lacks": []}
        assert found.drifts.band.to_dict() == {"n": "large", "who": "stable"}
    with pytest.raises(InvalidParameter, match="The training data have no rows"), mlflow.start_run():
        mlflow.sklearn.log_model(model, "model", training_data=x[:0])


def test_a_log_is_read_while_servers_write_it(tmp_path):
    """Each file is written anew as it grows, and the oldest go."""
    folder = tmp_path / "m.monitoring" / "model"
    folder.mkdir(parents=True)
    own = "TIMESTAMP '2026-01-01' AS _time, 200 AS _status, 'm' AS _version, 1.0 AS _rate, 0 AS _row, 1.0 AS _latency_ms"
    for size in (1000, 5000):
        duckdb.sql(f"COPY (SELECT {own}, i AS n, repeat('x', i % 100) AS x{size} FROM range({size}) t(i)) TO '{tmp_path}/{size}' (FORMAT parquet)")
    is_over = threading.Event()

    def write():
        for number in itertools.cycle(range(4)):
            part = folder / f"20260101T000000-1-{number % 2}.parquet"
            shutil.copy(tmp_path / ("1000" if number < 2 else "5000"), tmp_path / "fresh")
            (tmp_path / "fresh").replace(part)
            if is_over.wait(0.001):
                return
            if number == 1:
                part.unlink()

    with concurrent.futures.ThreadPoolExecutor(1) as pool:
        writing = pool.submit(write)
        until(lambda: list(folder.iterdir()))
        try:
            assert {monitor(tmp_path / "m").report["requests"] % 1000 for _ in range(20)} == {0}
        finally:
            is_over.set()
        writing.result()


def test_a_log_that_somebody_else_wrote_breaks_nothing(tmp_path):
    folder = tmp_path / "m.monitoring" / "model"
    folder.mkdir(parents=True)
    own = "TIMESTAMP '2026-01-01' AS _time, 200 AS _status, 'm' AS _version, 1.0 AS _rate, 0 AS _row, 1.0 AS _latency_ms"
    for one in (
        "SELECT [1] AS _time, {'a': 1} AS _latency_ms, 'x'::BLOB AS _status, INTERVAL 1 DAY AS _rate, [TIME '00:00'] AS _row, 1 AS _version",
        "SELECT true AS _time, uuid() AS _latency_ms, [TIMESTAMP '2026-01-01'] AS _status, DATE '2026-01-01' AS _rate, 1 AS _row, [1] AS _version",
    ):
        duckdb.sql(f"COPY ({one}) TO '{folder}/20260103T000000-1-0.parquet'")
        with pytest.raises(mlflow.MlflowException, match="other values than a log|No requests"):
            monitor(tmp_path / "m")
    for other, says in (("TIMESTAMP '290000-01-01' AS _time", "No requests"), ("TIMESTAMP '2026-01-01' AS _TIME", "no column _time")):
        duckdb.sql(f"COPY (SELECT {other}, {own.partition(', ')[2]}) TO '{folder}/20260103T000000-1-0.parquet'")
        with pytest.raises(mlflow.MlflowException, match=says):
            monitor(tmp_path / "m")
    duckdb.sql(f"COPY (SELECT {own}, repeat('x', 500_000) AS n FROM range(2500)) TO '{folder}/20260103T000000-1-0.parquet'")  # of 1.25 GB
    assert monitor(tmp_path / "m").report["requests"] == 2500


def test_a_log_follows_the_version():
    for slope in (1.0, 2.0):
        with mlflow.start_run():
            mlflow.sklearn.log_model(LinearRegression().fit([[0.0], [1.0]], [0.0, slope]), "model", registered_model_name="slopes")
    registry = mlflow.MlflowClient()
    registry.set_registered_model_alias("slopes", "champion", 1)
    with serve("models:/slopes@champion", follow=True, log=True) as server:
        server.client.predict([[1.0]])
        registry.set_registered_model_alias("slopes", "champion", 2)
        until(lambda: server.client.model()["model"] == "models:/slopes/2")
        server.client.predict([[1.0]])
    assert [rows(f"models:/slopes/{number}")["_prediction"].round(6).tolist() for number in (1, 2)] == [[1.0], [2.0]]
