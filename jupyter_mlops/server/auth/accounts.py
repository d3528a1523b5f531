"""All that is kept of the users of a store."""

from __future__ import annotations

from jupyter_mlops.server.auth.databases import UserDatabase, users_path
from jupyter_mlops.server.auth.permissions import Permissions
from jupyter_mlops.server.auth.tokens import Tokens
from jupyter_mlops.server.auth.users import Users

__all__ = ["Accounts"]


class Accounts:
    """The tables of the file beside a store.

    Parameters
    ----------
    store_path : str

    Attributes
    ----------
    database : UserDatabase
    users : Users
    tokens : Tokens
    permissions : Permissions
    """

    def __init__(self, store_path: str) -> None:
        self.database = UserDatabase(users_path(store_path))
        self.users = Users(self.database)
        self.tokens = Tokens(self.database)
        self.permissions = Permissions(self.database)
