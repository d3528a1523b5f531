"""Segments that were cut, flipped, overwritten, or come from elsewhere."""

import logging
import os
import pathlib
import random
import shutil
import signal

import pytest

import jupyter_mlops as mlflow
from jupyter_mlops.storage.journal.operations import encode
from jupyter_mlops.storage.journal.protocol import frame
from jupyter_mlops.storage.journal.segments import scan
from jupyter_mlops.storage.opened import open_store
from tests.faults.amounts import FULL

pytestmark = pytest.mark.faults

POINTS = 50
DIE_AFTER_LOGGING = f"""
import os, signal
import jupyter_mlops as mlflow
mlflow.start_run()
for step in range({POINTS}):
    mlflow.log_metric("loss", 0.5, step=step)
os.kill(os.getpid(), signal.SIGKILL)
"""


class DeadSegment:
    """What a killed process left behind; the offsets are those behind its records, the header's first."""

    def __init__(self, path):
        self.path = path
        self.ends = [end for _, end in scan(str(path))]

    def change(self, edit):
        data = bytearray(self.path.read_bytes())
        self.path.write_bytes(edit(data) or data)


@pytest.fixture
def dead(child):
    assert child(DIE_AFTER_LOGGING).wait() == -signal.SIGKILL
    (path,) = pathlib.Path("mlops.duckdb.journal").glob("*.seg")
    segment = DeadSegment(path)
    assert len(segment.ends) == POINTS + 2  # header, start, points
    return segment


def steps(sql):
    return [step for (step,) in sql("SELECT step FROM metrics ORDER BY step")]


def rejected(sql):
    return sql("SELECT reason, octet_length(record) FROM rejected")


@pytest.mark.parametrize("cut", [1, 7, 8, 9, 30])
def test_cut_in_the_middle_of_the_last_record(dead, sql, caplog, cut):
    begin = dead.ends[-2]
    assert cut < dead.ends[-1] - begin
    dead.change(lambda data: data[: begin + cut])
    assert steps(sql) == list(range(POINTS - 1))
    assert rejected(sql) == [("torn tail of a dead writer", cut)]
    assert "no whole record" in caplog.text
    assert not dead.path.exists()


def test_cut_between_two_records_is_no_damage(dead, sql, caplog):
    dead.change(lambda data: data[: dead.ends[-2]])
    assert steps(sql) == list(range(POINTS - 1))
    assert rejected(sql) == []
    assert "no whole record" not in caplog.text


@pytest.mark.parametrize("place", [0, 1, 2, 3, 4, 7, 8, 20, -1])
def test_flipped_byte_in_the_middle_costs_that_record_alone(dead, sql, caplog, place):
    begin, end = dead.ends[20], dead.ends[21]
    at = begin + place if place >= 0 else end + place

    def flip(data):
        data[at] ^= 0xFF

    dead.change(flip)
    assert steps(sql) == [step for step in range(POINTS) if step != 19]
    assert rejected(sql) == [("checksum does not match", end - begin)]
    assert f"at byte {begin}" in caplog.text


def test_hole_over_several_records(dead, sql):
    begin, end = dead.ends[10], dead.ends[15]

    def overwrite(data):
        data[begin:end] = bytes(end - begin)

    dead.change(overwrite)
    assert steps(sql) == [step for step in range(POINTS) if not 9 <= step < 14]
    assert rejected(sql) == [("checksum does not match", end - begin)]


@pytest.mark.parametrize("size", [5, 200, 300_000])
def test_garbage_behind_the_last_record(dead, sql, caplog, size):
    dead.change(lambda data: data + os.urandom(size))
    assert steps(sql) == list(range(POINTS))
    assert rejected(sql) == [("torn tail of a dead writer", size)]
    assert str(size) in caplog.text


def test_half_a_record_of_a_living_writer_waits_for_its_other_half(sql):
    with mlflow.start_run():
        mlflow.log_metric("loss", 0.0, step=0)
        segment = open_store().files.writer().begin()
        whole = frame(encode((4, 1, mlflow.active_run().info.run_id, "loss", 1.0, None, 1)))
        os.write(segment.fd, whole[:20])
        assert steps(sql) == [0]
        assert steps(sql) == [0]
        os.write(segment.fd, whole[20:])
        assert steps(sql) == [0, 1]
    assert rejected(sql) == []


