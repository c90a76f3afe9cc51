"""Killing: posts, kills and a real Alertmanager at the same time, and what must hold afterwards."""

from __future__ import annotations

import os
import random
import signal
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

import requests

from tests.contactpoints.alertmanager import Alertmanager
from tests.contactpoints.posts import number_of, numbered
from tests.contactpoints.process import Process
from tests.contactpoints.sinks import Answer, Received, Sink

STORING = 5.0
"""Seconds in which what became of a delivery is stored, on a machine that is busy with all this. A
delivery that was sent this long before a kill must not come again.
"""
SEEN_LATE = 2.0
"""Seconds after which the sink may look at what was sent, on such a machine: two that came while it
could not are seen at nearly the same time, long after the kill in between.
"""
STARTING = 60.0
"""Seconds in which posts are taken again after a blow. It is hardly ever more than 2, except that a
busy machine takes its time to start all processes.
"""
FLAKY = 0.1  # the part of the deliveries that the sink refuses with 503, while posts go on


@dataclass
class Arrival:
    """A delivery that the sink took with 200."""

    number: int
    lane: str
    at: float


@dataclass
class Load:
    """Posters that post as Alertmanager does, each post again until it is taken; and the sink."""

    sink: Sink
    webs: list[Process]
    accepted: list[int] = field(default_factory=list)
    arrivals: list[Arrival] = field(default_factory=list)
    blows: list[tuple[float, float]] = field(default_factory=list)
    """When something was killed or stopped: from when until when that took place."""
    pauses: dict[str, float] = field(default_factory=dict)
    """For each kind of blow, the most seconds until posts were taken again."""
    stopping: threading.Event = field(default_factory=threading.Event)
    aborted: bool = False
    threads: list[threading.Thread] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.sink.answer = self._answer
        self.threads = [
            threading.Thread(target=self._post, args=(number,), daemon=True)
            for number in (1_000_000, 2_000_000)
        ]
        for thread in self.threads:
            thread.start()

    def _answer(self, got: Received) -> Answer:
        if got.path != "/ops":
            return Answer()
        if not self.stopping.is_set() and random.random() < FLAKY:
            return Answer(503, delay=0.01)
        lane = got.json["groupKey"]
        self.arrivals.append(Arrival(number_of(got.body), lane, got.at))
        return Answer(delay=0.01)

    def _post(self, number: int) -> None:
        turn = random.randrange(len(self.webs))
        while not self.stopping.is_set():
            number += 1
            data = numbered(number, group=f"lane {number // 1_000_000} {number % 4}")
            while not self.aborted:
                turn += 1
                try:
                    answer = self.webs[turn % len(self.webs)].post(data, "/webhook/ops")
                except requests.RequestException:
                    time.sleep(0.02)
                    continue
                if answer.status_code == 202:
                    self.accepted.append(number)
                    break
                assert answer.status_code == 503, answer.text
                time.sleep(0.02)
            time.sleep(0.02)

    def strike(self, blow: Callable[[], None]) -> None:
        """Kill something, and remember when; then wait until posts are taken again."""
        struck_at = time.time()
        blow()
        self.blows.append((struck_at, time.time()))
        before = len(self.accepted)
        begin = time.monotonic()
        while len(self.accepted) < before + 4:
            assert time.monotonic() < begin + STARTING, self.webs[0].log[-3000:]
            time.sleep(0.01)
        kind, pause = blow.__name__, time.monotonic() - begin
        self.pauses[kind] = max(pause, self.pauses.get(kind, 0.0))
        time.sleep(random.uniform(0.0, 0.2))

    def abort(self) -> None:
        """Post no more, whatever was accepted."""
        self.aborted = True
        self.stopping.set()

    def end(self, seconds: float = 120.0) -> None:
        """Post no more, and wait until nothing waits."""
        self.stopping.set()
        for thread in self.threads:
            thread.join(60)
            assert not thread.is_alive()
        end = time.monotonic() + seconds
        while waiting := self._waiting():
            assert time.monotonic() < end, (waiting, self.webs[0].log[-3000:])
            time.sleep(0.1)

    def _waiting(self) -> list[object]:
        try:
            return list(self.webs[0].deliveries(state="waiting"))
        except requests.RequestException:
            return ["nobody answers"]

    def check(self) -> None:
        """Nothing accepted is missing, lanes are in order, twice is only what a kill hit."""
        assert len(self.accepted) > 4 * len(self.blows)
        first: dict[int, Arrival] = {}
        lanes: dict[str, list[int]] = {}
        last: dict[int, Arrival] = {}
        for arrival in sorted(self.arrivals, key=lambda item: item.at):
            if before := last.get(arrival.number):
                assert any(
                    before.at - SEEN_LATE <= until and since <= min(arrival.at, before.at + STORING)
                    for since, until in self.blows
                ), f"{arrival} came again; nothing was killed soon after {before}: {self.blows}"
            else:
                first[arrival.number] = arrival
                lanes.setdefault(arrival.lane, []).append(arrival.number)
            last[arrival.number] = arrival
        assert set(self.accepted) <= set(first)
        for lane, numbers in lanes.items():
            assert numbers == sorted(numbers), lane
        again = len(self.arrivals) - len(first)
        print(
            f"{len(self.blows)} blows, {len(self.accepted)} accepted, {again} came twice; "
            f"{len(lanes)} lanes in order; until posts were taken again: "
            + ", ".join(f"{kind} {pause:.1f} s" for kind, pause in self.pauses.items())
        )


