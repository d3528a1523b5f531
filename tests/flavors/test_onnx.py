"""A flavor of another package: that of docs/onnx_flavor.py, installed as docs/flavors.md says, with the real libraries."""

import os
import re
import shutil
import subprocess
import tomllib

import pytest

import jupyter_mlops as mlflow
from jupyter_mlops.errors import MlflowException
from tests.environments import ROOT, environment


@pytest.fixture
def site(tmp_path):
    """Folder with the flavor as pip lays it; its entry point is that of the page."""
    block = re.search(r"```toml\n(.*?)```", (ROOT / "docs" / "flavors.md").read_text(), re.S)[1]
    ((name, module),) = tomllib.loads(block)["project"]["entry-points"]["jupyter_mlops.flavors"].items()
    told = tmp_path / "site" / "onnx_flavor-1.0.dist-info"
    told.mkdir(parents=True)
    shutil.copy(ROOT / "docs" / "onnx_flavor.py", told.parent)
    (told / "METADATA").write_text("Metadata-Version: 2.1\nName: onnx-flavor\nVersion: 1.0\n")
    (told / "entry_points.txt").write_text(f"[jupyter_mlops.flavors]\n{name} = {module}\n")
    return told.parent


def test_a_flavor_of_another_package_keeps_the_contract(site):
    variables = {**os.environ, "PYTHONPATH": f"{site}{os.pathsep}{ROOT}", "GIT_PYTHON_REFRESH": "quiet"}
    options = ["-q", "-o", "filterwarnings=default", "-p", "no:cacheprovider", "--tb=short"]
    cases = ROOT / "tests" / "flavors" / "contract_onnx.py"
    command = [environment("onnx-mlflow-2.22.0"), "-m", "pytest", *options, cases]
    done = subprocess.run(command, capture_output=True, text=True, env=variables, timeout=300, check=False)
    assert done.returncode == 0, f"{done.stdout[-6000:]}\n{done.stderr[-3000:]}"
    assert " passed" in done.stdout.splitlines()[-1]


@pytest.fixture
def nobodys(tmp_path):
    """A model of a loader that is not here."""
    (tmp_path / "MLmodel").write_text("flavors:\n  python_function:\n    loader_module: mlflow.onnx\n")
    return tmp_path


def test_where_no_package_loads_it_the_error_names_the_entry_points(nobodys):
    with pytest.raises(MlflowException, match=r"'mlflow.onnx'.*'jupyter_mlops.flavors'"):
        mlflow.pyfunc.load_model(nobodys)


def test_a_package_that_cannot_be_read_is_no_obstacle(nobodys, tmp_path_factory, monkeypatch, caplog):
    broken = tmp_path_factory.mktemp("site") / "broken-1.0.dist-info"
    broken.mkdir()
    (broken / "METADATA").write_text("Metadata-Version: 2.1\nName: broken\nVersion: 1.0\n")
    (broken / "entry_points.txt").write_bytes(b"\xff")
    monkeypatch.syspath_prepend(broken.parent)
    with pytest.raises(MlflowException, match="No installed package"):
        mlflow.pyfunc.load_model(nobodys)
    assert "left out" in caplog.text
