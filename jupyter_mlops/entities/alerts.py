"""What a run warns of, kept as one tag of the run."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import msgspec

from jupyter_mlops.entities.records import Entity
from jupyter_mlops.entities.tags import ALERTS_TAG, LONGEST_TAG

__all__ = ["LEVELS", "Alert", "alerts_in", "alerts_text"]

LEVELS = ("info", "warning", "error")


class Alert(Entity, frozen=True):
    """Something about a run that somebody should look at.

    Attributes
    ----------
    title, text : str
    level : str
        ``"info"``, ``"warning"`` or ``"error"``.
    time : int, milliseconds since the Unix epoch, UTC
        When it was told last.
    count : int
        How often it was told; what is told again at once counts once.
    """

    title: str
    text: str
    level: str
    time: int
    count: int = 1


def alerts_in(tags: Mapping[str, str]) -> list[Alert]:
    """Alerts of a run with these tags, oldest first; none where the tag is not what this package writes.

    Examples
    --------
    >>> alerts_in({}), alerts_in({ALERTS_TAG: "by hand"})
    ([], [])
    """
    try:
        return msgspec.json.decode(tags.get(ALERTS_TAG, "[]"), type=list[Alert])
    except msgspec.MsgspecError:
        return []


def alerts_text(alerts: Sequence[Alert]) -> str:
    """The value of the tag; where not all have room, the least and then the oldest are left out.

    Examples
    --------
    >>> alerts_in({ALERTS_TAG: alerts_text([Alert("loss is NaN", "", "warning", 0)])})[0].title
    'loss is NaN'
    """
    kept = list(alerts)
    while len(text := msgspec.json.encode(kept).decode()) > LONGEST_TAG:
        kept.remove(min(kept[:-1], key=lambda alert: LEVELS.index(alert.level) if alert.level in LEVELS else 0))
    return text
