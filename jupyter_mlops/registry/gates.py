"""Gates: rules that versions of a model must meet before they move to a stage or an alias."""

from __future__ import annotations

from jupyter_mlops.entities.gates import Gate, check_target, parse_rule
from jupyter_mlops.entities.names import check_alias
from jupyter_mlops.entities.registered_models import canonical_stage
from jupyter_mlops.errors import InvalidParameter
from jupyter_mlops.registry.authors import author
from jupyter_mlops.storage.opened import get_registry_uri, open_store

__all__ = ["list_gates", "remove_gate", "require"]


def require(
    name: str, stage: str | None = None, alias: str | None = None, *, rule: str | list[str] | tuple[str, ...], comment: str | None = None
) -> list[Gate]:
    """Say what a version must have to get to a stage or an alias.

    Parameters
    ----------
    name : str
        The registered model, which is there.
    stage, alias : str
        Where the gate stands: one of them.
    rule : str or list of str
        One or several of:

        ==================================  ===================================================================
        ``metrics.auc >= 0.9``              the latest value in the source run, compared with a number
        ``metrics.auc > champion``          … with the version that is there now (none there: passes)
        ``metrics.auc >= champion - 0.01``  … with some slack
        ``metrics.auc > @challenger``       … with the version that has that alias
        ``signature``, ``input_example``    the model's folder has one
        ``tags.reviewed``                   the version has that tag
        ``tags.reviewed = 'yes'``           … with that value
        ``evaluation passed``               its latest evaluation with thresholds did, see `evaluate` and `record_evaluation`
        ==================================  ===================================================================

        Keys with other characters stand in backticks: ``metrics.`val auc` > 0.9``.
    comment : str, optional
        Why; it stands in the model's history.

    Returns
    -------
    list of Gate

    Raises
    ------
    InvalidParameter
        Not one of stage and alias, what is no rule, or more than 100 rules at one place.
    NotFound
        There is no such model.

    Notes
    -----
    Kept in the store, judged in the transaction of the move, whoever moves: Python, the panel, another process. What
    cannot be known does not pass. A move with ``force=True`` and a comment goes through and says so in the history.

    Examples
    --------
    >>> import jupyter_mlops as mlflow
    >>> client = mlflow.MlflowClient()
    >>> _ = client.create_registered_model("gated")
    >>> [gate.rule for gate in require("gated", stage="Production", rule=["signature", "metrics.auc > champion"])]
    ['signature', 'metrics.auc > champion']
    """
    check_target(stage, alias)
    stage = None if stage is None else canonical_stage(stage)
    alias = None if alias is None else check_alias(alias)
    rules = list(rule) if isinstance(rule, (list, tuple)) else [rule]
    if not rules:
        raise InvalidParameter("Say at least one rule.")
    for one in rules:
        parse_rule(one)
    return open_store(get_registry_uri()).add_gates(name, stage, alias, [one.strip() for one in rules], author(comment))


def list_gates(name: str) -> list[Gate]:
    """A model's gates, in the order in which they were set."""
    return open_store(get_registry_uri()).get_gates(name)


def remove_gate(name: str, gate_id: int, comment: str | None = None) -> None:
    """Take a rule away; `NotFound` when the model has none of that id."""
    open_store(get_registry_uri()).remove_gate(name, gate_id, author(comment))
