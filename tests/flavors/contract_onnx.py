"""The flavor of docs/onnx_flavor.py by the contract and beside MLflow: run where ONNX and MLflow are, see `test_onnx`."""

import functools

import mlflow as theirs
import numpy as np
import onnx
import onnx_flavor
import onnxruntime
import pandas as pd
import pytest
import yaml
from onnx import TensorProto, helper, numpy_helper
from skl2onnx import to_onnx
from sklearn.linear_model import LinearRegression, LogisticRegression

import jupyter_mlops as ours
from jupyter_mlops.errors import InvalidParameter, InvalidState, NotFound
from jupyter_mlops.testing.flavors import FlavorContract

DATA = np.arange(192, dtype="float32").reshape(3, 64) / 100


@functools.cache
def classifier():
    fitted = LogisticRegression().fit(DATA, [0, 1, 1])
    return to_onnx(fitted, DATA, options={"zipmap": False}, target_opset=17)


@functools.cache
def regressor():
    return to_onnx(LinearRegression().fit(DATA, [0.0, 1.0, 3.0]), DATA, target_opset=17)


def graph(nodes, inputs, outputs, weights=()):
    values = [[helper.make_tensor_value_info(n, TensorProto.FLOAT, s) for n, s in some] for some in (inputs, outputs)]
    made = helper.make_graph(nodes, "graph", *values, [numpy_helper.from_array(w, n) for n, w in weights])
    return helper.make_model(made, opset_imports=[helper.make_opsetid("", 17)], ir_version=9)


@functools.cache
def with_large_tensor():
    """16 KiB: saved to a file of its own."""
    weights = np.random.default_rng(0).normal(size=(64, 64)).astype("float32")
    return graph(
        [helper.make_node("MatMul", ["x", "w"], ["y"])], [("x", [None, 64])], [("y", [None, 64])], [("w", weights)]
    )


def of_two_inputs():
    return graph([helper.make_node("Add", ["a", "b"], ["y"])], [("a", [None]), ("b", [None])], [("y", [None])])


MODELS = {"classifier": classifier, "regressor": regressor, "large": with_large_tensor}


def predict(model, data=DATA):
    session = onnxruntime.InferenceSession(model.SerializeToString())
    names = [output.name for output in session.get_outputs()]
    return dict(zip(names, session.run(names, {session.get_inputs()[0].name: data}), strict=True))


def assert_same(one, other):
    assert list(one) == list(other)
    for name in one:
        np.testing.assert_array_equal(one[name], other[name])


class TestOnnx(FlavorContract):
    flavor = onnx_flavor
    model_argument = "onnx_model"
    package = "onnxruntime"
    runs_code = False

    @pytest.fixture(params=MODELS)
    def model(self, request):
        return MODELS[request.param]()

    @pytest.fixture
    def data(self):
        return DATA

    def predict(self, model, data):
        return predict(model, data)

    def assert_same(self, one, other):
        if isinstance(one, dict):
            assert_same(one, other)
        else:
            super().assert_same(one, other)


@pytest.mark.parametrize("name", MODELS)
@pytest.mark.parametrize(("saver", "loader"), [(onnx_flavor, theirs), (theirs.onnx, ours)])
def test_what_one_saves_the_other_loads(name, saver, loader, tmp_path):
    expected = predict(MODELS[name]())
    frame = pd.DataFrame(DATA, columns=[f"c{i}" for i in range(64)])
    saver.save_model(MODELS[name](), str(tmp_path / "m"), pip_requirements=["onnxruntime"])
    native = (onnx_flavor if loader is ours else loader.onnx).load_model(str(tmp_path / "m"))
    function = loader.pyfunc.load_model(str(tmp_path / "m"))
    assert_same(predict(native), expected)
    assert_same(function.predict(DATA), expected)
    if name != "classifier":  # whose outputs are of different lengths: no columns of one frame, for MLflow either
        predicted = function.predict(frame)
        assert isinstance(predicted, pd.DataFrame)
        assert_same(predicted, {output: values.reshape(-1) for output, values in expected.items()})
    data = [path for path in (tmp_path / "m").iterdir() if path.stat().st_size == 64 * 64 * 4]
    assert len(data) == (name == "large")


