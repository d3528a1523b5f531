"""What all requests and answers of the stand-alone server have in common: an id, headers, a line in the log, and an answer.

Pages of other origins are told here whether they may read; whether they may change something is decided in `guards`.
"""

from __future__ import annotations

import logging
import re
import time
from collections.abc import Callable

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import ClientDisconnect
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from jupyter_mlops.entities.ids import new_id
from jupyter_mlops.server.answers import refusal
from jupyter_mlops.server.guards import is_allowed_host
from jupyter_mlops.server.logs import note_request
from jupyter_mlops.server.meters import Meters
from jupyter_mlops.server.settings import Settings

__all__ = ["METHODS", "Envelope"]

METHODS = "GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS"
_ID = re.compile(r"[\w.\-]{1,64}", re.ASCII)
_MOST_AT_ONCE = 512
_MAY_SEND = "Authorization, Content-Type, Content-Digest, Repr-Digest, X-Checksum-Sha256, Range, If-Range, X-Request-Id, Last-Event-ID, X-CSRF-Token"
_MAY_READ = "X-Request-Id, Content-Disposition, Content-Range, ETag, Repr-Digest, Retry-After, Location"
_STREAMS = ("/events",)
_log = logging.getLogger(__name__)


class Envelope:
    """The application within, and around it what each request passes.

    Parameters
    ----------
    app : ASGI application
    settings : Settings
    named : callable
        Endpoint of an answered request, of a table that does not grow.
    meters : Meters
    """

    def __init__(self, app: ASGIApp, settings: Settings, named: Callable[[Scope], str], meters: Meters) -> None:
        self._app, self._settings, self._named, self._meters = app, settings, named, meters
        self._headers = _always(settings)
        self._json_headers = [*self._headers, (b"cache-control", b"no-store")]
        self._at_once = 0
        meters.at_once.set_function(lambda: self._at_once)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return await self._app(scope, receive, send)
        headers, began, sent = Headers(scope=scope), time.perf_counter(), _Sent()
        request_id = given if _ID.fullmatch(given := headers.get("x-request-id", "")) else new_id()
        state = scope.setdefault("state", {})

        async def send_on(message: Message) -> None:
            if message["type"] == "http.response.start":
                sent.status, sent.ms = message["status"], (time.perf_counter() - began) * 1000
                self._complete(message, headers.get("origin"), request_id, is_cut="is_cut" in state)
            else:
                sent.size += len(message.get("body", b""))
            await send(message)

        self._at_once += 1
        try:
            answer = self._at_the_door(scope, headers) or self._app
            await answer(scope, receive, send_on)
        except ClientDisconnect:
            sent.status = 499  # in the midst of its body: nobody waits for an answer
        except Exception:
            _log.exception("Request %s failed", request_id)
            if sent.status:
                raise  # which cuts the connection: what was begun cannot be ended well
            await refusal(500, "INTERNAL_ERROR", "The server failed; its log says why.")(scope, receive, send_on)
        finally:
            self._at_once -= 1
            user = getattr(state.get("caller"), "user", "")
            endpoint = self._named(scope)
            self._meters.count(endpoint, scope["method"], sent.status, sent.ms / 1000, sent.size)
            note_request(
                method=scope["method"][:10], endpoint=endpoint, status=sent.status, ms=sent.ms, user=user, size=sent.size,
                request_id=request_id, is_slow="artifact" not in endpoint and endpoint not in _STREAMS,
            )  # fmt: skip

    def _at_the_door(self, scope: Scope, headers: Headers) -> Response | None:
        """The answer to a request that goes no further."""
        if self._at_once > _MOST_AT_ONCE:
            busy = refusal(429, "REQUEST_LIMIT_EXCEEDED", f"More than {_MOST_AT_ONCE} requests at once: try again.")
            busy.headers["Retry-After"] = "1"
            return busy
        if scope["method"] != "OPTIONS":
            return None
        if not is_allowed_host(headers.get("host", ""), self._settings.allowed_hosts):
            return refusal(403, "PERMISSION_DENIED", "This server is not asked by that name; --allowed-hosts says by which it is.")
        if "origin" not in headers or "access-control-request-method" not in headers:
            return Response(status_code=204, headers={"Allow": METHODS})
        if not self._is_allowed(headers["origin"]):
            return refusal(403, "PERMISSION_DENIED", "Pages of that origin may not ask; --cors-allowed-origins says which may.")
        allowed = {"Access-Control-Allow-Methods": METHODS, "Access-Control-Allow-Headers": _MAY_SEND, "Access-Control-Max-Age": "600"}
        return Response(status_code=204, headers=allowed)

    def _is_allowed(self, origin: str) -> bool:
        return not {"*", origin}.isdisjoint(self._settings.allowed_origins)

    def _complete(self, message: Message, origin: str | None, request_id: str, *, is_cut: bool) -> None:
        given = message["headers"]
        names = {name for name, _ in given}
        always = self._json_headers if (b"content-type", b"application/json") in given else self._headers
        message["headers"] = [*given, *(one for one in always if one[0] not in names), (b"x-request-id", request_id.encode())]
        if is_cut or self._settings.allowed_origins:
            self._complete_some(MutableHeaders(scope=message), origin, is_cut=is_cut)

    def _complete_some(self, headers: MutableHeaders, origin: str | None, *, is_cut: bool) -> None:
        if is_cut:
            headers["Connection"] = "close"
        if self._settings.allowed_origins:
            headers.add_vary_header("Origin")
        if origin is not None and self._is_allowed(origin):
            is_named = origin in self._settings.allowed_origins
            headers["Access-Control-Allow-Origin"] = origin if is_named else "*"
            if is_named:  # any page whatever may never use what a browser knows
                headers["Access-Control-Allow-Credentials"] = "true"
            headers["Access-Control-Expose-Headers"] = _MAY_READ


def _always(settings: Settings) -> list[tuple[bytes, bytes]]:
    """Headers of all answers that have no other of that name."""
    framed = [] if settings.frame_options == "NONE" else [(b"x-frame-options", settings.frame_options.encode())]
    return [(b"x-content-type-options", b"nosniff"), (b"referrer-policy", b"same-origin"), *framed]


class _Sent:
    """What of an answer is away."""

    def __init__(self) -> None:
        self.status, self.size, self.ms = 0, 0, 0.0
