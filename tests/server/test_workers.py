"""Models that a server calls in processes of their own: what goes wrong there stays there."""

import concurrent.futures
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time

import psutil
import pytest

from jupyter_mlops.errors import InvalidState, MlflowException
from jupyter_mlops.server.workers.limits import Limits
from jupyter_mlops.server.workers.messages import Call, Loaded
from jupyter_mlops.server.workers.pools import Workers

BOUNDS = Limits(workers=2, memory=2 << 30, call_s=60, load_s=120)
CODE = """
import ctypes, os, sys, tempfile, time
import numpy as np
def fork(leaves=False):
    read, write = os.pipe()
    if not os.fork():
        if leaves: os.setsid(); os.fork() and os._exit(0)
        os.write(write, str(os.getpid()).encode())
        time.sleep(600)
    return int(os.read(read, 20))
class Odd:
    def predict(self, context, model_input, params=None):
        wish = str(model_input["wish"].iloc[0])
        if wish == "pid": return [os.getpid()]
        if wish == "environment": return [" ".join(os.environ)]
        if wish == "folder": return [os.getcwd()]
        if wish == "print": print("secret words"); return ["printed"]
        if wish == "exit": print("last words", flush=True); os._exit(7)
        if wish == "crash": ctypes.string_at(0)
        if wish == "doze": time.sleep(1)
        if wish == "sleep": time.sleep(600)
        if wish == "memory":
            kept = []
            while True: kept.append(np.ones(4 << 20)); time.sleep(0.01)
        if wish == "fork": return [fork()]
        if wish == "daemon": return [fork(leaves=True)]
        if wish == "fork and exit": fork(); os._exit(7)
        if wish == "temporary file": return [tempfile.mkstemp()[1]]
        if wish == "raise": raise ValueError("not that")
        return [wish]
"""
SAVE = f"""{CODE}
import pandas as pd
from jupyter_mlops import pyfunc
class Model(Odd, pyfunc.PythonModel): pass
pyfunc.save_model(sys.argv[1], python_model=Model(), input_example=pd.DataFrame({{"wish": ["hello"]}}), pip_requirements=[])
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A model that does what it is asked to, saved by this user."""
    place = tmp_path_factory.mktemp("odd")
    env = os.environ | {"JUPYTER_MLOPS_DATA_DIR": str(place / "data")}
    subprocess.run([sys.executable, "-W", "ignore", "-c", SAVE, str(place / "model")], check=True, timeout=120, env=env)
    return str(place / "model")


@pytest.fixture(autouse=True)
def signed_here(folder, monkeypatch):
    """The key that signed the model is this user's."""
    monkeypatch.setenv("JUPYTER_MLOPS_DATA_DIR", os.path.join(os.path.dirname(folder), "data"))


@pytest.fixture
def workers():
    made = Workers(BOUNDS)
    yield made
    made.end()


class Caller:
    """Calls a model as a page does."""

    def __init__(self, workers, folder, key="odd"):
        self.workers, self.folder, self.key = workers, folder, key

    def __call__(self, method, **parameters):
        return self._call(Call(method, "page", parameters))

    def trust(self):
        return self._call(Call("load", "page", {}, trust=True))

    def _call(self, call):
        loaded = [Loaded(self.folder, "models:/odd/1", "odd 1", "champion")]
        return self.workers.call(self.key, lambda _: loaded, call)

    def wish(self, wish):
        card = self("predict", values={"wish": wish}, params={})["outcome"]["cards"][0]
        return card["problem"] or card["outputs"][0]["value"]


@pytest.fixture
def ask(workers, folder):
    return Caller(workers, folder)


def wait_until(is_so, seconds=60):
    end = time.monotonic() + seconds
    while not is_so():
        assert time.monotonic() < end
        time.sleep(0.05)


def test_a_model_is_loaded_once_in_another_process(ask):
    opened = ask("open")
    assert [field["name"] for field in opened["form"]["fields"]] == ["wish"]
    assert opened["state"]["models"][0]["state"] == "new"  # the form is there before anything runs
    loaded = ask("load")
    assert loaded["models"][0]["state"] == "ready"
    assert loaded["outcome"]["cards"][0]["outputs"][0]["value"] == "hello"
    first = ask.wish("pid")
    assert first != os.getpid() and ask.wish("pid") == first
    assert not psutil.pid_exists(first) or psutil.Process(first).ppid() == os.getpid()


