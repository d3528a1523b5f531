"""The body of a cell that is run once per trial."""

from __future__ import annotations

import ast
import contextlib
import dis
import logging
import re
import sys
import threading
import traceback
from collections.abc import Iterator, Mapping
from typing import Any

from jupyter_mlops.context.secrets import mask_secrets
from jupyter_mlops.context.sources import is_captured
from jupyter_mlops.errors import InvalidParameter
from jupyter_mlops.magics.literals import top_literals
from jupyter_mlops.reproduction.recordings import STDOUT
from jupyter_mlops.sweeps.trials import Trial
from jupyter_mlops.tracking.artifacts import put_text

__all__ = ["SweptCell", "TrialOutput"]

_MOST = 1_000_000
_log = logging.getLogger(__name__)


class SweptCell:
    """Compiled once; a call is one trial, in a copy of the notebook's variables.

    Parameters
    ----------
    shell : InteractiveShell
    cell : str
        The body, without its first line.
    dimensions : mapping
        Names that the sweep binds.
    metric : str
    output : TrialOutput

    Raises
    ------
    InvalidParameter
        The cell has a syntax error, assigns a dimension itself, or begins with another magic of cells.
    """

    def __init__(self, shell: Any, cell: str, dimensions: Mapping[str, Any], metric: str, output: TrialOutput) -> None:
        if found := re.match(r"\s*(%%\w+)", cell):
            why = "each trial is a run already" if found[1] == "%%track" else "it would see the notebook's variables, not the trial's"
            raise InvalidParameter(f"Leave out {found[1]} below %%sweep: {why}.")
        source = "\n" + shell.transform_cell(cell)  # lines are counted from the magic's own
        self._file = shell.compile.cache(source, shell.execution_count, raw_code=cell)
        self._shell, self._metric, self._output = shell, metric, output
        literals = top_literals(source)
        self._literals = {name: value for name, value in literals.items() if name not in dimensions}
        tree = _parsed(source, self._file)
        tree.body = [one for one in tree.body if not _sets(one, dimensions.keys() & literals.keys(), literals)]
        for statement in tree.body:
            if (name := _literal_target(statement)) in dimensions:
                raise InvalidParameter(f"Line {statement.lineno} sets {name}, which the sweep does: remove the line, or rename the variable.")
        self._code = compile(tree, self._file, "exec")
        # The Python of a magic such as %time is a text: that its name stands there is all that tells what it leaves.
        self._leaves_metric = re.search(rf"get_ipython\(\).*\b{re.escape(metric)}\b", source) is not None or any(
            one.opname.startswith("STORE_") and one.argval == metric for one in dis.get_instructions(self._code)
        )

    def __call__(self, trial: Trial) -> Any:
        """Run the body; returns the metric's variable, when the body sets one."""
        before = dict(self._shell.user_ns)
        namespace = {**before, **trial.params}
        if self._leaves_metric and not callable(namespace.get(self._metric)):
            namespace.pop(self._metric, None)  # that of an earlier cell is not this trial's
        with self._output.of_thread() as printed, _no_figures_left():
            try:
                exec(self._code, namespace)  # noqa: S102 - the user's cell
            except Exception as error:
                trial.place = self._place_of(error)
                printed.append("".join(traceback.format_exception(type(error), error, _inner(error, self._file))))
                raise
            finally:
                self._record(trial, printed)
        kept = {name: value for name, value in namespace.items() if not name.startswith("_") and before.get(name, before) is not value}
        trial.memory = kept | trial.params
        return namespace.get(self._metric) if self._leaves_metric else None

    def _record(self, trial: Trial, printed: list[str]) -> None:
        assert trial.active is not None
        state = trial.active.state
        state.log_batch(params=[(name, _masked(value)) for name, value in self._literals.items() if name not in state.params])
        if not (printed and is_captured("notebook")):
            return
        try:
            put_text((state.store, state.run_id), mask_secrets("".join(printed)), STDOUT)
        except Exception as trouble:  # what surrounds a run must not cost the trial its result
            _log.warning("What a trial printed was not kept: %s", trouble)

    def _place_of(self, error: Exception) -> str | None:
        lines = [frame.lineno for frame in traceback.extract_tb(error.__traceback__) if frame.filename == self._file]
        return f"line {lines[-1]}" if lines else None


