"""The commands of access: token, user and key. They work on the database, without the service."""

from __future__ import annotations

from contactpoints.access.key_commands import key
from contactpoints.access.token_commands import token
from contactpoints.access.user_commands import user

__all__ = ["key", "token", "user"]
