"""Whatever is sent to a real server: it answers soon, never as if it were at fault, and goes on."""

import base64
import contextlib
import gzip
import http.client
import json
import os
import random
import re
import socket
import threading
import time

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from jupyter_mlops.server import connections, envelopes, intakes
from jupyter_mlops.server.rest.endpoints import ENDPOINTS
from jupyter_mlops.storage.journal.protocol import frame

API = "/api/2.0/mlflow"
JSON = {"Content-Type": "application/json"}


@pytest.fixture
def run(ask):
    return ask.post(f"{API}/runs/create", json_body={"experiment_id": "0", "start_time": 1}).json()["run"]["info"]["run_id"]


def refused(answer, *status):
    """The answer is a refusal of the tree."""
    assert answer.status_code in (status or range(400, 500)), answer.text[:300]
    assert set(answer.json()) >= {"error_code", "message"} and len(answer.content) < 10_000
    return True


def raw(ask, *pieces, wait_s=0.0, timeout_s=15):
    """What the server says to bytes that are sent as they are, until it lets the connection go."""
    with socket.create_connection(("127.0.0.1", ask.port), timeout=timeout_s) as connection:
        with contextlib.suppress(ConnectionError):
            for piece in pieces:
                connection.sendall(piece)
                time.sleep(wait_s)
        said = b""
        with contextlib.suppress(ConnectionError):
            while piece := connection.recv(65536):
                said += piece
    return said


def status_of(said):
    found = re.match(rb"HTTP/1.1 (\d{3}) ", said)
    return int(found[1]) if found else None


@pytest.mark.parametrize("coding", ["gzip", "deflate", "br", "gzip, identity", "x" * 50])
def test_compressed_bodies_are_refused_unread(ask, run, coding):
    bomb = gzip.compress(bytes(10_000_000))
    for method, path in (("POST", f"{API}/runs/search"), ("PUT", f"/api/2.0/mlflow-artifacts/artifacts/0/{run}/artifacts/a")):
        assert refused(ask.request(method, path, content=bomb, headers={**JSON, "Content-Encoding": coding}), 415)


@pytest.mark.parametrize("path", ["runs/log-batch", "runs/search", "experiments/create"])
def test_bodies_have_a_size(ask, path):
    body = b'{"a": "' + b"x" * (17 << 20) + b'"}'
    assert refused(ask.post(f"{API}/{path}", content=body, headers=JSON), 400)
    head = f"POST {API}/{path} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nAuthorization: {ask.headers['Authorization']}\r\n"
    said = raw(ask, head.encode() + b"Content-Length: 99999999999\r\n\r\n")
    assert status_of(said) == 400 and b"connection: close" in said.lower()


CREATE = f"{API}/experiments/create"


@pytest.mark.parametrize(
    "body",
    [
        b'{"name": ' + b"[" * 5_000_000, b'{"a": ' * 900 + b"1" + b"}" * 900, b'{"name": "a", "name": "b", "name": 3}', b'{"name": 1e999}',
        b'{"name": ' + b"9" * 1_000_000 + b"}", b'{"name": NaN}', b'{"name": -Infinity}', b'{"name": "\\ud800"}', b'{"name": "\xff"}', b"\xef\xbb\xbf{}",
        b'{"name": "' + b"\\u0000" * 1_000_000 + b'"}', b"{" + b'"a":1,' * 500_000 + b'"name": ""}', b'{"name": "' + "🙈".encode() * 3_000_000 + b'"}',
        b'{"tags": [' + b"{}," * 1_000_000 + b"{}]}", b'{"name": "x", "tags": [' + b'{"key": "a", "value": "b"},' * 400_000 + b'{"key": 1}]}',
        b"\x00" * 1000, b"null", b"", b" " * 10_000_000, b'{"name": "' + b"a" * 15_000_000 + b'"}', b'{"name": "a", "artifact_location": "' + b"/.." * 4_000_000 + b'"}',
    ],
    ids=range(21),
)  # fmt: skip
def test_odd_json(ask, body):
    began = time.perf_counter()
    assert refused(ask.post(CREATE, content=body, headers=JSON))
    assert time.perf_counter() - began < 5


