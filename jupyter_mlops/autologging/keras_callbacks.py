"""Callbacks of Keras that log; imported where Keras is loaded already."""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping
from typing import Any

import keras

from jupyter_mlops.autologging.checkpoints import Checkpoints
from jupyter_mlops.autologging.frequencies import check_frequency
from jupyter_mlops.autologging.targets import open_state, warn
from jupyter_mlops.errors import InvalidParameter
from jupyter_mlops.tracking.artifacts import put_text
from jupyter_mlops.tracking.autologs import Session

__all__ = ["MlflowCallback", "MlflowModelCheckpointCallback", "TensorflowCallback"]


def _never_fails(method: Callable[..., None]) -> Callable[..., None]:
    """The training goes on whatever happens here, and is not told of the same trouble twice."""

    @functools.wraps(method)
    def guarded(self: Any, *args: Any, **kwargs: Any) -> None:
        if method.__name__ in self._failed:
            return
        try:
            method(self, *args, **kwargs)
        except Exception as error:  # runs the user's and the library's code
            self._failed.add(method.__name__)
            warn(self._session, "%s stops to log %s: %s", type(self).__name__, method.__name__, error)

    return guarded


class MlflowCallback(keras.callbacks.Callback):  # type: ignore[misc, name-defined]
    """Logs a training to the active run: the optimizer's config, the model's summary, metrics.

    Parameters
    ----------
    log_every_epoch : bool, default True
    log_every_n_steps : int, optional
        Metrics of every n-th step in place of those of epochs.

    Raises
    ------
    InvalidParameter
        Both, or neither.

    Examples
    --------
    >>> import jupyter_mlops as mlflow
    >>> callback = mlflow.keras.MlflowCallback(log_every_epoch=False, log_every_n_steps=10)
    """

    _prefix = "optimizer_"

    def __init__(
        self, log_every_epoch: bool = True, log_every_n_steps: int | None = None, session: Session | None = None
    ) -> None:
        check_frequency(log_every_epoch, log_every_n_steps)
        super().__init__()
        self._every_epoch, self._every_n_steps = log_every_epoch, log_every_n_steps
        self._session, self._epoch, self._step, self._last_batch = session, 0, 0, -1
        self._failed: set[str] = set()

    def _log(self, logs: Mapping[str, Any], step: int, prefix: str = "") -> None:
        if state := open_state(self._session):
            for name, value in logs.items():
                state.log_metric(prefix + name, float(value), None, step)

    @_never_fails
    def on_train_begin(self, logs: Any = None) -> None:
        if state := open_state(self._session):
            lines: list[str] = []
            self.model.summary(print_fn=lambda line, *_, **__: lines.append(line))
            put_text((state.store, state.run_id), "\n".join(lines), "model_summary.txt")
            config = self.model.optimizer.get_config()
            state.log_batch(params=[(self._prefix + name, value) for name, value in config.items()])
        self._step = int(keras.ops.convert_to_numpy(self.model.optimizer.iterations))

    @_never_fails
    def on_epoch_begin(self, epoch: int, logs: Any = None) -> None:
        self._epoch, self._last_batch = epoch, -1

    @_never_fails
    def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
        if self._every_epoch and logs:
            self._log(logs, epoch)

    @_never_fails
    def on_train_batch_end(self, batch: int, logs: Any = None) -> None:
        self._step += batch - self._last_batch  # several at a time with steps_per_execution
        self._last_batch = batch
        if self._every_n_steps and logs and self._step % self._every_n_steps == 0:
            self._log(logs, self._step)

    @_never_fails
    def on_test_end(self, logs: Any = None) -> None:
        if logs:
            self._log(logs, self._epoch, "validation_")


class TensorflowCallback(MlflowCallback):
    """`MlflowCallback` with the names of the flavor ``tensorflow``."""

    _prefix = "opt_"


class MlflowModelCheckpointCallback(keras.callbacks.Callback):  # type: ignore[misc, name-defined]
    """Keeps checkpoints of a training with the active run.

    Parameters
    ----------
    monitor, mode : str
        Metric that says which checkpoint is best, and whether that is its ``"min"`` or ``"max"``.
    save_best_only : bool, default True
        Keep one checkpoint, the best so far; else each.
    save_weights_only : bool, default False
    save_freq : ``"epoch"`` or int, steps

    Raises
    ------
    InvalidParameter
        No such mode, nothing to monitor, or no frequency.
    """

    def __init__(
        self,
        monitor: str = "val_loss",
        mode: str = "min",
        save_best_only: bool = True,
        save_weights_only: bool = False,
        save_freq: str | int = "epoch",
        session: Session | None = None,
    ) -> None:
        suffix = ".h5" if save_weights_only else ".keras"
        self._checkpoints = Checkpoints(suffix, monitor, mode, save_best_only, save_weights_only, save_freq)
        super().__init__()
        self._session, self._epoch, self._step, self._saved_at, self._last_batch = session, 0, 0, 0, -1
        self._failed: set[str] = set()

    @_never_fails
    def on_epoch_begin(self, epoch: int, logs: Any = None) -> None:
        self._epoch, self._last_batch = epoch, -1

    @_never_fails
    def on_train_batch_end(self, batch: int, logs: Any = None) -> None:
        self._step += batch - self._last_batch  # several at a time with steps_per_execution
        self._last_batch = batch
        every = self._checkpoints.save_freq
        if isinstance(every, int) and self._step - self._saved_at >= every:
            self._saved_at = self._step
            self._keep(logs)

    @_never_fails
    def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
        if self._checkpoints.save_freq == "epoch":
            self._keep(logs)

    def _keep(self, logs: Any) -> None:
        if (state := open_state(self._session)) is None:
            return
        metrics = {name: float(value) for name, value in (logs or {}).items()}
        save = self.model.save_weights if self._checkpoints.save_weights_only else self.model.save
        if not self._checkpoints.keep(state, self._epoch, self._step, metrics, save):
            raise InvalidParameter(f"there is no metric {self._checkpoints.monitor!r} to say which checkpoint is best.")
