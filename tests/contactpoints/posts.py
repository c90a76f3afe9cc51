"""Posts to try: Alertmanager's payload with what a test cares about."""

from __future__ import annotations

import json
from typing import Any


def alert(name: str = "HighCPU", status: str = "firing", **more: Any) -> dict[str, Any]:
    return {
        "status": status,
        "labels": {"alertname": name, "job": "node"},
        "annotations": {"summary": f"{name} is high"},
        "startsAt": "2026-11-21T16:09:52.422446169Z",
        "endsAt": "0001-01-01T00:00:00Z" if status == "firing" else "2026-11-21T17:00:00Z",
        "generatorURL": "http://prometheus.example/graph",
        "fingerprint": "b850a35edf7d1fa3",
        **more,
    }


def payload(**more: Any) -> dict[str, Any]:
    return {
        "receiver": "ops",
        "status": "firing",
        "alerts": [alert()],
        "groupLabels": {"alertname": "HighCPU"},
        "commonLabels": {"alertname": "HighCPU", "job": "node"},
        "commonAnnotations": {"summary": "HighCPU is high"},
        "externalURL": "http://am.example:9093/prefix",
        "version": "4",
        "groupKey": '{}:{alertname="HighCPU"}',
        "truncatedAlerts": 0,
        **more,
    }


def body(**more: Any) -> bytes:
    return json.dumps(payload(**more)).encode()


def numbered(number: int, group: str = "g", **more: Any) -> bytes:
    """A post that can be told from others by its number; its group is its lane."""
    one = alert("N", fingerprint=f"{number:016x}", annotations={"number": str(number)})
    return body(groupKey=group, alerts=[one], commonAnnotations={"number": str(number)}, **more)


def number_of(received: bytes) -> int:
    """The number in what came out."""
    return int(json.loads(received)["commonAnnotations"]["number"])
