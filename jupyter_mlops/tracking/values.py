"""What may be logged as the value, step and time of a metric."""

from __future__ import annotations

from typing import Any

from jupyter_mlops.errors import InvalidParameter

__all__ = ["metric_step", "metric_timestamp", "metric_value"]


def metric_value(key: str, value: Any) -> float:
    """`value` as a float.

    Parameters
    ----------
    value : float, or whatever becomes one
        Numbers, booleans, numeric text, arrays and tensors of one element.

    Raises
    ------
    InvalidParameter
        It does not.

    Examples
    --------
    >>> metric_value("acc", True), metric_value("acc", "0.5")
    (1.0, 0.5)
    """
    if type(value) is float:
        return value
    if value is None:
        raise InvalidParameter(f"Metric {key!r} has no value (None); a number is needed.")
    try:
        return float(value.item() if hasattr(value, "item") and not isinstance(value, (int, float)) else value)
    except Exception:  # an array's or tensor's own error, of any library
        shown = repr(value)
        raise InvalidParameter(
            f"Metric {key!r} needs a number, not {shown[:80]}{'…' * (len(shown) > 80)} ({type(value).__name__})."
        ) from None


def metric_step(step: Any) -> int:
    """`step` as an int; integral floats and numpy integers are taken."""
    if step is None:
        return 0
    try:
        number = int(step)
    except (TypeError, ValueError, OverflowError):
        number = None
    if number is None or number != step or not -(2**63) <= number < 2**63:
        raise InvalidParameter(f"A step is a whole number of 64 bits, not {step!r}.")
    return number


def metric_timestamp(timestamp: Any) -> int:
    """`timestamp` as an int, milliseconds since the Unix epoch, not negative."""
    try:
        number = int(timestamp)
    except (TypeError, ValueError, OverflowError):
        number = -1
    if not 0 <= number < 2**63:
        raise InvalidParameter(f"A timestamp is a number of milliseconds since 1970, not {timestamp!r}.")
    return number
