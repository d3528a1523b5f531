"""``autolog()``: every library that can be autologged, now or as soon as it is imported."""

from __future__ import annotations

import importlib
import inspect
import logging
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from types import ModuleType
from typing import Any, NamedTuple

from jupyter_mlops.autologging.import_hooks import forget, when_imported
from jupyter_mlops.errors import InvalidParameter
from jupyter_mlops.tracking.autologs import integration_named

__all__ = ["FLAVORS", "Flavor", "autolog", "autolog_for_now"]

_log = logging.getLogger(__name__)
_is_asked_for = False


class Flavor(NamedTuple):
    """A line of the table.

    Attributes
    ----------
    name : str
    library : str
        Module to wait for; a flavor of several has a line for each.
    module : str
        Ours, with ``autolog``; not imported before the library.
    """

    name: str
    library: str
    module: str


FLAVORS = (
    Flavor("keras", "keras", "jupyter_mlops.autologging.keras"),
    Flavor("lightgbm", "lightgbm", "jupyter_mlops.autologging.lightgbm"),
    Flavor("pytorch", "torch", "jupyter_mlops.autologging.lightning"),
    Flavor("sklearn", "sklearn", "jupyter_mlops.autologging.sklearn"),
    Flavor("tensorflow", "tensorflow", "jupyter_mlops.autologging.tensorflow"),
    Flavor("xgboost", "xgboost", "jupyter_mlops.autologging.xgboost"),
)  # fmt: skip


def autolog(
    log_input_examples: bool = False,
    log_model_signatures: bool = True,
    log_models: bool = True,
    log_datasets: bool = True,
    log_traces: bool = True,
    disable: bool = False,
    exclusive: bool = False,
    disable_for_unsupported_versions: bool = False,
    silent: bool = False,
    extra_tags: dict[str, str] | None = None,
    exclude_flavors: Sequence[str] | None = None,
) -> None:
    """Log every training of the libraries that are imported, now or later: params, metrics, model, data.

    A call such as ``model.fit(X, y)`` becomes a run of its own, or is logged to the active run, as in a tracked cell. A
    flavor that was set up by its own ``autolog`` keeps its settings.

    Parameters
    ----------
    log_input_examples : bool, default False
        Keep five rows of the training data with the model.
    log_model_signatures : bool, default True
        Describe the model's input and output.
    log_models, log_datasets : bool, default True
        Keep the model; say which data it was trained on. With both, a profile of the data is kept in the model (shares of rows, no whole row)
        for `serving.monitor`.
    log_traces : bool, default True
        Accepted for MLflow's sake, there are no traces.
    disable : bool, default False
        Put all libraries back as they were, those that were set up by themselves too.
    exclusive : bool, default False
        Log nothing while a run is active that was not begun for the training.
    disable_for_unsupported_versions : bool, default False
        Leave a library alone whose version was not tested; otherwise there is a warning.
    silent : bool, default False
        No messages or warnings from autologging.
    extra_tags : dict of str to str, optional
        Tags of the runs that are begun for trainings.
    exclude_flavors : list of str, optional
        Such as ``["sklearn"]``.

    Raises
    ------
    InvalidParameter
        ``extra_tags`` is no dict.

    Notes
    -----
    No library is imported by this. What goes wrong while logging is one warning; the training and what it returns or
    raises are as without. Of nested trainings only the outermost is logged. Worker processes log nothing.

    Examples
    --------
    >>> import jupyter_mlops as mlflow
    >>> from sklearn.linear_model import LinearRegression
    >>> mlflow.autolog(log_models=False)
    >>> model = LinearRegression().fit([[0.0], [1.0]], [1.0, 3.0])
    >>> mlflow.last_active_run().data.metrics["training_r2_score"]
    1.0
    >>> mlflow.autolog(disable=True)
    """
    options = {key: value for key, value in locals().items() if key != "exclude_flavors"}
    if extra_tags is not None and not isinstance(extra_tags, Mapping):
        raise InvalidParameter(f"extra_tags is a dict of tags, not {type(extra_tags).__name__}.")
    global _is_asked_for
    _is_asked_for = not disable
    for flavor in FLAVORS:
        if flavor.name in (exclude_flavors or ()):
            continue
        who = f"autolog {flavor.library}"
        forget(who) if disable else when_imported(flavor.library, who, partial(_enable, flavor, options))
        if disable and (known := integration_named(flavor.name)):
            forget(flavor.name)
            known.turn_off()
            known.is_explicit = False


def autolog_for_now() -> Callable[[], None]:
    """Turn autologging on, unless the user did; returns what ends that."""
    known = [integration_named(flavor.name) for flavor in FLAVORS]
    if _is_asked_for or any(integration is not None and integration.is_on for integration in known):
        return lambda: None
    autolog()
    return partial(autolog, disable=True)


def _enable(flavor: Flavor, options: dict[str, Any], module: ModuleType) -> None:
    """Set one flavor up; a failure is a warning."""
    known = integration_named(flavor.name)
    if known is not None and known.is_explicit:
        return
    try:
        function = importlib.import_module(flavor.module).autolog
        taken = inspect.signature(function).parameters
        function(**{key: value for key, value in options.items() if key in taken})
    except Exception as error:  # the library's own code runs
        if not options["silent"]:
            _log.warning("Autologging of %s could not be enabled: %s: %s", module.__name__, type(error).__name__, error)
        return
    known = integration_named(flavor.name)
    if known is not None:
        known.is_explicit = False
        if known.is_on and not options["silent"]:
            _log.info("Autologging is enabled for %s.", module.__name__)
