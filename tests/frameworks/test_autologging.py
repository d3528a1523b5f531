"""What autologging keeps of a training is what the trainer itself says of it, and what MLflow 2.22 keeps."""

import pathlib

import pytest

HERE = pathlib.Path(__file__).parent
LIGHTNING, KERAS = HERE / "train_lightning.py", HERE / "train_keras.py"
PEER = "frameworks-mlflow-2.22.0"
OWN_FILES = ("source/", "model/jupyter_mlops.signature", "model/training_profile.json")


def points(result, *without):
    """Values of each metric in their order; the steps of what Keras measures in between are left out: MLflow has 0 for all."""
    kept = {key: value for key, value in result["points"].items() if not key.startswith(without)}
    return {k: [x for _, x in v] if k.startswith("validation_") else [tuple(p) for p in v] for k, v in kept.items()}


def files(result, *without):
    names = [name for name in result["files"] if not name.startswith((*OWN_FILES, *without))]
    return [name.partition(".tfevents.")[0] for name in names]


def close(one, other):
    """Both packages train in processes of their own: equal but for rounding."""
    flat = [
        [x for p in values for x in (p if isinstance(p, tuple) else (p,))]
        for d in (one, other)
        for values in d.values()
    ]
    assert list(one) == list(other)
    half = len(flat) // 2
    for mine, theirs in zip(flat[:half], flat[half:], strict=True):
        assert mine == pytest.approx(theirs, rel=1e-4)


@pytest.fixture(scope="module")
def trained_by_lightning(run):
    return run("frameworks", LIGHTNING, "jupyter_mlops", "lightning", "pytorch_lightning:each")


@pytest.fixture
def lightning(trained_by_lightning):
    return trained_by_lightning["lightning"]


def test_lightning_as_its_own_history(lightning):
    for key in ("train_loss", "val_loss"):
        assert [value for _, value in lightning["points"][key]] == [epoch[key] for epoch in lightning["history"]]
        assert [step for step, _ in lightning["points"][key]] == list(range(len(lightning["history"])))
    assert lightning["points"]["test_loss"] == [[0, lightning["tested"][0]["test_loss"]]]
    assert (lightning["same"], lightning["width"], lightning["hooks"]) == (True, 4, 0)
    assert lightning["signature"] == "[Tensor('float32', (-1, 3))]"
    assert not [name for name in lightning["callbacks"] if "utolog" in name or "Mlflow" in name]


def test_lightning_as_mlflow_has_it(lightning, run):
    theirs = run(PEER, LIGHTNING, "mlflow", "pytorch_lightning")["pytorch_lightning"]
    for key in ("params", "tags", "checkpoint"):
        assert lightning[key] == theirs[key]
    close(dict(sorted(points(lightning).items())), dict(sorted(points(theirs).items())))
    assert files(lightning) == files(theirs)


def test_the_other_lightning_and_every_checkpoint(trained_by_lightning):
    found = trained_by_lightning["pytorch_lightning:each"]
    kept = [name for name in found["files"] if name.endswith("checkpoint.pth")]
    assert kept == [f"checkpoints/epoch_{epoch}/checkpoint.pth" for epoch in range(len(found["history"]))]


def check_history(found, restored):
    epochs = len(found["history"]["loss"])
    for key, values in found["history"].items():
        expected = [[step, value] for step, value in enumerate(values)]
        if restored:
            expected.append([found["stopped"] + 1, values[found["best"]]])
        assert found["points"][key] == expected
    assert all(found["same"])
    assert found["given"] == 1
    assert 1 < epochs < 12


@pytest.fixture(scope="module")
def trained_by_keras(run):
    return run("frameworks", KERAS, "jupyter_mlops", "keras", "tensorflow", "tensorflow:dataset")


@pytest.fixture(scope="module")
def theirs_of_keras(run):
    return run(PEER, KERAS, "mlflow", "keras", "tensorflow")


@pytest.mark.parametrize("flavor", ["keras", "tensorflow"])
def test_keras_as_its_own_history(flavor, trained_by_keras):
    check_history(trained_by_keras[flavor], restored=flavor == "tensorflow")
    assert trained_by_keras[flavor]["inputs"] == [["dataset", "code", "eval"], ["dataset", "code", "train"]]


@pytest.mark.parametrize("flavor", ["keras", "tensorflow"])
def test_keras_as_mlflow_has_it(flavor, trained_by_keras, theirs_of_keras):
    ours, theirs = trained_by_keras[flavor], theirs_of_keras[flavor]
    assert ours["params"] == theirs["params"]
    assert ours["signature"] == theirs["signature"]
    close(dict(sorted(points(ours).items())), dict(sorted(points(theirs).items())))
    assert [f.replace(".keras", ".h5") if f.startswith("checkpoints") else f for f in files(ours)] == files(theirs)


def test_keras_on_torch(run):
    found = run("frameworks", KERAS, "jupyter_mlops", "keras", KERAS_BACKEND="torch")["keras"]
    assert found["backend"] == "torch"
    check_history(found, restored=False)


def test_data_of_tensorflow(trained_by_keras):
    found = trained_by_keras["tensorflow:dataset"]
    check_history(found, restored=True)
    assert found["params"]["batch_size"] == "16"
    assert [context for _, _, context in found["inputs"]] == ["eval", "train"]
