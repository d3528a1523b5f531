"""Autologging of the flavor ``pytorch``: trainings of Lightning, and scalars for TensorBoard."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Callable, Generator
from functools import partial
from types import ModuleType
from typing import Any
from weakref import WeakKeyDictionary

from jupyter_mlops.autologging.checkpoints import Checkpoints, checkpoint_options, fetch_checkpoint
from jupyter_mlops.autologging.import_hooks import when_imported
from jupyter_mlops.autologging.lightning_callbacks import Checkpointing, Observing, as_callback, floats
from jupyter_mlops.autologging.setups import set_up
from jupyter_mlops.autologging.tensorboard import patch_writers
from jupyter_mlops.errors import PackageMissing, UntrustedModel
from jupyter_mlops.models.signatures import infer_signature
from jupyter_mlops.pytorch import log_model
from jupyter_mlops.tracking.artifacts import put_file, put_text
from jupyter_mlops.tracking.autologs import Integration, Session, call_logged
from jupyter_mlops.tracking.run_states import RunState

__all__ = ["MlflowModelCheckpointCallback", "autolog", "load_checkpoint"]  # noqa: F822 - the first needs Lightning

PYTORCH = Integration("pytorch")
_VERSIONS = ("2.6", "2.13")  # of torch
_LIBRARIES = ("lightning.pytorch", "pytorch_lightning")
_trained: WeakKeyDictionary[Any, RunState] = WeakKeyDictionary()  # trainers, and the run of their last fit


def autolog(
    log_every_n_epoch: int = 1,
    log_every_n_step: int | None = None,
    log_models: bool = True,
    log_datasets: bool = True,
    disable: bool = False,
    exclusive: bool = False,
    disable_for_unsupported_versions: bool = False,
    silent: bool = False,
    registered_model_name: str | None = None,
    extra_tags: dict[str, str] | None = None,
    checkpoint: bool = True,
    checkpoint_monitor: str = "val_loss",
    checkpoint_mode: str = "min",
    checkpoint_save_best_only: bool = True,
    checkpoint_save_weights_only: bool = False,
    checkpoint_save_freq: str | int = "epoch",
    log_model_signatures: bool = True,
) -> None:
    """Log each ``Trainer.fit`` of Lightning: params, metrics of epochs, checkpoints, summary and model.

    What ``Trainer.test`` measures goes to the run of the fit before it. Loops of plain PyTorch are not logged, but what
    they write by ``SummaryWriter`` is, into the active run, with `log_every_n_step`.

    Parameters
    ----------
    log_every_n_epoch : int, default 1
    log_every_n_step : int, optional
        Log metrics of steps too, and scalars of ``SummaryWriter``.
    log_models : bool, default True
        Keep the module with the run, as artifact ``model``.
    log_datasets : bool, default True
        Accepted for MLflow's sake: a ``DataLoader`` has no data set to name.
    disable, exclusive, disable_for_unsupported_versions, silent
        As in `jupyter_mlops.autolog`.
    registered_model_name : str, optional
        Make each model the next version of this registered model.
    extra_tags : dict of str to str, optional
        Tags of the runs that are begun for fits.
    checkpoint : bool, default True
        Keep checkpoints below ``checkpoints``: `load_checkpoint` reads them.
    checkpoint_monitor, checkpoint_mode, checkpoint_save_best_only, checkpoint_save_weights_only, checkpoint_save_freq
        As in `MlflowModelCheckpointCallback`.
    log_model_signatures : bool, default True
        Describe the model by the first batch that goes through it.

    Raises
    ------
    InvalidParameter
        Options of checkpoints that contradict each other, or ``extra_tags`` is no dict.

    Notes
    -----
    What goes wrong while logging is one warning; the training is as without. Only the first process of a distributed
    training logs; where it is spawned by the trainer, nothing but the end of the training is logged.

    Examples
    --------
    >>> import jupyter_mlops as mlflow
    >>> mlflow.pytorch.autolog(log_models=False)
    >>> mlflow.pytorch.autolog(disable=True)
    """
    options = dict(locals())
    if checkpoint:
        Checkpoints(".pth", **checkpoint_options(options))
    set_up(PYTORCH, options, "torch", _install, _VERSIONS)


def _install(_: ModuleType) -> None:
    for library in _LIBRARIES:
        when_imported(library, PYTORCH.name, _patch_trainer)
    when_imported("torch.utils.tensorboard.writer", PYTORCH.name, partial(patch_writers, PYTORCH))


def _patch_trainer(library: ModuleType) -> None:
    PYTORCH.patches.replace(library.Trainer, "fit", _fit)
    PYTORCH.patches.replace(library.Trainer, "test", _test)


def _fit(original: Callable[..., Any], trainer: Any, *args: Any, **kwargs: Any) -> Any:
    if not trainer.is_global_zero:
        return original(trainer, *args, **kwargs)
    return call_logged(PYTORCH, _log_fit, original, (trainer, *args), kwargs, what="Trainer.fit")


def _test(original: Callable[..., Any], trainer: Any, *args: Any, **kwargs: Any) -> Any:
    result = original(trainer, *args, **kwargs)
    state = _trained.get(trainer)
    if state is not None and PYTORCH.may_log() and trainer.is_global_zero:
        try:
            metrics = floats(trainer.callback_metrics)
            state.log_batch([(n, v, None, 0) for n, v in metrics.items()], tags=[("Mode", "testing")])
        except Exception as error:  # the run may be deleted
            PYTORCH.warn("What Trainer.test measured is not logged: %s", error)
    return result


def _log_fit(session: Session, trainer: Any, *args: Any, **kwargs: Any) -> Generator[None, Any, None]:
    library = _library(trainer)
    _trained[trainer] = session.state
    stopping = next((c for c in trainer.callbacks if isinstance(c, library.callbacks.EarlyStopping)), None)
    if stopping is not None:
        session.attempt("the early stopping", _log_stopping_params, session, stopping)
    observer = as_callback(Observing, library, "AutologCallback")(session)
    added = [observer, *_checkpointing(session, trainer, library)]
    trainer.callbacks.extend(added)
    try:
        yield
    finally:
        observer.stop_looking()
        trainer.callbacks[:] = [callback for callback in trainer.callbacks if all(callback is not a for a in added)]
    if stopping is not None:
        session.attempt("the early stopping", _log_stopping_metrics, session, stopping)
    session.attempt("model_summary.txt", _log_summary, session, trainer, library)
    if session.options["log_models"]:
        session.attempt("the model", _log_model, session, trainer, observer.first_batch)
        best = getattr(trainer.checkpoint_callback, "best_model_path", "")
        if stopping is not None and best:
            session.attempt("the best checkpoint", put_file, session.target, best, "restored_model_checkpoint")


def _library(trainer: Any) -> Any:
    names = [kind.__module__ for kind in type(trainer).__mro__]
    return next(sys.modules[library] for library in _LIBRARIES if any(n.startswith(f"{library}.") for n in names))


def _checkpointing(session: Session, trainer: Any, library: Any) -> list[Any]:
    if not session.options["checkpoint"] or any(isinstance(c, Checkpointing) for c in trainer.callbacks):
        return []
    kind = as_callback(Checkpointing, library, "MlflowModelCheckpointCallback")
    return [kind(**checkpoint_options(session.options), session=session)]


def _log_stopping_params(session: Session, stopping: Any) -> None:
    names = ("monitor", "mode", "patience", "min_delta", "stopped_epoch")
    session.log({name: getattr(stopping, name) for name in names if hasattr(stopping, name)})


def _log_stopping_metrics(session: Session, stopping: Any) -> None:
    if stopping.stopped_epoch:
        restored = stopping.stopped_epoch - max(1, stopping.patience)
        metrics = {"stopped_epoch": stopping.stopped_epoch, "restored_epoch": restored}
        session.log(metrics={**metrics, "best_score": float(stopping.best_score), "wait_count": stopping.wait_count})


def _log_summary(session: Session, trainer: Any, library: Any) -> None:
    summary = importlib.import_module(f"{library.__name__}.utilities.model_summary").ModelSummary
    put_text(session.target, str(summary(trainer.lightning_module, max_depth=-1)), "model_summary.txt")


def _log_model(session: Session, trainer: Any, first_batch: tuple[Any, Any] | None) -> None:
    if session.goes_on:
        log_model(
            trainer.lightning_module, "model", run_id=session.run.info.run_id,
            signature=infer_signature(*first_batch) if first_batch else None,
            registered_model_name=session.options["registered_model_name"],
        )  # fmt: skip


def load_checkpoint(
    model_class: Any,
    run_id: str | None = None,
    epoch: int | None = None,
    global_step: int | None = None,
    kwargs: dict[str, Any] | None = None,
    trust: bool = False,
) -> Any:
    """Load a checkpoint that autologging, or `MlflowModelCheckpointCallback`, kept of a training of Lightning.

    Parameters
    ----------
    model_class : subclass of LightningModule
    run_id : str, optional
        The active run by default.
    epoch, global_step : int, optional
        Which one, when each was kept; by default the latest.
    kwargs : dict, optional
        For ``model_class.load_from_checkpoint``, such as arguments of the class.
    trust : bool, default False
        Load a checkpoint that has more than tensors and plain data in it: that can run any code.

    Returns
    -------
    LightningModule

    Raises
    ------
    NotFound
        The run has no such checkpoint.
    UntrustedModel
        It has more than tensors and plain data in it.
    """

    def load(path: str) -> Any:
        try:
            return model_class.load_from_checkpoint(path, **{"weights_only": not trust, **(kwargs or {})})
        except Exception as error:
            if "weights_only" not in str(error).lower() and "weights only" not in str(error).lower():
                raise
            raise UntrustedModel(
                "The checkpoint has more than tensors and plain data in it, so loading it can run any code. If you know "
                f"where it comes from, allow it with load_checkpoint(..., trust=True). ({str(error)[:200]})"
            ) from error

    return fetch_checkpoint(run_id, epoch, global_step, load)


def __getattr__(name: str) -> Any:
    if name != "MlflowModelCheckpointCallback":
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    for library in sorted(_LIBRARIES, key=lambda library: library not in sys.modules):  # the one that is used, first
        try:
            return as_callback(Checkpointing, importlib.import_module(library), name)
        except ImportError:
            continue
    raise PackageMissing(
        "MlflowModelCheckpointCallback is for Lightning, which is not installed: pip install lightning"
    )
