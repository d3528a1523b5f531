"""What a program prints: passed on to the streams of this process, and kept with its run while it runs."""

from __future__ import annotations

import codecs
import logging
import os
import subprocess
import sys
import tempfile
import threading
from contextlib import suppress
from typing import IO, TextIO

from jupyter_mlops.artifacts.printings import PROGRAM_LOG, Printed, Printing
from jupyter_mlops.context.secrets import mask_secrets
from jupyter_mlops.context.sources import is_captured
from jupyter_mlops.entities.runs import Run
from jupyter_mlops.errors import MlflowException
from jupyter_mlops.storage.base import Store
from jupyter_mlops.tracking.artifacts import fetch_artifact, put_text

__all__ = ["Output"]

_log = logging.getLogger(__name__)
_LAST_S = 2.0  # what has left the program's group may hold its streams open for ever
_SIZE = 65536


class Output:
    """Of the program of a run, inside of ``with``: the end of both its streams, a million characters, is the artifact ``output.log``.

    Parameters
    ----------
    store : Store
    run : Run
    goes_on : bool, default False
        Whether it may have such a file already, which goes on then.
    """

    def __init__(self, store: Store, run: Run, *, goes_on: bool = False) -> None:
        self._target = (store, run.info.run_id)
        self._printed = Printed()
        if goes_on:
            self._printed.keep(self._before())
        self._threads: list[threading.Thread] = []
        self._printing = Printing(store, run.info, {PROGRAM_LOG: self._printed}) if is_captured("notebook") else None

    def _before(self) -> str:
        with tempfile.TemporaryDirectory() as folder, suppress(MlflowException, OSError):  # it had not printed anything
            fetch_artifact(self._target, PROGRAM_LOG, folder)
            with open(os.path.join(folder, PROGRAM_LOG), encoding="utf-8") as file:
                return file.read()
        return ""

    def __enter__(self) -> Output:
        return self

    def follow(self, process: subprocess.Popen[bytes]) -> None:
        """Read the streams of a process to their end; from then on they are not its, for whoever ends it closes those."""
        out, err = process.stdout, process.stderr
        process.stdout = process.stderr = None
        for pipe, stream in ((out, sys.stdout), (err, sys.stderr)):
            assert pipe is not None
            thread = threading.Thread(target=self._pass_on, args=(pipe, stream), name="jupyter_mlops-output", daemon=True)
            thread.start()
            self._threads.append(thread)

    def _pass_on(self, pipe: IO[bytes], stream: TextIO) -> None:
        read = codecs.getincrementaldecoder("utf-8")("replace")
        with pipe:
            while data := os.read(pipe.fileno(), _SIZE):
                text = read.decode(data)
                self._printed.keep(text)
                with suppress(OSError, ValueError):  # nobody looks any more
                    stream.write(text)
                    stream.flush()

    def __exit__(self, *_error: object) -> None:
        for thread in self._threads:
            thread.join(_LAST_S)
        if self._printing is None:
            return
        self._printing.stop()
        try:
            if self._printed.written:
                put_text(self._target, mask_secrets(self._printed.so_far()), PROGRAM_LOG)
        except Exception as trouble:  # what surrounds a run must not cost it anything
            _log.warning("What the program printed is not kept: %s", trouble)
