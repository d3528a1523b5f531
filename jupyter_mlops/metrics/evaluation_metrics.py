"""Metrics of one's own."""

from __future__ import annotations

import inspect
import keyword
import logging
from collections.abc import Callable
from typing import Any

from jupyter_mlops.errors import InvalidParameter

__all__ = ["EvaluationMetric", "make_metric"]

_log = logging.getLogger(__name__)
_SPECIAL = ("predictions", "targets", "metrics")


class EvaluationMetric:
    """A metric that `evaluate` computes besides its own; `make_metric` makes one.

    Attributes
    ----------
    eval_fn : callable
    name, long_name : str
    greater_is_better : bool
    version, metric_details : str or None
    metric_metadata, genai_metric_args : dict or None

    Notes
    -----
    It is called as its function is, with keywords.
    """

    def __init__(
        self,
        eval_fn: Callable[..., Any],
        name: str,
        greater_is_better: bool,
        long_name: str | None = None,
        version: str | None = None,
        metric_details: str | None = None,
        metric_metadata: dict[str, Any] | None = None,
        genai_metric_args: dict[str, Any] | None = None,
    ) -> None:
        self.eval_fn = eval_fn
        self.name = name
        self.greater_is_better = greater_is_better
        self.long_name = long_name or name
        self.version = version
        self.metric_details = metric_details
        self.metric_metadata = metric_metadata
        self.genai_metric_args = genai_metric_args
        parameters = inspect.signature(eval_fn).parameters.values()
        self.__signature__ = inspect.Signature(
            [p.replace(kind=p.KEYWORD_ONLY) for p in parameters if p.kind < p.KEYWORD_ONLY]
        )

    def __call__(self, **kwargs: Any) -> Any:
        """What the function says of data that is given to it."""
        return self.eval_fn(**kwargs)

    def __repr__(self) -> str:
        optional = ("long_name", "version", "metric_details", "metric_metadata")
        shown = ["name", "greater_is_better", *(name for name in optional if getattr(self, name))]
        return f"EvaluationMetric({', '.join(f'{name}={getattr(self, name)}' for name in shown)})"


def make_metric(
    *,
    eval_fn: Callable[..., Any],
    greater_is_better: bool,
    name: str | None = None,
    long_name: str | None = None,
    version: str | None = None,
    metric_details: str | None = None,
    metric_metadata: dict[str, Any] | None = None,
    genai_metric_args: dict[str, Any] | None = None,
) -> EvaluationMetric:
    """A metric from a function.

    Parameters
    ----------
    eval_fn : callable
        Returns a number or a `MetricValue`. It takes either ``(eval_df, builtin_metrics)``, a frame with the columns
        ``prediction`` and ``target`` and a dict of the metrics so far; or any of ``predictions``, ``targets`` (Series),
        ``metrics`` (dict of `MetricValue`), columns of the data, other metrics and keys of `evaluator_config` by name.
    greater_is_better : bool
    name : str, optional
        By default that of the function.
    long_name, version, metric_details : str, optional
        With a version, the metric is logged as ``<name>/<version>``.
    metric_metadata, genai_metric_args : dict, optional
        Kept with the metric.

    Returns
    -------
    EvaluationMetric

    Raises
    ------
    InvalidParameter
        There is no name, as of a lambda, or it has a ``/``.

    Examples
    --------
    >>> def share_of_ones(eval_df, builtin_metrics):
    ...     return eval_df["prediction"].mean()
    >>> make_metric(eval_fn=share_of_ones, greater_is_better=True)
    EvaluationMetric(name=share_of_ones, greater_is_better=True, long_name=share_of_ones)
    """
    if name is None:
        name = getattr(eval_fn, "__name__", "<lambda>")
        if name == "<lambda>":
            raise InvalidParameter("A metric needs a name, which a lambda or an object does not have: give name=….")
    if "/" in name:
        raise InvalidParameter(f"The name of a metric cannot have a slash ('/'): {name!r}.")
    if not name.isidentifier() or keyword.iskeyword(name) or name in _SPECIAL:
        _log.warning("Other metrics cannot ask for a metric named %r: a name of letters, digits and _ would do.", name)
    return EvaluationMetric(
        eval_fn, name, greater_is_better, long_name, version, metric_details, metric_metadata, genai_metric_args
    )
