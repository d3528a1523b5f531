"""Saved views by name: which there are, and away with one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jupyter_mlops.entities.experiments import Experiment
from jupyter_mlops.registry.authors import author
from jupyter_mlops.tracking.settings import current_store, experiment_for_run
from jupyter_mlops.views.comparisons import saved_views as views
from jupyter_mlops.widgets.compared import experiment_id_of

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["delete_saved_view", "saved_views"]


def saved_views(experiment: str | Experiment | None = None) -> pd.DataFrame:
    """The views that ``comparison.save(name)`` saved, of all experiments or of one.

    Parameters
    ----------
    experiment : str or Experiment, optional
        By name or id.

    Returns
    -------
    DataFrame
        ``name, experiment, runs`` (which these are, in words), ``saved_by, saved_at`` (UTC); reopened by ``compare(view=name)``.

    Examples
    --------
    >>> import jupyter_mlops as mlflow
    >>> with mlflow.start_run():
    ...     mlflow.log_metric("acc", 0.9)
    >>> mlflow.compare("metrics.acc > 0.8").save("good ones")
    >>> mlflow.saved_views()[["name", "experiment", "runs"]].values.tolist()
    [['good ones', 'Default', 'metrics.acc > 0.8']]
    >>> mlflow.delete_saved_view("good ones")
    """
    import pandas as pd

    store = current_store()
    found = views.all_views(store, None if experiment is None else experiment_id_of(store, experiment))
    rows = [(view.name, one.name, views.in_words(view.query), view.saved_by, view.saved_at) for one, view in found]
    frame = pd.DataFrame(rows, columns=["name", "experiment", "runs", "saved_by", "saved_at"])
    return frame.assign(saved_at=pd.to_datetime(frame.saved_at, unit="ms", utc=True))


def delete_saved_view(name: str, experiment: str | Experiment | None = None) -> None:
    """Forget a saved view: that of the current experiment or of the given one, else of the only one that has it.

    Raises
    ------
    NotFound
        There is none of that name.
    """
    store = current_store()
    home = experiment_for_run() if experiment is None else experiment_id_of(store, experiment)
    found = views.find_view(store, name, home)
    views.delete_view(store, author(), found.experiment_id, name)
