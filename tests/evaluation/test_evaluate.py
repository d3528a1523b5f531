"""What `evaluate` takes, refuses, logs and returns."""

import json
import pathlib
import sys
import types

import numpy as np
import pandas as pd
import pytest
from sklearn.dummy import DummyClassifier
from sklearn.naive_bayes import GaussianNB

import jupyter_mlops as mlflow
from jupyter_mlops.errors import (
    InvalidParameter,
    MlflowException,
    ModelValidationFailedException,
    NotFound,
    UntrustedModel,
)
from jupyter_mlops.evaluation import data_sets, rows
from jupyter_mlops.evaluation.artifacts import JsonEvaluationArtifact
from jupyter_mlops.evaluation.calls import _name_of
from jupyter_mlops.metrics import MetricValue, make_metric
from jupyter_mlops.models import EvaluationResult, MetricThreshold

FRAME = pd.DataFrame({"a": [0.0, 1.0, 2.0, 3.0], "b": ["x", None, "y", "z"], "y": [0, 1, 0, 1], "p": [0, 1, 1, 1]})
STATIC = {"data": FRAME, "targets": "y", "predictions": "p", "model_type": "classifier"}
QUICK = {"log_model_explainability": False}


def half(frame):
    return (frame["a"] > 1).astype(int)


def metric(function, name="m", **given):
    return make_metric(eval_fn=function, greater_is_better=True, name=name, **given)


def raising(eval_df, builtin_metrics):
    raise ZeroDivisionError("no rows")