DEEP = "(" * 3000 + "params.p = 'x'" + ")" * 3000
FILTERS = [
    "x" * 199_999, "metrics.m > " + "9" * 90_000 + "." + "9" * 90_000 + "e", "NOT " * 40_000 + "params.p = 'x'", DEEP, "(" * 199_000, "'" * 199_999,
    "`" * 199_999, " AND ".join(["params.p = 'x'"] * 9000), " OR ".join(["metrics.m > 1"] * 501), "params.p IN (" * 10_000, "params.p = '" + "''" * 90_000,
    "params.p" + " " * 190_000 + "= 'x", "a." * 99_000, "a AND " * 30_000, "x" * 300_000, "metrics.m > -" + "1e" * 90_000, "params.a = 'b'" + "\n" * 180_000 + "AND",
    '"' + '""' * 90_000, "tags." + "é" * 90_000, "AND  " * 39_000, "params.p LIKE '" + "%_" * 90_000 + "' AND",
]  # fmt: skip


@pytest.mark.parametrize("text", FILTERS, ids=range(len(FILTERS)))
def test_filters_that_are_too_much(ask, text):
    began = time.perf_counter()
    for path, body in (("runs/search", {"experiment_ids": ["0"], "filter": text}), ("logged-models/search", {"experiment_ids": ["0"], "filter": text})):
        assert ask.post(f"{API}/{path}", json_body=body).status_code < 500
    assert ask.post(f"{API}/runs/search", json_body={"experiment_ids": ["0"], "order_by": [text]}).status_code < 500
    assert time.perf_counter() - began < 15


def test_patterns_that_have_many_ways_to_fit_are_soon_decided(ask, run):
    ask.post(f"{API}/runs/set-tag", json_body={"run_id": run, "key": "t", "value": "a" * 8000})
    for operator in ("LIKE", "ILIKE"):
        for pattern in ("%a" * 90_000 + "%b", "%_" * 90_000 + "b", "_" * 7999 + "%%%b"):
            began = time.perf_counter()
            answer = ask.post(f"{API}/runs/search", json_body={"experiment_ids": ["0"], "filter": f"tags.t {operator} '{pattern}'"})
            assert answer.status_code == 200 and not answer.json().get("runs")
            assert time.perf_counter() - began < 5


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("runs/search", {"experiment_ids": ["0"], "max_results": 50_001}), ("runs/search", {"experiment_ids": ["0"], "max_results": 0}),
        ("runs/search", {"experiment_ids": ["0"], "max_results": -1}), ("runs/search", {"experiment_ids": ["0"], "max_results": 10**30}),
        ("runs/search", {"experiment_ids": ["0"], "page_token": "x" * 10**6}), ("runs/search", {"experiment_ids": ["0"], "order_by": ["start_time"] * 101}),
        ("experiments/search", {"max_results": 50_001}), ("experiments/search", {"max_results": 10**18, "filter": "a" * 10**6}),
        ("runs/log-batch", {"run_id": "0" * 32, "metrics": [{"key": "m", "value": 1, "timestamp": 1, "step": 0}] * 1001}),
        ("runs/log-batch", {"run_id": "x" * 10**5}), ("runs/set-tag", {"run_id": "0" * 32, "key": "k" * 10**6, "value": "v"}),
    ],
    ids=range(11),
)  # fmt: skip
def test_numbers_that_are_too_large(ask, path, body):
    assert refused(ask.post(f"{API}/{path}", json_body=body))


