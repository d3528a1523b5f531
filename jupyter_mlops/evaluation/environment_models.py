"""A model that predicts in a process of its own environment, with the packages that it was saved with."""

from __future__ import annotations

import contextlib
import functools
import subprocess
from collections.abc import Iterator
from typing import Any

import msgspec
import numpy as np

from jupyter_mlops.entities.processes import Watchdog, end_group, module_command
from jupyter_mlops.environments.builds import Environment
from jupyter_mlops.errors import MlflowException, error_named
from jupyter_mlops.evaluation.called_models import CalledModel
from jupyter_mlops.evaluation.environment_child import Answer, Begin, Question
from jupyter_mlops.evaluation.pieces import in_pieces
from jupyter_mlops.models.examples import convert_input_example_to_serving_input, plain
from jupyter_mlops.models.models import Model
from jupyter_mlops.serving.clients import read_predictions
from jupyter_mlops.serving.model_environments import environment_variables, model_environment

__all__ = ["environment_model"]


@contextlib.contextmanager
def environment_model(
    model_uri: str, env_manager: str | None, model_config: dict[str, Any] | None = None, trust: bool = False
) -> Iterator[CalledModel]:
    """A model in an environment of its own, which is made when it is not there yet; its process ends with the block.

    An estimator is asked for probabilities and its score as well, so that what is found is the same as here.

    Parameters
    ----------
    model_uri : str
    env_manager : {"virtualenv", "uv", "conda"}, optional
        The best that is installed with None.
    model_config : dict, optional
    trust : bool, default False
        As in `load_model`.

    Raises
    ------
    EnvironmentFailed
        The environment cannot be made.
    UntrustedModel
        The model was not signed by this user.
    MlflowException
        It cannot be loaded there.
    """
    with model_environment(model_uri, env_manager, trust=trust) as environment, _process(environment) as process:
        asked = _Asked(process)
        told = asked.told(msgspec.json.encode(Begin(model_uri, model_config, trust)) + b"\n")
        estimator = _Estimator(asked, told) if told.methods else None
        yield CalledModel(functools.partial(asked.predict, "predict"), estimator, Model.load(model_uri), is_elsewhere=True)


@contextlib.contextmanager
def _process(environment: Environment) -> Iterator[subprocess.Popen[bytes]]:
    with Watchdog() as watchdog, contextlib.ExitStack() as stack:
        process = subprocess.Popen(
            module_command(environment.python, "jupyter_mlops.evaluation.environment_child"), stdin=subprocess.PIPE, stdout=subprocess.PIPE,
            env=environment_variables(environment), start_new_session=True,
        )  # fmt: skip
        watchdog.watch(process)
        stack.callback(_close, process)
        stack.callback(end_group, process)
        yield process


def _close(process: subprocess.Popen[bytes]) -> None:
    assert process.stdin is not None
    with contextlib.suppress(OSError):  # nobody reads what is left of a question
        process.stdin.close()


class _Asked:
    """Asks the process, one question after the other."""

    def __init__(self, process: subprocess.Popen[bytes]) -> None:
        self._process = process

    def told(self, message: bytes) -> Answer:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        with contextlib.suppress(BrokenPipeError):
            self._process.stdin.write(message)
            self._process.stdin.flush()
        line = self._process.stdout.readline()
        if not line:
            raise MlflowException(
                f"The process in which the model predicts ended with {self._process.wait()}: the model's code ended it, or there was too little "
                "memory. What it wrote last stands above."
            )
        answer = msgspec.json.decode(line, type=Answer)
        if answer.error:
            raise error_named(answer.kind, answer.error, answer.code)
        return answer

    def ask(self, method: str, data: Any, y: Any = None, sample_weight: Any = None) -> Any:
        """What a method gives for the data."""
        body = (convert_input_example_to_serving_input(data) or "").encode()
        types = [str(kind) if _is_plain(kind) else "" for kind in data.dtypes] if hasattr(data, "columns") else []
        question = Question(method, len(body), types, plain(y), plain(sample_weight))
        return self.told(msgspec.json.encode(question) + b"\n" + body).value

    def predict(self, method: str, data: Any) -> Any:
        """The same for predictions or probabilities, which are asked for some rows at a time."""
        return in_pieces(lambda rows: read_predictions(self.ask(method, rows)), data)


def _is_plain(kind: Any) -> bool:
    """Whether a column of that type is the same again when it was JSON: numbers, truth values, times and categories."""
    return kind.kind in "iufbM" or str(kind) == "category"


class _Estimator:
    """The estimator in that process, with those of its methods that it has."""

    def __init__(self, asked: _Asked, told: Answer) -> None:
        for name in told.methods:
            setattr(self, name, functools.partial(asked.ask if name == "score" else asked.predict, name))
        if told.labels is not None:
            self.classes_ = np.asarray(told.labels)
        if told.features is not None:
            self.feature_names_in_ = told.features
