"""Predictions of a model by its URI, in this process or in an environment of the model's own."""

from __future__ import annotations

import contextlib
import functools
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import msgspec

from jupyter_mlops.entities.processes import Watchdog, end_group, module_command
from jupyter_mlops.environments.builds import Environment
from jupyter_mlops.errors import InvalidParameter, MlflowException, error_named
from jupyter_mlops.models.examples import convert_input_example_to_serving_input
from jupyter_mlops.pyfunc.loading import load_model
from jupyter_mlops.serving.answers import answer
from jupyter_mlops.serving.batches import predict_file, read_json
from jupyter_mlops.serving.model_environments import environment_variables, model_environment
from jupyter_mlops.serving.requests import Read, read_request
from jupyter_mlops.types.schema import Schema

__all__ = ["Call", "Said", "call_in", "predict", "predict_file_in", "predict_here"]

_READERS: dict[str, Callable[[bytes, Schema | None], Read]] = {"csv": functools.partial(read_request, "text/csv"), "json": read_json}


class Call(msgspec.Struct):
    """What a process in another environment is told: ``predict_here`` or ``predict_file``, and the arguments."""

    name: str
    arguments: dict[str, Any]


class Said(msgspec.Struct):
    """What it answers: how many rows there were, or what was wrong, by message, class and code."""

    count: int = 0
    error: str = ""
    kind: str = ""
    code: str = ""


def predict(
    model_uri: str | os.PathLike[str],
    input_data: Any = None,
    input_path: str | os.PathLike[str] | None = None,
    content_type: str = "json",
    output_path: str | os.PathLike[str] | None = None,
    env_manager: str | None = "local",
    install_mlflow: bool = False,
    pip_requirements_override: Sequence[str] | None = None,
    extra_envs: Mapping[str, str] | None = None,
    trust: bool = False,
) -> None:
    """Predict by a model and write the answer as a scoring server would.

    Parameters
    ----------
    model_uri : str or path
    input_data : Any, optional
        Data as the model takes it, or JSON or CSV text.
    input_path : path, optional
        In place of `input_data`: a file of JSON or CSV.
    content_type : ``"json"`` or ``"csv"``, default ``"json"``
    output_path : path, optional
        File for the answer; printed by default.
    env_manager : {"local", "virtualenv", "uv", "conda"}, optional
        What makes an environment of the model's own, once, in which a process predicts; the best that is installed with None. By
        default this process does.
    install_mlflow : bool, default False
        Install MLflow there, too, for which this package stands otherwise.
    pip_requirements_override : list of str, optional
        Requirements there in place of the model's of the same packages, or beside them.
    extra_envs : mapping of str to str, optional
        Variables of the environment of that process.
    trust : bool, default False
        As in `load_model`.

    Raises
    ------
    InvalidParameter
        Both or neither of the inputs, another `content_type` or `env_manager`, or data that do not fit.
    EnvironmentFailed
        The model's environment cannot be made.

    Examples
    --------
    >>> import jupyter_mlops as mlflow
    >>> with mlflow.start_run():
    ...     info = mlflow.pyfunc.log_model("m", python_model=lambda data: data, pip_requirements=["pandas"])
    >>> mlflow.models.predict(info.model_uri, '{"inputs": [1, 2]}')
    {"predictions": [1, 2]}
    """
    if content_type not in _READERS:
        raise InvalidParameter(f"content_type is 'json' or 'csv', not {content_type!r}.")
    if (input_data is None) == (input_path is None):
        raise InvalidParameter("Give either input_data or input_path.")
    with model_environment(
        model_uri, env_manager, pip_requirements_override=pip_requirements_override, install_mlflow=install_mlflow, trust=trust
    ) as environment:
        if not environment.folder and not extra_envs:
            return predict_here(model_uri, input_data, input_path, content_type, output_path, trust)
        with tempfile.TemporaryDirectory(prefix="mlops-predict-") as place:
            if input_path is None:
                input_path, content_type = _written(place, input_data, content_type)
            target = os.path.join(place, "answer") if output_path is None else os.path.abspath(output_path)
            arguments = {
                "model_uri": os.fspath(model_uri), "input_path": os.path.abspath(input_path), "content_type": content_type, "output_path": target,
                "trust": trust,
            }  # fmt: skip
            call_in(environment, Call("predict_here", arguments), extra_envs)
            if output_path is None:
                with open(target, encoding="utf-8") as file:
                    print(file.read())  # noqa: T201 - that is what it is asked for