@pytest.mark.parametrize(
    ("head", "status"),
    [
        (b"GET /health HTTP/1.1\r\nHost: localhost\r\nX: " + b"x" * 100_000 + b"\r\n\r\n", 431),
        (b"GET /health HTTP/1.1\r\nHost: localhost\r\n" + b"X: y\r\n" * 500 + b"\r\n", 431),
        (b"GET /health HTTP/1.1\r\nHost: localhost\r\nX: " + b"x" * 100_000, 431),
        (b"GET /health?" + b"x" * 100_000 + b" HTTP/1.1\r\nHost: localhost\r\n\r\n", 414),
        (b"GET /" + b"x" * 100_000, 414), (b"\x16\x03\x01\x02\x00\x01\x00", 400), (b"GET\r\n\r\n", 400), (b"A" * 200_000, 400),
        (b"GET /health HTTP/1.1\r\nHost: localhost\r\nContent-Length: x\r\n\r\n", 400),
        (b"POST / HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n", 400),
        (b"POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n", 400),
    ],
    ids=range(11),
)  # fmt: skip
def test_heads_have_a_size_and_a_form(ask, head, status):
    said = raw(ask, head)
    assert status_of(said) == status, said[:200]
    assert b'{"error_code":' in said
    assert ask.get("/health").status_code == 200


def test_many_requests_on_one_connection(ask):
    one = b"GET /health HTTP/1.1\r\nHost: localhost\r\n\r\n"
    last = b"GET /health HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"
    assert raw(ask, one * 2000 + last).count(b"HTTP/1.1 200 OK") == 2001


def test_slow_heads_are_not_waited_for(ask, monkeypatch):
    monkeypatch.setattr(connections, "_HEAD_S", 0.5)
    began = time.perf_counter()
    assert status_of(raw(ask, *[b"GET /health HTTP/1.1\r\n"], *[b"X: y\r\n"] * 30, wait_s=0.1)) == 408
    assert raw(ask) == b"", "who says nothing is let go without a word"
    said = raw(ask, *[b"\r\n"] * 20, wait_s=0.1)
    assert not said or status_of(said) == 408, "nor are empty lines a head"
    assert time.perf_counter() - began < 12
    kept = http.client.HTTPConnection("127.0.0.1", ask.port)
    for _ in range(2):  # whoever is through with a request may take time for the next
        kept.request("GET", "/health", headers={"Host": "localhost"})
        assert kept.getresponse().read() == b"OK"
        time.sleep(0.7)
    kept.close()


def test_slow_bodies_are_not_waited_for(ask, run, monkeypatch):
    monkeypatch.setattr(intakes, "_GRACE_S", 0.5)
    for method, path in (("POST", CREATE), ("PUT", f"/api/2.0/mlflow-artifacts/artifacts/0/{run}/artifacts/a")):
        head = f"{method} {path} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 1000\r\nAuthorization: {ask.headers['Authorization']}\r\n\r\n"
        said = raw(ask, head.encode(), *[b" "] * 30, wait_s=0.1)
        assert status_of(said) == 408 and b"connection: close" in said.lower()
    assert not [name for _, _, names in os.walk("mlartifacts") for name in names if name.startswith(".mlops")]


def test_who_goes_away_in_the_midst_of_a_body_is_no_failure_of_the_server(ask, run, caplog):
    with socket.create_connection(("127.0.0.1", ask.port)) as connection:
        head = f"POST {API}/runs/log-metric HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 99\r\n"
        connection.sendall(f"{head}Authorization: {ask.headers['Authorization']}\r\n\r\n{{".encode())
    until = time.monotonic() + 10
    while 'status="499"' not in ask.get("/metrics").text and time.monotonic() < until:
        time.sleep(0.05)
    assert 'status="499"' in ask.get("/metrics").text and "failed" not in caplog.text


def test_who_is_refused_early_hears_why(ask, run):
    """The answer comes before the body is there; whoever sends on is listened to, and then asks again on the same connection."""
    path = f"/api/2.0/mlflow-artifacts/artifacts/0/{run}/artifacts/a"
    with contextlib.closing(http.client.HTTPConnection("127.0.0.1", ask.port, timeout=20)) as connection:
        for headers, status in (({"Authorization": "Bearer wrong"}, 401), ({"X-Checksum-Sha256": "?"}, 400), ({}, 200)):
            connection.request("PUT", path, bytes(20 << 20), {"Host": "localhost", **ask.headers, **headers})
            response = connection.getresponse()
            response.read()
            assert response.status == status


