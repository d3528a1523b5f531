"""What happened to a registered model: one entry of its audit trail."""

from __future__ import annotations

from collections.abc import Callable

from jupyter_mlops.entities.records import Entity

__all__ = ["ModelEvent"]


class ModelEvent(Entity, frozen=True):
    """One thing that somebody did to a model or a version.

    Attributes
    ----------
    change : int
        Number of the store's transaction; events of one transaction share it.
    time : int, milliseconds since the Unix epoch, UTC
    user : str
    host, notebook, cell : str or None
    action : str
        ``create model``, ``create version``, ``describe model``, ``describe version``, ``rename``, ``delete model``,
        ``delete version``, ``stage``, ``alias``, ``tag model``, ``tag version``, ``add gate``, ``remove gate``, ``undo``,
        ``import``, ``use version``.
    name : str
        The model's name at that time.
    version : str or None
    key : str or None
        The tag or alias; of a gate, where it stands; of an ``undo``, the alias that moved back, None for a stage.
    before, after : str or None
        What it was and what it became: stages, version numbers of an alias, values of a tag, names, rules.
    comment : str or None
    forced : bool
        Whether the move was made although a gate refused it.
    """

    change: int
    time: int
    user: str
    action: str
    name: str
    version: str | None = None
    key: str | None = None
    before: str | None = None
    after: str | None = None
    comment: str | None = None
    forced: bool = False
    host: str | None = None
    notebook: str | None = None
    cell: str | None = None

    @property
    def text(self) -> str:
        """The event as a sentence.

        Examples
        --------
        >>> ModelEvent(7, 0, "ann", "stage", "churn", "3", before="Staging", after="Production").text
        'Version 3 moved from Staging to Production'
        """
        which = f"Version {self.version}" if self.version else "The model"
        return _SENTENCES.get(self.action, _other)(self, which)


def _other(event: ModelEvent, which: str) -> str:
    return f"{which}: {event.action}" + (f" {event.after}" if event.after else "")


def _moved(event: ModelEvent, which: str) -> str:
    return f"{which} moved from {event.before} to {event.after}"


def _aliased(event: ModelEvent, which: str) -> str:
    if event.after is None:
        return f"Alias @{event.key} removed" + (f" from version {event.before}" if event.before else "")
    if event.before is None or event.before == event.after:
        return f"Alias @{event.key} set to version {event.after}"
    return f"Alias @{event.key} moved from version {event.before} to version {event.after}"


def _tagged(event: ModelEvent, which: str) -> str:
    if event.after is None:
        return f"{which}: tag {event.key} removed"
    return f"{which}: tag {event.key} is {event.after}"


def _undone(event: ModelEvent, which: str) -> str:
    return "Undone: " + (_aliased(event, which) if event.key else _moved(event, which))


_SENTENCES: dict[str, Callable[[ModelEvent, str], str]] = {
    "create model": lambda event, which: "The model was created",
    "create version": lambda event, which: f"{which} was registered",
    "describe model": lambda event, which: "The model was described",
    "describe version": lambda event, which: f"{which} was described",
    "rename": lambda event, which: f"Renamed from {event.before} to {event.after}",
    "delete model": lambda event, which: "The model was deleted",
    "delete version": lambda event, which: f"{which} was deleted",
    "stage": _moved,
    "alias": _aliased,
    "tag model": _tagged,
    "tag version": _tagged,
    "add gate": lambda event, which: f"{event.key} now requires: {event.after}",
    "remove gate": lambda event, which: f"{event.key} no longer requires: {event.before}",
    "undo": _undone,
    "use version": lambda event, which: f"{which} was {event.key}: {event.after}",
}