def test_both_write_the_same_options(tmp_path):
    said = []
    for saver, folder in ((onnx_flavor, tmp_path / "ours"), (theirs.onnx, tmp_path / "theirs")):
        saver.save_model(classifier(), str(folder), pip_requirements=["onnxruntime"])
        said.append(yaml.safe_load((folder / "MLmodel").read_text())["flavors"])
    assert said[1]["onnx"].pop("onnx_session_options") is None
    assert said[0]["onnx"] == said[1]["onnx"]
    assert said[0]["python_function"] == {**said[1]["python_function"], "predict_fn": "predict"}


def test_several_inputs_are_named(tmp_path):
    onnx_flavor.save_model(of_two_inputs(), tmp_path / "m")
    loaded = ours.pyfunc.load_model(tmp_path / "m")
    frame = pd.DataFrame({"b": [1.0, 2.0], "a": [3.0, 4.0], "more": ["x", "y"]})
    assert loaded.predict(frame)["y"].tolist() == [4.0, 6.0]
    assert loaded.predict({"a": np.ones(2), "b": np.ones(2)})["y"].tolist() == [2.0, 2.0]
    with pytest.raises(InvalidParameter, match="several inputs"):
        loaded.predict(np.ones(2))


def loads(folder):
    return (lambda: onnx_flavor.load_model(folder)), (lambda: ours.pyfunc.load_model(folder))


@pytest.mark.parametrize("way", ["../outside", "/etc/hostname", "nothing", "a/../../outside"])
def test_tensors_out_of_the_folder_are_refused(way, tmp_path):
    onnx_flavor.save_model(with_large_tensor(), tmp_path / "m")
    (tmp_path / "outside").write_bytes(b"0" * 16384)
    said = onnx.load(tmp_path / "m" / "model.onnx", load_external_data=False)
    next(e for e in said.graph.initializer[0].external_data if e.key == "location").value = way
    (tmp_path / "m" / "model.onnx").write_bytes(said.SerializeToString())
    for load in loads(tmp_path / "m"):
        with pytest.raises((InvalidParameter, NotFound)):
            load()


def test_what_is_no_onnx_is_told(tmp_path):
    onnx_flavor.save_model(classifier(), tmp_path / "m")
    (tmp_path / "m" / "model.onnx").write_bytes(b"\xff" * 100)
    for load in loads(tmp_path / "m"):
        with pytest.raises(InvalidState, match="no ONNX"):
            load()
    with pytest.raises(InvalidParameter, match="ModelProto"):
        onnx_flavor.save_model(object(), tmp_path / "n")


@pytest.mark.filterwarnings("error::UserWarning")  # with which onnxruntime takes the CPU
@pytest.mark.parametrize(
    "providers", [["Unknown", "CPUExecutionProvider"], [["CPUExecutionProvider", {"library": "/tmp/x.so"}], {}], None]
)
def test_providers_that_are_not_here_are_passed_over(providers, tmp_path, capfd):
    onnx_flavor.save_model(classifier(), tmp_path / "m")
    said = yaml.safe_load((tmp_path / "m" / "MLmodel").read_text())
    said["flavors"]["onnx"]["providers"] = providers
    (tmp_path / "m" / "MLmodel").write_text(yaml.safe_dump(said))
    loaded = ours.pyfunc.load_model(tmp_path / "m")
    assert loaded.get_raw_model().get_providers() == ["CPUExecutionProvider"]
    assert "EP Error" not in capfd.readouterr().out
    assert_same(loaded.predict(DATA), predict(classifier()))