def test_who_sends_on_for_ever_is_let_go(ask, monkeypatch):
    monkeypatch.setattr(connections, "_HEAD_S", 0.5)
    head = b"POST /api/2.0/mlflow/runs/create HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n"
    began = time.perf_counter()
    said = raw(ask, head, *[b"4\r\nabcd\r\n"] * 100, wait_s=0.05)
    assert status_of(said) == 401 and time.perf_counter() - began < 8
    assert said.count(b"HTTP/1.1") == 1


def test_who_does_not_read_is_not_waited_for(ask, run, monkeypatch):
    monkeypatch.setattr(connections, "_STALL_S", 0.5)
    path = f"/api/2.0/mlflow-artifacts/artifacts/0/{run}/artifacts/a"
    ask.request("PUT", path, content=bytes(40 << 20))
    with socket.socket() as connection:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        connection.connect(("127.0.0.1", ask.port))
        connection.sendall(f"GET {path} HTTP/1.1\r\nHost: localhost\r\nAuthorization: {ask.headers['Authorization']}\r\n\r\n".encode())
        time.sleep(1.5)
        connection.settimeout(5)
        read = 0
        with contextlib.suppress(ConnectionError):
            while piece := connection.recv(1 << 20):
                read += len(piece)
    assert 0 < read < 40 << 20
    assert len(ask.get(path).content) == 40 << 20, "who reads has all"


def test_too_many_at_once_are_told_to_come_again(ask, monkeypatch):
    monkeypatch.setattr(envelopes, "_MOST_AT_ONCE", 3)
    with contextlib.ExitStack() as stack:
        for _ in range(3):
            connection = stack.enter_context(contextlib.closing(http.client.HTTPConnection("127.0.0.1", ask.port)))
            connection.request("GET", "/events", headers={"Host": "localhost", **ask.headers})
            connection.getresponse()
        answer = ask.get("/health")
        assert refused(answer, 429) and answer.headers["Retry-After"] == "1"
    for _ in range(100):
        if ask.get("/health").status_code == 200:
            break
        time.sleep(0.05)
    assert ask.get("/health").text == "OK"


def test_too_many_connections_are_let_go(ask, monkeypatch):
    monkeypatch.setattr(connections, "_most_connections", lambda: 5)
    with contextlib.ExitStack() as stack:
        for _ in range(6):
            stack.enter_context(socket.create_connection(("127.0.0.1", ask.port)))
        time.sleep(0.2)
        assert status_of(raw(ask)) == 429
    time.sleep(0.2)
    assert ask.get("/health").text == "OK"


def test_answers_leave_at_once(ask):
    """Small answers are not held back until the one before is acknowledged (TCP_NODELAY on what was accepted)."""
    seen = []
    made = connections.BoundedConnection.connection_made

    def look(self, transport):
        made(self, transport)
        seen.append(transport.get_extra_info("socket").getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY))

    connections.BoundedConnection.connection_made = look
    try:
        ask.get("/health")
    finally:
        connections.BoundedConnection.connection_made = made
    assert seen and all(seen)


SCALARS = (
    st.none() | st.booleans() | st.integers() | st.integers(min_value=2**62, max_value=2**70) | st.floats() | st.text(max_size=8)
    | st.sampled_from(["0", "NaN", "Infinity", "m", "a" * 300, "\0", "models:/m/1", "runs:/x/y", "..", "/etc/passwd", "s3://b", "1e400", "٣", "ALL", "Staging"])
)  # fmt: skip
ODD = st.recursive(SCALARS, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3), max_leaves=6)


def fields_of(endpoint):
    return list(endpoint.body.__struct_fields__) if endpoint.body is not None else ["runs", "name", "version", "experiments", "limit"]


