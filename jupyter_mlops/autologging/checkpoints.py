"""Checkpoints of a training among a run's artifacts, under MLflow's names."""

from __future__ import annotations

import posixpath
import tempfile
from collections.abc import Callable, Mapping
from typing import Any

from jupyter_mlops.artifacts.downloads import download_artifacts
from jupyter_mlops.errors import InvalidParameter, NotFound
from jupyter_mlops.tracking.active_runs import active_run
from jupyter_mlops.tracking.artifacts import made_file, put_dict
from jupyter_mlops.tracking.run_searches import get_run
from jupyter_mlops.tracking.run_states import RunState

__all__ = ["CHECKPOINT_TAG", "Checkpoints", "checkpoint_options", "fetch_checkpoint"]

CHECKPOINT_TAG = "mlflow.latest_checkpoint_artifact"
_FOLDER = "checkpoints"
_MODES = ("min", "max")
_OPTIONS = ("monitor", "mode", "save_best_only", "save_weights_only", "save_freq")


class Checkpoints:
    """Decides when a checkpoint is kept, and keeps it.

    Parameters
    ----------
    suffix : str
        Of the files.
    monitor : str
        Metric that says which checkpoint is best.
    mode : ``"min"`` or ``"max"``
    save_best_only : bool
        Keep one checkpoint, the best so far; else each, in a folder of its own.
    save_weights_only : bool
    save_freq : ``"epoch"`` or int, steps

    Raises
    ------
    InvalidParameter
        No such mode, nothing to monitor, or no frequency.
    """

    def __init__(
        self,
        suffix: str,
        monitor: str = "val_loss",
        mode: str = "min",
        save_best_only: bool = True,
        save_weights_only: bool = False,
        save_freq: str | int = "epoch",
    ) -> None:
        if save_best_only and (not monitor or mode not in _MODES):
            raise InvalidParameter(
                f"The best checkpoint needs a metric and a mode of {_MODES}, not {monitor!r}, {mode!r}."
            )
        if save_freq != "epoch" and (not isinstance(save_freq, int) or save_freq < 1):
            raise InvalidParameter(f"save_freq is 'epoch' or a number of steps, not {save_freq!r}.")
        self.monitor, self.mode, self.save_best_only = monitor, mode, save_best_only
        self.save_weights_only, self.save_freq = save_weights_only, save_freq
        self._file = f"checkpoint{'.weights' if save_weights_only else ''}{suffix}"
        self._best: float | None = None

    def keep(
        self, state: RunState, epoch: int, step: int, metrics: Mapping[str, float], save: Callable[[str], None]
    ) -> bool:
        """Have a checkpoint saved if it is to be kept.

        Parameters
        ----------
        state : RunState
            Of the run.
        epoch, step : int
        metrics : mapping of str to float
            As they are now.
        save : callable
            Writes the checkpoint to a path.

        Returns
        -------
        bool
            False when the best is wanted and the metric is not there.
        """
        folder, prefix = self._place(epoch, step)
        if self.save_best_only:
            value = metrics.get(self.monitor)
            if value is None:
                return False
            if self._best is not None and not (value < self._best if self.mode == "min" else value > self._best):
                return True
            self._best = value
        target = state.store, state.run_id
        path = f"{folder}/{prefix}{self._file}"
        made_file(target, path, save)
        put_dict(target, {**metrics, "epoch": epoch, "global_step": step}, f"{folder}/{prefix}checkpoint_metrics.json")
        state.set_tags({CHECKPOINT_TAG: path})
        return True

    def _place(self, epoch: int, step: int) -> tuple[str, str]:
        if self.save_best_only:
            return _FOLDER, "latest_"
        return _folder_of(epoch if self.save_freq == "epoch" else None, step), ""


def _folder_of(epoch: int | None, step: int | None) -> str:
    return f"{_FOLDER}/" + (f"epoch_{epoch}" if epoch is not None else f"global_step_{step}")


def checkpoint_options(options: Mapping[str, Any]) -> dict[str, Any]:
    """Arguments of a flavor's ``autolog`` that say which checkpoints are kept, for `Checkpoints`."""
    return {name: options[f"checkpoint_{name}"] for name in _OPTIONS}


def fetch_checkpoint(run_id: str | None, epoch: int | None, global_step: int | None, load: Callable[[str], Any]) -> Any:
    """Load a checkpoint of a run: the latest, or that of an epoch or step.

    Parameters
    ----------
    run_id : str or None
        The active run for None.
    epoch, global_step : int or None
        One of them at most.
    load : callable
        Reads it from a path, which is gone afterwards.

    Raises
    ------
    InvalidParameter
        No run is active, or both epoch and step are given.
    NotFound
        The run has no such checkpoint.
    """
    active = active_run()
    if run_id is None and active is None:
        raise InvalidParameter("Say which run has the checkpoint, run_id=…: none is active.")
    if epoch is not None and global_step is not None:
        raise InvalidParameter("Give epoch or global_step, not both.")
    run = get_run(run_id or active.info.run_id)  # type: ignore[union-attr]
    latest = run.data.tags.get(CHECKPOINT_TAG)
    if latest is None:
        raise NotFound(f"Run {run.info.run_id} has no checkpoints: autolog(checkpoint=True) keeps them.")
    if epoch is not None or global_step is not None:
        latest = f"{_folder_of(epoch, global_step)}/{posixpath.basename(latest).removeprefix('latest_')}"
    with tempfile.TemporaryDirectory(prefix="mlops-checkpoint-") as folder:
        return load(download_artifacts(run_id=run.info.run_id, artifact_path=latest, dst_path=folder))
