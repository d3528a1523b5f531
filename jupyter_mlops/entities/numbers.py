"""Numbers as JSON can hold them."""

from __future__ import annotations

import math
from typing import Any

__all__ = ["as_json"]


def as_json(value: Any) -> Any:
    """A number that JSON can hold: NaN and infinities as MLflow's protocol spells them.

    Examples
    --------
    >>> as_json(float("nan")), as_json(0.5)
    ('NaN', 0.5)
    """
    if not isinstance(value, float) or math.isfinite(value):
        return value
    return "NaN" if math.isnan(value) else "Infinity" if value > 0 else "-Infinity"
