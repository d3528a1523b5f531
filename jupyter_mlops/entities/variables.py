"""Environment variables that the package reads, each with what it means: the one table of them."""

from __future__ import annotations

import json
import math
import os
import re
from collections.abc import Callable
from typing import Any, Generic, TypeVar

from jupyter_mlops.errors import InvalidParameter

__all__ = [
    "ARTIFACT_LOCATION_MAX_LENGTH", "BOTO_CLIENT_ADDRESSING_STYLE", "CAPTURE", "CAPTURES", "CONDA_HOME", "CONFIGURE_LOGGING",
    "DATA_DIR", "DEAD_RUN_TIMEOUT", "DEFAULT_PREDICTION_DEVICE", "DEPLOYMENTS_TARGET", "DISABLE_SCHEMA_DETAILS",
    "ENABLE_ARTIFACTS_PROGRESS_BAR", "ENABLE_ASYNC_LOGGING", "ENABLE_SYSTEM_METRICS_LOGGING", "ENV_ROOT", "EXPERIMENT_ID",
    "EXPERIMENT_NAME", "FLUSH_TIMEOUT", "HTTP_MAX_RETRIES", "HTTP_TIMEOUT", "LIVE", "LOGGING_LEVEL", "MODEL_COMPAT", "PROGRESS", "REGISTRY_URI", "RUN_CONTEXT", "RUN_ID",
    "S3_ENDPOINT_URL", "S3_IGNORE_TLS", "S3_UPLOAD_EXTRA_ARGS", "SAGEMAKER_DEPLOY_IMG_URL", "SERVER_STORE", "STALL_TIMEOUT", "SYSTEM_METRICS_NODE_ID",
    "SYSTEM_METRICS_SAMPLES_BEFORE_LOGGING", "SYSTEM_METRICS_SAMPLING_INTERVAL", "TRACKING_INSECURE_TLS", "TRACKING_PASSWORD",
    "TRACKING_TOKEN", "TRACKING_URI", "TRACKING_USERNAME", "TRANSFER_THREADS",
    "TRUNCATE_LONG_VALUES", "VARIABLES", "Variable",
]  # fmt: skip

T = TypeVar("T")
_FLAGS = {**dict.fromkeys(("1", "true", "t", "yes", "y", "on"), True), **dict.fromkeys(("0", "false", "f", "no", "n", "off"), False)}
_TIME = re.compile(r"(\d+(?:\.\d+)?)\s*([smhd]?)")
_SECONDS = {"": 1, "s": 1, "m": 60, "h": 3600, "d": 86400}
_LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL")


class Variable(Generic[T]):
    """A variable of the environment: ``JUPYTER_MLOPS_<name>``, and after it MLflow's ``MLFLOW_<name>`` where it has one.

    Parameters
    ----------
    name : str
        Without prefix.
    doc : str
        What it says, for README.
    read : callable
        Makes a value of a text; raises `ValueError` with what is expected.
    default
        The value when none is set; an empty text is none.
    is_mlflows : bool, default True
        Whether MLflow has it too.

    Examples
    --------
    >>> os.environ["MLFLOW_RUN_ID"] = "abc"
    >>> RUN_ID.get(), RUN_ID.take(), RUN_ID.get()
    ('abc', 'abc', None)
    """

    def __init__(self, name: str, doc: str, read: Callable[[str], T], default: T, *, is_mlflows: bool = True) -> None:
        self.doc, self.default = doc, default
        self.names = (f"JUPYTER_MLOPS_{name}", f"MLFLOW_{name}")[: 1 + is_mlflows]
        self._read = read
        VARIABLES.append(self)

    def given(self) -> tuple[str, str] | None:
        """Full name and text of the one that holds; None when none is set."""
        return next(((name, text) for name in self.names if (text := os.environ.get(name))), None)

    def get(self) -> T:
        """The value that holds now.

        Raises
        ------
        InvalidParameter
            The text is no such value; the message names the variable.

        Notes
        -----
        A look at the environment takes a µs: nothing for the path of every metric.
        """
        found = self.given()
        return self.default if found is None else self.parse(*found)

    def parse(self, what: str, value: Any) -> T:
        """A value given as text or otherwise; `what` stands in the error."""
        try:
            return self._read(str(value).strip())
        except ValueError as error:
            raise InvalidParameter(f"{what} is {error}, not {value!r}.") from None

    def set(self, value: Any) -> None:
        """Export a value to this process and those that it starts; None takes it away."""
        for name in self.names:
            os.environ.pop(name, None)
        if value is not None:
            os.environ[self.names[-1]] = str(value)

    def take(self) -> T:
        """The value that holds now, which is used up by this."""
        try:
            return self.get()
        finally:
            self.set(None)


VARIABLES: list[Variable[Any]] = []


def _flag(text: str) -> bool:
    if text.lower() not in _FLAGS:
        raise ValueError("true or false")
    return _FLAGS[text.lower()]


def _seconds(text: str) -> float:
    try:
        number = float(text)
    except ValueError:
        number = 0
    if not 0 < number < math.inf:
        raise ValueError("a number above 0")
    return number


