"""Housekeeping: what a process that died had claimed is delivered by those that run."""

from __future__ import annotations

import subprocess
import sys
import time

from contactpoints.storage.claims import Wanted, claim
from tests.contactpoints.delivery.conftest import New
from tests.contactpoints.posts import numbered
from tests.contactpoints.service import setup_of, webhook
from tests.contactpoints.sinks import Sink

OTHER = "from contactpoints.delivery.owner import owner; print(owner(), flush=True); input()"


def test_lanes_of_a_process_that_dies_are_taken_over_by_one_that_runs(new: New, sink: Sink) -> None:
    """Its leases last for an hour; and those of one that lives are left alone."""
    with (
        subprocess.Popen(
            [sys.executable, "-c", OTHER], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        ) as other,
    ):
        assert other.stdout
        name = other.stdout.readline().strip()
        service = new(setup_of(ops=[webhook(sink.url)]))
        for number in range(3):
            service.outbox.post(numbered(number, group=f"g{number}"))
        now = time.time()
        wish = Wanted("ops/webhook[0]", 2, name, now, now + 3600)
        assert len(service.writer.submit(claim, wish)) == 2
        service.begin()
        service.wait("delivered", 1)
        looked_at = service.worker.housekeeping.looked_at
        while service.worker.housekeeping.looked_at == looked_at:
            time.sleep(0.05)
        assert len(sink.received) == 1
        other.kill()
        other.wait()
        service.wait("delivered", 3, 60)
    assert len(sink.received) == 3
