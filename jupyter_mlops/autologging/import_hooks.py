"""Something to do when a library is imported, without importing it."""

from __future__ import annotations

import logging
import sys
import threading
from collections.abc import Callable, Sequence
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec
from types import ModuleType
from typing import Any

__all__ = ["forget", "when_imported"]

_log = logging.getLogger(__name__)
_waiting: dict[str, dict[str, Callable[[ModuleType], object]]] = {}  # module, and who waits for it
_executed: set[str] = set()  # modules whose import is about to end
_thread = threading.local()


def when_imported(module: str, who: str, action: Callable[[ModuleType], object]) -> None:
    """Call `action` with a module: now if it is imported already, and after each import or reload of it to come.

    Parameters
    ----------
    module : str
        Such as ``"sklearn"``; ``"sklearn.*"`` means whatever lies below it, which is not looked for now.
    who : str
        The same one again replaces its earlier action.
    action : callable

    Notes
    -----
    What an action raises when the module is imported later is logged: the import goes well all the same.

    Examples
    --------
    >>> when_imported("json", "me", lambda module: print(module.__name__))
    json
    >>> forget("me")
    """
    _waiting.setdefault(module, {})[who] = action
    if not any(isinstance(finder, _Finder) for finder in sys.meta_path):
        sys.meta_path.insert(0, _Finder())
    loaded = sys.modules.get(module)
    if loaded is not None and (module in _executed or not getattr(loaded.__spec__, "_initializing", False)):
        action(loaded)


def forget(who: str) -> None:
    """Whoever this is waits for nothing any more."""
    for module, actions in list(_waiting.items()):
        actions.pop(who, None)
        if not actions:
            _waiting.pop(module, None)


def _actions(name: str) -> list[Callable[[ModuleType], object]]:
    keys = (name, name.partition(".")[0] + ".*" if "." in name else "")
    return [action for key in keys for action in list(_waiting.get(key, {}).values())]


class _Finder(MetaPathFinder):
    """Finds nothing itself: it has the other finders find what is waited for, and looks at it when it is loaded."""

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        if not _actions(fullname) or fullname in _searched():
            return None
        _searched().add(fullname)
        try:
            spec = next(filter(None, (_ask(finder, fullname, path, target) for finder in sys.meta_path)), None)
        finally:
            _searched().discard(fullname)
        if spec is not None and hasattr(spec.loader, "exec_module"):
            spec.loader = _Watched(spec.loader)
        return spec


def _searched() -> set[str]:
    if not hasattr(_thread, "searched"):
        _thread.searched = set()
    return _thread.searched  # type: ignore[no-any-return]


def _ask(finder: Any, name: str, path: Sequence[str] | None, target: ModuleType | None) -> ModuleSpec | None:
    return finder.find_spec(name, path, target) if hasattr(finder, "find_spec") else None


class _Watched(Loader):
    """A loader that steps aside when its module is executed: the module then has the loader that it would have had."""

    def __init__(self, loader: Any) -> None:
        self._loader = loader

    def __getattr__(self, name: str) -> Any:
        return getattr(self.__dict__["_loader"], name)

    def create_module(self, spec: ModuleSpec) -> ModuleType | None:
        created: ModuleType | None = self._loader.create_module(spec)
        return created

    def exec_module(self, module: ModuleType) -> None:
        module.__loader__ = self._loader
        if module.__spec__ is not None:
            module.__spec__.loader = self._loader
        self._loader.exec_module(module)
        _executed.add(module.__name__)
        for action in _actions(module.__name__):
            try:
                action(sys.modules.get(module.__name__, module))
            except Exception:  # whoever imports a library is to get it
                _log.warning("What waits for %s failed.", module.__name__, exc_info=True)
        _executed.discard(module.__name__)
