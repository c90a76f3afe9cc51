"""What Prometheus sees is what happened, in all processes together."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests
from prometheus_client.parser import text_string_to_metric_families

from tests.contactpoints.posts import numbered
from tests.contactpoints.process import Process, webhook_config
from tests.contactpoints.sinks import Answer, Sink


@pytest.fixture
def process(tmp_path: Path, sink: Sink) -> Iterator[Process]:
    config = webhook_config(ops=sink.url + "/ops", bad=sink.url + "/bad", down="http://127.0.0.1:9")
    made = Process(tmp_path / "run", config, PROCESSES=3).start().ready()
    yield made
    made.kill()


def samples(process: Process) -> dict[str, float]:
    answer = requests.get(process.url + "/metrics", timeout=10)
    assert answer.headers["Content-Type"].startswith("text/plain")
    return {
        ",".join(
            [
                sample.name.removeprefix("contactpoints_"),
                *(text for _, text in sorted(sample.labels.items())),
            ]
        ): sample.value
        for family in text_string_to_metric_families(answer.text)
        for sample in family.samples
    }


def test_counters_are_those_of_all_processes(process: Process, sink: Sink) -> None:
    sink.answer = lambda got: Answer(404 if got.path == "/bad" else 200)
    for number in range(30):
        assert process.post(numbered(number, str(number)), "/webhook/ops").status_code == 202
    process.post(numbered(1), "/webhook/bad")
    process.post(numbered(1), "/webhook/down")
    process.post(b"{", "/webhook/ops")
    process.post(numbered(1), "/webhook/nobody")
    ended = "deliveries_total,ops,webhook,,delivered"
    end = time.monotonic() + 10
    while samples(process).get(ended, 0) < 30 or not process.deliveries(state="failed"):
        assert time.monotonic() < end
        time.sleep(0.1)
    for _ in range(5):  # whichever process answers
        found = samples(process)
        assert found["notifications_received_total,accepted"] == 32
        assert found["notifications_received_total,invalid"] == 1
        assert found["notifications_received_total,unknown"] == 1
        assert found[ended] == 30
        assert found["deliveries_total,bad,webhook,clientError,failed"] == 1
        assert found["attempts_total,down,webhook,other"] >= 1
        assert found["delivery_seconds_count,webhook"] == 30
        assert found["accept_seconds_count"] == 32
        assert found["waiting,down"] == 1
        assert 0 <= found["oldest_waiting_seconds,down"] < 60
