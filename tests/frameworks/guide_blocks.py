"""The guide's code of frameworks as it stands there: ``python -m jupyter_mlops.as_mlflow guide_blocks.py``."""
# ruff: noqa: I001 - the order is the guide's

import json

import keras as keras_library
import numpy as np
import torch

import mlflow
from mlflow.models import infer_signature

data = np.arange(12, dtype="float32").reshape(4, 3)
network = torch.nn.Linear(3, 2)
keras_model = keras_library.Sequential([keras_library.Input([3]), keras_library.layers.Dense(2)])


def autologging():
    # Enable for all frameworks
    mlflow.autolog()

    # Framework-specific
    mlflow.sklearn.autolog()
    mlflow.pytorch.autolog()
    mlflow.tensorflow.autolog()
    mlflow.keras.autolog()
    mlflow.xgboost.autolog()
    mlflow.lightgbm.autolog()

    # Disable
    mlflow.autolog(disable=True)

    # Configure
    mlflow.sklearn.autolog(
        log_input_examples=True,
        log_model_signatures=True,
        log_models=True
    )  # fmt: skip


def log_pytorch(model, signature):
    import mlflow.pytorch

    mlflow.pytorch.log_model(
        pytorch_model=model,
        artifact_path="model",
        signature=signature
    )  # fmt: skip


def log_keras(keras_model, signature):
    import mlflow.tensorflow
    import mlflow.keras

    mlflow.keras.log_model(
        model=keras_model,
        artifact_path="model",
        signature=signature
    )  # fmt: skip


def log_tensorflow(keras_model, signature):
    """Of the table in 5.1, which has no arguments."""
    mlflow.tensorflow.log_model(keras_model, "model", signature=signature)


autologging()
found = {"autologging": type(keras_library.Model.fit).__name__}
for log, model, load in (
    (log_pytorch, network, mlflow.pytorch.load_model),
    (log_keras, keras_model, mlflow.keras.load_model),
    (log_tensorflow, keras_model, mlflow.tensorflow.load_model),
):
    expected = model(torch.from_numpy(data)).detach().numpy() if model is network else model.predict(data, verbose=0)
    with mlflow.start_run() as run:
        log(model, infer_signature(data, expected))
    uri = f"runs:/{run.info.run_id}/model"
    loaded = load(uri)
    native = loaded(torch.from_numpy(data)).detach().numpy() if model is network else loaded.predict(data, verbose=0)
    found[log.__name__] = [np.allclose(p, expected) for p in (native, mlflow.pyfunc.load_model(uri).predict(data))]
print("RESULT" + json.dumps(found))
