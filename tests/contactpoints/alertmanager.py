"""A real Alertmanager, Debian's, to post to the service."""

from __future__ import annotations

import subprocess
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import requests

from tests.conftest import require_peer
from tests.contactpoints.process import free_port


class Alertmanager:
    """Debian's, on a port of its own."""

    def __init__(self, folder: Path, config: str) -> None:
        program = require_peer("prometheus-alertmanager", "prometheus-alertmanager")
        self.port = free_port()
        (folder / "am.yml").write_text(config)
        self.log = (folder / "am.log").open("wb")
        self.process = subprocess.Popen(
            [
                program,
                f"--config.file={folder / 'am.yml'}",
                f"--storage.path={folder / 'am'}",
                f"--web.listen-address=127.0.0.1:{self.port}",
                "--cluster.listen-address=",
                "--web.external-url=http://am.example/prefix",
                "--web.route-prefix=/",
            ],
            stdout=self.log,
            stderr=self.log,
        )
        end = time.monotonic() + 15
        while True:
            try:
                requests.get(f"http://127.0.0.1:{self.port}/-/ready", timeout=1).raise_for_status()
                break
            except requests.RequestException:
                assert time.monotonic() < end, (folder / "am.log").read_text()
                time.sleep(0.1)

    def alert(self, *, ended: bool = False, **labels: str) -> None:
        now = datetime.now(UTC)
        item: dict[str, Any] = {
            "labels": labels,
            "annotations": {"summary": f"{labels['alertname']} <&> \u2028 🚨"},
            "startsAt": (now - timedelta(minutes=1)).isoformat(),
            "generatorURL": "http://prometheus.example/graph?g0.expr=up",
        }
        if ended:
            item["endsAt"] = now.isoformat()
        answer = requests.post(
            f"http://127.0.0.1:{self.port}/api/v2/alerts", json=[item], timeout=5
        )
        assert answer.status_code == 200, answer.text

    def close(self) -> None:
        self.process.terminate()
        self.process.wait(10)
        self.log.close()
