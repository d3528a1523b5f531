"""What every flavor's ``autolog`` does with its arguments."""

from __future__ import annotations

import logging
import re
from collections.abc import Callable, Mapping
from functools import partial
from types import ModuleType
from typing import Any

from jupyter_mlops.autologging.import_hooks import forget, when_imported
from jupyter_mlops.tracking.autologs import Integration

__all__ = ["set_up"]

_log = logging.getLogger(__name__)


def set_up(
    integration: Integration,
    options: Mapping[str, Any],
    library: str,
    install: Callable[[ModuleType], object],
    versions: tuple[str, str],
) -> None:
    """Turn a flavor on, or off with ``disable``; whatever it had replaced before is put back first.

    Parameters
    ----------
    integration : Integration
    options : mapping
        Arguments of the flavor's ``autolog``.
    library : str
        Module to wait for; it is not imported here.
    install : callable
        Replaces the library's functions, given the library.
    versions : tuple of str
        First and last version that this was tested with, as far as the numbers in it go.

    Raises
    ------
    InvalidParameter
        ``extra_tags`` is no dict.
    """
    forget(integration.name)
    integration.turn_off()
    integration.is_explicit = True
    if not options.get("disable"):
        start = partial(when_imported, library, integration.name, partial(_install, integration, install, versions))
        integration.turn_on(options, start)


def _install(
    integration: Integration, install: Callable[[ModuleType], object], versions: tuple[str, str], module: ModuleType
) -> None:
    version = str(getattr(module, "__version__", ""))
    if not _is_between(version, *versions):
        told = f"{module.__name__} {version or 'of unknown version'}, but {' to '.join(versions)} are tested"
        if integration.options.get("disable_for_unsupported_versions"):
            integration.turn_off()
            integration.warn("Autologging stays off: this is %s.", told)
            return
        integration.warn("Autologging may not work as it should: this is %s.", told)
    integration.patches.restore()  # after a reload, what was replaced is gone, or stale
    install(module)


def _is_between(version: str, first: str, last: str) -> bool:
    """Whether a version is in a range, as far as the numbers of its ends go."""
    low, high = _numbers(first), _numbers(last)
    return low <= _numbers(version)[: len(low)] and _numbers(version)[: len(high)] <= high


def _numbers(version: str) -> list[int]:
    return [int(number) for number in re.findall(r"\d+", version.partition("+")[0])]
