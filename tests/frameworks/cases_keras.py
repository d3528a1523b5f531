"""Keras and TensorFlow beyond the contract: strangers' files, signatures, callbacks, what becomes of trainings."""

import os
import pickle

import keras
import numpy as np
import pandas as pd
import pytest

import jupyter_mlops as mlflow
from jupyter_mlops.errors import InvalidParameter, NotFound, UntrustedModel
from jupyter_mlops.models.trust import SIGNATURE_FILE

DATA = np.arange(12, dtype="float32").reshape(4, 3)
FLAVORS = ("keras", "tensorflow") if keras.backend.backend() == "tensorflow" else ("keras",)
each_flavor = pytest.mark.parametrize("name", FLAVORS)
needs_tensorflow = pytest.mark.skipif(len(FLAVORS) == 1, reason="KERAS_BACKEND is another one in this run of the file")


class Evil:
    """Leaves a file when it is unpickled."""

    def __reduce__(self):
        return os.mkdir, ("ran",)


def made(*layers, compiled=False):
    model = keras.Sequential([keras.Input([3]), *layers, keras.layers.Dense(1)])
    if compiled:
        model.compile("sgd", "mse", metrics=["mae"])
    return model


def points(run, key):
    return [m.step for m in mlflow.MlflowClient().get_metric_history(run.info.run_id, key)]


@pytest.fixture(params=FLAVORS)
def autologged(request):
    flavor = getattr(mlflow, request.param)
    flavor.autolog()
    yield request.param
    flavor.autolog(disable=True)


@each_flavor
def test_a_lambda_is_code(name, tmp_path):
    flavor, model = getattr(mlflow, name), made(keras.layers.Lambda(lambda x: x * 2))
    flavor.save_model(model, tmp_path / "m")
    for load in (flavor.load_model, mlflow.pyfunc.load_model):
        loaded = load(tmp_path / "m")  # signed by this user
        np.testing.assert_allclose(np.asarray(loaded.predict(DATA)), model.predict(DATA, verbose=0), rtol=1e-6)
    (tmp_path / "m" / SIGNATURE_FILE).unlink()
    for load in (flavor.load_model, mlflow.pyfunc.load_model):
        with pytest.raises(UntrustedModel, match="Lambda"):
            load(tmp_path / "m")
    flavor.load_model(tmp_path / "m", trust=True)
    given = "load_model_kwargs" if name == "keras" else "keras_model_kwargs"
    with pytest.raises(UntrustedModel):
        flavor.load_model(tmp_path / "m", **{given: {"safe_mode": False}})


@each_flavor
def test_a_stranger_is_not_met_with_a_safe_mode_that_can_be_got_round(name, tmp_path, monkeypatch):
    flavor = getattr(mlflow, name)
    flavor.save_model(made(), tmp_path / "m")
    (tmp_path / "m" / SIGNATURE_FILE).unlink()
    flavor.load_model(tmp_path / "m")
    monkeypatch.setattr(keras, "__version__", "3.13.1")  # loads SavedModels from anywhere: CVE-2026-1462
    with pytest.raises(UntrustedModel, match="without its safe mode"):
        flavor.load_model(tmp_path / "m")


@needs_tensorflow
def test_a_strangers_custom_objects_do_not_run(tmp_path):
    mlflow.tensorflow.save_model(made(), tmp_path / "m")
    (tmp_path / "m" / "data" / "custom_objects.cloudpickle").write_bytes(pickle.dumps(Evil()))
    for load in (mlflow.tensorflow.load_model, mlflow.pyfunc.load_model):
        with pytest.raises(UntrustedModel, match="custom_objects"):
            load(tmp_path / "m")
    assert not os.path.exists("ran")


@needs_tensorflow
def test_the_old_format_has_no_safe_mode(tmp_path):
    model = made()
    mlflow.tensorflow.save_model(model, tmp_path / "m", keras_model_kwargs={"save_format": "h5"})
    expected = model.predict(DATA, verbose=0)
    np.testing.assert_allclose(mlflow.pyfunc.load_model(tmp_path / "m").predict(DATA), expected, rtol=1e-6)
    (tmp_path / "m" / SIGNATURE_FILE).unlink()
    with pytest.raises(UntrustedModel, match=r"model\.h5"):
        mlflow.tensorflow.load_model(tmp_path / "m")
    mlflow.tensorflow.load_model(tmp_path / "m", trust=True)


@needs_tensorflow
def test_custom_objects_come_along(tmp_path):
    class Doubling(keras.layers.Layer):
        def call(self, x):
            return 2 * x

    model = made(Doubling())
    mlflow.tensorflow.save_model(model, tmp_path / "m", custom_objects={"Doubling": Doubling})
    mlflow.keras.save_model(model, tmp_path / "k")
    expected = model.predict(DATA, verbose=0)
    for loaded in (
        mlflow.tensorflow.load_model(tmp_path / "m"),
        mlflow.pyfunc.load_model(tmp_path / "m"),
        mlflow.keras.load_model(tmp_path / "k", custom_objects={"Doubling": Doubling}),
    ):
        np.testing.assert_allclose(loaded.predict(DATA), expected, rtol=1e-6)
    with pytest.raises(TypeError, match="Doubling"):
        mlflow.keras.load_model(tmp_path / "k")


