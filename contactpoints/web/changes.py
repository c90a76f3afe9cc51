"""Changes: one change of the stored setup by whoever asks, with its line in the audit log."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TypeVar

from contactpoints.admin.keeper import Document, Stored
from contactpoints.storage.audits import Entry
from contactpoints.web import service
from contactpoints.web.guard import actor

Answer = TypeVar("Answer")


def change(
    edit: Callable[[Document], Answer], action: str, object: str = "", *, expected: int | None = None
) -> tuple[Answer, Stored]:
    """Let ``edit`` change the stored document; ``action`` and ``object`` say in words what it does
    to what. See :meth:`contactpoints.admin.keeper.Keeper.change`.

    :raises Refused: when it may not be.
    """
    me = actor()
    entry = Entry(time.time(), me.name, me.role, me.address, action, object)
    note = f"{action} {object}".strip()
    keeper = service().admin.keeper
    return keeper.change(edit, author=me.name, note=note, expected=expected, audit=entry)
