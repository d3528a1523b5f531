"""Variables of the environment: read in one place, listed in README, ours before MLflow's."""

import pathlib
import re

import pytest

import jupyter_mlops as mlflow
from jupyter_mlops.entities.variables import CAPTURES, EXPERIMENT_ID, RUN_ID, TRUNCATE_LONG_VALUES, VARIABLES
from jupyter_mlops.errors import InvalidParameter

ROOT = pathlib.Path(__file__).parent.parent.parent
GIVEN = {  # text and value of every variable that is no plain text
    "RUN_CONTEXT": ('{"team": "a"}', {"team": "a"}, "[1]"),
    "TRUNCATE_LONG_VALUES": ("false", False, "maybe"),
    "ENABLE_ASYNC_LOGGING": ("TRUE", True, "2"),
    "ENABLE_SYSTEM_METRICS_LOGGING": ("1", True, "maybe"),
    "SYSTEM_METRICS_SAMPLING_INTERVAL": ("0.5", 0.5, "often"),
    "SYSTEM_METRICS_SAMPLES_BEFORE_LOGGING": ("3", 3, "1.5"),
    "ARTIFACT_LOCATION_MAX_LENGTH": ("10", 10, "-1"),
    "ENABLE_ARTIFACTS_PROGRESS_BAR": ("0", False, "maybe"),
    "PROGRESS": ("yes", True, "maybe"),
    "TRANSFER_THREADS": ("2", 2, "0"),
    "TRACKING_INSECURE_TLS": ("true", True, "maybe"),
    "HTTP_REQUEST_MAX_RETRIES": ("0", 0, "-1"),
    "HTTP_REQUEST_TIMEOUT": ("2.5", 2.5, "0"),
    "FLUSH_TIMEOUT": ("3", 3.0, "soon"),
    "S3_IGNORE_TLS": ("true", True, "maybe"),
    "S3_UPLOAD_EXTRA_ARGS": ('{"a": 1}', {"a": 1}, "{"),
    "DISABLE_SCHEMA_DETAILS": ("true", True, "maybe"),
    "LOGGING_LEVEL": ("debug", "DEBUG", "loud"),
    "MODEL_COMPAT": ("2.22", "2.22", "2"),
    "CONFIGURE_LOGGING": ("no", False, "maybe"),
    "DEAD_RUN_TIMEOUT": ("2h", 7_200_000, "soon"),
    "LIVE": ("off", False, "maybe"),
    "PREDICT_MEMORY": ("512", 512, "0"),
    "PREDICT_TIMEOUT": ("2.5", 2.5, "0"),
    "PREDICT_IDLE": ("30", 30.0, "soon"),
    "STALL_TIMEOUT": ("90", 90.0, "long"),
    **dict.fromkeys(["CAPTURE", *(f"CAPTURE_{name.upper()}" for name in CAPTURES)], ("0", False, "maybe")),
}


def short(variable):
    return variable.names[0].removeprefix("JUPYTER_MLOPS_")


@pytest.mark.parametrize("variable", VARIABLES, ids=short)
def test_a_variable_has_a_default_a_value_and_an_error_that_names_it(variable, monkeypatch):
    text, value, wrong = GIVEN.get(short(variable), ("some text", "some text", None))
    for name in variable.names:
        monkeypatch.delenv(name, raising=False)
    assert variable.get() == variable.default
    for name in reversed(variable.names):  # ours last: it comes before MLflow's
        monkeypatch.setenv(name, text)
        assert variable.get() == value
        if wrong is not None:
            monkeypatch.setenv(name, wrong)
            with pytest.raises(InvalidParameter, match=rf"{name} is .*, not '{re.escape(wrong)}'"):
                variable.get()
        monkeypatch.setenv(name, "")
        assert variable.get() == variable.default
    assert len(variable.names) == 1 or variable.names[1] == f"MLFLOW_{short(variable)}"


def test_ours_is_looked_at_before_mlflows(monkeypatch):
    monkeypatch.setenv("MLFLOW_TRUNCATE_LONG_VALUES", "true")
    monkeypatch.setenv("JUPYTER_MLOPS_TRUNCATE_LONG_VALUES", "false")
    assert not TRUNCATE_LONG_VALUES.get()
    monkeypatch.setenv("MLFLOW_EXPERIMENT_NAME", "theirs")
    monkeypatch.setenv("JUPYTER_MLOPS_EXPERIMENT_NAME", "ours")
    with mlflow.start_run() as run:
        pass
    assert mlflow.get_experiment(run.info.experiment_id).name == "ours"


def test_what_is_set_here_holds_for_child_processes(monkeypatch, python):
    monkeypatch.setenv("JUPYTER_MLOPS_EXPERIMENT_ID", "7")
    EXPERIMENT_ID.set(3)
    assert python("from jupyter_mlops.entities.variables import EXPERIMENT_ID; print(EXPERIMENT_ID.get())") == "3\n"
    EXPERIMENT_ID.set(None)
    assert EXPERIMENT_ID.given() is None


def test_a_run_id_is_used_once(monkeypatch):
    monkeypatch.setenv("MLFLOW_RUN_ID", "a")
    monkeypatch.setenv("JUPYTER_MLOPS_RUN_ID", "b")
    assert (RUN_ID.take(), RUN_ID.take()) == ("b", None)


def test_readme_lists_each_with_what_it_says_and_its_default():
    rows = re.findall(r"^\| `([A-Z_0-9]+)`( †)? \| (.*) \| (.*) \|$", (ROOT / "README.md").read_text("utf-8"), re.MULTILINE)
    assert rows == [
        (short(v), " †" if len(v.names) == 1 else "", v.doc, "" if v.default in (None, {}) else f"`{str(v.default).lower()}`")
        for v in VARIABLES
    ]


def test_no_other_place_reads_variables_of_ours():
    """Who reads one by itself knows nothing of the other name, the default and the error."""
    for path in (ROOT / "jupyter_mlops").rglob("*.py"):
        assert not re.search(r'environ\b[^\n]{0,8}"(JUPYTER_MLOPS|MLFLOW)_', path.read_text("utf-8").split('"""')[-1]), path
