"""Checking: from what a request shows to who asks. Whoever shows nothing valid is nobody.

Tokens are checked before anything is throttled, so wrong tries of others never keep a valid token
out. A password is looked at only while neither the address nor the name has failed too often.
"""

from __future__ import annotations

import base64
import binascii
import ipaddress
import time
from typing import Any

from contactpoints.access import passwords, tokens
from contactpoints.access.identity import ANONYMOUS, Identity
from contactpoints.access.people import plain
from contactpoints.access.refusals import EndedError, NotLetInError, ThrottledError
from contactpoints.access.roles import Role
from contactpoints.access.sessions import Sessions
from contactpoints.access.store import Store
from contactpoints.access.throttle import Limit, Throttle
from contactpoints.access.tries import Tries
from contactpoints.storage import access as rows
from contactpoints.storage.database import StorageError

NOTHING = "credentials are needed: a token, or a user and a password"
TOKENS = Limit(50, 2.0)
"""Wrong tokens from one address; nobody can guess one, but trying costs us."""
PER_ADDRESS = Limit(20, 6.0)
PER_PAIR = Limit(5, 30.0)
"""For one name from one address."""
PER_NAME = Limit(50, 6.0)
"""For one name from everywhere, but where it came in from before: strangers cannot keep it out."""

KNOWN, FOR = 1000, 1.0
"""How many callers that post notifications are known again without a look at the database, and for
how many seconds.
"""


class Checker:
    """Says who asks. ``may_be_open``: nobody from elsewhere can ask (see :mod:`.opening`)."""

    def __init__(self, store: Store, sessions: Sessions, *, may_be_open: bool) -> None:
        self.may_be_open = may_be_open
        self.verifier = passwords.Verifier()
        self.throttle = Throttle()  # with what is under way in this process
        self.tries = Tries(store)
        self._store = store
        self._sessions = sessions
        self._closed = False
        self._wrong: set[bytes] = set()
        self._recent: dict[bytes, tuple[Identity, float]] = {}

    def is_open(self, connection: Any) -> bool:
        """Whether everyone may do everything. Once somebody was given access, never again."""
        if self._closed or not self.may_be_open:
            return False
        self._closed = not rows.is_empty(connection)
        return not self._closed

    def identify(self, authorization: str | None, cookie: str | None, address: str) -> Identity:
        """Who shows these headers from there.

        :raises ThrottledError: after too many wrong tries, in whatever process.
        :raises NotLetInError: when they say nothing valid.
        :raises StorageError: when that cannot be known at present.
        """
        with self._store.reading() as connection:
            if self.is_open(connection):
                return ANONYMOUS
            if authorization is None:
                if cookie is None:
                    raise NotLetInError(NOTHING)
                return self._sessions.identify(connection, cookie)
            scheme, _, said = authorization.strip().partition(" ")
            name, secret = "", said.strip()
            if scheme.lower() == "basic":
                name, secret = _pair(secret)
            elif scheme.lower() != "bearer":
                secret = ""
            error: NotLetInError | None = None
            try:
                return self._token(connection, secret)
            except EndedError:
                raise
            except NotLetInError as caught:
                error = caught
            row = rows.user(connection, plain(name)) if name else None
        if name and not tokens.FORM.fullmatch(secret):
            return self.person(name, secret, address, row)
        self._count_wrong(secret, address)
        raise error

    def _count_wrong(self, token: str, address: str) -> None:
        """The same wrong token again is no further guess."""
        digest = tokens.digest_of(token)
        if digest in self._wrong:
            return
        if wait := self.throttle.take([(f"tokens {nearby(address)}", TOKENS)]):
            raise ThrottledError(wait)
        if len(self._wrong) >= KNOWN:
            self._wrong.clear()
        self._wrong.add(digest)

    def recent(self, authorization: str | None) -> Identity | None:
        """Who showed this within the last second, for what is asked very often."""
        found = self._recent.get(tokens.digest_of(authorization or ""))
        return found[0] if found and time.monotonic() < found[1] else None

    def remember(self, authorization: str | None, identity: Identity) -> Identity:
        """``identity`` showed it just now."""
        if len(self._recent) >= KNOWN:
            self._recent.clear()
        now = time.monotonic()
        self._recent[tokens.digest_of(authorization or "")] = identity, now + FOR
        return identity

    def _token(self, connection: Any, secret: str) -> Identity:
        row = rows.token(connection, tokens.id_of(secret))
        now = time.time()
        found = tokens.identify(secret, row, now)
        if row is not None and (row.used_at or 0.0) + tokens.NOTED_EVERY < now:
            id = row.id
            self._store.note(lambda connection: rows.note_use(connection, id, now))
        return found

    def sign_in(self, name: str, password: str, address: str) -> tuple[Identity, int]:
        """The user and its number, for a session. :raises NotLetInError: as :meth:`identify`."""
        with self._store.reading() as connection:
            row = rows.user(connection, plain(name))
        found = self.person(name, password, address, row)
        assert row is not None
        return found, row.id

    def person(self, name: str, password: str, address: str, row: Any) -> Identity:
        """The user of ``row``, or None for nobody's, if the password is right."""
        name = plain(name)[:64]
        if len(password) > passwords.LONGEST:
            row, password = None, ""
        stored = row.password if row is not None else None
        known = self.verifier.remembers(name, password, stored)
        if known is False:
            raise NotLetInError(tokens.WRONG)
        if known is None:
            near = nearby(address)
            taken = [(f"address {near}", PER_ADDRESS), (f"pair {near} {name}", PER_PAIR)]
            loose = [(f"name {name}", PER_NAME)]
            friend = f"friend {near} {name}"
            if wait := self.throttle.take(taken):
                raise ThrottledError(wait)
            try:
                if wait := self.tries.wait(taken, loose, friend):
                    raise ThrottledError(wait)
                right = self.verifier.check(name, password, stored)
            except (ThrottledError, StorageError):
                self.throttle.give_back(taken)
                raise
            if not right:
                self.tries.count([*taken, *loose])
                raise NotLetInError(tokens.WRONG)
            self.throttle.give_back(taken)
            self.tries.befriend(friend)
            if passwords.outdated(row.password):
                self._rehash(row.id, row.password, password)
        return Identity(row.name, Role(row.role), "user")

    def _rehash(self, number: int, before: str, password: str) -> None:
        after = passwords.hashed(password)
        self._store.note(lambda connection: rows.rehash(connection, number, before, after))


def _pair(said: str) -> tuple[str, str]:
    try:
        text = base64.b64decode(said, validate=True).decode()
    except (binascii.Error, ValueError):
        return "", ""
    name, _, secret = text.partition(":")
    return name, secret


def nearby(address: str) -> str:
    """An address as it is counted: of IPv6, the network that one customer has.

    >>> nearby("2001:db8:1:2:3:4:5:6"), nearby("192.0.2.1"), nearby("")
    ('2001:db8:1:2::/64', '192.0.2.1', 'local')
    """
    if ":" not in address:
        return address or "local"
    try:
        parsed = ipaddress.IPv6Address(address.partition("%")[0])
    except ValueError:
        return address[:64]
    if parsed.ipv4_mapped:
        return str(parsed.ipv4_mapped)
    return str(ipaddress.IPv6Network((int(parsed) >> 64 << 64, 64)))
