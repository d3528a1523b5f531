"""Who changes something in the registry, and from where."""

from __future__ import annotations

from jupyter_mlops.entities.records import Entity
from jupyter_mlops.entities.users import user_name

__all__ = ["Author"]


class Author(Entity, frozen=True):
    """What the audit trail says of whoever made a change.

    Attributes
    ----------
    user : str
    host, notebook, cell : str or None
        Machine, path of the notebook and id of the cell, where they are known.
    comment : str or None
        Why, in the user's words.
    """

    user: str
    host: str | None = None
    notebook: str | None = None
    cell: str | None = None
    comment: str | None = None

    @classmethod
    def of_process(cls) -> Author:
        """The user of this process, and no more."""
        return cls(user_name())
