"""With two thousand contact points a change is still quick. Measured in processor time."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

from tests.contactpoints.admin.administered import add, administered, row

MANY = 2000
MOST = 0.3  # seconds


def test_a_change_of_one_among_many_is_quick_and_looking_costs_nothing(tmp_path: Path) -> None:
    admin = administered(tmp_path / "stored.db")
    add(admin, *(row(f"n{number}", settings=settings(number)) for number in range(MANY)))

    def policies(document: dict[str, Any]) -> None:
        routes = [{"receiver": f"n{number}"} for number in range(MANY)]
        document["policies"] = {"receiver": "n0", "routes": routes}

    admin.keeper.change(policies, author="a", note="n")
    taken = []
    for turn in range(5):

        def edit(document: dict[str, Any], turn: int = turn) -> None:
            document["contactPoints"][turn]["settings"]["title"] = f"turn {turn}"

        begin = time.process_time()
        admin.keeper.change(edit, author="a", note="n")
        taken.append(time.process_time() - begin)
    assert min(taken) < MOST, taken
    admin.view()
    begin = time.process_time()
    for _ in range(20):
        admin.view()
    assert (time.process_time() - begin) / 20 < 0.01
    assert len(admin.status()) == MANY
    admin.service.stop()


def settings(number: int) -> dict[str, Any]:
    return {"url": f"https://{number}.example/hook", "title": f"{{{{ .Status }}}} {number}"}
