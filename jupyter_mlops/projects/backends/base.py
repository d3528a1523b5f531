"""What a place where projects run must do."""

from __future__ import annotations

import difflib
from abc import ABC, abstractmethod
from collections.abc import Mapping
from typing import Any, ClassVar

from jupyter_mlops.errors import ExecutionException
from jupyter_mlops.projects.plans import Plan
from jupyter_mlops.projects.submitted_runs import SubmittedRun

__all__ = ["GROUP", "Backend"]

GROUP = "jupyter_mlops.project_backend"
"""Entry points of other packages: the name is that of the backend, the object is called with ``backend_config``."""


class Backend(ABC):
    """A place where projects run. Another package offers one as an entry point of `GROUP`.

    The project is fetched, what is asked of it checked, and its run made before `submit` is called; the command that a plan
    has is complete. What raises in ``__init__`` is told before there is a run. When `submit` raises, the run becomes FAILED
    and the plan's temporary folders are removed.

    Parameters
    ----------
    config : mapping
        The ``backend_config`` that was given, read from its file.

    Attributes
    ----------
    options : tuple of str or None
        What may stand in `config`; anything, for None.
    queues : bool
        Whether a run that nobody waits for may begin after this process has ended. Then it does not become KILLED by that.

    Raises
    ------
    ExecutionException
        A setting that there is not.

    Notes
    -----
    A plan is data: ``msgspec.json.encode(plan)`` on one line is what ``python -m jupyter_mlops.projects.child`` reads from its
    standard input. That process does all the rest wherever it is started and the project's folder and the store are reached:
    it makes the environment, runs the program, ends the run, removes temporary folders, and exits with 0 when all went well.
    SIGTERM ends it with its program, and the run becomes KILLED. `jupyter_mlops.testing.backends` has the tests of a backend.

    Examples
    --------
    One that is patient with others, which its package names under ``[project.entry-points."jupyter_mlops.project_backend"]``
    as ``nice = "my_package:NiceBackend"``:

    >>> import subprocess, sys, msgspec
    >>> from jupyter_mlops.projects.submitted_runs import ProcessRun
    >>> class NiceBackend(Backend):
    ...     options = ("by",)
    ...
    ...     def submit(self, plan, *, wait):
    ...         by = str(self.config.get("by", 10))
    ...         command = ["nice", "-n", by, sys.executable, "-m", "jupyter_mlops.projects.child"]
    ...         process = subprocess.Popen(command, stdin=subprocess.PIPE, start_new_session=True)
    ...         with process.stdin:
    ...             process.stdin.write(msgspec.json.encode(plan))
    ...         return ProcessRun(plan.run_id, plan.tracking_uri, process)
    """

    options: ClassVar[tuple[str, ...] | None] = None
    queues: bool = False

    def __init__(self, config: Mapping[str, Any]) -> None:
        unknown = [] if self.options is None else [name for name in config if name not in self.options]
        if unknown:
            close = difflib.get_close_matches(unknown[0], self.options or (), 1)
            asked = f"Did you mean {close[0]!r}?" if close else f"There are: {', '.join(self.options or ()) or 'none'}."
            raise ExecutionException(f"backend_config has {unknown[0]!r}, which this backend does not know. {asked}")
        self.config = config

    @abstractmethod
    def submit(self, plan: Plan, *, wait: bool) -> SubmittedRun:
        """Have a plan done, and return as soon as that is begun or waits for its turn.

        Parameters
        ----------
        plan : Plan
        wait : bool
            Whether the caller waits for the end, by ``wait()`` of what is returned, and ends it by ``cancel()`` when that is
            interrupted. Otherwise the run should go on when this process ends.
        """
