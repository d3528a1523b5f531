"""scikit-learn models: folders read back by plain libraries, runs, the registry."""

import json
import pathlib

import cloudpickle
import numpy as np
import pandas as pd
import pytest
import scipy.sparse
import skops.io
import yaml
from sklearn.cluster import DBSCAN
from sklearn.ensemble import GradientBoostingClassifier, RandomForestClassifier
from sklearn.neighbors import KNeighborsClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer, StandardScaler

import jupyter_mlops as mlflow
from jupyter_mlops.errors import AlreadyExists, InvalidParameter, NotFound
from jupyter_mlops.models import Model, infer_signature


def mlmodel(folder):
    return yaml.safe_load((pathlib.Path(folder) / "MLmodel").read_text())


@pytest.mark.parametrize(
    ("form", "name", "read"),
    [
        (None, "model.skops", skops.io.load),
        ("skops", "model.skops", skops.io.load),
        ("cloudpickle", "model.pkl", lambda p: cloudpickle.loads(p.read_bytes())),
        ("pickle", "model.pkl", lambda p: cloudpickle.loads(p.read_bytes())),
    ],
)
def test_formats_are_read_by_their_own_libraries(form, name, read, model, tmp_path, frame):
    mlflow.sklearn.save_model(model, tmp_path / "m", serialization_format=form)
    options = mlmodel(tmp_path / "m")["flavors"]
    assert options["sklearn"]["pickled_model"] == options["python_function"]["model_path"] == name
    assert options["sklearn"]["serialization_format"] == (form or "skops")
    assert options["python_function"]["loader_module"] == "mlflow.sklearn"
    assert (read(tmp_path / "m" / name).predict(frame) == model.predict(frame)).all()


def test_models_for_mlflow_2_are_cloudpickled_where_the_environment_says_so(model, tmp_path, monkeypatch):
    monkeypatch.setenv("JUPYTER_MLOPS_MODEL_COMPAT", "2.22")
    mlflow.sklearn.save_model(model, tmp_path / "m")
    assert (tmp_path / "m" / "model.pkl").exists()
    mlflow.sklearn.save_model(model, tmp_path / "asked", serialization_format="skops")
    assert (tmp_path / "asked" / "model.skops").exists()
    monkeypatch.setenv("JUPYTER_MLOPS_MODEL_COMPAT", "1")
    with pytest.raises(InvalidParameter, match=r"JUPYTER_MLOPS_MODEL_COMPAT is 2.22, or 3 as by default, not '1'"):
        mlflow.sklearn.save_model(model, tmp_path / "never")


def test_what_skops_does_not_hold_is_cloudpickled(tmp_path, frame):
    model = make_pipeline(FunctionTransformer(lambda x: x * 2), StandardScaler()).fit(frame)
    mlflow.sklearn.save_model(model, tmp_path / "m")
    assert mlmodel(tmp_path / "m")["flavors"]["sklearn"]["serialization_format"] == "cloudpickle"
    assert np.allclose(mlflow.sklearn.load_model(tmp_path / "m").transform(frame), model.transform(frame))


@pytest.mark.parametrize(
    "estimator", [RandomForestClassifier(3), GradientBoostingClassifier(n_estimators=3), KNeighborsClassifier(1)]
)
def test_compiled_trees_are_cloudpickled(estimator, tmp_path, frame):
    """skops holds them, 40 times slower, and asks for as much trust as a pickle does."""
    mlflow.sklearn.save_model(estimator.fit(frame, [0, 1, 0, 1]), tmp_path / "m")
    read = cloudpickle.loads((tmp_path / "m" / "model.pkl").read_bytes())
    assert (read.predict(frame) == mlflow.sklearn.load_model(tmp_path / "m").predict(frame)).all()


def test_a_forest_is_saved_without_the_half_second_that_skops_takes_to_load(python, tmp_path):
    script = """
        import sys
        from sklearn.ensemble import RandomForestClassifier
        import jupyter_mlops as mlflow
        mlflow.sklearn.save_model(RandomForestClassifier(2).fit([[0], [1]], [0, 1]), sys.argv[1])
        print("skops" in sys.modules)
    """
    assert python(script, tmp_path / "m").strip() == "False"