@each_flavor
def test_signatures_are_of_tensors(name, tmp_path):
    flavor, frame = getattr(mlflow, name), pd.DataFrame(DATA, columns=list("abc"))
    for wrong, told in (
        (mlflow.models.infer_signature(frame, DATA), "columns"),
        (mlflow.models.ModelSignature(mlflow.types.Schema([mlflow.types.TensorSpec(DATA.dtype, (4, 3))])), "batch"),
    ):
        with pytest.raises(InvalidParameter, match=told):
            flavor.save_model(made(), tmp_path / "m", signature=wrong)
    assert not (tmp_path / "m").exists()
    flavor.save_model(made(), tmp_path / "m", input_example=frame)
    loaded = mlflow.pyfunc.load_model(tmp_path / "m")
    assert str(loaded.metadata.signature.inputs) == "[Tensor('float32', (-1, 3))]"
    assert loaded.predict(frame).shape == (4, 1)


@each_flavor
def test_a_frame_gives_a_frame(name, tmp_path):
    model = made()
    getattr(mlflow, name).save_model(model, tmp_path / "m")
    predicted = mlflow.pyfunc.load_model(tmp_path / "m").predict(pd.DataFrame(DATA, index=list("abcd")))
    assert list(predicted.index) == list("abcd")
    np.testing.assert_allclose(predicted.to_numpy(), model.predict(DATA, verbose=0), rtol=1e-6)
    with pytest.raises(InvalidParameter, match="DataFrame"):
        mlflow.pyfunc.load_model(tmp_path / "m").predict("text")


def test_what_is_no_model_is_refused(tmp_path):
    for name in FLAVORS:
        with pytest.raises(InvalidParameter, match="model is a"):
            getattr(mlflow, name).save_model(object(), tmp_path / "m")
    with pytest.raises(InvalidParameter, match="needs a signature"):
        mlflow.keras.save_model(made(), tmp_path / "m", save_exported_model=True)


@each_flavor
def test_callbacks_by_hand(name, tmp_path):
    flavor, model = getattr(mlflow, name), made(compiled=True)
    with mlflow.start_run() as run:
        model.fit(DATA, DATA[:, :1], epochs=3, verbose=0, callbacks=[flavor.MlflowCallback()])
        model.evaluate(DATA, DATA[:, :1], verbose=0, callbacks=[flavor.MlflowCallback()])
    with mlflow.start_run() as other:
        by_steps = flavor.MlflowCallback(log_every_epoch=False, log_every_n_steps=2)
        made(compiled=True).fit(DATA, DATA[:, :1], epochs=2, batch_size=1, verbose=0, callbacks=[by_steps])
    assert points(run, "loss") == [0, 1, 2]
    assert points(other, "loss") == [2, 4, 6, 8]
    data = mlflow.get_run(run.info.run_id).data
    assert {"loss", "mae", "validation_loss", "validation_mae"} == set(data.metrics)
    assert data.params[f"{'opt' if name == 'tensorflow' else 'optimizer'}_name"].startswith("sgd")
    summary = mlflow.artifacts.load_text(f"runs:/{run.info.run_id}/model_summary.txt")
    assert "Trainable params: 4" in summary
    for wrong in ({"log_every_n_steps": 2}, {"log_every_epoch": False}):
        with pytest.raises(ValueError, match="log_every_n_steps"):
            flavor.MlflowCallback(**wrong)


@needs_tensorflow
def test_checkpoints_by_hand():
    kind = mlflow.tensorflow.MlflowModelCheckpointCallback
    model = made(compiled=True)
    given = {"batch_size": 1, "epochs": 2, "verbose": 0}
    with mlflow.start_run() as run:
        model.fit(DATA, DATA[:, :1], **given, callbacks=[kind("loss", save_best_only=False, save_weights_only=True)])
    with mlflow.start_run() as steps:
        model.fit(DATA, DATA[:, :1], **given, callbacks=[kind("loss", save_best_only=False, save_freq=3)])
    first, last = (
        mlflow.tensorflow.load_checkpoint(made(compiled=True), run.info.run_id, epoch=e).get_weights() for e in (0, 1)
    )
    assert not np.allclose(first[0], last[0])
    with pytest.raises(InvalidParameter, match="weights alone"):
        mlflow.tensorflow.load_checkpoint(run_id=run.info.run_id)
    paths = [info.path for info in mlflow.MlflowClient().list_artifacts(steps.info.run_id, "checkpoints")]
    assert paths == ["checkpoints/global_step_3", "checkpoints/global_step_6"]
    assert mlflow.tensorflow.load_checkpoint(run_id=steps.info.run_id, global_step=3).predict(
        DATA, verbose=0
    ).shape == (4, 1)
    with pytest.raises(NotFound), mlflow.start_run():
        mlflow.tensorflow.load_checkpoint()


