"""The same calls of the registry by us and by MLflow 2 and 3: the same answers, field by field, but for a few with a reason."""

import json
import os
import pathlib
import subprocess
import sys

import pytest

from tests.compat.registry_calls import CALLS
from tests.environments import environment

ROOT = pathlib.Path(__file__).parent.parent.parent
SCRIPT = pathlib.Path(__file__).with_name("registry_calls.py")
NAMES = "names that no models:/ URI could name are refused, as MLflow 3 does"
MISSING = "what is not there is NotFound, whoever asks; MLflow has another error round it"
TOLD = "the place that is loaded is told, not a runs:/ URI"
LANGUAGE = "an extension of the filter language"
NEVER = "what can never be right is an error, and one of the tree"
RETURNED = "what was renamed is returned"
# By version of MLflow: calls that answer otherwise, and why.
DIFFERENCES = {
    "2.22.0": {
        'c.delete_registered_model(c.create_registered_model(" ").name)': NAMES,
        'c.delete_registered_model(c.create_registered_model("a/b").name)': NAMES,
        'c.delete_registered_model(c.create_registered_model("a:b").name)': NAMES,
        'c.delete_registered_model(c.create_registered_model("..").name)': NAMES,
        'c.delete_registered_model(c.copy_model_version("models:/m/1", "a/b").name)': NAMES,
        'c.delete_registered_model(mlflow.register_model("models:/m/1", "a/b").name)': NAMES,
        'c.rename_registered_model("n", "a/b")': NAMES,
        'c.update_registered_model("quiet", None)': "no description is one that can be set, as in MLflow 3",
        'c.get_model_version_by_alias("m", "latest")': "the highest version, as in MLflow 3",
        'c.get_model_version_by_alias("m", "LATEST")': "the highest version, as in MLflow 3",
        'c.get_model_version_by_alias("nobody", "champion")': MISSING,
        "c.search_registered_models(\"name IN ('m', 'plain')\")": LANGUAGE,
        "c.search_model_versions(\"run_id NOT IN ('x')\")": LANGUAGE,
        'c.search_model_versions("version_number = 1.5")': NEVER,
        'mlflow.register_model("models:/n/99", "fresh 4")': MISSING,
        'c.get_registered_model(name="m")': "aliases of a version go with it, as in MLflow 3",
        'mlflow.set_model_version_tag("n", "1", "top", "level")': "MLflow 3 has it",
        'c.get_model_version("n", "1")': "the tag that MLflow 2 could not set",
    },
    "3.17.2": {},
}  # fmt: skip
IN_BOTH = {
    'c.create_registered_model("prompt", {"mlflow.prompt.is_prompt": "true"})': "here are no prompts; MLflow's are hidden all the same",
    'c.create_model_version("m", "models:/m/99")': MISSING,
    'c.create_model_version("quiet", "")': NEVER,
    'c.get_model_version_download_uri("m", "1")': TOLD,
    'c.get_model_version_download_uri("copies", "1")': TOLD,
    'c.get_model_version_download_uri("copies", "2")': TOLD,
    'c.transition_model_version_stage("m", "4", None)': NEVER,
    'c.set_model_version_tag("plain", key="of stage", value="x", stage="Production")': MISSING,
    'c.copy_model_version("models:/m/99", "copies")': MISSING,
    "c.search_registered_models(\"name = 'm' OR name = 'plain'\")": LANGUAGE,
    'c.search_registered_models(order_by=["name", "name DESC"])': NEVER,
    "c.search_registered_models(max_results=-1)": NEVER,
    'mlflow.register_model(f"runs:/{run}/nothing", "fresh")': "a model that is not there is NotFound, and no model is created for it",
    'c.rename_registered_model("m", "m")': RETURNED,
    'c.rename_registered_model("m", "n")': RETURNED,
}  # fmt: skip


@pytest.fixture(scope="module")
def answers(tmp_path_factory):
    """What we and each version of MLflow answer, call by call."""

    def ask(python, package, name):
        folder = tmp_path_factory.mktemp(name)
        variables = {
            **os.environ, "PYTHONPATH": str(ROOT), "MLFLOW_DISABLE_TELEMETRY": "true", "GIT_PYTHON_REFRESH": "quiet",
            "JUPYTER_MLOPS_DATA_DIR": str(folder / "data"),
        }  # fmt: skip
        uri = "store.duckdb" if package == "jupyter_mlops" else "sqlite:///store.db"
        command = [python, SCRIPT, package, uri]
        done = subprocess.run(command, capture_output=True, text=True, env=variables, cwd=folder, timeout=300, check=False)
        assert done.returncode == 0, done.stderr[-3000:]
        return json.loads(done.stdout.splitlines()[-1])

    ours = ask(sys.executable, "jupyter_mlops", "ours")
    return ours, {version: ask(environment(f"mlflow-{version}"), "mlflow", version) for version in DIFFERENCES}


def _compared(call, answer):
    """What a search finds, without the aliases that MLflow leaves out there."""
    if "search_model_versions" in call and isinstance(answer, list):
        return [{name: value for name, value in version.items() if name != "aliases"} for version in answer]
    return answer


@pytest.mark.parametrize("version", DIFFERENCES)
def test_the_registry_answers_as_mlflow_does(answers, version):
    ours, theirs = answers[0], answers[1][version]
    known = {**IN_BOTH, **DIFFERENCES[version]}
    assert set(known) <= set(CALLS)
    differing = [
        (call, our, their)
        for call, our, their in zip(CALLS, ours, theirs, strict=True)
        if _compared(call, our) != _compared(call, their)
    ]
    assert [found for found in differing if found[0] not in known] == []
    assert set(known) - {call for call, _, _ in differing} == set()  # each of these is one indeed


def test_every_error_of_ours_is_one_of_the_tree(answers):
    assert [answer for answer in answers[0] if isinstance(answer, str) and "no MlflowException" in answer] == []