def predict_here(
    model_uri: str | os.PathLike[str], input_data: Any = None, input_path: str | os.PathLike[str] | None = None, content_type: str = "json",
    output_path: str | os.PathLike[str] | None = None, trust: bool = False,
) -> None:  # fmt: skip
    """`predict` in this process: JSON and CSV are read, and answered, as a scoring server does."""
    model = load_model(model_uri, suppress_warnings=True, trust=trust)
    data, params = input_data, None
    if input_path is not None or isinstance(input_data, str):
        body = input_data.encode() if input_path is None else _content(input_path)
        data, params = _READERS[content_type](body, model.metadata.get_input_schema())
    said = msgspec.json.format(answer(model.predict(data, params)), indent=0).decode()  # spaced as MLflow does
    if output_path is None:
        print(said)  # noqa: T201 - that is what it is asked for
        return
    with open(output_path, "w", encoding="utf-8") as file:
        file.write(said)


def _content(path: str | os.PathLike[str]) -> bytes:
    try:
        with open(path, "rb") as file:
            return file.read()
    except OSError as error:
        raise InvalidParameter(f"The input {os.fspath(path)!r} cannot be read: {error}") from error


def predict_file_in(
    environment: Environment, extra: Mapping[str, str], model_uri: str, source: str | None, target: str | None, *, kind: str | None, trust: bool
) -> int:
    """`predict_file`, with a bar, in an environment and with further variables: by a process there, or by this one when it is the same."""
    if not environment.folder and not extra:
        return predict_file(model_uri, source, target, kind=kind, trust=trust, shown=True)
    with tempfile.TemporaryDirectory(prefix="mlops-predict-") as place:
        if source is None:
            source, kind = os.path.join(place, "input"), kind or "json"
            with open(source, "wb") as file:
                shutil.copyfileobj(sys.stdin.buffer, file)
        arguments = {"model_uri": model_uri, "source": source, "target": target, "kind": kind, "trust": trust, "shown": True}
        return call_in(environment, Call("predict_file", arguments), extra)


def _written(place: str, data: Any, content_type: str) -> tuple[str, str]:
    """A file with the input, and of what it is."""
    if not isinstance(data, str):
        data, content_type = convert_input_example_to_serving_input(data) or "", "json"
    path = os.path.join(place, "input")
    with open(path, "w", encoding="utf-8") as file:
        file.write(data)
    return path, content_type


def call_in(environment: Environment, call: Call, extra: Mapping[str, str] | None = None) -> int:
    """Let a process in an environment predict; how many rows there were. It has this one's output.

    Raises
    ------
    MlflowException
        What went wrong there, of the class that it had.
    """
    with tempfile.TemporaryDirectory(prefix="mlops-predict-") as place:
        told, answer = os.path.join(place, "call.json"), os.path.join(place, "said.json")
        with open(told, "wb") as file:
            file.write(msgspec.json.encode(call))
        with Watchdog() as watchdog, contextlib.ExitStack() as stack:
            process = subprocess.Popen(
                [*module_command(environment.python, "jupyter_mlops.serving.predicting"), told, answer], stdin=subprocess.DEVNULL,
                env=environment_variables(environment, extra), start_new_session=True,
            )  # fmt: skip
            watchdog.watch(process)
            stack.callback(end_group, process)
            process.wait()
        if not os.path.exists(answer):
            raise MlflowException(f"The process that predicts ended with {process.returncode}.")
        with open(answer, "rb") as file:
            said = msgspec.json.decode(file.read(), type=Said)
    if said.error:
        raise error_named(said.kind, said.error, said.code)
    return said.count
