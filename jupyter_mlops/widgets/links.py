"""The comm target of our views: what is selected on the page is in Python, and the reverse.

The page opens two comms for each view. ipykernel handles what arrives on a comm in the subshell that last wrote on that
comm; so Python writes only on the one called ``down`` and the page only on the one called ``up``, and a click reaches
Python also while a cell runs.
"""

from __future__ import annotations

import logging
import weakref
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import comm

from jupyter_mlops.errors import MlflowException
from jupyter_mlops.views.calls import error_message
from jupyter_mlops.views.scripts import plotly_script, views_script

if TYPE_CHECKING:
    from jupyter_mlops.widgets.linked import LinkedView

__all__ = ["TARGET", "announce", "hear"]

TARGET = "jupyter_mlops"
_log = logging.getLogger(__name__)
_views: weakref.WeakValueDictionary[str, LinkedView] = weakref.WeakValueDictionary()
_is_registered = False


def announce(view: LinkedView) -> None:
    """Let the page find `view` by its id, as long as somebody holds it."""
    global _is_registered
    _views[view.view_id] = view
    if not _is_registered:
        comm.get_comm_manager().register_target(TARGET, _opened)
        _is_registered = True


def _opened(channel: Any, message: dict[str, Any]) -> None:
    data = _dict(message["content"]["data"])
    view = _views.get(str(data.get("id")))
    if view is None:
        channel.close()  # this kernel does not know the view: the page takes that for "not alive"
    elif data.get("role") == "down":
        view.connect(channel.comm_id, channel.send)
        channel.on_close(lambda _: view.disconnect(channel.comm_id))
        channel.send({"state": view.page_state()})
    else:
        down = str(data.get("with"))
        channel.on_msg(
            lambda received: _received(view, down, _dict(received["content"]["data"]), lambda *sent: view.send_to(down, *sent))
        )


def hear(view: LinkedView, content: Any, _buffers: Any) -> None:
    """A message on the widget's own comm, on which all pages talk: each says its name, and is answered by it.

    ipykernel handles it in the subshell that last wrote on this comm: once a cell has written, messages wait for the cells that run.
    """
    data = _dict(content)
    page = str(data.get("page"))

    def reply(message: dict[str, Any], buffers: list[bytes] | None = None) -> None:
        view.send({"to": page, **message}, buffers)

    if data.get("hello"):
        view.connect(page, reply)
        reply({"state": view.page_state()})
    elif data.get("bye"):
        view.disconnect(page)
    else:
        _received(view, page, data, reply)


def _dict(sent: Any) -> dict[str, Any]:
    return sent if isinstance(sent, dict) else {}


def _received(view: LinkedView, page: str, data: dict[str, Any], reply: Callable[..., None]) -> None:
    if isinstance(data.get("state"), dict):
        view.take_state(data["state"], page)
    if "ask" in data:
        answered = _answered(view, data)
        found = answered.get("data")
        if isinstance(found, bytes):
            reply({"answer": data["ask"], "bytes": True}, [found])
        else:
            reply({"answer": data["ask"], **answered})


def _answered(view: LinkedView, data: dict[str, Any]) -> dict[str, Any]:
    method, parameters = str(data.get("method")), _dict(data.get("params"))
    try:
        return {"data": _OF_ALL[method](view) if method in _OF_ALL else view.answer(method, parameters)}
    except MlflowException as error:
        return {"error": error_message(error)}
    except Exception as error:  # models run in there, and a page must not wait for an answer that never comes
        _log.exception("A view asked for what could not be answered")
        return {"error": {"error_code": "INTERNAL_ERROR", "message": str(error)}}


_OF_ALL: dict[str, Callable[[LinkedView], Any]] = {  # what the page of a widget asks, whatever view it is
    "bundle": lambda view: view.page_bundle(),
    "views.js": lambda _: views_script(),
    "plotly.js": lambda _: plotly_script() or b"",
}
