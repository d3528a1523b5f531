"""A run as a notebook: what is known of its making, its params, its cells, and how to compare what comes of them."""

from __future__ import annotations

import ast
import hashlib
import json
import re
from collections import Counter
from collections.abc import Sequence
from datetime import UTC, datetime
from html import escape
from typing import Any

from jupyter_mlops.entities.names import check_run_id
from jupyter_mlops.entities.runs import Run
from jupyter_mlops.entities.tags import (
    BRANCH_TAG,
    COMMIT_TAG,
    CONTEXT_TAG,
    DIRTY_TAG,
    PACKAGES_TAG,
    PYTHON_TAG,
    REPOSITORY_TAG,
    REPRODUCES_TAG,
    SOURCE_NAME_TAG,
    TRIAL_TAG,
)
from jupyter_mlops.reproduction.markdowns import escaped, fenced, in_cell, in_code
from jupyter_mlops.reproduction.recordings import DIFF, Recording, SlicedCell, maker_of, read_text
from jupyter_mlops.storage.base import TrackingStore

__all__ = ["as_file", "cells_again", "file_name", "notebook_of"]

Cell = dict[str, Any]
_TRACK = re.compile(r"^[ \t]*%%track\b(?P<options>.*)$", re.MULTILINE)
_SWEEP = re.compile(r"^[ \t]*%%sweep\b(?P<options>.*)$", re.MULTILINE)
_DIMENSION = re.compile(r"(?<![\w-])([A-Za-z_]\w*)=")
_METRIC = re.compile(r"--metric[= ]\s*([A-Za-z_]\w*)")
# Each begins where the blanks do: tried from every one of them, a line of blanks would take hours.
_LINK = re.compile(rf"(?<![ \t])[ \t]+-t[ \t]+{re.escape(REPRODUCES_TAG)}=\S+")
_PARAMS = re.compile(r"(?<![ \t])[ \t]+--params[ =]+(\S+)")
_LONGEST_DIFF, _LONGEST_CELL = 60_000, 200_000
_UNREADABLE = (SyntaxError, ValueError, TypeError, RecursionError, MemoryError)  # what parsers say of text that others wrote
_UNSAFE = re.compile(r"[^\w.-]+")


