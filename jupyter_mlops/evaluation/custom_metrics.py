"""Metrics of the user's own, computed from whatever their functions ask for."""

from __future__ import annotations

import copy
import inspect
import logging
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from jupyter_mlops.errors import InvalidParameter, MlflowException
from jupyter_mlops.metrics.evaluation_metrics import EvaluationMetric
from jupyter_mlops.metrics.metric_values import MetricValue, is_number
from jupyter_mlops.tracking.silences import quiet

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["Known", "aggregated", "check_metrics", "compute_metrics"]

_log = logging.getLogger(__name__)
_MISSING = object()


@dataclass
class Known:
    """What a metric can ask for.

    Attributes
    ----------
    eval_df : DataFrame
        With the columns ``prediction`` and, if there are targets, ``target``.
    inputs : DataFrame
    others : DataFrame or None
        Further columns of the model's answer.
    config : dict
    prediction_names, target_names : set of str
        By which functions ask for those columns.
    values : dict of str to MetricValue
        Metrics so far.
    asked_others : set of str
        Columns of `others` that a metric asked for.
    """

    eval_df: pd.DataFrame
    inputs: pd.DataFrame
    others: pd.DataFrame | None
    config: Mapping[str, Any]
    prediction_names: set[str]
    target_names: set[str]
    values: dict[str, MetricValue]
    asked_others: set[str] = field(default_factory=set)

    def first_row(self) -> Known:
        """The same of one row, to try metrics on."""
        others = None if self.others is None else self.others.iloc[[0]]
        return replace(
            self, eval_df=self.eval_df.iloc[[0]], inputs=self.inputs.iloc[[0]], others=others, values=dict(self.values)
        )

    def find(self, name: str, planned: set[str]) -> Any:
        """What a parameter of that name is given; `_MISSING` when nothing is known by it."""
        asked = (self.config.get("col_mapping") or {}).get(name, name)
        if not isinstance(asked, str):
            return asked  # the mapping has the column itself
        if asked in self.prediction_names:
            return self.eval_df["prediction"].copy()
        if asked in self.target_names:
            return self.eval_df["target"].copy() if "target" in self.eval_df else _MISSING
        if asked == "metrics":
            return copy.deepcopy(self.values)
        for frame in (self.inputs, self.others):
            if frame is not None and asked in frame.columns:
                self.asked_others |= {asked} if frame is self.others else set()
                return frame[asked].copy()
        if asked == "inputs":
            return self.inputs.copy()
        if asked in self.config:
            return self.config[asked]
        named = [value for key, value in self.values.items() if key.split("/")[0] == asked]
        return named[0] if named else None if asked in planned else _MISSING


def check_metrics(metrics: Any) -> list[EvaluationMetric]:
    """The metrics as a list; `InvalidParameter` unless `make_metric` made them."""
    if isinstance(metrics, EvaluationMetric):
        raise InvalidParameter(f"extra_metrics is a list of metrics: put {metrics.name} into brackets.")
    found = list(metrics or ()) if isinstance(metrics, Iterable | None) else [metrics]
    if strange := [metric for metric in found if not isinstance(metric, EvaluationMetric)]:
        kinds = ", ".join(f"{metric!r} ({type(metric).__name__})" for metric in strange)
        raise InvalidParameter(
            f"extra_metrics is a list of metrics that make_metric() makes, or a function of jupyter_mlops.metrics when it is called, as rmse(); these are none: {kinds}."
        )
    return found


def compute_metrics(metrics: Sequence[EvaluationMetric], known: Known) -> None:
    """Add the value of each metric to `known.values`, those first that others ask for.

    Raises
    ------
    MlflowException
        A metric asks for what is not there, or raises: all are tried on the first row before, and all errors are told.
    """
    ordered = _ordered(metrics, known)
    names = {metric.name for metric in ordered}
    _try_first_row(ordered, known, names)
    for index, metric in enumerate(ordered):
        try:
            _compute(metric, known, names)
        except Exception as error:  # code of the user
            raise MlflowException(f"Metric {metric.name!r}, {index + 1} of {len(ordered)}: {_said(error)}") from error


def aggregated(values: Mapping[str, MetricValue], prefix: str = "") -> dict[str, float]:
    """The numbers of all metrics by the names that they are logged by, with the prefix before both parts of one, as MLflow has it."""
    found = {}
    for name, value in values.items():
        for part, number in (value.aggregate_results or {}).items():
            if number is not None:
                own = part == name.split("/")[0]
                found[f"{prefix}{name}" if own else f"{prefix}{name}/{prefix}{part}"] = _plain(number)
    return found


def _plain(number: Any) -> float:
    plain: float = number.item() if hasattr(number, "item") else number
    return plain


