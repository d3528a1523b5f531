"""What the log of a version's requests says, as the model's page shows it."""

from __future__ import annotations

from typing import Any

from jupyter_mlops.charts.monitoring import monitoring_figures
from jupyter_mlops.errors import InvalidState, MlflowException
from jupyter_mlops.monitoring.reports import monitoring_report
from jupyter_mlops.registry.uris import place_of_version
from jupyter_mlops.storage.base import TrackingStore
from jupyter_mlops.storage.registry_base import RegistryStore

__all__ = ["monitoring"]


def monitoring(store: RegistryStore, name: str, version: str, days: float = 7.0) -> dict[str, Any]:
    """The last days of the requests to a version that were logged.

    Returns
    -------
    dict
        ``report`` (see `monitoring_report`; None where nothing was logged) and ``figures`` (Plotly's JSON, by name). Of the requests
        there are numbers and names of columns, never values.

    Raises
    ------
    NotFound
        There is no such version.
    InvalidState
        Its log cannot be read.
    """
    found = store.get_model_version(name, version)
    try:
        place = place_of_version(found, store if isinstance(store, TrackingStore) else None)
        report = monitoring_report(place, found, days)
    except MlflowException:
        raise
    except (OSError, ValueError) as error:  # such as a NUL in a place that came from another tracker
        raise InvalidState(f"The log of requests to version {version} of {name!r} cannot be read: {error}") from None
    if report is None:
        return {"report": None, "figures": {}}
    return {"report": report, "figures": monitoring_figures(report)}