def test_segment_of_another_store_is_set_aside(dead, sql, caplog):
    foreign = pathlib.Path("other.duckdb.journal") / dead.path.name
    with mlflow.start_run():
        pass
    mlflow.set_tracking_uri("other.duckdb")
    with mlflow.start_run():
        mlflow.log_metric("mine", 1.0)
    dead.path.rename(foreign)
    assert [key for (key,) in sql("SELECT key FROM metrics")] == ["mine"]
    assert "belongs to another store" in caplog.text
    assert not foreign.exists()
    assert foreign.with_name(foreign.name + ".aside").exists()


def test_unreadable_header_sets_the_segment_aside(dead, sql, caplog):
    def flip(data):
        data[20] ^= 0xFF

    dead.change(flip)
    assert steps(sql) == []
    assert "no readable header" in caplog.text
    assert dead.path.with_name(dead.path.name + ".aside").exists()


def test_unknown_kind_stops_its_segment_and_keeps_it(dead, sql, caplog):
    middle = dead.ends[21]
    stranger = frame(encode((99, 1, "a" * 32, "from the future")))
    dead.change(lambda data: data[:middle] + stranger + data[middle:])
    assert steps(sql) == list(range(20))
    assert "kind 99" in caplog.text
    assert dead.path.exists()
    with mlflow.start_run():
        mlflow.log_metric("loss", 1.0, step=1000)
    assert steps(sql) == [*range(20), 1000]
    change = open_store().last_change()
    assert open_store().last_change() == change  # a segment that waits is no news
    assert caplog.text.count("kind 99") == 1
    dead.change(lambda data: data.replace(stranger, b""))  # as if a newer version had taken the record
    assert steps(sql) == [*range(POINTS), 1000]
    assert not dead.path.exists()


def test_own_segment_damaged_below_a_living_writer(sql, caplog):
    caplog.set_level(logging.WARNING)
    with mlflow.start_run():
        ends = []
        for step in range(10):
            mlflow.log_metric("loss", 0.5, step=step)
            ends.append(open_store().files.writer().begin().size())
        path = open_store().files.writer().begin().path
        with open(path, "r+b") as file:
            file.seek(ends[3])
            file.write(b"\xff" * 12)
        assert steps(sql) == [0, 1, 2, 3, 5, 6, 7, 8, 9]
    assert len(rejected(sql)) == 1


def test_random_flips_cost_no_record_but_those_that_they_hit(dead, sql, capsys):
    """Bits, bytes and holes anywhere behind the header, many times over: never an error, never a record lost beside it."""
    whole, ends = dead.path.read_bytes(), dead.ends
    times = 600 if FULL else 60
    hit_records = 0
    for seed in range(times):
        chance = random.Random(seed)
        data, begin = bytearray(whole), ends[1]
        hit = set()
        for _ in range(chance.randint(1, 3)):
            at = chance.randrange(begin, len(data))
            size = chance.choice([1, 1, 1, 4, 40, 200])
            if chance.random() < 0.5:
                data[at] ^= 1 << chance.randrange(8)
                size = 1
            else:
                data[at : at + size] = chance.randbytes(len(data[at : at + size]))
            hit |= {n for n in range(POINTS) if ends[n + 1] < at + size and at < ends[n + 2]}
        folder = pathlib.Path(f"flipped{seed}")
        (folder / "mlops.duckdb.journal").mkdir(parents=True)
        shutil.copy("mlops.duckdb.journal/head.json", folder / "mlops.duckdb.journal")
        (folder / "mlops.duckdb.journal" / dead.path.name).write_bytes(data)
        found = [s for (s,) in sql("SELECT step FROM metrics ORDER BY step", folder / "mlops.duckdb")]
        assert set(range(POINTS)) - hit <= set(found), seed
        assert len(found) == len(set(found)), seed
        hit_records += len(hit)
    with capsys.disabled():
        print(f"\n[faults] {times} journals with random flips: {hit_records} records hit, none lost beside them")
