"""What a served model was asked, as Python has it."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

from jupyter_mlops.errors import NotFound
from jupyter_mlops.monitoring.places import log_place
from jupyter_mlops.monitoring.references import keep_training
from jupyter_mlops.monitoring.reports import monitoring_report
from jupyter_mlops.registry.uris import model_place, version_label
from jupyter_mlops.views.monitoring.forms import monitoring_html, monitoring_text

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["Monitoring", "keep_training_data", "monitor"]


class Monitoring:
    """What a log of requests says; it displays itself.

    Attributes
    ----------
    report : dict
        See `monitoring_report`.
    place : str
        The folder of the log, whose Parquet files anything reads: ``duckdb -c "FROM '<place>/*.parquet'"``.
    """

    def __init__(self, title: str, place: str, report: dict[str, Any]) -> None:
        self.report, self.place, self._title = report, place, title

    @property
    def drifts(self) -> pd.DataFrame:
        """How far each column has moved, the farthest first: ``kind``, ``psi``, ``band``, ``missing_before``, ``missing_now``."""
        import pandas as pd  # only for who looks

        columns = ["column", "kind", "psi", "band", "missing_before", "missing_now"]
        return pd.DataFrame(self.report["drifts"], columns=columns).set_index("column")

    def _repr_mimebundle_(self, **_: Any) -> dict[str, str]:
        return {"text/html": monitoring_html(self._title, self.report), "text/plain": repr(self)}

    def __repr__(self) -> str:
        return monitoring_text(self._title, self.report)


def monitor(model_uri: str | os.PathLike[str], days: float = 7.0, training: Any = None) -> Monitoring:
    """What was asked of a model that was served with a log, and how far that has moved from the data it was trained on.

    Parameters
    ----------
    model_uri : str or path
        As for `serve`.
    days : float, default 7, > 0
        Up to the last request.
    training : DataFrame, ndarray or dict, optional
        The data that the model was trained on, or enough of their rows. By default their profile that `keep_training_data`, autologging
        or ``log_model(training_data=)`` kept, else the model's input example if that has 200 rows at least, else the first day of the log.

    Returns
    -------
    Monitoring

    Raises
    ------
    NotFound
        There is no such model, or nothing was logged.
    InvalidState
        The log cannot be read.

    Notes
    -----
    The newest 200,000 rows are read.

    Examples
    --------
    >>> import jupyter_mlops as mlflow, numpy as np
    >>> from jupyter_mlops.serving import serve
    >>> from sklearn.linear_model import LinearRegression
    >>> x = np.random.default_rng(0).normal(size=(500, 1))
    >>> with mlflow.start_run():
    ...     info = mlflow.sklearn.log_model(LinearRegression().fit(x, x[:, 0]), "model", input_example=x)
    >>> with serve(info.model_uri, log=True) as served:
    ...     _ = served.client.predict(x + 2)
    >>> monitor(info.model_uri).drifts.band.tolist()
    ['large']
    """
    uri = os.fspath(model_uri)
    place, version = model_place(uri)
    report = monitoring_report(place, version, days, training)
    label = uri if version is None else version_label(version, uri)
    kept_in = log_place(place, version)
    if report is None:
        raise NotFound(f"No requests to {label} are logged in {kept_in}: jupyter mlops models serve -m {uri} --log, or serve(…, log=True), does that.")
    return Monitoring(f"Requests to {label}", kept_in, report)


def keep_training_data(model_uri: str | os.PathLike[str], data: Any) -> None:
    """Keep what the data look like that a model was trained on, for `monitor` and the model's page to compare requests with.

    Parameters
    ----------
    model_uri : str or path
        As for `monitor`; a model that is registered afterwards has it, too.
    data : DataFrame, ndarray or dict
        The features: of a model with a signature only the columns that it takes are looked at, and an array's get their names. Of more
        than 10,000 rows so many are looked at, by chance, and of more than 200 columns the first.

    Raises
    ------
    NotFound
        There is no such model.
    InvalidParameter
        `data` are no table, have no rows, or none of the columns that the model takes.

    Notes
    -----
    Of each column it is how many rows lie between its tenths, or have one of twenty values that others have too, and no whole row: see
    `jupyter_mlops.data.profiles.Profile`. It lies beside the model, as ``….monitoring/training_profile.json``, and is taken before the one
    in the model, that autologging or ``log_model(training_data=)`` kept. All versions of one logged model have the same.

    Examples
    --------
    >>> import jupyter_mlops as mlflow, numpy as np
    >>> from sklearn.linear_model import LinearRegression
    >>> x = np.random.default_rng(0).normal(size=(5000, 1))
    >>> with mlflow.start_run():
    ...     info = mlflow.sklearn.log_model(LinearRegression().fit(x, x[:, 0]), "model", input_example=x[:5])
    >>> mlflow.serving.keep_training_data(info.model_uri, x)
    """
    keep_training(model_place(os.fspath(model_uri)).uri, data)
