"""Metrics of many weightings of the same rows at once: what a bootstrap asks for a thousand times.

A drawing with replacement is how often each row was drawn, and every metric here is a function of sums over rows so weighted. So a
thousand drawings are some products of matrices instead of a thousand calls of each metric; and where there are many rows, they are
drawn in random groups whose sums are known beforehand, so that a million rows cost hardly more than some thousand.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.sparse import csr_matrix, hstack, issparse

from jupyter_mlops.evaluation.evaluated import Evaluated
from jupyter_mlops.evaluation.metric_tables import metric_functions

__all__ = ["RESAMPLED", "drawings", "label_places", "losses", "resampled"]

_MOST_GROUPS = 2000  # of more rows, groups are drawn
_STEPS, _FEWEST_STEPS = 500, 25  # that ranks of a class are told apart by where groups are drawn; several classes share them
_CELLS = 4_000_000  # of one matrix of drawings: 32 MB

Values = NDArray[Any]
Groups = Any
"""A sparse matrix of shape (n_groups, n_rows): the weight of each row in the group that it is drawn with."""
Metric = Callable[[Values], Values]
"""From drawings of groups, shape (n_resamples, n_groups), to values, shape (n_resamples,)."""


def resampled(evaluated: Evaluated, *others: Evaluated, resamples: int = 1000, seed: int = 0, only: str | None = None) -> list[dict[str, Values]]:
    """Metrics of rows drawn with replacement, for each of the evaluations of the same rows, with the same drawings for all.

    Parameters
    ----------
    evaluated, *others : Evaluated
        Of equally many rows, in the same order.
    resamples : int, default 1000
        Drawings.
    seed : int, default 0
        The same seed draws the same rows.
    only : str, optional
        The one metric that is wanted; by default all.

    Returns
    -------
    list of dict of str to array of shape (n_resamples,), float64
        One for each evaluation: the metrics of `RESAMPLED` that it has. NaN where a drawing has no value, as when it lacks a class.

    Notes
    -----
    More than 2,000 rows are drawn in as many groups, to which they belong by chance: sums over such groups spread as sums
    over rows do, as far as so many groups can tell (the width of an interval by some 2 %, less than a thousand drawings do).
    Scores are then ranked in steps of 0.2 % of the rows of either kind, for how values spread, not for where they lie. So it takes
    little more time than sorting the scores does.

    References
    ----------
    Efron and Tibshirani, *An Introduction to the Bootstrap* (1993), chapters 6 and 13; Wolter, *Introduction to Variance Estimation*
    (2007), chapter 2, "The Method of Random Groups".
    """
    places = np.arange(len(evaluated))
    if len(evaluated) > _MOST_GROUPS:
        places = np.random.default_rng(seed).permutation(len(evaluated)) % _MOST_GROUPS
    prepared = [_prepared(one, places, only) for one in (evaluated, *others)]
    found: list[dict[str, list[Values]]] = [{name: [] for name in metrics} for metrics in prepared]
    for counts in drawings(int(places.max()) + 1, resamples, seed):
        for metrics, values in zip(prepared, found, strict=True):
            for name, metric in metrics.items():
                with np.errstate(divide="ignore", invalid="ignore"):
                    values[name].append(metric(counts))
    return [{name: np.concatenate(parts) for name, parts in values.items()} for values in found]


def _prepared(evaluated: Evaluated, places: Values, only: str | None) -> dict[str, Metric]:
    weights = np.ones(len(places)) if evaluated.weights is None else np.asarray(evaluated.weights, np.float64)
    groups = csr_matrix((weights, (places, np.arange(len(places)))))
    return {name: metric(evaluated, groups) for name, metric in RESAMPLED.items() if name in metric_functions(evaluated) and only in (None, name)}


def drawings(groups: int, resamples: int, seed: int) -> Iterator[Values]:
    """How often each group was drawn: arrays of shape (some, groups), which have `resamples` lines together."""
    random = np.random.default_rng(seed)
    left = resamples
    while left:
        some = min(left, max(1, _CELLS // max(groups, 1)))
        drawn = random.integers(0, groups, (some, groups)) + groups * np.arange(some)[:, None]
        yield np.bincount(drawn.ravel(), minlength=some * groups).reshape(some, groups).astype(np.float64)
        left -= some


def _sums(groups: Groups, columns: Any) -> Any:
    """Columns, one line a row, summed up over the rows of each group; left sparse where that is less work."""
    sums = groups @ columns
    return sums.toarray() if issparse(sums) and 10 * sums.nnz > np.prod(sums.shape) else sums


def _members(places: Values, columns: int) -> Any:
    """A 1 for each row in the column of its place, shape (n_rows, n_columns); none for the place -1."""
    rows = np.flatnonzero(places >= 0)
    return csr_matrix((np.ones(len(rows)), (rows, places[rows])), shape=(len(places), columns))


def _mean(each: Callable[[Evaluated], Values], evaluated: Evaluated, groups: Groups) -> Metric:
    """The weighted mean of something that each row has."""
    sums = _sums(groups, np.column_stack([each(evaluated), np.ones(len(evaluated))]))

    def values(counts: Values) -> Any:
        total, weight = (counts @ sums).T
        return total / weight

    return values


def _root_mean(each: Callable[[Evaluated], Values], evaluated: Evaluated, groups: Groups) -> Metric:
    mean = _mean(each, evaluated, groups)
    return lambda counts: np.sqrt(mean(counts))


def _errors(evaluated: Evaluated) -> Values:
    return np.asarray(evaluated.predictions, np.float64) - np.asarray(evaluated.y, np.float64)


def _shares(evaluated: Evaluated) -> Values:
    """Errors as shares of what was right."""
    right = np.abs(np.asarray(evaluated.y, np.float64))
    return np.abs(_errors(evaluated)) / np.maximum(right, np.finfo(np.float64).eps)


def _explained(evaluated: Evaluated, groups: Groups) -> Metric:
    """The share of the variance that is explained (R²)."""
    right = np.asarray(evaluated.y, np.float64)
    centred = right - right.mean()  # the same variance, without cancelling
    sums = _sums(groups, np.column_stack([np.ones(len(right)), centred, centred**2, _errors(evaluated) ** 2]))

    def values(counts: Values) -> Any:
        weight, middle, whole, missed = (counts @ sums).T
        spread = whole - middle**2 / weight
        return 1 - missed / np.where(spread > 1e-12 * whole, spread, np.nan)

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


def _by_class(kind: str, evaluated: Evaluated, groups: Groups) -> Metric:
    """Precision, recall or F1, of the positive class or over all classes as `average` says."""
    classes = len(evaluated.labels)  # type: ignore[arg-type]
    right, said = label_places(evaluated, evaluated.y), label_places(evaluated, evaluated.predictions)
    parts = (np.where(right == said, right, -1), right, said)
    sums = _sums(groups, hstack([_members(part, classes) for part in parts], "csr"))

    def values(counts: Values) -> Any:
        hit, support, named = np.split(counts @ sums, 3, axis=1)  # each of shape (n_resamples, classes)
        if evaluated.average == "micro" and not evaluated.is_binary:
            hit, support, named = (part.sum(axis=1, keepdims=True) for part in (hit, support, named))
        below = {"precision": named, "recall": support, "f1": (named + support) / 2}[kind]
        each = np.divide(hit, below, out=np.zeros_like(hit), where=below > 0)
        if evaluated.is_binary:
            return each[:, -1]
        if evaluated.average == "weighted":
            return (each * support).sum(axis=1) / support.sum(axis=1)
        return each.sum(axis=1) / (support + named > 0).sum(axis=1)

    return values


def _ranked(formula: Callable[[Values, Values], Values], evaluated: Evaluated, groups: Groups, place: int = -1) -> Metric:
    """A metric of how a class is ranked above others, by the weights of its rows and of the others, for each score from the lowest on."""
    labels = evaluated.labels
    assert labels is not None
    is_positive = evaluated.y == labels[place]
    ranks = np.unique(np.asarray(evaluated.probabilities, np.float64)[:, place], return_inverse=True)[1]
    weights = np.asarray(groups.sum(axis=0)).ravel()

    def value(ranks: Values) -> Any:
        return formula(*(np.bincount(ranks, weights * side)[None] for side in (is_positive, ~is_positive)))

    shift = 0.0
    if groups.shape[0] < len(ranks):
        merged = _merged(ranks, is_positive, weights, max(_FEWEST_STEPS, _STEPS if evaluated.is_binary else _STEPS // len(labels)))
        with np.errstate(invalid="ignore"):
            ranks, shift = merged, value(ranks) - value(merged)
    width = int(ranks.max()) + 1
    sums = _sums(groups, _members(np.where(is_positive, ranks, ranks + width), 2 * width))
    return lambda counts: np.minimum(formula(*np.split(counts @ sums, 2, axis=1)) + shift, 1.0)


def _merged(ranks: Values, is_positive: Values, weights: Values, steps: int) -> Values:
    """Neighbouring ranks as one, as long as they are in the same step of those that are positive and in the same of the others.
    So the few of a rare class keep their own ranks."""
    found = np.zeros(int(ranks.max()) + 1)
    for side in (is_positive, ~is_positive):
        each = np.bincount(ranks, weights * side)
        found += np.floor(steps * (np.cumsum(each) - each / 2) / (each.sum() or 1))
    return np.unique(found, return_inverse=True)[1][ranks]


def _area(positive: Values, negative: Values) -> Any:
    """Below the ROC curve: the chance that a positive ranks above a negative."""
    beaten = np.cumsum(negative, axis=1) - negative / 2
    return (positive * beaten).sum(axis=1) / (positive.sum(axis=1) * negative.sum(axis=1))


def _average_precision(positive: Values, negative: Values) -> Any:
    hits = np.cumsum(positive[:, ::-1], axis=1)
    named = hits + np.cumsum(negative[:, ::-1], axis=1)
    precision = np.divide(hits, named, out=np.zeros_like(named), where=named > 0)
    return (positive[:, ::-1] * precision).sum(axis=1) / hits[:, -1]


def _roc_area(evaluated: Evaluated, groups: Groups) -> Metric:
    if evaluated.is_binary:
        return _ranked(_area, evaluated, groups)
    classes = len(evaluated.labels)  # type: ignore[arg-type]
    areas = [_ranked(_area, evaluated, groups, place) for place in range(classes)]
    supports = _sums(groups, _members(label_places(evaluated, evaluated.y), classes))

    def values(counts: Values) -> Any:
        """Each class against the rest."""
        found = np.column_stack([area(counts) for area in areas])
        if evaluated.average == "macro":
            return found.mean(axis=1)
        shares = counts @ supports
        return (found * shares).sum(axis=1) / shares.sum(axis=1)

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


RESAMPLED: Mapping[str, Callable[[Evaluated, Groups], Metric]] = {
    "accuracy_score": partial(_mean, _hits),
    "recall_score": partial(_by_class, "recall"),
    "precision_score": partial(_by_class, "precision"),
    "f1_score": partial(_by_class, "f1"),
    "log_loss": partial(_mean, losses),
    "roc_auc": _roc_area,
    "precision_recall_auc": partial(_ranked, _average_precision),
    "mean_absolute_error": partial(_mean, losses),
    "mean_squared_error": partial(_mean, lambda evaluated: _errors(evaluated) ** 2),
    "root_mean_squared_error": partial(_root_mean, lambda evaluated: _errors(evaluated) ** 2),
    "r2_score": _explained,
    "mean_absolute_percentage_error": partial(_mean, _shares),
}
"""Metric → what computes it of drawings. What measures the data rather than the model is not here: counts, sums and means of targets;
nor is the largest error: no drawing has a larger one than the rows, so that an interval would end at what was seen."""
