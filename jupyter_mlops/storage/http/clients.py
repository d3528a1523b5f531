"""Asking a tracking server: retries, time-outs, and its errors as ours."""

from __future__ import annotations

import contextlib
import os
import threading
import time
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

import msgspec

from jupyter_mlops.entities.variables import HTTP_MAX_RETRIES, HTTP_TIMEOUT
from jupyter_mlops.errors import (
    AlreadyExists,
    InvalidParameter,
    InvalidState,
    MlflowException,
    NotAuthenticated,
    NotFound,
    NotPermitted,
    ServerError,
    ServerLacks,
    ServerUnreachable,
)
from jupyter_mlops.storage.http.addresses import API, address_of
from jupyter_mlops.storage.http.credentials import authorization, verifies_tls
from jupyter_mlops.version import __version__

if TYPE_CHECKING:
    import httpx

__all__ = ["Client", "client_of", "error_of"]

_AGAIN = (408, 429, 500, 502, 503, 504)  # as MLflow's clients have it
_BLOCK = 1 << 20
_clients: dict[str, Client] = {}
_lock = threading.Lock()
_ERRORS: dict[str, type[MlflowException]] = {
    "INVALID_PARAMETER_VALUE": InvalidParameter,
    "BAD_REQUEST": InvalidParameter,
    "RESOURCE_DOES_NOT_EXIST": NotFound,
    "NOT_FOUND": NotFound,
    "RESOURCE_ALREADY_EXISTS": AlreadyExists,
    "ALREADY_EXISTS": AlreadyExists,
    "INVALID_STATE": InvalidState,
    "UNAUTHENTICATED": NotAuthenticated,
    "CUSTOMER_UNAUTHORIZED": NotAuthenticated,
    "PERMISSION_DENIED": NotPermitted,
    "ENDPOINT_NOT_FOUND": ServerLacks,
    "NOT_IMPLEMENTED": ServerLacks,
}
_SAID = ("error_code", "message", "self")
_BY_STATUS = {401: NotAuthenticated, 403: NotPermitted, 404: ServerLacks, 405: ServerLacks, 501: ServerLacks}


class Client:
    """One server, asked over connections that are kept.

    Parameters
    ----------
    uri : str
        Its address; user and password in it are left out, see `credentials.remember_user`.

    Attributes
    ----------
    heard : float, seconds
        When it last answered, by the monotonic clock.

    Notes
    -----
    Safe from any thread; a forked child opens connections of its own.

    References
    ----------
    The clients of MLflow: which answers are asked for again, how often (``MLFLOW_HTTP_REQUEST_MAX_RETRIES``) and how long
    each is waited for (``MLFLOW_HTTP_REQUEST_TIMEOUT``).
    """

    def __init__(self, uri: str) -> None:
        self.address = address_of(uri)
        self._lock = threading.Lock()
        self._opened: httpx.Client | None = None
        self._pid = 0
        self.heard = float("-inf")

    def get(self, path: str, **arguments: Any) -> dict[str, Any]:
        """Ask an endpoint ``mlflow/<path>`` by GET; arguments that are None are left out."""
        return self.call("GET", API + path, arguments)

    def post(self, path: str, **arguments: Any) -> dict[str, Any]:
        """Tell an endpoint ``mlflow/<path>`` by POST."""
        return self.call("POST", API + path, arguments)

    def call(
        self, method: str, path: str, arguments: Mapping[str, Any], *, patient: bool = True, headers: Mapping[str, str] | None = None
    ) -> dict[str, Any]:
        """Ask an endpoint; `patient` calls are repeated while the server is overloaded or restarts.

        Raises
        ------
        ServerUnreachable
            No answer, or none but that it has no time now, after all repetitions.
        MlflowException
            What the server said, as the class of our tree for its error code.
        """
        given = {name: value for name, value in arguments.items() if value is not None}
        sent: dict[str, Any] = {"params": _query(given)} if method == "GET" else _json(given)
        if headers:
            sent["headers"] = {**sent.get("headers", {}), **headers}
        answer = self.send(method, path, patient=patient, **sent)
        try:
            return msgspec.json.decode(answer.content or b"{}", type=dict[str, Any])
        except (msgspec.MsgspecError, UnicodeError) as error:
            raise ServerError(f"{self.address} answered {method} {path} with what is no JSON object: is it a tracking server?") from error

    def send(
        self, method: str, path: str, *, patient: bool = True, upload: str | None = None, **sent: Any
    ) -> httpx.Response:
        """Send a request, with the file `upload` as its body if one is given; the answer is read whole."""
        import tenacity

        def once() -> httpx.Response:
            with self._told(method, path), _body(upload) as body:
                sent.update(body)
                return _checked(self._http().request(method, self.address + path, **{**sent, "headers": self._headers(sent)}), self.address)

        if not patient:
            return once()
        again = tenacity.Retrying(
            stop=tenacity.stop_after_attempt(HTTP_MAX_RETRIES.get() + 1), wait=tenacity.wait_random_exponential(0.2, 30.0),
            retry=tenacity.retry_if_exception(_is_passing), reraise=True,
        )  # fmt: skip
        return again(once)

    @contextlib.contextmanager
    def stream(self, path: str) -> Iterator[httpx.Response]:
        """The answer to a GET, to be read in pieces."""
        with self._told("GET", path), self._http().stream("GET", self.address + path, headers=self._headers({})) as answer:
            if answer.is_error:
                answer.read()
            yield _checked(answer, self.address)

    def close(self) -> None:
        """Let the connections go; the next call opens new ones."""
        opened, self._opened = self._opened, None
        if opened is not None and self._pid == os.getpid():
            opened.close()

    @contextlib.contextmanager
    def _told(self, method: str, path: str) -> Iterator[None]:
        import httpx

        try:
            yield
            self.heard = time.monotonic()
        except httpx.TransportError as error:
            raise ServerUnreachable(f"{self.address} does not answer ({type(error).__name__}: {error}). Is it running, and is that its address?") from error
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            raise ServerError(f"{method} {self.address}{path:.300} cannot be asked: {error}.") from error

    def _http(self) -> httpx.Client:
        opened = self._opened
        if opened is not None and self._pid == os.getpid():
            return opened
        import httpx

        with self._lock:  # of threads that ask first at the same time, one makes it
            if self._opened is None or self._pid != os.getpid():
                is_verified = self.address.startswith("https:") and verifies_tls()  # reading certificates takes 0.1 s
                self._opened = httpx.Client(
                    timeout=httpx.Timeout(HTTP_TIMEOUT.get(), connect=10.0), verify=is_verified, follow_redirects=False,
                    limits=httpx.Limits(max_connections=32, max_keepalive_connections=8, keepalive_expiry=30.0),
                )  # fmt: skip
                self._pid = os.getpid()
        return self._opened

    def _headers(self, sent: dict[str, Any]) -> dict[str, str]:
        headers = {"User-Agent": f"jupyter_mlops/{__version__}", **sent.get("headers", {})}
        if (who := authorization(self.address)) is not None:
            headers["Authorization"] = who
        return headers


