"""The guide's section on autologging, as far as it is scikit-learn's."""

import pandas as pd
from sklearn.linear_model import LogisticRegression

import jupyter_mlops as mlflow
from tests.autologging.conftest import X, y


def test_section_3_6(runs):
    mlflow.autolog()
    LogisticRegression().fit(X, y)
    assert runs()[0].data.tags["mlflow.autologging"] == "sklearn"

    mlflow.autolog(disable=True)
    LogisticRegression().fit(X, y)
    assert len(runs()) == 1

    mlflow.sklearn.autolog(log_input_examples=True, log_model_signatures=True, log_models=True)
    frame = pd.DataFrame(X, columns=["a", "b"])
    LogisticRegression(C=2).fit(frame, y)
    run = runs()[1]
    assert run.data.params["C"] == "2"
    assert {"training_accuracy_score", "training_roc_auc", "training_log_loss"} <= run.data.metrics.keys()
    model = mlflow.pyfunc.load_model(f"runs:/{run.info.run_id}/model")
    assert model.metadata.signature.inputs.input_names() == ["a", "b"]
    assert model.metadata.load_input_example().equals(frame.head())
    assert model.predict(frame).shape == (12,)