def _ordered(metrics: Sequence[EvaluationMetric], known: Known) -> list[EvaluationMetric]:
    ordered: list[EvaluationMetric] = []
    remaining = list(metrics)
    while remaining:
        planned = {metric.name for metric in ordered}
        lacking = {id(metric): _arguments(metric, known, planned)[1] for metric in remaining}
        ready = [metric for metric in remaining if not lacking[id(metric)]]
        if not ready:
            raise MlflowException(_words_for_lacking(remaining, lacking, known), "INVALID_PARAMETER_VALUE")
        ordered += ready
        remaining = [metric for metric in remaining if lacking[id(metric)]]
    return ordered


def _words_for_lacking(metrics: Sequence[EvaluationMetric], lacking: Mapping[int, list[str]], known: Known) -> str:
    lines = [f"Metric {metric.name!r} asks for {', '.join(map(repr, lacking[id(metric)]))}." for metric in metrics]
    columns = [*known.inputs.columns, *(() if known.others is None else known.others.columns)]
    return "\n".join(
        ["Metrics ask for what is not there:", *lines, f"There are predictions, {'targets, ' * ('target' in known.eval_df)}metrics and the "
         f"columns {columns[:20]!r}. Map names by evaluator_config={{'col_mapping': {{'name': 'column'}}}}."]
    )  # fmt: skip


def _try_first_row(metrics: Sequence[EvaluationMetric], known: Known, names: set[str]) -> None:
    one, failures = known.first_row(), []
    for metric in metrics:
        try:
            with quiet():  # a single row is no data to be warned of
                _compute(metric, one, names, warn=False)
        except Exception as error:  # code of the user
            failures.append((metric.name, error))
    if failures:
        lines = [f"Metric {name!r}: {_said(error)}" for name, error in failures]
        raise MlflowException("\n".join(["Metrics fail on the first row:", *lines])) from failures[0][1]


def _said(error: BaseException) -> str:
    return f"{type(error).__name__}: {error}"


def _compute(metric: EvaluationMetric, known: Known, planned: set[str], *, warn: bool = True) -> None:
    arguments, _ = _arguments(metric, known, planned)
    value, complaint = _checked(metric, metric.eval_fn(*arguments))
    if value is not None:
        known.values[f"{metric.name}/{metric.version}" if metric.version else metric.name] = value
    elif warn:
        _log.warning("Metric %r is left out: it returned %s.", metric.name, complaint)


def _arguments(metric: EvaluationMetric, known: Known, planned: set[str]) -> tuple[list[Any], list[str]]:
    """What the function is called with, and which of it is not there."""
    parameters = inspect.signature(metric.eval_fn).parameters
    if _is_old_style(list(parameters)):
        return [known.eval_df.copy(), aggregated(known.values)], []
    arguments, lacking = [], []
    for name, parameter in parameters.items():
        if parameter.kind in (parameter.VAR_POSITIONAL, parameter.VAR_KEYWORD):
            continue
        found = known.find(name, planned)
        if found is _MISSING and parameter.default is parameter.empty:
            lacking.append(name)
        arguments.append(parameter.default if found is _MISSING else found)
    return arguments, lacking


def _is_old_style(names: list[str]) -> bool:
    """``(eval_df, builtin_metrics)``, whatever they are called."""
    return len(names) == 2 and names[0] != "predictions" and names[1] != "targets"


def _checked(metric: EvaluationMetric, value: Any) -> tuple[MetricValue | None, str]:
    """What a function returned, as a value; or None and what is wrong with it."""
    if is_number(value):
        return MetricValue(aggregate_results={metric.name: value}), ""
    if not isinstance(value, MetricValue):
        return (
            None,
            "None" if value is None else f"a {type(value).__name__}, where a number or a MetricValue is expected",
        )
    scores, reasons, aggregates = value.scores, value.justifications, value.aggregate_results
    if scores is not None and not (
        isinstance(scores, list) and all(s is None or isinstance(s, str) or is_number(s) for s in scores)
    ):
        return None, f"scores that are no list of numbers or texts{_instead(scores)}"
    if reasons is not None and not (
        isinstance(reasons, list) and all(r is None or isinstance(r, str) for r in reasons)
    ):
        return None, f"justifications that are no list of texts{_instead(reasons)}"
    if aggregates is not None and not (
        isinstance(aggregates, dict)
        and all(isinstance(k, str) and (v is None or is_number(v)) for k, v in aggregates.items())
    ):
        return None, "aggregate_results that are no dict of names to numbers"
    return value, ""


def _instead(values: Any) -> str:
    """What makes a list of an array or a Series, in words."""
    return f", but a {type(values).__name__}: .tolist() makes one" if hasattr(values, "tolist") else ""
