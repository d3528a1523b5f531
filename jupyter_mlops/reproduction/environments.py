"""Fresh environments with the packages of a run."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

from jupyter_mlops.entities.runs import Run
from jupyter_mlops.entities.tags import PACKAGES_TAG
from jupyter_mlops.environments.builds import environment_in_use
from jupyter_mlops.environments.own_package import is_named_ours
from jupyter_mlops.environments.specifications import Specification
from jupyter_mlops.errors import EnvironmentFailed, InvalidParameter

__all__ = ["KINDS", "python_for", "requirements_of"]

KINDS = ("uv", "virtualenv", "current")
# What was recorded is whatever somebody wrote: no options, addresses, files or variables, which pip would read as well.
_PIN = re.compile(r"[A-Za-z0-9](?:[\w.-]*[A-Za-z0-9])?==[A-Za-z0-9.!+_-]+", re.ASCII)


def requirements_of(run: Run) -> list[str]:
    """Lines of a requirements file: the packages that a run had imported, and this one as it is here, which tracks it.

    Examples
    --------
    >>> from jupyter_mlops.entities.runs import RunData, RunInfo
    >>> run = Run(RunInfo("1", "0", "r", "ann", "FINISHED", 0), RunData(tags={PACKAGES_TAG: "jupyter-mlops==0.0.1\\nnumpy==2.0.0"}))
    >>> requirements_of(run)
    ['numpy==2.0.0', 'jupyter-mlops']
    """
    recorded = [line for line in run.data.tags.get(PACKAGES_TAG, "").splitlines() if _PIN.fullmatch(line)]
    return [*(line for line in recorded if not is_named_ours(line)), "jupyter-mlops"]


@contextmanager
def python_for(run: Run, kind: str | None) -> Iterator[str]:
    """Python of an environment that has the packages of a run, which is made when it is not there yet, and kept inside of ``with``.

    Parameters
    ----------
    run : Run
    kind : {"uv", "virtualenv", "current"}, optional
        With what it is made, ``current`` for none; uv where it is installed by default.

    Raises
    ------
    InvalidParameter
        Another kind.
    EnvironmentFailed
        A package cannot be installed; the message says what the installer said.
    """
    if kind is not None and kind not in KINDS:
        raise InvalidParameter(f"environment is one of {', '.join(KINDS)}, not {kind!r}.")
    if kind == "current":
        yield sys.executable
        return
    with ExitStack() as stack:
        try:
            environment = stack.enter_context(environment_in_use(kind, Specification(dependencies=tuple(requirements_of(run)))))
        except EnvironmentFailed as error:
            raise EnvironmentFailed(error.what, f"{error.said}\nenvironment='current' uses the one that runs now.") from None
        yield environment.python
