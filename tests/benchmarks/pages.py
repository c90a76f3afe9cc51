"""How long each page takes on the server: python -m tests.benchmarks.pages

2,000 contact points and 1,000,000 deliveries, 100,000 of them waiting, on SQLite. Each page is
asked for through the application in this process, so no network and no browser is in the figures,
and is set beside /-/ready, which only looks whether the database takes a write. 300 ms is wanted.
The rows come in behind the service's back; a running one folds the last attempts (see
contactpoints/storage/last_attempts.py) every 20 s. What needs them is asked for before and after.
``--points`` and ``--rows`` make it smaller.
"""

from __future__ import annotations

import argparse
import os
import platform
import statistics
import tempfile
import time
from pathlib import Path

from flask.testing import FlaskClient

from app import create_app
from contactpoints.delivery.service import Service
from contactpoints.environment import Environment
from contactpoints.setup import Setup
from contactpoints.web import EXTENSION
from tests.benchmarks.history import fill

PAGES = (
    "/contact-points",
    "/contact-points?search=team+17",
    "/contact-points?only=unused&page=7",
    "/contact-points/edit?name=team+1700",
    "/contact-points/edit",
    "/contact-points/export?name=team+17",
    "/contact-points/export",
    "/templates",
    "/templates/edit",
    "/policies",
    "/policies?labels=team=t1700",
    "/deliveries",
    "/deliveries?state=failed",
    "/deliveries?contact_point=down",
    "/deliveries/overview",
    "/deliveries/500000",
    "/translate",
    "/support",
    "/sign-in",
    "/api/v1/contact-points",
    "/api/v1/provisioning/contact-points",
    "/api/alertmanager/grafana/config/api/v1/receivers",
)
FOLDED = ("/contact-points", "/api/v1/contact-points")
"""Those that show how the last attempts went."""
ROUNDS = 7


def document(count: int) -> dict[str, object]:
    """A stored setup of so many contact points, each with a policy but every tenth."""
    names = [f"team {number}" for number in range(count)]
    rows = [
        {
            "uid": f"u{number}",
            "name": name,
            "type": "slack",
            "settings": {"url": f"https://hooks.slack.com/services/T/B/{number}", "title": "x"},
        }
        for number, name in enumerate(names)
    ]
    routes = [
        {"receiver": name, "object_matchers": [["team", "=", f"t{number}"]]}
        for number, name in enumerate(names)
        if number % 10
    ]
    return {"contactPoints": rows, "policies": {"receiver": names[0], "routes": routes}}


def fold(service: Service) -> float:
    """Fold the last attempts as a running service does; how many seconds it takes."""
    begin = time.perf_counter()
    status, more = service.admin._status, True
    while more:
        status._folded_at = float("-inf")
        status.fold()
        more = status._folded_at == float("-inf")
    return time.perf_counter() - begin


def report(client: FlaskClient, path: str, base: float, note: str = "") -> float:
    """Print how long a page takes, beside ``base``; the median in seconds."""
    times, status, size = [], 0, 0
    for _ in range(ROUNDS):
        begin = time.perf_counter()
        answer = client.get(path, headers={"Host": "localhost"})
        size, status = len(answer.data), answer.status_code
        times.append(time.perf_counter() - begin)
    median = statistics.median(times)
    ratio = median / (base or median)
    print(
        f"{median * 1000:8.1f} ms  (most {max(times) * 1000:7.1f})  {ratio:7.1f} x /-/ready  "
        f"{size / 1024:8.1f} KiB  {status}  {', '.join(filter(None, (path, note)))}"
    )
    return median


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--points", type=int, default=2_000)
    parser.add_argument("--rows", type=int, default=1_000_000)
    options = parser.parse_args()
    print(f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}")
    with tempfile.TemporaryDirectory() as folder:
        environment = Environment(
            database_url=f"sqlite:///{Path(folder) / 'pages.db'}", log_level="error"
        )
        app = create_app(environment, Setup("alertmanager"), start=False)
        service = app.extensions[EXTENSION]
        given = document(options.points)
        service.admin.keeper.change(lambda stored: stored.update(given), author="b", note="filled")
        with service.database.writing() as connection:
            fill(connection, options.rows * 9 // 10, options.rows // 10)
        client = app.test_client()
        base = report(client, "/-/ready", 0.0)
        for path in FOLDED:
            report(client, path, base, "before the last attempts are folded")
        print(f"{fold(service) * 1000:8.1f} ms  in all to fold them, in steps, behind the requests")
        for path in PAGES:
            report(client, path, base)
        service.stop()


if __name__ == "__main__":
    main()
