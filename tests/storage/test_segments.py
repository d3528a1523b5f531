"""Segments: what was appended is read back, and of any part of a file a prefix of the records."""

import math
import os
import tempfile
import threading
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jupyter_mlops.entities.ids import new_id
from jupyter_mlops.errors import JournalFull, StoreReadOnly
from jupyter_mlops.storage.journal import segments
from jupyter_mlops.storage.journal.operations import BATCH, KINDS, METRIC, encode
from jupyter_mlops.storage.journal.protocol import FORMAT, frame
from jupyter_mlops.storage.journal.segments import (
    Damage,
    Header,
    Segment,
    is_alive,
    read_header,
    scan,
    scan_frames,
    split_frames,
)
from jupyter_mlops.storage.journal.writers import Writer

texts = st.text(max_size=300)
numbers = st.floats(allow_nan=False)
whole = st.integers(-(2**63), 2**63 - 1)
metrics = st.tuples(st.just(METRIC), st.integers(0, 2**42), texts, texts, numbers, st.none() | whole, whole)
others = st.tuples(
    st.sampled_from(sorted(KINDS)), st.integers(0, 2**42), texts, st.lists(st.tuples(texts, texts), max_size=5)
)
records = st.lists(metrics | others, max_size=12)


def header():
    return Header(FORMAT, "store", new_id(), "0", "host", os.getpid(), "ann", 1)


def lists(value):
    return [lists(item) for item in value] if isinstance(value, (list, tuple)) else value


def written(folder, wanted):
    segment = Segment(folder, header())
    ends = [segment.size()]
    for record in wanted:
        segment.append(record)
        ends.append(segment.size())
    segment.close()
    return segment.path, ends


def read(path, offset=0):
    return [item for item, _ in scan(path, offset)]


@given(records)
def test_round_trip(wanted):
    with tempfile.TemporaryDirectory() as folder:
        path, ends = written(folder, wanted)
        assert read(path) == [None, *lists(wanted)]
        assert [end for _, end in scan(path)] == ends
        for number, end in enumerate(ends):
            assert read(path, end) == lists(wanted)[number:]


@given(records, st.data())
def test_any_truncation_yields_a_prefix(wanted, data):
    with tempfile.TemporaryDirectory() as folder:
        path, ends = written(folder, wanted)
        cut = data.draw(st.integers(0, ends[-1]))
        os.truncate(path, cut)
        complete = sum(end <= cut for end in ends)  # with the header
        assert read(path) == [None, *lists(wanted)][:complete]


@given(records.filter(lambda r: len(r) > 2), st.data())
def test_a_flipped_byte_loses_no_record_but_its_own(wanted, data):
    with tempfile.TemporaryDirectory() as folder:
        path, ends = written(folder, wanted)
        hit = data.draw(st.integers(0, len(wanted) - 2))
        place = data.draw(st.integers(ends[hit], ends[hit + 1] - 1))
        with open(path, "r+b") as file:
            file.seek(place)
            old = file.read(1)[0]
            file.seek(place)
            file.write(bytes([old ^ data.draw(st.integers(1, 255))]))
        found = read(path)[1:]
        assert [item for item in found if not isinstance(item, Damage)] == lists(wanted[:hit] + wanted[hit + 1 :])
        assert sum(len(item.data) for item in found if isinstance(item, Damage)) == ends[hit + 1] - ends[hit]


def test_a_torn_record_of_many_points_is_passed_over_with_few_checksums(tmp_path, monkeypatch):
    points = [["loss", i / 3, 1_700_000_000_000 + i, i] for i in range(50_000)]
    path, ends = written(str(tmp_path), [(BATCH, 1, "run", points, [], []), (METRIC, 1, "run", "m", 0.5, None, 0)])
    data = bytearray(open_bytes(path))
    data[ends[0] + 1000] ^= 1
    checked = []
    monkeypatch.setattr(zlib, "crc32", lambda view, crc32=zlib.crc32: checked.append(len(view)) or crc32(view))
    for torn in (data[: ends[1] - 1], data, data[:-1], data + data[ends[1] : ends[1] + 5]):
        (tmp_path / "torn.seg").write_bytes(torn)
        checked.clear()
        found = read(str(tmp_path / "torn.seg"))
        assert sum(checked) < 10 * len(data)
        assert [type(item) for item in found] == (
            [type(None), Damage, list] if len(torn) >= len(data) else [type(None)]
        )


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf, -0.0, 5e-324])
def test_special_values_round_trip(tmp_path, value):
    path, _ = written(str(tmp_path), [(METRIC, 1, "a", "b", value, None, 0)])
    found = read(path)[1][4]
    assert repr(found) == repr(value)


def test_a_segment_is_alive_until_it_is_closed(tmp_path):
    segment = Segment(str(tmp_path), header())
    assert is_alive(segment.path)
    assert read_header(open_bytes(segment.path))[0].writer == segment.writer
    segment.close()
    assert not is_alive(segment.path)
    assert not is_alive(str(tmp_path / "nobody.seg"))


def test_a_closed_segment_writes_to_nobody_elses_file(tmp_path):
    segment = Segment(str(tmp_path), header())
    segment.close()
    with open(tmp_path / "other", "wb") as other:
        assert other.fileno() >= 0  # most likely the number that the segment's descriptor had
        with pytest.raises(OSError):
            segment.append((METRIC, 1, "run", "m", 0.5, None, 0))
    assert (tmp_path / "other").read_bytes() == b""


