"""Refusals: why a change of the stored setup, or a question about it, is not granted.

``message_id`` is the word that programs go by (Grafana's own where it has one), ``errors`` says
every place that is wrong, as ``{path, message}``, paths dotted into what was sent. Each class has
the HTTP status it becomes. No secret may stand in any of it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import ClassVar


class Refused(Exception):  # noqa: N818 - it is no failure of ours
    """A wish that is not granted. :class:`InvalidError` and so on say which kind."""

    status: ClassVar[int] = 400

    def __init__(
        self, message: str, message_id: str = "", errors: Iterable[Mapping[str, str]] = ()
    ) -> None:
        super().__init__(message)
        self.message = message
        self.message_id = message_id
        self.errors = [dict(each) for each in errors]

    @property
    def problems(self) -> list[dict[str, str]]:
        """``errors``, or the message alone where no place is named."""
        return self.errors or [{"path": "", "message": self.message}]


class InvalidError(Refused):
    """What was sent cannot be right, whatever is stored."""

    status = 400


class ForbiddenError(Refused):
    """It is not for this caller, or not for this way, to change."""

    status = 403


class MissingError(Refused):
    """What it is about is not there."""

    status = 404


class ConflictError(Refused):
    """It does not go together with what is stored now."""

    status = 409
