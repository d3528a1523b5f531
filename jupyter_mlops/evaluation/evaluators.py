"""Which evaluators there are, ours and those of installed packages, and which are meant."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from typing import Any, NamedTuple

from jupyter_mlops.context.entry_points import entry_points
from jupyter_mlops.errors import InvalidParameter
from jupyter_mlops.evaluation.settings import check_settings

__all__ = ["GROUPS", "Chosen", "choose_evaluators", "list_evaluators"]

GROUPS = ("jupyter_mlops.evaluators", "mlflow.model_evaluator")
"""Entry points, ours first. Plugins of MLflow's work where ``import mlflow`` gives this package, see `install_as_mlflow`."""
DEFAULT = "default"
_BUILT_IN = {"classifier": "ClassifierEvaluator", "regressor": "RegressorEvaluator", DEFAULT: "CustomEvaluator"}
_log = logging.getLogger(__name__)


class Chosen(NamedTuple):
    """An evaluator that was asked for, and how."""

    name: str
    evaluator: Any
    config: dict[str, Any]

    @property
    def is_built_in(self) -> bool:
        return self.name in _BUILT_IN


def list_evaluators() -> list[str]:
    """Names of all evaluators: ours, and those of installed packages.

    Examples
    --------
    >>> list_evaluators()
    ['classifier', 'default', 'regressor']
    """
    return sorted({*_BUILT_IN, *_plugins()})


def choose_evaluators(
    names: str | Sequence[str] | None, config: dict[str, Any] | None, model_type: str | None
) -> list[Chosen]:
    """The evaluators that are meant and can say something of models of that type.

    Parameters
    ----------
    names : str or list of str, optional
        ``"default"`` is ours for the model type. All by default.
    config : dict, optional
        Of the one that is named, or by name.
    model_type : str, optional

    Raises
    ------
    InvalidParameter
        There is none, `names` are no names, or `config` is no dict, has a setting of another kind, or asks for what needs Spark.
    """
    if config is not None and not isinstance(config, dict):
        raise InvalidParameter(f"evaluator_config is a dict, not {type(config).__name__}.")
    several = list_evaluators() if names is None else [names] if isinstance(names, str) else names
    if not isinstance(several, list | tuple) or not all(isinstance(one, str) for one in several):
        raise InvalidParameter(f"evaluators is a name or a list of names, of {', '.join(list_evaluators())}, not {names!r}.")
    by_name = _is_by_name(config, several)
    if isinstance(names, list | tuple) and len(several) > 1 and config and not by_name:
        raise InvalidParameter(f"With several evaluators, evaluator_config is a dict of their names to a dict each: {{{several[0]!r}: {{…}}}}.")
    chosen: dict[str, Chosen] = {}
    for asked in several:
        own = (config or {}).get(asked, {}) if by_name else config or {}
        if asked == DEFAULT and by_name and model_type is not None:
            own = own or (config or {}).get(model_type, {})
        name = model_type if asked == DEFAULT and model_type in _BUILT_IN else asked
        if name in _BUILT_IN and own.get("eval_results_path"):
            raise InvalidParameter("eval_results_path is a table of Delta, which needs Spark: write result.tables['eval_results_table'] there.")
        evaluator = _made(name)
        if evaluator is None:
            _log.warning("There is no evaluator %r; known are %s.", name, ", ".join(list_evaluators()))
        elif evaluator.can_evaluate(model_type=model_type, evaluator_config=own) and (name not in chosen or own):
            chosen[name] = Chosen(name, evaluator, own)
    if not chosen:
        raise InvalidParameter(
            f"No evaluator for evaluators={names!r} and model_type={model_type!r}. There are {', '.join(list_evaluators())}; "
            "model types are 'classifier', 'regressor' and None."
        )
    for one in chosen.values():
        if one.is_built_in:
            check_settings(one.config)
    return list(chosen.values())


def _is_by_name(config: dict[str, Any] | None, names: Sequence[str]) -> bool:
    """Whether a config is one for each evaluator."""
    return config is not None and all(key in names and isinstance(value, dict) for key, value in config.items())


def _made(name: str | None) -> Any:
    if name in _BUILT_IN:
        from jupyter_mlops.evaluation import built_in  # with scikit-learn, which names alone do not need

        return getattr(built_in, _BUILT_IN[name])()
    point = _plugins().get(str(name))
    return None if point is None else point.load()()


def _plugins() -> dict[str, Any]:
    found = {point.name: point for group in reversed(GROUPS) for point in entry_points(group, "Evaluators")}
    return {name: point for name, point in found.items() if name not in _BUILT_IN}