def test_a_model_knows_no_secrets_of_the_server_and_speaks_to_nobody(ask, monkeypatch, capfd):
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "x")
    names = ask.wish("environment").split()
    assert "PATH" in names and "AWS_SECRET_ACCESS_KEY" not in names
    assert ask.wish("print") == "printed"
    assert "secret words" not in "".join(capfd.readouterr())


def test_what_a_model_raises_is_an_answer(ask):
    assert ask.wish("raise") == "The model raised ValueError: not that"


@pytest.mark.parametrize(("wish", "said"), [("exit", r"with code 7.*last words"), ("crash", "by SIGSEGV")])
def test_a_worker_that_ends_says_how_and_the_next_call_has_another(ask, wish, said):
    before = ask.wish("pid")
    with pytest.raises(InvalidState, match=f"(?s)The process of odd 1 ended {said}"):
        ask.wish(wish)
    assert ask.wish("pid") != before


def test_a_killed_worker_is_replaced(ask):
    before = ask.wish("pid")
    os.kill(before, signal.SIGKILL)
    wait_until(lambda: not psutil.pid_exists(before))  # all its threads are gone, and the server has seen it
    assert ask.wish("pid") != before


def test_memory_is_bounded(folder):
    workers = Workers(Limits(memory=600 << 20, load_s=120))
    ask = Caller(workers, folder)
    try:
        assert ask.wish("hello") == "hello"
        with pytest.raises(InvalidState, match="more than 600 MB of memory"):
            ask.wish("memory")
        assert ask.wish("hello") == "hello"
    finally:
        workers.end()


def test_time_is_bounded(folder):
    workers = Workers(Limits(memory=2 << 30, call_s=3, load_s=120))
    ask = Caller(workers, folder)
    try:
        before = ask.wish("pid")
        with pytest.raises(InvalidState, match="more than 3 s"):
            ask.wish("sleep")
        assert not psutil.pid_exists(before)
    finally:
        workers.end()


def test_a_worker_that_nobody_asks_ends_with_its_folder(folder):
    workers = Workers(Limits(memory=2 << 30, idle_s=0.5, load_s=120))
    ask = Caller(workers, folder)
    try:
        pid, place = ask.wish("pid"), None
        wait_until(lambda: not psutil.pid_exists(pid))
        place = ask.wish("folder")
        wait_until(lambda: not os.path.exists(place))
    finally:
        workers.end()


def test_the_one_asked_longest_ago_makes_room(workers, folder):
    callers = [Caller(workers, folder, key) for key in "abc"]
    first, second = callers[0].wish("pid"), callers[1].wish("pid")
    assert callers[0].wish("pid") == first
    third = callers[2].wish("pid")
    assert not psutil.pid_exists(second)
    assert callers[0].wish("pid") == first and callers[2].wish("pid") == third


def test_others_are_asked_while_the_one_that_makes_room_ends(workers, folder, monkeypatch):
    first, second, third = (Caller(workers, folder, key) for key in "abc")
    first.wish("hello")
    pid = second.wish("pid")
    is_ending, may_end, remove = threading.Event(), threading.Event(), shutil.rmtree

    def slow(*given, **named):
        is_ending.set()
        assert may_end.wait(60)
        remove(*given, **named)

    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        try:
            monkeypatch.setattr(shutil, "rmtree", slow)
            asked = pool.submit(third.wish, "pid")
            assert is_ending.wait(60)
            assert pool.submit(second.wish, "pid").result(20) == pid
            assert not asked.done()
        finally:
            may_end.set()
        assert asked.result() not in (pid, os.getpid())


def test_a_disk_without_room_is_told(ask, monkeypatch, tmp_path):
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "full"))
    with pytest.raises(InvalidState, match="no folder can be made in"):
        ask("open")


def test_too_many_calls_at_once_are_refused(folder):
    workers = Workers(Limits(calls=0, memory=2 << 30))
    with pytest.raises(MlflowException, match="try again") as refused:
        Caller(workers, folder)("open")
    assert refused.value.get_http_status_code() == 503


def test_a_slow_model_does_not_take_all_turns(workers, folder):
    slow, other = Caller(workers, folder, "slow"), Caller(workers, folder, "other")
    slow.wish("hello")
    with concurrent.futures.ThreadPoolExecutor(12) as pool:
        asked = [pool.submit(slow.wish, "doze") for _ in range(12)]
        assert other.wish("hello") == "hello"
        said = [one.exception() or one.result() for one in asked]
    refused = sum("Others ask this model" in str(one) for one in said)
    assert 1 <= said.count("doze") <= 5 and said.count("doze") + refused == 12


