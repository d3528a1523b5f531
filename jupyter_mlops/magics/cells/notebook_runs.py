"""``%track on``: a notebook as one run, its cells as steps of it."""

from __future__ import annotations

import ast

from jupyter_mlops.entities.tags import RUN_NAME_TAG
from jupyter_mlops.errors import MlflowException
from jupyter_mlops.magics.cells.tracked_cells import Cell, TrackedCell
from jupyter_mlops.magics.lines.options import Given
from jupyter_mlops.magics.lines.track_options import TRACK, tags_of
from jupyter_mlops.tracking.active_runs import begin_new, end, run_above
from jupyter_mlops.tracking.settings import current_store, experiment_for_run, experiment_named

__all__ = ["NotebookRun", "is_step"]

_WITH_CODE = ("capture", "prun", "time", "timeit")


class NotebookRun:
    """The run that following cells are steps of.

    Parameters
    ----------
    given : Given
        What the line of ``%track on`` says.

    Notes
    -----
    A step is a child run, not an entry of the notebook's run: cells assign the same names again and again, and a run has
    one value of a param; a step also has a status, a duration and an output of its own. A cell of nothing but imports and
    magics is no step, see `is_step`.
    """

    def __init__(self, given: Given) -> None:
        self.given = given
        experiment_id = experiment_named(given.experiment) if given.experiment else experiment_for_run()
        tags = tags_of(given)
        if name := " ".join(given.words[1:]):
            tags[RUN_NAME_TAG] = name
        self.active = begin_new(current_store(), experiment_id, tags, run_above(), holds_children=True)
        self.name = self.active.run.info.run_name
        try:
            self.active.state.log_batch(params=given.param)
        except MlflowException:
            self.end("FAILED")
            raise

    def step(self, cell: Cell, number: int) -> TrackedCell:
        """Begin the run of a cell."""
        line = TRACK.read(f"'cell {number}'{' --autolog' if self.given.autolog else ''}")
        return TrackedCell(line, cell, has_card=False)

    def end(self, status: str = "FINISHED") -> None:
        """End the run, if nobody else did."""
        if not self.active.ended:
            end(self.active, status)


def is_step(transformed: str) -> bool:
    """Whether a cell does more than to import and to call magics.

    Parameters
    ----------
    transformed : str
        Python, magics already rewritten; what cannot be parsed does nothing.

    Examples
    --------
    >>> is_step("import os\\nget_ipython().run_line_magic('matplotlib', 'inline')"), is_step("import os\\nos.getcwd()")
    (False, True)
    >>> is_step("get_ipython().run_cell_magic('bash', '', 'ls')"), is_step("get_ipython().run_cell_magic('time', '', 'f()')")
    (False, True)
    """
    try:
        found = compile(transformed, "<cell>", "exec", ast.PyCF_ONLY_AST | ast.PyCF_ALLOW_TOP_LEVEL_AWAIT)
    except (SyntaxError, ValueError):
        return False
    return any(map(_does_something, found.body))


def _does_something(statement: ast.stmt) -> bool:
    if isinstance(statement, (ast.Import, ast.ImportFrom, ast.Pass)):
        return False
    if not isinstance(statement, ast.Expr):
        return True
    if isinstance(statement.value, ast.Constant):
        return False
    words = ast.unparse(statement)
    if not words.startswith("get_ipython()."):
        return True
    return any(words.startswith(f"get_ipython().run_cell_magic({name!r}") for name in _WITH_CODE)
