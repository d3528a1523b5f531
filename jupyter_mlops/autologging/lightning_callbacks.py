"""What watches a training of Lightning.

Lightning exists twice, as ``lightning.pytorch`` and as ``pytorch_lightning``: each class here becomes a callback of
either by `as_callback`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache
from types import ModuleType
from typing import Any

from jupyter_mlops.autologging.checkpoints import Checkpoints
from jupyter_mlops.autologging.targets import open_state, warn
from jupyter_mlops.tracking.autologs import Session

__all__ = ["Checkpointing", "Observing", "as_callback", "floats"]


@cache
def as_callback(kind: type, library: ModuleType, name: str) -> Any:
    """A class of callbacks for one of Lightning's two packages.

    Parameters
    ----------
    kind : type
        `Observing` or `Checkpointing`.
    library : module
    name : str
        How it is called.
    """
    body = {"__doc__": kind.__doc__, "__module__": kind.__module__, "__reduce__": lambda self: (library.Callback, ())}
    return type(name, (kind, library.Callback), body)  # workers that are sent one get a callback that does nothing


def floats(metrics: Mapping[str, Any]) -> dict[str, float]:
    """Metrics of Lightning, which are tensors, as numbers."""
    return {name: float(value) for name, value in metrics.items()}


class Observing:
    """Logs one fit: params when it begins, metrics of each epoch and, when asked to, of steps.

    Parameters
    ----------
    session : Session
    """

    def __init__(self, session: Session) -> None:
        super().__init__()
        self._session = session
        self._failed: set[str] = set()
        self._of_steps: set[str] = set()
        self._of_epochs: set[str] = set()
        self._hook: Any = None
        self.first_batch: tuple[Any, Any] | None = None  # what went into the module at first, and what came out

    def on_train_start(self, trainer: Any, module: Any) -> None:
        self._do("the params", self._begin, trainer)
        if self._session.options["log_models"] and self._session.options["log_model_signatures"]:
            self._hook = module.register_forward_hook(self._look)

    def on_train_epoch_end(self, trainer: Any, module: Any) -> None:
        self._do("the metrics", self._end_epoch, trainer)

    def on_train_batch_end(self, trainer: Any, module: Any, *_: Any) -> None:
        if self._session.options["log_every_n_step"]:
            self._do("the metrics of steps", self._end_step, trainer)

    def _do(self, part: str, action: Callable[[Any], bool], trainer: Any) -> None:
        """What failed once is not tried again: one warning, not one of each step."""
        if part not in self._failed and self._session.attempt(part, action, trainer) is None:
            self._failed.add(part)

    def _begin(self, trainer: Any) -> bool:
        params = {"epochs": trainer.max_epochs}
        if trainer.optimizers:
            optimizer = getattr(trainer.optimizers[0], "optimizer", trainer.optimizers[0])
            params |= {"optimizer_name": type(optimizer).__name__, **getattr(optimizer, "defaults", {})}
        self._session.log(params, tags={"Mode": "training"})
        return True

    def _end_epoch(self, trainer: Any) -> bool:
        metrics = {name: value for name, value in trainer.callback_metrics.items() if name not in self._of_steps}
        self._of_epochs.update(metrics)
        if (trainer.current_epoch + 1) % (self._session.options["log_every_n_epoch"] or 1) == 0:
            self._session.log(metrics=floats(metrics), step=trainer.current_epoch)
        return True

    def _end_step(self, trainer: Any) -> bool:
        found = trainer.callback_metrics
        metrics = {n: v for n, v in found.items() if n not in self._of_epochs and f"{n}_step" not in found}
        self._of_steps.update(metrics)
        step = trainer.global_step
        if (step // max(1, len(trainer.optimizers)) + 1) % self._session.options["log_every_n_step"] == 0:
            self._session.log(metrics=floats(metrics), step=step)
        return True

    def _look(self, module: Any, inputs: Any, output: Any) -> None:
        self.stop_looking()
        if len(inputs) == 1 and all(hasattr(tensor, "detach") for tensor in (inputs[0], output)):
            self.first_batch = inputs[0].detach()[:5].cpu().numpy(), output.detach()[:5].cpu().numpy()

    def stop_looking(self) -> None:
        """The module is as it was."""
        if self._hook is not None:
            self._hook.remove()
            self._hook = None


class Checkpointing:
    """Keeps checkpoints of a training of Lightning with the run.

    Parameters
    ----------
    monitor, mode : str
        Metric that says which checkpoint is best, and whether that is its ``"min"`` or ``"max"``.
    save_best_only : bool, default True
        Keep one checkpoint, the best so far; else each.
    save_weights_only : bool, default False
        Without the states of optimizers and schedulers.
    save_freq : ``"epoch"`` or int, steps
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
        super().__init__()
        self._checkpoints = Checkpoints(".pth", monitor, mode, save_best_only, save_weights_only, save_freq)
        self._session = session
        self._told = False

    def on_train_batch_end(self, trainer: Any, module: Any, *_: Any) -> None:
        every = self._checkpoints.save_freq
        if isinstance(every, int) and trainer.global_step and trainer.global_step % every == 0:
            self._keep(trainer)

    def on_train_epoch_end(self, trainer: Any, module: Any) -> None:
        if self._checkpoints.save_freq == "epoch":
            self._keep(trainer)

    def _keep(self, trainer: Any) -> None:
        if self._told or not trainer.is_global_zero:
            return

        def save(path: str) -> None:  # trainer.save_checkpoint would wait for workers that are not here
            made = trainer._checkpoint_connector.dump_checkpoint(self._checkpoints.save_weights_only)
            trainer.strategy.save_checkpoint(made, path)

        try:
            state, metrics = open_state(self._session), floats(trainer.callback_metrics)
            if state is None or self._checkpoints.keep(
                state, trainer.current_epoch, trainer.global_step, metrics, save
            ):
                return
            trouble = f"there is no metric {self._checkpoints.monitor!r} to say which is best"
        except Exception as error:  # runs the user's and the library's code
            trouble = f"{type(error).__name__}: {error}"
        self._told = True
        warn(self._session, "No more checkpoints are kept of this training: %s.", trouble)
