"""``%serve MODEL_URI``: a model that answers by HTTP as long as this kernel lives, with a card that follows it."""

from __future__ import annotations

from IPython.core.error import UsageError

from jupyter_mlops.environments.managers import MANAGERS
from jupyter_mlops.errors import NotFound
from jupyter_mlops.magics.cells.live import is_watched
from jupyter_mlops.magics.lines.commands import command
from jupyter_mlops.magics.lines.options import Given, Option, Usage, Words
from jupyter_mlops.magics.lines.values import comma_list, count, duration, share
from jupyter_mlops.magics.served import Served
from jupyter_mlops.serving.model_environments import model_environment
from jupyter_mlops.serving.packages import require_server
from jupyter_mlops.views.formats.texts import text_table

__all__ = ["serve"]

_USAGE = Usage(
    "%serve",
    """Serve a model by HTTP from a process that ends with this kernel, and follow it in a card.

  %serve models:/churn@champion --follow
  served = %serve runs:/<run id>/model --port 5001
  served.client.predict(df)

The cell ends when the model is loaded. Run again, it replaces what it served. Without a model, it lists what is served.""",
    Words("[MODEL_URI]", "such as models:/churn@champion; with --stop also a port, or all", most=1, names=("model_uris",)),
    Option("-p, --port", "where it listens on this machine; a free one by default", "PORT", count),
    Option("-w, --workers", "processes that answer; 1 by default", "N", count),
    Option("-t, --timeout", "of one prediction; 60s by default", "TIME", duration),
    Option("--follow", "exchange the model when the alias or stage means another version"),
    Option("--log", "keep requests and predictions beside the model, or a share of them; serving.monitor(MODEL_URI) sums them up", "RATE", share, bare=1.0),
    Option("--log-without", "columns that are not kept", "COLUMN,…", comma_list),
    Option("--env-manager", "what makes an environment of the model's own, once, to serve it in; local, this one, by default", "|".join(MANAGERS), names=(*MANAGERS,)),
    Option("--trust", "run the model's own code even if you have not signed it"),
    Option("--title", "how the card is headed; the URI by default", "TEXT"),
    Option("--wait", "how long the model may take to load; 2m by default", "TIME", duration),
    Option("--stop", "end it: MODEL_URI, its port, or all"),
)  # fmt: skip
_served: dict[int | str, Served] = {}  # by the port that was asked for, else by URI; also what has ended: its card starts it again


@command(_USAGE)
def serve(given: Given) -> Served | None:
    """Serve a model and follow it."""
    if given.stop or not given.words:
        print(_stopped(given.words) if given.stop else _listed())  # noqa: T201 - what a magic is for
        return None
    if given.log_without and not given.log:
        _USAGE.refuse("--log-without leaves columns out of a log, which --log keeps")
    require_server()
    try:
        with model_environment(given.words[0], given.env_manager or "local", trust=given.trust):  # it is there before anything ends
            served = _begun(given)
        _follow(served)
    except KeyboardInterrupt:
        raise UsageError("Interrupted: the model is not served.") from None
    return served


def _begun(given: Given) -> Served:
    """A server that is told to start, in the place of a former one."""
    uri = given.words[0]
    key, port = given.port or uri, given.port or 0
    if (former := _served.pop(key, None)) is not None:
        former.stop()
        port = former.port  # who asks there goes on
    options = {
        "workers": given.workers or 1, "timeout": given.timeout or 60.0, "follow": given.follow, "trust": given.trust, "log": given.log or False,
        "log_without": given.log_without or (), "env_manager": given.env_manager or "local",
    }  # fmt: skip
    served = _served[key] = Served(uri, given.title, port, given.wait or 120.0, **options)
    return served


def _follow(served: Served) -> None:
    """Show the card: at once where somebody watches, else when the model is loaded."""
    if is_watched():
        served.show()
    try:
        served.wait()
    except KeyboardInterrupt:
        served.stop()
        raise
    if not is_watched():
        served.show()


def _alive() -> list[Served]:
    return [one for one in _served.values() if one.status in ("loading", "ready")]


def _stopped(words: list[str]) -> str:
    alive = _alive()
    if not words and len(alive) > 1:
        _USAGE.refuse("several models are served: say which, or all")
    chosen = alive if not words or words == ["all"] else [one for one in alive if words[0] in (one.model_uri, str(one.port))]
    if not chosen and words and words != ["all"]:
        raise NotFound(f"This kernel serves no {words[0]}; %serve lists what it serves.")
    for one in chosen:
        one.stop()
    return "\n".join(f"{one.model_uri} at {one.url} ended." for one in chosen) or "Nothing is served."


def _listed() -> str:
    cards = [one.card() for one in _alive()]
    rows = [[card.name, card.model, card.url, card.status, card.requests, card.errors] for card in cards]
    return text_table(["model", "version", "url", "state", "requests", "errors"], rows) if rows else "Nothing is served: %serve models:/NAME@ALIAS does that."
