"""Every error that the package raises on purpose, as one tree.

Imports nothing of ours; every layer raises from here. The tree::

    MlflowException
    ├── InvalidParameter (ValueError)           a name, value or combination that is never right
    │   ├── InvalidFilter                       a filter or order_by that cannot be read; knows the position
    │   ├── MetricThresholdClassException       a threshold that no metric could be held against
    │   └── ParamAlreadyLogged                  another value of a param that the run has
    ├── NotFound (LookupError)                  a run, experiment, model, version, artifact, store that is not there
    │   └── StoreNotKnown                       the server was asked for a store that is not on its list
    ├── AlreadyExists
    ├── InvalidState                            deleted, ended, or otherwise not ready for this call
    │   └── GateRefused                         a rule of the registry stands in the way; says which, with the values
    ├── RunAlreadyActive                        start_run() while another run is open in this thread
    ├── ExecutionException                      a project that cannot be run, or whose program failed
    │   └── EnvironmentFailed                   its environment cannot be made; knows what the installer said
    ├── TrialsFailed                            a sweep that ended because its trials fail; the cause is the last one's error
    ├── ModelValidationFailedException          metrics of a candidate do not keep the thresholds; a line for each
    ├── QueryTooLong (TimeoutError)             a query of sql() took longer than it was given
    ├── UntrustedModel (PermissionError)        loading would run code that nobody vouches for
    ├── PackageMissing (ImportError)            an optional package is needed; names the extra that brings it
    ├── ServerError                             a tracking server that was asked
    │   ├── ServerUnreachable (ConnectionError) it does not answer now; what was logged waits
    │   ├── NotAuthenticated (PermissionError)  it wants to know who asks
    │   ├── NotPermitted (PermissionError)      whoever asks may not
    │   └── ServerLacks (NotImplementedError)   this kind of server cannot do that
    ├── TooManyAttempts                         somebody was wrong too often; knows when to come back
    └── StoreError (OSError)                    the store's files
        ├── StoreBusy (TimeoutError)            somebody else holds it; names the holder
        ├── StoreCorrupt
        │   └── ArtifactCorrupt                 an artifact is not what was logged
        ├── StoreNewer                          written by a version that this one does not know
        ├── StoreReadOnly
        └── StoreFull                           there is no room
            └── JournalFull                     a record could not be written whole; nothing of it is kept
"""

from __future__ import annotations

import inspect
import json
from collections.abc import Sequence
from typing import Any, ClassVar

__all__ = [
    "AlreadyExists",
    "ArtifactCorrupt",
    "EnvironmentFailed",
    "ExecutionException",
    "GateRefused",
    "InvalidFilter",
    "InvalidParameter",
    "InvalidState",
    "JournalFull",
    "MetricThresholdClassException",
    "MlflowException",
    "ModelValidationFailedException",
    "NotAuthenticated",
    "NotFound",
    "NotPermitted",
    "PackageMissing",
    "ParamAlreadyLogged",
    "QueryTooLong",
    "RunAlreadyActive",
    "ServerError",
    "ServerLacks",
    "ServerUnreachable",
    "StoreBusy",
    "StoreCorrupt",
    "StoreError",
    "StoreFull",
    "StoreNewer",
    "StoreNotKnown",
    "StoreReadOnly",
    "TooManyAttempts",
    "TrialsFailed",
    "UntrustedModel",
    "error_named",
]


_STATUS_OF_CODE = {
    "BAD_REQUEST": 400,
    "ENDPOINT_NOT_FOUND": 404,
    "INVALID_PARAMETER_VALUE": 400,
    "INVALID_STATE": 400,
    "NOT_IMPLEMENTED": 501,
    "REQUEST_LIMIT_EXCEEDED": 429,
    "RESOURCE_ALREADY_EXISTS": 400,
    "PERMISSION_DENIED": 403,
    "RESOURCE_DOES_NOT_EXIST": 404,
    "STORE_NOT_KNOWN": 404,
    "DATA_LOSS": 500,
    "INTERNAL_ERROR": 500,
    "TEMPORARILY_UNAVAILABLE": 503,
    "UNAUTHENTICATED": 401,
    "DEADLINE_EXCEEDED": 504,
}


