"""The commit that the code of a run comes from, asked of the ``git`` program so that a repository's settings run nothing."""

from __future__ import annotations

import os
import re
import time
from collections.abc import Iterable
from typing import IO, TYPE_CHECKING, Any

from jupyter_mlops.entities.tags import BRANCH_TAG, COMMIT_TAG, REPOSITORY_TAG
from jupyter_mlops.entities.uris import without_credentials, without_secrets

if TYPE_CHECKING:
    import subprocess

__all__ = ["ask_git", "git_tags", "git_variables", "start_git", "work_tree"]

_HARMLESS = ("core.fsmonitor=false", "core.hooksPath=/dev/null", "diff.orderFile=/dev/null")
_LOCAL_ENVIRONMENT = re.compile(r"GIT_(?!SSH|CONFIG_(GLOBAL|SYSTEM|NOSYSTEM|COUNT|KEY_\d+|VALUE_\d+)$)")
_MOVES = ("HEAD", "logs/HEAD", "index", "config")  # one is written by whatever changes commit, branch or remote
_ANSWER_S = 5.0
_seen: dict[str, tuple[tuple[int, ...], dict[str, str]]] = {}


def git_tags(top: str | None) -> dict[str, str]:
    """Commit, branch and remote of a work tree; nothing for None.

    Notes
    -----
    Asks ``git`` (some ms) once a work tree, and again when it moved. Credentials in the remote's URL are left out.
    """
    if top is None:
        return {}
    stamp = _stamp(_git_folder(top))
    if top not in _seen or _seen[top][0] != stamp:
        _seen[top] = (stamp, _ask_all(top))
    return dict(_seen[top][1])


def work_tree(folder: str) -> str | None:
    """The folder with ``.git`` that `folder` lies in, None outside of one."""
    while not os.path.exists(os.path.join(folder, ".git")):
        folder, below = os.path.dirname(folder), folder
        if folder == below:
            return None
    return folder


def _git_folder(top: str) -> str:
    """Where git keeps what belongs to this work tree; that of a submodule or linked work tree lies elsewhere."""
    place = os.path.join(top, ".git")
    if not os.path.isfile(place):
        return place
    with open(place, encoding="utf-8", errors="surrogateescape") as file:
        return os.path.join(top, file.read(4096).removeprefix("gitdir:").strip())


def _stamp(git_folder: str) -> tuple[int, ...]:
    shared = os.path.join(git_folder, "..", "..", "config")  # of a linked work tree
    return tuple(map(_mtime, (*(os.path.join(git_folder, name) for name in _MOVES), shared)))


def _mtime(path: str) -> int:
    try:
        return os.stat(path).st_mtime_ns
    except OSError:
        return 0


def _ask_all(top: str) -> dict[str, str]:
    questions = (
        ("rev-parse", "--verify", "-q", "HEAD"),
        ("symbolic-ref", "-q", "--short", "HEAD"),
        ("config", "-z", "--get-regexp", r"^remote\..*\.url$"),
    )
    asked = [start_git(top, *question) for question in questions]  # at the same time: a run's start waits for them
    until = time.monotonic() + _ANSWER_S
    commit, branch, remotes = (_answer(process, until) for process in asked)
    tags = {COMMIT_TAG: commit.strip(), BRANCH_TAG: branch.strip()}
    urls = dict(entry.split("\n", 1) for entry in remotes.split("\0") if "\n" in entry)
    if urls:
        url = urls.get("remote.origin.url") or next(iter(urls.values()))
        tags[REPOSITORY_TAG] = without_credentials(without_secrets(url))
    return {key: value for key, value in tags.items() if value}


def _answer(process: subprocess.Popen[bytes] | None, until: float) -> str:
    answer = process and _output(process, until, 1_000_000)
    return answer.decode("utf-8", "surrogateescape") if answer else ""


def git_variables() -> dict[str, str]:
    """Variables for ``git``, without those that were meant for another repository; it asks nobody, and answers in English."""
    kept = {name: value for name, value in os.environ.items() if not _LOCAL_ENVIRONMENT.match(name)}
    return kept | {"GIT_TERMINAL_PROMPT": "0", "LC_ALL": "C"}


def start_git(
    top: str, *arguments: str, settings: Iterable[str] = (), stdin: IO[bytes] | int | None = None
) -> subprocess.Popen[bytes] | None:
    """Start ``git`` in a work tree; None where there is no such program.

    Neither the repository's settings nor variables that were meant for another one decide what runs: no hook, monitor,
    pager or remote; no lock is taken that a commit at the same time would miss, and nothing is fetched.
    """
    import subprocess  # only where there is a work tree

    environment = git_variables() | {"GIT_ALLOW_PROTOCOL": "none", "GIT_NO_LAZY_FETCH": "1"}
    environment["GIT_CEILING_DIRECTORIES"] = os.path.dirname(top)  # a broken `.git` is none, not that of a folder above
    options = [part for setting in (*_HARMLESS, *settings) for part in ("-c", setting)]
    places = ("-C", top, "--work-tree", top)
    command = ["git", "--no-pager", "--no-optional-locks", "--literal-pathspecs", *places, *options, *arguments]
    pipes: dict[str, Any] = {
        "stdin": stdin or subprocess.DEVNULL, "stdout": subprocess.PIPE, "stderr": subprocess.DEVNULL,
    }  # fmt: skip
    try:  # in a session of its own, which Ctrl-C at the terminal does not reach
        return subprocess.Popen(command, env=environment, start_new_session=True, **pipes)
    except OSError:
        return None


def ask_git(
    top: str, *arguments: str, until: float, most: int, settings: Iterable[str] = (), given: bytes = b""
) -> bytes | None:
    """What ``git`` answers; None when it fails, takes longer than `until`, or says more than `most` bytes.

    Parameters
    ----------
    top : str
    until : float, seconds
        On the monotonic clock.
    most : int, bytes
    settings : iterable of str
        ``key=value`` that hold for this call.
    given : bytes
        For its standard input.
    """
    import tempfile

    with tempfile.TemporaryFile() as stdin:
        stdin.write(given)
        stdin.seek(0)
        process = start_git(top, *arguments, settings=settings, stdin=stdin)
    return None if process is None else _output(process, until, most)


def _output(process: subprocess.Popen[bytes], until: float, most: int) -> bytes | None:
    import selectors

    answer = bytearray()
    with process, selectors.DefaultSelector() as ready:
        assert process.stdout is not None
        ready.register(process.stdout, selectors.EVENT_READ)
        while len(answer) <= most and ready.select(max(0.0, until - time.monotonic())):
            piece = os.read(process.stdout.fileno(), 65536)
            if not piece:
                break
            answer += piece
        else:
            process.kill()
    return bytes(answer) if process.returncode == 0 else None
