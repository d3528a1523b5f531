"""Who decides who asks: nobody, one token, or a list of users."""

from __future__ import annotations

import hmac
from abc import ABC, abstractmethod
from typing import ClassVar

from jupyter_mlops.server.auth.callers import Caller
from jupyter_mlops.server.auth.credentials import Credentials

__all__ = ["Authority", "Everybody", "OneToken"]


class Authority(ABC):
    """One way of ``--auth``.

    Attributes
    ----------
    name : {"none", "token", "users"}
    advice : str
        What somebody who brought nothing is told to bring.
    has_passwords : bool
        Whether there are people with passwords, which can be tried out and are kept in a file.
    """

    name: ClassVar[str]
    advice: ClassVar[str]
    has_passwords: ClassVar[bool] = False

    @abstractmethod
    def known(self, credentials: Credentials | None) -> Caller | None:
        """Who that is, if it can be told at once."""

    def proved(self, credentials: Credentials) -> Caller | None:
        """Who that is, however long it takes to find out: asked when `known` did not know."""
        return None

    @abstractmethod
    def returning(self, user: str, stamp: str) -> Caller | None:
        """The user of a session as they are now; None when they are gone or have another password."""


class Everybody(Authority):
    """Anybody may do all."""

    name = "none"
    advice = ""

    def known(self, credentials: Credentials | None) -> Caller:
        return Caller()

    def returning(self, user: str, stamp: str) -> Caller:
        return Caller()


class OneToken(Authority):
    """Whoever has the token may do all; it comes as a bearer's, or as the password of any user.

    Examples
    --------
    >>> authority = OneToken("abc")
    >>> authority.known(Credentials("ann", "abc")).is_admin, authority.known(Credentials(None, "abd")), authority.known(None)
    (True, None, None)
    """

    name = "token"
    advice = "A token is needed: MLFLOW_TRACKING_TOKEN, as the server printed it when it started."

    def __init__(self, token: str) -> None:
        self._token = token.encode()

    def known(self, credentials: Credentials | None) -> Caller | None:
        if credentials is None or not hmac.compare_digest(credentials.secret.encode("utf-8", "replace"), self._token):
            return None
        return Caller()

    def returning(self, user: str, stamp: str) -> Caller:
        return Caller()
