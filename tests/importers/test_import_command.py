"""``jupyter mlops import``, as a shell runs it."""

import fcntl
import json
import os
import pty
import struct
import subprocess
import termios

import pytest

from tests.cli.conftest import mlops  # noqa: F401 - a fixture
from tests.importers.fill_database import fill_database


@pytest.fixture
def source(database):
    return database.folder / "mlflow.db"


def test_the_command_says_what_it_did(source, database, mlops, sql):  # noqa: F811
    done = mlops("import", f"sqlite:///{source}")
    runs = len(database.dump["runs"])
    assert f"runs           {runs} new, 0 updated, 0 unchanged" in done.stdout
    assert done.stderr == ""
    assert sql("SELECT count(*) FROM runs") == [(runs,)]
    report = json.loads(mlops("import", source, "--json").stdout)
    assert (report["runs_new"], report["runs_unchanged"]) == (0, runs)


def test_a_dry_run_makes_no_store(source, mlops):  # noqa: F811
    assert "nothing was written" in mlops("import", source, "--dry-run", "--store", "mine.duckdb").stdout
    assert not os.path.exists("mine.duckdb")


def test_errors_are_one_line(mlops, tmp_path):  # noqa: F811
    assert mlops("import", "nothing.db", code=1).stderr.startswith("Error: There is nothing at")
    (tmp_path / "mlruns" / "7" / ("a" * 32)).mkdir(parents=True)
    done = mlops("import", "mlruns", code=1)
    assert "problems:" in done.stderr


@pytest.mark.parametrize("quiet", [(), ("--quiet",)])
def test_a_bar_moves_at_a_terminal_alone(quiet, database, tmp_path, mlops):  # noqa: F811
    path = tmp_path / "mlflow.db"
    path.write_bytes((database.folder / "mlflow.db").read_bytes())
    fill_database(path, 300)
    leader, follower = pty.openpty()
    fcntl.ioctl(follower, termios.TIOCSWINSZ, struct.pack("HHHH", 25, 100, 0, 0))
    program = mlops("--version").args[0]
    with subprocess.Popen(
        [program, "import", str(path), *quiet], stdout=subprocess.DEVNULL, stderr=follower
    ) as command:
        os.close(follower)
        said = b""
        while True:
            try:
                block = os.read(leader, 4096)
            except OSError:  # the other end is closed
                break
            said += block
    os.close(leader)
    assert command.returncode == 0
    assert (b"/308" in said) == (not quiet)
    assert said == b"" or not quiet
