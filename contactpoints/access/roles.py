"""Roles: what a caller may do. A role grants a set of others; nothing else is compared."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum


class Role(StrEnum):
    """What an endpoint asks for, and what a token or a user holds.

    >>> Role.EDITOR.grants(Role.INGEST), Role.INGEST.grants(Role.VIEWER)
    (True, False)
    """

    PUBLIC = "public"
    """Asked for by what everybody may see. Nobody holds it: nothing is granted by it."""
    INGEST = "ingest"
    """May post notifications, and nothing else."""
    VIEWER = "viewer"
    """May see everything but secrets, tokens, users and the audit log."""
    EDITOR = "editor"
    """May change the setup, retry and cancel deliveries, and post notifications."""
    ADMIN = "admin"
    """May do everything: also give access, read the audit log, and export secrets."""

    def grants(self, other: Role) -> bool:
        """Whether the holder of this role may do what ``other`` is asked for."""
        return other is Role.PUBLIC or other in GRANTS[self]


PUBLIC, INGEST, VIEWER, EDITOR, ADMIN = Role

GRANTS: Mapping[Role, frozenset[Role]] = {
    PUBLIC: frozenset(),
    INGEST: frozenset({INGEST}),
    VIEWER: frozenset({VIEWER}),
    EDITOR: frozenset({INGEST, VIEWER, EDITOR}),
    ADMIN: frozenset({INGEST, VIEWER, EDITOR, ADMIN}),
}
HELD = tuple(role for role in Role if role is not PUBLIC)
"""The roles that a token may have; users have those that may see something."""