def children_of(process: int) -> list[int]:
    """The processes that any thread of it started, in that order."""
    found: list[int] = []
    with suppress(OSError):  # it has just ended
        for thread in Path(f"/proc/{process}/task").iterdir():
            found += map(int, (thread / "children").read_text().split())
    return found


def kill_one_below(service: Process) -> None:
    """kill -9 one of gunicorn's children, or what writes for one; another is started."""
    children = children_of(service.pid)
    below = [*children, *(one for child in children for one in children_of(child))]
    if below:
        with suppress(ProcessLookupError):
            os.kill(random.choice(below), signal.SIGKILL)


AM_CONFIG = """\
route:
  receiver: am
  group_by: [alertname]
  group_wait: 100ms
  group_interval: 500ms
  repeat_interval: 1h
receivers:
  - name: am
    webhook_configs:
      - url: {url}/webhook
"""


class Alarms:
    """Alerts that come and go in a real Alertmanager, which posts them all the time."""

    def __init__(self, alertmanager: Alertmanager, sink: Sink) -> None:
        self.alertmanager = alertmanager
        self.sink = sink
        self.fired: list[str] = []
        self.ended: list[str] = []

    def next(self) -> None:
        """One more fires; the oldest one ends, once it was told: else it would never be."""
        name = f"A{len(self.fired)}"
        self.alertmanager.alert(alertname=name)
        self.fired.append(name)
        oldest = self.fired[len(self.ended)]
        if oldest in self._told():
            self.alertmanager.alert(alertname=oldest, ended=True)
            self.ended.append(oldest)

    def check(self, seconds: float = 120.0) -> None:
        """Every one arrives as firing, those that ended also as resolved, and in that order."""
        end = time.monotonic() + seconds
        while missing := self._missing():
            assert time.monotonic() < end, missing
            time.sleep(0.2)
        for name, told in self._told().items():
            assert told[0] == "firing", name

    def _told(self) -> dict[str, list[str]]:
        told: dict[str, list[str]] = {}
        for got in list(self.sink.received):
            if got.path == "/am":
                said = got.json
                told.setdefault(said["groupLabels"]["alertname"], []).append(said["status"])
        return told

    def _missing(self) -> list[str]:
        told = self._told()
        missing = [f"{name} firing" for name in self.fired if "firing" not in told.get(name, [])]
        return missing + [
            f"{name} resolved" for name in self.ended if "resolved" not in told.get(name, [])
        ]
