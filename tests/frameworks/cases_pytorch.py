"""PyTorch beyond the contract: strangers' files, weights alone, TensorBoard, what becomes of trainings."""

import logging
import os
import pickle
import warnings

import lightning
import numpy as np
import pandas as pd
import pytest
import torch
from torch.utils.data import DataLoader, TensorDataset

import jupyter_mlops as mlflow
from jupyter_mlops.errors import InvalidParameter, InvalidState, NotFound, UntrustedModel
from jupyter_mlops.models.trust import SIGNATURE_FILE

DATA = np.arange(12, dtype="float32").reshape(4, 3)


class Tied(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.first, self.second = torch.nn.Linear(3, 3), torch.nn.Linear(3, 3)
        self.second.weight = self.first.weight
        self.second.bias.requires_grad = False
        self.drop = torch.nn.Dropout(0.5)
        self.register_buffer("seen", torch.tensor(7))

    def forward(self, x, scale=1.0):
        return self.second(self.drop(self.first(x))) * scale


class Evil:
    """Leaves a file when it is unpickled."""

    def __reduce__(self):
        return os.mkdir, ("ran",)


def unsigned(folder):
    (folder / SIGNATURE_FILE).unlink()
    return folder


def test_weights_go_into_ones_own_module_without_trust(tmp_path):
    model = Tied().eval()
    mlflow.pytorch.save_model(model, tmp_path / "m", serialization_format="safetensors")
    folder = unsigned(tmp_path / "m")
    (folder / "data" / "structure.pkl").write_bytes(pickle.dumps(Evil()))
    mine = mlflow.pytorch.load_model(folder, model=Tied())
    assert torch.equal(mine(torch.from_numpy(DATA)), model(torch.from_numpy(DATA)))
    assert mine.first.weight is mine.second.weight
    for load in (mlflow.pytorch.load_model, mlflow.pyfunc.load_model):
        with pytest.raises(UntrustedModel, match="model="):
            load(folder)
    assert not os.path.exists("ran")
    with pytest.raises(InvalidParameter, match="does not fit"):
        mlflow.pytorch.load_model(folder, model=torch.nn.Linear(3, 3))
    (folder / "data" / "model.safetensors").write_bytes(b"\xff" * 20)
    with pytest.raises(InvalidState, match="safetensors"):
        mlflow.pytorch.load_model(folder, model=Tied())


def test_safetensors_keep_what_the_module_is(tmp_path):
    mlflow.pytorch.save_model(Tied(), tmp_path / "m", serialization_format="safetensors")
    loaded = mlflow.pytorch.load_model(tmp_path / "m")
    assert loaded.first.weight is loaded.second.weight
    assert (loaded.first.weight.requires_grad, loaded.second.bias.requires_grad, int(loaded.seen)) == (True, False, 7)
    assert isinstance(loaded.second.bias, torch.nn.Parameter)
    assert not loaded.training
    weights = (tmp_path / "m" / "data" / "structure.pkl").read_bytes()
    assert loaded.first.weight.detach().numpy().tobytes() not in weights


def test_a_strangers_pickle_does_not_run(tmp_path):
    mlflow.pytorch.save_model(torch.nn.Linear(3, 2), tmp_path / "m")
    torch.save(Evil(), tmp_path / "m" / "data" / "model.pth")  # the signature is there, and no longer right
    for load in (mlflow.pytorch.load_model, mlflow.pyfunc.load_model):
        with pytest.raises(UntrustedModel, match=r"model\.pth"):
            load(tmp_path / "m")
    with pytest.raises(pickle.UnpicklingError):  # tensors alone need no trust: this has more in it
        mlflow.pytorch.load_model(tmp_path / "m", weights_only=True)
    assert not os.path.exists("ran")


def test_state_dicts(tmp_path):
    model = Tied()
    with mlflow.start_run() as run:
        mlflow.pytorch.log_state_dict({"model": model.state_dict(), "epoch": 3}, "checkpoint")
    loaded = mlflow.pytorch.load_state_dict(f"runs:/{run.info.run_id}/checkpoint")
    assert loaded["epoch"] == 3
    assert torch.equal(loaded["model"]["first.weight"], model.first.weight)
    with pytest.raises(TypeError, match="state_dict"):
        mlflow.pytorch.save_state_dict(model, tmp_path / "s")
    torch.save({"a": Evil()}, tmp_path / "state_dict.pth")
    with pytest.raises(pickle.UnpicklingError):
        mlflow.pytorch.load_state_dict(tmp_path)
    assert not os.path.exists("ran")


def test_what_it_takes_and_gives(tmp_path):
    model = Tied()
    signature = mlflow.models.infer_signature(DATA, DATA, params={"scale": 1.0, "other": 2.0})
    mlflow.pytorch.save_model(model, tmp_path / "m")
    mlflow.pytorch.save_model(model, tmp_path / "n", signature=signature)
    loaded = mlflow.pyfunc.load_model(tmp_path / "m")
    frame = pd.DataFrame(DATA.astype("float64"), index=list("abcd"))
    predicted = loaded.predict(frame)
    assert list(predicted.index) == list("abcd")
    np.testing.assert_allclose(predicted.to_numpy(), loaded.predict(DATA), rtol=1e-6)
    with_params = mlflow.pyfunc.load_model(tmp_path / "n")
    np.testing.assert_allclose(with_params.predict(DATA, {"scale": 3.0}), 3 * loaded.predict(DATA), rtol=1e-6)
    for wrong in ([1.0], {"a": DATA}):
        with pytest.raises(TypeError):
            loaded.predict(wrong)
    for wrong in ("no module", {"a": 1}):
        with pytest.raises(TypeError):
            mlflow.pytorch.save_model(wrong, tmp_path / "o")
    with pytest.raises(InvalidParameter, match="pickle, safetensors"):
        mlflow.pytorch.save_model(model, tmp_path / "o", serialization_format="onnx")


def test_a_model_that_is_saved_while_it_is_trained_goes_on_as_it_was(tmp_path):
    model = torch.nn.Sequential(torch.nn.BatchNorm1d(3), torch.nn.Dropout(0.5)).train()
    model[1].eval()
    mlflow.pytorch.save_model(model, tmp_path / "m", input_example=torch.from_numpy(DATA))
    assert [part.training for part in model.modules()] == [True, True, False]
    assert model[0].running_mean.tolist() == [0.0, 0.0, 0.0]
    assert "float32" in str(mlflow.models.Model.load(tmp_path / "m").signature.inputs)


def test_scalars_of_tensorboard_are_metrics_of_the_active_run(tmp_path):
    from torch.utils.tensorboard import SummaryWriter

    mlflow.pytorch.autolog(log_every_n_step=2)
    with SummaryWriter(tmp_path / "before") as writer:
        writer.add_scalar("loss", 9.0, 0)  # no run is begun for it
    with mlflow.start_run() as run, SummaryWriter(tmp_path / "tb") as writer:
        for step in range(4):
            writer.add_scalar("loss", 1.5 * step, step)
        writer.add_hparams({"lr": 0.1}, {"final": 2.0})
    mlflow.pytorch.autolog(disable=True)
    with mlflow.start_run() as other, SummaryWriter(tmp_path / "tb") as writer:
        writer.add_scalar("loss", 1.0, 0)
    history = mlflow.MlflowClient().get_metric_history(run.info.run_id, "loss")
    assert [(metric.step, metric.value) for metric in history] == [(0, 0.0), (2, 3.0)]
    data = mlflow.get_run(run.info.run_id).data
    assert (data.params, data.metrics["final"]) == ({"lr": "0.1"}, 2.0)
    assert mlflow.get_run(other.info.run_id).data.metrics == {}
    assert len(mlflow.search_runs()) == 2


class Net(lightning.LightningModule):
    def __init__(self, act=None, thing=None):
        super().__init__()
        self.save_hyperparameters("thing")
        self.layer, self.act = torch.nn.Linear(3, 1), act

    def forward(self, x):
        return self.layer(x)

    def training_step(self, batch, index):
        if self.act is not None:
            self.act(self, index)
        loss = self(batch[0]).square().mean()
        self.log("val_loss", loss)
        return loss

    def configure_optimizers(self):
        return torch.optim.SGD(self.parameters(), lr=0.01)


def fit(module, **given):
    options = {"max_epochs": 2, "logger": False, "enable_progress_bar": False, "enable_model_summary": False} | given
    trainer = lightning.Trainer(**options, enable_checkpointing=False)
    data = DataLoader(TensorDataset(torch.from_numpy(DATA)), batch_size=2)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        trainer.fit(module, data)
    return trainer


@pytest.fixture
def autolog():
    yield mlflow.pytorch.autolog
    mlflow.pytorch.autolog(disable=True)


def test_a_training_that_fails_is_a_failed_run_and_leaves_nothing_behind(autolog):
    def fail(module, index):
        raise RuntimeError("mine")

    autolog()
    module, trainers = Net(fail), []
    with pytest.raises(RuntimeError, match="mine"):
        trainers.append(fit(module))
    (run,) = mlflow.search_runs(output_format="list")
    assert (run.info.status, run.data.tags["mlflow.autologging"]) == ("FAILED", "pytorch")
    assert not module._forward_hooks


def test_a_run_that_ends_meanwhile_does_not_disturb_the_training(autolog, caplog):
    autolog()
    with mlflow.start_run() as run:
        trainer = fit(Net(lambda module, index: mlflow.end_run()))
    assert trainer.current_epoch == 2
    assert trainer.callbacks == [] or all(type(c).__module__.startswith("lightning") for c in trainer.callbacks)
    assert "val_loss" not in mlflow.get_run(run.info.run_id).data.metrics


def test_every_checkpoint_and_metrics_of_steps(autolog):
    autolog(log_every_n_step=1, checkpoint_save_best_only=False, checkpoint_save_weights_only=True, log_models=False)
    fit(Net())
    (run,) = mlflow.search_runs(output_format="list")
    steps = [m.step for m in mlflow.MlflowClient().get_metric_history(run.info.run_id, "val_loss")]
    assert steps == [1, 2, 3, 4]
    first, second = (mlflow.pytorch.load_checkpoint(Net, run.info.run_id, epoch=epoch) for epoch in (0, 1))
    assert not torch.equal(first.layer.weight, second.layer.weight)
    latest = mlflow.pytorch.load_checkpoint(Net, run.info.run_id)
    assert torch.equal(latest.layer.weight, second.layer.weight)
    with pytest.raises(InvalidParameter):
        mlflow.pytorch.load_checkpoint(Net, run.info.run_id, epoch=0, global_step=1)
    with pytest.raises(NotFound):
        with mlflow.start_run():
            mlflow.pytorch.load_checkpoint(Net)


def test_a_checkpoint_with_objects_needs_trust(autolog):
    autolog(log_models=False)
    fit(Net(thing=Evil()))
    os.rmdir("ran")  # Lightning copies the arguments of a module
    (run,) = mlflow.search_runs(output_format="list")
    with pytest.raises(UntrustedModel, match="trust=True"):
        mlflow.pytorch.load_checkpoint(Net, run.info.run_id)
    assert not os.path.exists("ran")
    mlflow.pytorch.load_checkpoint(Net, run.info.run_id, trust=True, kwargs={"thing": None})
    assert os.path.exists("ran")


def test_a_callback_of_the_users_own(caplog):
    from lightning.pytorch.callbacks import Callback

    kind = mlflow.pytorch.MlflowModelCheckpointCallback
    assert issubclass(kind, Callback)
    with mlflow.start_run() as run:
        fit(Net(), callbacks=[kind(save_best_only=False, save_freq=2)])
        fit(Net(), callbacks=[kind("absent")])
    folder = [info.path for info in mlflow.MlflowClient().list_artifacts(run.info.run_id, "checkpoints")]
    assert folder == ["checkpoints/global_step_2", "checkpoints/global_step_4"]
    assert [r.getMessage() for r in caplog.records if r.levelno >= logging.WARNING and "absent" in r.getMessage()]
    with pytest.raises(InvalidParameter):
        kind(mode="best")


def test_spawned_workers_train_without_our_callbacks(autolog):
    autolog(log_models=False)
    from jupyter_mlops.autologging.lightning_callbacks import Observing, as_callback

    copy = pickle.loads(pickle.dumps(as_callback(Observing, lightning.pytorch, "AutologCallback")(None)))
    assert type(copy) is lightning.pytorch.Callback
