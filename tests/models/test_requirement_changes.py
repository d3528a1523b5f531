"""What a kept model needs is changed, and the model stays one that this user vouches for."""

import pytest
import yaml

import jupyter_mlops as mlflow
from jupyter_mlops.errors import InvalidParameter
from tests.cli.conftest import here  # noqa: F401 - a fixture


def needs(uri):
    """Lines of both files."""
    conda = yaml.safe_load(mlflow.artifacts.load_text(f"{uri}/conda.yaml"))
    return mlflow.artifacts.load_text(f"{uri}/requirements.txt").splitlines(), conda["dependencies"][-1]["pip"]


def test_packages_are_added_replaced_and_removed(tmp_path, here):  # noqa: F811
    (tmp_path / "most.txt").write_text("scipy<2")
    (tmp_path / "needs.txt").write_text("Pandas==2.0\n-c most.txt")
    with mlflow.start_run():
        uri = mlflow.pyfunc.log_model("m", python_model=lambda model_input: model_input, pip_requirements=str(tmp_path / "needs.txt")).model_uri
    here("models", "update-pip-requirements", "-m", uri, "add", "pandas>=2", "pillow @ https://ann:pw@host/p.whl")
    changed = ["mlflow", "pandas>=2", "pillow @ https://host/p.whl", "-c constraints.txt"]
    assert needs(uri) == (changed, changed)
    mlflow.models.update_model_requirements(uri, "remove", ["PANDAS"])
    assert needs(uri)[0] == ["mlflow", "pillow @ https://host/p.whl", "-c constraints.txt"]
    assert mlflow.pyfunc.load_model(uri).predict(["a"]) == ["a"]  # a pickle, of whole and signed files
    for operation, line, told in (("remove", "scipy", "does not need scipy"), ("add", "--index-url x", "is no requirement"), ("put", "scipy", "'add' or 'remove'")):
        with pytest.raises(InvalidParameter, match=told):
            mlflow.models.update_model_requirements(uri, operation, [line])
    with pytest.raises(InvalidParameter, match="registered version"):
        mlflow.models.update_model_requirements("models:/wine/1", "add", ["scipy"])
