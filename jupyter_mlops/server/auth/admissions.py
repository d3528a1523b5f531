"""Who is let in: from what a request brings to who asks."""

from __future__ import annotations

import math
from collections.abc import Sequence

import msgspec

from jupyter_mlops.errors import NotAuthenticated, NotPermitted, TooManyAttempts
from jupyter_mlops.server.auth.authorities import Authority
from jupyter_mlops.server.auth.callers import Caller
from jupyter_mlops.server.auth.credentials import Credentials, read_credentials
from jupyter_mlops.server.auth.failures import Failures, network_of
from jupyter_mlops.server.auth.sessions import Session, Sessions

__all__ = ["Admission", "Brought"]

_BY_ADDRESS, _BY_NAME = (30, 60.0), (10, 60.0)  # wrong ones in so many seconds
_SAFE = ("GET", "HEAD", "OPTIONS")


class Brought(msgspec.Struct, frozen=True):
    """What a request brings that says who asks.

    Attributes
    ----------
    method : str
    authorization : sequence of str
        All headers of that name.
    cookie, csrf : str or None
        Of a page's session, and its ``X-CSRF-Token``.
    address : str or None
        Where it comes from.
    """

    method: str
    authorization: Sequence[str] = ()
    cookie: str | None = None
    csrf: str | None = None
    address: str | None = None


class Admission:
    """Lets in whom its authority knows.

    Parameters
    ----------
    authority : Authority
    sessions : Sessions

    Notes
    -----
    Whoever is right at once, by a token, a session or a password that was right a moment ago, is let in however many others
    are wrong meanwhile: a flood of wrong passwords for a name shuts nobody out who works already.
    """

    def __init__(self, authority: Authority, sessions: Sessions) -> None:
        self.authority, self.sessions = authority, sessions
        self._by_address, self._by_name = Failures(*_BY_ADDRESS), Failures(*_BY_NAME)

    def recognize(self, brought: Brought) -> tuple[Caller | None, Session | None]:
        """Who asks, if that can be told at once, with the session that they ask by.

        Raises
        ------
        NotPermitted
            A session that is to change something, and no page of ours said so.
        """
        if not brought.authorization and brought.cookie is not None and (session := self.sessions.find(brought.cookie)):
            caller = self.authority.returning(session.user, session.stamp)
            if caller is not None:
                if brought.method not in _SAFE and not session.is_proved_by(brought.csrf):
                    raise NotPermitted("A change by a page's session needs its X-CSRF-Token, which GET session tells: reload the page.")
                return caller, session
            self.sessions.end(brought.cookie)
        return self.authority.known(read_credentials(brought.authorization)), None

    def prove(self, credentials: Credentials | None, address: str | None) -> Caller:
        """Who asks, however long it takes to find out.

        Raises
        ------
        NotAuthenticated
            Nobody; it does not tell whether there is a user of that name.
        TooManyAttempts
            Too many were wrong from there, or with that name.
        """
        if credentials is None:
            raise NotAuthenticated(self.authority.advice)
        wrong = NotAuthenticated(f"That is no user with that password, and no valid token. {self.authority.advice}")
        if credentials.user is None or not self.authority.has_passwords:  # tokens cannot be guessed
            raise wrong
        self._count(address, credentials.user)  # before it is known to be wrong, so that many at once are no way around
        caller = self.authority.proved(credentials)
        if caller is None:
            raise wrong
        self._by_address.forgive(network_of(address))
        self._by_name.forgive(credentials.user)
        return caller

    def _count(self, address: str | None, user: str) -> None:
        if wait := self._by_address.attempt(network_of(address)):
            raise TooManyAttempts(math.ceil(wait))
        if wait := self._by_name.attempt(user):
            self._by_address.forgive(network_of(address))
            raise TooManyAttempts(math.ceil(wait))
