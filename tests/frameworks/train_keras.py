"""Trainings of Keras, autologged by the tracker that is named; prints what it knows of them as JSON.

``python train_keras.py TRACKER FLAVOR …``; ``FLAVOR:dataset`` trains on a ``tf.data.Dataset``.
"""

import importlib
import json
import pathlib
import sys

tracker, *kinds = sys.argv[1:]
mlflow = importlib.import_module(tracker)
if tracker == "mlflow":  # a process for each model, to see what it needs
    importlib.import_module("mlflow.models").infer_pip_requirements = lambda *_, fallback, **__: fallback
mlflow.set_tracking_uri("keras.duckdb" if tracker == "jupyter_mlops" else pathlib.Path("mlruns").absolute().as_uri())


def files(run_id, path=None):
    for info in mlflow.MlflowClient().list_artifacts(run_id, path):
        yield from files(run_id, info.path) if info.is_dir else [info.path]


def train(flavor, is_dataset):
    module = importlib.import_module(f"{tracker}.{flavor}")
    module.autolog()  # ours: before the library is imported, as in a notebook's first cell
    import keras
    import numpy as np

    keras.utils.set_random_seed(0)
    keras.backend.clear_session()  # names are numbered from the start
    x = np.random.default_rng(0).normal(size=(64, 3)).astype("float32")
    y = x.sum(1, keepdims=True)
    model = keras.Sequential([keras.Input([3]), keras.layers.Dense(8, "relu"), keras.layers.Dense(1)])
    model.compile(keras.optimizers.Adam(0.05), "mse", metrics=["mae"])
    stopping = keras.callbacks.EarlyStopping("val_loss", patience=1, min_delta=0.3, restore_best_weights=True)
    given = {"epochs": 12, "verbose": 0, "callbacks": [stopping]}
    with mlflow.start_run() as run:
        if is_dataset:
            import tensorflow as tf

            data = tf.data.Dataset.from_tensor_slices((x, y)).batch(16)
            history = model.fit(data, validation_data=data, **given).history
        else:
            history = model.fit(x, y, batch_size=16, validation_data=(x, y), **given).history
    module.autolog(disable=True)
    run, client, run_id = mlflow.get_run(run.info.run_id), mlflow.MlflowClient(), run.info.run_id
    points = {key: [(m.step, m.value) for m in client.get_metric_history(run_id, key)] for key in run.data.metrics}
    uri, expected = f"runs:/{run_id}/model", model.predict(x, verbose=0)
    same = [np.allclose(mlflow.pyfunc.load_model(uri).predict(x), expected, atol=1e-5)]
    same.append(np.allclose(module.load_model(uri).predict(x, verbose=0), expected, atol=1e-5))
    if flavor == "tensorflow" and tracker == "jupyter_mlops":  # Keras 3 cannot load the .h5 that MLflow keeps
        best = module.load_checkpoint(run_id=run_id)
        same.append(abs(best.evaluate(x, y, verbose=0)[0] - min(history["val_loss"])) < 1e-4)
    return {
        "history": history, "stopped": stopping.stopped_epoch, "best": stopping.best_epoch, "params": run.data.params,
        "points": points, "files": sorted(files(run_id)), "same": list(map(bool, same)), "given": len(given["callbacks"]),
        "inputs": [[i.dataset.name, i.dataset.source_type, i.tags[0].value] for i in run.inputs.dataset_inputs],
        "signature": json.dumps(mlflow.models.get_model_info(uri).signature.to_dict()), "backend": keras.backend.backend(),
    }  # fmt: skip


print("RESULT" + json.dumps({kind: train(kind.partition(":")[0], ":dataset" in kind) for kind in kinds}))