def test_packages_are_found_in_the_model(tmp_path, frame):
    model = make_pipeline(FunctionTransformer(lambda x: yaml.safe_load("1") * x), StandardScaler()).fit(frame)
    mlflow.sklearn.save_model(model, tmp_path / "m")
    pip = (tmp_path / "m" / "requirements.txt").read_text().splitlines()
    assert f"PyYAML=={yaml.__version__}" in pip
    assert not any(line.startswith("skops") for line in pip)


def test_the_folder(model, tmp_path, frame):
    signature = infer_signature(frame, model.predict(frame), {"k": 1})
    mlflow.sklearn.save_model(model, tmp_path / "m", signature=signature, input_example=frame[:2], metadata={"a": 1})
    text = (tmp_path / "m" / "MLmodel").read_text()
    form = yaml.safe_load(text)
    assert list(form) == sorted(form)
    assert form["metadata"] == {"a": 1}
    assert form["signature"]["params"] == '[{"name": "k", "default": 1, "shape": null, "type": "long"}]'
    assert "artifact_path" not in form
    assert json.loads((tmp_path / "m" / "input_example.json").read_text()) == frame[:2].to_dict("split", index=False)
    conda = yaml.safe_load((tmp_path / "m" / "conda.yaml").read_text())
    pip = (tmp_path / "m" / "requirements.txt").read_text().split("\n")
    assert conda["dependencies"][-1] == {"pip": pip}
    assert {p.partition("==")[0] for p in pip} == {"mlflow", "numpy", "pandas", "scikit-learn", "scipy", "skops"}
    assert Model.load(tmp_path / "m").load_input_example(tmp_path / "m").equals(frame[:2])


def test_unknown_keys_of_mlmodel_pass_through():
    assert Model.from_dict({"flavors": {}, "new_key": [1]}).to_dict()["new_key"] == [1]


@pytest.mark.parametrize(
    ("example", "kind", "kept"),
    [
        (pd.DataFrame([[1.0, None]]), "dataframe", {"data": [[1.0, None]]}),
        (np.array([[1.0, np.nan]]), "ndarray", [[1.0, None]]),
        ({"a": [1, 2]}, "json_object", {"a": [1, 2]}),
        (
            scipy.sparse.csr_matrix([[0.0, 2.0]]),
            "sparse_matrix_csr",
            {"data": [2.0], "indices": [1], "indptr": [0, 1], "shape": [1, 2]},
        ),
        ((np.array([1.0]), {"k": 2}), "ndarray", {"inputs": [1.0], "params": {"k": 2}}),
    ],
)
def test_examples(example, kind, kept, model, tmp_path):
    mlflow.sklearn.save_model(model, tmp_path / "m", input_example=example, signature=False)
    assert json.loads((tmp_path / "m" / "input_example.json").read_text()) == kept
    assert mlmodel(tmp_path / "m")["saved_input_example_info"]["type"] == kind
    assert "signature" not in mlmodel(tmp_path / "m")


@pytest.mark.parametrize("example", [{"a": np.ones(2), "b": 1}, [np.ones(2)], {"a": [np.ones(2)]}, {1, 2}, object()])
def test_examples_that_json_does_not_keep(example, model, tmp_path):
    with pytest.raises(InvalidParameter, match="input example"):
        mlflow.sklearn.save_model(model, tmp_path / "m", input_example=example)


def test_sparse_examples_come_back(model, tmp_path):
    matrix = scipy.sparse.csc_matrix([[0.0, 2.0], [1.0, 0.0]])
    mlflow.sklearn.save_model(model, tmp_path / "m", input_example=matrix, signature=False)
    loaded = Model.load(tmp_path / "m").load_input_example(tmp_path / "m")
    assert loaded.format == "csc"
    assert (loaded.toarray() == matrix.toarray()).all()


def test_an_example_keeps_to_the_signature(model, tmp_path, frame):
    signature = infer_signature(frame, model.predict(frame))
    with pytest.raises(InvalidParameter, match="'b'"):
        mlflow.sklearn.save_model(model, tmp_path / "m", signature=signature, input_example=frame[["a"]])
    assert not (tmp_path / "m").exists()


def test_requirements(model, tmp_path):
    (tmp_path / "c.txt").write_text("numpy<9\n")
    (tmp_path / "r.txt").write_text("pandas\n-c c.txt\n")
    mlflow.sklearn.save_model(model, tmp_path / "m", pip_requirements=[f"-r {tmp_path / 'r.txt'}"])
    assert (tmp_path / "m" / "requirements.txt").read_text() == "mlflow\npandas\n-c constraints.txt"
    assert (tmp_path / "m" / "constraints.txt").read_text() == "numpy<9"
    with pytest.raises(ValueError, match="only one"):
        mlflow.sklearn.save_model(model, tmp_path / "n", pip_requirements=[], conda_env={})


