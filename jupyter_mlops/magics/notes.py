"""``%note``, ``%tag`` and ``%artifact``: more about the open run, or the one that ended last."""

from __future__ import annotations

import glob
import os

from jupyter_mlops.entities.tags import NOTE_TAG
from jupyter_mlops.errors import NotFound
from jupyter_mlops.magics.lines.commands import command
from jupyter_mlops.magics.lines.options import Given, Option, Usage, Words
from jupyter_mlops.magics.lines.references import RUN, state_at_hand
from jupyter_mlops.magics.lines.values import pair
from jupyter_mlops.tracking.artifacts import put_file
from jupyter_mlops.views.formats.texts import harmless

__all__ = ["artifact", "note", "tag"]

_NOTE = Usage(
    "%note",
    "Describe the open run or the last one, in Markdown, as it is written; without TEXT, show its description.",
    Words("[TEXT]", is_free=True),
    Option("-a, --append", "as a further paragraph"),
    RUN,
)
_TAG = Usage(
    "%tag", "Set tags of the open run or the last one.", Words("KEY=VALUE...", "a VALUE with spaces in quotes", least=1, names=("tags=",)), RUN
)
_ARTIFACT = Usage(
    "%artifact",
    "Keep a file or a folder with the open run or the last one.",
    Words("PATH...", "also ~/x and *.png", least=1, names=("paths",)),
    Option("--to", "folder inside the run's artifacts", "FOLDER"),
    RUN,
)


@command(_NOTE, expands=False)
def note(given: Given) -> None:
    """Describe a run."""
    state = state_at_hand(given.run)
    before = state.store.get_run(state.run_id).data.tags.get(NOTE_TAG, "")
    if not given.text:
        print(harmless(before) or "The run has no description.")  # noqa: T201 - the answer to who asked
        return
    text = given.text[1:-1] if given.text[0] in "\"'" and given.text[-1:] == given.text[0] and len(given.words) == 1 else given.text
    state.set_tags({NOTE_TAG: f"{before}\n\n{text}" if given.append and before else text})


@command(_TAG)
def tag(given: Given) -> None:
    """Set tags of a run."""
    try:
        tags = dict(map(pair, given.words))
    except ValueError:
        _TAG.refuse(f"it takes {_TAG.words.shown}, not {given.text}")
    state_at_hand(given.run).set_tags(tags)


@command(_ARTIFACT)
def artifact(given: Given) -> None:
    """Keep files with a run."""
    state = state_at_hand(given.run)
    for word in given.words:
        path = os.path.expanduser(word)
        found = [path] if os.path.exists(path) else sorted(glob.glob(path))
        if not found:
            raise NotFound(f"%artifact: there is no file {word!r}.")
        for one in found:
            put_file((state.store, state.run_id), one, given.to)