def late(predictions, targets, a):
    return 1 / (len(predictions) - 4)  # not on the first row


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"data": None}, "data is needed"),
        ({"data": 5}, "not int"),
        ({"targets": None}, "targets"),
        ({"targets": "none"}, "'none' is no column"),
        ({"targets": [0, 1, 0, 1]}, "name of a column of it, not list: give data.assign"),
        ({"predictions": "none"}, "'none' is no column"),
        ({"predictions": None}, "Give a model"),
        ({"model_type": None}, "extra_metrics"),
        ({"model_type": "text"}, "No evaluator"),
        ({"model_type": ["classifier"]}, "model_type is 'classifier', 'regressor' or None"),
        ({"slices": 3}, "slices is a list"),
        ({"feature_names": 3}, "feature_names is a list"),
        ({"extra_metrics": 3}, r"these are none: 3 \(int\)"),
        ({"evaluators": "none"}, "No evaluator"),
        ({"evaluators": ["none", "neither"]}, "No evaluator"),
        ({"evaluator_config": []}, "is a dict"),
        ({"evaluator_config": {"eval_results_path": "a.b"}}, "needs Spark"),
        ({"evaluators": ["default", "other"], "evaluator_config": {"pos_label": 1}}, "dict of their names"),
        ({"extra_metrics": [mlflow.metrics.rmse]}, r"called, as rmse\(\)"),
        ({"extra_metrics": metric(half)}, "put m into brackets"),
        ({"custom_artifacts": len}, "a list of functions"),
        ({"extra_metrics": [metric(half)], "custom_metrics": [metric(half)]}, "old name"),
        ({"extra_metrics": [metric(lambda predictions, targets, nowhere: 0)]}, "asks for 'nowhere'"),
        ({"feature_names": ["a", "a"]}, "twice"),
        ({"feature_names": ["none"]}, "'none'"),
        ({"feature_names": "aa"}, r"give \['aa'\]"),
        ({"evaluator_config": {"pos_label": 2, "label_list": [0, 1]}}, "not in label_list"),
        ({"evaluator_config": {"pos_label": 2}}, "none of the labels"),
        ({"evaluator_config": {"label_list": [0]}}, "label_list has not all"),
        ({"evaluator_config": {"sample_weights": [1, 2]}}, "sample_weights"),
        ({"evaluator_config": {"sample_weights": [0, 0, 0, 0]}}, "above 0"),
        ({"evaluator_config": {"sample_weights": [1, 1, -1, 1]}}, "from 0 on"),
        ({"evaluator_config": {"sample_weights": ["a"] * 4}}, "sample_weights are numbers"),
        ({"evaluator_config": {"average": "samples"}}, "average is one of"),
        ({"evaluator_config": {"confidence_level": "95"}}, "confidence_level is a number, not '95'"),
        ({"evaluator_config": {"col_mapping": "x"}}, "col_mapping is a dict"),
        ({"evaluator_config": {"metric_prefix": 3}}, "metric_prefix is a text"),
        ({"evaluator_config": {"resamples": 2.5}}, "resamples is a whole number"),
        ({"evaluator_config": {"calibration_n_bins": 0}}, "calibration_n_bins=0"),
        ({"evaluator_config": {"calibration_n_bins": None}}, "calibration_n_bins is a whole number, not None"),
        ({"model": GaussianNB, "predictions": None}, "class GaussianNB: give one that was fitted"),
        ({"data": FRAME.assign(y=0, p=0)}, "label_list"),
        ({"data": FRAME.assign(y=[0, 1, None, 1])}, "1 of 4 targets are missing"),
        ({"data": FRAME[:0]}, "no rows"),
        ({"data": FRAME.assign(y=["a", "b", "a", "b"]), "model_type": "regressor"}, "are numbers"),
        ({"data": FRAME.assign(p=[0, 1, np.inf, 1]), "model_type": "regressor"}, "1 of 4 predictions are infinite"),
        ({"data": FRAME[["a"]].to_numpy(), "targets": [0, 1, 0, 1]}, "predictions names a column"),
        ({"data": np.arange(4), "targets": [0, 1, 0, 1], "predictions": None}, "two dimensions"),
        ({"data": [[1], [2]], "targets": [0], "predictions": None, "model": half}, "1 targets for 2 rows"),
        ({"data": mlflow.data.from_pandas(FRAME, targets="y")}, "names its targets itself"),
        ({"data": mlflow.data.from_pandas(FRAME, targets="y"), "targets": None}, "names its predictions itself"),
        (
            {"data": mlflow.data.from_pandas(FRAME, targets="y", predictions="p"), "targets": None, "model": half},
            "as well",
        ),
        ({"model": object()}, "not object"),
        ({"model": mlflow.pyfunc.PythonModel()}, "log_model"),
        ({"model": "endpoints:chat"}, "names no deployment"),
        ({"model": "endpoints:/chat", "model_config": {"a": 1}}, "model_config"),
        ({"model": None, "env_manager": "virtualenv"}, "given by its URI"),
        ({"model": half, "env_manager": "virtualenv"}, "virtualenv"),
        ({"model": half, "env_manager": "nix"}, "nix"),
        ({"model": half, "model_config": {"a": 1}}, "model_config"),
        ({"model": lambda frame: [1], "predictions": None}, "1 predictions for 4 rows"),
        ({"model": lambda frame: frame, "predictions": None}, "name the one"),
        ({"model": lambda frame: frame["a"] / 3, "predictions": None}, "not a probability"),
        ({"model": lambda frame: np.zeros((4, 2)), "predictions": None}, "shape"),
        ({"inference_params": {}}, "endpoints"),
        ({"validation_thresholds": {"m": 1}}, "MetricThreshold"),
        (
            {"validation_thresholds": {"m": MetricThreshold(min_absolute_change=1, greater_is_better=True)}},
            "baseline_model",
        ),
    ],
)
def test_arguments_that_cannot_be(changed, message):
    with pytest.raises(MlflowException, match=message) as error:
        mlflow.evaluate(**{**STATIC, **changed})
    assert error.value.error_code == "INVALID_PARAMETER_VALUE"


@pytest.mark.parametrize(
    ("function", "message"),
    [(raising, "on the first row:\nMetric 'm': ZeroDivisionError: no rows"), (late, "division")],
)
def test_an_error_in_a_metric_fails_the_evaluation_and_its_run(function, message, sql):
    with pytest.raises(MlflowException, match=message):
        mlflow.evaluate(**STATIC, extra_metrics=[metric(function), metric(lambda predictions: 1.0, "fine")])
    assert sql("SELECT status, (SELECT count(*) FROM metrics) FROM runs") == [("FAILED", 0)]


def test_values_of_no_known_kind_are_left_out(caplog):
    wrong = [
        None,
        "text",
        MetricValue(scores=np.arange(4)),
        MetricValue(justifications=[1]),
        MetricValue(aggregate_results={"a": "b"}),
    ]
    metrics = [metric(lambda predictions, value=value: value, f"m{i}") for i, value in enumerate(wrong)]
    result = mlflow.evaluate(
        data=FRAME, predictions="p", extra_metrics=[*metrics, metric(lambda predictions: 1, "fine")]
    )
    assert result.metrics == {"fine": 1}
    assert caplog.text.count("is left out") == len(wrong)
    assert "a ndarray: .tolist() makes one" in caplog.text