def notebook_of(store: TrackingStore, run: Run, facts: Sequence[str] = ()) -> dict[str, Any]:
    """The notebook that makes a run again, as JSON of nbformat 4.5.

    Parameters
    ----------
    store : TrackingStore
    run : Run
    facts : sequence of str
        Lines of Markdown about the difference to here and now.

    Raises
    ------
    InvalidParameter
        The run's id can be none.

    Notes
    -----
    The cells are those that were captured, in their order. Numbers, texts and booleans that the tracked cell sets at its top
    stand in a cell of their own with the tag ``parameters``, where papermill finds them.
    """
    maker, recording = maker_of(store, run)
    for one in (run, maker):
        check_run_id(one.info.run_id)  # which stands in its code: a server may have said anything
    cells = [_markdown(_head(store, run, maker, recording, facts)), *_diff_cells(run), *_code_cells(maker, recording)]
    for number, cell in enumerate(cells):
        cell["id"] = hashlib.sha256(f"{run.info.run_id} {number}".encode()).hexdigest()[:8]
    python = run.data.tags.get(PYTHON_TAG, "")
    return {
        "cells": cells,
        "metadata": {
            "kernelspec": {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"},
            "language_info": {"name": "python", "version": python},
            "jupyter_mlops": {"reproduces": run.info.run_id},
        },
        "nbformat": 4,
        "nbformat_minor": 5,
    }


def file_name(run: Run) -> str:
    """Name of the file that a run's notebook is kept in: the run's name, as far as files can be called so, and its id.

    Examples
    --------
    >>> from jupyter_mlops.entities.runs import RunInfo
    >>> file_name(Run(RunInfo("0123456789abcdef", "0", "deep / forest", "ann", "FINISHED", 0)))
    'deep-forest-01234567.ipynb'
    """
    name = _UNSAFE.sub("-", run.info.run_name).strip("-.")[:60]
    return f"{name or 'run'}-{_UNSAFE.sub('-', run.info.run_id)[:8]}.ipynb"


# ---- what stands above


def _head(store: TrackingStore, run: Run, maker: Run, recording: Recording, facts: Sequence[str]) -> str:
    info, tags = run.info, run.data.tags
    when = datetime.fromtimestamp(info.start_time / 1000, UTC)
    lines = [
        f"# {escaped(info.run_name)}",
        f"Run {in_code(info.run_id)} of experiment {in_code(store.get_experiment(info.experiment_id).name)}, {info.status.lower()}, "
        f"by {in_code(info.user_id or 'unknown')} on {when:%Y-%m-%d %H:%M:%S} UTC.",
    ]
    if not recording.cells:
        lines.append(
            "No cells were captured with this run: it was not made by a cell with `%%track`. "
            f"It came from {in_code(tags.get(SOURCE_NAME_TAG, 'an unknown program'))}."
        )
    if maker.info.run_id != run.info.run_id:
        lines.append(f"It was made inside of run {in_code(maker.info.run_name)}, {in_code(maker.info.run_id)}, whose cells these are.")
    if recording.hidden:
        lines += ["**Hidden state.** The run used names that these cells may not give it:"]
        lines += ["\n".join(f"- {', '.join(map(in_code, one.names))}: {escaped(one.why)}" for one in recording.hidden)]
    return "\n\n".join([*lines, *_code_facts(run), *_data_facts(run), *facts, *_package_facts(run)])


def _code_facts(run: Run) -> list[str]:
    tags = run.data.tags
    commit = tags.get(COMMIT_TAG, "")
    if not re.fullmatch(r"[0-9a-f]{7,64}", commit):
        return ["**Code.** No git commit was recorded."]
    branch = f" on branch {in_code(tags[BRANCH_TAG])}" if BRANCH_TAG in tags else ""
    remote = f" of {in_code(tags[REPOSITORY_TAG])}" if REPOSITORY_TAG in tags else ""
    dirty = tags.get(DIRTY_TAG) == "true"
    text = f"**Code.** Commit {in_code(commit[:12])}{branch}{remote}{', with changes that were not committed' if dirty else ''}. In the repository:"
    return [f"{text}\n\n```bash\ngit worktree add ../{commit[:12]} {commit}\n```"]


def _data_facts(run: Run) -> list[str]:
    rows = [
        f"| {in_cell(one.dataset.name)} | {in_cell(_context(one.tags))} | {in_cell(one.dataset.digest)} | {in_cell(one.dataset.source_type)} |"
        for one in run.inputs.dataset_inputs
    ]
    return ["**Data.**\n\n| data set | for | digest | source |\n|---|---|---|---|\n" + "\n".join(rows)] if rows else []


def _context(tags: Any) -> str:
    return next((tag.value for tag in tags if tag.key == CONTEXT_TAG), "")


def _package_facts(run: Run) -> list[str]:
    packages, python = run.data.tags.get(PACKAGES_TAG, ""), run.data.tags.get(PYTHON_TAG, "")
    if not packages:
        return []
    said = f"Python {escape(' '.join(python.split())[:300])}, packages ({len(packages.splitlines())})"  # in HTML, Markdown escapes nothing
    return [f"<details><summary>{said}</summary>\n\n{fenced(packages, 'text')}\n\n</details>"]


def _diff_cells(run: Run) -> list[Cell]:
    diff = read_text(run, DIFF)
    if not diff:
        return []
    shown = diff if len(diff) <= _LONGEST_DIFF else diff[:_LONGEST_DIFF].rpartition("\n")[0] + "\n… cut here; the artifact has all of it."
    how = (
        "It is the artifact `source/git.diff` of the run. On the commit above:\n\n"
        f"```bash\ngit apply \"$(python -c 'import jupyter_mlops as m; print(m.artifacts.download_artifacts(run_id=\"{run.info.run_id}\", "
        "artifact_path=\"source/git.diff\"))')\"\n```"
    )
    return [_markdown(f"<details><summary>What was not committed</summary>\n\n{how}\n\n{fenced(shown, 'diff')}\n\n</details>")]


# ---- cells


def _code_cells(run: Run, recording: Recording) -> list[Cell]:
    if not recording.cells:
        return []
    compare = (
        "import jupyter_mlops\n\n"
        f'jupyter_mlops.diff("{run.info.run_id}", jupyter_mlops.last_active_run().info.run_id)'
    )
    cells = [_code_cell(cell.source, tags) for cell, tags in cells_again(run, recording)]
    return [*cells, _markdown("What came of it, beside what came of it then:"), _code_cell(compare, ["compare"])]


def cells_again(run: Run, recording: Recording) -> list[tuple[SlicedCell, list[str]]]:
    """The cells that make a run again, and their tags: params in one of their own, and the line that links the new run."""
    earlier, target = recording.cells[:-1], recording.cells[-1]
    params, source = _params_apart(*_of_sweep(target.source, run))
    source = _TRACK.sub(lambda found: _linked(found["options"], run.info.run_id, params), source, count=1)
    setup = [] if any("load_ext jupyter_mlops" in cell.source for cell in earlier) else [(SlicedCell("%load_ext jupyter_mlops"), ["setup"])]
    return [
        *setup,
        *([(SlicedCell("\n".join(params.values())), ["parameters"])] if params else []),
        *((cell, _tags(cell, run, bool(params))) for cell in earlier),
        (SlicedCell(source), ["tracked"]),
    ]


def _of_sweep(source: str, run: Run) -> tuple[str, dict[str, str]]:
    """The cell of a sweep, or what one of its trials made of it: a tracked cell with its point at the top; and its params."""
    params = dict(run.data.params)
    found = _SWEEP.search(source)
    if found is None:
        return source, params
    if TRIAL_TAG not in run.data.tags:
        return source[: found.end()] + f" -t {REPRODUCES_TAG}={run.info.run_id}" + source[found.end() :], params
    point = {name: params[name] for name in _DIMENSION.findall(found["options"]) if name in params}
    metric = _METRIC.search(found["options"])
    # What the sweep took from a variable, %%track has to be told to take.
    is_variable = metric and "log_metric" not in source and re.search(rf"^{re.escape(metric[1])}\s*=[^=]", source, re.MULTILINE)
    line = f"%%track --metrics {metric[1]}" if metric and is_variable else "%%track"
    top, _, rest = _params_apart(source[: found.start()] + line + source[found.end() :], point)[1].partition(line)
    return f"{top}{line}\n" + "\n".join(f"{name} = {_as_python(text)}" for name, text in point.items()) + rest, params


def _as_python(text: str) -> str:
    try:
        ast.literal_eval(text)
    except _UNREADABLE:
        return repr(text)
    return text


def _tags(cell: SlicedCell, run: Run, has_params: bool) -> list[str]:
    is_params = not has_params and _sets_params(cell.source, run.data.params)
    return ["raises-exception"] if cell.failed else ["parameters"] if is_params else []


def _linked(options: str, run_id: str, params: dict[str, str]) -> str:
    """The line of ``%%track`` that says which run is made again, and which variables are its params."""
    options = _LINK.sub("", options).rstrip()
    found = _PARAMS.search(options)
    names = ",".join(dict.fromkeys([*(found[1].split(",") if found else ()), *params]))
    named = f" --params {names}" if names else ""
    return f"%%track{_PARAMS.sub('', options)}{named} -t {REPRODUCES_TAG}={run_id}"


def _sets_params(source: str, logged: dict[str, str]) -> bool:
    """Whether a cell does nothing but to set params, as that of an earlier notebook of this kind."""
    body = _statements(source)
    return bool(body) and all(_literal_name(one) in logged for one in body)


def _statements(source: str) -> list[ast.stmt]:
    """None of what Python cannot read, and of what is longer than anybody writes: it may take GB to be read."""
    try:
        return ast.parse(source).body if len(source) <= _LONGEST_CELL else []
    except _UNREADABLE:
        return []


def _params_apart(source: str, logged: dict[str, str]) -> tuple[dict[str, str], str]:
    """The lines that set params at the top of a cell, by their names, and the cell without them."""
    lines = re.split(r"\r\n?|\n", source)  # as Python counts them
    begin = next((number for number, line in enumerate(lines) if line.strip() and not line.lstrip().startswith("%%")), len(lines))
    found: dict[str, str] = {}
    taken: set[int] = set()
    body = _statements("\n".join(re.sub(r"^[%!].*", "", line) for line in lines[begin:]))
    used = Counter((one.lineno, one.end_lineno or one.lineno) for one in body)
    for one in body:
        if isinstance(one, (ast.Import, ast.ImportFrom)) or (isinstance(one, ast.Expr) and isinstance(one.value, ast.Constant)):
            continue
        name = _literal_name(one)
        span = (one.lineno, one.end_lineno or one.lineno)
        if name is None or name in found:
            break
        if name in logged and used[span] == 1 and span[0] == span[1]:
            found[name] = lines[begin + span[0] - 1]
            taken.add(begin + span[0] - 1)
    return found, "\n".join(line for number, line in enumerate(lines) if number not in taken)


def _literal_name(node: ast.stmt) -> str | None:
    if isinstance(node, ast.Assign) and len(node.targets) == 1:
        target, value = node.targets[0], node.value
    elif isinstance(node, ast.AnnAssign) and node.value is not None:
        target, value = node.target, node.value
    else:
        return None
    try:
        literal = ast.literal_eval(value)
    except _UNREADABLE:
        return None
    return target.id if isinstance(target, ast.Name) and isinstance(literal, (bool, int, float, str)) else None


def _code_cell(source: str, tags: list[str]) -> Cell:
    return {"cell_type": "code", "metadata": {"tags": tags} if tags else {}, "source": source, "execution_count": None, "outputs": []}


def _markdown(source: str) -> Cell:
    return {"cell_type": "markdown", "metadata": {}, "source": source}


def as_file(notebook: dict[str, Any]) -> str:
    """A notebook as its file has it."""
    return json.dumps(notebook, indent=1, ensure_ascii=False) + "\n"