def _count(text: str) -> int:
    if not text.isdecimal() or int(text) < 1:
        raise ValueError("a whole number above 0")
    return int(text)


def _number(text: str) -> int:
    if not text.isdecimal():
        raise ValueError("a whole number")
    return int(text)


def _duration_ms(text: str) -> int:
    found = _TIME.fullmatch(text.lower())
    if not found or float(found[1]) == 0:
        raise ValueError("a time: hours as '2h', minutes as '30m', days as '1d', or seconds")
    return int(float(found[1]) * _SECONDS[found[2]] * 1000)


def _level(text: str) -> str:
    if text.upper() not in _LEVELS:
        raise ValueError(f"one of {', '.join(_LEVELS)}")
    return text.upper()


def _release(text: str) -> str:
    if text not in ("2.22", "3"):
        raise ValueError("2.22, or 3 as by default")
    return text


def _json_object(text: str) -> dict[str, Any]:
    try:
        value = json.loads(text)
    except ValueError:
        value = None
    if not isinstance(value, dict):
        raise ValueError("a JSON object")
    return value


def _text(name: str, doc: str, *, is_mlflows: bool = True) -> Variable[str | None]:
    return Variable[str | None](name, doc, str, None, is_mlflows=is_mlflows)


def _switch(name: str, doc: str, *, is_mlflows: bool = True) -> Variable[bool | None]:
    return Variable[bool | None](name, doc, _flag, None, is_mlflows=is_mlflows)


