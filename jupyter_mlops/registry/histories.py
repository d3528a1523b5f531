"""The audit trail of a model as a table."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from jupyter_mlops.entities.model_events import ModelEvent

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["events_to_frame"]

_COLUMNS = (
    "time", "user", "host", "notebook", "cell", "action", "name", "version", "key", "before", "after", "comment", "forced", "text",
)  # fmt: skip


def events_to_frame(events: Sequence[ModelEvent]) -> pd.DataFrame:
    """One row for each event; times in UTC."""
    import pandas as pd

    frame = pd.DataFrame({name: [getattr(event, name) for event in events] for name in _COLUMNS})
    frame["time"] = pd.to_datetime(frame["time"], unit="ms", utc=True)
    return frame
