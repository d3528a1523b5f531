"""The model that a server answers by: loaded once, exchanged when the registry says so."""

from __future__ import annotations

import contextlib
import logging
import os
import re
import threading
import time
import traceback
from pathlib import Path
from typing import Any

import msgspec

from jupyter_mlops.data.columns import beginning, input_names
from jupyter_mlops.errors import InvalidState, MlflowException
from jupyter_mlops.models.examples import split_params
from jupyter_mlops.pyfunc.loading import load_model
from jupyter_mlops.pyfunc.pyfunc_models import PyFuncModel
from jupyter_mlops.registry.uris import version_uri
from jupyter_mlops.serving.answers import answer
from jupyter_mlops.serving.requests import read_request
from jupyter_mlops.serving.uses import note_served

__all__ = ["Refusal", "Seen", "ServedModel"]

_log = logging.getLogger(__name__)
_NUMBERED = re.compile(r"models:/[^/]+/[0-9]+(/.*)?", re.DOTALL)  # means one version for ever: no registry is asked again and again
_AGAIN_S = 60.0  # after which a version that could not be loaded is tried again
_MOST_TOLD = 10_000  # characters of a message, which may repeat what was sent


class Refusal(Exception):
    """A request that gets no predictions: MLflow's name of the cause, and what to tell."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message[:_MOST_TOLD])
        self.code = code


class Seen:
    """What one request was found to hold, for a log: the model that answered, the columns that it takes, data, predictions, bytes of both."""

    __slots__ = ("data", "known", "name", "predictions", "size")

    def __init__(self, name: str) -> None:
        self.name = name
        self.known: list[Any] | None = None
        self.data: Any = None
        self.predictions: Any = None
        self.size = 0


class _Loaded(msgspec.Struct, frozen=True):
    """A model, what it was asked for by, and what it is called: ``models:/houses/3``."""

    uri: str
    name: str
    model: PyFuncModel


class ServedModel:
    """A model by its URI.

    Parameters
    ----------
    uri : str
        As `load_model` takes it.
    trust : bool, default False
        As in `load_model`.
    named_by : str, optional
        A file that names the model in place of `uri`; while it is followed, another name in it exchanges the model.
    place : str, optional
        Where it is served, for the lineage of registered versions.

    Notes
    -----
    A request is answered by the model that was there when its turn came. Requests may come from any thread, one at a time.
    """

    def __init__(self, uri: str, *, trust: bool = False, named_by: str | None = None, place: str = "") -> None:
        self._given, self._named_by, self._trust, self._place = uri, named_by, trust, place
        self._take(self._load(*self._version()))
        self._noted: set[tuple[type, str, int]] = set()
        self._ended = threading.Event()

    @property
    def uri(self) -> str:
        """What the model is asked for by."""
        return self._given if self._named_by is None else Path(self._named_by).read_text(encoding="utf-8")

    @property
    def name(self) -> str:
        """What answers now: the version where the URI names a stage or an alias."""
        return self._loaded.name

    @property
    def model(self) -> PyFuncModel:
        """The model itself."""
        return self._loaded.model

    def score(self, kind: str, body: bytes, seen: Seen | None = None) -> bytes:
        """The answer to a request of one of the media types of `read_request`; what is worth a log goes into `seen`.

        Raises
        ------
        Refusal
            The request cannot be read, does not fit the model, or the model cannot answer it.
        """
        loaded = self._loaded
        model = loaded.model
        try:
            data, params = read_request(kind, body, model.metadata.get_input_schema())
        except MlflowException as error:
            raise Refusal("BAD_REQUEST", error.message) from error
        if seen is not None:
            seen.name, seen.known, seen.data = loaded.name, input_names(model.metadata.get_input_schema()), beginning(data)  # before the model changes it
        try:
            predictions = model.predict(data, params)
            found = answer(predictions)
        except MlflowException as error:
            raise Refusal(error.error_code, error.message) from error
        except (Exception, SystemExit) as error:  # whatever a model does with a stranger's data; the log has the rest
            self._note(error)
            raise Refusal("BAD_REQUEST", f"The model failed: {type(error).__name__}: {error}"[:1000]) from error
        if seen is not None:
            seen.predictions, seen.size = beginning(predictions), len(body) + len(found)
        return found

    def _note(self, error: BaseException) -> None:
        """Where the model failed, in full once for each place: who sends bad rows all day does not fill the disk."""
        *_, (frame, line) = traceback.walk_tb(error.__traceback__)
        place = type(error), frame.f_code.co_filename, line
        _log.warning("The model failed: %.500r", error, exc_info=place not in self._noted)
        self._noted.add(place)

    def follow(self, every: float) -> None:
        """Look every so many seconds which version the URI means now, in a thread; exchange the model when it is another."""
        threading.Thread(target=self._follow, args=(every,), name="mlops-follow", daemon=True).start()

    def end(self) -> None:
        """Follow no longer."""
        self._ended.set()

    def _follow(self, every: float) -> None:
        refused: object = None
        unknown: object = None
        again = 0.0
        while not self._ended.wait(every):
            asked = self._asked()
            try:
                uri, name = self._version()
            except Exception as error:  # the registry does not answer: the old one does, and that is said once
                if unknown != (asked, type(error)):
                    self._warn(error)
                unknown = asked, type(error)
                continue
            if unknown:
                _log.warning("%s is known again: %s.", uri, name)
                unknown = None
            if (uri, name) == (self._loaded.uri, self._loaded.name):
                refused = None
            elif refused != (asked, name) or time.monotonic() > again:
                refused, again = (asked, name), time.monotonic() + _AGAIN_S  # unless it loads
                try:
                    self._exchange(uri, name)
                    _log.warning("%s is %s from now on.", uri, name)
                except Exception as error:  # the new version cannot be loaded, or not predict: the old one answers
                    self._warn(error)

    def _warn(self, error: Exception) -> None:
        _log.warning("%s is still %s: %s", self._loaded.uri, self._loaded.name, error)

    def _asked(self) -> float:
        """When the model was named, in seconds since the epoch: the same name again is another try."""
        with contextlib.suppress(OSError):
            return os.path.getmtime(self._named_by) if self._named_by else 0.0
        return 0.0

    def _version(self) -> tuple[str, str]:
        uri = self.uri
        return uri, uri if _NUMBERED.fullmatch(uri) else version_uri(uri)

    def _load(self, uri: str, name: str) -> _Loaded:
        return _Loaded(uri, name, load_model(name, trust=self._trust))

    def _exchange(self, uri: str, name: str) -> None:
        """A function of its own, after which nothing holds a model that failed."""
        loaded = self._load(uri, name)
        _try(loaded)
        self._take(loaded)

    def _take(self, loaded: _Loaded) -> None:
        """Answer by it from now on."""
        note_served(loaded.name, self._place)
        self._loaded = loaded

    def told(self) -> dict[str, Any]:
        """What a page or a client may know of it."""
        return {"model": self.name, "uri": self._loaded.uri, "run_id": self.model.metadata.run_id}


def _try(loaded: _Loaded) -> None:
    """Let a model predict its own input example, where it has one, before it answers anyone.

    Raises
    ------
    InvalidState
        It cannot.
    """
    try:
        data, params = split_params(loaded.model.metadata.load_input_example(loaded.name))
    except MlflowException:  # no file of it, or one that cannot be read: that says nothing of the model
        return
    if data is None:
        return
    try:
        loaded.model.predict(data, params)
    except (Exception, SystemExit) as error:  # the model's own code
        raise InvalidState(f"{loaded.name} fails on its own input example: {type(error).__name__}: {error}"[:_MOST_TOLD]) from error
