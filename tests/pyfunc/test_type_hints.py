"""Type hints as signatures, and what becomes of data that do or do not keep to them."""

import datetime
import typing
from typing import Any

import pandas as pd
import pytest

import jupyter_mlops as mlflow
from jupyter_mlops.errors import InvalidParameter
from jupyter_mlops.pyfunc.type_hints import InvalidHint, schema_of_hint

pydantic = pytest.importorskip("pydantic")


class Row(pydantic.BaseModel):
    name: str
    size: float
    tags: list[str] = []  # noqa: RUF012 - pydantic copies it
    note: str | None = None


@pytest.mark.parametrize(
    ("hint", "text"),
    [
        (list[str], "[string (required)]"),
        (list[int], "[long (required)]"),
        (list[bool], "[boolean (required)]"),
        (list[float], "[double (required)]"),
        (list[bytes], "[binary (required)]"),
        (list[datetime.datetime], "[datetime (required)]"),
        (list[Any], "[Any (required)]"),
        (list[list[str]], "[Array(string) (required)]"),
        (list[dict[str, int]], "[Map(str -> long) (required)]"),
        (list[str | int], "[Any (required)]"),
        (list[Row], "[{name: string (required), note: string (optional), size: double (required), tags: Array(string) (required)} (required)]"),
    ],
    ids=str,
)  # fmt: skip
def test_hints_are_schemas(hint, text):
    assert repr(schema_of_hint(hint)) == text


@pytest.mark.parametrize(
    "hint",
    [list, list[list], list[dict], list[dict[int, str]], list[str | None], list[typing.Union[int, None]]],  # noqa: UP007,
)
def test_hints_that_can_never_be_schemas(hint):
    with pytest.raises(InvalidHint):
        schema_of_hint(hint)
    with pytest.raises(InvalidParameter):

        class Model(mlflow.pyfunc.PythonModel):
            def predict(self, context, model_input: hint):
                return model_input


@pytest.mark.parametrize("hint", [str, dict, dict[str, str], object, list[object], pd.DataFrame])
def test_hints_that_say_no_schema_leave_data_alone(hint, tmp_path, python):
    class Model(mlflow.pyfunc.PythonModel):
        def predict(self, context, model_input: hint):
            return model_input

    assert Model().predict(None, 3) == 3
    mlflow.pyfunc.save_model(tmp_path / "m", python_model=Model(), signature=None)
    assert mlflow.pyfunc.load_model(tmp_path / "m").metadata.signature is None


class Rows(mlflow.pyfunc.PythonModel):
    def predict(self, model_input: list[Row]) -> list[str]:
        return [f"{type(row).__name__} {row.name}" for row in model_input]


@pytest.mark.parametrize(
    "data",
    [
        [{"name": "a", "size": 1.0}],
        [Row(name="a", size=1.0)],
        pd.DataFrame([{"name": "a", "size": 1.0}]),
        pd.DataFrame({0: [{"name": "a", "size": 1.0}]}),
    ],
)
def test_rows_become_objects(data, tmp_path):
    mlflow.pyfunc.save_model(tmp_path / "m", python_model=Rows())
    loaded = mlflow.pyfunc.load_model(tmp_path / "m")
    assert loaded.metadata.is_signature_from_type_hint is True
    assert loaded.predict(data) == Rows().predict(data) == ["Row a"]


@pytest.mark.parametrize(
    "data", ["a", [1], [{"name": "a"}], [{"name": 1, "size": 1.0}], [{"name": "a", "size": "1.0"}], {"name": "a", "size": 1.0}, [None]]
)
def test_rows_that_are_none(data, tmp_path):
    mlflow.pyfunc.save_model(tmp_path / "m", python_model=Rows())
    with pytest.raises(InvalidParameter, match=r"model_input"):
        mlflow.pyfunc.load_model(tmp_path / "m").predict(data)


def test_the_error_says_where(tmp_path):
    class Deep(mlflow.pyfunc.PythonModel):
        def predict(self, model_input: list[dict[str, list[int]]]):
            return len(model_input)

    assert Deep().predict([{"a": [1]}]) == 1
    with pytest.raises(InvalidParameter, match=r"model_input\[1\]\['a'\]\[0\] is int, not 'x' \(str\)"):
        Deep().predict([{}, {"a": ["x"]}])


def test_hints_win_over_a_signature(tmp_path, caplog):
    signature = mlflow.models.infer_signature(pd.DataFrame({"a": [1.5]}))
    mlflow.pyfunc.save_model(
        tmp_path / "m", python_model=Rows(), signature=signature, input_example=[{"name": "a", "size": 1.0}]
    )
    said = mlflow.models.get_model_info(str(tmp_path / "m"))
    assert repr(said.signature.inputs).startswith("[{name: string")
    assert repr(said.signature.outputs) == "[string (required)]"
    assert "type hints" in caplog.text
    mlflow.pyfunc.save_model(tmp_path / "n", python_model=Rows(), signature=False)
    assert mlflow.models.get_model_info(str(tmp_path / "n")).signature is None