def client_of(address: str) -> Client:
    """The client of a server that this process keeps, with its connections."""
    with _lock:
        if address not in _clients:
            _clients[address] = Client(address)
        return _clients[address]


@contextlib.contextmanager
def _body(upload: str | None) -> Iterator[dict[str, Any]]:
    """A file as the body of a request, from its beginning with every repetition."""
    if upload is None:
        yield {}
        return
    with open(upload, "rb") as file:
        yield {"content": iter(lambda: file.read(_BLOCK), b"")}


def _after_fork() -> None:
    """Locks that another thread of the parent held would never be given up here."""
    global _lock
    _lock = threading.Lock()
    for client in _clients.values():
        client._lock = threading.Lock()


os.register_at_fork(after_in_child=_after_fork)


def _query(given: dict[str, Any]) -> dict[str, Any]:
    return {name: str(value).lower() if isinstance(value, bool) else value for name, value in given.items()}


def _json(given: dict[str, Any]) -> dict[str, Any]:
    return {"content": msgspec.json.encode(given), "headers": {"Content-Type": "application/json"}}


def _is_passing(error: BaseException) -> bool:
    return isinstance(error, ServerError) and (isinstance(error, ServerUnreachable) or error.status in _AGAIN)


def _checked(answer: httpx.Response, address: str) -> httpx.Response:
    if answer.is_success:
        return answer
    raise error_of(answer.status_code, answer.content, address, f"{answer.request.method} {answer.request.url.path}")


def error_of(status: int, content: bytes, address: str, call: str = "a call") -> MlflowException:
    """What a server said to a call went wrong, as the error of our tree.

    Examples
    --------
    >>> error_of(404, b'{"error_code": "RESOURCE_DOES_NOT_EXIST", "message": "No run a."}', "http://host")
    NotFound('No run a.')
    """
    try:
        told = msgspec.json.decode(content, type=dict[str, Any])
    except (msgspec.MsgspecError, UnicodeError):
        told = {}
    code, message = str(told.get("error_code") or ""), str(told.get("message") or "").removeprefix(f"{told.get('error_code')}: ")
    message = message or f"{address} answered {call:.300} with status {status}."
    kind = _ERRORS.get(code) or _BY_STATUS.get(status)
    if kind is NotAuthenticated:
        message += f" Say who you are: MLFLOW_TRACKING_TOKEN, or MLFLOW_TRACKING_USERNAME and MLFLOW_TRACKING_PASSWORD, for {address}."
    if kind is None:
        return ServerError(f"{message} (status {status})" if not told else message, code or None, status)
    if issubclass(kind, ServerError):
        return kind(message, code or None, status)
    return kind(message, code or None, **{name: value for name, value in told.items() if name.isidentifier() and name not in _SAID})
