"""Which way a metric gets better, as far as its name tells."""

from __future__ import annotations

import re
from typing import Literal

__all__ = ["Direction", "direction_of"]

Direction = Literal["lower", "higher", "neither"]
_LOWER = set("loss error err rmse mse mae mape smape rmsle msle perplexity ppl wer cer divergence logloss hinge brier fid deviance regret latency".split())
_HIGHER = set("accuracy acc auc auroc auprc roc f1 precision recall r2 score map ndcg iou dice bleu rouge jaccard kappa mcc sensitivity specificity".split())
_WORD = re.compile(r"[a-z]+[0-9]*")


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