def test_a_setting_that_is_misspelt_is_warned_of(caplog):
    config = QUICK | {"pos_lable": 1, "limit": 3}
    result = mlflow.evaluate(**STATIC, evaluator_config=config, extra_metrics=[metric(lambda predictions, limit: limit)])
    assert result.metrics["m"] == 3
    assert [record.message for record in caplog.records] == ["evaluator_config has 'pos_lable', which is no setting: is 'pos_label' meant?"]


def test_an_active_run_is_used_and_goes_on_and_all_is_logged_to_it(sql):
    with mlflow.start_run() as run:
        result = mlflow.evaluate(
            half, FRAME, targets="y", model_type="classifier", evaluator_config={"metric_prefix": "val_"}
        )
        assert mlflow.active_run().info.run_id == result.run_id == run.info.run_id
    assert dict(sql("SELECT key, value FROM metrics")) == result.metrics
    assert result.metrics["val_accuracy_score"] == 0.5
    files = {path.name for path in pathlib.Path("mlartifacts").rglob("*.p*")}
    assert files == {"val_confusion_matrix.png", "val_rows.parquet"}
    assert sql("SELECT value FROM tags WHERE key = 'jupyter_mlops.evaluation.rows'") == [("all 4",)]
    assert [list(tag) for tag in sql("SELECT key, value FROM input_tags")] == [["mlflow.data.context", "val_"]]


def test_rows_are_kept_and_those_of_a_second_evaluation_take_their_place(sql):
    with mlflow.start_run():
        mlflow.evaluate(**STATIC)
        result = mlflow.evaluate(**{**STATIC, "evaluator_config": {"sample_weights": [1, 2, 3, 4]}})
    (path,) = pathlib.Path("mlartifacts").absolute().rglob("rows.parquet")
    kept = sql(f"SELECT row, target, prediction, error, weight, a, b FROM '{path}' ORDER BY row")
    assert kept == [
        (0, 0, 0, False, 1, 0, "x"),
        (1, 1, 1, False, 2, 1, None),
        (2, 0, 1, True, 3, 2, "y"),
        (3, 1, 1, False, 4, 3, "z"),
    ]
    assert result.tables["rows"]["error"].tolist() == [row[3] for row in kept]


def test_a_metric_is_given_rows_that_belong_together_whatever_their_index():
    """As `train_test_split` leaves it: pandas would put rows of the same label together."""
    data = FRAME[["a", "y", "p"]].set_axis([7, 3, 0, 1])
    metrics = [
        metric(lambda predictions, targets, a: float((predictions * a).sum()), "of_data"),
        metric(lambda predictions, targets, other: float((predictions * other).sum()), "of_answer"),
    ]
    result = mlflow.evaluate(
        lambda frame: pd.DataFrame({"said": data.p, "other": frame.a}),
        data[["a", "y"]],
        targets="y",
        predictions="said",
        extra_metrics=metrics,
    )
    assert result.metrics == {"of_data": 6, "of_answer": 6}


@pytest.mark.parametrize(("kind", "said"), [("uint8", [0, 105]), ("int8", [-100, 105])])
def test_differences_of_narrow_integers_do_not_wrap_round(kind, said):
    data = pd.DataFrame({"y": [100, 5], "p": said}, dtype=kind)
    result = mlflow.evaluate(data=data, targets="y", predictions="p", model_type="regressor")
    errors = [float(p) - float(y) for y, p in zip(data.y, data.p, strict=True)]
    assert result.tables["rows"]["error"].tolist() == errors
    assert result.metrics["max_error"] == max(map(abs, errors))


def test_errors_that_are_all_but_equal_are_one_bar():
    y = np.linspace(0.1, 0.9, 50)
    data = pd.DataFrame({"y": y, "p": y + 1})  # by rounding not quite 1
    result = mlflow.evaluate(data=data, targets="y", predictions="p", model_type="regressor")
    (path,) = pathlib.Path("mlartifacts").rglob("report.json")
    heights = json.loads(path.read_text())["errors"]["heights"]
    assert (sum(heights), max(heights)) == (50, 50)
    assert result.metrics["max_error"] == pytest.approx(1)