@settings(max_examples=400, deadline=None, derandomize=True, database=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(data=st.data(), endpoint=st.sampled_from(ENDPOINTS))
def test_every_field_of_every_endpoint_with_values_of_every_kind(ask, data, endpoint):
    arguments = data.draw(st.dictionaries(st.sampled_from(fields_of(endpoint) or ["x"]), ODD, max_size=8))
    path = "/" + re.sub(r"\{\w+\}", "m-1", endpoint.path)
    began = time.perf_counter()
    if endpoint.method == "GET":
        answer = ask.get(path, params={name: value if isinstance(value, list) else str(value) for name, value in arguments.items()})
    else:
        answer = ask.request(endpoint.method, path, content=json.dumps(arguments).encode(), headers=JSON)
    assert answer.status_code < 500, (endpoint.path, arguments, answer.text)
    assert time.perf_counter() - began < 5


@settings(max_examples=100, deadline=None, derandomize=True, database=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(parts=st.lists(st.sampled_from(["metrics.m", "params.`p q`", "tags.'", "<", "!=", " LIKE ", "'a", "''", '"', "`", "(", ")", ",", " AND ", " OR ", "NOT ", "1e9", "-", ".", "%", " IN (", "IS NULL", "\\", "\n", "é", "🙈", "attributes.", "--", ";"]), min_size=1, max_size=6), times=st.sampled_from([1, 2, 400]))  # fmt: skip
def test_filters_of_any_words(ask, parts, times):
    began = time.perf_counter()
    answer = ask.post(f"{API}/runs/search", json_body={"experiment_ids": ["0"], "filter": "".join(parts) * times, "order_by": ["".join(parts) * times]})
    assert answer.status_code < 500, answer.text
    assert time.perf_counter() - began < 5


RECORD_VALUES = st.recursive(SCALARS.filter(lambda one: not isinstance(one, int) or -(2**63) <= one < 2**64) | st.binary(max_size=5), lambda inner: st.lists(inner, max_size=4), max_leaves=6)


@settings(max_examples=200, deadline=None, derandomize=True, database=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(kind=st.integers(0, 12), about=st.sampled_from(["known", "new", ""]), rest=st.lists(RECORD_VALUES, max_size=8), time=RECORD_VALUES | st.just(1))
def test_records_of_any_content(ask, run, kind, about, rest, time):
    """Frames that are whole, and what stands in them is not."""
    run_id = {"known": run, "new": "f" * 32, "": rest[0] if rest else None}[about]
    frames = base64.b64encode(frame(msgspec.msgpack.encode([kind, time, run_id, *rest]))).decode()
    for sender in ("0" * 32, os.urandom(16).hex()):
        answer = ask.post("/api/2.0/mlops/deliveries", json_body={"sender": sender, "start": 0, "frames": frames})
        assert answer.status_code < 500, answer.text


@pytest.mark.parametrize("frames", ["é", "=", "A" * 1001, "AAAA", base64.b64encode(b"\xff" * 5000).decode(), base64.b64encode(frame(b"\x93")).decode(), base64.b64encode(frame(b"\xdd\xff\xff\xff\xff")).decode(), base64.b64encode(frame(b"\x91" * 100_000)).decode(), "A" * 4_000_000], ids=range(9))
def test_frames_that_are_none(ask, frames):
    began = time.perf_counter()
    answer = ask.post("/api/2.0/mlops/deliveries", json_body={"sender": "0" * 32, "start": 0, "frames": frames})
    assert answer.status_code < 500, answer.text
    assert time.perf_counter() - began < 5


def test_noise(ask):
    """Bytes of chance and mutilated requests, from several at once."""
    chance = random.Random(7)
    whole = f"POST {CREATE} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 13\r\nAuthorization: {ask.headers['Authorization']}\r\nConnection: close\r\n\r\n".encode() + b'{"name": "x"}'

    def make(_):
        for _ in range(40):
            bent = bytearray(whole)
            for _ in range(chance.randrange(1, 4)):
                bent[chance.randrange(len(bent))] = chance.randrange(256)
            with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", ask.port), timeout=0.3) as connection:
                connection.sendall(bytes(bent[: chance.randrange(len(bent))] if chance.random() < 0.3 else bent))
                said = connection.recv(4096)
                assert (status_of(said) or 400) < 500, (bent, said)

    threads = [threading.Thread(target=make, args=(index,)) for index in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert ask.get("/health").text == "OK"
