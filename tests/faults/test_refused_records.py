"""Records that are whole, yet hold what no column can: they go to ``rejected`` and keep no other from being read."""

import os
import pathlib
import random
import struct
import zlib

import msgspec
import pytest

import jupyter_mlops as mlflow
from jupyter_mlops import MlflowClient
from jupyter_mlops.errors import InvalidParameter
from jupyter_mlops.storage.duckdb import folded_pairs, intakes
from jupyter_mlops.storage.journal.operations import encode
from jupyter_mlops.storage.journal.protocol import frame
from jupyter_mlops.storage.opened import open_store

pytestmark = pytest.mark.faults

TIME = 1_700_000_000_000


def append(payload):
    """As another implementation of the journal might, or a bug of a later version."""
    os.write(open_store().files.writer().begin().fd, frame(payload))


def refused(run):
    return {
        "step": (4, TIME, run, "loss", 1.0, None, 2**63),
        "timestamp": (4, TIME, run, "loss", 1.0, 2**64 - 1, 1),
        "value": (4, TIME, run, "loss", "high", None, 1),
        "time": (5, 2**63, run, "p", "1"),
        "run id": (6, TIME, [run], "t", "1"),
        "too short": (4, TIME, run, "loss"),
        "batch": (7, TIME, run, [("loss", 1.0, None, 1), ("loss", 1.0)], [], []),
        "param in a batch": (7, TIME, run, [("loss", 1.0, TIME, 1)], [("p",)], []),
        "start": (1, TIME, "f" * 32, "0", "name", "ann", 2**63, "uri", [], True),
    }


@pytest.mark.parametrize("what", sorted(refused("")))
def test_a_record_that_no_column_can_hold_is_set_apart_alone(sql, caplog, what):
    with mlflow.start_run() as run:
        mlflow.log_metric("loss", 0.0, step=0)
        record = refused(run.info.run_id)[what]
        append(encode(record))
        mlflow.log_metric("loss", 1.0, step=1)
    assert sql("SELECT step, count(*) FROM metrics GROUP BY ALL ORDER BY ALL") == [(0, 1), (1, 1)]
    assert sql("SELECT run_name, status FROM runs") == [(run.info.run_name, "FINISHED")]
    (row,) = sql("SELECT run_id, kind, reason, octet_length(record) FROM rejected")
    assert row[1] == record[0]
    assert "cannot be kept" in row[2]
    assert row[3] == len(encode(record))
    assert caplog.text.count("kept in the table 'rejected'") == 1
    assert sql("SELECT count(*) FROM params UNION ALL SELECT count(*) FROM conflicts") == [(0,), (0,)]


@pytest.mark.parametrize("payload", [b"\x93\x04\x01\xa2\xff\xff", b"\xc0", b"\x90", b"\x04", b"\x93\xc3\x01\xa1a", b"\x81\xa1a\x01"])  # fmt: skip
def test_a_whole_frame_that_is_no_record_is_set_apart(sql, payload):
    with mlflow.start_run():
        mlflow.log_metric("loss", 0.0, step=0)
        append(payload)
        mlflow.log_metric("loss", 1.0, step=1)
    assert sql("SELECT step FROM metrics ORDER BY step") == [(0,), (1,)]
    assert sql("SELECT octet_length(record) FROM rejected") == [(len(payload),)]


def test_several_of_them_in_a_large_backlog(sql):
    chance = random.Random(7)
    bad = sorted(chance.sample(range(30_000), 6))
    with mlflow.start_run() as run:
        for step in range(30_000):
            if step in bad:
                append(encode((4, TIME, run.info.run_id, "loss", 1.0, None, 2**63 + step)))
            mlflow.log_metric("loss", 1.0, step=step)
    assert sql("SELECT count(*), count(DISTINCT step), max(step) FROM metrics") == [(30_000, 30_000, 29_999)]
    assert sql("SELECT count(*) FROM rejected") == [(6,)]
    assert sql("SELECT count FROM latest_metrics") == [(30_000,)]
    assert sql("SELECT status FROM runs") == [("FINISHED",)]


@pytest.mark.parametrize("places", [(0,), (299,), (150,), (7, 8), (0, 100, 299)])
def test_the_last_defence_finds_records_that_look_right(sql, monkeypatch, places):
    """As if the look at each record had a gap: halving finds what the database refuses."""
    monkeypatch.setattr(intakes, "check", lambda record: None)
    with mlflow.start_run() as run:
        for step in range(300):
            if step in places:
                append(encode((4, TIME, run.info.run_id, "loss", 1.0, None, 2**63 + step)))
            mlflow.log_metric("loss", 1.0, step=step)
    assert sql("SELECT count(*), count(DISTINCT step), max(step) FROM metrics") == [(300, 300, 299)]
    assert sql("SELECT count(*) FROM rejected") == [(len(places),)]
    assert sql("SELECT status FROM runs") == [("FINISHED",)]


