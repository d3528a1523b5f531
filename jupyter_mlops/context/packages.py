"""The packages that a process has imported."""

from __future__ import annotations

import functools
import os
import sys
from collections import defaultdict
from collections.abc import Iterable

from jupyter_mlops.entities.tags import PACKAGES_TAG

__all__ = ["distributions_in", "imported_packages", "package_tags"]

_MOST = 7990  # characters: a tag takes 8,000
_asked: tuple[int, list[str]] = (0, [])
_known: dict[str, str] = {}
_owners: dict[tuple[str, str], list[str]] = {}  # folders of distributions by where a module lies and its name


def package_tags() -> dict[str, str]:
    """Distributions that this process has imported from, as lines of a requirements file.

    Notes
    -----
    A tag and no artifact: a run has the artifacts that somebody logged, and none when nobody did, as in MLflow; a thousand
    short runs are no thousand files; and runs are found by ``tags.`jupyter_mlops.packages` LIKE '%numpy==2.%'``.
    """
    lines = [f"{name}=={version}" for name, version in imported_packages().items()]
    text = "\n".join(lines)
    return {PACKAGES_TAG: text if len(text) <= _MOST else text[:_MOST].rpartition("\n")[0] + "\n# …"} if text else {}


def imported_packages() -> dict[str, str]:
    """Distributions with a module that this process has imported, and their versions, by name.

    Notes
    -----
    Some ms the first time, 5 µs as long as nothing more is imported, else half a ms. ``importlib.metadata`` would read the
    files of all installed distributions: 50-300 ms with two hundred of them.

    Examples
    --------
    >>> import msgspec
    >>> imported_packages()["msgspec"] == msgspec.__version__
    True
    """
    global _asked, _known
    now = (len(sys.modules), list(sys.path))
    if now != _asked:
        places: dict[str, set[str]] = defaultdict(set)
        for top in {name.partition(".")[0] for name in list(sys.modules)} - sys.stdlib_module_names:
            if not top.startswith("_") and (place := _place(top)):  # private ones come with a public one
                places[place].add(top)
        found = {folder for place, tops in places.items() for folder in _owners_of(place, tops)}
        named = dict(filter(None, map(_name_and_version, found)))
        _asked, _known = now, dict(sorted(named.items(), key=lambda pair: pair[0].lower()))
    return dict(_known)


def _place(top: str) -> str | None:
    """The folder that a module, or the folder of a package, lies in; None of one that stands for another, as ours for mlflow."""
    try:
        module = sys.modules[top]
        path = next(iter(getattr(module, "__path__", None) or ()), None) or getattr(module, "__file__", None)
        return os.path.dirname(path) if isinstance(path, str) and module.__name__ == top else None
    except Exception:  # objects that libraries put in a module's place answer what they like
        return None


def _owners_of(place: str, tops: Iterable[str]) -> Iterable[str]:
    for top in [top for top in tops if (place, top) not in _owners]:
        namesakes = [
            folder for folder in distributions_in(place) if _stem(folder) == top.lower() and top in _tops(folder)
        ]
        if namesakes:  # the files of the others need not be read
            _owners[place, top] = namesakes
            continue
        owners = [folder for folder in distributions_in(place) if top in _tops(folder)]
        elsewhere = [folder for path in sys.path for folder in distributions_in(path) if _stem(folder) == top.lower()]
        _owners[place, top] = owners or elsewhere  # installed editable, a module lies where it is edited
    return [folder for top in tops for folder in _owners[place, top]]


def _stem(folder: str) -> str:
    return os.path.basename(folder).partition("-")[0].lower()


@functools.cache
def distributions_in(place: str) -> list[str]:
    """Folders of metadata, one a distribution, of what is installed in a folder."""
    try:
        names = os.listdir(place)
    except OSError:
        return []
    return [
        os.path.join(place, name) for name in names if name.endswith((".dist-info", ".egg-info")) and name[0] != "~"
    ]


@functools.cache
def _tops(folder: str) -> frozenset[str]:
    """Modules of a distribution."""
    for name in ("top_level.txt", "RECORD"):
        try:
            with open(os.path.join(folder, name), encoding="utf-8", errors="replace") as file:
                return frozenset([line.partition("/")[0].partition(".")[0].rstrip() for line in file])
        except OSError:
            continue
    return frozenset()


@functools.cache
def _name_and_version(folder: str) -> tuple[str, str] | None:
    for name in ("METADATA", "PKG-INFO"):
        try:
            with open(os.path.join(folder, name), encoding="utf-8", errors="replace") as file:
                head = file.read(2000).partition("\n\n")[0]
            fields = dict(line.partition(": ")[::2] for line in head.split("\n"))
            return fields["Name"], fields["Version"]
        except (OSError, KeyError):
            continue
    return None
