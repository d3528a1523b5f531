"""Asking a scoring server, ours or MLflow's."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import msgspec

from jupyter_mlops.errors import (
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
from jupyter_mlops.models.examples import convert_input_example_to_serving_input
from jupyter_mlops.serving.readings import Reading, read_meters
from jupyter_mlops.storage.http.addresses import LOOPBACK

if TYPE_CHECKING:
    import httpx

__all__ = ["ScoringClient", "client", "read_answer", "read_predictions"]

_LOOK_S = 5.0  # a server may take connections, and nobody answers before its model is loaded
_BY_CODE: dict[str, type[MlflowException]] = {"INVALID_STATE": InvalidState, "RESOURCE_DOES_NOT_EXIST": NotFound}  # which a model may say
_BY_STATUS: dict[int, type[MlflowException]] = {401: NotAuthenticated, 403: NotPermitted, 404: ServerLacks, 405: ServerLacks}


def client(url: str, token: str | None = None, timeout: float = 60.0) -> ScoringClient:
    """Somebody who asks a scoring server.

    Parameters
    ----------
    url : str
        ``http://127.0.0.1:5001``
    token : str, optional
        Where the server wants one.
    timeout : float, default 60, seconds

    Examples
    --------
    >>> client("http://127.0.0.1:9").is_alive()
    False
    """
    return ScoringClient(url, token, timeout)


class ScoringClient:
    """Asks a scoring server for predictions; see `client`. Its connection stays open; threads may share it."""

    def __init__(self, url: str, token: str | None, timeout: float) -> None:
        import httpx  # only when somebody asks

        headers = {"Content-Type": "application/json"} | ({"Authorization": f"Bearer {token}"} if token else {})
        self.url = url.rstrip("/")
        is_here = httpx.URL(self.url).host in LOOPBACK  # where no proxy reaches it
        self._http = httpx.Client(base_url=self.url, headers=headers, timeout=timeout, trust_env=not is_here)

    def predict(self, data: Any, params: dict[str, Any] | None = None) -> Any:
        """Predictions of the model.

        Parameters
        ----------
        data : DataFrame, ndarray, dict or list
        params : dict, optional

        Returns
        -------
        DataFrame, ndarray, or whatever the model gives
            Rows as a DataFrame, numbers as an array.

        Raises
        ------
        InvalidParameter
            The server refuses them; what it says.
        ServerUnreachable
            It does not answer, or was ended here.
        InvalidState
            It has no time now: as many requests wait as may. Or it is no scoring server.
        NotAuthenticated, NotPermitted
            It wants a token, or is not to be asked by that name.
        ServerError
            It failed, or the prediction took longer than it may.
        """
        body = convert_input_example_to_serving_input(data if params is None else (data, params))
        answer = self._asked("POST", "/invocations", body)
        if not isinstance(answer, dict) or "predictions" not in answer:
            raise InvalidState(f"{self.url} is no scoring server: it answers {_message(answer)!r:.200}.")
        return read_predictions(answer["predictions"])

    def model(self) -> dict[str, Any]:
        """Which version answers; of our servers alone."""
        return dict(self._asked("GET", "/model"))

    def meters(self) -> Reading:
        """What it counted, over all its processes; of our servers alone."""
        return read_meters(self._sent("GET", "/metrics").text)

    def example(self) -> dict[str, Any] | None:
        """A request that its model can answer, as JSON has it, where the model has an example; of our servers alone."""
        operation = self._asked("GET", "/openapi.json")["paths"]["/invocations"]["post"]
        found: dict[str, Any] | None = operation["requestBody"]["content"]["application/json"].get("example")
        return found

    def is_alive(self) -> bool:
        """Whether it answers, with its model loaded, within 5 seconds."""
        try:
            self._asked("GET", "/ping", timeout=_LOOK_S)
        except MlflowException:
            return False
        return True

    def close(self) -> None:
        """Let the connection go."""
        self._http.close()

    def _sent(self, method: str, path: str, body: str | None = None, timeout: float | None = None) -> httpx.Response:
        import httpx

        try:
            return self._http.request(method, path, content=body, timeout=timeout or self._http.timeout)
        except httpx.HTTPError as error:
            raise ServerUnreachable(f"No scoring server answers at {self.url}: {error}") from error
        except RuntimeError as error:
            if not self._http.is_closed:
                raise
            raise ServerUnreachable(f"The connection to {self.url} was closed, as when its server was ended: serve again, or make a new client.") from error

    def _asked(self, method: str, path: str, body: str | None = None, timeout: float | None = None) -> Any:
        answer = self._sent(method, path, body, timeout)
        try:
            found = _decoded(answer.content) if answer.content.strip() else {}
        except (ValueError, RecursionError):
            found = {"message": answer.text[:1000]}
        if answer.status_code >= 400:
            raise _refusal(self.url, answer.status_code, found)
        return found


def _refusal(url: str, status: int, found: Any) -> MlflowException:
    if status == 503:
        return InvalidState(f"{url} has no time: {_message(found)}")
    code = str(found.get("error_code") or "") if isinstance(found, dict) else ""
    message = f"{url} answers {status}: {_message(found)}"
    kind = _BY_CODE.get(code) or _BY_STATUS.get(status) or (InvalidParameter if status < 500 else ServerError)
    return kind(message, code or None, status) if issubclass(kind, ServerError) else kind(message, code or None)


def _decoded(content: bytes) -> Any:
    try:
        return msgspec.json.decode(content)
    except msgspec.DecodeError:
        return json.loads(content)  # MLflow's servers write NaN, which is no JSON


def _message(found: Any) -> str:
    return str(found.get("message", found)) if isinstance(found, dict) else str(found)


def read_answer(content: bytes) -> Any:
    """Predictions in the body of an answer, as a cloud passes it on: of our server, or of MLflow's, which writes NaN.

    Examples
    --------
    >>> read_answer(b'{"predictions": [1.5, NaN]}')
    array([1.5, nan])
    """
    found = _decoded(content)
    return read_predictions(found["predictions"] if isinstance(found, dict) and "predictions" in found else found)


def read_predictions(predictions: Any) -> Any:
    """What a server's JSON has of predictions: rows as a DataFrame, numbers as an array, the rest as it is.

    Examples
    --------
    >>> read_predictions([1.5, 2])
    array([1.5, 2. ])
    """
    if not isinstance(predictions, list) or not predictions:
        return predictions
    if all(isinstance(row, dict) for row in predictions):
        import pandas as pd  # the answer is rows

        return pd.DataFrame(predictions)
    import numpy as np  # the answer is numbers, or texts

    try:
        return np.array(predictions)
    except ValueError:  # lists of different lengths
        return predictions
