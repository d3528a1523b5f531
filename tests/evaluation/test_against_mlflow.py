"""Names and values of an evaluation are MLflow's, those of 2.22 and 3.17."""

import json
import os
import pathlib
import subprocess

import pytest

import jupyter_mlops
from tests.evaluation import cases
from tests.mlflow_peers import VERSIONS, mlflow_peer

NEWER_FILES = {"calibration_curve_plot"}  # of MLflow 3 alone
_COUNTS = {"true_negatives", "true_positives", "false_negatives", "false_positives"}
WRONG_IN_2 = {"pos_label": {"precision_recall_auc", *_COUNTS}, "binary of text": _COUNTS}
"""MLflow 2 takes the larger label for positive here, whatever it was told; MLflow 3 does not."""


@pytest.fixture(scope="module")
def ours(tmp_path_factory):
    jupyter_mlops.set_tracking_uri(tmp_path_factory.mktemp("ours") / "mlops.duckdb")
    try:
        return cases.found(jupyter_mlops)
    finally:
        jupyter_mlops.set_tracking_uri(None)


@pytest.mark.parametrize("version", VERSIONS)
def test_names_and_values_are_mlflows(ours, version, tmp_path):
    environment = {k: v for k, v in os.environ.items() if k != "PYTHONPATH"}
    environment |= {"MPLBACKEND": "agg", "GIT_PYTHON_REFRESH": "quiet", "MLFLOW_ALLOW_FILE_STORE": "true"}
    environment |= {"MLFLOW_TRACKING_URI": tmp_path.joinpath("mlruns").as_uri()}
    command = [mlflow_peer(version), cases.__file__, tmp_path / "found.json"]
    subprocess.run(command, check=True, env=environment, capture_output=True, timeout=600, cwd=tmp_path)
    theirs = json.loads(pathlib.Path(tmp_path, "found.json").read_text())
    assert ours.keys() == theirs.keys()
    for name, expected in theirs.items():
        check(name, ours[name], expected, version)


def check(name, found, expected, version):
    wrong = WRONG_IN_2.get(name, set()) if version.startswith("2.") else set()
    for kind in ("metrics", "logged"):
        assert found[kind].keys() == expected[kind].keys(), (name, kind)
        for key in found[kind].keys() - wrong:
            assert found[kind][key] == pytest.approx(expected[kind][key], rel=1e-9, abs=1e-9, nan_ok=True), (name, key)
    newer = NEWER_FILES if version.startswith("2.") else set()
    assert set(found["artifacts"]) - newer == set(expected["artifacts"]), name
    assert {file for file in found["files"] if not any(one in file for one in newer)} == set(expected["files"]), name
    assert found["inputs"] == expected["inputs"], name
    for table, columns in expected["tables"].items():
        for column, values in columns.items():
            assert found["tables"][table][column] == pytest.approx(values, abs=1e-9, nan_ok=True), (
                name,
                table,
                column,
            )  # rounded by theirs