TRACKING_URI = _text("TRACKING_URI", "the store: a path or URI")
SERVER_STORE = _text("SERVER_STORE", "the store of kernels, set by the Jupyter server that starts them", is_mlflows=False)
SERVER_VERSION = _text("SERVER_VERSION", "version of this package in the Jupyter server, set by it for its kernels", is_mlflows=False)
REGISTRY_URI = _text("REGISTRY_URI", "the store of registered models; that of the runs by default")
DATA_DIR = _text("DATA_DIR", "folder of what belongs to the user, not to a store", is_mlflows=False)
EXPERIMENT_NAME = _text("EXPERIMENT_NAME", "experiment of new runs, made when it is not there")
EXPERIMENT_ID = _text("EXPERIMENT_ID", "experiment of new runs, which is there")
RUN_ID = _text("RUN_ID", "run that the next `start_run()` resumes, once")
RUN_CONTEXT = Variable[dict[str, Any]]("RUN_CONTEXT", "tags of new runs, as a JSON object", _json_object, {})
TRUNCATE_LONG_VALUES = Variable("TRUNCATE_LONG_VALUES", "cut params and tags that are too long, else they are an error", _flag, True)
ENABLE_ASYNC_LOGGING = Variable("ENABLE_ASYNC_LOGGING", "calls that log return a `RunOperations`, in runs opened from then on", _flag, False)
ENABLE_SYSTEM_METRICS_LOGGING = Variable("ENABLE_SYSTEM_METRICS_LOGGING", "log how busy the machine is", _flag, False)
SYSTEM_METRICS_SAMPLING_INTERVAL = Variable("SYSTEM_METRICS_SAMPLING_INTERVAL", "seconds between two looks at the machine", _seconds, 10.0)
SYSTEM_METRICS_SAMPLES_BEFORE_LOGGING = Variable("SYSTEM_METRICS_SAMPLES_BEFORE_LOGGING", "looks that make one point", _count, 1)
SYSTEM_METRICS_NODE_ID = _text("SYSTEM_METRICS_NODE_ID", "name of the machine in its metrics: `system/<node id>/…`")
ARTIFACT_LOCATION_MAX_LENGTH = Variable("ARTIFACT_LOCATION_MAX_LENGTH", "most characters of an experiment's artifact location", _count, 2048)
ENABLE_ARTIFACTS_PROGRESS_BAR = _switch("ENABLE_ARTIFACTS_PROGRESS_BAR", "`false` for no progress bars")
PROGRESS = _switch("PROGRESS", "`0` for no progress bars, `1` for bars also where nobody seems to look", is_mlflows=False)
TRANSFER_THREADS = Variable("TRANSFER_THREADS", "files of a folder that are copied at a time", _count, 8, is_mlflows=False)
TRACKING_TOKEN = _text("TRACKING_TOKEN", "token for a tracking server")
TRACKING_USERNAME = _text("TRACKING_USERNAME", "user at a tracking server")
TRACKING_PASSWORD = _text("TRACKING_PASSWORD", "password of that user")
TRACKING_INSECURE_TLS = Variable("TRACKING_INSECURE_TLS", "do not check the certificate of a tracking server", _flag, False)
HTTP_MAX_RETRIES = Variable("HTTP_REQUEST_MAX_RETRIES", "how often a tracking server that has no time is asked again", _number, 7)
HTTP_TIMEOUT = Variable("HTTP_REQUEST_TIMEOUT", "seconds that an answer of a tracking server is waited for", _seconds, 120.0)
FLUSH_TIMEOUT = Variable("FLUSH_TIMEOUT", "seconds that the end of a program waits until a tracking server has all", _seconds, 15.0, is_mlflows=False)
S3_ENDPOINT_URL = _text("S3_ENDPOINT_URL", "where S3 is, if not at Amazon")
S3_IGNORE_TLS = Variable("S3_IGNORE_TLS", "do not check the certificate of S3", _flag, False)
S3_UPLOAD_EXTRA_ARGS = Variable[dict[str, Any]]("S3_UPLOAD_EXTRA_ARGS", "arguments of each upload to S3, as a JSON object", _json_object, {})
DEPLOYMENTS_TARGET = Variable("DEPLOYMENTS_TARGET", "where deployments are that are named without their target", str, "local")
SAGEMAKER_DEPLOY_IMG_URL = _text("SAGEMAKER_DEPLOY_IMG_URL", "image that serves models at SageMaker")
BOTO_CLIENT_ADDRESSING_STYLE = _text("BOTO_CLIENT_ADDRESSING_STYLE", "`path`, `virtual` or `auto`, for S3")
DISABLE_SCHEMA_DETAILS = Variable("DISABLE_SCHEMA_DETAILS", "leave a model's schema out of errors", _flag, False)
DEFAULT_PREDICTION_DEVICE = _text("DEFAULT_PREDICTION_DEVICE", "where models of PyTorch predict, such as `cpu`; the GPU by default where there is one")
MODEL_COMPAT = Variable[str | None]("MODEL_COMPAT", "`2.22`: models are saved so that MLflow 2.22 reads them, by cloudpickle instead of skops", _release, None, is_mlflows=False)  # fmt: skip
LOGGING_LEVEL = Variable[str | None]("LOGGING_LEVEL", "least level of messages, such as `INFO`, on stderr", _level, None)
CONFIGURE_LOGGING = _switch("CONFIGURE_LOGGING", "`true`: messages go to stderr in MLflow's form; `false`: the program's own logging decides")
DEAD_RUN_TIMEOUT = Variable[int | None]("DEAD_RUN_TIMEOUT", "time without a record (`2h`, `30m`, `1d` or seconds) after which runs of other machines and of clients are given up", _duration_ms, None, is_mlflows=False)  # fmt: skip
LIVE = _switch("LIVE", "`0`: outputs are the same at every execution and never change, `1`: cards are live in any notebook", is_mlflows=False)
STALL_TIMEOUT = Variable[float | None]("STALL_TIMEOUT", "seconds without a metric after which a tracked cell alerts; ten times the usual interval by default, a minute at least", _seconds, None, is_mlflows=False)  # fmt: skip
PREDICT_PYTHON = _text("PREDICT_PYTHON", "interpreter of the processes in which a server runs models; the server's own by default", is_mlflows=False)
PREDICT_MEMORY = Variable[int | None]("PREDICT_MEMORY", "MB of memory that such a process may have; half of the machine's by default", _count, None, is_mlflows=False)  # fmt: skip
PREDICT_TIMEOUT = Variable("PREDICT_TIMEOUT", "seconds that a prediction may take there", _seconds, 60.0, is_mlflows=False)
PREDICT_IDLE = Variable("PREDICT_IDLE", "seconds after which such a process ends that nobody asks", _seconds, 600.0, is_mlflows=False)
ENV_ROOT = _text("ENV_ROOT", "folder of the environments that projects and models run in, to which nobody else may write; one in the user's cache by default")
CONDA_HOME = _text("CONDA_HOME", "where conda lies, for projects and models; the PATH says by default")
CAPTURE = _switch("CAPTURE", "`0`: runs are kept without their circumstances, which the following ones say; `1` for one of them brings it back", is_mlflows=False)  # fmt: skip
CAPTURES = {
    name: _switch(f"CAPTURE_{name.upper()}", doc, is_mlflows=False)
    for name, doc in (
        ("user", "login name: tag `mlflow.user`; without it the run's user is `unknown`"),
        ("host", "name of the machine: tag `jupyter_mlops.host`"),
        ("source", "name of the script or notebook, without arguments: tags `mlflow.source.name`, `mlflow.source.type`"),
        ("notebook", "path of the notebook and id of the cell: tags `jupyter_mlops.notebook`, `jupyter_mlops.cell_id`, `jupyter_mlops.tracked_cell`; of a tracked cell its source, what it printed and its figures: artifacts `cell/…`; of a project what it printed: `output.log`"),
        ("git", "commit, branch and remote without credentials: tags `mlflow.source.git.commit`, `…branch`, `…repoURL`"),
        ("git_diff", "what is not committed, without files and values that look like secrets: artifact `source/git.diff`, tag `jupyter_mlops.git.dirty`"),
        ("python", "version of Python: tag `jupyter_mlops.python`"),
        ("packages", "packages that were imported, with their versions: tag `jupyter_mlops.packages`"),
        ("hardware", "processors, memory and NVIDIA GPUs: tags `jupyter_mlops.cpu`, `jupyter_mlops.memory`, `jupyter_mlops.gpu`"),
    )
}  # fmt: skip
