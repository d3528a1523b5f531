"""How often somebody may be wrong: passwords cannot be tried out."""

from __future__ import annotations

import ipaddress
import threading
import time
from collections import OrderedDict
from collections.abc import Callable

__all__ = ["Failures", "network_of"]

_CAPACITY = 10_000


class Failures:
    """Attempts by key, such as an address or a name, that may be `most` in a row and come back one by one.

    Parameters
    ----------
    most : int
    window_s : float, seconds
        Time in which all of them come back.
    capacity : int
        Keys that are remembered: the ones that tried last.
    clock : callable
        Seconds that never go back.

    Notes
    -----
    Safe from any thread. An attempt counts when it begins, so that many at once are no way around, see `attempt`.

    Examples
    --------
    >>> now = 0.0
    >>> failures = Failures(2, 60, clock=lambda: now)
    >>> failures.attempt("ann"), failures.attempt("ann"), failures.attempt("ann"), failures.attempt("bob")
    (0.0, 0.0, 30.0, 0.0)
    """

    def __init__(
        self, most: int, window_s: float, capacity: int = _CAPACITY, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._each_s = window_s / most
        self._window_s, self._capacity, self._clock = window_s, capacity, clock
        self._until: OrderedDict[str, float] = OrderedDict()  # when all attempts of a key will have come back
        self._lock = threading.Lock()

    def attempt(self, key: str) -> float:
        """Count an attempt and return 0; or count none and return the seconds after which there is one."""
        with self._lock:
            now = self._clock()
            until = max(self._until.get(key, now), now) + self._each_s
            if until - now > self._window_s * 1.000001:
                return until - now - self._window_s
            self._until[key] = until
            self._until.move_to_end(key)
            if len(self._until) > self._capacity:
                self._until.popitem(last=False)
            return 0.0

    def forgive(self, key: str) -> None:
        """Give the last attempt back: it was none."""
        with self._lock:
            if key in self._until:
                self._until[key] -= self._each_s


def network_of(host: str | None) -> str:
    """The key of an address; of IPv6 the network, for each machine has as many addresses as it likes.

    Examples
    --------
    >>> network_of("10.0.0.7"), network_of("2001:db8::1:2:3"), network_of(None)
    ('10.0.0.7', '2001:db8::/64', '')
    """
    try:
        address = ipaddress.ip_address(host or "")
    except ValueError:
        return host or ""
    if isinstance(address, ipaddress.IPv6Address):
        if address.ipv4_mapped:
            return str(address.ipv4_mapped)
        return str(ipaddress.ip_network((address, 64), strict=False))
    return str(address)
