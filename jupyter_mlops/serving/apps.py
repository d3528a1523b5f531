"""A scoring server's application: MLflow's protocol, with bounds."""

from __future__ import annotations

import asyncio
import contextlib
import functools
import hmac
import time
from collections.abc import AsyncIterator, Awaitable, Callable

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect
from starlette.requests import Request as WebRequest
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from jupyter_mlops.data.columns import input_names
from jupyter_mlops.errors import MlflowException, NotAuthenticated
from jupyter_mlops.server.answers import JSON, refusal
from jupyter_mlops.server.guards import require_allowed
from jupyter_mlops.server.intakes import body_pieces
from jupyter_mlops.serving.meters import Meters
from jupyter_mlops.serving.openapi import document
from jupyter_mlops.serving.request_logs import RequestLog
from jupyter_mlops.serving.requests import MEDIA_TYPES, media_type
from jupyter_mlops.serving.served_models import Refusal, Seen, ServedModel
from jupyter_mlops.serving.settings import Settings
from jupyter_mlops.serving.turns import Full, Turns

__all__ = ["MLFLOW_VERSION", "make_app"]

MLFLOW_VERSION = "2.22.0"  # what `/version` says: the newest of MLflow whose protocol this is
_JSON = "application/json"
_PROMETHEUS = "text/plain; version=0.0.4; charset=utf-8"
_Handler = Callable[[WebRequest], Awaitable[Response]]


def make_app(settings: Settings) -> Starlette:
    """The application of one process; its model is loaded before it listens."""
    scoring = _Scoring(settings)
    is_open = {"/ping": _ping, "/health": _ping, "/version": _version}
    guarded = {"/metrics": scoring.metrics, "/openapi.json": scoring.openapi, "/model": scoring.model}
    routes = [
        Route("/invocations", scoring.invocations, methods=["POST"]),
        *(Route(path, function) for path, function in is_open.items()),
        *(Route(path, scoring.guarded(function)) for path, function in guarded.items()),
    ]
    return Starlette(routes=routes, lifespan=scoring.living, exception_handlers={HTTPException: _unrouted})  # type: ignore[dict-item]


async def _ping(_: WebRequest) -> Response:
    return Response("\n", media_type=_JSON)


async def _version(_: WebRequest) -> Response:
    return PlainTextResponse(MLFLOW_VERSION)


async def _unrouted(_: WebRequest, error: HTTPException) -> Response:
    answer = refusal(error.status_code, "ENDPOINT_NOT_FOUND", f"{error.detail}: this server predicts by POST /invocations, as /openapi.json describes.")
    answer.headers.update(error.headers or {})
    return answer


class _Scoring:
    """The model, and how it is asked."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._served = ServedModel(settings.model_uri, trust=settings.trust, named_by=settings.named_by, place=settings.place)
        self._turns = Turns(settings.most_waiting)
        self._meters = Meters()
        known = input_names(self._served.model.metadata.get_input_schema())
        self._log = RequestLog(settings.log, settings.log_without, self._served.name, known) if settings.log else None

    @contextlib.asynccontextmanager
    async def living(self, _: Starlette) -> AsyncIterator[None]:
        """From the first request to the last."""
        if self._settings.follow or self._settings.named_by:
            self._served.follow(self._settings.follow_every)
        yield
        self._served.end()
        if self._log is not None:
            await asyncio.to_thread(self._log.end)

    async def invocations(self, request: WebRequest) -> Response:
        """Predictions for what the body holds."""
        began = time.perf_counter()
        seen = Seen(self._served.name) if self._log is not None and self._log.wants_one() else None
        with self._meters.waiting.track_inprogress():
            answer = await self._answered(request, seen)
        seconds = time.perf_counter() - began
        self._meters.count(answer.status_code, seconds)
        if self._log is not None and seen is not None:
            self._log.add(seen, answer.status_code, seconds)
        return answer

    async def _answered(self, request: WebRequest, seen: Seen | None) -> Response:
        try:
            self._require_allowed(request)
            kind = media_type(request.headers.get("content-type"))
            if kind is None:
                return PlainTextResponse(f"Content-Type is one of {', '.join(MEDIA_TYPES)}, in UTF-8.\n", 415)
            length = request.headers.get("content-length", "")
            size = min(int(length), self._settings.most_body) if length.isdecimal() and len(length) < 20 else self._settings.most_body
            with self._turns.place(size):
                body = b"".join([piece async for piece in body_pieces(request, self._settings.most_body)])
                found = await self._turns.take(functools.partial(self._served.score, kind, body, seen), self._settings.timeout)
            return Response(found, media_type=_JSON)
        except Full:
            return _later(503, "As many requests wait as may: try again.", "TEMPORARILY_UNAVAILABLE")
        except Refusal as error:
            return refusal(400, error.code, str(error))
        except TimeoutError:
            return refusal(504, "DEADLINE_EXCEEDED", f"The prediction took more than {self._settings.timeout:g} s.")
        except ClientDisconnect:
            return refusal(400, "BAD_REQUEST", "The sender went before all was there.")
        except MlflowException as error:
            return refusal(error.get_http_status_code(), error.error_code, error.message)

    def _require_allowed(self, request: WebRequest) -> None:
        require_allowed(request.method, request.headers, self._settings.allowed_hosts, ())
        if self._settings.token:
            scheme, _, given = request.headers.get("authorization", "").partition(" ")
            if scheme.lower() != "bearer" or not hmac.compare_digest(given.strip().encode(), self._settings.token.encode()):
                raise NotAuthenticated("This server wants a token: send Authorization: Bearer <token>.")

    def guarded(self, function: _Handler) -> _Handler:
        """The function for those who may ask."""

        async def checked(request: WebRequest) -> Response:
            try:
                self._require_allowed(request)
                return await function(request)
            except MlflowException as error:
                return refusal(error.get_http_status_code(), error.error_code, error.message)

        return checked

    async def openapi(self, _: WebRequest) -> Response:
        """What may be asked, with the model's own columns and example."""
        return JSON(await asyncio.to_thread(document, self._served))

    async def metrics(self, _: WebRequest) -> Response:
        """What was counted, for Prometheus."""
        return Response(await asyncio.to_thread(self._meters.text), media_type=_PROMETHEUS)

    async def model(self, _: WebRequest) -> Response:
        """Which version answers."""
        return JSON(self._served.told())


def _later(status: int, message: str, code: str) -> Response:
    answer = refusal(status, code, message)
    answer.headers["Retry-After"] = "1"
    return answer
