"""The tutorials run unchanged where runs are kept by a server."""

import contextlib
import pathlib

import nbformat
import pytest
from nbclient import NotebookClient

from tests.mlflow_servers import mlflow_server
from tests.server_processes import started, token_of

NOTEBOOKS = pathlib.Path(__file__).parent.parent.parent / "notebooks"


@contextlib.contextmanager
def server(kind, folder, monkeypatch):
    """Address of a server of ours or of MLflow's."""
    monkeypatch.setenv("JUPYTER_MLOPS_DATA_DIR", str(folder / "data"))
    with started(folder) if kind == "ours" else mlflow_server(folder, kind) as (_, port):
        if kind == "ours":
            monkeypatch.setenv("MLFLOW_TRACKING_TOKEN", token_of(folder))
        yield f"http://127.0.0.1:{port}"


# Gates, history and lineage, which the second is about, are there with servers of ours only.
@pytest.mark.parametrize("kind, name", [("ours", "01_quickstart"), ("ours", "02_registry"), ("3.17.2", "01_quickstart")])
def test_a_notebook(kind, name, tmp_path, monkeypatch):
    monkeypatch.setenv("JUPYTER_MLOPS_LIVE", "0")
    with server(kind, tmp_path, monkeypatch) as url:
        monkeypatch.setenv("MLFLOW_TRACKING_URI", url)
        notebook = nbformat.read(NOTEBOOKS / f"{name}.ipynb", 4)
        NotebookClient(notebook, timeout=120, resources={"metadata": {"path": str(tmp_path)}}).execute()
        outbox = next((tmp_path / "data" / "outboxes").iterdir())
        assert not [*outbox.glob("*.seg"), *outbox.glob("refused.jsonl"), *(outbox / "files").iterdir()]
    assert not list(tmp_path.glob("*.duckdb")) or kind == "ours"


SWEEP = """
import jupyter_mlops as mlflow

def trains(x):
    for step in range(4):
        mlflow.log_metric("loss", abs(x - 3) + 1 / (step + 1), step=step)

mlflow.set_experiment("swept")
mlflow.sweep(trains, {"x": "0..9"}, metric="loss", sampler="grid", n=6, name="far")
"""
RESUMED = (
    SWEEP.replace("n=6, name", "resume=True, parallel=2, name").replace("mlflow.sweep", "result = mlflow.sweep")
    + """
from jupyter_mlops.tracking.settings import current_store
from jupyter_mlops.views.requests import answer
shown = answer(current_store(), "sweep", {"run_id": result.run_id, "chart": "parallel"})
print(result.best_params, result.to_frame().status.tolist(), shown["sweep"]["done"], shown["best"][0]["params"])
"""
)


@pytest.mark.parametrize("kind", ["ours", "3.17.2"])
def test_a_sweep_resumed_by_another_process(kind, tmp_path, monkeypatch, python):
    pytest.importorskip("optuna", reason="sweeps need the extra `sweep`: pip install 'jupyter-mlops[sweep]'")
    with server(kind, tmp_path, monkeypatch) as url:
        monkeypatch.setenv("MLFLOW_TRACKING_URI", url)
        python(SWEEP)
        # the sixth is worse than the median of the five before it, from its second step on
        assert python(RESUMED) == f"{{'x': 3}} {['FINISHED'] * 5 + ['PRUNED'] * 5} 10 ['3']\n"
