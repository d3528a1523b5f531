"""Autologging of the flavor ``keras``: trainings of Keras 3 with any backend."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any

from jupyter_mlops.autologging.frequencies import check_frequency
from jupyter_mlops.autologging.keras_fits import patch_fit
from jupyter_mlops.autologging.setups import set_up
from jupyter_mlops.keras import log_model
from jupyter_mlops.tracking.autologs import Integration, Session

__all__ = ["MlflowCallback", "autolog"]  # noqa: F822 - the first needs Keras

KERAS = Integration("keras")
_VERSIONS = ("3.12", "3.15")


def autolog(
    log_every_epoch: bool = True,
    log_every_n_steps: int | None = None,
    log_models: bool = True,
    log_model_signatures: bool = True,
    save_exported_model: bool = False,
    log_datasets: bool = True,
    log_input_examples: bool = False,
    disable: bool = False,
    exclusive: bool = False,
    disable_for_unsupported_versions: bool = False,
    silent: bool = False,
    registered_model_name: str | None = None,
    save_model_kwargs: Mapping[str, Any] | None = None,
    extra_tags: dict[str, str] | None = None,
) -> None:
    """Log each ``Model.fit`` of Keras 3: params, metrics, data sets, summary and model.

    Where the flavor ``tensorflow`` is on too, the one that was turned on last logs.

    Parameters
    ----------
    log_every_epoch : bool, default True
    log_every_n_steps : int, optional
        Metrics of every n-th step in place of those of epochs.
    log_models : bool, default True
        Keep the model with the run, as artifact ``model``.
    log_model_signatures, log_input_examples
        Describe the model by its shapes and the data; keep five rows of the data.
    save_exported_model, save_model_kwargs
        As in `jupyter_mlops.keras.save_model`.
    log_datasets : bool, default True
        Say which data it was trained and validated on; a ``tf.data.Dataset`` is read once for that.
    disable, exclusive, disable_for_unsupported_versions, silent
        As in `jupyter_mlops.autolog`.
    registered_model_name : str, optional
        Make each model the next version of this registered model.
    extra_tags : dict of str to str, optional
        Tags of the runs that are begun for fits.

    Raises
    ------
    InvalidParameter
        Metrics of both epochs and steps, or of neither, or ``extra_tags`` is no dict.

    Examples
    --------
    >>> import jupyter_mlops as mlflow
    >>> mlflow.keras.autolog(log_models=False)
    >>> mlflow.keras.autolog(disable=True)
    """
    options = dict(locals())
    check_frequency(log_every_epoch, log_every_n_steps)
    set_up(KERAS, options, "keras", partial(patch_fit, KERAS, _log_model), _VERSIONS)


def _log_model(session: Session, model: Any, **given: Any) -> None:
    options = session.options
    log_model(
        model, "model", options["save_exported_model"], save_model_kwargs=options["save_model_kwargs"], **given
    )  # fmt: skip


def __getattr__(name: str) -> Any:
    if name != "MlflowCallback":
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from jupyter_mlops.autologging import keras_callbacks

    return keras_callbacks.MlflowCallback
