"""The page of the stand-alone server: its file, what that loads, and nothing of the store."""

from __future__ import annotations

import asyncio
import functools
import gzip
import importlib.resources
import mimetypes
from collections.abc import Callable
from urllib.parse import quote

from starlette.requests import Request as WebRequest
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.routing import Route

from jupyter_mlops.errors import NotFound
from jupyter_mlops.server.settings import Settings
from jupyter_mlops.views.scripts import plotly_script, plotly_version

__all__ = ["page_routes"]

_FOLDER = importlib.resources.files("jupyter_mlops.server") / "page"
_LASTING = "private, max-age=31536000, immutable"  # an address of its own for each content
_ANCESTORS = {"SAMEORIGIN": "'self'", "DENY": "'none'", "NONE": "*"}
_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; connect-src 'self'; "
    "font-src 'self'; base-uri 'none'; form-action 'self'"
)
_UNBUILT = "The page is not built: jlpm install && jlpm build:prod in labextension/. All else of this server works."


def page_routes(settings: Settings, guarded: Callable[..., Callable[..., object]]) -> list[Route]:
    """The routes of the page, each behind the checks that `guarded` puts before a handler.

    Anybody may have the page, which asks who asks before it shows anything; the rest of its requests are those of any client.
    """
    policy = f"{_POLICY}; frame-ancestors {_ANCESTORS[settings.frame_options]}"

    async def index(request: WebRequest) -> Response:
        """The page itself, which no browser keeps."""
        if not (_FOLDER / "index.html").is_file():
            return PlainTextResponse(_UNBUILT, 503)
        headers = {"Cache-Control": "no-store", "Content-Security-Policy": policy}
        return await _answer(request, "index.html", headers)

    return [
        Route("/", guarded(index, is_open=True)), Route("/assets/{name}", guarded(_asset, is_open=True)),
        Route("/plotly.js", guarded(_plotly)),
    ]  # fmt: skip


async def _asset(request: WebRequest) -> Response:
    name = request.path_params["name"]
    folder = _FOLDER / "assets"
    if not folder.is_dir() or name not in {one.name for one in folder.iterdir()}:
        raise NotFound(f"The page has no {name!r:.100}.")
    return await _answer(request, f"assets/{name}", {"Cache-Control": _LASTING})


async def _plotly(request: WebRequest) -> Response:
    """plotly.js of the version that is installed; without a version the way to it."""
    version = plotly_version()
    if request.query_params.get("v") != version:
        return RedirectResponse(f"plotly.js?v={quote(version)}", 307, {"Cache-Control": "no-store"})
    return await _answer(request, "plotly.js", {"Cache-Control": _LASTING})


async def _answer(request: WebRequest, name: str, headers: dict[str, str]) -> Response:
    is_packed = name != "index.html" and "gzip" in request.headers.get("accept-encoding", "")
    content = await asyncio.to_thread(_packed if is_packed else _content, name)
    if is_packed:
        headers["Content-Encoding"] = "gzip"
    headers |= {"Vary": "Accept-Encoding", "X-Content-Type-Options": "nosniff", "Referrer-Policy": "no-referrer"}
    return Response(content, headers=headers, media_type=mimetypes.guess_type(name)[0])


def _content(name: str) -> bytes:
    if name == "plotly.js":
        script = plotly_script()
        if script is None:
            raise NotFound("The installed plotly package has no plotly.js.")
        return script
    return _FOLDER.joinpath(*name.split("/")).read_bytes()


@functools.lru_cache(8)
def _packed(name: str) -> bytes:
    """Compressed once: the content of a name does not change."""
    return gzip.compress(_content(name), 6)
