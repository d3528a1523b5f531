"""Data sets: made, logged with a run, read back by another process, and followed to runs and model versions."""

import json
import logging
import pathlib

import duckdb
import numpy as np
import pandas as pd
import pytest

import jupyter_mlops as mlflow
from jupyter_mlops.data.dataset import Dataset
from jupyter_mlops.data.meta_dataset import MetaDataset
from jupyter_mlops.data.numpy_dataset import NumpyDataset
from jupyter_mlops.data.pandas_dataset import PandasDataset
from jupyter_mlops.data.sources import HTTPDatasetSource
from jupyter_mlops.errors import InvalidParameter
from jupyter_mlops.types import ColSpec, Schema


@pytest.fixture
def wine():
    """Three bottles."""
    return pd.DataFrame({"ph": [3.1, 3.4, 3.2], "kind": ["red", "white", "red"], "good": [0, 1, 1]})


def used(run_id):
    """Name, digest and context of all that went into a run."""
    found = mlflow.get_run(run_id).inputs.dataset_inputs
    return [
        (i.dataset.name, i.dataset.digest, {tag.key: tag.value for tag in i.tags}.get("mlflow.data.context"))
        for i in found
    ]


def test_the_guides_two_calls_are_two_inputs(wine, sql):
    wine.to_csv("data.csv", index=False)
    dataset = mlflow.data.from_pandas(wine, source="data.csv", name="training_data")
    assert isinstance(dataset, PandasDataset)
    with mlflow.start_run() as run:
        mlflow.log_input(dataset, context="training")
        mlflow.log_input(dataset, context="validation")
    assert used(run.info.run_id) == [
        ("training_data", dataset.digest, "training"), ("training_data", dataset.digest, "validation"),
    ]  # fmt: skip
    stored = sql("SELECT name, digest, source_type, source, schema, profile FROM datasets")
    assert stored == [tuple(json.loads(dataset.to_json()).values()) and tuple(
        dataset.to_dict()[key] for key in ("name", "digest", "source_type", "source", "schema", "profile")
    )]  # fmt: skip
    again = pd.read_csv(mlflow.data.get_source(mlflow.get_run(run.info.run_id).inputs.dataset_inputs[0]).load())
    assert mlflow.data.from_pandas(again).digest == dataset.digest


def test_several_at_once_with_tags(wine, sql):
    one, two = mlflow.data.from_pandas(wine, name="wine"), mlflow.data.from_numpy(np.eye(2), name="eye")
    with mlflow.start_run() as run:
        mlflow.log_inputs([one, two], ["training", None], [None, {"part": "a"}])
        mlflow.log_inputs()
    assert used(run.info.run_id) == [("wine", one.digest, "training"), ("eye", two.digest, None)]
    assert sql("SELECT name, key, value FROM input_tags JOIN datasets USING (did) ORDER BY ALL") == [
        ("eye", "part", "a"), ("wine", "mlflow.data.context", "training"),
    ]  # fmt: skip


def test_what_cannot_be_logged_is_an_error(wine):
    one = mlflow.data.from_pandas(wine)
    with mlflow.start_run() as run:
        with pytest.raises(InvalidParameter, match="as many datasets as contexts and tags_list, not 2, 1, 2"):
            mlflow.log_inputs([one, one], ["a"])
        with pytest.raises(InvalidParameter, match="DataFrame is none"):
            mlflow.log_input(wine)
        with pytest.raises(InvalidParameter, match="37 characters; at most 36"):
            mlflow.log_input(mlflow.data.from_pandas(wine, digest="d" * 37))
        with pytest.raises(InvalidParameter, match="str as value"):
            mlflow.log_input(one, tags={"part": 1})
    assert used(run.info.run_id) == []


def test_a_very_wide_frame_is_kept_without_its_schema(caplog):
    wide = pd.DataFrame(np.zeros((2, 2000)), columns=[f"gene_{n:500}" for n in range(2000)])
    with caplog.at_level(logging.WARNING), mlflow.start_run() as run:
        mlflow.log_input(mlflow.data.from_pandas(wide, name="genes"))
    (item,) = mlflow.get_run(run.info.run_id).inputs.dataset_inputs
    assert item.dataset.schema is None
    assert json.loads(item.dataset.profile) == {"num_rows": 2, "num_elements": 4000}
    assert "too long" in caplog.text