def _masked(value: Any) -> Any:
    return mask_secrets(value) if isinstance(value, str) else value


def _parsed(source: str, file: str) -> ast.Module:
    try:
        tree = ast.parse(source, file)
        compile(tree, file, "exec")
    except SyntaxError as error:
        more = " (a swept cell has no top-level await)" if "await" in str(error.msg) or "async" in str(error.msg) else ""
        raise InvalidParameter(f"line {error.lineno} of the cell: {error.msg}{more}.") from None
    return tree


def _literal_target(statement: ast.stmt) -> str | None:
    """The name that a statement sets to a constant."""
    target = statement.targets[0] if isinstance(statement, ast.Assign) else getattr(statement, "target", None)
    if not isinstance(statement, (ast.Assign, ast.AnnAssign)) or not isinstance(target, ast.Name) or statement.value is None:
        return None
    try:
        ast.literal_eval(statement.value)
    except (ValueError, TypeError):
        return None
    return target.id


def _sets(statement: ast.stmt, names: set[str], literals: dict[str, Any]) -> bool:
    """Whether it is the line at the top that says what a dimension is without a sweep; the first one of each name."""
    name = _literal_target(statement)
    if name not in names or name not in literals:
        return False
    del literals[name]
    return True


def _inner(error: Exception, file: str) -> Any:
    """The traceback from the cell on."""
    trace = error.__traceback__
    while trace is not None and trace.tb_frame.f_code.co_filename != file:
        trace = trace.tb_next
    return trace or error.__traceback__


@contextlib.contextmanager
def _no_figures_left() -> Iterator[None]:
    """Figures that a trial opens are closed with it, or dozens of them would be shown at the end of the cell."""
    plots = sys.modules.get("matplotlib.pyplot")
    before = set(plots.get_fignums()) if plots else set()
    try:
        yield
    finally:
        plots = sys.modules.get("matplotlib.pyplot")
        if plots and threading.current_thread() is threading.main_thread():
            for number in set(plots.get_fignums()) - before:
                plots.close(number)


class TrialOutput:
    """Stands for stdout and stderr while trials run: what a trial prints or displays is kept, not shown.

    Parameters
    ----------
    publisher : DisplayPublisher
    """

    def __init__(self, publisher: Any) -> None:
        self._publisher = publisher
        self._local = threading.local()

    @contextlib.contextmanager
    def __call__(self) -> Iterator[None]:
        """Put itself in the place of both streams; figures that trials opened in other threads are closed at the end."""
        streams = sys.stdout, sys.stderr
        sys.stdout, sys.stderr = _Stream(sys.stdout, self._local), _Stream(sys.stderr, self._local)
        try:
            with _no_figures_left():
                yield
        finally:
            sys.stdout, sys.stderr = streams

    @contextlib.contextmanager
    def of_thread(self) -> Iterator[list[str]]:
        """What this thread prints meanwhile; what it displays goes nowhere."""
        parts: list[str] = []
        self._local.parts, self._local.room = parts, _MOST
        hooked = hasattr(self._publisher, "register_hook")
        if hooked:
            self._publisher.register_hook(_nowhere)
        try:
            yield parts
        finally:
            self._local.parts = None
            if hooked:
                self._publisher.unregister_hook(_nowhere)


def _nowhere(_message: Any) -> None:
    return None


class _Stream:
    """Keeps what a trial's thread writes, and passes on what others do."""

    def __init__(self, stream: Any, local: threading.local) -> None:
        self._stream, self._local = stream, local

    def write(self, text: str) -> int:
        parts: list[str] | None = getattr(self._local, "parts", None)
        if parts is None:
            return int(self._stream.write(text) or 0)
        if self._local.room > 0:
            parts.append(text[: self._local.room])
            self._local.room -= len(text)
        return len(text)

    def writelines(self, lines: Any) -> None:
        for line in lines:
            self.write(line)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)
