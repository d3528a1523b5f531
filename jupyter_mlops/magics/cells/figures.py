"""Figures that a cell shows, seen on their way to the front end."""

from __future__ import annotations

import base64
import contextlib
import json
from typing import Any

__all__ = ["Figures"]

_KINDS = {
    "application/vnd.plotly.v1+json": ".plotly.json",
    "image/png": ".png",
    "image/jpeg": ".jpg",
    "image/svg+xml": ".svg",
}
_MOST, _LARGEST = 10, 5_000_000


class Figures:
    """Counts the figures of one cell and keeps the last ten.

    Parameters
    ----------
    shell : InteractiveShell
        Whose outputs pass by; one without hooks shows nothing here.

    Attributes
    ----------
    count : int
    """

    def __init__(self, shell: Any) -> None:
        self.count = 0
        self._kept: dict[object, tuple[str, str]] = {}
        self._cell = _id(getattr(shell.display_pub, "parent_header", None))
        self._roads = [road for road in (shell.display_pub, shell.displayhook) if hasattr(road, "register_hook")]
        for road in self._roads:
            road.register_hook(self._see)

    def _see(self, message: dict[str, Any]) -> dict[str, Any]:
        with contextlib.suppress(Exception):  # the output reaches the user, whatever it is
            if _id(message.get("parent_header")) == self._cell:
                self._keep(message["content"])
        return message

    def _keep(self, content: dict[str, Any]) -> None:
        data = content.get("data", {})
        kind = next((kind for kind in _KINDS if kind in data), None)
        if kind is None:
            return
        key = content.get("transient", {}).get("display_id")  # shown again under its id it is the same figure
        if key is None or key not in self._kept:
            self.count += 1
            key = key or self.count
        payload = data[kind] if isinstance(data[kind], str) else json.dumps(data[kind])
        self._kept[key] = (f"{self.count:02}{_KINDS[kind]}", payload if len(payload) <= _LARGEST else "")
        if len(self._kept) > _MOST:
            del self._kept[next(iter(self._kept))]

    def close(self) -> dict[str, bytes]:
        """See nothing more; returns the figures that were kept, by file name."""
        for road in self._roads:
            road.unregister_hook(self._see)
        return {
            name: base64.b64decode(payload) if name.endswith((".png", ".jpg")) else payload.encode()
            for name, payload in self._kept.values()
            if payload
        }


def _id(header: Any) -> Any:
    """Id of the request that a message belongs to."""
    return header.get("header", header).get("msg_id") if isinstance(header, dict) else None
