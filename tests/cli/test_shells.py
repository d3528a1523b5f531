"""What shells, terminals and pipes do with a command, in processes of their own."""

import json
import os
import pty
import signal
import subprocess
import sys
import time

import pytest

import jupyter_mlops as mlflow

COMMAND = [sys.executable, "-m", "jupyter_mlops"]
HOSTILE = "a\x1b[31mred\x1b]0;title\x07 [bold]b[/bold] \u202eevil"


def printed_at_a_terminal(*arguments, **variables):
    """What a command writes to a terminal."""
    ours, theirs = pty.openpty()
    environment = {**os.environ, "TERM": "xterm-256color", "COLUMNS": "120", **variables}
    with subprocess.Popen([*COMMAND, *arguments], stdin=theirs, stdout=theirs, stderr=theirs, env=environment) as process:
        os.close(theirs)
        found = b""
        while True:
            try:
                piece = os.read(ours, 65536)
            except OSError:  # how a terminal ends
                break
            if not piece:
                break
            found += piece
    os.close(ours)
    return process.returncode, found.decode()


@pytest.fixture
def hostile():
    """A run whose name would steer a terminal."""
    with mlflow.start_run(run_name=HOSTILE) as run:
        pass
    return run.info.run_id


def test_names_steer_no_terminal_and_are_no_markup(hostile):
    code, shown = printed_at_a_terminal("runs", "list", "--experiment-id", "0")
    assert code == 0
    for bad in ("\x1b[31m", "\x1b]0;", "\u202e", "\x07"):
        assert bad not in shown
    assert "[bold]b[/bold]" in shown
    assert "\\x1b[31mred" in shown


def test_colours_are_for_terminals_that_want_them(hostile):
    _, coloured = printed_at_a_terminal("runs", "list", "--experiment-id", "0")
    _, plain = printed_at_a_terminal("runs", "list", "--experiment-id", "0", NO_COLOR="1")
    piped = subprocess.run([*COMMAND, "runs", "list", "--experiment-id", "0"], capture_output=True, text=True, check=True).stdout
    assert "\x1b[1m" in coloured or "\x1b[" in coloured
    assert "\x1b[3" not in plain.replace("\x1b[39", "").replace("\x1b[0", "")
    assert "\x1b" not in piped


def test_a_reader_that_has_enough_and_a_full_disk(hostile):
    many = f"{sys.executable} -m jupyter_mlops runs list --experiment-id 0"
    done = subprocess.run(["bash", "-c", f"set -o pipefail; {many} | head -1"], capture_output=True, text=True, check=False)
    assert (len(done.stdout.splitlines()), done.stderr) == (1, "")
    full = subprocess.run(["bash", "-c", f"{many} > /dev/full"], capture_output=True, text=True, check=False)
    assert full.returncode == 1
    assert full.stderr.startswith("Error: ")
    assert len(full.stderr.splitlines()) == 1


def test_letters_that_the_terminal_lacks():
    with mlflow.start_run(run_name="Größe 数"):
        pass
    environment = {**os.environ, "PYTHONIOENCODING": "ascii"}
    done = subprocess.run([*COMMAND, "runs", "list", "--experiment-id", "0"], capture_output=True, check=True, env=environment)
    assert b"Gr" in done.stdout
    rows = subprocess.run([*COMMAND, "runs", "list", "--experiment-id", "0", "--json"], capture_output=True, check=True, env=environment)
    assert "Größe 数" in str(json.loads(rows.stdout))


def test_an_interrupt_is_one_line(tmp_path):
    (tmp_path / "slow.sh").write_text("touch begun; sleep 60")
    with subprocess.Popen([*COMMAND, "run", str(tmp_path), "-e", "slow.sh"], cwd=tmp_path, stderr=subprocess.PIPE, text=True) as process:
        for _ in range(600):
            if (tmp_path / "begun").exists():
                break
            time.sleep(0.05)
        process.send_signal(signal.SIGINT)
        said = process.stderr.read()
    assert process.returncode == 130
    assert said.strip().endswith("Interrupted.")
    assert "Traceback" not in said


def test_variables_of_a_file_and_those_that_are_set(tmp_path):
    (tmp_path / "dot.env").write_text(f"MLFLOW_TRACKING_URI={tmp_path}/of-file.duckdb\nMLFLOW_EXPERIMENT_ID=7\n")
    environment = {name: value for name, value in os.environ.items() if not name.endswith("TRACKING_URI")}
    command = [*COMMAND, "--env-file", str(tmp_path / "dot.env"), "experiments", "create", "-n", "by file"]
    subprocess.run(command, check=True, env=environment, capture_output=True)
    assert (tmp_path / "of-file.duckdb").exists()
    subprocess.run([*command[:-1], "by set"], check=True, env={**environment, "MLFLOW_TRACKING_URI": str(tmp_path / "set.duckdb")}, capture_output=True)
    assert (tmp_path / "set.duckdb").exists()
    missing = subprocess.run([*COMMAND, "--env-file", "nowhere.env", "experiments", "list"], capture_output=True, text=True, check=False)
    assert (missing.returncode, "nowhere.env" in missing.stderr) == (2, True)
    (tmp_path / "nul.env").write_text("A=a\0b\n")
    odd = subprocess.run([*COMMAND, "--env-file", str(tmp_path / "nul.env"), "experiments", "list"], capture_output=True, text=True, check=False)
    assert (odd.returncode, "nul.env cannot be used" in odd.stderr) == (2, True)


def test_a_shell_completes_commands_and_names():
    mlflow.create_experiment("grapes of wrath")

    def completed(words, at):
        environment = {**os.environ, "_MLOPS_COMPLETE": "bash_complete", "COMP_WORDS": words, "COMP_CWORD": str(at)}
        return subprocess.run(COMMAND, capture_output=True, text=True, check=True, env=environment).stdout

    assert "experiments" in completed("mlops exp", 1)
    assert "grapes of wrath" in completed("mlops experiments get -n ", 4)
    for shell in ("bash", "zsh", "fish"):
        script = subprocess.run([*COMMAND, "completion", shell], capture_output=True, text=True, check=True).stdout
        assert "_MLOPS_COMPLETE" in script
