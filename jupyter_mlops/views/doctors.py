"""``doctor()``: what ``jupyter mlops doctor`` says, as something to look at."""

from __future__ import annotations

import os
from collections.abc import Iterable

from jupyter_mlops.entities.uris import without_secrets
from jupyter_mlops.entities.variables import VARIABLES
from jupyter_mlops.upkeep.doctors import Finding, examine, findings_text
from jupyter_mlops.views.formats.html import table
from jupyter_mlops.views.formats.texts import harmless

__all__ = ["Diagnosis", "doctor"]

_SECRET = ("TOKEN", "PASSWORD", "USERNAME", "EXTRA_ARGS", "RUN_CONTEXT")


class Diagnosis:
    """What was looked at, what was found, and what to do.

    Attributes
    ----------
    findings : list of Finding
        Each with its `name`, `text`, and `advice`, None where all is well.
    variables : dict of str to str
        Variables of the environment that hold, without secrets.
    is_healthy : bool
    """

    def __init__(self, findings: list[Finding], variables: dict[str, str]) -> None:
        self.findings, self.variables = findings, variables

    @property
    def is_healthy(self) -> bool:
        """Whether there is nothing to do."""
        return not any(one.advice for one in self.findings)

    def __repr__(self) -> str:
        return harmless("\n".join([findings_text(self.findings), *(f"env   {name}={value}" for name, value in self.variables.items())]))

    def _repr_html_(self) -> str:
        wrong = sum(one.advice is not None for one in self.findings)
        title = "All is in order" if self.is_healthy else f"{wrong} of {len(self.findings)} checks found something to do"
        rows = [(one.name, "✓ ok" if one.advice is None else "⚠ look", one.text, one.advice or "") for one in self.findings]
        columns = ["check", "state", "found", "what to do"][: 3 if self.is_healthy else 4]
        shown = f"<p><b>{title}.</b></p>{table(columns, _harmless(row[: len(columns)] for row in rows))}"
        return shown + (table(["variable", "value"], _harmless(self.variables.items())) if self.variables else "")


def doctor(mask_envs: bool = False, *, uri: str | None = None) -> Diagnosis:
    """Look whether all is in order: the store, this machine and the Jupyter server round this process.

    Parameters
    ----------
    mask_envs : bool, default False
        Show names of variables of the environment alone. Secrets are never shown.
    uri : str, optional
        The store; by default the one that is meant now.

    Returns
    -------
    Diagnosis
        It prints and shows itself as a table, with what to do for each finding.

    Notes
    -----
    A store that somebody holds is waited for two seconds. A store that is not there is not made.

    References
    ----------
    ``mlflow.doctor``, which prints and returns nothing.

    Examples
    --------
    >>> import jupyter_mlops as mlflow
    >>> "disk" in [finding.name for finding in mlflow.doctor().findings]
    True
    """
    given = [name for variable in VARIABLES for name in variable.names if os.environ.get(name)]
    variables = {name: "***" if mask_envs or name.endswith(_SECRET) else without_secrets(os.environ[name]) for name in given}
    return Diagnosis(examine(uri), variables)


def _harmless(rows: Iterable[tuple[str, ...]]) -> list[list[str]]:
    return [[harmless(text) for text in row] for row in rows]
