"""Which way a metric gets better, as far as its name tells: for the table, the card and the sweep alike."""

from __future__ import annotations

import functools
import re
from typing import Literal

__all__ = ["Direction", "direction_of", "metric_place"]

Direction = Literal["lower", "higher", "neither"]
_LOWER = set(
    "loss error errors err rmse mse mae mape smape rmsle msle nll perplexity ppl wer cer fpr fnr divergence logloss hinge brier fid deviance regret "
    "latency".split()
)
_HIGHER = set(
    "accuracy acc auc auroc auprc roc f1 precision recall r2 score map ndcg iou dice bleu rouge jaccard kappa mcc tpr tnr sensitivity specificity "
    "reward".split()
)
_NUMBERS = re.compile(r"(\d+)")
_WORD = re.compile(r"[a-z]+[0-9]*")


@functools.lru_cache(4096)
def direction_of(key: str) -> Direction:
    """Whether less or more of a metric is better; ``"neither"`` where its name does not tell.

    Examples
    --------
    >>> direction_of("val_loss"), direction_of("test/RMSE"), direction_of("f1_score"), direction_of("epoch")
    ('lower', 'lower', 'higher', 'neither')
    >>> direction_of("neg_mean_squared_error")
    'higher'
    """
    words = _WORD.findall(re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", key).lower())
    if _LOWER.intersection(words):
        return "higher" if words[0] in ("neg", "negative") or "neg" in words else "lower"
    return "higher" if _HIGHER.intersection(words) else "neither"


@functools.lru_cache(4096)
def metric_place(key: str) -> tuple[bool, list[tuple[bool, int | str]]]:
    """Where a metric stands among others: first what can be better or worse, numbers in names as numbers.

    Examples
    --------
    >>> sorted(["layer10", "layer2", "loss"], key=metric_place)
    ['loss', 'layer2', 'layer10']
    """
    parts = [(part.isdecimal(), int(part) if part.isdecimal() else part) for part in _NUMBERS.split(key)]
    return direction_of(key) == "neither", parts
