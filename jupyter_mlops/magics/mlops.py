"""``%mlops status|sync|doctor|privacy``: where runs are kept, what is on its way there, what is in order, what is recorded."""

from __future__ import annotations

from collections.abc import Callable

from jupyter_mlops.context.sources import is_captured
from jupyter_mlops.entities.variables import CAPTURES
from jupyter_mlops.magics.lines.commands import command
from jupyter_mlops.magics.lines.options import Given, Option, Usage, Words
from jupyter_mlops.storage.http.addresses import is_server
from jupyter_mlops.storage.opened import get_registry_uri, get_tracking_uri
from jupyter_mlops.tracking import stacks
from jupyter_mlops.upkeep.deliveries import Delivery, deliver
from jupyter_mlops.views.doctors import Diagnosis, doctor
from jupyter_mlops.views.formats.texts import harmless

__all__ = ["mlops"]

_USAGE = Usage(
    "%mlops",
    """Say how things stand.

  status      where runs are kept, which are open, what waits for a server
  sync [URL]  deliver what waits, to one server or to all
  doctor      look whether all is in order, and say what to do where it is not
  privacy     what is recorded of this machine and program, and how to switch it off""",
    Words("[status|sync|doctor|privacy] [URL]", most=2, names=(("status", "sync", "doctor", "privacy"), "")),
    Option("--privacy", "with status: the same as privacy"),
)


@command(_USAGE)
def mlops(given: Given) -> Diagnosis | None:
    """Say how things stand."""
    what, *rest = given.words or ["status"]
    if what not in ("doctor", *_ANSWERS) or (rest and what != "sync") or (given.privacy and what != "status"):
        _USAGE.refuse(f"it takes {_USAGE.words.shown}, not {given.text}")
    if what == "doctor":
        return doctor()
    print(harmless(_privacy() if given.privacy else _ANSWERS[what](*rest)))  # noqa: T201 - what a magic is for
    return None


def _status() -> str:
    place, registry = get_tracking_uri(), get_registry_uri()
    lines = [f"runs      {place}{' (a server)' if is_server(place) else ''}"]
    lines += [f"models    {registry}"] if registry != place else []
    lines += [f"open run  {active.run.info.run_name} ({active.run.info.run_id})" for active in stacks.open_runs()]
    waiting = [_waits(one) for one in deliver(only_look=True) if one.before.records or one.before.files or one.before.refused]
    if is_server(place) and not waiting:
        lines.append("Everything is delivered.")
    return "\n".join([*lines, *waiting])


def _waits(one: Delivery) -> str:
    text = f"waiting   {one.before.records:,} records, {one.before.files:,} files for {one.address}: delivered in the background, or by %mlops sync"
    return text + (f"; {one.before.refused:,} refused, see {one.folder}/refused.jsonl" if one.before.refused else "")


def _sync(uri: str | None = None) -> str:
    lines = []
    for one in deliver(uri, progress=True):
        sent = one.before.records + one.before.files - one.waiting.records - one.waiting.files
        left = one.waiting.records + one.waiting.files
        lines.append(f"{one.address}: {sent:,} delivered" + (f", {left:,} still wait. {one.error or ''}" if left else "."))
    return "\n".join(lines) or "Nothing waits for a server."


def _privacy() -> str:
    lines = [f"{'on ' if is_captured(name) else 'off'}  {variable.names[0]:<36}  {variable.doc}" for name, variable in CAPTURES.items()]
    return "\n".join(["What is recorded of this machine and program; the variable set to 0 switches it off:", *lines])


_ANSWERS: dict[str, Callable[..., str]] = {"status": _status, "sync": _sync, "privacy": _privacy}
