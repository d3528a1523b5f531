"""Somebody who asks, with what they may do."""

from __future__ import annotations

import contextlib
from collections.abc import Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING

import msgspec

from jupyter_mlops.errors import NotPermitted
from jupyter_mlops.server.auth.levels import Level
from jupyter_mlops.server.auth.things import EXPERIMENT, MODEL, name_of

if TYPE_CHECKING:
    from jupyter_mlops.server.auth.accounts import Accounts

__all__ = ["Caller"]

_WORDS = {EXPERIMENT: "experiment", MODEL: "registered model"}
_NONE: Mapping[tuple[str, str], Level] = MappingProxyType({})


class Caller(msgspec.Struct, frozen=True):
    """Who asks; by default somebody who may do all, as in a notebook.

    Attributes
    ----------
    user : str
        ``""`` where nobody has a name.
    stamp : str
        What the user's password looks like: a session that was begun with another one is over.
    is_admin : bool
        Whether they may do all, whatever the permissions say.
    default : Level
        What they may do with things that `grants` does not name.
    grants : mapping of (kind, id or name) to Level
    accounts : Accounts or None
        Where users and their permissions are kept; None where there are none.
    by_password : bool
        Whether they said their password with this very request.

    Examples
    --------
    >>> ann = Caller("ann", is_admin=False, default=Level.READ, grants={(EXPERIMENT, "7"): Level.EDIT})
    >>> ann.may(EXPERIMENT, "7", Level.EDIT), ann.may(EXPERIMENT, "8", Level.EDIT), Caller().may(MODEL, "m", Level.MANAGE)
    (True, False, True)
    """

    user: str = ""
    stamp: str = ""
    is_admin: bool = True
    default: Level = Level.MANAGE
    grants: Mapping[tuple[str, str], Level] = _NONE
    accounts: Accounts | None = None
    by_password: bool = False

    def may(self, kind: str, name: str, level: Level) -> bool:
        """Whether they may do what `level` allows with a thing."""
        return self.is_admin or self.level(kind, name) >= level

    def level(self, kind: str, name: str) -> Level:
        """What the permissions say that they may do with a thing."""
        return self.grants.get((kind, name_of(kind, name)), self.default)

    def sees_all(self, kind: str) -> bool:
        """Whether there is nothing of a kind that is hidden from them."""
        if self.is_admin:
            return True
        return self.default >= Level.READ and all(
            level >= Level.READ for (of, _), level in self.grants.items() if of == kind
        )

    def require(self, kind: str, name: str, level: Level) -> None:
        """Go on only if they may.

        Raises
        ------
        NotPermitted
            They may not; the message says who could change that.
        """
        if not self.may(kind, name, level):
            has = self.level(kind, name).name
            option = "--experiment" if kind == EXPERIMENT else "--model"
            raise NotPermitted(
                f"{self.user!r:.100} has {has} on {_WORDS[kind]} {name!r:.200}, which needs {level.name}. Somebody with MANAGE on it, or an "
                f"admin, can say: jupyter mlops permissions grant {self.user:.100} {level.name} {option} {name:.200}"
            )

    def require_admin(self) -> None:
        """Go on only for an admin.

        Raises
        ------
        NotPermitted
            It is none.
        """
        if not self.is_admin:
            raise NotPermitted(f"That is for admins, and {self.user!r:.100} is none. An admin can say: jupyter mlops users set-admin {self.user:.100}")

    def own(self, kind: str, name: str) -> None:
        """They made a thing, and may MANAGE it."""
        if self.accounts is not None:
            self.accounts.permissions.own(self.user, kind, name)

    def making(self, kind: str, name: str) -> contextlib.AbstractContextManager[None]:
        """While they make a thing of that name, which they may MANAGE then."""
        return self.accounts.permissions.making(self.user, kind, name) if self.accounts else contextlib.nullcontext()

    def renaming(self, old: str, new: str) -> contextlib.AbstractContextManager[None]:
        """While they rename a model, whose permissions go along."""
        return self.accounts.permissions.renaming(old, new) if self.accounts else contextlib.nullcontext()

    def deleting(self, name: str) -> contextlib.AbstractContextManager[None]:
        """While they remove a model, and its permissions with it."""
        return self.accounts.permissions.deleting(name) if self.accounts else contextlib.nullcontext()
