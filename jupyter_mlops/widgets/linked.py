"""The base of views that the page and Python share."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

from traitlets import HasTraits

from jupyter_mlops.entities.clock import now_ms
from jupyter_mlops.entities.ids import new_id
from jupyter_mlops.storage.base import Store

__all__ = ["LinkedView"]


class LinkedView(HasTraits):
    """Traits named in `shared` follow the page, and the page follows them.

    Attributes
    ----------
    view_id : str
        Id of the view, the same in the notebook's file and in every tab that shows it.
    shared : tuple of str
        Names of the traits that are part of the page's state.

    Notes
    -----
    Messages of the page arrive in a thread of the kernel; a change is sent to every page but the one that it came from.
    """

    shared: tuple[str, ...] = ()

    def __init__(self, **traits: Any) -> None:
        super().__init__(**traits)
        self.view_id = new_id()
        self._pages: dict[str, Callable[..., None]] = {}
        self._origin = threading.local()
        self.observe(self._tell, list(self.shared))

    def page_state(self) -> dict[str, Any]:
        """The whole state as the page has it."""
        return {name: getattr(self, name) for name in self.shared}

    def as_view(self, view: str, store: Store, snapshot: Any, **more: Any) -> dict[str, Any]:
        """What the page draws, also from the notebook's file; `more` is what only this kind of view has."""
        return {
            "view": view, "id": self.view_id, "store": store.key, "store_name": store.uri.rpartition("/")[2],
            "state": self.page_state(), "snapshot": snapshot, "saved_at": now_ms(), **more,
        }  # fmt: skip

    def connect(self, page: str, send: Callable[..., None]) -> None:
        """A page shows this view."""
        self._pages[page] = send

    def disconnect(self, page: str) -> None:
        """A page is gone."""
        self._pages.pop(page, None)

    def send(self, page: str, message: dict[str, Any], buffers: list[bytes] | None = None) -> None:
        """Send to one page, if it is still there."""
        if page in self._pages:
            self._pages[page](message, **({"buffers": buffers} if buffers else {}))

    def take_state(self, state: dict[str, Any], page: str) -> None:
        """Take over what changed on a page; what is not valid is ignored and the page told what holds."""
        self._origin.page = page
        try:
            for name in self.shared:
                if name in state:
                    setattr(self, name, state[name])
        except Exception:  # whatever a page sent
            self.send(page, {"state": self.page_state()})
        finally:
            self._origin.page = None

    def _tell(self, change: Any) -> None:
        origin = getattr(self._origin, "page", None)
        for page, send in list(self._pages.items()):
            if page != origin:
                send({"state": {change["name"]: change["new"]}})

    def answer(self, method: str, parameters: dict[str, Any]) -> Any:
        """Data that the page asks for when no server can give it; bytes travel as they are."""
        raise NotImplementedError
