"""Folders that MLflow 2 and 3 write are read here, and ours there, as the library knows them and as functions."""

import pathlib

import pytest

EXCHANGE = pathlib.Path(__file__).parent / "exchange_models.py"
OURS = {"keras", "keras-exported", "script", "tensorflow", "tensorflow-custom", "tensorflow-h5", "tf-module", "torch"}
THEIRS = {"2.22.0": OURS - {"tensorflow-h5"}, "3.17.2": OURS - {"tensorflow-h5"} | {"pt2"}}


@pytest.fixture(scope="module")
def read_there(run, tmp_path_factory):
    """Folder with what each MLflow wrote, and what it made of ours."""
    folder = tmp_path_factory.mktemp("models")
    for name in ("ours", *THEIRS):
        (folder / name).mkdir()
    run("frameworks", EXCHANGE, "jupyter_mlops", folder / "ours")
    found = {v: run(f"frameworks-mlflow-{v}", EXCHANGE, "mlflow", folder / v, folder / "ours")["ours"] for v in THEIRS}
    return folder, found


@pytest.fixture(scope="module")
def read_here(run, read_there):
    return run("frameworks", EXCHANGE, "jupyter_mlops", "-", *(read_there[0] / version for version in THEIRS))


def check(found, names, direction):
    print(f"\n{direction:24} {'native':8} pyfunc")
    for name, (native, function) in sorted(found.items()):
        print(f"{name:24} {native:8} {function}")
    assert set(found) == names
    assert {outcome for both in found.values() for outcome in both} == {"same"}


@pytest.mark.parametrize("version", THEIRS)
def test_models_from_here_are_read_by_mlflow(version, read_there):
    check(read_there[1][version], OURS, f"ours → MLflow {version}")


@pytest.mark.parametrize("version", THEIRS)
def test_models_of_mlflow_are_read_here(version, read_here):
    check(read_here[version], THEIRS[version], f"MLflow {version} → ours")
