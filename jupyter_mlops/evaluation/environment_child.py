"""The process that answers for a model in its own environment: ``python -m jupyter_mlops.evaluation.environment_child``.

Its input has a line that says which model, then questions, each a line and the data after it; its output has a line for each of them.
"""

from __future__ import annotations

import os
import sys
import traceback
from collections.abc import Callable
from typing import Any

import msgspec
import numpy as np

from jupyter_mlops.errors import MlflowException
from jupyter_mlops.evaluation.called_models import estimator_of
from jupyter_mlops.models.examples import plain
from jupyter_mlops.pyfunc.loading import load_model
from jupyter_mlops.pyfunc.pyfunc_models import PyFuncModel
from jupyter_mlops.serving.answers import plain_predictions
from jupyter_mlops.serving.requests import read_request
from jupyter_mlops.types.inference import is_instance_of

__all__ = ["METHODS", "Answer", "Begin", "Question", "main"]

METHODS = ("predict", "predict_proba", "score")
"""Of an estimator, which an evaluation asks for."""


class Begin(msgspec.Struct):
    """Which model, as `load_model` takes it."""

    model_uri: str
    model_config: dict[str, Any] | None
    trust: bool


class Question(msgspec.Struct):
    """A method and how many bytes of data follow, as a scoring server takes them, with the types of columns, of which JSON has fewer.

    A column has none where it is the same without. ``score`` is told the targets as well.
    """

    method: str
    size: int
    types: list[str] = []
    y: list[Any] | None = None
    sample_weight: list[float] | None = None


class Answer(msgspec.Struct):
    """What a method gave, or what was wrong, by message, class and code. The first one tells `METHODS` of the estimator, its labels and features."""

    value: Any = None
    methods: list[str] = []
    labels: list[Any] | None = None
    features: list[Any] | None = None
    error: str = ""
    kind: str = ""
    code: str = ""


class _Loaded:
    """The model, once it is loaded."""

    model: PyFuncModel

    def load(self, begin: Begin) -> Answer:
        self.model = load_model(begin.model_uri, suppress_warnings=True, model_config=begin.model_config, trust=begin.trust)
        self.estimator = estimator_of(self.model)
        labels, features = (_listed(getattr(self.estimator, name, None)) for name in ("classes_", "feature_names_in_"))
        return Answer(methods=[name for name in METHODS if hasattr(self.estimator, name)], labels=labels, features=features)

    def ask(self, question: Question, body: bytes) -> Answer:
        data, _ = read_request("application/json", body, self.model.metadata.get_input_schema())
        if is_instance_of(data, "pandas", "DataFrame"):
            data = data.astype({name: kind for name, kind in zip(data.columns, question.types, strict=True) if kind})
        else:
            data = np.asarray(data)
        if question.method == "score":
            weights = {} if question.sample_weight is None else {"sample_weight": np.asarray(question.sample_weight)}
            return Answer(float(self.estimator.score(data, np.asarray(question.y), **weights)))
        found = getattr(self.model if self.estimator is None else self.estimator, question.method)(data)
        return Answer(plain_predictions(found.to_numpy() if is_instance_of(found, "pandas", "Series") else found))


def _listed(array: Any) -> list[Any] | None:
    return plain(array) if is_instance_of(array, "numpy", "ndarray") and array.ndim == 1 else None


def main() -> int:
    """Answer until the input closes."""
    asked, answers = os.fdopen(os.dup(0), "rb"), os.fdopen(os.dup(1), "wb")
    with open(os.devnull, "rb") as nothing:
        os.dup2(nothing.fileno(), 0)  # questions are not for models to read
    os.dup2(2, 1)  # what models print is log

    def answer(function: Callable[..., Answer], *given: Any) -> None:
        answers.write(_told(function, *given) + b"\n")
        answers.flush()

    loaded = _Loaded()
    answer(loaded.load, msgspec.json.decode(asked.readline(), type=Begin))
    while line := asked.readline():
        question = msgspec.json.decode(line, type=Question)
        answer(loaded.ask, question, asked.read(question.size))
    return 0


def _told(function: Callable[..., Answer], *given: Any) -> bytes:
    try:
        return msgspec.json.encode(function(*given))
    except (MlflowException, OSError) as error:
        name = type(error).__name__
        return _wrong(str(error) or name, name, getattr(error, "error_code", "INTERNAL_ERROR"))
    except Exception as error:  # of the model's code
        traceback.print_exc()
        return _wrong(f"{type(error).__name__}: {error}", "", "INTERNAL_ERROR")


def _wrong(message: str, kind: str, code: str) -> bytes:
    whole = message.encode(errors="backslashreplace").decode()  # names of files may hold what no text has
    return msgspec.json.encode(Answer(error=whole, kind=kind, code=code))


if __name__ == "__main__":
    sys.exit(main())
