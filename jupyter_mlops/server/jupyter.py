"""The Jupyter Server extension: the endpoints behind Jupyter's own log-in, and one store for its kernels and its panel."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable
from typing import Any

import msgspec
from jupyter_server.base.handlers import APIHandler
from jupyter_server.utils import ensure_async, url_path_join
from tornado.web import HTTPError, authenticated

from jupyter_mlops.entities.uris import without_credentials
from jupyter_mlops.entities.variables import SERVER_STORE, SERVER_VERSION
from jupyter_mlops.errors import InvalidParameter, MlflowException, NotFound
from jupyter_mlops.server.calls import called
from jupyter_mlops.server.rest.endpoints import find
from jupyter_mlops.server.rest.requests import Request
from jupyter_mlops.server.workers.pools import Workers
from jupyter_mlops.storage.base import Store
from jupyter_mlops.storage.http.addresses import is_server
from jupyter_mlops.storage.locate import (
    DEFAULT_NAME,
    STORE_VARIABLES,
    data_folder,
    known_stores,
    locate_key,
)
from jupyter_mlops.storage.opened import location_of, open_store
from jupyter_mlops.version import __version__
from jupyter_mlops.views.scripts import plotly_script, plotly_version

__all__ = ["EndpointHandler", "PlotlyHandler", "StoresHandler"]

_SETTING, _WORKERS = "jupyter_mlops_store", "jupyter_mlops_workers"


class GuardedHandler(APIHandler):
    """Asks Jupyter's authorizer, which may allow somebody to read and not to write."""

    async def require(self, action: str) -> None:
        """403 unless the user may `action` ("read" or "write") here."""
        allowed = self.authorizer.is_authorized(self, self.current_user, action, "jupyter_mlops")
        if not await ensure_async(allowed):
            raise HTTPError(403)


class StoresHandler(GuardedHandler):
    """The stores that may be asked for."""

    @authenticated
    async def get(self) -> None:
        """``stores``."""
        await self.require("read")
        default = await asyncio.to_thread(open_store, self.settings[_SETTING])
        stores = {default.key: default.uri, **known_stores()}
        there = [
            {"key": key, "location": path} for key, path in stores.items() if key == default.key or is_server(path) or os.path.exists(path)
        ]
        self.finish({"version": __version__, "plotly": plotly_version(), "default": default.key, "stores": there})


class PlotlyHandler(GuardedHandler):
    """plotly.js of the installed plotly package, for the browser to keep."""

    @authenticated
    async def get(self) -> None:
        """``plotly.js?v=<version>``."""
        await self.require("read")
        script = await asyncio.to_thread(plotly_script)
        if script is None:
            raise HTTPError(404)
        self.set_header("Cache-Control", "private, max-age=31536000, immutable")
        self.set_header("X-Content-Type-Options", "nosniff")
        self.finish(script, set_content_type="text/javascript")


class EndpointHandler(GuardedHandler):
    """Every endpoint of the table."""

    @authenticated
    async def get(self, path: str) -> None:
        """A GET of the table."""
        given = {name: [one.decode("utf-8", "replace") for one in values] for name, values in self.request.query_arguments.items()}
        arguments = {name: texts if len(texts) > 1 else texts[0] for name, texts in given.items()}
        await self._answer("GET", path, arguments)

    @authenticated
    async def post(self, path: str) -> None:
        """A POST of the table."""
        await self._answer("POST", path, None)

    @authenticated
    async def patch(self, path: str) -> None:
        """A PATCH of the table."""
        await self._answer("PATCH", path, None)

    @authenticated
    async def delete(self, path: str) -> None:
        """A DELETE of the table."""
        await self._answer("DELETE", path, None)

    async def _answer(self, method: str, path: str, arguments: dict[str, Any] | None) -> None:
        await self.require("write" if _writes(method, path) else "read")
        key, user, body = self.get_query_argument("store", None), self._user(), self.request.body
        default, workers = self.settings[_SETTING], self.settings[_WORKERS]

        def request() -> Request:
            return Request(_store(key, default), _body(body) if arguments is None else arguments, user, workers=workers)

        status, answer = await called(method, path, request)  # the store may make us wait
        self.set_status(status)
        if isinstance(answer, bytes):
            self.set_header("X-Content-Type-Options", "nosniff")
            self.finish(answer, set_content_type="application/octet-stream")
        else:
            self.finish(msgspec.json.encode(answer))

    def _user(self) -> str:
        """Who asks; with a token alone Jupyter makes up a name for each browser, and the server's own user is meant."""
        user = self.current_user
        made_up = str(getattr(user, "name", "")).startswith("Anonymous ")
        return "" if made_up else str(getattr(user, "username", "") or "")


def _writes(method: str, path: str) -> bool:
    try:
        return find(method, path)[0].writes
    except NotFound:  # which is what will be answered
        return False


def _store(key: str | None, default: str) -> Store:
    store = open_store(default)
    return store if key in (None, store.key) else open_store(locate_key(str(key)))


def _body(data: bytes) -> dict[str, Any]:
    try:
        return msgspec.json.decode(data or b"{}", type=dict[str, Any])
    except msgspec.MsgspecError as error:
        raise InvalidParameter(f"The body is not a JSON object: {error}.") from None


def _choose_store(root: str, warn: Callable[..., None]) -> str:
    """The store of this server: what the environment says, else one in its root folder, else one in the data folder.

    What the environment says is made absolute there, for kernels that run in other folders.
    """
    for name in STORE_VARIABLES:
        if wish := os.environ.get(name):
            try:
                place = location_of(wish)
            except MlflowException as error:
                warn("jupyter_mlops: %s is %s, which the panel cannot show. %s", name, without_credentials(wish), error)
                break
            if not is_server(place):  # an address may hold what lets kernels in
                os.environ[name] = place
            return place
    return os.path.join(root if os.access(root, os.W_OK) else data_folder(), DEFAULT_NAME)


def _make_workers(warn: Callable[..., None]) -> Workers | None:
    """What runs models for pages; None where the environment says what cannot be."""
    try:
        return Workers()
    except MlflowException as error:
        warn("jupyter_mlops runs no models for pages: %s", error)
        return None


def _load_jupyter_server_extension(app: Any) -> None:
    """Add the routes to a Jupyter server, and tell the kernels that it starts which store is meant.

    Parameters
    ----------
    app : jupyter_server.serverapp.ServerApp
    """
    web = app.web_app
    store = web.settings[_SETTING] = _choose_store(os.path.expanduser(app.root_dir), app.log.warning)
    web.settings[_WORKERS] = _make_workers(app.log.warning)
    SERVER_STORE.set(store)
    SERVER_VERSION.set(__version__)
    base = url_path_join(web.settings["base_url"], "jupyter-mlops")
    web.add_handlers(
        ".*$",
        [
            (url_path_join(base, "stores"), StoresHandler),
            (url_path_join(base, "plotly.js"), PlotlyHandler),
            (url_path_join(base, "(changes|views/.+|actions/.+|api/.+)"), EndpointHandler),
        ],
    )
    app.log.info("jupyter_mlops keeps runs in %s", store)