def test_requirements_are_kept_without_passwords(model, tmp_path):
    given = ["--index-url https://ann:sesame@host/simple", "a @ git+https://sesame@host/a.git", "git+ssh://git@host/b.git", "--extra-index-url https://${USER}:${TOKEN}@host/"]
    (tmp_path / "c.txt").write_text("c @ https://ann:sesame@host/c.whl\n")
    mlflow.sklearn.save_model(model, tmp_path / "m", pip_requirements=[*given, f"-c {tmp_path / 'c.txt'}"])
    kept = (tmp_path / "m" / "requirements.txt").read_text().splitlines()
    assert kept[1:5] == ["--index-url https://host/simple", "a @ git+https://host/a.git", *given[2:]]
    assert not [path for path in (tmp_path / "m").rglob("*") if path.is_file() and b"sesame" in path.read_bytes()]


def test_what_cannot_be_saved_leaves_nothing(model, tmp_path):
    with pytest.raises(InvalidParameter):
        mlflow.sklearn.save_model(model, tmp_path / "m", input_example=object())
    assert not (tmp_path / "m").exists()
    mlflow.sklearn.save_model(model, tmp_path / "m")
    with pytest.raises(AlreadyExists):
        mlflow.sklearn.save_model(model, tmp_path / "m")


def test_models_that_do_not_predict_have_no_pyfunc(tmp_path, frame, caplog):
    mlflow.sklearn.save_model(DBSCAN().fit(frame), tmp_path / "m")
    assert list(mlmodel(tmp_path / "m")["flavors"]) == ["sklearn"]
    assert "python_function" in caplog.text
    with pytest.raises(NotFound):
        mlflow.pyfunc.load_model(tmp_path / "m")


def test_logged_registered_loaded(model, frame):
    info = mlflow.sklearn.log_model(model, "deep/model", registered_model_name="m", input_example=frame)
    run = mlflow.active_run()
    assert info.model_uri == f"runs:/{run.info.run_id}/deep/model"
    assert int(info.registered_model_version) == 1
    client = mlflow.MlflowClient()
    client.set_registered_model_alias("m", "best", 1)
    for uri in (info.model_uri, "models:/m/1", "models:/m/latest", "models:/m@best"):
        assert (mlflow.pyfunc.load_model(uri).predict(frame) == model.predict(frame)).all()
        assert (mlflow.sklearn.load_model(uri).predict(frame) == model.predict(frame)).all()
    mlflow.sklearn.log_model(model, name="second")
    history = json.loads(mlflow.get_run(run.info.run_id).data.tags["mlflow.log-model.history"])
    assert [entry["artifact_path"] for entry in history] == ["deep/model", "second"]
    form = mlmodel(f"{run.info.artifact_uri.removeprefix('file://')}/deep/model")
    assert (form["run_id"], form["artifact_path"]) == (run.info.run_id, "deep/model")
    mlflow.end_run()


def test_what_mlflow_3_keeps_beside_runs_is_taken_with_a_warning(model, caplog):
    with mlflow.start_run():
        mlflow.sklearn.log_model(model, name="m", params={"a": 1}, tags={"b": "c"}, step=0)
    assert "params, tags" in caplog.text


def test_logging_to_the_same_path_replaces_the_model(model, frame):
    with mlflow.start_run():
        mlflow.sklearn.log_model(model, "m", input_example=frame)
        info = mlflow.sklearn.log_model(model, "m", serialization_format="cloudpickle")
    assert (mlflow.sklearn.load_model(info.model_uri).predict(frame) == model.predict(frame)).all()
    names = {file.path for file in mlflow.MlflowClient().list_artifacts(info.run_id, "m")}
    assert "m/model.pkl" in names
    assert not names & {"m/model.skops", "m/input_example.json"}


@pytest.mark.parametrize("names", [{"artifact_path": "a", "name": "b"}, {}, {"name": "a/b"}])
def test_where_it_goes_is_said_once(names, model):
    with pytest.raises(InvalidParameter):
        mlflow.sklearn.log_model(model, **names)
