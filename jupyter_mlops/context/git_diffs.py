"""What of a work tree is not committed: as a patch that ``git apply`` takes, without what looks like a secret.

Not noticed are secrets in files with ordinary names that `mask_secrets` does not know, and whatever is in binary files.
"""

from __future__ import annotations

import os
import time
from collections.abc import Collection, Iterable
from fnmatch import fnmatch
from typing import NamedTuple

from jupyter_mlops.context.git import ask_git
from jupyter_mlops.context.secrets import is_secret_file, mask_secrets

__all__ = ["LARGEST_DIFF", "LARGEST_FILE", "WorkTreeState", "work_tree_state"]

LARGEST_FILE = 1_000_000  # bytes: above it is data, or a notebook full of pictures
LARGEST_DIFF = 2_000_000
_MOST_NAMES = 2_000  # files: their names stand on a command line
_MOST_ANSWER = 20_000_000
_STORES = ("mlops.duckdb", "mlops.duckdb.*", ".mlops-tmp")
_DIFF = (
    "diff-index", "-p", "--binary", "--full-index", "--no-color", "--no-ext-diff", "--no-textconv", "--no-renames", "--no-relative",
    "--src-prefix=a/", "--dst-prefix=b/", "--ignore-submodules=dirty", "--submodule=short",
)  # fmt: skip
_STATUS = (
    "status", "--porcelain=v2", "-z", "--branch", "--no-ahead-behind", "--no-renames", "--untracked-files=normal",
    "--ignore-submodules=dirty",
)  # fmt: skip


class WorkTreeState(NamedTuple):
    """How a work tree differs from its last commit.

    Attributes
    ----------
    dirty : bool
        Whether a file that git knows has changed.
    diff : bytes
        Head and patch; empty when nothing has changed and git knows all files.
    """

    dirty: bool
    diff: bytes


def work_tree_state(top: str, leave_out: Collection[str], timeout_s: float) -> WorkTreeState | None:
    """Compare a work tree with its last commit; None when ``git`` is missing, fails, or is not done in time.

    Parameters
    ----------
    top : str
        Folder of the work tree.
    leave_out : collection of str
        Absolute paths, files and folders, that are as good as not there.
    timeout_s : float, seconds

    Notes
    -----
    Three to five calls of ``git``, some 5 ms each in a small repository. Filters of the repository, which are programs, do
    not run; what is kept through one, as by Git LFS, is left out. Of submodules only the commit is looked at.
    """
    until = time.monotonic() + timeout_s
    filters = _filters(top, until)
    status = None if filters is None else ask_git(top, *_STATUS, until=until, most=_MOST_ANSWER, settings=filters)
    if filters is None or status is None:
        return None
    commit, changed, untracked = _read_status(status)
    real = os.path.realpath(top)
    out = {os.path.relpath(os.path.realpath(place), real) for place in leave_out}
    changed, untracked = ([path for path in paths if not _is_stores(top, path, out)] for paths in (changed, untracked))
    if not changed and not untracked:
        return WorkTreeState(False, b"")
    reasons = _reasons(top, changed, until, filters)
    kept = [path for path in changed if path not in reasons]
    patch = _patch(top, commit, kept, until, filters) if kept else b""
    if patch is None:
        reasons |= dict.fromkeys(kept, f"all of it together is over {LARGEST_DIFF:,} bytes, or took too long")
    clean = mask_secrets((patch or b"").decode("utf-8", "surrogateescape")).encode("utf-8", "surrogateescape")
    lines = [f"# What was not committed on top of {commit}; `git apply` takes it."]
    if clean != (patch or b""):
        lines.append(
            "# Secrets were taken out of some lines: they are not as they were, and `git apply` may refuse them."
        )
    lines += [f"# Left out: {_shown(path)} ({why})" for path, why in sorted(reasons.items())]
    lines += [f"# Not known to git: {_shown(path)}" for path in untracked[:_MOST_NAMES]]
    return WorkTreeState(bool(changed), "\n".join([*lines, ""]).encode("utf-8", "surrogateescape") + clean)


def _filters(top: str, until: float) -> list[str] | None:
    """Settings that turn off each filter of the repository; None when that cannot be."""
    found = ask_git(top, "config", "-z", "--name-only", "--list", until=until, most=_MOST_ANSWER)
    if found is None:
        return None
    keys = {name.rpartition(".")[0] for name in _names(found) if name.startswith("filter.") and name.count(".") > 1}
    if any("=" in key or "\n" in key for key in keys):  # could not be named
        return None
    return [f"{key}.{part}" for key in sorted(keys) for part in ("clean=", "smudge=", "process=", "required=false")]


def _names(answer: bytes) -> list[str]:
    return [os.fsdecode(name) for name in answer.split(b"\0") if name]


def _read_status(status: bytes) -> tuple[str, list[str], list[str]]:
    """Commit, and the paths that changed and that git does not know."""
    commit, changed, untracked = "", [], []
    for line in _names(status):
        kind, _, rest = line.partition(" ")
        if kind == "#" and rest.startswith("branch.oid "):
            commit = rest.partition(" ")[2]
        elif kind == "?":
            untracked.append(rest)
        elif kind in ("1", "u"):
            changed.append(line.split(" ", 8 if kind == "1" else 10)[-1])
    return commit, changed, untracked


def _is_stores(top: str, path: str, places: Collection[str]) -> bool:
    """Whether a path belongs to a store, or is a folder that holds nothing but one."""
    parts = path.rstrip("/").split("/")
    above = {"/".join(parts[: n + 1]) for n in range(len(parts))}
    if above & set(places) or any(fnmatch(part, pattern) for part in parts for pattern in _STORES):
        return True
    is_above = path.endswith("/") and any(place.startswith(path) for place in places)
    return is_above and all(_is_stores(top, path + name, places) for name in os.listdir(os.path.join(top, path)))


def _reasons(top: str, changed: list[str], until: float, filters: Iterable[str]) -> dict[str, str]:
    """Why which of the changed files are left out."""
    given = b"".join(os.fsencode(path) + b"\0" for path in changed)
    answer = ask_git(
        top, "check-attr", "-z", "--stdin", "filter", until=until, most=_MOST_ANSWER, settings=filters, given=given
    )
    attributes = _names(answer or b"")
    filtered = {
        p for p, value in zip(attributes[::3], attributes[2::3], strict=True) if value not in ("unspecified", "unset")
    }
    reasons = {}
    for number, path in enumerate(changed):
        if is_secret_file(path):
            reasons[path] = "its name is one of secrets"
        elif answer is None or path in filtered:
            reasons[path] = "git keeps it through a filter"
        elif (size := _size(os.path.join(top, path))) > LARGEST_FILE:
            reasons[path] = f"{size:,} bytes, over {LARGEST_FILE:,}"
        elif number >= _MOST_NAMES:
            reasons[path] = f"over {_MOST_NAMES:,} files have changed"
    return reasons


def _size(path: str) -> int:
    try:
        return os.lstat(path).st_size
    except OSError:
        return 0  # was removed


def _patch(top: str, commit: str, paths: list[str], until: float, filters: Iterable[str]) -> bytes | None:
    base = commit
    if commit == "(initial)":
        empty = ask_git(top, "hash-object", "-t", "tree", "--stdin", until=until, most=100)
        base = (empty or b"").decode().strip()
    return ask_git(top, *_DIFF, base, "--", *paths, until=until, most=LARGEST_DIFF, settings=filters)


def _shown(path: str) -> str:
    """A path on one line."""
    return path if path.isprintable() else ascii(path)
