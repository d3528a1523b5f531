"""Save one model of each kind with a tracker, with what it predicts; load those of other folders; print what came of it.

``python exchange_models.py TRACKER FOLDER_TO_WRITE [FOLDER_TO_READ …]``; ``-`` writes nothing.
"""

import importlib
import json
import os
import pathlib
import sys

import numpy as np

tracker, folder = sys.argv[1], pathlib.Path(sys.argv[2])
mlflow = importlib.import_module(tracker)
is_three = getattr(mlflow, "__version__", "").startswith("3")
trusting = {"trust": True} if tracker == "jupyter_mlops" else {}
data = np.arange(12, dtype="float32").reshape(4, 3)
infer = mlflow.models.infer_signature
pip = {"pip_requirements": ["numpy"]}  # MLflow takes seconds for each model that it looks for them in


def keep(name, predicted):
    np.save(folder / f"{name}.npy", np.asarray(predicted))


def write_torch():
    import torch

    class Own(torch.nn.Module):  # of __main__: pickled by value
        def __init__(self):
            super().__init__()
            self.layer = torch.nn.Linear(3, 2)

        def forward(self, x):
            return torch.relu(self.layer(x))

    for name, module in (("torch", Own()), ("script", torch.jit.script(torch.nn.Linear(3, 2)))):
        more = {"serialization_format": "pickle"} if is_three else {}
        signature = infer(data, module(torch.from_numpy(data)).detach().numpy())
        importlib.import_module(f"{tracker}.pytorch").save_model(
            module, folder / name, signature=signature, **more, **pip
        )
        keep(name, module(torch.from_numpy(data)).detach().numpy())
    if is_three:
        module = Own().eval()
        mlflow.pytorch.save_model(module, folder / "pt2", input_example=data, serialization_format="pt2", **pip)
        keep("pt2", module(torch.from_numpy(data)).detach().numpy())


def write_keras():
    import keras
    import tensorflow as tf

    def made():
        return keras.Sequential([keras.Input([3]), keras.layers.Dense(4), keras.layers.Dense(2)])

    signature = infer(data, made().predict(data, verbose=0))
    flavors = {name: importlib.import_module(f"{tracker}.{name}") for name in ("keras", "tensorflow")}
    for name, flavor, more in (
        ("keras", "keras", {}), ("keras-exported", "keras", {"save_exported_model": True}),
        ("tensorflow", "tensorflow", {}), ("tensorflow-h5", "tensorflow", {"keras_model_kwargs": {"save_format": "h5"}}),
    ):  # fmt: skip
        if name == "tensorflow-h5" and tracker == "mlflow":
            continue  # MLflow hands save_format on to Keras 3, which refuses it
        model = made()
        flavors[flavor].save_model(model, str(folder / name), signature=signature, **more, **pip)
        keep(name, model.predict(data, verbose=0))

    @keras.saving.register_keras_serializable("own")
    class Doubling(keras.layers.Layer):
        def call(self, x):
            return 2 * x

    model = keras.Sequential([keras.Input([3]), Doubling(), keras.layers.Dense(2)])
    flavors["tensorflow"].save_model(model, str(folder / "tensorflow-custom"), signature=signature, **pip)
    keep("tensorflow-custom", model.predict(data, verbose=0))

    class Scaled(tf.Module):
        @tf.function(input_signature=[tf.TensorSpec([None, 3], tf.float32)])
        def __call__(self, x):
            return x * 3.0

    flavors["tensorflow"].save_model(Scaled(), str(folder / "tf-module"), signature=infer(data, data), **pip)
    keep("tf-module", data * 3)


def load(flavor, path):
    model = importlib.import_module(f"{tracker}.{flavor}").load_model(path, **trusting)
    if flavor == "pytorch":
        import torch

        return model(torch.from_numpy(data)).detach().numpy()
    if hasattr(model, "serve"):
        return model.serve(data).numpy()
    return model.predict(data, verbose=0) if hasattr(model, "predict") else model(data).numpy()


def load_pyfunc(_, path):
    return mlflow.pyfunc.load_model(path, **trusting).predict(data)


def outcome(action, path, wanted):
    flavor = next(f for f in ("pytorch", "tensorflow", "keras") if f"\n  {f}:" in (path / "MLmodel").read_text())
    try:
        return "same" if np.allclose(action(flavor, str(path)), wanted, atol=1e-5) else "differs"
    except Exception as error:
        return f"{type(error).__name__}: {str(error)[:300]}"


if folder.is_dir():
    os.environ["MLFLOW_TRACKING_URI"] = (folder / "mlruns").absolute().as_uri()
    write_torch()
    write_keras()
found = {}
for read in map(pathlib.Path, sys.argv[3:]):
    found[read.name] = {
        path.parent.name: [
            outcome(action, path.parent, np.load(f"{path.parent}.npy")) for action in (load, load_pyfunc)
        ]
        for path in sorted(read.glob("*/MLmodel"))
    }
print("RESULT" + json.dumps(found))
