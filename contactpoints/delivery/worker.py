"""Worker: takes what is due out of the outbox and sends it, many lanes at a time."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Iterable
from dataclasses import dataclass
from queue import SimpleQueue

from contactpoints.delivery.carrier import Carrier
from contactpoints.delivery.housekeeping import Housekeeping
from contactpoints.delivery.owner import owner
from contactpoints.delivery.targets import Targets
from contactpoints.storage.claims import Claimed, Wanted, claim
from contactpoints.storage.database import StorageError
from contactpoints.storage.history import due
from contactpoints.storage.listening import Listener
from contactpoints.storage.request import Request
from contactpoints.storage.writer import Writer

log = logging.getLogger(__name__)

POLL = 1.0  # seconds after which the outbox is looked at though nobody called
LEASE = 90.0  # seconds that a claim is good for; an attempt takes 30 at most
FAR = 1e12  # a time that does not come
AT_ONCE = 64  # lanes of one target claimed in one go
GATHER = 0.004
"""Seconds after a claim before the next one. Under load places at a target come free one by one; a
claim for each would cost more than what is sent through it.
"""


@dataclass
class Limits:
    """How much a worker does. ``history`` is the age in seconds at which the past is forgotten."""

    senders: int = 32
    history: float = 7 * 24 * 3600.0


class Worker:
    """One dispatching thread and up to ``senders`` sending ones, in this process."""

    def __init__(
        self, writer: Writer, carrier: Carrier, targets: Targets, limits: Limits | None = None
    ) -> None:
        self.writer = writer
        self.carrier = carrier
        self.targets = targets
        self.limits = limits or Limits()
        self.housekeeping = Housekeeping(writer, self.limits.history)
        self._due: dict[str, float] = {}
        self._changed = threading.Condition()
        self._stopping = self._called = False
        self._busy = 0
        self._threads = 0
        self._work: SimpleQueue[Claimed | None] = SimpleQueue()
        self._listener = Listener(writer.database, owner(), self._heard)
        self._dispatcher: threading.Thread | None = None
        self._looked_at = 0.0

    def start(self) -> None:
        """Begin to send. What an earlier process left is taken up."""
        self._dispatcher = threading.Thread(target=self._run, name="dispatcher", daemon=True)
        self._dispatcher.start()
        self._listener.start()

    def stop(self, grace: float = 25.0) -> bool:
        """Take nothing more, and let attempts under way end; whether all did within ``grace`` s."""
        with self._changed:
            self._stopping = True
            self._listener.stop()
            self._changed.notify_all()
            done = self._changed.wait_for(lambda: not self._busy, grace)
        if self._dispatcher:
            self._dispatcher.join(max(0.1, min(grace, 5.0)))
        for _ in range(self._threads):
            self._work.put(None)
        return done

    def wake(self, names: Iterable[str], at: float = 0.0) -> None:
        """Targets have something to send at ``at``."""
        with self._changed:
            for name in names:
                self._due[name] = min(self._due.get(name, at), at)
            self._changed.notify_all()

    def _heard(self) -> None:
        with self._changed:
            self._looked_at = 0.0
            self._called = True
            self._changed.notify_all()

    @property
    def busy(self) -> int:
        """How many lanes are being sent at this moment."""
        return self._busy

    def _run(self) -> None:
        pause = 0.0
        while not self._stopping:
            try:
                self.housekeeping.take_over()
                self._look()
                if self._dispatch():
                    time.sleep(GATHER)
                self.housekeeping.forget()
                pause = 0.0
            except StorageError as error:
                pause = min(5.0, pause * 2 or 0.2)
                log.warning("storage=unavailable error=%r", str(error))
            except Exception:
                pause = min(5.0, pause * 2 or 0.2)
                log.exception("dispatcher=failed")
            with self._changed:
                if not self._stopping:
                    self._changed.wait_for(self._has_work, pause or self._idle())
                if pause and not self._stopping:
                    self._changed.wait(pause)

    def _idle(self) -> float:
        """Seconds until something is due or has to be looked at."""
        now = time.time()
        nearest = now + POLL
        for name, at in self._due.items():
            target = self.targets[name]
            if target.opens_at > now or self.targets.room(name, now) > 0:
                nearest = min(nearest, max(at, target.opens_at))
        if self._busy >= self.limits.senders:
            nearest = now + POLL  # whoever ends first will say so
        if self.housekeeping.is_behind(now):
            nearest = now
        return max(0.005, min(POLL, self._looked_at + POLL - now, nearest - now))

    def _has_work(self) -> bool:
        if self._stopping or self._called:
            return True
        now = time.time()
        if self._busy >= self.limits.senders:
            return False
        return any(at <= now and self.targets.room(name, now) > 0 for name, at in self._due.items())

    def _look(self) -> None:
        """Ask the outbox what is due: others may have put it there."""
        now = time.time()
        if now - self._looked_at < POLL:
            return
        self._called = False
        with self.writer.database.reading() as connection:
            found = due(connection)
        with self._changed:
            for name, at in found.items():
                self._due[name] = min(self._due.get(name, at), at)
        if not self._called:
            self._looked_at = now

    def _dispatch(self) -> int:
        """Claim for every target that has something due and room, in turn; how many lanes."""
        now = time.time()
        wishes: list[Wanted] = []
        with self._changed:
            room = self.limits.senders - self._busy
            for name, at in sorted(self._due.items(), key=lambda item: item[1]):
                mine = min(self.targets.room(name, now), room, AT_ONCE)
                if at > now or mine <= 0:
                    continue
                rate = self.targets.rates.get(name)
                wishes.append(Wanted(name, mine, owner(), now, now + LEASE, rate))
                room -= mine
                del self._due[name]  # before the claim: who wakes it meanwhile is heard
                self._reserve(name, mine)
        answers: list[tuple[Wanted, Request[list[Claimed]]]] = [
            (wish, self.writer.put(claim, wish)) for wish in wishes
        ]
        count = 0
        failure: Exception | None = None
        for wish, answer in answers:
            try:
                found = answer.result()
            except Exception as error:
                failure, found = error, []
            with self._changed:
                self._reserve(wish.target, len(found) - wish.count)
                if wish.rate:  # there may be more when the next token comes
                    self._due.setdefault(wish.target, now + 1 / wish.rate.per_second)
                elif len(found) == wish.count or failure:  # there may be more
                    self._due.setdefault(wish.target, now)
            count += len(found)
            for claimed in found:
                self._hand_over(claimed)
        if failure:
            raise failure
        return count

    def _reserve(self, name: str, count: int) -> None:
        self._busy += count
        self.targets[name].sending += count

    def _hand_over(self, claimed: Claimed) -> None:
        self._work.put(claimed)
        if self._threads < min(self._busy, self.limits.senders):
            self._threads += 1
            threading.Thread(target=self._send, name="sender", daemon=True).start()

    def _send(self) -> None:
        while (claimed := self._work.get()) is not None:
            again = None
            try:
                if self._stopping:
                    self.leave(claimed.target)
                    self.carrier.give_back(claimed)
                else:
                    again = self.carrier.carry(claimed, self)
            except Exception:
                log.exception("delivery=%d carrying=failed", claimed.delivery)
            with self._changed:
                self._busy -= 1
                if again is not None:
                    self._due[claimed.target] = min(self._due.get(claimed.target, again), again)
                self._changed.notify_all()

    def stopping(self) -> bool:
        """See :class:`Hands`, as for the next three."""
        return self._stopping

    def crowded(self, target: str) -> bool:
        return self._due.get(target, FAR) <= time.time()

    def enter(self, target: str) -> bool:
        with self._changed:
            if self.targets.room(target, time.time()) <= 0:
                return False
            self.targets[target].sending += 1
            return True

    def leave(self, target: str) -> None:
        with self._changed:
            self.targets[target].sending -= 1
            self._changed.notify_all()
