"""What integrations reach for inside MLflow is there under as_mlflow, or is a gap that stands here with its reason.

The names were read from the source of the integrations' packages; those that neither MLflow 2.22 nor 3.17 has are left out.
"""

import json
import pathlib
import re

import yaml

NAMES = yaml.safe_load((pathlib.Path(__file__).parent / "names.yaml").read_text())
GAPS = {
    r"utils\.autologging_utils\..*": "how MLflow patches libraries: for autologging that others write; ours is made otherwise",
    r"(prophet|spark|statsmodels|transformers)\..*_model": "flavors that are not there yet",
    r"pyfunc\.add_to_model": "for flavors that others write: ours are written by jupyter_mlops.pyfunc.flavors",
    r"pyfunc\.backend\..*": "how MLflow serves: ours is jupyter_mlops.serving",
    r"sklearn\.get_default_conda_env": "what a flavor needs by default is decided when a model is saved",
    r"models\.utils\._.*|utils\.(class_utils|environment|file_utils|model_utils|requirements_utils)\..*|utils\._get_fully_qualified_class_name": (
        "how MLflow writes a model's folder: for flavors that others write; ours are written otherwise"
    ),
    r"entities\.(logged_model\.)?LoggedModel|tracking\.fluent\._initialize_logged_model": "logged models of MLflow 3",
    r"azure\..*|store\.artifact\..*|utils\.rest_utils\..*|environment_variables\.MLFLOW_MULTIPART_.*": (
        "how MLflow moves artifacts over the network, which Composer changes for Databricks; ours go by fsspec"
    ),
    r"tracking\.request_header\..*": "headers for a tracking server, which we do not have",
    r"tracking\.fluent\._active_run_stack": "a plain list until MLflow 2.13; PyCaret fails with what MLflow has since",
    r"tracking\.fluent\._active_experiment_id": "a variable inside MLflow that FLAML reads: another state than ours",
}
RESOLVE = """
import importlib, json, sys
import jupyter_mlops
jupyter_mlops.install_as_mlflow()
def resolves(name):
    place, value = "mlflow", importlib.import_module("mlflow")
    for part in name.split("."):
        place += "." + part
        try:
            value = getattr(value, part)
        except AttributeError:
            try:
                value = importlib.import_module(place)
            except ImportError:
                return False
    return True
print(json.dumps({name: resolves(name) for name in sys.argv[1:]}))
"""


def test_every_name_is_there_or_a_known_gap(python):
    names = sorted({name for used in NAMES.values() for name in used.split()})
    assert len(names) > 140
    there = json.loads(python(RESOLVE, *names))
    gaps = {name for name in names if any(re.fullmatch(gap, name) for gap in GAPS)}
    assert sorted(name for name in names if not there[name] and name not in gaps) == []
    assert sorted(name for name in gaps if there[name]) == [], "no gap any more: take it off the list"


def test_every_gap_is_one_that_somebody_uses():
    names = {name for used in NAMES.values() for name in used.split()}
    assert [gap for gap in GAPS if not any(re.fullmatch(gap, name) for name in names)] == []


def test_names_are_what_they_are_in_mlflow(python):
    shown = python("""
        import jupyter_mlops; jupyter_mlops.install_as_mlflow()
        import mlflow
        from mlflow.environment_variables import MLFLOW_RUN_ID
        from mlflow.exceptions import ErrorCode, MlflowException, RESOURCE_DOES_NOT_EXIST
        from mlflow.protos.databricks_pb2 import INVALID_PARAMETER_VALUE
        from mlflow.tracking.artifact_utils import _download_artifact_from_uri, get_artifact_uri
        from mlflow.utils.validation import validate_param_and_metric_name
        import mlflow.tracking.fluent, mlflow.entities.run_status
        try:
            mlflow.get_run("0" * 32)
        except MlflowException as error:
            print(error.error_code == ErrorCode.Name(RESOURCE_DOES_NOT_EXIST))
        print(MlflowException("no", error_code=INVALID_PARAMETER_VALUE).get_http_status_code())
        with mlflow.start_run() as run:
            mlflow.log_text("text", "folder/a.txt")
        uri = get_artifact_uri(run_id=run.info.run_id, artifact_path="folder")
        print(open(_download_artifact_from_uri(artifact_uri=uri + "/a.txt", output_path="here")).read())
        print(bool(validate_param_and_metric_name("a/b c")), bool(validate_param_and_metric_name("a,b")))
        MLFLOW_RUN_ID.set("abc")
        import os
        print(os.environ[MLFLOW_RUN_ID.name], MLFLOW_RUN_ID.get(), MLFLOW_RUN_ID.is_set())
        MLFLOW_RUN_ID.unset()
        print(MLFLOW_RUN_ID.is_set(), mlflow.version.VERSION == mlflow.__version__ == "2.22.0")
    """)
    assert shown.splitlines() == ["True", "400", "text", "True False", "abc abc True", "False True"]
