"""Evaluations, done by MLflow or by this package: a script, too.

Arguments: a file for what was found, as JSON: by case the metrics, the names of artifacts, those of their files, and tables.
"""

import json
import pathlib
import sys
import warnings

import numpy as np
import pandas as pd

RANDOM = np.random.default_rng(0)
X = pd.DataFrame(RANDOM.normal(size=(120, 3)), columns=["a", "b", "c"])
TWO = (X["a"] + RANDOM.normal(size=120) > 0).astype(int)
THREE = pd.cut(X["a"] + RANDOM.normal(size=120), 3, labels=False)
NUMBER = 2 * X["a"] - X["b"] + RANDOM.normal(size=120)
WEIGHTS = RANDOM.uniform(0.5, 2, 120)


def cases(mlflow):
    """A function for each case, by name, that evaluates and returns the result."""
    from sklearn.linear_model import LinearRegression
    from sklearn.naive_bayes import GaussianNB

    metrics, make = mlflow.metrics, mlflow.models.make_metric

    def logged(estimator, y):  # closed forms: no solver of one version or another
        with mlflow.start_run():
            return mlflow.sklearn.log_model(estimator.fit(X, y), "model", pip_requirements=["scikit-learn"]).model_uri

    two, three, number = logged(GaussianNB(), TWO), logged(GaussianNB(), THREE), logged(LinearRegression(), NUMBER)
    words = np.where(TWO, "yes", "no")

    def classified(model, y, config=None, **given):
        config = {"log_model_explainability": False, **(config or {})}
        return mlflow.evaluate(
            model, X.assign(y=y), targets="y", model_type="classifier", evaluator_config=config, **given
        )

    def regressed(model, config=None, **given):
        config = {"log_model_explainability": False, **(config or {})}
        return mlflow.evaluate(
            model, X.assign(y=NUMBER), targets="y", model_type="regressor", evaluator_config=config, **given
        )

    def old_style(eval_df, builtin_metrics):
        return (eval_df["prediction"] - eval_df["target"]).abs().max() + builtin_metrics["mean_absolute_error"]

    def off_by(predictions, targets, a, tolerance):
        return metrics.MetricValue(scores=[float(x) for x in (predictions - targets) * a * tolerance])

    def derived(off_by, metrics, targets):
        return off_by.aggregate_results["mean"] + metrics["r2_score"].aggregate_results["r2_score"]

    def two_numbers(predictions):
        return metrics.MetricValue(aggregate_results={"low": predictions.min(), "high": predictions.max()})

    def pieces(eval_df, builtin_metrics, artifacts_dir):
        path = pathlib.Path(artifacts_dir) / "words.txt"
        path.write_text("words")
        return {"head": eval_df.head(), "array": np.eye(2), "known": {"n": 1}, "text": '{"a": 1}', "file": str(path)}

    own = [
        make(eval_fn=derived, greater_is_better=True), make(eval_fn=off_by, greater_is_better=False, version="v2"),
        make(eval_fn=old_style, greater_is_better=False), make(eval_fn=two_numbers, greater_is_better=True),
        make(eval_fn=lambda predictions: None, greater_is_better=True, name="nothing"),
    ]  # fmt: skip
    ready = [metrics.mae(), metrics.mse(), metrics.rmse(), metrics.r2_score(), metrics.max_error(), metrics.mape()]
    return {
        "binary": lambda: classified(two, TWO),
        "binary of text": lambda: mlflow.evaluate(
            data=X.assign(y=words, p=np.where(X["a"] > 0, "yes", "no")), targets="y", predictions="p", model_type="classifier",
            evaluator_config={"pos_label": "no"},
        ),
        "weights, loaded": lambda: classified(mlflow.pyfunc.load_model(two), TWO, {"sample_weights": WEIGHTS}),
        "pos_label": lambda: classified(two, TWO, {"pos_label": 0}),
        "one class": lambda: mlflow.evaluate(
            data=pd.DataFrame({"y": [0, 0, 0], "p": [0, 1, 0]}), targets="y", predictions="p", model_type="classifier",
            evaluator_config={"label_list": [0, 1], "pos_label": 1},
        ),
        "multiclass": lambda: classified(three, THREE),
        "multiclass, macro, weights": lambda: classified(three, THREE, {"average": "macro", "sample_weights": WEIGHTS, "metric_prefix": "val_"}),
        "label_list, micro": lambda: classified(
            three, THREE, {"label_list": [0, 1, 2], "average": "micro", "max_classes_for_multiclass_roc_pr": 2}
        ),
        "regressor": lambda: regressed(number),
        "regressor, weights": lambda: regressed(number, {"sample_weights": WEIGHTS, "metric_prefix": "val_"}),
        "function": lambda: regressed(lambda frame: frame["a"] * 2),
        "frame of a function": lambda: regressed(lambda frame: pd.DataFrame({"p": frame["a"], "q": frame["b"]}), predictions="p"),
        "array": lambda: mlflow.evaluate(
            lambda frame: frame["feature_1"], X.to_numpy(), targets=NUMBER.to_numpy(), model_type="regressor",
            evaluator_config={"log_model_explainability": False},
        ),
        "data set": lambda: mlflow.evaluate(
            number,
            mlflow.data.from_pandas(X.assign(y=NUMBER), targets="y"),
            model_type="regressor",
            evaluator_config={"log_model_explainability": False},
        ),
        "own metrics": lambda: regressed(number, {"tolerance": 3, "metric_prefix": "val_"}, extra_metrics=own, custom_artifacts=[pieces]),
        "own metrics alone": lambda: mlflow.evaluate(
            number, X.assign(y=NUMBER), targets="y", extra_metrics=ready
        ),
        "without targets": lambda: mlflow.evaluate(
            lambda frame: frame["a"], X,
            extra_metrics=[make(eval_fn=lambda predictions, b: float((predictions * b).sum()), greater_is_better=True, name="dot")],
        ),
        "predictions without targets": lambda: mlflow.evaluate(
            data=X, predictions="a",
            extra_metrics=[make(eval_fn=lambda predictions, b: metrics.MetricValue(scores=list(predictions * b)), greater_is_better=True, name="dots")],
        ),
        "mapped columns": lambda: regressed(
            number, {"col_mapping": {"spread": "c"}},
            extra_metrics=[make(eval_fn=lambda predictions, spread: float((predictions * spread).sum()), greater_is_better=True, name="m")],
        ),
    }  # fmt: skip


def found(mlflow):
    """What the cases give, as JSON can hold it."""
    all_found = {}
    for name, evaluate in cases(mlflow).items():
        with mlflow.start_run() as run:
            result = evaluate()
        run = mlflow.get_run(run.info.run_id)
        files = [file.path for file in mlflow.MlflowClient().list_artifacts(run.info.run_id) if not file.is_dir]
        tables = {key: table.to_dict("list") for key, table in result.tables.items() if key == "eval_results_table"}
        table = getattr(result.artifacts.get("per_class_metrics"), "content", None)
        all_found[name] = {
            "metrics": {key: float(value) for key, value in result.metrics.items()},
            "logged": run.data.metrics,
            "artifacts": sorted(result.artifacts),
            "files": sorted(files),
            "tables": tables if table is None else {**tables, "per_class_metrics": table.to_dict("list")},
            "inputs": [
                (i.dataset.name, i.dataset.digest, [[t.key, t.value] for t in i.tags])
                for i in run.inputs.dataset_inputs
            ],
        }
    return json.loads(json.dumps(all_found))


if __name__ == "__main__":
    warnings.simplefilter("ignore")
    import mlflow

    pathlib.Path(sys.argv[1]).write_text(json.dumps(found(mlflow)))
