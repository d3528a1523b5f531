"""What all routes under Jupyter have in common: who asks, what they may, and how errors are told."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, ClassVar, ParamSpec, TypeVar

import msgspec
from jupyter_server.base.handlers import APIHandler
from jupyter_server.utils import ensure_async
from tornado.web import HTTPError

from jupyter_mlops.entities.authors import ORIGIN
from jupyter_mlops.errors import MlflowException
from jupyter_mlops.server.jupyter.protocols import PROTOCOL
from jupyter_mlops.server.jupyter.stores import ServedStores
from jupyter_mlops.server.rest.endpoints import error_answer
from jupyter_mlops.server.rest.requests import Request
from jupyter_mlops.version import __version__

__all__ = ["RESOURCE", "SETTING", "GuardedHandler"]

RESOURCE = "jupyter_mlops"  # what Jupyter's authorizer is asked about
SETTING = "jupyter_mlops"
P = ParamSpec("P")
T = TypeVar("T")


class GuardedHandler(APIHandler):
    """A route of ours: Jupyter's log-in and XSRF check come before it, then Jupyter's authorizer is asked.

    The authorizer may allow somebody to "read" and not to "write" `RESOURCE`.
    """

    auth_resource: ClassVar[str] = RESOURCE

    def set_default_headers(self) -> None:
        """Every answer says which version gave it: it may come to a page that was there before the server."""
        super().set_default_headers()
        self.set_header("Jupyter-Mlops-Version", __version__)
        self.set_header("Jupyter-Mlops-Protocol", str(PROTOCOL))

    @property
    def stores(self) -> ServedStores:
        """The stores of this server."""
        served: ServedStores = self.settings[SETTING]
        return served

    async def require(self, action: str, resource: str = RESOURCE) -> None:
        """403 unless the user may `action` ("read" or "write") what is here, or another of Jupyter's resources."""
        allowed = self.authorizer.is_authorized(self, self.current_user, action, resource)
        if not await ensure_async(allowed):
            raise HTTPError(403)

    async def in_thread(self, function: Callable[P, T], *given: P.args, **named: P.kwargs) -> T:
        """What a function returns, asked of the store that the request names."""
        return await self.stores.threads.call(self.get_query_argument("store", ""), function, *given, **named)

    def asked(self, arguments: dict[str, Any]) -> Request:
        """The request as endpoints see it. It may wait: for a thread."""
        store = self.stores.find(self.get_query_argument("store", None))
        return Request(store, arguments, self.user(), origin=self.request.headers.get(ORIGIN, ""), workers=self.stores.workers)

    def query(self) -> dict[str, Any]:
        """What stands in the query: texts, lists of them where a name is repeated."""
        given = {name: [one.decode("utf-8", "replace") for one in values] for name, values in self.request.query_arguments.items()}
        return {name: texts if len(texts) > 1 else texts[0] for name, texts in given.items()}

    def user(self) -> str:
        """Who asks; with a token alone Jupyter makes up a name for each browser, and the server's own user is meant."""
        user = self.current_user
        made_up = str(getattr(user, "name", "")).startswith("Anonymous ")
        return "" if made_up else str(getattr(user, "username", "") or "")

    def tell(self, status: int, answer: Any) -> None:
        """Answer JSON, or bytes as they are."""
        self.set_status(status)
        if isinstance(answer, bytes):
            self.finish(answer, set_content_type="application/octet-stream")
        else:
            self.finish(msgspec.json.encode(answer))

    def write_error(self, status_code: int, **about: Any) -> None:
        """Errors of our tree as the protocol's clients read them, all others as Jupyter tells them."""
        error = about.get("exc_info", (None, None))[1]
        if isinstance(error, MlflowException):
            self.tell(*error_answer(error))
        else:
            super().write_error(status_code, **about)

    def log_exception(self, kind: Any, error: Any, trace: Any) -> None:
        """What a request is refused for is no failure of the server."""
        if not isinstance(error, MlflowException):
            super().log_exception(kind, error, trace)
