"""Who asks a stand-alone server, by its web framework: headers, cookies, and the routes that log in and out.

=======================  ==========================================================================================
``GET session``          who is logged in: ``user, is_admin, auth, csrf``; 401 with ``auth`` when nobody is
``POST login``           ``{"user", "password"}`` as JSON; answers as ``session`` does and sets the cookie
``GET login?once=…``     a link that works once, as ``jupyter mlops ui`` opens it; sets the cookie and goes to the page
``POST login/link``      such a link for whoever asks by a token or password: ``{"path": "/login?once=…"}``
``POST logout``          ends the session
=======================  ==========================================================================================

The cookie is ``SameSite=Strict``: the page is a file that anybody may have, and what it asks for itself is of its own site.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import msgspec
from starlette.requests import Request as WebRequest
from starlette.responses import PlainTextResponse, RedirectResponse, Response

from jupyter_mlops.errors import InvalidParameter, MlflowException, NotAuthenticated, StoreError, TooManyAttempts
from jupyter_mlops.server.answers import JSON
from jupyter_mlops.server.arguments import read_arguments
from jupyter_mlops.server.auth.admissions import Admission, Brought
from jupyter_mlops.server.auth.authorities import Authority
from jupyter_mlops.server.auth.callers import Caller
from jupyter_mlops.server.auth.credentials import Credentials, read_credentials
from jupyter_mlops.server.auth.sessions import Session, Sessions
from jupyter_mlops.views.calls import error_message

__all__ = ["Logins"]


_log = logging.getLogger(__name__)
_MOST_WAITING = 64
_MOST_LOGIN = 16 << 10  # bytes that a stranger may have kept in memory


class _Login(msgspec.Struct, frozen=True):
    user: str
    password: str


class Logins:
    """Who is let in to a server, and the routes of that.

    Parameters
    ----------
    authority : Authority
    prefix : str
        In front of every path.

    Attributes
    ----------
    sessions : Sessions
        Who opens a page from the server's own process offers a link here: ``/login?once=`` and `Sessions.offer`.
    """

    def __init__(self, authority: Authority, prefix: str) -> None:
        self.authority, self.sessions = authority, Sessions()
        self._admission = Admission(authority, self.sessions)
        self._prefix = prefix
        self._slow = ThreadPoolExecutor(2, "mlops-login")  # passwords are made to take time: others do not wait for them
        self._waiting = 0

    async def admit(self, request: WebRequest) -> Caller:
        """Who asks; the session is noted at the request.

        Raises
        ------
        NotAuthenticated, NotPermitted, TooManyAttempts
        """
        brought = self._brought(request)
        with _hidden_files():
            if self.authority.has_passwords:
                caller, session = await asyncio.to_thread(self._admission.recognize, brought)
            else:
                caller, session = self._admission.recognize(brought)
            if caller is None:
                caller = await self._proved(read_credentials(brought.authorization), brought.address)
        request.state.caller, request.state.session = caller, session
        return caller

    async def _proved(self, credentials: Credentials | None, address: str | None) -> Caller:
        if self._waiting >= _MOST_WAITING:
            raise TooManyAttempts(1)
        self._waiting += 1
        try:
            return await asyncio.get_running_loop().run_in_executor(self._slow, self._admission.prove, credentials, address)
        finally:
            self._waiting -= 1

    async def session(self, request: WebRequest) -> Response:
        """Who is logged in."""
        return self._told(request.state.caller, request.state.session)

    async def log_in(self, request: WebRequest) -> Response:
        """Begin a session, by a password or by the secret of a link."""
        if request.method == "GET":
            return self._by_link(request)
        if request.method != "POST":  # by HEAD the query would be read, where no password stands
            raise InvalidParameter("Log in by POST, or follow a link by GET.")
        arguments = await read_arguments(request, _MOST_LOGIN)
        if isinstance(arguments, Response):
            return arguments
        try:
            given = msgspec.convert(arguments, _Login)
        except msgspec.ValidationError:  # what stands in it is nobody's business
            raise InvalidParameter('Log in with {"user": …, "password": …}; a token is the password of any user.') from None
        credentials, address = Credentials(given.user, given.password), self._brought(request).address
        with _hidden_files():
            caller = await asyncio.to_thread(self.authority.known, credentials) or await self._proved(credentials, address)
        self.sessions.end(request.cookies.get(_cookie_name(request), ""))
        cookie = self.sessions.begin(caller.user, caller.stamp)
        return self._with_cookie(request, cookie, self._told(caller, self.sessions.find(cookie)))

    def _by_link(self, request: WebRequest) -> Response:
        cookie = self.sessions.redeem(request.query_params.get("once", ""))
        if cookie is None:
            words = "This link was used already, or is older than two minutes. Open a new one: jupyter mlops ui"
            return PlainTextResponse(words, 401)
        return self._with_cookie(request, cookie, RedirectResponse(f"{self._prefix}/", 303))

    async def link(self, request: WebRequest) -> Response:
        """A link that logs whoever asks in once; not for sessions, which would live for ever by it."""
        caller: Caller = request.state.caller
        if request.state.session is not None:
            raise InvalidParameter("A link is given to a token or a password, not to a page's session.")
        return JSON({"path": f"{self._prefix}/login?once={self.sessions.offer(caller.user, caller.stamp)}"})

    async def log_out(self, request: WebRequest) -> Response:
        """End the session that asks."""
        if cookie := request.cookies.get(_cookie_name(request)):
            self.sessions.end(cookie)
        answer = JSON({})
        answer.delete_cookie(_cookie_name(request), path=f"{self._prefix}/", httponly=True, samesite="strict")
        return answer

    def refusal(self, request: WebRequest, error: MlflowException) -> Response:
        """An error as an answer; one that asks who asks says how they may say so."""
        answer = JSON(error_message(error), error.get_http_status_code())
        if isinstance(error, NotAuthenticated):
            answer = JSON({**error_message(error), "auth": self.authority.name}, 401)
            answer.headers["WWW-Authenticate"] = _challenge(request)
        if isinstance(error, TooManyAttempts):
            answer.headers["Retry-After"] = str(error.retry_after_s)
        return answer

    def _brought(self, request: WebRequest) -> Brought:
        headers = request.headers
        cookie = request.cookies.get(_cookie_name(request)) if "cookie" in headers else None
        address = request.client.host if request.client else None
        return Brought(request.method, headers.getlist("authorization"), cookie, headers.get("x-csrf-token"), address)

    def _told(self, caller: Caller, session: Session | None) -> Response:
        csrf = session.csrf if session else None
        return JSON({"user": caller.user, "is_admin": caller.is_admin, "auth": self.authority.name, "csrf": csrf})

    def _with_cookie(self, request: WebRequest, cookie: str, answer: Response) -> Response:
        secure = request.url.scheme == "https"
        answer.set_cookie(_cookie_name(request), cookie, path=f"{self._prefix}/", secure=secure, httponly=True, samesite="strict")
        answer.headers["Cache-Control"] = "no-store"
        answer.headers["Referrer-Policy"] = "no-referrer"
        return answer


@contextlib.contextmanager
def _hidden_files() -> Iterator[None]:
    """Who is nobody yet is not told where the server keeps its users."""
    try:
        yield
    except StoreError as error:
        _log.error("Nobody can log in: %s", error)
        raise MlflowException("The server cannot read its users now; its log says why.", "TEMPORARILY_UNAVAILABLE") from None


def _challenge(request: WebRequest) -> str:
    """``WWW-Authenticate`` of a 401: what a page asks for in the background must not make the browser ask for a password."""
    in_background = request.headers.get("sec-fetch-mode", "navigate") != "navigate"
    return f'{"Bearer" if in_background else "Basic"} realm="jupyter_mlops"'


def _cookie_name(request: WebRequest) -> str:
    """A name of its own for each port: browsers send the cookies of one port to all of them."""
    return f"mlops-session-{request.url.port or 'web'}"
