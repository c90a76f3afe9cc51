"""A setup that another thread takes in at the very moment that something is looked for in it."""

from __future__ import annotations

from pathlib import Path

from contactpoints.delivery.directory import Directory
from tests.contactpoints.posts import body
from tests.contactpoints.service import Service, setup_of, webhook
from tests.contactpoints.sinks import Sink


def test_what_another_thread_took_in_is_found_by_both(tmp_path: Path, sink: Sink) -> None:
    """``refresh`` gives no for whoever came second: the setup is there all the same."""
    old, new = setup_of(other=[webhook(sink.url)]), setup_of(ops=[webhook(sink.url)])
    service = Service(tmp_path / "a.db", old)

    def second() -> bool:
        service.adopt(Directory(new))
        return False

    service.refresh = second
    try:
        service.outbox.post(body(), "ops")  # looked for when it is taken in
        service.adopt(Directory(old))
        service.begin()
        sink.wait(1)  # and when it is delivered
        service.wait("delivered", 1)
    finally:
        service.stop()