def test_a_fault_of_the_fold_itself_costs_no_record(sql, monkeypatch):
    def fail(*_):
        raise KeyError("a fault of ours")

    with mlflow.start_run():
        mlflow.log_metrics({"loss": 1.0, "acc": 0.5})
        with monkeypatch.context() as broken:
            broken.setattr(folded_pairs, "take_in", fail)
            with pytest.raises(KeyError, match="ours"):
                open_store().last_change()
    assert sql("SELECT count(*) FROM metrics UNION ALL SELECT count(*) FROM rejected") == [(2,), (0,)]


def test_every_kind_of_garbage_in_a_whole_frame(sql):
    """Random msgpack of the right outer shape: whatever it is, what stands before and behind it is read."""
    chance = random.Random(11)
    things = [None, True, -1, 2**63, 2**64 - 1, 0.5, float("nan"), "", "a" * 32, "\0", b"\xff", [], {}, [["a", 1]], [[]]]
    with mlflow.start_run() as run:
        things.append(run.info.run_id)
        for step in range(200):
            mlflow.log_metric("loss", 1.0, step=step)
            shape = [chance.randint(1, 7), *(chance.choice(things) for _ in range(chance.randint(0, 9)))]
            append(msgspec.msgpack.encode(shape))
    found = {step for (step,) in sql("SELECT step FROM metrics WHERE key = 'loss'")}
    assert found >= set(range(200))


@pytest.mark.parametrize("text", ["a\0b", "\0", "\u202eabc", "🎉" * 1000, "\r\n", "'; DROP TABLE runs; --", "\x7f\x1b[31m"])
def test_strange_text_comes_back_as_it_was(text):
    with mlflow.start_run() as run:
        mlflow.set_tag("t", text)
        mlflow.log_param("p", text)
    found = MlflowClient().get_run(run.info.run_id).data
    assert (found.tags["t"], found.params["p"]) == (text, text)


def test_text_that_is_no_unicode_is_kept_as_it_would_be_printed():
    with mlflow.start_run(run_name="caf\udce9") as run:
        mlflow.set_tag("t", "caf\udce9")
        mlflow.log_param("p", "\ud800")
    found = MlflowClient().get_run(run.info.run_id)
    assert (found.info.run_name, found.data.tags["t"], found.data.params["p"]) == (r"caf\udce9", r"caf\udce9", r"\ud800")


@pytest.mark.parametrize("log", [
    lambda: mlflow.log_metric("m", 1.0, step=2**63), lambda: mlflow.log_metric("m", 1.0, step=-(2**64)),
    lambda: mlflow.log_metric("m", 1.0, timestamp=2**63), lambda: mlflow.log_metrics({"a": 1.0}, step=2**70),
])  # fmt: skip
def test_what_cannot_be_kept_is_said_by_the_call(sql, log):
    with mlflow.start_run():
        with pytest.raises(InvalidParameter):
            log()
        mlflow.log_metric("after", 1.0)
    assert sql("SELECT key FROM metrics") == [("after",)]
    assert sql("SELECT count(*) FROM params UNION ALL SELECT count(*) FROM rejected") == [(0,), (0,)]


def test_a_length_that_lies_costs_its_record_alone(sql):
    with mlflow.start_run() as run:
        mlflow.log_metric("loss", 0.0, step=0)
        payload = encode((4, TIME, run.info.run_id, "loss", 1.0, None, 1))
        for length in (0, 1, len(payload) + 1, 2**31, 2**32 - 1):
            os.write(open_store().files.writer().begin().fd, struct.pack("<II", length, zlib.crc32(payload)) + payload)
            mlflow.log_metric("loss", 0.0, step=2 + length)
    assert sql("SELECT count(*) FROM metrics") == [(6,)]
    assert sql("SELECT count(*) FROM rejected") == [(5,)]


def test_a_process_killed_while_its_segment_had_no_name_yet_leaves_nothing_that_stays(python, sql):
    script = """
        import os, signal, jupyter_mlops as mlflow
        os.rename = lambda *_: os.kill(os.getpid(), signal.SIGKILL)
        mlflow.start_run()
    """
    python(script, check=False)
    (left,) = pathlib.Path("mlops.duckdb.journal").glob("*.seg.new")
    with mlflow.start_run():
        pass
    assert sql("SELECT count(*) FROM runs") == [(1,)]
    assert left.exists()  # it might be being written at this very moment
    os.utime(left, (1, 1))
    assert sql("SELECT count(*) FROM runs") == [(1,)]
    assert not left.exists()
