"""Models as functions."""

import numpy as np
import pandas as pd
import pytest

import jupyter_mlops as mlflow
from jupyter_mlops.errors import InvalidParameter
from jupyter_mlops.models import infer_signature
from jupyter_mlops.pyfunc.serving_inputs import read_serving_input
from jupyter_mlops.types.schema import Schema, TensorSpec


def test_the_input_is_made_to_fit(model, frame, tmp_path):
    mlflow.sklearn.save_model(model, tmp_path / "m", signature=infer_signature(frame, model.predict(frame)))
    loaded = mlflow.pyfunc.load_model(tmp_path / "m", model_config={"k": 1})
    shuffled = frame.assign(z=1)[["b", "z", "a"]]
    assert (loaded.predict(shuffled) == model.predict(frame)).all()
    assert loaded.predict({"a": 1.0, "b": 2.0}).shape == (1,)
    assert loaded.model_config == {"k": 1}
    assert loaded.metadata.get_input_schema().input_names() == ["a", "b"]
    assert type(loaded.get_raw_model()) is type(model)
    with pytest.raises(InvalidParameter, match="lacks"):
        loaded.predict(frame[["a"]])
    with pytest.raises(InvalidParameter, match="without loss"):
        loaded.predict(pd.DataFrame({"a": ["x"], "b": [1.0]}))
    with pytest.raises(InvalidParameter, match="unwrapped"):
        loaded.unwrap_python_model()


@pytest.mark.filterwarnings("ignore:X does not have valid feature names")
def test_without_signature_nothing_is_touched(model, tmp_path):
    mlflow.sklearn.save_model(model, tmp_path / "m")
    assert mlflow.pyfunc.load_model(tmp_path / "m").predict(np.ones((2, 2))).shape == (2,)


def test_another_function_than_predict(model, frame, tmp_path):
    mlflow.sklearn.save_model(model, tmp_path / "m", pyfunc_predict_fn="predict_proba")
    assert mlflow.pyfunc.load_model(tmp_path / "m").predict(frame).shape == (4, 2)


def test_a_copy_is_loaded_from_dst_path(model, frame, tmp_path):
    mlflow.sklearn.save_model(model, tmp_path / "m")
    mlflow.pyfunc.load_model(tmp_path / "m", dst_path=str(tmp_path / "copy"))
    assert (tmp_path / "copy" / "MLmodel").exists()


def test_the_door_loads_nothing_heavy(python):
    script = """
        import sys, jupyter_mlops.pyfunc, jupyter_mlops.sklearn
        print([m for m in ("numpy", "pandas", "sklearn", "skops", "cloudpickle", "duckdb") if m in sys.modules])
    """
    assert python(script).strip() == "[]"


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ({"inputs": [[1.0, 1.5]]}, "a tensor of int64, which 1.5 cannot be"),
        ({"instances": [{"a": 1}, {"a": 2, "b": 3}]}, r"unlike \['a'\] and \['a', 'b'\]"),
        ({"instances": [{"a": 1}, {}]}, r"unlike \['a'\] and \[\]"),
    ],
)
def test_no_tensor_of_a_request_loses_anything(body, said):
    schema = Schema([TensorSpec(np.dtype("int64"), (-1, 2))])
    with pytest.raises(InvalidParameter, match=said):
        read_serving_input(body, schema)
    assert read_serving_input({"inputs": [[1.0, 2]]}, schema)[0].tolist() == [[1, 2]]
