"""Which host names mean this machine and no other. The page, the proxies and the model's server all ask here."""

from __future__ import annotations

import ipaddress
import socket


def is_loopback(host: str) -> bool:
    """Tell whether `host` is `localhost` or an address of 127.0.0.0/8 or `::1`; nothing is looked up.

    Every spelling that the resolver takes for such an address counts (`127.1`, `0x7f000001`, `[::1]`,
    `::ffff:127.0.0.1`), and no name but `localhost`: only the resolver knows where another one leads.
    """
    name = host.strip("[]").removesuffix(".").lower()
    if name == "localhost":
        return True
    try:
        address = ipaddress.ip_address(name)
    except ValueError:
        return _is_old_spelling(name)
    if isinstance(address, ipaddress.IPv6Address) and address.ipv4_mapped is not None:
        return address.ipv4_mapped.is_loopback
    return address.is_loopback


def _is_old_spelling(name: str) -> bool:
    """Tell whether `name` is a loopback address in fewer than four parts, octal or hexadecimal."""
    if not name.isascii() or not name.replace(".", "").isalnum():
        return False  # inet_aton reads no further than a space
    try:
        return socket.inet_aton(name)[0] == 127
    except OSError:
        return False
