"""Places where projects run: ours and one of another package, each with all that a backend must do."""

import os
import shutil
import subprocess
import sys

import pytest

import jupyter_mlops as mlflow
from jupyter_mlops import projects
from jupyter_mlops.errors import ExecutionException
from jupyter_mlops.testing.backends import BackendContract
from tests.environments import ROOT


class TestLocal(BackendContract):
    backend = "local"


class TestDask(BackendContract):
    backend = "dask"

    @pytest.fixture
    def config(self, dask):
        dask.worker()
        return {"address": dask.address}


@pytest.fixture
def site(tmp_path):
    """A folder where packages are installed: one with a backend, one with a backend of MLflow's, and one that is broken."""
    points = {
        "nice": "[jupyter_mlops.project_backend]\nnice = nice_backend:NiceBackend\n",
        "yarn": "[mlflow.project_backend]\nyarn = mlflow_yarn:YarnBackend\n",
        "broken": "[jupyter_mlops.project_backend]\nbroken = not_there:Backend\n",
    }
    for name, text in points.items():
        told = tmp_path / "site" / f"{name}-1.0.dist-info"
        told.mkdir(parents=True)
        (told / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n")
        (told / "entry_points.txt").write_text(text)
    shutil.copy(ROOT / "tests" / "projects" / "nice_backend.py", told.parent)
    return told.parent


def test_a_backend_of_another_package_keeps_the_contract(site):
    variables = {**os.environ, "PYTHONPATH": f"{site}{os.pathsep}{ROOT}"}
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "--tb=short", ROOT / "tests" / "projects" / "contract_nice.py"]
    done = subprocess.run(command, capture_output=True, text=True, env=variables, cwd=ROOT, timeout=300, check=False)
    assert done.returncode == 0, f"{done.stdout[-6000:]}\n{done.stderr[-3000:]}"
    assert "4 passed" in done.stdout


@pytest.mark.parametrize(
    ("backend", "config", "said"),
    [
        ("nicer", {}, "there are local, dask, kubernetes, broken, nice. Did you mean 'nice'?"),
        ("kubernets", {}, "Did you mean 'kubernetes'?"),
        ("yarn", {}, "`mlflow run --backend yarn` logs here when MLFLOW_TRACKING_URI is a `jupyter mlops server`"),
        ("broken", {}, "cannot be loaded from not_there:Backend"),
        ("nice", {"be": 1}, "'be', which this backend does not know. There are: by."),
        ("kubernetes", {}, "needs 'repository-uri' and 'kube-job-template-path'"),
        ("kubernetes", {"repository-uri": "x", "kube-context": "y"}, "needs 'kube-job-template-path'"),
        ("kubernetes", {"repository-uri": "x", "kube-job-template-path": "y"}, "by backend='local'; on a cluster.* by backend='dask'"),
        ("dask", {"adress": "tcp://127.0.0.1:1"}, "Did you mean 'address'?"),
        ("dask", {"address": "tcp://nowhere.invalid:8786"}, "No Dask scheduler answers at 'tcp://nowhere.invalid:8786'"),
    ],
)
def test_where_nothing_can_be_run_is_told_before_there_is_a_run(project, site, monkeypatch, backend, config, said):
    monkeypatch.syspath_prepend(site)
    monkeypatch.setattr("jupyter_mlops.projects.backends.dask._CONNECT_S", 0.5)
    with pytest.raises(ExecutionException, match=said) as error:
        projects.run(str(project()), backend=backend, backend_config=config)
    assert "\n" not in str(error.value)
    assert mlflow.search_runs(search_all_experiments=True).empty


def test_where_dask_is_not_installed_it_says_what_to_install(project, python):
    said = python(f"""
import sys; sys.modules["distributed"] = None
import jupyter_mlops as mlflow
try:
    mlflow.run({str(project())!r}, backend="dask")
except mlflow.exceptions.MlflowException as error:
    print(type(error).__name__, error)
""")
    assert said == "PackageMissing backend='dask' needs distributed: pip install 'jupyter-mlops[dask]'.\n"
