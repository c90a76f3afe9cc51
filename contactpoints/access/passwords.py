"""Passwords: hashed by argon2id, with the costs of RFC 9106's second choice.

https://www.rfc-editor.org/rfc/rfc9106#section-4
"""

from __future__ import annotations

import hmac
import secrets
import threading
import time
import unicodedata
from collections import OrderedDict
from collections.abc import Callable

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from contactpoints.access.refusals import BusyError

SHORTEST = 12
"""Characters. NIST asks for 15 where the password is all there is, and for 8 at the very least:
https://pages.nist.gov/800-63-4/sp800-63b.html#passwordver. Tries are throttled here.
"""
LONGEST = 1024
AT_ONCE = 2  # checks at the same time: each takes 64 MiB
PATIENCE = 5.0  # seconds that a check waits for its turn
REMEMBERED, FOR = 256, 300.0
"""How many right passwords are remembered, and how many wrong ones (by a digest under a key that
only this process has), and for how many seconds: programs that show one with each request need not
pay each time, and the same wrong one again is no further guess. What is stored is looked up all the
same, so a change counts at once.
"""

_hasher = PasswordHasher()


def problem_of(password: str, name: str) -> str | None:
    """What is wrong with a new password."""
    if len(password) < SHORTEST:
        return f"a password has at least {SHORTEST} characters"
    if len(password) > LONGEST:
        return f"a password has at most {LONGEST} characters"
    if len(set(password)) < 4 or password.casefold() == name.casefold():
        return "this password is too easy to guess"
    return None


def hashed(password: str) -> str:
    """As it is stored, with its salt and its costs."""
    return _hasher.hash(_plain(password))


def _plain(password: str) -> bytes:
    """Keyboards differ in how they write the same text: https://www.rfc-editor.org/rfc/rfc8265"""
    return unicodedata.normalize("NFC", password).encode("utf-8", "replace")


class Verifier:
    """Checks passwords, few at a time."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._key = secrets.token_bytes(32)
        self._room = threading.BoundedSemaphore(AT_ONCE)
        self._known: dict[bool, OrderedDict[bytes, float]] = {
            right: OrderedDict() for right in (True, False)
        }
        self._nobody = ""
        self._lock = threading.Lock()

    def remembers(self, name: str, password: str, stored: str | None) -> bool | None:
        """Whether this was right a short while ago; None when it was not asked."""
        digest = self._digest(name, password, stored)
        for right, known in self._known.items():
            until = known.get(digest)
            if until is not None and self._clock() < until:
                return right
        return None

    def check(self, name: str, password: str, stored: str | None) -> bool:
        """Whether it is right. For ``None``, nobody's, it takes as long to say no.

        :raises BusyError: when others take too long.
        """
        if not self._room.acquire(timeout=PATIENCE):
            raise BusyError(1.0)
        try:
            if stored is None:
                self._nobody = self._nobody or hashed(secrets.token_hex(16))
            try:
                right: bool = _hasher.verify(stored or self._nobody, _plain(password))
            except (VerificationError, InvalidHashError):
                right = False
        finally:
            self._room.release()
        right = right and stored is not None
        known = self._known[right]
        with self._lock:
            known[self._digest(name, password, stored)] = self._clock() + FOR
            while len(known) > REMEMBERED:
                known.popitem(last=False)
        return right

    def _digest(self, name: str, password: str, stored: str | None) -> bytes:
        said = "\0".join((name, stored or "")).encode("utf-8", "replace") + b"\0" + _plain(password)
        return hmac.digest(self._key, said, "sha256")


def outdated(stored: str) -> bool:
    """Whether it was hashed with other costs than those of today."""
    return _hasher.check_needs_rehash(stored)
