"""The SHA-256 of every artifact, recorded beside the artifacts as ``sha256sum`` writes them.

``<run>/artifacts`` has its records in the folder ``<run>/artifacts.sha256``: files of lines ``<digest>  <path>``, all of
which count. A record is written before the file that it is about, and none is ever changed. So a file is whole when it is
*one* of those that were logged under its name, whoever died or wrote at the same time.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterator, Mapping

__all__ = ["Digests", "copy_digested", "digest_file", "is_record", "mark_name", "record_places", "record_text"]

_LINE = re.compile(r"^(\\?)([0-9a-f]{64})  (.+)$", re.MULTILINE)
_MARK = re.compile(r"([0-9a-f]{32})-([0-9a-f]{64})")
_BLOCK = 1 << 20


def digest_file(path: str, moved: Callable[[int], None] = lambda _: None) -> str:
    """SHA-256 of a file, in hex; `moved` is told of every block."""
    digest = hashlib.sha256()
    with open(path, "rb", buffering=0) as file:
        while block := file.read(_BLOCK):
            digest.update(block)
            moved(len(block))
    return digest.hexdigest()


def copy_digested(source: str | int, target: str, moved: Callable[[int], None]) -> str:
    """Copy a file, or what is left to read of a handle, which is closed; returns the SHA-256 of what was copied, even if the source changes meanwhile."""
    digest = hashlib.sha256()
    with open(source, "rb", buffering=0) as file, open(target, "wb", buffering=0) as copy:
        while block := file.read(_BLOCK):
            digest.update(block)
            view = memoryview(block)
            while view:
                view = view[copy.write(view) :]
            moved(len(block))
    return digest.hexdigest()


def record_text(digests: Mapping[str, str]) -> str:
    """Lines for ``sha256sum --check``.

    Examples
    --------
    >>> record_text({"a.txt": "0" * 64}) == "0" * 64 + "  a.txt" + chr(10)
    True
    """
    lines = []
    for path, digest in digests.items():
        escaped = path.replace("\\", "\\\\").replace("\n", "\\n").replace("\r", "\\r")
        lines.append(("\\" if escaped != path else "") + f"{digest}  {escaped}\n")
    return "".join(lines)


def _path_key(path: str) -> str:
    return hashlib.sha256(path.encode("utf-8", "surrogateescape")).hexdigest()[:32]


def mark_name(path: str, digest: str) -> str:
    """Name of the record of a single file: it says all, so that records can be listed instead of read."""
    return f"{_path_key(path)}-{digest}"


def is_record(path: str) -> bool:
    """Whether a file below a run's folder is a record of digests.

    Examples
    --------
    >>> is_record("mlartifacts/0/ab/artifacts.sha256/log"), is_record("mlartifacts/0/ab/artifacts/a.txt")
    (True, False)
    """
    return "artifacts.sha256" in path.split("/")


def record_places(root: str) -> Iterator[tuple[str, str]]:
    """Folders that may hold records of what lies below `root`, the nearest first, and the path of `root` in each.

    Examples
    --------
    >>> list(record_places("/lab/run/artifacts/model"))
    [('/lab/run/artifacts/model.sha256', ''), ('/lab/run/artifacts.sha256', 'model')]
    """
    yield root + ".sha256", ""
    parts = root.split("/")
    for n in range(len(parts) - 1, 1, -1):
        if parts[n - 1] == "artifacts":
            yield "/".join(parts[:n]) + ".sha256", "/".join(parts[n:])


def _unescaped(path: str) -> str:
    return re.sub(r"\\(.)", lambda found: {"n": "\n", "r": "\r"}.get(found[1], found[1]), path)


class Digests:
    """What was recorded of the artifacts below a folder.

    Parameters
    ----------
    below : str
        Path of that folder in the records.

    Examples
    --------
    >>> digests = Digests("model")
    >>> digests.read_text(record_text({"model/MLmodel": "a" * 64}))
    >>> digests.of("MLmodel") == {"a" * 64}, digests.of("other")
    (True, set())
    """

    def __init__(self, below: str = "") -> None:
        self._below = below
        self._by_path: dict[str, set[str]] = {}
        self._by_key: dict[str, set[str]] = {}

    def read_text(self, text: str) -> None:
        """Take in the lines of a record."""
        for escaped, digest, path in _LINE.findall(text):
            self._by_path.setdefault(_unescaped(path) if escaped else path, set()).add(digest)

    def read_name(self, name: str) -> bool:
        """Take in a record whose name says all; False when it must be read."""
        if found := _MARK.fullmatch(name):
            self._by_key.setdefault(found[1], set()).add(found[2])
        return found is not None

    def of(self, path: str) -> set[str]:
        """Digests that the file may have; none when it was never recorded."""
        full = "/".join(part for part in (self._below, path) if part)
        found = self._by_path.get(full, set())
        return found | self._by_key.get(_path_key(full), set()) if self._by_key else found

    def agree(self, path: str, digest: str) -> bool:
        """Whether a file of that digest was logged under that name, as far as is known."""
        recorded = self.of(path)
        return not recorded or digest in recorded