def test_labels_may_be_objects_that_are_all_bools():
    """As a column is from which missing values were dropped."""
    data = pd.DataFrame({"y": [True, False, None, True], "p": [True, True, True, True]}, dtype=object).dropna()
    result = mlflow.evaluate(data=data, targets="y", predictions="p", model_type="classifier")
    assert result.metrics["accuracy_score"] == pytest.approx(2 / 3)


def test_a_class_and_a_group_may_have_no_weight():
    data = pd.DataFrame({"x": [0.1, 0.4, 0.6, 0.9], "y": [0, 1, 0, 1], "hall": ["a", "b", "b", "b"]})
    model = GaussianNB().fit(data[["x"]], [0, 0, 1, 1])
    call = {"targets": "y", "model_type": "classifier", "feature_names": ["x"], "slices": ["hall"]}
    group = mlflow.evaluate(model, data, **call, evaluator_config={**QUICK, "sample_weights": [0, 1, 1, 1]})
    assert group.tables["slices"]["value"].tolist() == ["b"]
    of_class = mlflow.evaluate(model, data, **call, evaluator_config={**QUICK, "sample_weights": [1, 0, 1, 0]})
    assert np.isnan(of_class.metrics["roc_auc"])
    assert of_class.metrics["accuracy_score"] == 0.5


def test_an_estimator_is_given_the_columns_that_it_was_fitted_on_and_slices_and_metrics_any(tmp_path):
    data = pd.DataFrame({"hall": ["n", "s"] * 10, "x": np.arange(20.0), "w": np.arange(20.0)[::-1]})
    data["y"] = (data.x > 9).astype(int)
    model = GaussianNB().fit(data[["w", "x"]], data.y)
    mlflow.sklearn.save_model(model, tmp_path / "saved")
    for one in (model, tmp_path / "saved"):
        result = mlflow.evaluate(
            one, data, targets="y", model_type="classifier", slices=["hall"], extra_metrics=[metric(lambda predictions, hall: hall.nunique())],
        )  # fmt: skip
        assert (result.metrics["accuracy_score"], result.metrics["score"], result.metrics["m"], len(result.tables["slices"])) == (1, 1, 2, 2)


def test_columns_of_one_name_are_all_kept():
    data = pd.DataFrame([[1, 2, 3, 0, 0], [4, 5, 6, 1, 1]], columns=["row (input)", "row", "Row", "y", "p"])
    kept = mlflow.evaluate(**{**STATIC, "data": data}).tables["rows"]
    assert [kept[name][0] for name in ("row", "row (input)", "row (input) (input)")] == [0, 1, 2]
    assert 3 in kept.iloc[0].tolist()


def test_columns_may_have_dates_for_names_and_complex_numbers_for_values():
    data = FRAME.rename(columns={"a": pd.Timestamp("2024-01-01"), "b": "z"}).assign(z=[1j, 2j, 3j, 4j])
    kept = mlflow.evaluate(**{**STATIC, "data": data}).tables["rows"]
    assert kept["2024-01-01 00:00:00"].tolist() == [0, 1, 2, 3] and kept["z"][0] == "1j"


def test_of_hardly_more_rows_than_are_kept_a_sample_is_kept(monkeypatch):
    monkeypatch.setattr(rows, "_MOST", 3)
    assert len(mlflow.evaluate(**STATIC).tables["rows"]) == 3


def test_of_many_rows_a_sample_is_kept_in_the_shares_of_the_targets(monkeypatch):
    monkeypatch.setattr(rows, "_MOST", 100)
    y = np.repeat([0, 1], [900, 100])
    data = pd.DataFrame({"TARGET": y, "error": [{"a": 1}] * 1000, "y": y, "p": y})
    result = mlflow.evaluate(data=data, targets="y", predictions="p", model_type="classifier")
    kept = result.tables["rows"]
    assert kept["target"].value_counts().to_dict() == {0: 90, 1: 10}
    assert (data["y"][kept["row"]].to_numpy() == kept["TARGET (input)"]).all()  # SQL has one name for both
    assert kept["error (input)"][0] == "{'a': 1}"
    assert mlflow.get_run(result.run_id).data.tags["jupyter_mlops.evaluation.rows"].startswith("100 of 1000")
    (report,) = pathlib.Path("mlartifacts").rglob("report.json")
    assert [json.loads(report.read_text())[name] for name in ("rows", "kept")] == [1000, 100]


