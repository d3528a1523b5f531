"""The cells that this kernel has executed: what a tracked cell depends on is found among them."""

from __future__ import annotations

import json
import os
import time
from collections import deque
from typing import Any
from weakref import WeakKeyDictionary

import msgspec

from jupyter_mlops.context.notebooks import notebook_path
from jupyter_mlops.context.secrets import mask_secrets
from jupyter_mlops.context.sources import is_captured
from jupyter_mlops.entities.tags import HIDDEN_STATE_TAG, LONGEST_TAG
from jupyter_mlops.reproduction.accounts import Account, ExecutedCell
from jupyter_mlops.reproduction.hidden_states import hidden_in
from jupyter_mlops.reproduction.recordings import SLICE, Recording, SlicedCell
from jupyter_mlops.reproduction.slices import slice_of
from jupyter_mlops.storage.base import Store
from jupyter_mlops.tracking.artifacts import put_text
from jupyter_mlops.tracking.run_states import RunState

__all__ = ["ExecutedCells", "keep_recording", "recording_now"]

_MOST_CELLS, _MOST_TEXT = 2000, 5_000_000
_LARGEST_FILE = 50_000_000
_EARLIER = float("-inf")


_of_shells: WeakKeyDictionary[Any, ExecutedCells] = WeakKeyDictionary()


class ExecutedCells:
    """The last 2,000 cells of a shell, at most 5 million characters of them.

    Parameters
    ----------
    shell : InteractiveShell

    Notes
    -----
    A cell costs some 20 µs and 40 ns a variable: its text is read only when a tracked cell ends. Nothing of the user's is
    held: what a cell binds is told by the addresses of objects.
    """

    def __init__(self, shell: Any) -> None:
        self._shell = shell
        self._cells: deque[ExecutedCell] = deque()
        self._account = Account()
        self._size = 0
        self._begun: list[tuple[Any, dict[str, int]]] = []
        self.has_forgotten = False

    def install(self) -> None:
        """Hook into the shell, before whatever asks for a recording when a cell ends."""
        history = getattr(self._shell.history_manager, "input_hist_raw", None) or [""]
        for count, source in enumerate(history[1:], 1):
            self._keep(ExecutedCell(source, count=count, at=_EARLIER))
        self._shell.events.register("pre_run_cell", self._begin)
        self._shell.events.register("post_run_cell", self._end)
        _of_shells[self._shell] = self

    def uninstall(self) -> None:
        """Unhook from the shell."""
        self._shell.events.unregister("pre_run_cell", self._begin)
        self._shell.events.unregister("post_run_cell", self._end)

    def now(self) -> Recording | None:
        """What a run keeps of the cell that is at work."""
        return self.recording(self._begun[-1][0]) if self._begun else None

    def _begin(self, info: Any) -> None:
        self._begun.append((info, self._addresses()))

    def _addresses(self) -> dict[str, int]:
        return {name: id(value) for name, value in self._shell.user_ns.items()}

    def _end(self, result: Any) -> None:
        if result is None:
            return  # see LostEnds
        info, before = self._begun.pop() if self._begun else (result.info, None)
        if self._begun or result.error_before_exec is not None:
            return  # inside of another cell, which does it again; or nothing was executed
        if before is None and self._cells and self._cells[-1].source == info.raw_cell:
            self._cells.pop()  # the cell that has loaded us, which was in the history already
        now = self._addresses() if before is not None else {}
        bound = frozenset(name for name, address in now.items() if (before or {}).get(name) != address) - self._shell.user_ns_hidden.keys()
        self._keep(self._cell(info, bound, result.error_in_exec is not None, result.execution_count))

    def _cell(self, info: Any, bound: frozenset[str] = frozenset(), failed: bool = False, count: int | None = None) -> ExecutedCell:
        return ExecutedCell(info.raw_cell, "", bound, failed, getattr(info, "cell_id", None), count, time.time())

    def _keep(self, cell: ExecutedCell) -> None:
        self._cells.append(cell)
        self._size += len(cell.source)
        if len(self._cells) > _MOST_CELLS or self._size > _MOST_TEXT:
            self._forget()

    def _forget(self) -> None:
        """A quarter at once: an account of those that are left is made anew."""
        while len(self._cells) > 1 and (len(self._cells) > _MOST_CELLS * 3 // 4 or self._size > _MOST_TEXT * 3 // 4):
            self._size -= len(self._cells.popleft().source)
        self.has_forgotten, self._account = True, Account()

    def recording(self, info: Any) -> Recording | None:
        """What a run keeps of the cell that `info` tells of; None where cells are not to be kept."""
        if info is None or not is_captured("notebook"):
            return None
        known, account = list(self._cells), self._account
        if not (known and known[-1].source == info.raw_cell and known[-1].cell_id == getattr(info, "cell_id", None)):
            known.append(self._cell(info))  # it is inside of another cell, or still at work
            account = Account()  # what it binds is not known yet
        cells = [self._rewritten(cell) for cell in known]
        found = slice_of(cells, account)
        unknown = set() if self.has_forgotten else found.unknown & self._shell.user_ns.keys()
        kept = sorted({**dict.fromkeys(found.cells), **found.lines})
        return Recording(
            [_sliced(cells[place], found.lines.get(place)) for place in kept],
            hidden_in(cells, found.used, unknown, _cells_on_disk()),
        )

    def _rewritten(self, cell: ExecutedCell) -> ExecutedCell:
        """With its magics as Python; a cell that could have none is Python already."""
        if cell.python or not any(sign in cell.source for sign in "%!?"):
            return cell
        cell.python = self._shell.transform_cell(cell.source)
        return cell


def recording_now(shell: Any) -> Recording | None:
    """What a run keeps of the cell that `shell` executes; None where nothing is known of it."""
    executed = _of_shells.get(shell)
    return executed.now() if executed else None


def keep_recording(recording: Recording | None, store: Store, state: RunState) -> list[str]:
    """Write a recording to a run; returns what is hidden of its state, for its card."""
    if recording is None:
        return []
    if len(recording.cells) > 1 or recording.hidden:
        put_text((store, state.run_id), msgspec.json.encode(recording).decode(), SLICE)  # masked cell by cell
    if recording.hidden:
        state.set_tags({HIDDEN_STATE_TAG: "\n".join(map(str, recording.hidden))[:LONGEST_TAG]})
    return [f"Hidden state: {one}." for one in recording.hidden]


def _sliced(cell: ExecutedCell, lines: str | None) -> SlicedCell:
    source = mask_secrets(cell.source if lines is None else lines)
    return SlicedCell(source, cell.cell_id if lines is None else None, cell.count, cell.failed and lines is None)


def _cells_on_disk() -> tuple[float, dict[str, str]] | None:
    """When the notebook's file was written, and the sources of its cells by their ids; None where there is no such file."""
    path = notebook_path()
    if not path:
        return None
    try:
        path = path if os.path.isfile(path) else os.path.basename(path)
        if os.path.getsize(path) > _LARGEST_FILE:
            return None
        with open(path, encoding="utf-8") as file:
            written, book = os.fstat(file.fileno()).st_mtime, json.load(file)
        cells = book["cells"]
        return written, {one["id"]: _text(one["source"]) for one in cells if isinstance(one, dict) and "id" in one and "source" in one}
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _text(source: str | list[str]) -> str:
    return source if isinstance(source, str) else "".join(source)
