"""Scalars that PyTorch writes for TensorBoard become metrics of the active run."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from types import ModuleType
from typing import Any

from jupyter_mlops.tracking import stacks
from jupyter_mlops.tracking.autologs import Integration
from jupyter_mlops.tracking.run_states import RunState

__all__ = ["patch_writers"]


def patch_writers(integration: Integration, writers: ModuleType) -> None:
    """Watch the writers of ``torch.utils.tensorboard.writer``."""

    def add_event(
        original: Callable[..., Any], writer: Any, event: Any, step: Any = None, *args: Any, **kw: Any
    ) -> Any:
        result = original(writer, event, step, *args, **kw)
        every = integration.options.get("log_every_n_step")
        if every and (step or 0) % every == 0:
            _try(integration, _log_scalars, event, step)
        return result

    def add_hparams(original: Callable[..., Any], writer: Any, hparam_dict: Any, *args: Any, **kwargs: Any) -> Any:
        metrics = args[0] if args else kwargs.get("metric_dict")
        _try(integration, _log_hyperparameters, hparam_dict or {}, metrics or {})
        return original(writer, hparam_dict, *args, **kwargs)

    integration.patches.replace(writers.FileWriter, "add_event", add_event)
    integration.patches.replace(writers.SummaryWriter, "add_hparams", add_hparams)


def _try(integration: Integration, action: Callable[..., None], *args: Any) -> None:
    """Log to the active run, if there is one: none is begun for a single scalar."""
    active = stacks.current()
    if active is None or not integration.may_log():
        return
    try:
        action(active.state, *args)
    except Exception as error:  # whatever the names and values are
        integration.warn("What was written for TensorBoard is not logged: %s", error)


def _log_scalars(state: RunState, event: Any, step: int | None) -> None:
    for value in event.summary.value:
        if value.HasField("simple_value"):
            state.log_metric(value.tag, value.simple_value, int((event.wall_time or time.time()) * 1000), step or 0)


def _log_hyperparameters(state: RunState, params: Mapping[str, Any], metrics: Mapping[str, Any]) -> None:
    state.log_batch([(name, float(value), None, 0) for name, value in metrics.items()], params.items())
