"""What a log of requests says: how many, how fast, how many failed, and how far their data have moved."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec

from jupyter_mlops.data.columns import MOST_COLUMNS, OWN, PREDICTION
from jupyter_mlops.data.profiles import Profile, frame_profile
from jupyter_mlops.entities.registered_models import ModelVersion
from jupyter_mlops.errors import InvalidParameter
from jupyter_mlops.monitoring.logs import read_log
from jupyter_mlops.monitoring.places import log_place
from jupyter_mlops.monitoring.references import example_profile, given_training, kept_training
from jupyter_mlops.storage.artifact_stores.places import artifact_store

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["monitoring_report"]

_MINUTE, _DAY = 60_000, 86_400_000
_WIDTHS = (*(_MINUTE * count for count in (1, 5, 15, 60, 360)), _DAY)
_MOST_SPANS = 120
_QUANTILES = {"p50": 0.5, "p95": 0.95, "p99": 0.99}


def monitoring_report(model_place: str, version: ModelVersion | None = None, days: float = 7.0, training: Any = None) -> dict[str, Any] | None:
    """What the log of a model says of its last days; None where there is no log.

    Parameters
    ----------
    model_place : str
        The model's folder.
    version : ModelVersion, optional
        The version that it is.
    days : float, default 7, > 0
        Up to the last request.
    training : DataFrame, ndarray or dict, optional
        The data to compare with. By default what was kept of them, by `keep_training` or when the model was logged, else the model's
        input example if it has 200 rows, else the first day of the log.

    Returns
    -------
    dict
        ``begin``, ``end`` (milliseconds), ``days``, ``is_whole`` (false where the log has more than is read), ``requests`` and ``errors``
        (estimated where not all are kept), ``kept``, ``rows``, ``statuses`` (requests by HTTP's status), ``latency`` (``p50``, ``p95``,
        ``p99`` in milliseconds, of those that got an answer), ``spans`` (the same by ``time``, of ``width`` milliseconds each),
        ``reference`` (``kind`` of what is compared with, its ``rows``, the rows ``compared``, columns ``absent`` from the log and those
        that it ``lacks``) and ``drifts`` (see `Drift`).
    """
    if not 0 < days <= 36_500:
        raise InvalidParameter(f"days={days} is no number of days up to 36,500.")
    found = read_log(artifact_store(log_place(model_place, version)))
    if found is None or found.rows.empty:
        return None
    end = int(found.rows["_time"].iloc[-1])
    rows = found.rows[found.rows["_time"] > end - days * _DAY]
    begin = int(rows["_time"].iloc[0])
    requests = rows[rows["_row"] == 0]
    width = next((one for one in _WIDTHS if (end - begin) / one < _MOST_SPANS), -(-(end - begin) // (_MOST_SPANS * _DAY)) * _DAY)
    parts = dict(iter(requests.groupby(requests["_time"] // width)))
    spans = [{"time": place * width, **_numbers(parts.get(place, requests.head(0)))} for place in range(begin // width, end // width + 1)]
    statuses = {str(int(status)): _estimated(part) for status, part in requests.groupby("_status")}
    compared = _compared(found.rows, rows, *_trained_on(training, model_place))
    return {
        "begin": begin, "end": end, "days": days, "is_whole": found.is_whole, **_numbers(requests), "kept": len(requests),
        "rows": int((rows["_status"] == 200).sum()), "statuses": statuses, "width": width, "spans": spans, **compared,
    }  # fmt: skip


def _numbers(requests: pd.DataFrame) -> dict[str, Any]:
    answered = requests.loc[requests["_status"] == 200, "_latency_ms"].dropna()
    latency = {name: float(answered.quantile(share)) for name, share in _QUANTILES.items()} if len(answered) else None
    return {"requests": _estimated(requests), "errors": _estimated(requests[requests["_status"] >= 400]), "latency": latency}


def _estimated(requests: pd.DataFrame) -> int:
    """How many requests there were, of which these were kept."""
    return round(float((1 / requests["_rate"]).sum()))


def _compared(every: pd.DataFrame, rows: pd.DataFrame, before: Profile | None, kind: str) -> dict[str, Any]:
    from jupyter_mlops.monitoring.drifts import drifts  # loads numpy

    answered = rows[rows["_status"] == 200]
    if before is None:
        end = int(every["_time"].iloc[0]) + _DAY
        first, answered = every[(every["_time"] < end) & (every["_status"] == 200)], answered[answered["_time"] >= end]
        before = frame_profile(first.drop(columns=[*OWN]))
    there = [one for one in before.columns if one.name in every]
    known = {one.name for one in before.columns}
    absent = [one.name for one in before.columns if one.name not in every]  # such as those that the log is without
    lacks = [name for name in every if name not in known and name not in OWN and not name.startswith(PREDICTION)]
    found = drifts(there, answered) if len(answered) else []
    return {
        "reference": {"kind": kind, "rows": before.rows, "compared": len(answered), "absent": absent, "lacks": lacks[:MOST_COLUMNS]},
        "drifts": [msgspec.to_builtins(one) for one in found],
    }


def _trained_on(training: Any, model_place: str) -> tuple[Profile | None, str]:
    """What the training data look like, or what is taken for them, and what that is called."""
    found = kept_training(model_place) if training is None else given_training(model_place, training)
    if found is not None:
        return found, "training"
    found = example_profile(model_place)
    return found, "first day" if found is None else "example"
