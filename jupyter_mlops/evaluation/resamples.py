"""Metrics of many weightings of the same rows at once: what a bootstrap asks for a thousand times.

A drawing of rows with replacement is how often each row was drawn, and every metric here is a function of such weights. So a
thousand drawings are some products of matrices instead of a thousand calls of each metric.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from jupyter_mlops.evaluation.evaluated import Evaluated
from jupyter_mlops.evaluation.metric_tables import metric_functions

__all__ = ["RESAMPLED", "drawings", "label_places", "losses", "resampled"]

_CELLS = 4_000_000  # of one matrix of weights: 32 MB
_DRAWN = 20_000_000  # rows that are drawn and ranked at most: with more of them, intervals are narrow and need fewer drawings

Values = NDArray[Any]


def resampled(evaluated: Evaluated, *others: Evaluated, resamples: int = 1000, seed: int = 0, only: str | None = None) -> list[dict[str, Values]]:
    """Metrics of rows drawn with replacement, for each of the evaluations of the same rows, with the same drawings for all.

    Parameters
    ----------
    evaluated, *others : Evaluated
        Of equally many rows, in the same order.
    resamples : int, default 1000
        Drawings; fewer, but 200 at least, where that would draw more than 20 million rows, ranked for each of several classes.
    seed : int, default 0
        The same seed draws the same rows.
    only : str, optional
        The one metric that is wanted; by default all.

    Returns
    -------
    list of dict of str to array of shape (n_resamples,), float64
        One for each evaluation: the metrics of `RESAMPLED` that it has. NaN where a drawing has no value, as when it lacks a class.

    References
    ----------
    Efron and Tibshirani, *An Introduction to the Bootstrap* (1993), chapters 6 and 13.
    """
    every = [evaluated, *others]
    prepared = [{name: metric(one) for name, metric in RESAMPLED.items() if name in metric_functions(one) and only in (None, name)} for one in every]
    found: list[dict[str, list[Values]]] = [{name: [] for name in metrics} for metrics in prepared]
    ranked = max(len(one.labels) if one.labels is not None and one.probabilities is not None and not one.is_binary else 1 for one in every)
    most = max(200, _DRAWN // (len(evaluated) * ranked))
    for counts in drawings(len(evaluated), min(resamples, most), seed):
        for one, metrics, values in zip(every, prepared, found, strict=True):
            weights = counts if one.weights is None else counts * one.weights
            for name, metric in metrics.items():
                with np.errstate(divide="ignore", invalid="ignore"):
                    values[name].append(metric(weights))
    return [{name: np.concatenate(parts) for name, parts in values.items()} for values in found]


def drawings(rows: int, resamples: int, seed: int) -> Iterator[Values]:
    """How often each row was drawn: arrays of shape (some, rows), which have `resamples` lines together."""
    random = np.random.default_rng(seed)
    left = resamples
    while left:
        some = min(left, max(1, _CELLS // max(rows, 1)))
        drawn = random.integers(0, rows, (some, rows)) + rows * np.arange(some)[:, None]
        yield np.bincount(drawn.ravel(), minlength=some * rows).reshape(some, rows).astype(np.float64)
        left -= some


Metric = Callable[[Values], Values]


def _mean(each: Callable[[Evaluated], Values], evaluated: Evaluated) -> Metric:
    """The weighted mean of something that each row has."""
    value = each(evaluated).astype(np.float64)
    return lambda weights: weights @ value / weights.sum(axis=1)


def _root_mean(each: Callable[[Evaluated], Values], evaluated: Evaluated) -> Metric:
    mean = _mean(each, evaluated)
    return lambda weights: np.sqrt(mean(weights))


def _errors(evaluated: Evaluated) -> Values:
    return np.asarray(evaluated.predictions, np.float64) - np.asarray(evaluated.y, np.float64)


def _shares(evaluated: Evaluated) -> Values:
    """Errors as shares of what was right."""
    right = np.abs(np.asarray(evaluated.y, np.float64))
    return np.abs(_errors(evaluated)) / np.maximum(right, np.finfo(np.float64).eps)


def _explained(evaluated: Evaluated) -> Metric:
    """The share of the variance that is explained (R²)."""
    right, squares = np.asarray(evaluated.y, np.float64), _errors(evaluated) ** 2
    centred = right - right.mean()  # the same variance, without cancelling

    def values(weights: Values) -> Any:
        total = weights.sum(axis=1)
        whole = weights @ centred**2
        spread = whole - (weights @ centred) ** 2 / total
        return 1 - weights @ squares / np.where(spread > 1e-12 * whole, spread, np.nan)

    return values


def losses(evaluated: Evaluated) -> Any:
    """How wrong each row is: what the probability of the right class costs (log loss), 0 or 1 without one, the size of an error."""
    if not evaluated.is_classifier:
        return np.abs(_errors(evaluated))
    if evaluated.probabilities is None:
        return 1.0 - _hits(evaluated)
    places = label_places(evaluated, evaluated.y)
    chances = np.asarray(evaluated.probabilities, np.float64)[np.arange(len(places)), places]
    least = np.finfo(np.asarray(evaluated.probabilities).dtype).eps
    return -np.log(np.clip(chances, least, 1 - least))


def _by_class(kind: str, evaluated: Evaluated) -> Metric:
    """Precision, recall or F1, of the positive class or over all classes as `average` says."""
    from scipy.sparse import csr_matrix

    rows, classes = len(evaluated), len(evaluated.labels)  # type: ignore[arg-type]
    right, said = label_places(evaluated, evaluated.y), label_places(evaluated, evaluated.predictions)

    def members(places: Values, among: Values) -> Any:
        chosen = np.flatnonzero(among & (places >= 0))
        return csr_matrix((np.ones(len(chosen)), (places[chosen], chosen)), shape=(classes, rows))

    everyone = np.ones(rows, bool)
    parts = members(right, right == said), members(right, everyone), members(said, everyone)

    def values(weights: Values) -> Any:
        hit, support, named = (part @ weights.T for part in parts)  # each of shape (classes, n_resamples)
        if evaluated.average == "micro" and not evaluated.is_binary:
            hit, support, named = (part.sum(axis=0, keepdims=True) for part in (hit, support, named))
        below = {"precision": named, "recall": support, "f1": (named + support) / 2}[kind]
        each = np.divide(hit, below, out=np.zeros_like(hit), where=below > 0)
        if evaluated.is_binary:
            return each[-1]
        if evaluated.average == "weighted":
            return (each * support).sum(axis=0) / support.sum(axis=0)
        return each.sum(axis=0) / (support + named > 0).sum(axis=0)

    return values


class _Ranking:
    """Rows in the order of a score, those of the same score together."""

    def __init__(self, scores: Values, is_positive: Values) -> None:
        self.order = np.argsort(scores, kind="stable")
        ranked = scores[self.order]
        self.starts = np.flatnonzero(np.r_[True, ranked[1:] != ranked[:-1]])
        self.is_positive = is_positive[self.order].astype(np.float64)

    def sides(self, weights: Values) -> tuple[Values, Values]:
        """Weights of positives and negatives of each score, from the lowest: each of shape (n_resamples, n_scores)."""
        ranked = weights[:, self.order]
        positive = ranked * self.is_positive
        return np.add.reduceat(positive, self.starts, axis=1), np.add.reduceat(ranked - positive, self.starts, axis=1)


def _ranked_area(scores: Values, is_positive: Values) -> Metric:
    """The area below the ROC curve: the chance that a positive ranks above a negative."""
    ranking = _Ranking(scores, is_positive)

    def values(weights: Values) -> Any:
        positive, negative = ranking.sides(weights)
        beaten = np.cumsum(negative, axis=1) - negative / 2
        return (positive * beaten).sum(axis=1) / (positive.sum(axis=1) * negative.sum(axis=1))

    return values


def _scores(evaluated: Evaluated, place: int) -> tuple[Values, Values]:
    labels = evaluated.labels
    assert labels is not None
    return np.asarray(evaluated.probabilities, np.float64)[:, place], evaluated.y == labels[place]


def _roc_area(evaluated: Evaluated) -> Metric:
    if evaluated.is_binary:
        return _ranked_area(*_scores(evaluated, -1))
    areas = [_ranked_area(*_scores(evaluated, place)) for place in range(len(evaluated.labels))]  # type: ignore[arg-type]
    right = label_places(evaluated, evaluated.y)

    def values(weights: Values) -> Any:
        """Each class against the rest."""
        found = np.stack([area(weights) for area in areas])
        if evaluated.average == "macro":
            return found.mean(axis=0)
        shares = np.stack([weights @ (right == place) for place in range(len(areas))])
        return (found * shares).sum(axis=0) / shares.sum(axis=0)

    return values


def _average_precision(evaluated: Evaluated) -> Metric:
    ranking = _Ranking(*_scores(evaluated, -1))

    def values(weights: Values) -> Any:
        positive, negative = (side[:, ::-1] for side in ranking.sides(weights))
        hits = np.cumsum(positive, axis=1)
        named = hits + np.cumsum(negative, axis=1)
        precision = np.divide(hits, named, out=np.zeros_like(named), where=named > 0)
        return (positive * precision).sum(axis=1) / hits[:, -1]

    return values


def _hits(evaluated: Evaluated) -> Any:
    return np.asarray(evaluated.y) == np.asarray(evaluated.predictions)


def label_places(evaluated: Evaluated, values: ArrayLike) -> Values:
    """Places of labels in those of the evaluation; -1 for one that is not there."""
    labels = evaluated.labels
    assert labels is not None
    order = np.argsort(labels, kind="stable")
    wanted = np.asarray(values)
    places = order[np.minimum(np.searchsorted(labels, wanted, sorter=order), len(labels) - 1)]
    return np.where(labels[places] == wanted, places, -1)


RESAMPLED: Mapping[str, Callable[[Evaluated], Metric]] = {
    "accuracy_score": partial(_mean, _hits),
    "recall_score": partial(_by_class, "recall"),
    "precision_score": partial(_by_class, "precision"),
    "f1_score": partial(_by_class, "f1"),
    "log_loss": partial(_mean, losses),
    "roc_auc": _roc_area,
    "precision_recall_auc": _average_precision,
    "mean_absolute_error": partial(_mean, losses),
    "mean_squared_error": partial(_mean, lambda evaluated: _errors(evaluated) ** 2),
    "root_mean_squared_error": partial(_root_mean, lambda evaluated: _errors(evaluated) ** 2),
    "r2_score": _explained,
    "mean_absolute_percentage_error": partial(_mean, _shares),
}
"""Metric → what computes it of weights. What measures the data rather than the model is not here: counts, sums and means of targets;
nor is the largest error: no drawing has a larger one than the rows, so that an interval would end at what was seen."""
