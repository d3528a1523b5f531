"""Autologging of the flavor ``tensorflow``: trainings of Keras with TensorFlow."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from types import ModuleType
from typing import Any

from jupyter_mlops.autologging.checkpoints import Checkpoints, checkpoint_options, fetch_checkpoint
from jupyter_mlops.autologging.frequencies import check_frequency
from jupyter_mlops.autologging.import_hooks import when_imported
from jupyter_mlops.autologging.keras_fits import patch_fit
from jupyter_mlops.autologging.setups import set_up
from jupyter_mlops.errors import InvalidParameter, UntrustedModel
from jupyter_mlops.models.keras_formats import has_safe_mode
from jupyter_mlops.tensorflow import log_model
from jupyter_mlops.tracking.autologs import Integration, Session

__all__ = ["MlflowCallback", "MlflowModelCheckpointCallback", "autolog", "load_checkpoint"]  # noqa: F822 - need Keras

TENSORFLOW = Integration("tensorflow")
_VERSIONS = ("2.16", "2.21")
_CALLBACKS = {"MlflowCallback": "TensorflowCallback", "MlflowModelCheckpointCallback": "MlflowModelCheckpointCallback"}


def autolog(
    log_models: bool = True,
    log_datasets: bool = True,
    disable: bool = False,
    exclusive: bool = False,
    disable_for_unsupported_versions: bool = False,
    silent: bool = False,
    registered_model_name: str | None = None,
    log_input_examples: bool = False,
    log_model_signatures: bool = True,
    saved_model_kwargs: Mapping[str, Any] | None = None,
    keras_model_kwargs: Mapping[str, Any] | None = None,
    extra_tags: dict[str, str] | None = None,
    log_every_epoch: bool = True,
    log_every_n_steps: int | None = None,
    checkpoint: bool = True,
    checkpoint_monitor: str = "val_loss",
    checkpoint_mode: str = "min",
    checkpoint_save_best_only: bool = True,
    checkpoint_save_weights_only: bool = False,
    checkpoint_save_freq: str | int = "epoch",
    every_n_iter: int = 1,
) -> None:
    """Log each ``Model.fit`` of ``tf.keras``: params, metrics, data sets, checkpoints, TensorBoard's logs, model.

    Parameters
    ----------
    log_models : bool, default True
        Keep the model with the run, as artifact ``model``.
    log_datasets : bool, default True
        Say which data it was trained and validated on; a ``tf.data.Dataset`` is read once for that.
    disable, exclusive, disable_for_unsupported_versions, silent
        As in `jupyter_mlops.autolog`.
    registered_model_name : str, optional
        Make each model the next version of this registered model.
    log_model_signatures, log_input_examples
        Describe the model by its shapes and the data; keep five rows of the data.
    saved_model_kwargs, keras_model_kwargs
        As in `jupyter_mlops.tensorflow.save_model`.
    extra_tags : dict of str to str, optional
        Tags of the runs that are begun for fits.
    log_every_epoch : bool, default True
    log_every_n_steps : int, optional
        Metrics of every n-th step in place of those of epochs.
    checkpoint : bool, default True
        Keep checkpoints below ``checkpoints``: `load_checkpoint` reads them.
    checkpoint_monitor, checkpoint_mode, checkpoint_save_best_only, checkpoint_save_weights_only, checkpoint_save_freq
        As in `MlflowModelCheckpointCallback`.
    every_n_iter : int, default 1
        MLflow 2's name of `log_every_n_steps`.

    Raises
    ------
    InvalidParameter
        Metrics of both epochs and steps, or of neither, options of checkpoints that contradict each other, or
        ``extra_tags`` is no dict.

    Examples
    --------
    >>> import jupyter_mlops as mlflow
    >>> mlflow.tensorflow.autolog(log_models=False)
    >>> mlflow.tensorflow.autolog(disable=True)
    """
    if every_n_iter != 1:
        log_every_epoch, log_every_n_steps = False, every_n_iter
    options = dict(locals())
    check_frequency(log_every_epoch, log_every_n_steps)
    if checkpoint:
        Checkpoints(".keras", **checkpoint_options(options))
    set_up(TENSORFLOW, options, "tensorflow", _install, _VERSIONS)


def _install(_: ModuleType) -> None:
    when_imported("keras", TENSORFLOW.name, partial(patch_fit, TENSORFLOW, _log_model))  # TensorFlow imports it late


def _log_model(session: Session, model: Any, **given: Any) -> None:
    kwargs = {name: session.options[name] for name in ("saved_model_kwargs", "keras_model_kwargs")}
    log_model(model, "model", **kwargs, **given)


def load_checkpoint(
    model: Any = None,
    run_id: str | None = None,
    epoch: int | None = None,
    global_step: int | None = None,
    trust: bool = False,
) -> Any:
    """Load a checkpoint that autologging, or `MlflowModelCheckpointCallback`, kept of a training of Keras.

    Parameters
    ----------
    model : keras.Model, optional
        To put the weights into, when just these were kept.
    run_id : str, optional
        The active run by default.
    epoch, global_step : int, optional
        Which one, when each was kept; by default the latest.
    trust : bool, default False
        Load a checkpoint that has code in it, such as ``Lambda`` layers, or a whole model with Keras before 3.14.

    Returns
    -------
    keras.Model

    Raises
    ------
    NotFound
        The run has no such checkpoint.
    InvalidParameter
        It has weights alone, and no `model` was given.
    UntrustedModel
        It has code in it, or this Keras cannot tell.
    """

    def load(path: str) -> Any:
        import keras

        if ".weights." in path:
            if model is None:
                raise InvalidParameter("The checkpoint has weights alone: give the model to put them into, model=….")
            model.load_weights(path)
            return model
        if not trust and not has_safe_mode(path):
            raise UntrustedModel(
                "A checkpoint of an old format, or any with Keras before 3.14, can run code: allow it with trust=True."
            )
        try:
            return keras.saving.load_model(path, safe_mode=not trust)
        except (TypeError, ValueError) as error:
            if trust or "safe_mode" not in str(error):
                raise
            raise UntrustedModel(
                "The checkpoint has code in it. If you know where it comes from, allow it with trust=True."
            ) from error

    return fetch_checkpoint(run_id, epoch, global_step, load)


def __getattr__(name: str) -> Any:
    if name not in _CALLBACKS:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from jupyter_mlops.autologging import keras_callbacks

    return getattr(keras_callbacks, _CALLBACKS[name])