def test_a_model_of_more_classes_than_the_data_has_is_measured_by_all_of_them():
    x = pd.DataFrame({"a": [0.0, 1.0, 2.0, 3.0, 4.0, 5.0]})
    model = GaussianNB().fit(x, ["p", "p", "q", "q", "r", "r"])
    result = mlflow.evaluate(
        model, x.assign(y=["p", "p", "q", "q", "r", "r"])[:4], targets="y", model_type="classifier"
    )
    assert result.evaluated.labels.tolist() == ["p", "q", "r"]
    assert result.metrics["log_loss"] < 0.7


def test_labels_that_a_model_does_not_know_have_probability_0():
    model = DummyClassifier(strategy="prior").fit([[0], [1]], [1, 2])
    result = mlflow.evaluate(
        model,
        np.array([[0.0], [1.0]]),
        targets=[2, 1],
        model_type="classifier",
        evaluator_config={**QUICK, "label_list": [2, 1, 0]},
    )
    assert result.evaluated.probabilities.tolist() == [[0, 0.5, 0.5]] * 2


def test_data_of_polars_is_evaluated_on():
    polars = pytest.importorskip("polars", reason="pip install polars")
    frame = polars.DataFrame(
        {"a": FRAME["a"].tolist(), "b": ["x", None, "y", "z"], "y": [0, 1, 0, 1], "p": [0, 1, 1, 1]}
    )
    result = mlflow.evaluate(**{**STATIC, "data": frame})
    assert result.metrics == mlflow.evaluate(**STATIC).metrics
    assert result.tables["rows"]["b"].isna().tolist() == [False, True, False, False]


def test_of_a_frame_of_spark_the_first_rows_come_to_this_process(monkeypatch, caplog):
    """By a stand-in: Spark itself needs Java."""

    class DataFrame:
        def __init__(self, frame):
            self._frame = frame

        def limit(self, count):
            return DataFrame(self._frame[:count])

        def toPandas(self):
            return self._frame.copy()

    spark = types.ModuleType("pyspark.sql")
    spark.DataFrame = DataFrame
    monkeypatch.setitem(sys.modules, "pyspark.sql", spark)
    assert mlflow.evaluate(**{**STATIC, "data": DataFrame(FRAME)}).metrics == mlflow.evaluate(**STATIC).metrics
    assert "Spark" not in caplog.text
    monkeypatch.setattr(data_sets, "_MOST_OF_SPARK", 3)
    assert mlflow.evaluate(**{**STATIC, "data": DataFrame(FRAME)}).metrics["example_count"] == 3
    assert "its first 3 rows" in caplog.text


def test_metrics_are_those_of_the_model_that_was_logged(sql):
    with mlflow.start_run():
        info = mlflow.sklearn.log_model(GaussianNB().fit(FRAME[["a"]], FRAME["y"]), "model", pip_requirements=[])
    own = f"m-{info.model_uuid}"
    call = {"data": FRAME[["a"]], "extra_metrics": [metric(lambda predictions: 1.0)]}
    runs = [
        mlflow.evaluate(info.model_uri, **call).run_id,
        mlflow.evaluate(mlflow.pyfunc.load_model(f"models:/{own}"), **call, model_id=own).run_id,
        mlflow.evaluate(half, **call, model_id=own).run_id,
    ]
    mlflow.evaluate(half, **call)
    known = sql(f"SELECT run_id FROM tags JOIN runs USING (rid) WHERE key = 'jupyter_mlops.evaluation.model_id' AND value = '{own}'")
    assert {run for (run,) in known} == set(runs)
    with pytest.raises(InvalidParameter, match="another model"):
        mlflow.evaluate(info.model_uri, **call, model_id="m-" + "0" * 32)


def test_latency_takes_the_time_of_each_row():
    sizes = []

    def model(frame):
        sizes.append(len(frame))
        return frame["a"]

    result = mlflow.evaluate(model, FRAME, extra_metrics=[mlflow.metrics.latency()])
    assert sizes == [1] * 4
    assert (result.tables["eval_results_table"]["latency"] >= 0).all()
    assert set(result.metrics) == {"latency/mean", "latency/variance", "latency/p90"}


