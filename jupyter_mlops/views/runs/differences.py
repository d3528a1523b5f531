"""What is different between two runs: code, packages, data and what was logged, as plain data."""

from __future__ import annotations

import difflib
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from jupyter_mlops.entities.numbers import as_json
from jupyter_mlops.entities.runs import Run
from jupyter_mlops.entities.tags import (
    BRANCH_TAG,
    COMMIT_TAG,
    CONTEXT_TAG,
    DIRTY_TAG,
    PACKAGES_TAG,
    PYTHON_TAG,
    REPRODUCES_TAG,
)
from jupyter_mlops.errors import NotFound
from jupyter_mlops.reproduction.notebooks import cells_again
from jupyter_mlops.reproduction.recordings import DIFF, Recording, maker_of, read_text, recorded_packages
from jupyter_mlops.storage.base import TrackingStore

__all__ = ["code_diff", "data_diff", "environment_diff", "pair_diff", "run_diff", "run_differences", "text_diff"]

_MOST_LINES = 5000
_SURROUNDINGS = (PYTHON_TAG, COMMIT_TAG, BRANCH_TAG, DIRTY_TAG)
_LIKE = 0.5
_MOST_MARKED, _MOST_PAIRS = 160, 500  # characters of a line, and lines that became others
_MOST_SHOWN = 2000  # characters of a line
_MOST_WORK = 20_000_000  # steps of a comparison, some 50 ns each: lines that are everywhere make it cubic


def run_diff(store: TrackingStore, run_id: str, other_id: str) -> dict[str, Any]:
    """What is different between two runs; `run_id` is the old one.

    Returns
    -------
    dict
        ``runs`` (``run_id, name, status, start_time`` of both), ``code`` (see `code_diff`), and rows of ``name, old, new, kind`` as
        ``params``, ``metrics``, ``tags``, ``environment`` and ``data``.

    Raises
    ------
    NotFound
        One of them is not there.
    """
    found = {run.info.run_id: run for run in store.get_runs([run_id, other_id])}
    for wanted in (run_id, other_id):
        if wanted not in found:
            raise NotFound(f"There is no run {wanted!r}.")
    return run_differences(store, found[run_id], found[other_id])


def run_differences(store: TrackingStore, old: Run, new: Run) -> dict[str, Any]:
    """`run_diff` of runs that were read."""
    return {
        "runs": [
            {"run_id": one.info.run_id, "name": one.info.run_name, "status": one.info.status, "start_time": one.info.start_time}
            for one in (old, new)
        ],
        "code": code_diff(store, old, new) if old.info.run_id != new.info.run_id else [],
        "params": pair_diff(old.data.params, new.data.params),
        "metrics": pair_diff(*({key: as_json(value) for key, value in run.data.metrics.items()} for run in (old, new))),
        "tags": pair_diff(*({key: value for key, value in run.data.tags.items() if _is_own(key)} for run in (old, new))),
        "environment": environment_diff(old, new),
        "data": data_diff(old, new),
    }


def code_diff(store: TrackingStore, old: Run, new: Run, context: int = 3) -> list[dict[str, Any]]:
    """The texts that two runs were made by and that are not the same: their cell, the cells before it, what was not committed.

    Returns
    -------
    list of dict
        ``name``, and what `text_diff` says of it.
    """
    (maker, kept), (again, kept_again) = maker_of(store, old), maker_of(store, new)
    if kept.cells and again.data.tags.get(REPRODUCES_TAG) == maker.info.run_id:  # the cells stand as the notebook of that has them
        kept = Recording([cell for cell, _ in cells_again(maker, kept)])
    before, after = _texts(old, kept), _texts(new, kept_again)
    return [
        {"name": name, **text_diff(before.get(name, ""), after.get(name, ""), context)}
        for name in dict.fromkeys((*before, *after))
        if before.get(name, "") != after.get(name, "")
    ]


def _texts(run: Run, recording: Recording) -> dict[str, str]:
    cells = recording.cells
    texts = {
        "cell": cells[-1].source if cells else "",
        "earlier cells": "\n\n".join(cell.source.strip("\n") for cell in cells[:-1]),
        "not committed": read_text(run, DIFF) or "",
    }
    return {name: text for name, text in texts.items() if text}


