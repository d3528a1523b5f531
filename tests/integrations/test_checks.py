"""Libraries that look for MLflow find us, whether or not the real one is installed as well."""

import json

import pytest

import jupyter_mlops
from tests.environments import ROOT, beside


@pytest.fixture(params=["alone", "beside MLflow 3.17.2"])
def trained(request, train):
    path = [str(ROOT)] if request.param == "alone" else [str(beside("mlflow==3.17.2")), str(ROOT)]
    return train("train_checks.py", PYTHONPATH=":".join(path))


def test_they_find_us_and_never_the_real_one(trained, sql):
    assert trained.returncode == 0, trained.stderr
    found = json.loads((trained.folder / "told.json").read_text())
    files = found.pop("files")
    assert found == {
        "accelerate": True,
        "transformers": True,
        "lightning": True,
        "lightning, too old": False,
        "lightning, too new": False,
        "lightning, compared": True,
        "metadata": "2.22.0",
        "distributions": ["2.22.0"],
        "packages": ["mlflow"],
        "requires": None,
        "spec": jupyter_mlops.__file__,
        "submodule": str(ROOT / "jupyter_mlops" / "tracking" / "__init__.py"),
        "version": "2.22.0",
    }
    assert len(files) > 3
    assert [file for file in files if file and not file.startswith(str(ROOT / "jupyter_mlops"))] == []
    assert sql("SELECT key, value FROM metrics", trained.store) == [("a", 1.0)]