def test_a_result_is_saved_and_loaded_and_pickles_are_read_only_with_trust(tmp_path):
    scores = metric(lambda predictions, a: MetricValue(scores=a.tolist(), justifications=["why"] * len(a)), "s")
    result = mlflow.evaluate(
        **STATIC, extra_metrics=[scores],
        custom_artifacts=[lambda eval_df, metrics, folder: {"sum": eval_df.sum().to_frame(), "array": np.eye(2), "n": {"n": 1}, "o": slice(1)}],
    )  # fmt: skip
    result.save(tmp_path / "kept")
    known = json.loads((tmp_path / "kept" / "artifacts_metadata.json").read_text())
    assert known["confusion_matrix"]["class_name"] == "mlflow.models.evaluation.artifacts.ImageEvaluationArtifact"
    loaded = EvaluationResult.load(tmp_path / "kept")
    assert loaded.metrics == result.metrics
    assert loaded.artifacts.keys() == result.artifacts.keys()
    assert loaded.artifacts["array"].content.tolist() == [[1, 0], [0, 1]]
    for name, table in result.tables.items():
        pd.testing.assert_frame_equal(loaded.tables[name], table, check_dtype=False)
    assert loaded.tables["eval_results_table"]["s/justification"].tolist() == ["why"] * 4
    assert result.artifacts["o"].content == slice(1)
    with pytest.raises(UntrustedModel, match="trust=True"):
        _ = loaded.artifacts["o"].content
    assert EvaluationResult.load(tmp_path / "kept", trust=True).artifacts["o"].content == slice(1)


def test_artifacts_of_one_file_name_are_all_saved(tmp_path):
    kept = {place: JsonEvaluationArtifact(f"file:///{place}/n.json", {"n": place}) for place in ("a", "b", "c")}
    EvaluationResult({}, kept).save(tmp_path)
    assert (tmp_path / "artifacts" / "n.json").exists(), "MLflow looks for it there"
    loaded = EvaluationResult.load(tmp_path).artifacts
    assert {name: one.content["n"] for name, one in loaded.items()} == {"a": "a", "b": "b", "c": "c"}


def test_a_report_names_a_model_without_what_lets_somebody_in():
    assert _name_of("https://ann:pw@host/wine?version=1&token=hush") == "https://host/wine?version=1"
    assert _name_of("models:/wine@champion") == "models:/wine@champion"


def test_a_saved_result_names_no_class_to_import(tmp_path):
    with pytest.raises(NotFound, match="the folder that save"):
        EvaluationResult.load(tmp_path)
    EvaluationResult({}, {}).save(tmp_path)
    (tmp_path / "artifacts_metadata.json").write_text(
        json.dumps({"a": {"uri": "a.txt", "class_name": "subprocess.Popen"}})
    )
    with pytest.raises(InvalidParameter, match=r"subprocess\.Popen"):
        EvaluationResult.load(tmp_path)


@pytest.mark.parametrize(
    "made",
    [
        {"../out": 1},
        {"/out": 1},
        {"": 1},
        {"a": "no file and no JSON"},
        {"confusion": lambda: 0},
        {"a": "/"},
        {"a": object.__new__},
    ],
)
def test_own_artifacts_that_cannot_be_kept(made):
    with pytest.raises(MlflowException):
        mlflow.evaluate(**STATIC, custom_artifacts=[lambda *_: made, lambda *_: made])
    assert not list(pathlib.Path().glob("**/out*"))


def test_thresholds_are_held_after_all_is_logged_and_of_the_baseline_nothing_is(sql):
    threshold = MetricThreshold(min_absolute_change=0.1, greater_is_better=True)
    call = {"data": FRAME, "targets": "y", "model_type": "classifier", "evaluator_config": QUICK}
    with pytest.raises(ModelValidationFailedException, match=r"accuracy_score is 0\.5, of the baseline 1\.0"):
        mlflow.evaluate(
            half, **call, validation_thresholds={"accuracy_score": threshold}, baseline_model=lambda frame: [0, 1, 0, 1]
        )
    assert sql("SELECT status, (SELECT value FROM metrics WHERE key = 'accuracy_score') FROM runs") == [
        ("FINISHED", 0.5)
    ]
    mlflow.evaluate(
        lambda frame: [0, 1, 0, 1], **call, validation_thresholds={"accuracy_score": threshold}, baseline_model=half
    )