def is_alive(pid):
    return psutil.pid_exists(pid) and psutil.Process(pid).status() != psutil.STATUS_ZOMBIE


def test_what_a_model_started_ends_with_its_worker(ask):
    started = [ask.wish("fork"), ask.wish("daemon")]
    assert all(map(is_alive, started))
    ask.workers.end()
    wait_until(lambda: not any(map(is_alive, started)), 20)


def test_who_left_a_process_behind_is_not_waited_for(ask):
    with pytest.raises(InvalidState, match="with code 7"):
        ask.wish("fork and exit")
    assert ask.wish("hello") == "hello"


def test_temporary_files_of_a_model_go_with_its_worker_whatever_ends_it(ask):
    pid, file = ask.wish("pid"), ask.wish("temporary file")
    assert os.path.exists(file)
    os.kill(pid, signal.SIGKILL)
    wait_until(lambda: not os.path.exists(file), 20)


def test_a_server_that_runs_no_model_looks_at_nothing(workers, folder):
    source = "import sys; from jupyter_mlops.server.workers.pools import Workers; Workers(); assert 'psutil' not in sys.modules"
    subprocess.run([sys.executable, "-c", source], check=True, timeout=60)
    Caller(workers, folder).wish("hello")
    workers.end()
    status = f"/proc/self/task/{workers._keeper.native_id}/status"

    def woken():
        with open(status) as file:
            return [line for line in file if "voluntary" in line]

    def sleeps(before):
        time.sleep(1.2)
        return woken() == before

    wait_until(lambda: sleeps(woken()), 20)


def test_what_nobody_signed_is_not_loaded_before_somebody_trusts_it(workers, folder, tmp_path):
    copy = tmp_path / "copy"
    shutil.copytree(folder, copy)
    (copy / "jupyter_mlops.signature").unlink()
    ask = Caller(workers, str(copy))
    told = ask("load")
    assert told["models"][0]["state"] == "untrusted" and "outcome" not in told
    assert "allow it here" in told["models"][0]["message"] and str(copy) not in told["models"][0]["message"]
    assert "outcome" not in ask("predict", values={"wish": "hello"}, params={})
    with pytest.raises(MlflowException, match="not loaded"):
        ask("what_if", values={"wish": "a"}, params={}, features=["wish"])
    assert ask.trust()["models"][0]["state"] == "ready"
    assert ask.wish("hello") == "hello"
    with pytest.raises(InvalidState):
        ask.wish("exit")
    assert ask.wish("hello") == "hello", "the next worker knows that somebody trusted it"
    with pytest.raises(InvalidState):
        ask.wish("exit")
    with open(copy / "python_model.pkl", "ab") as file:
        file.write(b"\n")
    assert ask("load")["models"][0]["state"] == "untrusted", "of other files nobody has said so"


def test_what_cannot_be_done_is_said(ask):
    with pytest.raises(MlflowException, match="knows open"):
        ask("nothing")
    with pytest.raises(MlflowException, match="predict"):
        ask("predict", odd=1)
    with pytest.raises(MlflowException, match="no input nothing"):
        ask("predict", values={"nothing": 1}, params={})


SERVER = """
import sys, time
from jupyter_mlops.server.workers.limits import Limits
from jupyter_mlops.server.workers.messages import Call, Loaded
from jupyter_mlops.server.workers.pools import Workers
workers = Workers(Limits(memory=2 << 30))
def ask(wish):
    told = workers.call("k", lambda _: [Loaded(sys.argv[1], "u", "odd", "champion")], Call("predict", "p", {"values": {"wish": wish}, "params": {}}))
    return told["outcome"]["cards"][0]["outputs"][0]["value"]
print(ask("pid"), ask("fork"), flush=True)
ask("sleep") if sys.argv[2] == "busy" else time.sleep(600)
"""


@pytest.mark.parametrize("state", ["busy", "resting"])
def test_a_killed_server_takes_its_workers_with_it(folder, state):
    with subprocess.Popen([sys.executable, "-c", SERVER, folder, state], stdout=subprocess.PIPE, text=True) as server:
        pids = [int(one) for one in server.stdout.readline().split()]
        place = psutil.Process(pids[0]).cwd()
        time.sleep(0.5)
        assert all(map(is_alive, pids))
        server.kill()
    wait_until(lambda: not any(map(is_alive, pids)) and not os.path.exists(place), 20)


