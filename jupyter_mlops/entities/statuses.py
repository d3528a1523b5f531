"""What a run can be, and which runs a search looks at."""

from __future__ import annotations

from typing import ClassVar

__all__ = ["LifecycleStage", "RunStatus", "ViewType"]


class RunStatus:
    """Status of a run, as an int (the protocol) or a str (everywhere else).

    Examples
    --------
    >>> RunStatus.from_string("KILLED"), RunStatus.to_string(3), RunStatus.is_terminated(1)
    (5, 'FINISHED', False)
    """

    RUNNING, SCHEDULED, FINISHED, FAILED, KILLED = 1, 2, 3, 4, 5
    _names: ClassVar[dict[int, str]] = {
        RUNNING: "RUNNING",
        SCHEDULED: "SCHEDULED",
        FINISHED: "FINISHED",
        FAILED: "FAILED",
        KILLED: "KILLED",
    }
    _numbers: ClassVar[dict[str, int]] = {name: number for number, name in _names.items()}

    @staticmethod
    def from_string(status_str: str) -> int:
        """Number of a status name; a plain ``Exception`` for an unknown one, as MLflow raises it."""
        if status_str not in RunStatus._numbers:
            raise Exception(f"Unknown run status {status_str!r}; valid are {sorted(RunStatus._numbers)}.")
        return RunStatus._numbers[status_str]

    @staticmethod
    def to_string(status: int) -> str:
        """Name of a status number; a plain ``Exception`` for an unknown one, as MLflow raises it."""
        if status not in RunStatus._names:
            raise Exception(f"Unknown run status {status!r}; valid are {sorted(RunStatus._names)}.")
        return RunStatus._names[status]

    @staticmethod
    def is_terminated(status: int) -> bool:
        """Whether a run of this status has ended."""
        return status in (RunStatus.FINISHED, RunStatus.FAILED, RunStatus.KILLED)

    @staticmethod
    def all_status() -> list[int]:
        """All status numbers."""
        return list(RunStatus._names)


class ViewType:
    """Which lifecycle stages a search looks at."""

    ACTIVE_ONLY, DELETED_ONLY, ALL = 1, 2, 3
    _names: ClassVar[dict[str, int]] = {"active_only": 1, "deleted_only": 2, "all": 3}

    @classmethod
    def from_string(cls, view_str: str) -> int:
        """Number of a view's name, in any case."""
        if view_str.lower() not in cls._names:
            raise Exception(f"Unknown view type {view_str!r}; valid are {list(cls._names)}.")
        return cls._names[view_str.lower()]

    @classmethod
    def to_string(cls, view_type: int) -> str:
        """Name of a view's number."""
        names = {number: name for name, number in cls._names.items()}
        if view_type not in names:
            raise Exception(f"Unknown view type {view_type!r}; valid are {list(names)}.")
        return names[view_type]


class LifecycleStage:
    """Whether a run or experiment is there or (softly) deleted."""

    ACTIVE, DELETED = "active", "deleted"

    @staticmethod
    def of_view(view_type: int) -> list[str]:
        """Stages that a ``ViewType`` covers.

        Examples
        --------
        >>> LifecycleStage.of_view(ViewType.ALL)
        ['active', 'deleted']
        """
        both = [LifecycleStage.ACTIVE, LifecycleStage.DELETED]
        return {ViewType.ACTIVE_ONLY: both[:1], ViewType.DELETED_ONLY: both[1:]}.get(view_type, both)
