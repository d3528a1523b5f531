"""What runs in the process of a model: answers calls one after the other until nobody is there to ask.

Standard input and output are the server's ends; what models print goes where errors go, of which the server keeps the last lines.
"""

from __future__ import annotations

import collections
import contextlib
import os
import queue
import signal
import subprocess
import sys
import threading
from typing import BinaryIO

from jupyter_mlops.errors import InvalidParameter, MlflowException
from jupyter_mlops.models.trust import ModelFolder, vouching_for
from jupyter_mlops.server.workers.messages import Begin, Call, Loaded, Reply, receive, send
from jupyter_mlops.views.playground.contestants import Contestant
from jupyter_mlops.views.playground.desks import Desk

__all__ = ["main"]

_MOST_PAGES = 32  # whose files and tables are kept
_PR_SET_PDEATHSIG, _PR_SET_CHILD_SUBREAPER = 1, 36
_GUARD = 'read _; rm -rf -- "$1"; kill -KILL 0'
_kept: list[subprocess.Popen[bytes]] = []  # a pipe that nobody keeps is closed


def main() -> None:
    """Serve the models that the first message names."""
    server, folder = sys.argv[1:]
    calls, answers = _own_pipes()
    _end_with(int(server))
    _be_the_first_to_go()
    _take_others_along(folder, calls, answers)
    pages = _Pages(receive(calls, Begin))
    waiting: queue.SimpleQueue[Call] = queue.SimpleQueue()
    threading.Thread(target=_listen, args=(calls, waiting), daemon=True).start()
    while True:
        _answer(pages, waiting.get(), answers)


def _own_pipes() -> tuple[BinaryIO, BinaryIO]:
    """The server's pipes under other numbers, which no program that a model starts inherits; 0 and 1 lead elsewhere."""
    calls, answers = os.fdopen(os.dup(0), "rb"), os.fdopen(os.dup(1), "wb")
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.close(nothing)
    os.dup2(2, 1)
    return calls, answers


def _end_with(parent: int) -> None:
    """Linux ends this process with its server, even in the middle of a model's C code; elsewhere the pipe's end does, see `_listen`.

    What a model started and left is below this process, where the server finds it.
    """
    if sys.platform == "linux":
        import ctypes  # only here

        with contextlib.suppress(OSError, AttributeError):
            for option, value in ((_PR_SET_PDEATHSIG, signal.SIGKILL), (_PR_SET_CHILD_SUBREAPER, 1)):
                ctypes.CDLL(None).prctl(option, value)
    if sys.platform != "win32" and os.getppid() != parent:  # it went before that was said
        os._exit(0)


def _be_the_first_to_go() -> None:
    """When the machine has no memory left, this is what should end, and it leaves no picture of its memory."""
    with contextlib.suppress(OSError), open("/proc/self/oom_score_adj", "w") as file:
        file.write("1000")
    with contextlib.suppress(ImportError, ValueError, OSError):
        import resource  # not on Windows

        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _take_others_along(folder: str, *pipes: BinaryIO) -> None:
    """However this process ends, what it started in its group ends with it, and the folder goes: a shell waits for that.

    A forked process lets go of the pipes: the server would wait for an answer as long as somebody holds them.
    """
    if os.name != "posix":
        return
    nowhere = subprocess.DEVNULL
    guard = subprocess.Popen(["/bin/sh", "-c", _GUARD, "sh", folder], stdin=subprocess.PIPE, stdout=nowhere, stderr=nowhere)
    assert guard.stdin is not None
    handles = [pipe.fileno() for pipe in (*pipes, guard.stdin)]
    nothing = os.open(os.devnull, os.O_RDWR)

    def let_go() -> None:
        for handle in handles:
            os.dup2(nothing, handle, inheritable=False)

    os.register_at_fork(after_in_child=let_go)
    _kept.append(guard)


def _listen(calls: BinaryIO, waiting: queue.SimpleQueue[Call]) -> None:
    try:
        while True:
            waiting.put(receive(calls, Call))
    finally:  # the server is gone; the rest see `_take_others_along`
        os._exit(0)


def _answer(pages: _Pages, call: Call, answers: BinaryIO) -> None:
    try:
        reply = pages.answer(call)
    except MlflowException as error:
        reply = Reply(error_code=error.error_code, message=error.message)
    except Exception as error:  # whatever a page sent, or a model did
        reply = Reply(error_code=InvalidParameter.code, message=f"{type(error).__name__}: {error}"[:500])
    try:
        send(answers, reply)
    except InvalidParameter as error:
        send(answers, Reply(error_code=error.error_code, message=error.message))
    except (TypeError, ValueError) as error:  # a value that JSON has not
        send(answers, Reply(error_code=InvalidParameter.code, message=f"The answer cannot be sent: {error}"[:500]))


class _Pages:
    """The playgrounds of the pages that ask, the ones asked last."""

    def __init__(self, begin: Begin) -> None:
        self._loaded, self._vouched = begin.models, set(begin.vouched)
        self._contestants: list[Contestant] = []
        self._desks: collections.OrderedDict[str, Desk] = collections.OrderedDict()

    def answer(self, call: Call) -> Reply:
        if not self._contestants:  # an error of these is an answer, too
            self._contestants = [_contestant(one) for one in self._loaded]
        if call.page not in self._desks:
            self._desks[call.page] = Desk(self._contestants)
            if len(self._desks) > _MOST_PAGES:
                self._desks.popitem(last=False)
        self._desks.move_to_end(call.page)
        trusted = self._fingerprints() if call.trust else []
        self._vouched.update(trusted)
        with vouching_for(self._vouched):
            return Reply(self._desks[call.page].answer(call.method, call.parameters), trusted)

    def _fingerprints(self) -> list[str]:
        """What somebody vouches for: the files as they are now, not what may be put there later."""
        found = []
        for one in self._contestants:
            with contextlib.suppress(MlflowException):  # loading it says what is wrong
                found.append(ModelFolder(one.folder).fingerprint)
        return found


def _contestant(loaded: Loaded) -> Contestant:
    made = Contestant(loaded.folder, loaded.role)
    made.uri, made.label = loaded.uri, loaded.label
    return made


if __name__ == "__main__":
    main()