def test_targets_and_predictions_must_be_columns(wine):
    for wrong in ({"targets": "x"}, {"predictions": "x"}):
        with pytest.raises(InvalidParameter, match="'x' is no column of the data, which has .'ph'") as caught:
            mlflow.data.from_pandas(wine, **wrong)
        assert caught.value.error_code == "INVALID_PARAMETER_VALUE"
    with pytest.raises(InvalidParameter, match="a DataFrame of pandas, not a dict"):
        mlflow.data.from_pandas({"a": [1]})
    with pytest.raises(InvalidParameter, match="an array of NumPy or a dict of some, not list"):
        mlflow.data.from_numpy([1, 2])


def test_a_model_gets_features_and_targets(wine):
    inputs = mlflow.data.from_pandas(wine, targets="good", predictions="kind").to_pyfunc()
    assert list(inputs.inputs.columns) == ["ph", "kind"]
    assert inputs.outputs.tolist() == [0, 1, 1]
    assert mlflow.data.from_pandas(wine).to_pyfunc().outputs is None
    arrays = mlflow.data.from_numpy({"a": np.eye(2)}, targets=np.arange(2))
    assert isinstance(arrays, NumpyDataset)
    assert arrays.to_pyfunc().inputs is arrays.features
    assert arrays.to_pyfunc().outputs is arrays.targets


def test_no_name_no_source_and_only_what_is_known(wine):
    dataset = mlflow.data.from_pandas(wine)
    assert dataset.name == "dataset"
    assert dataset.source._get_source_type() == "code"
    assert json.loads(dataset.source.to_json())["tags"]["mlflow.source.type"] == "LOCAL"
    meta = MetaDataset(HTTPDatasetSource("https://h/x"), "far", schema=Schema([ColSpec("string", "text")]))
    assert meta.to_dict()["profile"] is None
    assert json.loads(meta.to_dict()["schema"])["mlflow_colspec"][0]["name"] == "text"
    assert meta.digest != MetaDataset(HTTPDatasetSource("https://h/x"), "far").digest
    assert isinstance(meta, Dataset)


def test_digests_of_large_data_take_milliseconds_and_see_what_matters(wine):
    def digest(frame):
        return mlflow.data.from_pandas(frame).digest

    assert digest(wine) == digest(wine.copy())
    assert digest(wine) != digest(wine[::-1])
    assert digest(wine) != digest(wine.rename(columns={"ph": "pH"}))
    assert digest(wine) != digest(wine.set_index(pd.Index([5, 6, 7])))
    assert digest(wine) != digest(pd.concat([wine, wine]))


def test_a_query_of_duckdb_and_its_relation(wine):
    with duckdb.connect("cellar.duckdb") as cellar:
        cellar.register("frame", wine)
        cellar.execute("CREATE TABLE wine AS FROM frame")
        relation = mlflow.data.from_duckdb(cellar.sql("FROM wine"), name="wine")
    dataset = mlflow.data.from_duckdb("FROM wine WHERE good = 1", "cellar.duckdb", targets="good", name="good wine")
    assert relation.digest == mlflow.data.from_pandas(wine.astype(relation.df.dtypes)).digest
    assert dataset.df["ph"].tolist() == [3.4, 3.2]
    with mlflow.start_run() as run:
        mlflow.log_input(dataset)
    source = mlflow.data.get_source(mlflow.get_run(run.info.run_id).inputs.dataset_inputs[0])
    path = source.load("copy")
    assert pathlib.Path(path).parent.name == "copy"
    assert duckdb.sql(f"SELECT ph FROM '{path}'").fetchall() == [(3.4,), (3.2,)]


@pytest.mark.parametrize("query", ["COPY (SELECT 1) TO 'x.csv'", "SELECT 1; SELECT 2", "SELEKT", "FROM wine_of_python"])
def test_a_query_that_does_more_than_read_is_refused_also_when_it_comes_from_a_store(query):
    wine_of_python = pd.DataFrame({"a": [1]})
    with pytest.raises(InvalidParameter):
        mlflow.data.from_duckdb(query)
    source = mlflow.data.get_dataset_source_from_json(json.dumps({"query": query}), "duckdb")
    with pytest.raises(InvalidParameter):
        source.load("copy")
    assert not pathlib.Path("x.csv").exists()
    del wine_of_python


