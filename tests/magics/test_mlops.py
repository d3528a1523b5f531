"""``%mlops`` in a real kernel."""

import json

import nbformat
import pytest
from nbclient import NotebookClient

from tests.network_faults import CUT, PASS, network_to
from tests.server_processes import started, token_of

pytestmark = pytest.mark.filterwarnings("default")


def execute(tmp_path, *cells):
    """What cells print, or their error, in one kernel."""
    book = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(source) for source in ("%load_ext jupyter_mlops", *cells)])
    where = {"metadata": {"path": str(tmp_path)}}
    NotebookClient(book, timeout=60, allow_errors=True, kernel_name="python3", resources=where).execute()
    return [json.dumps(cell.outputs) for cell in book.cells[1:]]


def test_a_local_store_and_what_is_recorded(tmp_path):
    start = "import jupyter_mlops as mlflow; mlflow.start_run(run_name='clears \\x1b[2J');"
    status, privacy, wrong, doctor, _, opened = execute(
        tmp_path, "%mlops", "%mlops status --privacy", "%mlops fly", "%mlops doctor", start, "%mlops status"
    )
    assert r"open run  clears \\x1b[2J (" in opened
    assert f"runs      {tmp_path}/mlops.duckdb" in status and "waiting" not in status
    assert "on   JUPYTER_MLOPS_CAPTURE_GIT_DIFF" in privacy
    assert "ok    store" in doctor and "ok    versions" in doctor and "text/html" in doctor
    assert "UsageError: %mlops: it takes [status|sync|doctor|privacy] [URL], not fly" in wrong


def test_a_server_that_is_away_and_comes_back(tmp_path, monkeypatch):
    monkeypatch.setenv("JUPYTER_MLOPS_DATA_DIR", str(tmp_path / "data"))
    monkeypatch.setenv("MLFLOW_HTTP_REQUEST_MAX_RETRIES", "0")
    with started(tmp_path) as (_, port), network_to(port) as network:
        monkeypatch.setenv("MLFLOW_TRACKING_TOKEN", token_of(tmp_path))
        network.now = lambda method, path: CUT if "deliveries" in path and not (tmp_path / "back").exists() else PASS
        log = f"""
            import jupyter_mlops as mlflow, pathlib, time
            mlflow.set_tracking_uri({network.url!r})
            with mlflow.start_run() as run:
                mlflow.log_metric('acc', 0.9)
        """
        _, away, _, back, told = execute(
            tmp_path, "import textwrap; exec(textwrap.dedent('''" + log + "'''))", "%mlops status", "pathlib.Path('back').touch(); mlflow.flush()",
            "%mlops status", "print(mlflow.get_run(run.info.run_id).data.metrics)",
        )  # fmt: skip
    assert "(a server)" in away and "records, 0 files for http://127.0.0.1" in away
    assert "Everything is delivered." in back
    assert "{'acc': 0.9}" in told