def test_autologging_is_silent_meanwhile(sql):
    mlflow.autolog(log_models=False)
    try:
        mlflow.evaluate(
            GaussianNB().fit(FRAME[["a"]], FRAME["y"]), FRAME[["a", "y"]], targets="y", model_type="classifier"
        )
    finally:
        mlflow.autolog(disable=True)
    assert sql("SELECT count(*) FROM metrics WHERE key LIKE '%GaussianNB%'") == [(0,)]


def test_an_evaluator_of_another_package_is_found_by_its_entry_point(tmp_path, monkeypatch, caplog):
    site = tmp_path / "site"
    told = site / "counting-1.0.dist-info"
    told.mkdir(parents=True)
    (told / "METADATA").write_text("Metadata-Version: 2.1\nName: counting\nVersion: 1.0\n")
    (told / "entry_points.txt").write_text("[mlflow.model_evaluator]\ncounting = counting:Counter\n")
    (site / "counting.py").write_text(
        "from jupyter_mlops.models import EvaluationResult, ModelEvaluator\n"
        "class Counter(ModelEvaluator):\n"
        "    @classmethod\n"
        "    def can_evaluate(cls, *, model_type, evaluator_config, **kwargs):\n"
        "        return model_type == 'classifier'\n"
        "    def evaluate(self, *, dataset, evaluator_config, model, run_id, **kwargs):\n"
        "        rows = len(model.predict(dataset.features_data))\n"
        "        return EvaluationResult({'rows': rows * evaluator_config.get('times', 1)}, {}, run_id)\n"
    )
    monkeypatch.syspath_prepend(site)
    assert "counting" in mlflow.models.list_evaluators()
    call = {"model": half, "data": FRAME, "targets": "y", "model_type": "classifier"}
    assert mlflow.evaluate(**call).metrics.keys() > {"rows", "accuracy_score"}
    config = {"default": {"metric_prefix": "v_"}, "counting": {"times": 2}}
    both = mlflow.evaluate(**call, evaluators=["counting", "default", "unknown"], evaluator_config=config)
    assert both.metrics["rows"] == 8
    assert both.metrics["v_accuracy_score"] == 0.5
    assert "no evaluator 'unknown'" in caplog.text
    assert mlflow.evaluate(**call, evaluators="counting").metrics == {"rows": 4}
    for wrong in (3, [3], {"default": {}}):
        with pytest.raises(mlflow.MlflowException, match="evaluators is a name or a list of names, of .*counting"):
            mlflow.evaluate(**call, evaluators=wrong)
    del sys.modules["counting"]  # what is imported is recorded with every run


def test_mlflows_names_lead_here_and_load_nothing_before_they_are_used(python):
    shown = python("""
        import sys, jupyter_mlops

        jupyter_mlops.install_as_mlflow()
        import mlflow
        from mlflow.data.evaluation_dataset import EvaluationDataset
        from mlflow.metrics import MetricValue, make_metric
        from mlflow.models import MetricThreshold
        from mlflow.models.evaluation.artifacts import ImageEvaluationArtifact
        from mlflow.models.evaluation.base import EvaluationResult, ModelEvaluator
        from mlflow.models.evaluation.validation import ModelValidationFailedException

        print([name for name in ("numpy", "pandas", "sklearn") if name in sys.modules])
        from mlflow.models.evaluation import evaluate
        print(evaluate is jupyter_mlops.evaluate is mlflow.models.evaluate)
    """)
    assert shown == "[]\nTrue\n"


@pytest.mark.parametrize(
    ("given", "message"), [({"eval_fn": lambda x: x}, "name"), ({"eval_fn": max, "name": "a/b"}, "slash")]
)
def test_metrics_that_cannot_be(given, message):
    with pytest.raises(InvalidParameter, match=message):
        make_metric(greater_is_better=True, **given)


def test_a_metric_is_called_as_its_function_is(caplog):
    made = metric(lambda predictions, targets: sum(predictions) + targets, "not a name")
    assert made(predictions=[1, 2], targets=3) == 6
    assert "'not a name'" in caplog.text
