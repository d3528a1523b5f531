"""Long work shows how far it is, to those who look and do not mind: in a notebook and at a terminal."""

import fcntl
import json
import os
import pathlib
import pty
import struct
import subprocess
import sys
import termios

import nbformat
import pytest
from nbclient import NotebookClient

MLRUNS = 'artifact_location: /tmp\nexperiment_id: "0"\nlifecycle_stage: active\nname: Default\n'
WORK = """
import pathlib
import jupyter_mlops as mlflow
from jupyter_mlops.importers import import_store
pathlib.Path("big").write_bytes(bytes(25_000_000))
with mlflow.start_run() as run:
    mlflow.log_artifact("big")
mlflow.artifacts.download_artifacts(f"runs:/{run.info.run_id}/big")
report = import_store("mlruns", "imported.duckdb")
"""


@pytest.fixture(autouse=True)
def mlruns(tmp_path):
    (tmp_path / "mlruns" / "0").mkdir(parents=True)
    (tmp_path / "mlruns" / "0" / "meta.yaml").write_text(MLRUNS)


def said_at_a_terminal(script):
    """What a program writes to a terminal of 100 columns."""
    leader, follower = pty.openpty()
    fcntl.ioctl(follower, termios.TIOCSWINSZ, struct.pack("HHHH", 25, 100, 0, 0))
    with subprocess.Popen([sys.executable, "-c", script], stdout=follower, stderr=follower) as program:
        os.close(follower)
        said = b""
        while True:
            try:
                said += os.read(leader, 4096)
            except OSError:  # the other end is closed
                break
    os.close(leader)
    assert program.returncode == 0, said
    return said.decode()


def test_uploads_downloads_and_imports_at_a_terminal(monkeypatch):
    said = said_at_a_terminal(WORK)
    assert [what in said for what in ("copying", "downloading", "run/s")] == [True] * 3
    monkeypatch.setenv("MLFLOW_ENABLE_ARTIFACTS_PROGRESS_BAR", "false")
    assert said_at_a_terminal(WORK) == ""


def test_and_in_a_notebook(tmp_path, monkeypatch):
    for text, count in {"true": 3, "false": 0}.items():
        monkeypatch.setenv("MLFLOW_ENABLE_ARTIFACTS_PROGRESS_BAR", text)
        book = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(WORK)])
        NotebookClient(book, timeout=120, kernel_name="python3", resources={"metadata": {"path": str(tmp_path)}}).execute()
        outputs = json.dumps(book.cells[0].outputs)
        bars = outputs.count("widget-view") or sum(map(outputs.count, ("copying", "downloading", "run/s")))
        assert (bars >= count) if count else book.cells[0].outputs == [], outputs


def test_nobody_looks_at_a_pipe(python):
    done = python(WORK, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    assert pathlib.Path("imported.duckdb").exists()
