"""``%%sweep``: a cell that is run once per trial."""

from __future__ import annotations

import logging
from typing import Any
from weakref import WeakKeyDictionary

from IPython.core.display_functions import publish_display_data
from IPython.core.error import UsageError
from IPython.core.getipython import get_ipython

from jupyter_mlops.context.cell_digests import digest_tags
from jupyter_mlops.context.notebooks import cell_id
from jupyter_mlops.context.secrets import mask_secrets
from jupyter_mlops.context.sources import is_captured
from jupyter_mlops.entities.tags import CELL_ID_TAG, TRACKED_CELL_TAG
from jupyter_mlops.magics.cells.executed_cells import keep_recording, recording_now
from jupyter_mlops.magics.cells.live import LiveCard, is_watched, kernel_id
from jupyter_mlops.magics.cells.swept_cells import SweptCell, TrialOutput
from jupyter_mlops.magics.lines.commands import command
from jupyter_mlops.magics.lines.options import Given
from jupyter_mlops.magics.lines.sweep_options import SWEEP, dimensions_of, name_of
from jupyter_mlops.magics.settings import settings
from jupyter_mlops.reproduction.recordings import SOURCE
from jupyter_mlops.sweeps.drivers import Sweep
from jupyter_mlops.sweeps.results import SweepResult
from jupyter_mlops.sweeps.sweeps import plan_sweep
from jupyter_mlops.tracking.artifacts import put_text
from jupyter_mlops.views.sweeps.sweeps import sweep_bundle
from jupyter_mlops.widgets.compare import Compare, compare

__all__ = ["show_result", "sweep"]

_log = logging.getLogger(__name__)
_MOST_COMPARED = 1000
_comparisons: WeakKeyDictionary[SweepResult, Compare] = WeakKeyDictionary()  # alive as long as the result


@command(SWEEP, "line_cell", expands=False)
def sweep(given: Given) -> SweepResult:
    """Run the cell once per trial, each a child run."""
    if given.cell is None:
        SWEEP.refuse("it is a magic of cells: %%sweep, with the cell below it")
    if given.maximize and given.minimize:
        SWEEP.refuse("--maximize and --minimize: say one of them")
    return _swept(given, name_of(given))


def _swept(given: Given, name: str | None) -> SweepResult:
    shell: Any = get_ipython()
    plan = plan_sweep(
        dimensions_of(given), metric=given.metric or "", maximize=True if given.maximize else False if given.minimize else None,
        n=given.n, sampler=given.sampler, pruner=given.pruner or "median", seed=given.seed or 0,
    )  # fmt: skip
    output = TrialOutput(shell.display_pub)
    body = SweptCell(shell, str(given.cell), plan.space, plan.metric, output)
    made = Sweep(
        plan, parallel=given.parallel or 1, timeout_s=given.timeout, name=name, resume=given.resume,
        stop_on_error=given.stop_on_error, experiment=given.experiment, tags=_tags(shell, given) | dict(given.tag),
    )  # fmt: skip
    live = LiveCard(lambda: sweep_bundle(made.record(), name, kernel_id())) if settings().live and is_watched() else None
    if live:
        live.start()
    is_whole = False
    try:
        with output():
            made.run(body, first=lambda: _keep_source(shell, given, made))
        is_whole = True
    except KeyboardInterrupt:
        done, n = made.record().done, made.plan.n
        raise UsageError(f"Interrupted after {done} of {n} trials. What is done is kept; add --resume to the line to go on.") from None
    finally:
        result = _hand_over(shell, made)
        if live:
            live.finish()
        elif not is_whole:
            publish_display_data(sweep_bundle(result.record, name))
    return result


def _keep_source(shell: Any, given: Given, made: Sweep) -> None:
    """Write what the sweep was made of to its run."""
    if not (settings().capture_source and is_captured("notebook")):
        return
    try:
        put_text((made.store, made.active.run.info.run_id), mask_secrets(_source(shell, given)), SOURCE)
        keep_recording(recording_now(shell), made.store, made.active.state)
    except Exception as trouble:  # what surrounds a run must not cost the cell its result
        _log.warning("The cell's source was not kept: %s", trouble)


def _source(shell: Any, given: Given) -> str:
    parent = shell.get_parent() if hasattr(shell, "get_parent") else {}
    return str((parent.get("content") or {}).get("code") or f"%%sweep {given.text}\n{given.cell}")


def _tags(shell: Any, given: Given) -> dict[str, str]:
    cell = cell_id()
    if not (cell and is_captured("notebook")):
        return {}
    digest = digest_tags(_source(shell, given)) if settings().capture_source else {}
    return {CELL_ID_TAG: cell, TRACKED_CELL_TAG: cell, **digest}


def _hand_over(shell: Any, made: Sweep) -> SweepResult:
    """The best trial's variables become the notebook's."""
    result = made.result()
    ranked = result.record.ranked()
    if ranked:
        is_here = made.best is not None and made.best.number == ranked[0].number
        shell.user_ns.update(made.best.memory if is_here and made.best else ranked[0].params)
    shell.user_ns["_sweep"] = result
    return result


def show_result(result: SweepResult) -> Any:
    """What is shown of a result: its trials side by side where the card of the sweep stands above, else the sweep itself."""
    if not (settings().live and is_watched() and result.trials):
        return sweep_bundle(result.record, result.given_name)
    if result not in _comparisons:
        ranked = [one.run_id for one in result.record.ranked()]
        others = [one.run_id for one in result.trials if one.run_id not in set(ranked)]
        _comparisons[result] = compare([*ranked, *others][:_MOST_COMPARED])
    return _comparisons[result]._repr_mimebundle_()
