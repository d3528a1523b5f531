"""Models of many kinds, saved by whatever `mlflow` is, or loaded by it: a script, run with the name of what to do.

What its line ``import mlflow`` says is replaced by the test.
"""

import json
import os
import pathlib
import sys

import mlflow
import numpy as np
import pandas as pd
import pydantic

FRAME = pd.DataFrame({"a": [1.0, 2.0], "b": [3.0, 4.0]})
ROWS = [{"name": "x", "size": 1.5}, {"name": "y", "size": 2.5}]
DATA = {
    "by_hints": ["a", "b"], "dicts": [{"a": 1.0}, {"b": 2.0}], "pydantic": ROWS, "hinted_function": ["a", "b"],
    "hinted_with_frame": pd.DataFrame({"text": ["a", "b"]}), "tensor": np.array([[1.0, 2.0]], "float32"),
}  # fmt: skip
PARAMS = {"params": {"factor": 3.0, "unknown": 1}, "no_context_params": {"factor": 3.0}}


class Row(pydantic.BaseModel):
    name: str
    size: float
    note: str | None = None


class Reads(mlflow.pyfunc.PythonModel):
    def load_context(self, context):
        self.numbers = json.loads(pathlib.Path(context.artifacts["numbers"]).read_text())

    def predict(self, context, model_input):
        more = os.listdir(context.artifacts["folder"])
        assert os.path.isabs(context.artifacts["numbers"])
        return [self.numbers[0] + context.model_config["add"], sorted(more), float(model_input["a"].sum())]


class Scales(mlflow.pyfunc.PythonModel):
    def predict(self, context, model_input, params=None):
        return model_input * (params or {}).get("factor", 1.0)


class NoContext(mlflow.pyfunc.PythonModel):
    def predict(self, model_input, params=None):
        return model_input["a"] * params["factor"]


class ByHints(mlflow.pyfunc.PythonModel):
    def predict(self, context, model_input: list[str]) -> list[str]:
        assert type(model_input) is list
        return [text.upper() for text in model_input]


class Dicts(mlflow.pyfunc.PythonModel):
    def predict(self, model_input: list[dict[str, float]]) -> list[float]:
        return [sum(row.values()) for row in model_input]


class Pydantic(mlflow.pyfunc.PythonModel):
    def predict(self, model_input: list[Row], params=None) -> list[str]:
        return [f"{row.name}{row.size}{row.note}" for row in model_input]


class Streams(mlflow.pyfunc.PythonModel):
    def predict(self, context, model_input):
        return model_input["a"] + 1

    def predict_stream(self, context, model_input):
        for name in sorted(model_input):
            yield model_input[name]


class UsesMlflow(mlflow.pyfunc.PythonModel):
    def predict(self, context, model_input):
        try:
            raise mlflow.exceptions.MlflowException("x")
        except MlflowException:
            return [repr(mlflow.models.infer_signature(model_input).inputs)]


class HoldsSklearn(mlflow.pyfunc.PythonModel):
    def load_context(self, context):
        self.model = mlflow.sklearn.load_model(context.artifacts["model"])

    def predict(self, context, model_input):
        return self.model.predict(model_input)


def plain(model_input):
    return model_input["a"] - 1


def hinted_function(model_input: list[str]) -> list[str]:
    return [text * 2 for text in model_input]


CODE = """
import mlflow
from mlflow.pyfunc import PythonModel

class FromCode(PythonModel):
    def predict(self, context, model_input, params=None):
        return model_input["a"] * context.model_config["by"]

mlflow.models.set_model(FromCode())
"""
CODE_FUNCTION = """
from mlflow.models import set_model

def double(model_input):
    return model_input["b"] * 2

set_model(double)
"""
LOADER = """
import pathlib

class _Model:
    def __init__(self, text):
        self.text = text

    def predict(self, model_input):
        return [self.text] * len(model_input)

def _load_pyfunc(path):
    return _Model(pathlib.Path(path).read_text())
"""
MODULE = """
import mlflow

class InModule(mlflow.pyfunc.PythonModel):
    def predict(self, context, model_input):
        import interop_second
        return model_input["a"] * interop_second.FACTOR
"""
MlflowException = mlflow.exceptions.MlflowException


