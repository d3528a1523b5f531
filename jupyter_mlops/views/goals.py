"""Whether more or less of a metric is better, as far as its name tells."""

from __future__ import annotations

import functools
import re

__all__ = ["goal_of"]

_LESS = (
    "loss err error errors rmse mse mae mape logloss nll perplexity ppl fpr fnr wer cer brier latency regret".split()
)
_MORE = (
    "acc accuracy auc f1 precision recall r2 score map bleu rouge iou dice ndcg tpr tnr reward kappa mcc specificity sensitivity"
).split()
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
