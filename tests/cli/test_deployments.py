"""``jupyter mlops deployments …`` with a plugin that is really installed, on the path."""

import json
import pathlib
import sys

import pytest

import jupyter_mlops as mlflow

PLUGIN = """
import json, os
from {package}.deployments import BaseDeploymentClient
import {package} as mlflow

class Shelf(BaseDeploymentClient):
    def create_deployment(self, name, model_uri, flavor=None, config=None, endpoint=None):
        with open(name + ".shelf", "x") as file:
            json.dump({{"name": name, "model_uri": model_uri, "flavor": "python_function", "target": self.target_uri, **config}}, file)
        return self.get_deployment(name)
    def update_deployment(self, name, model_uri=None, flavor=None, config=None):
        with open(name + ".shelf", "w") as file:
            json.dump({{"name": name, "model_uri": model_uri, **config}}, file)
    def delete_deployment(self, name):
        os.unlink(name + ".shelf")
    def list_deployments(self):
        return [self.get_deployment(name[:-6]) for name in sorted(os.listdir()) if name.endswith(".shelf")]
    def get_deployment(self, name):
        with open(name + ".shelf") as file:
            return json.load(file)
    def predict(self, deployment_name=None, inputs=None):
        return mlflow.pyfunc.load_model(self.get_deployment(deployment_name)["model_uri"]).predict(inputs)

def run_local(target, name, model_uri, flavor=None, config=None):
    print("locally", target, name, model_uri, config)

def target_help():
    return "A shelf has no settings."
"""


@pytest.fixture
def shelf(here, monkeypatch):
    """A command where a package brings targets: shelf, one that cannot be loaded, one that is none, and one of MLflow's."""
    told = pathlib.Path("site/shelf_plugin-1.0.dist-info")
    told.mkdir(parents=True)
    (told / "METADATA").write_text("Metadata-Version: 2.1\nName: shelf-plugin\nVersion: 1.0\n")
    (told / "entry_points.txt").write_text(
        "[jupyter_mlops.deployments]\nshelf = shelf_plugin\nbroken = shelf_nowhere\nnone = json\n[mlflow.deployments]\nolder = older_plugin\n"
    )
    (told.parent / "shelf_plugin.py").write_text(PLUGIN.format(package="jupyter_mlops"))
    (told.parent / "older_plugin.py").write_text(PLUGIN.format(package="mlflow"))
    monkeypatch.syspath_prepend(str(told.parent.absolute()))
    yield lambda *arguments, **keywords: here("deployments", *arguments, **keywords)
    sys.modules.pop("shelf_plugin", None)


def test_a_model_is_deployed_asked_and_removed_by_a_plugin(shelf, model, frame):
    with mlflow.start_run():
        info = mlflow.sklearn.log_model(model, name="model", pip_requirements=[])
    listed = [line.split(maxsplit=1) for line in shelf("targets").stdout.splitlines()[2:]]
    assert [name for name, _ in listed] == ["azureml", "broken", "docker", "local", "none", "older", "sagemaker", "shelf"]
    assert (listed[3][1][:15], listed[7][1]) == ("scoring servers", "of the package module shelf_plugin")
    made = shelf("create", "-t", "shelf:/top", "--name", "wine", "-m", info.model_uri, "-C", "size=small")
    assert made.stdout == "python_function deployment wine is created\n"
    assert json.loads(pathlib.Path("wine.shelf").read_text()) == {
        "name": "wine", "model_uri": info.model_uri, "flavor": "python_function", "target": "shelf:/top", "size": "small",
    }  # fmt: skip
    assert shelf("list", "-t", "shelf").stdout.split()[-2:] == ["wine", info.model_uri]
    assert json.loads(shelf("list", "-t", "shelf", "--json").stdout)[0]["name"] == "wine"
    assert "size: small" in shelf("get", "-t", "shelf", "--name", "wine").stdout
    frame.to_csv("rows.csv", index=False)
    assert json.loads(shelf("predict", "-t", "shelf", "--name", "wine", "-I", "rows.csv").stdout) == model.predict(frame).tolist()
    pathlib.Path("rows.json").write_text(json.dumps({"dataframe_split": frame.to_dict(orient="split")}))
    assert json.loads(shelf("predict", "-t", "shelf", "--name", "wine", "-I", "rows.json").stdout) == model.predict(frame).tolist()
    shelf("predict", "-t", "shelf", "--name", "wine", "-I", "rows.csv", "-O", "out.json")
    assert json.loads(pathlib.Path("out.json").read_text()) == model.predict(frame).tolist()
    assert shelf("update", "-t", "shelf", "--name", "wine", "-m", "models:/x/1").stdout == "Deployment wine is updated\n"
    assert shelf("help", "-t", "shelf").stdout == "A shelf has no settings.\n"
    assert shelf("run-local", "-t", "shelf", "--name", "wine", "-m", "m").stdout == "locally shelf wine m {}\n"
    assert shelf("delete", "-t", "shelf", "--name", "wine").stdout == "Deployment wine is deleted\n"
    assert not pathlib.Path("wine.shelf").exists()


def test_targets_of_this_package_are_there_without_plugins(here, monkeypatch):
    assert "There is no target 'cloud'" in here("deployments", "list", "-t", "cloud", code=1).stderr
    assert [one["name"] for one in json.loads(here("deployments", "targets", "--json").stdout)] == ["azureml", "docker", "local", "sagemaker"]
    assert here("deployments", "list", "-t", "local", "--json").stdout == "[]\n"
    assert "deployments create -t local --name NAME" in here("deployments", "list").stderr
    monkeypatch.setenv("MLFLOW_DEPLOYMENTS_TARGET", "sagemaker")
    assert here("deployments", "help").stdout.startswith("sagemaker")
    assert "deployments list -t local`, tells which there are" in here("deployments", "get", "-t", "local", "--name", "x", code=1).stderr
    for name in ("azureml", "docker", "local", "sagemaker"):
        assert here("deployments", "help", "-t", name).stdout.startswith(name)
    pathlib.Path("rows.csv").write_text("a\n1\n")
    assert "explains no predictions" in here("deployments", "explain", "-t", "local", "--name", "x", "-I", "rows.csv", code=1).stderr


def test_what_is_wrong_with_a_target_is_one_line(shelf):
    for target, said in {"cloud": "there are azureml, broken, docker, local, none, older, sagemaker, shelf.", "broken": "shelf_nowhere", "none": "BaseDeploymentClient"}.items():
        told = shelf("list", "-t", target, code=1).stderr
        assert said in told and len(told.splitlines()) == 1
    pathlib.Path("odd.json").write_text("{")
    assert shelf("predict", "-t", "shelf", "--name", "x", "-I", "odd.json", code=1).stderr.startswith("Error: odd.json cannot be read as a table")
    assert "either --name or --endpoint" in shelf("predict", "-t", "x", "-I", __file__, code=2).stderr


def test_plugins_of_mlflow_work_where_this_package_is_mlflow(shelf, python):
    script = "import sys; sys.path.insert(0, 'site')\nimport jupyter_mlops; jupyter_mlops.install_as_mlflow()\nimport mlflow.deployments\n"
    assert python(script + "print(mlflow.deployments.get_deploy_client('older').list_deployments())") == "[]\n"