def save(folder):
    def keep(name, **given):
        mlflow.pyfunc.save_model(path=str(folder / name), **{"pip_requirements": ["pandas"], **given})

    for name, text in {
        "numbers.json": "[10]", "folder/x": "", "from_code.py": CODE, "code_function.py": CODE_FUNCTION, "text.txt": "loaded",
        "interop_loader.py": LOADER, "interop_module.py": MODULE, "interop_second.py": "FACTOR = 5\n",
    }.items():  # fmt: skip
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_text(text)
    os.chdir(folder)
    sys.path.insert(0, str(folder))
    artifacts = {"numbers": "numbers.json", "folder": str(folder / "folder")}
    keep("reads", python_model=Reads(), artifacts=artifacts, model_config={"add": 5})
    signature = mlflow.models.infer_signature(FRAME, FRAME, {"factor": 2.0})
    keep("params", python_model=Scales(), signature=signature, input_example=(FRAME, {"factor": 4.0}))
    keep("no_context_params", python_model=NoContext(), signature=signature)
    keep("example", python_model=Scales(), input_example=FRAME, metadata={"k": [1]})
    tensors = mlflow.models.infer_signature(np.ones((2, 2), "float32"))
    keep("tensor", python_model=Scales(), signature=tensors)
    for model in (ByHints(), Dicts(), Pydantic()):
        keep({"ByHints": "by_hints"}.get(type(model).__name__, type(model).__name__.lower()), python_model=model)
    keep("hinted_with_frame", python_model=ByHints())
    keep("streams", python_model=Streams())
    keep("uses_mlflow", python_model=UsesMlflow())
    keep("function", python_model=plain)
    keep("hinted_function", python_model=hinted_function)
    keep("from_code", python_model="from_code.py", model_config={"by": 3})
    keep("code_function", python_model="code_function.py")
    keep("loader", loader_module="interop_loader", data_path="text.txt", code_paths=["interop_loader.py"])
    from sklearn.linear_model import LinearRegression

    model = LinearRegression().fit(FRAME, [1.0, 2.0])
    mlflow.sklearn.save_model(
        model, str(folder / "inner"), serialization_format="cloudpickle", pip_requirements=["pandas"]
    )
    keep("holds_sklearn", python_model=HoldsSklearn(), artifacts={"model": str(folder / "inner")})
    if mlflow.__name__ != "mlflow":
        mlflow.install_as_mlflow()
    import interop_module

    keep("module", python_model=interop_module.InModule(), code_paths=["interop_module.py", "interop_second.py"])


def load(folder, **given):
    found = {}
    for place in sorted(folder.glob("*/MLmodel")):
        name = place.parent.name
        if name == "inner":
            continue
        model = mlflow.pyfunc.load_model(str(place.parent), **given)
        data = DATA.get(name, FRAME)
        found[name] = as_json(model.predict(data, params=PARAMS.get(name)))
        if name == "streams":
            found["stream"] = list(model.predict_stream(data[:1]))
        example = model.metadata.load_input_example(str(place.parent))
        signature = model.metadata.signature
        found[name + " says"] = [
            signature.inputs.to_dict() if signature else None, repr(signature.params) if signature else None,
            None if example is None else as_json(example), model.metadata.metadata,
        ]  # fmt: skip
    print(json.dumps(found, sort_keys=True))


def as_json(value):
    if isinstance(value, pd.DataFrame):
        return value.to_dict("list")
    return value.tolist() if hasattr(value, "tolist") else value


if __name__ == "__main__":
    for step in sys.argv[1:]:  # such as save:<folder>, load:<folder>
        what, _, folder = step.partition(":")
        if what == "save":
            save(pathlib.Path(folder))
        else:
            load(pathlib.Path(folder), **({"trust": True} if what == "trust" else {}))
