"""``%%track``: a cell that is a run."""

from __future__ import annotations

from typing import Any

from IPython.core.display_functions import publish_display_data
from IPython.core.error import UsageError

from jupyter_mlops.errors import InvalidParameter, MlflowException
from jupyter_mlops.magics.cells import TrackedCell, outcome_of
from jupyter_mlops.magics.literals import top_literals
from jupyter_mlops.magics.options import HELP, TrackOptions, read_options
from jupyter_mlops.magics.transformer import track_cells

__all__ = ["TrackedCells"]


class TrackedCells:
    """Begins and ends the runs of tracked cells in one shell.

    Parameters
    ----------
    shell : InteractiveShell
    """

    def __init__(self, shell: Any) -> None:
        self._shell = shell
        self._executing: list[Any] = []
        self._cells: list[tuple[Any, TrackedCell]] = []

    def install(self) -> None:
        """Hook into the shell."""
        self._shell.input_transformers_cleanup.append(track_cells)
        self._shell.events.register("pre_run_cell", self._pre_run_cell)
        self._shell.events.register("post_run_cell", self._post_run_cell)
        self._shell.register_magic_function(self.begin, "line", "begin_track")
        self._shell.register_magic_function(self.track, "cell", "track")

    def uninstall(self) -> None:
        """Unhook from the shell; tracked cells that run are ended as they are."""
        self._shell.input_transformers_cleanup.remove(track_cells)
        self._shell.events.unregister("pre_run_cell", self._pre_run_cell)
        self._shell.events.unregister("post_run_cell", self._post_run_cell)
        while self._cells:
            self._cells.pop()[1].finish("FINISHED", None)
        for kind, name in (("line", "begin_track"), ("cell", "track")):
            self._shell.magics_manager.magics[kind].pop(name, None)

    def track(self, line: str, cell: str) -> None:
        """Record this cell as a run; ``%%track --help`` lists the options."""
        self._shell.run_cell(
            f"%%track {line}\n{cell}"
        )  # only for calls by name: a cell itself is rewritten before it runs

    def begin(self, line: str) -> None:
        """Begin the run of the cell that this call stands in. Written into tracked cells; nothing to call by hand."""
        try:
            options = read_options(line)
            if options.help:
                publish_display_data({"text/plain": HELP})
                return
            info = self._executing[-1] if self._executing else None
            source = info.raw_cell if info else ""
            literals = self._literals(source, options)
            for key in literals.keys() & options.params.keys():
                if str(literals[key]) != str(options.params[key]):
                    raise InvalidParameter(
                        f"%%track: -p {key}={options.params[key]}, but the cell sets {key} = {literals[key]!r}. Remove one."
                    )
            cell = TrackedCell(options, source, literals, getattr(info, "cell_id", None))
        except MlflowException as error:
            raise UsageError(str(error)) from None
        self._cells.append((info, cell))

    def _literals(self, source: str, options: TrackOptions) -> dict[str, Any]:
        if not options.literals:
            return {}
        body = source
        while body.lstrip().startswith("%%"):  # %%track, and %%time or another one round or in it
            body = body.lstrip().partition("\n")[2]
        return top_literals(self._shell.transform_cell(body))

    def _pre_run_cell(self, info: Any) -> None:
        self._executing.append(info)

    def _post_run_cell(self, result: Any) -> None:
        if self._executing:
            self._executing.pop()
        while self._cells and self._cells[-1][0] is result.info:
            _, cell = self._cells.pop()
            cell.finish(*outcome_of(result.error_before_exec or result.error_in_exec))
