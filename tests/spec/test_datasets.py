"""data.md 1: data sets, where they come from, their digests, schemas and profiles."""

import json

import numpy as np
import pandas as pd
import pytest

import jupyter_mlops as mlflow
from jupyter_mlops import MlflowException
from jupyter_mlops.data.dataset_source import DatasetSource
from jupyter_mlops.data.http_dataset_source import HTTPDatasetSource
from jupyter_mlops.data.meta_dataset import MetaDataset
from jupyter_mlops.data.pandas_dataset import PandasDataset
from jupyter_mlops.types.schema import ColSpec, Schema


@pytest.fixture
def frame():
    return pd.DataFrame({"a": [1, 2], "b": ["x", "y"]})


def code(call, *given, **named):
    with pytest.raises(MlflowException) as caught:
        call(*given, **named)
    return caught.value.error_code


def test_from_pandas_has_all_attributes(frame):
    dataset = mlflow.data.from_pandas(frame, "a.csv", "a", "wine", "digest", "b")
    assert isinstance(dataset, PandasDataset)
    assert (dataset.name, dataset.digest, dataset.targets, dataset.predictions) == ("wine", "digest", "a", "b")
    assert dataset.df is frame
    assert isinstance(dataset.source, DatasetSource)
    assert isinstance(dataset.schema, Schema)
    assert dataset.profile == {"num_rows": 2, "num_elements": 4}
    assert json.loads(dataset.to_json()) == dataset.to_dict()
    assert set(dataset.to_dict()) == {"name", "digest", "source", "source_type", "schema", "profile"}
    assert list(dataset.to_pyfunc().inputs.columns) == ["b"]


def test_the_name_is_dataset_by_default_and_columns_must_be_there(frame):
    assert mlflow.data.from_pandas(frame).name == "dataset"
    assert code(mlflow.data.from_pandas, frame, targets="c") == code(mlflow.data.from_pandas, frame, predictions="c") == "INVALID_PARAMETER_VALUE"


def test_from_numpy_takes_arrays_and_dicts_of_them():
    dataset = mlflow.data.from_numpy(np.eye(2), targets=np.arange(2), name="eye")
    assert (dataset.features.tolist(), dataset.targets.tolist(), dataset.name) == ([[1, 0], [0, 1]], [0, 1], "eye")
    assert set(mlflow.data.from_numpy({"a": np.eye(2)}).features) == {"a"}


def test_from_polars_is_a_data_set_too(frame):
    polars = pytest.importorskip("polars", reason="pip install polars")
    table = polars.DataFrame({name: frame[name].tolist() for name in frame})  # from_pandas() would want pyarrow
    dataset = mlflow.data.from_polars(table, source="a.csv", targets="a")
    assert (dataset.targets, json.loads(dataset.to_dict()["profile"])["num_rows"]) == ("a", 2)


def test_the_source_is_found_again_from_a_data_set_its_record_and_its_input(frame):
    frame.to_csv("a.csv", index=False)
    dataset = mlflow.data.from_pandas(frame, source="a.csv")
    with mlflow.start_run() as run:
        mlflow.log_input(dataset)
    used = mlflow.get_run(run.info.run_id).inputs.dataset_inputs[0]
    for given in (dataset, used, used.dataset):
        assert pd.read_csv(mlflow.data.get_source(given).load()).equals(frame)


def test_sources_from_json_and_those_that_are_known():
    source = mlflow.data.get_dataset_source_from_json('{"url": "https://h/x.csv"}', "http")
    assert type(source) is HTTPDatasetSource and HTTPDatasetSource in mlflow.data.get_registered_sources()
    assert code(mlflow.data.get_dataset_source_from_json, "{}", "nothing") == "RESOURCE_DOES_NOT_EXIST"


def test_a_meta_data_set_has_no_data():
    dataset = MetaDataset(HTTPDatasetSource("https://h/x"), "far", schema=Schema([ColSpec("long", "a")]))
    assert (dataset.name, dataset.profile, len(dataset.digest)) == ("far", None, 8)
    assert mlflow.data.MetaDataset is MetaDataset


def test_without_a_source_it_is_the_code_that_runs(frame):
    known = mlflow.data.from_pandas(frame).to_dict()
    assert known["source_type"] == "code"
    assert {"mlflow.user", "mlflow.source.name", "mlflow.source.type"} <= set(json.loads(known["source"])["tags"])


def test_sources_of_unknown_schemes_missing_files_and_code_cannot_be_used(frame):
    assert code(mlflow.data.from_pandas, frame, source="foo://x") == "RESOURCE_DOES_NOT_EXIST"
    with pytest.raises(OSError):
        mlflow.data.from_pandas(frame, source="nothing.csv").source.load()
    with pytest.raises(NotImplementedError):
        mlflow.data.from_pandas(frame).source.load()


def test_digests_are_those_of_mlflow_and_depend_on_what_matters(frame):
    def digest(data):
        return mlflow.data.from_pandas(data).digest

    assert digest(frame) == "695389ac"
    others = [frame[::-1], frame[["b", "a"]], frame.set_index(pd.Index([5, 6])), frame.rename(columns={"a": "c"}), pd.concat([frame, frame])]
    assert len({digest(data) for data in [frame, *others]}) == 6
    dates = [pd.DataFrame({"a": pd.to_datetime([day])}) for day in ("2020-01-01", "2021-01-01")]
    assert digest(dates[0]) == digest(dates[1])  # dates count by their name alone
    arrays = [mlflow.data.from_numpy(np.eye(2), targets=targets).digest for targets in (None, np.arange(2), np.arange(3))]
    assert len(set(arrays)) == 3 and {len(text) for text in arrays} == {8}


def test_a_digest_of_the_user_has_at_most_36_characters(frame):
    with mlflow.start_run():
        mlflow.log_input(mlflow.data.from_pandas(frame, digest="d" * 36))
        assert code(mlflow.log_input, mlflow.data.from_pandas(frame, digest="d" * 37)) == "INVALID_PARAMETER_VALUE"


def test_schema_and_profile_of_pandas(frame):
    known = mlflow.data.from_pandas(frame).to_dict()
    assert [(c["name"], c["type"]) for c in json.loads(known["schema"])["mlflow_colspec"]] == [("a", "long"), ("b", "string")]
    assert json.loads(known["profile"]) == {"num_rows": 2, "num_elements": 4}
    assert mlflow.data.from_pandas(pd.DataFrame({"a": [object()]})).to_dict()["schema"] is None


def test_schema_and_profile_of_numpy():
    known = mlflow.data.from_numpy(np.eye(2), targets=np.arange(2)).to_dict()
    schema = json.loads(known["schema"])["mlflow_tensorspec"]
    assert json.loads(schema["features"])[0]["tensor-spec"] == {"dtype": "float64", "shape": [-1, 2]}
    assert json.loads(schema["targets"])[0]["tensor-spec"]["shape"] == [-1]
    assert json.loads(known["profile"]) == {
        "features_shape": [2, 2], "features_size": 4, "features_nbytes": 32, "targets_shape": [2], "targets_size": 2, "targets_nbytes": 16,
    }  # fmt: skip
    assert json.loads(mlflow.data.from_numpy({"a": np.eye(2)}).to_dict()["profile"])["features_shape"] == {"a": [2, 2]}
    assert json.loads(mlflow.data.from_numpy(np.eye(2)).to_dict()["schema"])["mlflow_tensorspec"]["targets"] is None
