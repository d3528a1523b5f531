"""Attributes of other libraries that are replaced for a while, and put back exactly as they were."""

from __future__ import annotations

import copy
import functools
import inspect
import logging
from collections.abc import Callable
from types import FunctionType, ModuleType
from typing import Any
from weakref import WeakSet

__all__ = ["Patches", "Replacement"]

Replacement = Callable[..., Any]
_ABSENT = object()
_every: WeakSet[Patches] = WeakSet()
_log = logging.getLogger(__name__)


class Patches:
    """What one flavor has replaced.

    A replacement is called as ``replacement(original, *args, **kwargs)``. It keeps name, signature and documentation of
    the original and pickles, also by cloudpickle, as the name it is found by: who loads it has the original.

    Examples
    --------
    >>> class Model:
    ...     def fit(self, data):
    ...         return sum(data)
    >>> patches = Patches()
    >>> patches.replace(Model, "fit", lambda original, self, data: 10 * original(self, data))
    True
    >>> Model().fit([1, 2])
    30
    >>> patches.restore()
    >>> Model().fit([1, 2])
    3
    """

    def __init__(self) -> None:
        self._made: dict[tuple[int, str], tuple[Any, Any, Any]] = {}  # owner, what its own dict had, what it has now
        _every.add(self)

    def replace(self, owner: Any, name: str, replacement: Replacement) -> bool:
        """Replace a function of a module, or a method of a class (an inherited one just for this class).

        Returns
        -------
        bool
            False when there is none, it is replaced already, or it is of a kind that cannot be replaced safely.
        """
        if (id(owner), name) in self._made:
            return False
        made = _made(inspect.getattr_static(owner, name, None), owner, name, replacement)
        if made is None:
            return False
        before = vars(owner).get(name, _ABSENT)
        setattr(owner, name, made)
        self._made[id(owner), name] = owner, before, made
        return True

    def restore(self) -> None:
        """Put everything back; what somebody else replaced on top of it meanwhile is left alone."""
        while self._made:
            (_, name), (owner, before, made) = self._made.popitem()
            if vars(owner).get(name) is not made:
                _hand_down(owner, name, before, made)
            elif before is _ABSENT:
                delattr(owner, name)
            else:
                setattr(owner, name, before)


def _hand_down(owner: Any, name: str, before: Any, made: Any) -> None:
    """Another flavor that replaced the same on top puts back what was there before both."""
    for patches in _every:
        above = patches._made.get((id(owner), name))
        if above is not None and above[1] is made:
            patches._made[id(owner), name] = owner, before, above[2]
            return
    _log.debug("%r of %r was replaced by somebody else and stays.", name, owner)


def _made(raw: Any, owner: Any, name: str, replacement: Replacement) -> Any:
    if isinstance(raw, FunctionType) or (isinstance(owner, ModuleType) and callable(raw)):
        return _wrapped(raw, owner, name, replacement)
    if isinstance(getattr(raw, "fn", None), FunctionType) and hasattr(raw, "check"):
        made = copy.copy(raw)  # scikit-learn's `available_if`: a descriptor that asks the instance before it gives `fn`
        made.fn = _wrapped(raw.fn, owner, name, replacement)
        return made
    return None


def _wrapped(original: Callable[..., Any], owner: Any, name: str, replacement: Replacement) -> Callable[..., Any]:
    @functools.wraps(original)
    def patched(*args: Any, **kwargs: Any) -> Any:
        return replacement(original, *args, **kwargs)

    is_module = isinstance(owner, ModuleType)
    patched.__module__ = owner.__name__ if is_module else owner.__module__  # pickle goes by these
    patched.__qualname__ = name if is_module else f"{owner.__qualname__}.{name}"
    return patched
