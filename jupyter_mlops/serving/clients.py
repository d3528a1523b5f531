"""Asking a scoring server, ours or MLflow's."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import msgspec

from jupyter_mlops.errors import InvalidParameter, InvalidState, MlflowException, ServerUnreachable
from jupyter_mlops.models.examples import convert_input_example_to_serving_input
from jupyter_mlops.serving.readings import Reading, read_meters
from jupyter_mlops.storage.http.addresses import LOOPBACK

if TYPE_CHECKING:
    import httpx

__all__ = ["ScoringClient", "client", "read_predictions"]


def client(url: str, token: str | None = None, timeout: float = 60.0) -> ScoringClient:
    """Somebody who asks a scoring server.

    Parameters
    ----------
    url : str
        ``http://127.0.0.1:5001``
    token : str, optional
        Where the server wants one.
    timeout : float, default 60, seconds
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
            It does not answer.
        InvalidState
            It has no time now: as many requests wait as may. Or it is no scoring server.
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
        """Whether it answers, with its model loaded."""
        try:
            self._asked("GET", "/ping")
        except MlflowException:
            return False
        return True

    def close(self) -> None:
        """Let the connection go."""
        self._http.close()

    def _sent(self, method: str, path: str, body: str | None = None) -> httpx.Response:
        import httpx

        try:
            return self._http.request(method, path, content=body)
        except httpx.HTTPError as error:
            raise ServerUnreachable(f"No scoring server answers at {self.url}: {error}") from error

    def _asked(self, method: str, path: str, body: str | None = None) -> Any:
        answer = self._sent(method, path, body)
        try:
            found = _decoded(answer.content) if answer.content.strip() else {}
        except (ValueError, RecursionError):
            found = {"message": answer.text[:1000]}
        if answer.status_code == 503:
            raise InvalidState(f"{self.url} has no time: {_message(found)}")
        if answer.status_code >= 400:
            raise InvalidParameter(f"{self.url} answers {answer.status_code}: {_message(found)}")
        return found


def _decoded(content: bytes) -> Any:
    try:
        return msgspec.json.decode(content)
    except msgspec.DecodeError:
        return json.loads(content)  # MLflow's servers write NaN, which is no JSON


def _message(found: Any) -> str:
    return str(found.get("message", found)) if isinstance(found, dict) else str(found)


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
