"""Sessions of pages: a cookie instead of a password in each request, and links that log in once."""

from __future__ import annotations

import hashlib
import hmac
import secrets
import threading
import time
from collections import OrderedDict
from collections.abc import Callable

import msgspec

__all__ = ["MOST_SESSIONS", "Session", "Sessions"]

MOST_SESSIONS = 10_000  # nobody fills the memory by logging in
_IDLE_S, _LIFE_S, _LINK_S = 12 * 3600.0, 7 * 86400.0, 120.0


class Session(msgspec.Struct):
    """Somebody who logged in with a page.

    Attributes
    ----------
    user : str
        Name; ``""`` with the server's one token.
    stamp : str
        What the user's password looked like; a session does not survive a new one.
    csrf : str
        What a request that changes something must carry beside the cookie: other pages cannot read it.
    ends, idle_ends : float, seconds of the clock
    """

    user: str
    stamp: str
    csrf: str
    ends: float
    idle_ends: float

    def is_proved_by(self, token: str | None) -> bool:
        """Whether a request's ``X-CSRF-Token`` is that of the session, in a time that does not tell how much of it is."""
        return token is not None and hmac.compare_digest(token.encode("utf-8", "replace"), self.csrf.encode())


class Sessions:
    """All sessions of a server, in its memory: they end with it.

    Parameters
    ----------
    clock : callable
        Seconds that never go back.

    Notes
    -----
    Of cookies and links only digests are kept. A session ends after 12 hours without a request, and after 7 days; a link after
    two minutes or its first use. Safe from any thread.

    Examples
    --------
    >>> sessions = Sessions()
    >>> link = sessions.offer("ann", "")
    >>> cookie = sessions.redeem(link)
    >>> sessions.find(cookie).user, sessions.redeem(link)
    ('ann', None)
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._sessions: OrderedDict[bytes, Session] = OrderedDict()
        self._links: OrderedDict[bytes, tuple[str, str, float]] = OrderedDict()

    def offer(self, user: str, stamp: str) -> str:
        """A secret for a link that logs `user` in once."""
        link = secrets.token_urlsafe(32)
        with self._lock:
            self._links[_digest(link)] = (user, stamp, self._clock() + _LINK_S)
            _shorten(self._links)
        return link

    def redeem(self, link: str) -> str | None:
        """The cookie of a new session for the secret of a link; None when that was used, is too old or was never given."""
        with self._lock:
            user, stamp, ends = self._links.pop(_digest(link), ("", "", 0.0))
        return self.begin(user, stamp) if self._clock() < ends else None

    def begin(self, user: str, stamp: str) -> str:
        """The cookie of a new session."""
        cookie, now = secrets.token_urlsafe(32), self._clock()
        with self._lock:
            self._sessions[_digest(cookie)] = Session(user, stamp, secrets.token_urlsafe(32), now + _LIFE_S, now + _IDLE_S)
            _shorten(self._sessions)
        return cookie

    def find(self, cookie: str) -> Session | None:
        """The session of a cookie, which goes on by that; None when it ended."""
        digest, now = _digest(cookie), self._clock()
        with self._lock:
            session = self._sessions.get(digest)
            if session is None:
                return None
            if now >= min(session.ends, session.idle_ends):
                del self._sessions[digest]
                return None
            session.idle_ends = now + _IDLE_S
            self._sessions.move_to_end(digest)
            return session

    def end(self, cookie: str) -> None:
        """End the session of a cookie, if there is one."""
        with self._lock:
            self._sessions.pop(_digest(cookie), None)


def _digest(secret: str) -> bytes:
    return hashlib.sha256(secret.encode("utf-8", "replace")).digest()


def _shorten(kept: OrderedDict[bytes, Session] | OrderedDict[bytes, tuple[str, str, float]]) -> None:
    if len(kept) > MOST_SESSIONS:
        kept.popitem(last=False)
