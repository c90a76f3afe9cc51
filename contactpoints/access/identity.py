"""Identity: who asks, and what that one may do."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from contactpoints.access.roles import ADMIN, PUBLIC, Role

Kind = Literal["nobody", "open", "token", "user", "session", "command"]


@dataclass(frozen=True, slots=True)
class Identity:
    """The caller of a request or of a command. ``kind`` says how that is known."""

    name: str
    role: Role
    kind: Kind
    contact_point: str | None = None
    """The only one that notifications may be posted to; None: any."""

    def may(self, role: Role) -> bool:
        """Whether an endpoint that asks for ``role`` is open to this one."""
        return self.role.grants(role)


NOBODY = Identity("", PUBLIC, "nobody")
ANONYMOUS = Identity("anonymous", ADMIN, "open")
"""Everyone, as long as nobody was given access and only this machine can ask."""


@dataclass(frozen=True, slots=True)
class Actor:
    """Who does something, and from where, for the audit log."""

    name: str
    role: str = ""
    address: str = ""


COMMAND = Actor("command line", ADMIN.value)