@needs_tensorflow
def test_a_checkpoint_of_a_keras_without_a_safe_mode_needs_trust(monkeypatch):
    with mlflow.start_run() as run:
        kept = mlflow.tensorflow.MlflowModelCheckpointCallback("loss")
        made(compiled=True).fit(DATA, DATA[:, :1], verbose=0, callbacks=[kept])
    assert mlflow.tensorflow.load_checkpoint(run_id=run.info.run_id) is not None
    monkeypatch.setattr(keras, "__version__", "3.13.2")
    with pytest.raises(UntrustedModel, match=r"3\.14"):
        mlflow.tensorflow.load_checkpoint(run_id=run.info.run_id)


@needs_tensorflow
def test_a_checkpoint_with_code_needs_trust():
    model = made(keras.layers.Lambda(lambda x: x * 2), compiled=True)
    kind = mlflow.tensorflow.MlflowModelCheckpointCallback
    with mlflow.start_run() as run:
        model.fit(DATA, DATA[:, :1], verbose=0, callbacks=[kind("loss")])
    with pytest.raises(UntrustedModel, match="trust=True"):
        mlflow.tensorflow.load_checkpoint(run_id=run.info.run_id)
    assert mlflow.tensorflow.load_checkpoint(run_id=run.info.run_id, trust=True).predict(DATA, verbose=0).shape == (
        4,
        1,
    )


def test_a_training_that_fails_is_a_failed_run(autologged):
    with pytest.raises(Exception, match=r"."):
        made(compiled=True).fit(DATA, DATA[:2], verbose=0)
    (run,) = mlflow.search_runs(output_format="list")
    assert (run.info.status, run.data.tags["mlflow.autologging"]) == ("FAILED", autologged)


def test_a_generator_is_not_used_up(autologged):
    used = []

    def batches():
        for number in range(4):
            used.append(number)
            yield DATA, DATA[:, :1]

    mine = [keras.callbacks.History()]
    model = made(compiled=True)
    history = model.fit(batches(), steps_per_epoch=2, epochs=2, verbose=0, callbacks=mine)
    (run,) = mlflow.search_runs(output_format="list")
    assert (run.info.status, points(run, "loss"), len(history.history["loss"])) == ("FINISHED", [0, 1], 2)
    assert used[:4] == [0, 1, 2, 3]
    assert len(mine) == 1
    assert mlflow.models.get_model_info(f"runs:/{run.info.run_id}/model").signature is not None


def test_models_of_ones_own_and_runs_that_end_meanwhile(autologged):
    @keras.saving.register_keras_serializable("cases")
    class Own(keras.Model):
        def __init__(self, **given):
            super().__init__(**given)
            self.layer = keras.layers.Dense(1)

        def call(self, x):
            return self.layer(x)

        def fit(self, rows, **given):
            return super().fit(rows, rows[:, :1], **given)

    class Ending(keras.callbacks.Callback):
        def on_epoch_end(self, epoch, logs=None):
            mlflow.end_run()

    model = Own()
    model.compile("sgd", "mse")
    with mlflow.start_run() as run:
        model.fit(DATA, epochs=2, verbose=0)
    assert mlflow.get_run(run.info.run_id).data.params["epochs"] == "2"
    signature = mlflow.models.get_model_info(f"runs:/{run.info.run_id}/model").signature
    assert str(signature.inputs) == "[Tensor('float32', (-1, 3))]"
    assert str(signature.outputs) == "[Tensor('float32', (-1, 1))]"
    with mlflow.start_run():
        history = made(compiled=True).fit(DATA, DATA[:, :1], epochs=2, verbose=0, callbacks=[Ending()])
    assert len(history.history["loss"]) == 2


@needs_tensorflow
def test_mlflow_2s_name_of_steps():
    mlflow.tensorflow.autolog(every_n_iter=2, log_models=False, checkpoint=False)
    made(compiled=True).fit(DATA, DATA[:, :1], batch_size=1, verbose=0)
    mlflow.tensorflow.autolog(disable=True)
    (run,) = mlflow.search_runs(output_format="list")
    assert points(run, "loss") == [2, 4]


@needs_tensorflow
@pytest.mark.parametrize("silent", [True, False])
def test_there_may_be_no_metric_to_say_what_is_best(silent, caplog):
    mlflow.tensorflow.autolog(silent=silent, log_models=False)
    made(compiled=True).fit(DATA, DATA[:, :1], epochs=3, verbose=0)
    mlflow.tensorflow.autolog(disable=True)
    told = [record.getMessage() for record in caplog.records if record.name.startswith("jupyter_mlops")]
    assert [text for text in told if "'val_loss'" in text] == ([] if silent else told) and len(told) == (not silent)
