"""What the check of credentials costs each notification, and each request of administration.

python -m tests.benchmarks.access: processor time of this process; no server, no network.
"""

from __future__ import annotations

import logging
import statistics
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from tempfile import TemporaryDirectory

from contactpoints.access.roles import EDITOR, INGEST, VIEWER
from contactpoints.web import guard, headers
from tests.contactpoints.access.house import BY, PASSWORD, House, basic, bearer

ROUNDS, EACH = 9, 2000


def microseconds(call: Callable[[], object], times: int = EACH) -> float:
    """Of the processor, for one call: the best of some rounds."""
    call()
    found = []
    for _ in range(ROUNDS):
        begin = time.process_time()
        for _ in range(times):
            call()
        found.append((time.process_time() - begin) / times * 1e6)
    return min(found)


def measured(house: House) -> Mapping[str, float]:
    """The cost of each way to be let in."""
    house.gate.users.create(BY, "ada", EDITOR, PASSWORD)
    ways = {
        "webhook, a token as Bearer": ("POST", "/webhook/ops", bearer(house.tokens[INGEST])),
        "webhook, a token as Basic": ("POST", "/webhook/ops", basic("x", house.tokens[INGEST])),
        "webhook, a user and a password": ("POST", "/webhook/ops", basic("ada", PASSWORD)),
        "administration, a token": ("GET", "/api/v1/deliveries", bearer(house.tokens[VIEWER])),
        "administration, a password": ("GET", "/api/v1/deliveries", basic("ada", PASSWORD)),
    }
    found = {}
    for name, (method, path, given) in ways.items():
        with house.app.test_request_context(path, method=method, headers=given):
            found[name] = microseconds(guard.check, EACH if "webhook" in name else 100)
    with house.app.test_request_context("/webhook/ops", method="POST"):
        response = house.app.response_class("{}", 202)
        found["headers of an answer"] = microseconds(lambda: headers.add(response))
    verifier = house.gate.checker.verifier
    checks = []
    for number in range(5):
        begin = time.process_time()
        verifier.check("nobody", f"wrong {number}", None)
        checks.append((time.process_time() - begin) * 1e6)
    found["a password that was not seen before"] = statistics.median(checks)
    return found


def main() -> None:
    """Print what each way costs."""
    logging.disable(logging.INFO)
    with TemporaryDirectory() as folder:
        house = House(Path(folder))
        for name, cost in measured(house).items():
            print(f"{name:40} {cost:10.1f} µs")
        house.stop()


if __name__ == "__main__":
    main()