def text_diff(old: str, new: str, context: int = 3) -> dict[str, Any]:
    """The lines that differ, with those around them, as in a code review.

    Parameters
    ----------
    old, new : str
    context : int
        Lines shown around a change.

    Returns
    -------
    dict
        ``added`` and ``removed`` (numbers of lines), ``cut`` (a text was too long to be compared whole), and ``hunks``, each a
        list of ``kind`` (``same``, ``removed``, ``added``), ``old`` and ``new`` (numbers of the line, from 1, or None), ``text``
        (its first 2,000 characters) and ``marks``: from where to where the line itself is another than the one that it stands for,
        unless more than 500 lines became others.

    Examples
    --------
    >>> found = text_diff("depth = 3\\nfit()", "depth = 4\\nfit()")
    >>> [(line["kind"], line["text"], line["marks"]) for line in found["hunks"][0]]
    [('removed', 'depth = 3', [[8, 9]]), ('added', 'depth = 4', [[8, 9]]), ('same', 'fit()', [])]
    """
    before, after = old.splitlines(), new.splitlines()
    cut = max(len(before), len(after)) > _MOST_LINES
    before, after = before[:_MOST_LINES], after[:_MOST_LINES]
    groups = list(_matcher(before, after).get_grouped_opcodes(context))
    pairs = sum(min(i2 - i1, j2 - j1) for group in groups for what, i1, i2, j1, j2 in group if what == "replace")
    hunks = [[line for code in group for line in _lines(code, before, after, pairs <= _MOST_PAIRS)] for group in groups]
    counts = {kind: sum(line["kind"] == kind for hunk in hunks for line in hunk) for kind in ("added", "removed")}
    return {**counts, "cut": cut, "hunks": hunks}


def _matcher(before: Sequence[str], after: Sequence[str]) -> difflib.SequenceMatcher[str]:
    """Lines that are there too often begin no match of their own, as blank ones: they only go with the lines beside them."""
    counts, often = Counter(after), _MOST_WORK // max(1, len(before) * len(after))
    return difflib.SequenceMatcher(lambda line: counts[line] > max(1, often), before, after, autojunk=False)


def _lines(code: tuple[str, int, int, int, int], before: Sequence[str], after: Sequence[str], marked: bool) -> list[dict[str, Any]]:
    what, i1, i2, j1, j2 = code
    if what == "equal":
        return [_line("same", i1 + n, j1 + n, before[i1 + n]) for n in range(i2 - i1)]
    marks = [_marks(before[i1 + n], after[j1 + n]) for n in range(min(i2 - i1, j2 - j1) if marked else 0)]
    gone = [_line("removed", i, None, before[i], marks[i - i1][0] if i - i1 < len(marks) else []) for i in range(i1, i2)]
    come = [_line("added", None, j, after[j], marks[j - j1][1] if j - j1 < len(marks) else []) for j in range(j1, j2)]
    return gone + come


def _line(kind: str, old: int | None, new: int | None, text: str, marks: Sequence[list[int]] = ()) -> dict[str, Any]:
    return {
        "kind": kind, "old": None if old is None else old + 1, "new": None if new is None else new + 1,
        "text": text if len(text) <= _MOST_SHOWN else f"{text[:_MOST_SHOWN]}…", "marks": list(marks),
    }  # fmt: skip


def _marks(old: str, new: str) -> tuple[list[list[int]], list[list[int]]]:
    """Where two lines differ; nowhere when they have little in common."""
    matcher = difflib.SequenceMatcher(None, old[:_MOST_MARKED], new[:_MOST_MARKED], autojunk=False)
    if matcher.ratio() < _LIKE:
        return [], []
    codes = [code for code in matcher.get_opcodes() if code[0] != "equal"]
    return [[i1, i2] for _, i1, i2, _, _ in codes if i1 < i2], [[j1, j2] for _, _, _, j1, j2 in codes if j1 < j2]


def pair_diff(old: Mapping[str, Any], new: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The keys whose values are not the same: rows of ``name, old, new, kind`` (``added``, ``removed``, ``changed``).

    Examples
    --------
    >>> pair_diff({"lr": "0.1", "seed": "1"}, {"lr": "0.2", "seed": "1"})
    [{'name': 'lr', 'old': '0.1', 'new': '0.2', 'kind': 'changed'}]
    """
    return [
        {
            "name": key, "old": old.get(key), "new": new.get(key),
            "kind": "added" if key not in old else "removed" if key not in new else "changed",
        }
        for key in sorted({*old, *new}, key=str.lower)
        if key not in old or key not in new or (old[key] != new[key])
    ]  # fmt: skip


def environment_diff(old: Run, new: Run) -> list[dict[str, Any]]:
    """Packages, Python and commit that are not the same, as rows of `pair_diff`; what neither of them recorded is not known."""
    around = [
        {key.rpartition(".")[2]: run.data.tags[key] for key in _SURROUNDINGS if key in run.data.tags} for run in (old, new)
    ]
    packages = pair_diff(*map(recorded_packages, (old, new))) if all(PACKAGES_TAG in run.data.tags for run in (old, new)) else []
    return pair_diff(*around) + packages


def data_diff(old: Run, new: Run) -> list[dict[str, Any]]:
    """Data sets that are not the same, as rows of `pair_diff` with their digests."""
    return pair_diff(_digests(old), _digests(new))


def _digests(run: Run) -> dict[str, str]:
    found: dict[str, str] = {}
    for one in run.inputs.dataset_inputs:
        context = next((tag.value for tag in one.tags if tag.key == CONTEXT_TAG), "")
        name = f"{one.dataset.name} ({context})" if context else one.dataset.name
        found[name] = ", ".join(sorted({*filter(None, found.get(name, "").split(", ")), one.dataset.digest}))
    return found


def _is_own(key: str) -> bool:
    return not key.startswith(("mlflow.", "jupyter_mlops."))
