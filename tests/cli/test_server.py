"""``jupyter mlops server`` as a process: how it begins, and how it ends."""

import signal
import socket
import stat
import subprocess

import pytest

from tests.server_processes import COMMAND, started


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_it_tells_its_token_to_its_user_alone_and_ends_when_it_is_told(tmp_path, number):
    with started(tmp_path) as (process, port):
        place = tmp_path / "data" / "servers" / f"127.0.0.1_{port}.token"
        assert stat.S_IMODE(place.stat().st_mode) == 0o600
        assert stat.S_IMODE(place.parent.stat().st_mode) == 0o700
        token = place.read_text()
        process.send_signal(number)
        said, _ = process.communicate(timeout=30)
        assert not place.exists()
        assert f"http://127.0.0.1:{port}" in said and token in said
        assert "Traceback" not in said


def test_a_port_that_is_taken_is_one_line(tmp_path):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        done = subprocess.run([*COMMAND, "--port", str(port), "--store", str(tmp_path / "m.duckdb")], capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 1
    assert str(port) in done.stderr and "Traceback" not in done.stderr
    assert done.stdout == "", "no token of a server that is not there"


def test_everybody_on_the_network_is_asked_for_twice(tmp_path):
    done = subprocess.run([*COMMAND, "--host", "0.0.0.0", "--auth", "none"], capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 1
    assert "--allow-unauthenticated" in done.stderr


def test_options_of_mlflows_command(tmp_path):
    with started(tmp_path, "--workers", "4", "--serve-artifacts") as (process, _):
        process.terminate()
        assert "One worker" in process.communicate(timeout=30)[0]
    done = subprocess.run([*COMMAND, "--static-prefix", "ml/"], capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 2 and "begins with /" in done.stderr


@pytest.mark.parametrize("options", [
    ["--allowed-hosts", "http://ml.example"], ["--allowed-hosts", "ml.example:5000"], ["--cors-allowed-origins", "ml.example"],
    ["--cors-allowed-origins", "https://ml.example/page"], ["--static-prefix", "/a?b"], ["--static-prefix", "//a"],
])  # fmt: skip
def test_what_would_never_match_is_refused(tmp_path, options):
    done = subprocess.run([*COMMAND, *options], capture_output=True, text=True, cwd=tmp_path, check=False, timeout=20)
    assert done.returncode == 2 and "such as" in done.stderr
