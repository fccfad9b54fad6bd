"""Names and passwords: which are taken, and how a password is kept (scrypt, with its parameters)."""

from __future__ import annotations

import hashlib
import hmac
import os
import re
import unicodedata

from ..errors import AccountError, UsageError

N, R, P = 2**15, 8, 3
"""Parameters of scrypt as OWASP recommends them: 32 MiB and about 0.3 s on an ordinary core."""
SALT_BYTES = 16
SHORTEST, LONGEST = 10, 200
LONGEST_NAME = 64
FEWEST_CHARACTERS = 5
"""So many different characters a password has at least."""
RESERVED = {"local"}
"""What the user of a page without accounts is called."""
_NAME = re.compile(r"[^\W_][\w.@+-]*")


def account_name(typed: str) -> str:
    """The name as it is kept: lower case, compatible characters made one. Raises `UsageError`."""
    name = unicodedata.normalize("NFKC", typed.strip()).casefold()
    if len(name) > LONGEST_NAME or not _NAME.fullmatch(name):
        raise UsageError(
            f"The name {typed[:80]!r} cannot be an account's. Use letters, digits and . _ - + @, "
            f"at most {LONGEST_NAME}, a letter or digit first."
        )
    if name in RESERVED:
        raise UsageError(f"The name {name!r} stands for the user without an account. Choose another.")
    return name


def check_password(password: str, name: str) -> None:
    """Raise `AccountError` for a password that is too easy to guess."""
    if not SHORTEST <= len(password) <= LONGEST:
        raise AccountError(
            f"The password has {len(password):,} characters. Choose one of {SHORTEST} to {LONGEST}."
        )
    if not all(map(str.isprintable, password)):
        raise AccountError("The password holds characters that cannot be typed. Choose another.")
    if len(set(password)) < FEWEST_CHARACTERS or name in password.casefold():
        raise AccountError("The password is too easy to guess. Choose one of several words.")


def hashed(password: str) -> str:
    """A password as it is kept: `scrypt$n$r$p$salt$hash`, the last two in hexadecimal."""
    salt = os.urandom(SALT_BYTES)
    return f"scrypt${N}${R}${P}${salt.hex()}${_scrypt(password, N, R, P, salt).hex()}"


def matches(password: str, kept: str | None) -> bool:
    """Tell whether a password is the one kept as `kept`; None, an unknown name, takes as long."""
    parts = _parts(kept)
    n, r, p, salt, expected = parts or (N, R, P, bytes(SALT_BYTES), b"")
    # compared in any case: a time tells nothing
    return hmac.compare_digest(_scrypt(password, n, r, p, salt), expected) and parts is not None


def is_outdated(kept: str) -> bool:
    """Tell whether a password was kept with other parameters than those of today."""
    parts = _parts(kept)
    return parts is None or parts[:3] != (N, R, P)


def _parts(kept: str | None) -> tuple[int, int, int, bytes, bytes] | None:
    """Parameters, salt and hash; None for what is none."""
    try:
        kind, n, r, p, salt, expected = (kept or "").split("$")
        parts = int(n), int(r), int(p), bytes.fromhex(salt), bytes.fromhex(expected)
    except ValueError:
        return None
    return parts if kind == "scrypt" and parts[4] else None


def _scrypt(password: str, n: int, r: int, p: int, salt: bytes) -> bytes:
    # one way of writing é, whatever the keyboard sends; half of a character becomes a question mark
    typed = unicodedata.normalize("NFKC", password).encode("utf-8", "replace")
    return hashlib.scrypt(typed, salt=salt, n=n, r=r, p=p, maxmem=128 * r * (n + p + 2) * 2, dklen=32)
