"""Views that are saved by name: which runs, and how their table and charts stood. Each is a tag of its experiment."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec

from jupyter_mlops.entities.authors import Author
from jupyter_mlops.entities.clock import now_ms
from jupyter_mlops.entities.experiments import Experiment
from jupyter_mlops.entities.names import check_key
from jupyter_mlops.entities.page_walks import every_page
from jupyter_mlops.entities.statuses import ViewType
from jupyter_mlops.entities.tags import LONGEST_TAG, VIEW_TAG
from jupyter_mlops.errors import AlreadyExists, InvalidParameter, NotFound, ServerLacks
from jupyter_mlops.storage.base import TrackingStore
from jupyter_mlops.storage.run_tables import RunQuery
from jupyter_mlops.views.comparisons.view_states import ViewState

__all__ = ["SavedView", "all_views", "delete_view", "find_view", "home_of", "in_words", "save_view", "saved_views", "state_for"]

_VERSION = 1
_KEPT_EMPTY = ("differences_only",)  # what a new view does not begin with for everybody


class SavedView(msgspec.Struct, frozen=True, omit_defaults=True):
    """A comparison as somebody left it.

    Attributes
    ----------
    query : RunQuery
        Which runs: experiments, a filter, or a list.
    state : dict
        What `Compare.page_state` said, without what is empty.
    saved_by : str
    saved_at : int, milliseconds since the Unix epoch, UTC
    name, experiment_id : str
        Where it was found.
    """

    query: RunQuery
    state: dict[str, Any] = {}
    saved_by: str = ""
    saved_at: int = 0
    version: int = _VERSION
    name: str = ""
    experiment_id: str = ""


def saved_views(store: TrackingStore, query: RunQuery) -> dict[str, Any]:
    """The views of the experiment of some runs, for who looks at these runs.

    Returns
    -------
    dict
        ``experiment_id`` (where a view of these runs is saved) and ``views``: ``name, saved_by, saved_at, state`` and ``fits``, whether
        it is of runs that are all among these; ``state.filter`` then also says which they are.
    """
    home = home_of(store, query)
    found = _views_of(store.get_experiment(home))
    there = _there(store, RunQuery(), [view.state for view in found])
    views = [
        {
            "name": one.name, "saved_by": one.saved_by, "saved_at": one.saved_at,
            **_seen_from(query, msgspec.structs.replace(one, state=_without_gone(one.state, there))),
        }
        for one in found
    ]  # fmt: skip
    return {"experiment_id": home, "views": views}


def _seen_from(query: RunQuery, view: SavedView) -> dict[str, Any]:
    if view.query == msgspec.structs.replace(query, filters=[one for one in query.filters if one]):
        return {"state": view.state, "fits": True}
    is_open = query.run_ids is None and not any(query.filters)
    if not is_open or set(view.query.experiment_ids or ()) - set(query.experiment_ids or ()) or view.query.experiment_ids is None:
        return {"state": {}, "fits": False}
    parts = [*view.query.filters, *_listed(view.query.run_ids), *filter(None, [view.state.get("filter")])]
    return {"state": {**view.state, "filter": " AND ".join(f"({part})" if len(parts) > 1 else part for part in parts)}, "fits": True}


def _listed(run_ids: list[str] | None) -> list[str]:
    return [] if run_ids is None else [f"attributes.run_id IN ({', '.join(map(repr, run_ids))})"]


def home_of(store: TrackingStore, query: RunQuery) -> str:
    """Id of the experiment that keeps the views of some runs: the first one that is asked for, else that of the first run."""
    if query.experiment_ids:
        return query.experiment_ids[0]
    found: list[str] = store.run_part(query, [], 0, 1).info["experiment_id"]
    if not found:
        raise NotFound("None of these runs is in the store any more; a view is saved with the experiment of its runs.")
    return found[0]


def save_view(
    store: TrackingStore, by: Author, experiment_id: str, name: str, query: RunQuery, state: dict[str, Any], overwrite: bool = False
) -> dict[str, Any]:
    """Save which runs are compared, and how.

    Raises
    ------
    AlreadyExists
        There is one of that name, and it is not to be overwritten.
    InvalidParameter
        A name that no tag can have, or more than a tag can hold.
    """
    name = check_key(name.strip(), "name of a view")
    check_key(VIEW_TAG + name, "name of a view with what stands before it")
    if not overwrite and store.get_experiment(experiment_id).tags.get(VIEW_TAG + name):
        raise AlreadyExists(f"There is a view {name!r} already; overwrite=True replaces it.")
    kept = {key: value for key, value in state.items() if value or key in _KEPT_EMPTY}
    runs = RunQuery(query.experiment_ids, query.run_ids, [one for one in query.filters if one])
    view = SavedView(runs, kept, by.user, now_ms())
    asked = {key: value for key, value in msgspec.structs.asdict(runs).items() if value or (key == "run_ids" and value is not None)}
    text = msgspec.json.encode({**msgspec.to_builtins(view), "query": asked}).decode()
    if len(text) > LONGEST_TAG:
        raise InvalidParameter(_too_long(name, view, len(text)))
    store.set_experiment_tag(experiment_id, VIEW_TAG + name, text)
    return {"name": name, "saved_by": view.saved_by, "saved_at": view.saved_at}


def _too_long(name: str, view: SavedView, length: int) -> str:
    listed, selected = len(view.query.run_ids or ()), len(view.state.get("selection", ()))
    said = f"The view {name!r} has {length:,} characters; a store keeps {LONGEST_TAG:,}"
    if listed > selected:
        return (
            f"{said}, a list of some 130 runs. It lists {listed:,}: compare them by a filter, such as compare(\"tags.team = 'a'\"), "
            "which may be of any number of runs."
        )
    return f"{said}. {selected:,} runs are selected in it: select fewer." if selected else f"{said}: hide or move fewer columns."


def delete_view(store: TrackingStore, by: Author, experiment_id: str, name: str) -> dict[str, Any]:
    """Forget a view; `NotFound` when the experiment has none of that name.

    Returns
    -------
    dict
        ``query`` and ``state``: what `save_view` takes to bring it back. Nothing of a view that could not be read.
    """
    experiment = store.get_experiment(experiment_id)
    text = experiment.tags.get(VIEW_TAG + name)
    if not text:
        raise NotFound(f"There is no view {name!r}.")
    try:
        store.delete_experiment_tag(experiment_id, VIEW_TAG + name)
    except (NotFound, ServerLacks):  # servers of MLflow 2 remove no tags
        store.set_experiment_tag(experiment_id, VIEW_TAG + name, "")
    try:
        gone = _read(experiment, name, text)
    except InvalidParameter:
        return {}
    return {"query": msgspec.to_builtins(gone.query), "state": gone.state}


def find_view(store: TrackingStore, name: str, experiment_id: str) -> SavedView:
    """The view of that name: of that experiment, else of the only one that has it.

    Raises
    ------
    NotFound
        No experiment has it.
    InvalidParameter
        Several others have it, or it was saved by a newer version.
    """
    first = store.get_experiment(experiment_id)
    if text := first.tags.get(VIEW_TAG + name):
        return _read(first, name, text)
    having = [one for one in _experiments(store) if one.tags.get(VIEW_TAG + name)]
    if not having:
        names = sorted({view.name for one in _experiments(store) for view in _views_of(one)})
        there = f"there are {', '.join(map(repr, names[:20]))}" if names else "none is saved yet: comparison.save(name) does"
        raise NotFound(f"There is no view {name!r}; {there}.")
    if len(having) > 1:
        which = ", ".join(repr(one.name) for one in having[:10])
        raise InvalidParameter(f"Several experiments have a view {name!r}: {which}. Say which by experiment=.")
    return _read(having[0], name, having[0].tags[VIEW_TAG + name])


def all_views(store: TrackingStore, experiment_id: str | None = None) -> list[tuple[Experiment, SavedView]]:
    """The views of all active experiments, or of one."""
    found = _experiments(store) if experiment_id is None else [store.get_experiment(experiment_id)]
    return [(one, view) for one in found for view in _views_of(one)]


def _experiments(store: TrackingStore) -> list[Experiment]:
    return every_page(lambda size, token: store.search_experiments(None, ViewType.ACTIVE_ONLY, size, None, token), None, 1000)


def _views_of(experiment: Experiment) -> list[SavedView]:
    """Those that can be read; a foreign tag of such a name is none."""
    found = []
    for key in sorted(key for key, text in experiment.tags.items() if key.startswith(VIEW_TAG) and text):
        try:
            found.append(_read(experiment, key[len(VIEW_TAG) :], experiment.tags[key]))
        except InvalidParameter:
            continue
    return found


def _read(experiment: Experiment, name: str, text: str) -> SavedView:
    try:
        view = msgspec.json.decode(text, type=SavedView)
    except msgspec.MsgspecError as error:
        raise InvalidParameter(f"The view {name!r} cannot be read: {error}.") from None
    if view.version > _VERSION:
        raise InvalidParameter(f"The view {name!r} was saved by a newer jupyter_mlops. Upgrade: pip install -U jupyter-mlops")
    try:
        msgspec.convert(view.state, ViewState)  # whoever sets tags can write anything
    except msgspec.ValidationError as error:
        raise InvalidParameter(f"The view {name!r} cannot be read: {error}.") from None
    return msgspec.structs.replace(view, name=name, experiment_id=experiment.experiment_id)


def state_for(store: TrackingStore, view: SavedView, known: Sequence[str]) -> dict[str, Any]:
    """The state of a view without what this version does not know and runs that are gone."""
    state = {name: value for name, value in view.state.items() if name in known}
    return _without_gone(state, _there(store, view.query, [state]))


def _there(store: TrackingStore, query: RunQuery, states: Sequence[dict[str, Any]]) -> set[str]:
    """Which of the runs that some views name are there."""
    named = list({one for state in states for one in (*state.get("selection", ()), state.get("baseline")) if one})
    return set(store.run_part(msgspec.structs.replace(query, run_ids=named), [], 0, len(named)).info["run_id"]) if named else set()


def _without_gone(state: dict[str, Any], there: set[str]) -> dict[str, Any]:
    kept = {name: value for name, value in state.items() if name != "baseline" or value in there}
    return {**kept, "selection": [one for one in kept["selection"] if one in there]} if "selection" in kept else kept


def in_words(query: RunQuery) -> str:
    """Which runs a query means.

    Examples
    --------
    >>> in_words(RunQuery(["1"], filters=["metrics.acc > 0.9"])), in_words(RunQuery(run_ids=["a", "b"])), in_words(RunQuery(["1"]))
    ('metrics.acc > 0.9', '2 listed runs', 'all runs')
    """
    listed = [] if query.run_ids is None else [f"{len(query.run_ids):,} listed run{'s' * (len(query.run_ids) != 1)}"]
    return " and ".join([*listed, *filter(None, query.filters)]) or "all runs"