def test_lineage_from_data_to_model_versions(wine):
    dataset = mlflow.data.from_pandas(wine, name="wine")
    mlflow.set_experiment("cellar")
    client = mlflow.MlflowClient()
    client.create_registered_model("classifier")
    for name, stage in (("first", "Production"), ("second", None)):
        with mlflow.start_run(run_name=name) as run:
            mlflow.log_input(dataset, context="training")
        if stage:
            version = client.create_model_version("classifier", "models/m", run.info.run_id)
            client.transition_model_version_stage("classifier", version.version, stage)
    with mlflow.start_run(run_name="other"):
        mlflow.log_input(mlflow.data.from_numpy(np.eye(2), name="eye"))
    for asked in ("wine", dataset.digest, dataset):
        found = mlflow.data.lineage(asked)
        assert found[["dataset", "context", "experiment", "run_name"]].values.tolist() == [
            ["wine", "training", "cellar", "first"], ["wine", "training", "cellar", "second"],
        ]  # fmt: skip
        assert found.loc[0, ["model", "version", "stage"]].tolist() == ["classifier", 1, "Production"]
        assert found.loc[1, ["model", "version"]].isna().all()
    assert mlflow.data.lineage("no such data").empty


def test_polars(wine):
    pl = pytest.importorskip("polars", reason="pip install polars")
    frame = pl.DataFrame({name: wine[name].tolist() for name in wine} | {"many": [[1], [2, 3], []]})
    dataset = mlflow.data.from_polars(frame, "wine.csv", targets="good", name="wine")
    assert dataset.digest == mlflow.data.from_polars(frame.reverse()).digest
    assert dataset.digest != mlflow.data.from_polars(frame.head(2)).digest
    assert [(c.name, str(c.type)) for c in dataset.schema.inputs][:3] == [
        ("ph", "DataType.double"),
        ("kind", "DataType.string"),
        ("good", "DataType.long"),
    ]
    assert dataset.profile == {"num_rows": 3, "num_elements": 12}
    with mlflow.start_run() as run:
        mlflow.log_input(dataset)
    assert used(run.info.run_id) == [("wine", dataset.digest, None)]
    with pytest.raises(InvalidParameter, match="collect"):
        mlflow.data.from_polars(frame.lazy())


def test_arrow(wine):
    pa = pytest.importorskip("pyarrow", reason="pip install pyarrow")
    dataset = mlflow.data.from_arrow(pa.Table.from_pandas(wine), targets="good")
    assert dataset.digest == mlflow.data.from_pandas(wine).digest
    with pytest.raises(InvalidParameter, match="pyarrow, not a DataFrame"):
        mlflow.data.from_arrow(wine)


def test_only_what_is_used_is_loaded(python):
    out = python("""
        import sys
        import jupyter_mlops.data
        print([name for name in ("duckdb", "pandas", "numpy", "polars", "pyarrow", "tensorflow") if name in sys.modules])
    """)
    assert out.split() == ["[]"]


def test_tensorflow():
    """Digests are those of MLflow 3.17."""
    tf = pytest.importorskip("tensorflow", reason="pip install tensorflow-cpu")
    tensor = mlflow.data.from_tensorflow(tf.constant([[1.0, 2.0], [3.0, 4.0]]), targets=tf.constant([0, 1]))
    stream = mlflow.data.from_tensorflow(tf.data.Dataset.from_tensor_slices([[1.0, 2.0], [3.0, 4.0]]), "a.tfrecord")
    assert (tensor.digest, stream.digest) == ("639aac89", "0e543129")
    assert tensor.profile == {"features_cardinality": 4, "targets_cardinality": 2}
    assert stream.profile == {"features_cardinality": 2}
    assert stream.schema.features.inputs[0].shape == (-1,)
    with mlflow.start_run() as run:
        mlflow.log_inputs([tensor, stream], [None, None], [None, None])
    assert len(used(run.info.run_id)) == 2
    for wrong in (5, tf.data.Dataset.range(2)):
        with pytest.raises(InvalidParameter, match="both tensors or both"):
            mlflow.data.from_tensorflow(tf.constant([1]), targets=wrong)
