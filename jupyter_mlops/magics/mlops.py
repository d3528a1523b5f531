"""``%mlops status`` and ``%mlops sync``: where runs are kept, and what is still on its way there."""

from __future__ import annotations

import shlex

from IPython.core.error import UsageError

from jupyter_mlops.context.sources import is_captured
from jupyter_mlops.entities.variables import CAPTURES
from jupyter_mlops.errors import MlflowException
from jupyter_mlops.storage.http.addresses import is_server
from jupyter_mlops.storage.opened import get_registry_uri, get_tracking_uri
from jupyter_mlops.tracking import stacks
from jupyter_mlops.upkeep.deliveries import Delivery, deliver

__all__ = ["mlops"]

_USAGE = "%mlops status [--privacy] | %mlops sync [URL]"


def mlops(line: str) -> None:
    """Say where runs are kept and what waits for a server, or have it delivered: ``%mlops status``, ``%mlops sync``.

    ``%mlops status --privacy`` lists what is recorded of this machine and program, and how to switch it off.
    """
    words = shlex.split(line) or ["status"]
    try:
        if words[0] == "status" and words[1:] in ([], ["--privacy"]):
            text = _privacy() if words[1:] else _status()
        elif words[0] == "sync" and len(words) < 3:
            text = _sync(*words[1:])
        else:
            raise UsageError(f"{_USAGE}, not: %mlops {line}")
    except MlflowException as error:
        raise UsageError(str(error)) from None
    print(text)  # noqa: T201 - what a magic is for


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
