"""Keeping a small scikit-learn model with a run."""

SETUP = """
import sklearn.datasets, sklearn.linear_model
X, y = sklearn.datasets.load_iris(return_X_y=True, as_frame=True)
model = sklearn.linear_model.LogisticRegression(max_iter=500).fit(X, y)
mlflow.start_run()
"""


def test_log_model_given(beside_mlflow):
    statement = "mlflow.sklearn.log_model(model, name='model', pip_requirements=['scikit-learn'])"
    beside_mlflow("`sklearn.log_model`, requirements given", statement, SETUP, budget=0.03)


def test_log_model_inferred(beside_mlflow):
    beside_mlflow(
        "`sklearn.log_model`, requirements inferred", "mlflow.sklearn.log_model(model, name='model')", SETUP, budget=0.3
    )


def test_load_model(beside_mlflow):
    setup = SETUP + "uri = mlflow.sklearn.log_model(model, name='model', pip_requirements=['scikit-learn']).model_uri\n"
    beside_mlflow("`pyfunc.load_model` of it", "mlflow.pyfunc.load_model(uri)", setup)
