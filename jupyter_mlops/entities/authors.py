"""Who changes something in the registry, and from where."""

from __future__ import annotations

from jupyter_mlops.entities.names import bounded_text
from jupyter_mlops.entities.records import Entity
from jupyter_mlops.entities.users import user_name
from jupyter_mlops.errors import InvalidParameter

__all__ = ["Author"]


class Author(Entity, frozen=True):
    """What the audit trail says of whoever made a change.

    Attributes
    ----------
    user : str
    host, notebook, cell : str or None
        Machine, path of the notebook and id of the cell, where they are known.
    comment : str or None
        Why, in the user's words: at most 10,000 characters.

    Raises
    ------
    InvalidParameter
        A comment that is no such text.
    """

    user: str
    host: str | None = None
    notebook: str | None = None
    cell: str | None = None
    comment: str | None = None

    def __post_init__(self) -> None:
        if self.comment is None:
            return
        if not isinstance(self.comment, str):
            raise InvalidParameter(f"A comment is a text, not {self.comment!r}.")
        bounded_text(self.comment, 10_000, "comment")

    @classmethod
    def of_process(cls) -> Author:
        """The user of this process, and no more."""
        return cls(user_name())
