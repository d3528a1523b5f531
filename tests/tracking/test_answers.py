"""Some 130 calls are answered as by real MLflow: the same result or the same error, but for what is known and meant."""

import json
import pathlib
import subprocess
import sys

from tests.tracking import answer_calls

MEANT = {  # our answer and MLflow's, most where it stumbles over what it is given
    "m.log_metric(5, 1)": ("INVALID_PARAMETER_VALUE", "TypeError"),
    "m.log_param(5, 1)": ("INVALID_PARAMETER_VALUE", "TypeError"),
    "m.set_tag(5, 1)": ("INVALID_PARAMETER_VALUE", "INTERNAL_ERROR"),
    "[m.log_metric('a', float('inf')), now().metrics]": (
        "[None, {'a': inf}]",
        "[None, {'a': 1.7976931348623157e+308}]",
    ),
    "[m.log_metric('a', 10**400), now().metrics]": ("INVALID_PARAMETER_VALUE", "OverflowError"),
    "[m.log_metric('a', [1]), now().metrics]": ("INVALID_PARAMETER_VALUE", "TypeError"),
    "[m.start_run(), m.start_run()]": ("INVALID_STATE", "Exception"),
    'm.start_run(run_name="a", tags={"mlflow.runName": "b"}) and None': ("INVALID_PARAMETER_VALUE", "None"),
    "m.get_run(None)": ("RESOURCE_DOES_NOT_EXIST", "TypeError"),
    'm.log_text("a", "/etc/x")': ("INVALID_PARAMETER_VALUE", "INTERNAL_ERROR"),
    'm.log_text("a", "../x")': ("INVALID_PARAMETER_VALUE", "INTERNAL_ERROR"),
    'm.log_inputs([None], ["a"])': ("INVALID_PARAMETER_VALUE", "INTERNAL_ERROR"),
}


def _answers(python, package, folder):
    folder.mkdir()
    command = [python, str(pathlib.Path(answer_calls.__file__)), package]
    done = subprocess.run(
        command, cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, timeout=300, check=True
    )
    return json.loads(done.stdout.splitlines()[-1])


def test_calls_are_answered_as_by_mlflow(mlflow_python, tmp_path):
    ours = _answers(sys.executable, "jupyter_mlops", tmp_path / "ours")
    theirs = _answers(mlflow_python, "mlflow", tmp_path / "theirs")
    assert {call: (ours[call], theirs[call]) for call in ours if ours[call] != theirs[call]} == MEANT
