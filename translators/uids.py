"""Unique ids for integrations that come from a dialect without them: the same input gives the same
ids.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

MOST = 40  # characters, of A-Z a-z 0-9 - _: Grafana's provisioning API
VALID = re.compile(rf"[A-Za-z0-9_-]{{1,{MOST}}}")


class Uids:
    """Makes ids that are not among ``taken``, and never the same twice."""

    def __init__(self, taken: Iterable[str] = ()) -> None:
        self.taken = set(taken)
        self._turns: dict[str, int] = {}

    def make(self, contact_point: str, kind: str, index: int) -> str:
        """The id of the integration at ``index`` of ``contact_point``: readable when the name
        allows it.
        """
        full = f"{contact_point}-{kind.lower()}-{index + 1}"
        uid = full
        turn = self._turns.get(full, 0)
        while uid in self.taken or not VALID.fullmatch(uid):
            import hashlib  # few names need it

            digest = hashlib.sha256(f"{full}\0{turn}".encode()).hexdigest()[:10]
            slug = re.sub(r"[^A-Za-z0-9_-]+", "-", full).strip("-")[: MOST - 11]
            uid = f"{slug}-{digest}".lstrip("-")
            turn += 1
            self._turns[full] = turn
        self.taken.add(uid)
        return uid