class MlflowException(Exception):
    """The root: catch it to catch whatever this package raises on purpose.

    Parameters
    ----------
    message : str
        What was given, what was expected and what to do next.
    error_code : str, optional
        MLflow's name of the cause; by default that of the class.
    **json_kwargs
        Further entries of the error's JSON form.

    Attributes
    ----------
    message : str
    error_code : str
    json_kwargs : dict

    References
    ----------
    ``mlflow.exceptions.MlflowException``, whose attributes and methods these are.

    Examples
    --------
    >>> error = NotFound("No run 'abc'.")
    >>> error.error_code, error.get_http_status_code()
    ('RESOURCE_DOES_NOT_EXIST', 404)
    """

    code: ClassVar[str] = "INTERNAL_ERROR"

    def __init__(self, message: str, error_code: str | None = None, **json_kwargs: Any) -> None:
        self.message = str(message)
        self.error_code = error_code or self.code
        self.json_kwargs = json_kwargs
        super().__init__(self.message)

    def get_http_status_code(self) -> int:
        """HTTP status that a server answers with for this error: int, 400 to 599."""
        return _STATUS_OF_CODE.get(self.error_code, 500)

    def serialize_as_json(self) -> str:
        """The error as the JSON text that MLflow's servers send."""
        return json.dumps({"error_code": self.error_code, "message": self.message, **self.json_kwargs})

    @classmethod
    def invalid_parameter_value(cls, message: str, **kwargs: Any) -> MlflowException:
        """Make an error with code ``INVALID_PARAMETER_VALUE``, as MLflow's users spell it."""
        return InvalidParameter(message, **kwargs)


def error_named(name: str, message: str, error_code: str | None = None) -> MlflowException:
    """What a process of this package raised, as it tells another: of that class, or of its nearest that needs nothing else.

    Parameters
    ----------
    name : str
        Of the class; others than those of this tree are its root.
    message : str
    error_code : str, optional

    Examples
    --------
    >>> error_named("InvalidFilter", "What is 'x >'?"), error_named("KeyError", "x")
    (InvalidParameter("What is 'x >'?"), MlflowException('x'))
    """
    found = globals().get(name) if name in __all__ else None
    kinds = inspect.getmro(found) if inspect.isclass(found) else (MlflowException,)
    kind = next(one for one in kinds if list(inspect.signature(one).parameters)[:2] == ["message", "error_code"])
    made: MlflowException = kind(message, error_code)
    return made


class InvalidParameter(MlflowException, ValueError):
    """A name, value or combination of arguments that is never right."""

    code = "INVALID_PARAMETER_VALUE"


class InvalidFilter(InvalidParameter):
    """A filter or ``order_by`` that cannot be read.

    Attributes
    ----------
    text : str
        The whole filter.
    position : int or None
        Index of the offending character in `text`, from 0.
    """

    def __init__(self, message: str, text: str = "", position: int | None = None) -> None:
        self.text = text
        self.position = position
        if position is not None:
            message = f"{message}\n  {text}\n  {' ' * position}^"
        super().__init__(message)


class MetricThresholdClassException(InvalidParameter):
    """A threshold that no metric could be held against."""


class ParamAlreadyLogged(InvalidParameter):
    """A param is written once: another value was logged for a key that the run already has."""

    def __init__(self, run_id: str, key: str, old: str, new: str) -> None:
        self.run_id, self.key, self.old, self.new = run_id, key, old, new
        super().__init__(
            f"Param {key!r} of run {run_id} is already {old!r} and cannot become {new!r}. "
            "Params are written once: start a new run, or log what changes as a metric or tag."
        )


class NotFound(MlflowException, LookupError):
    """A run, experiment, model, version, alias or artifact that is not there."""

    code = "RESOURCE_DOES_NOT_EXIST"


class StoreNotKnown(NotFound):
    """A key that is not on this user's list of stores."""

    code = "STORE_NOT_KNOWN"


class AlreadyExists(MlflowException):
    """The name is taken."""

    code = "RESOURCE_ALREADY_EXISTS"


class InvalidState(MlflowException):
    """The thing is there but deleted, ended or otherwise not ready for this call."""

    code = "INVALID_STATE"


class GateRefused(InvalidState):
    """A version does not meet what a stage or alias of its model requires; nothing moved.

    Attributes
    ----------
    name, version : str
    target : str
        The stage, or the alias with ``@`` before it.
    verdicts : list of Verdict
        What every rule says, those that let it through too.
    """

    def __init__(self, name: str, version: str, target: str, verdicts: Sequence[Any]) -> None:
        self.name, self.version, self.target, self.verdicts = name, version, target, list(verdicts)
        failed = [verdict for verdict in verdicts if not verdict.passed]
        lines = "".join(f"\n  {verdict.rule}: {verdict.reason}" for verdict in failed)
        shown = [{"rule": v.rule, "passed": v.passed, "reason": v.reason} for v in verdicts]
        super().__init__(
            f"Version {version} of {name!r} may not move to {target}, {len(failed)} of {len(shown)} rules "
            f"{'says' if len(failed) == 1 else 'say'} no:{lines}\nMend it, or move it with force=True and a comment that says why.",
            name=name, version=version, target=target, verdicts=shown,
        )


class RunAlreadyActive(MlflowException):
    """``start_run()`` while another run is open in this thread."""

    code = "INVALID_STATE"

    def __init__(self, run_id: str) -> None:
        self.run_id = run_id
        super().__init__(
            f"Run with UUID {run_id} is already active. End it with end_run(), "
            "or start a run inside it with start_run(nested=True)."
        )


