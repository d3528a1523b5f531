"""The base of views that the page and Python share."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

from anywidget import AnyWidget
from ipywidgets import ValueWidget
from traitlets import Unicode, default, link

from jupyter_mlops.entities.clock import now_ms
from jupyter_mlops.entities.ids import new_id
from jupyter_mlops.storage.base import Store
from jupyter_mlops.views.formats.bundles import VERSION, bundle, is_plain
from jupyter_mlops.views.scripts import loader_script
from jupyter_mlops.widgets.hosts import wants_widgets
from jupyter_mlops.widgets.links import announce, hear

__all__ = ["LinkedView"]

_WIDGET_VIEW = "application/vnd.jupyter.widget-view+json"


class LinkedView(AnyWidget, ValueWidget):  # type: ignore[misc]
    """Traits named in `shared` follow the page, and the page follows them.

    It is a widget like any other, for ``VBox``, ``observe``, ``link`` and ``interact``. Where the page has a front end of ours,
    that draws it and no widget is made; else, or in a container, its comm opens when somebody asks for `model_id`.

    Attributes
    ----------
    view_id : str
        Id of the view, the same in the notebook's file and in every tab that shows it.
    shared : tuple of str
        Names of the traits that are part of the page's state.
    value : Any
        The trait called `value_is`, for ``interact``.

    Notes
    -----
    Messages of the page arrive in a thread of the kernel; a change is sent to every page but the one that it came from.
    """

    shared: tuple[str, ...] = ()
    value_is = ""
    _esm = Unicode().tag(sync=True)

    def __init__(self, **traits: Any) -> None:
        self.view_id = new_id()
        self._pages: dict[str, Callable[..., None]] = {}
        self._origin = threading.local()
        super().__init__(**traits)
        self.observe(self._tell, list(self.shared))
        self.on_msg(hear)
        if self.value_is:
            link((self, self.value_is), (self, "value"))

    @default("_esm")
    def _loader(self) -> str:
        return loader_script()

    def open(self) -> None:
        """Nothing yet: most pages have a front end of ours and need no widget."""

    @property
    def model_id(self) -> str:
        """The id by which pages and containers find the widget, whose comm opens now."""
        if self.comm is None:
            super().open()
        return str(self.comm.comm_id)

    def page_state(self) -> dict[str, Any]:
        """The whole state as the page has it."""
        return {name: getattr(self, name) for name in self.shared}

    def as_view(self, view: str, store: Store, snapshot: Any, **more: Any) -> dict[str, Any]:
        """What the page draws, also from the notebook's file; `more` is what only this kind of view has."""
        return {
            "view": view, "id": self.view_id, "store": store.key, "store_name": store.uri.rpartition("/")[2],
            "state": self.page_state(), "snapshot": snapshot, "saved_at": now_ms(), **more,
        }  # fmt: skip

    def forms(self) -> tuple[dict[str, Any], str, str]:
        """The view as the page draws it, as HTML and as text."""
        raise NotImplementedError

    def page_bundle(self) -> dict[str, Any]:
        """What the notebook's file would hold of it, for a page that was only told its id."""
        return {"version": VERSION, **self.forms()[0]}

    def _repr_mimebundle_(self, **_: Any) -> Any:
        forms = bundle(*self.forms())
        if is_plain():
            return forms
        announce(self)
        if not wants_widgets():
            return forms
        shown = super()._repr_mimebundle_()
        return forms if shown is None else ({_WIDGET_VIEW: shown[0][_WIDGET_VIEW], **forms}, shown[1])

    def connect(self, page: str, send: Callable[..., None]) -> None:
        """A page shows this view."""
        self._pages[page] = send

    def disconnect(self, page: str) -> None:
        """A page is gone."""
        self._pages.pop(page, None)

    def send_to(self, page: str, message: dict[str, Any], buffers: list[bytes] | None = None) -> None:
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
            self.send_to(page, {"state": self.page_state()})
        finally:
            self._origin.page = None

    def _tell(self, change: Any) -> None:
        origin = getattr(self._origin, "page", None)
        for page, send in list(self._pages.items()):
            if page != origin:
                send({"state": {change["name"]: change["new"]}})

    def answer(self, method: str, parameters: dict[str, Any]) -> Any:
        """Data that the page asks for when no server can give it."""
        raise NotImplementedError
