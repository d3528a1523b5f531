"""Who changes something in the registry, and from where."""

from __future__ import annotations

from urllib.parse import unquote

import msgspec

from jupyter_mlops.entities.names import bounded_text
from jupyter_mlops.entities.records import Entity
from jupyter_mlops.entities.users import user_name
from jupyter_mlops.errors import InvalidParameter

__all__ = ["ORIGIN", "Author", "told_author"]

ORIGIN = "X-Mlops-Origin"  # header in which a client of this package says from where a change comes
_MOST = 1000


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


def told_author(header: str) -> Author | None:
    """Who a client says that it is, in the header `ORIGIN`; None for what cannot be read.

    Examples
    --------
    >>> told_author("%7B%22user%22%3A%22ann%22%2C%22cell%22%3A%22a1%22%7D")
    <Author: cell='a1', comment=None, host=None, notebook=None, user='ann'>
    >>> told_author("{") is None
    True
    """
    try:
        told = msgspec.json.decode(unquote(header, errors="strict"), type=dict[str, str])
    except (msgspec.MsgspecError, UnicodeError):
        return None
    known = {name: told[name] for name in ("user", "host", "notebook", "cell") if name in told}
    if "user" not in known or any(len(text) > _MOST or not text.isprintable() for text in known.values()):
        return None
    return Author(**known)