class ExecutionException(MlflowException):
    """A project that cannot be run as asked, or whose program failed."""


class EnvironmentFailed(ExecutionException):
    """An environment that cannot be made.

    Attributes
    ----------
    what : str
        Which one.
    said : str
        The last lines of what the installer said.
    """

    def __init__(self, what: str, said: str) -> None:
        self.what, self.said = what, said
        super().__init__(f"The {what} cannot be made: {said}")


class TrialsFailed(MlflowException):
    """A sweep ended because its trials fail.

    Attributes
    ----------
    cause : BaseException or None
        What one of them raised.
    """

    code = "INVALID_STATE"

    def __init__(self, message: str, cause: BaseException | None = None) -> None:
        self.cause = cause
        super().__init__(message)


class ModelValidationFailedException(MlflowException):
    """Metrics of a candidate do not keep the thresholds; the message has a line for each.

    Attributes
    ----------
    result : EvaluationResult or None
        What was found of the candidate.
    """

    code = "BAD_REQUEST"

    def __init__(self, message: str, result: Any = None) -> None:
        self.result = result
        super().__init__(message)


class QueryTooLong(MlflowException, TimeoutError):
    """A query took longer than it was given.

    Attributes
    ----------
    timeout_s : float, seconds
    """

    code = "DEADLINE_EXCEEDED"

    def __init__(self, timeout_s: float) -> None:
        self.timeout_s = timeout_s
        super().__init__(
            f"The query was stopped after {timeout_s:g} s, because others wait for the store meanwhile. Ask for less, or "
            "allow it more time: sql(…, timeout_s=60), %%mlops_sql --timeout 60."
        )


class UntrustedModel(MlflowException, PermissionError):
    """Loading the model would run code that this user has not signed or allowed."""

    code = "PERMISSION_DENIED"


class PackageMissing(MlflowException, ImportError):
    """An optional package is needed; the message names what to install."""

    code = "INVALID_STATE"


class ServerError(MlflowException):
    """A tracking server answered with an error that is none of the others.

    Attributes
    ----------
    status : int
        HTTP status of the answer; 0 when there was none.
    """

    def __init__(self, message: str, error_code: str | None = None, status: int = 0) -> None:
        self.status = status
        super().__init__(message, error_code)


class ServerUnreachable(ServerError, ConnectionError):
    """A tracking server does not answer now. What is logged waits for it; what must be answered at once cannot be done."""

    code = "TEMPORARILY_UNAVAILABLE"


class NotAuthenticated(ServerError, PermissionError):
    """A tracking server wants to know who asks."""

    code = "UNAUTHENTICATED"


class NotPermitted(ServerError, PermissionError):
    """Whoever asks may not do that."""

    code = "PERMISSION_DENIED"


class ServerLacks(ServerError, NotImplementedError):
    """The tracking server is of a kind that cannot do that."""

    code = "NOT_IMPLEMENTED"


class TooManyAttempts(MlflowException):
    """A server was given wrong passwords or tokens too often.

    Attributes
    ----------
    retry_after_s : int, seconds
    """

    code = "REQUEST_LIMIT_EXCEEDED"

    def __init__(self, retry_after_s: int) -> None:
        self.retry_after_s = retry_after_s
        super().__init__(f"Too many wrong passwords or tokens: try again in {retry_after_s} seconds.")


class StoreError(MlflowException, OSError):
    """Something is wrong with the files of a store."""


class StoreBusy(StoreError, TimeoutError):
    """Somebody else holds the store longer than we wait.

    Attributes
    ----------
    holder : str
        Who holds it, as far as known.
    """

    code = "TEMPORARILY_UNAVAILABLE"

    def __init__(self, message: str, holder: str = "") -> None:
        self.holder = holder
        super().__init__(message)


class StoreCorrupt(StoreError):
    """A file of the store is damaged."""


class ArtifactCorrupt(StoreCorrupt):
    """An artifact is not what was logged under its name.

    Attributes
    ----------
    path : str
        Relative to the artifacts it belongs to.
    place : str
        Where these lie.
    """

    code = "DATA_LOSS"

    def __init__(self, path: str, place: str) -> None:
        self.path, self.place = path, place
        super().__init__(
            f"The artifact {path!r} in {place} is not what was logged: its SHA-256 is another one than was recorded. "
            "Log it again, or restore it from a backup."
        )


class StoreNewer(StoreError):
    """Written by a version of this package that this one does not know."""


class StoreReadOnly(StoreError):
    """A write to a store whose file or folder may not be written."""

    code = "PERMISSION_DENIED"


class StoreFull(StoreError):
    """There is no room for what comes; nothing of it is kept."""

    def get_http_status_code(self) -> int:
        return 507  # of RFC 4918: what was asked is in order, and may be asked again when there is room


class JournalFull(StoreFull):
    """A record could not be written whole, most often because the disk is full; nothing of it is kept."""