def open_bytes(path):
    with open(path, "rb") as file:
        return file.read()


def test_other_bytes_are_no_segment(tmp_path):
    path = tmp_path / "x.seg"
    for data in (b"", b"mlopsj1\n", b"PK\x03\x04" * 20):
        path.write_bytes(data)
        assert read_header(data) is None
        assert read(str(path)) == []


def test_threads_share_a_segment(tmp_path):
    segment = Segment(str(tmp_path), header())

    def log(number):
        for step in range(500):
            segment.append((METRIC, 1, "run", f"m{number}", 0.5, None, step))

    threads = [threading.Thread(target=log, args=(n,)) for n in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    segment.close()
    found = read(segment.path)[1:]
    for number in range(8):
        assert [r[6] for r in found if r[3] == f"m{number}"] == list(range(500))


def test_a_short_write_is_cut_off_and_the_next_record_is_whole(tmp_path, monkeypatch):
    segment = Segment(str(tmp_path), header())
    segment.append((METRIC, 1, "run", "m", 0.5, None, 0))
    monkeypatch.setattr(segments, "_os_write", lambda fd, data: os.write(fd, data[:9]))
    with pytest.raises(JournalFull, match="nothing of this call was kept"):
        segment.append((METRIC, 1, "run", "m", 0.5, None, 1))
    monkeypatch.undo()
    segment.append((METRIC, 1, "run", "m", 0.5, None, 2))
    segment.close()
    assert [record[6] for record in read(segment.path)[1:]] == [0, 2]


def test_interrupted_write_is_settled_before_the_next(tmp_path, monkeypatch):
    segment = Segment(str(tmp_path), header())

    def interrupted(fd, data):
        os.write(fd, data[:9])
        raise KeyboardInterrupt

    monkeypatch.setattr(segments, "_os_write", interrupted)
    with pytest.raises(KeyboardInterrupt):
        segment.append((METRIC, 1, "run", "m", 0.5, None, 1))
    monkeypatch.undo()
    segment.append((METRIC, 1, "run", "m", 0.5, None, 2))
    segment.close()
    assert [record[6] for record in read(segment.path)[1:]] == [2]


def test_what_cannot_be_settled_is_said_as_any_failed_write(tmp_path, monkeypatch):
    segment = Segment(str(tmp_path), header())
    monkeypatch.setattr(segments, "_os_write", lambda fd, data: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        segment.append((METRIC, 1, "run", "m", 0.5, None, 1))
    monkeypatch.undo()
    os.unlink(segment.path)
    with pytest.raises(JournalFull, match="nothing of this call was kept"):
        segment.append((METRIC, 1, "run", "m", 0.5, None, 2))
    segment.close()


@pytest.mark.parametrize("interrupted", [False, True])
def test_a_thread_that_was_about_to_write_when_its_segment_was_closed_writes_to_another(
    tmp_path, monkeypatch, interrupted
):
    writer = Writer(str(tmp_path), "store")
    writer.append((METRIC, 1, "run", "m", 0.5, None, 0))
    append, first = writer.append, writer.writer_id
    if interrupted:
        monkeypatch.setattr(segments, "_os_write", lambda fd, data: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            append((METRIC, 1, "run", "m", 0.5, None, 1))
        monkeypatch.undo()
    writer.close()
    for step in (2, 3):
        append((METRIC, 1, "run", "m", 0.5, None, step))
    assert writer.writer_id != first
    writer.close()
    found = {name.stem: [record[6] for record in read(str(name))[1:]] for name in tmp_path.glob("*.seg")}
    assert found.pop(first) == [0]
    assert list(found.values()) == [[2, 3]]


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_journal_that_may_not_be_written(tmp_path):
    os.chmod(tmp_path, 0o500)
    with pytest.raises(StoreReadOnly):
        Segment(str(tmp_path), header())


def test_a_writer_begins_with_its_first_record_and_again_after_close(tmp_path):
    writer = Writer(str(tmp_path), "store")
    assert os.listdir(tmp_path) == []
    writer.append((METRIC, 1, "run", "m", 0.5, None, 0))
    first = writer.writer_id
    writer.close()
    writer.append((METRIC, 1, "run", "m", 0.5, None, 1))
    assert writer.writer_id != first
    writer.close()
    assert len(os.listdir(tmp_path)) == 2


@given(records=st.lists(st.tuples(st.integers(1, 9), st.integers(0, 2**40), st.text(max_size=40), st.lists(whole, max_size=30)), max_size=30), torn=st.integers(0, 12))
def test_frames_are_split_where_they_are_read(records, torn):
    data = b"".join(frame(encode(record)) for record in records)
    whole = list(split_frames(data + data[:torn]))[: len(records)]
    assert whole == [(record[0], end) for record, end in scan_frames(data)]


@given(st.binary(max_size=400))
def test_no_bytes_stop_whoever_splits_or_reads_them(data):
    assert all(0 < end <= len(data) for _, end in split_frames(data))
    assert all(0 < end <= len(data) for _, end in scan_frames(data))
