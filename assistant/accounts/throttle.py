"""Logins that fail slow down: for the name that is tried and for the address that tries."""

from __future__ import annotations

import ipaddress
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass

FREE = 5
"""So many failures cost nothing: people mistype."""
SECONDS_NAME, SECONDS_ADDRESS = 30.0, 900.0
"""Longest wait for a name, short so that nobody can shut another out for long, and for an address."""
SECONDS_REMEMBERED = 3600.0
MOST_REMEMBERED = 10_000
"""So many names and addresses together; beyond, what failed longest ago is forgotten."""


@dataclass(slots=True)
class _Failures:
    count: int = 0
    last: float = 0.0
    until: float = 0.0


class Throttle:
    """Counts failures by name and by address; the wait doubles with each beyond the first `FREE`.

    `now` is a clock in seconds that never goes back.
    """

    def __init__(self, now: Callable[[], float] = time.monotonic) -> None:
        self._now = now
        self._failures: OrderedDict[tuple[str, str], _Failures] = OrderedDict()

    def __len__(self) -> int:
        return len(self._failures)

    def attempt(self, name: str, address: str) -> float:
        """Count an attempt, as failed until `succeeded` says otherwise; return the seconds to wait, 0 for none.

        An attempt that must wait is not counted. Counting first holds those that come at the same time, too.
        """
        keys = self._keys(name, address)
        wait = max(self._wait(key) for key in keys)
        if wait <= 0:
            for key, longest in zip(keys, (SECONDS_NAME, SECONDS_ADDRESS), strict=True):
                self._count(key, longest)
        return max(0.0, wait)

    def succeeded(self, name: str, address: str) -> None:
        """Forget the failures of a name; of an address only the attempt that was none.

        Else somebody with an account could try other names for ever, logging in himself in between.
        """
        by_name, by_address = self._keys(name, address)
        self._failures.pop(by_name, None)
        if (failures := self._failures.get(by_address)) is not None:
            failures.count -= 1
            failures.until = 0.0

    def _keys(self, name: str, address: str) -> tuple[tuple[str, str], tuple[str, str]]:
        return ("name", name[:80].casefold()), ("address", network_of(address))

    def _wait(self, key: tuple[str, str]) -> float:
        failures = self._failures.get(key)
        return failures.until - self._now() if failures is not None else 0.0

    def _count(self, key: tuple[str, str], longest: float) -> None:
        now = self._now()
        failures = self._failures.pop(key, None)
        if failures is None or now - failures.last > SECONDS_REMEMBERED:
            failures = _Failures()
        failures.count += 1
        failures.last = now
        if failures.count >= FREE:
            failures.until = now + min(2.0 ** min(failures.count - FREE, 20), longest)
        self._failures[key] = failures
        while len(self._failures) > MOST_REMEMBERED:
            self._failures.popitem(last=False)


def network_of(address: str) -> str:
    """The address, of version 6 its network: whoever has one has 2**64 addresses in it."""
    try:
        found = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return ""
    if isinstance(found, ipaddress.IPv6Address):
        if found.ipv4_mapped is not None:
            return str(found.ipv4_mapped)
        return str(ipaddress.ip_network((int(found), 64), strict=False))
    return str(found)
