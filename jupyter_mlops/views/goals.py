"""Whether more or less of a metric is better, as far as its name tells."""

from __future__ import annotations

import functools
import re

__all__ = ["goal_of", "metric_place"]

_LESS = (
    "loss err error errors rmse mse mae mape logloss nll perplexity ppl fpr fnr wer cer brier latency regret".split()
)
_MORE = (
    "acc accuracy auc f1 precision recall r2 score map bleu rouge iou dice ndcg tpr tnr reward kappa mcc specificity sensitivity"
).split()
_NUMBERS = re.compile(r"(\d+)")
_WORDS = re.compile(r"[a-z]+\d?")


@functools.lru_cache(4096)
def goal_of(key: str) -> str | None:
    """``"min"``, ``"max"``, or None where the name does not say; the last word that says it counts.

    Examples
    --------
    >>> goal_of("val_loss"), goal_of("test/f1-score"), goal_of("lr")
    ('min', 'max', None)
    """
    for word in reversed(_WORDS.findall(key.lower())):
        if word in _LESS:
            return "min"
        if word in _MORE:
            return "max"
    return None


@functools.lru_cache(4096)
def metric_place(key: str) -> tuple[bool, list[tuple[bool, int | str]]]:
    """Where a metric stands among others: first what can be better or worse, numbers in names as numbers.

    Examples
    --------
    >>> sorted(["layer10", "layer2", "loss"], key=metric_place)
    ['loss', 'layer2', 'layer10']
    """
    parts = [(part.isdecimal(), int(part) if part.isdecimal() else part) for part in _NUMBERS.split(key)]
    return goal_of(key) is None, parts
