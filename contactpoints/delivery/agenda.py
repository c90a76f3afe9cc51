"""Agenda: what a process has to send: what is due, what it has claimed, and what has ended.

A target has *places*; a thread that has one sends what is ready, one lane after the other, as long
as there is something. Attempts that take a millisecond are best made by few threads, and each that
takes long by a thread of its own: how many lanes are claimed for a place follows from how long
attempts took. What has to wait all the same is given back, so that nothing hangs with what hangs.
"""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Iterable, Mapping

from contactpoints.delivery.lane import Ending, Lane, Settled, given_back
from contactpoints.delivery.targets import Targets
from contactpoints.storage.claims import LEASE, Claimed, Wanted
from contactpoints.storage.endings import Ended
from contactpoints.storage.tables import WAITING

FAR = 1e12  # a time that does not come
IN_A_ROW = 16  # deliveries of one lane before the others have their turn
LATE = 0.5  # seconds after which what is ready is taken to be held up by a slow attempt
HELD = 2  # lanes for each sender, at most: what was posted is in memory for each


class Agenda:
    """Shared by the thread that claims and stores, and those that send."""

    def __init__(self, targets: Targets, senders: int) -> None:
        self.targets = targets
        self.senders = senders
        self.is_stopping = False
        self.is_halted = False
        """Nothing more is begun because what has ended cannot be stored."""
        self._changed = threading.Condition(threading.Lock())
        self._called = False
        self._due: dict[str, float] = {}
        self._ready: dict[str, deque[Lane]] = {}
        self._ended: list[Ending] = []
        self._sending = self._held = 0

    def wake(self, due: Mapping[str, float]) -> None:
        """Targets have something to send at the times given."""
        with self._changed:
            for name, at in due.items():
                self._expect(name, at)
            self._changed.notify_all()

    def _expect(self, name: str, at: float) -> None:
        if at < self._due.get(name, FAR):
            self._due[name] = at

    def call(self) -> None:
        """The outbox is to be looked at: another process has put something there."""
        with self._changed:
            self._called = True
            self._changed.notify_all()

    def is_called(self) -> bool:
        """Whether it was called since this was asked the last time."""
        called, self._called = self._called, False
        return called

    def stop(self, grace: float) -> bool:
        """Begin nothing more; whether within ``grace`` s all was stored, or given back."""
        with self._changed:
            self.is_stopping = True
            self._changed.notify_all()
            return self._changed.wait_for(lambda: not self._held, grace)

    # what the threads do that send

    def next(self, name: str) -> Lane | None:
        """The next lane for a thread with a place at the target; if there is none, that is left."""
        with self._changed:
            target, ready = self.targets[name], self._ready.get(name)
            allowed = self.targets.places(name, time.time())
            if ready and target.sending <= allowed and not self.is_stopping and not self.is_halted:
                return ready.popleft()
            target.sending -= 1
            self._sending -= 1
            self._changed.notify_all()
            return None

    def goes_on(self, lane: Lane) -> bool:
        """Whether the lane's next delivery is to follow at once."""
        target = lane.claimed.target
        if lane.turn >= IN_A_ROW - 1 or self.is_stopping or target in self.targets.rates:
            return False
        return self._due.get(target, FAR) > time.time()  # or others have their turn

    def end(self, lane: Lane, ended: Ended) -> None:
        """This came of it, and is to be stored."""
        with self._changed:
            self._ended.append((lane, ended))
            self._changed.notify_all()

    def lose(self, lane: Lane) -> None:
        """Nobody knows what came of it: its lease has to end."""
        with self._changed:
            self._held -= 1
            self._changed.notify_all()

    # what the thread does that claims and stores

    def wishes(self, who: str, now: float) -> list[Wanted]:
        """What to claim: for every target that has something due and room, in turn."""
        found: list[Wanted] = []
        with self._changed:
            if self.is_stopping or self.is_halted:
                return found
            threads = self.senders - self._sending
            free = self._free()
            for name, at in sorted(self._due.items(), key=lambda item: item[1]):
                each = self.targets.ahead(name)
                count = min(self._room(name, now), threads * each, free)
                if at > now or count <= 0:
                    continue
                rate = self.targets.rates.get(name)
                found.append(Wanted(name, count, who, now, now + LEASE, rate))
                threads -= _parts(count, each)
                free -= count
                del self._due[name]  # before the claim: who wakes it meanwhile is heard
        return found

    def _room(self, name: str, now: float) -> int:
        """How many more lanes of the target may be ready."""
        there = self.targets[name].sending + len(self._ready.get(name, ()))
        return self.targets.places(name, now) * self.targets.ahead(name) - there

    def _free(self) -> int:
        """How many more lanes of any target may be claimed."""
        return HELD * self.senders - self._held

    def ended(self) -> list[Ending]:
        """What is to be stored now."""
        with self._changed:
            found, self._ended = self._ended, []
        return found

    def granted(self, wish: Wanted, found: Iterable[Claimed] | None) -> None:
        """These were claimed; None when nobody knows."""
        lanes = [Lane(claimed) for claimed in found or ()]
        with self._changed:
            self._held += len(lanes)
            self._ready.setdefault(wish.target, deque()).extend(lanes)
            if wish.rate:  # there may be more when the next token comes
                self._due.setdefault(wish.target, wish.now + 1 / wish.rate.per_second)
            elif found is None or len(lanes) == wish.count:  # there may be more
                self._due.setdefault(wish.target, wish.now)

    def stored(self, endings: Iterable[Settled]) -> None:
        """These ends are stored."""
        now = time.time()
        with self._changed:
            for lane, ended, following in endings:
                name = lane.claimed.target
                if following is None:
                    self._held -= 1
                    if ended.state == WAITING:
                        self._expect(name, ended.due)
                    elif not ended.go_on:
                        self._expect(name, now)
                    continue
                lane = Lane(following, lane.turn + 1)
                if self._room(name, now) > 0:
                    self._ready.setdefault(name, deque()).append(lane)
                else:
                    self._ended.append((lane, given_back(lane, now)))
            self._changed.notify_all()

    def unstored(self, endings: list[Ending]) -> None:
        """These ends could not be stored, and are still to be."""
        with self._changed:
            self._ended = endings + self._ended

    def begin(self) -> list[Lane]:
        """Take places for what is ready: a lane for each thread that is to begin there. What would
        have to wait for long is given back.
        """
        now = time.time()
        found: list[Lane] = []
        with self._changed:
            for name, ready in list(self._ready.items()):
                target = self.targets[name]
                if ready and now - ready[0].since > LATE:
                    target.duration = None
                each = self.targets.ahead(name)
                wanted = _parts(len(ready) - target.sending * (each - 1), each)
                free = self.targets.places(name, now) - target.sending
                new = max(0, min(wanted, free, self.senders - self._sending))
                if self.is_stopping or self.is_halted:
                    new, each = 0, 1
                target.sending += new
                self._sending += new
                found += [ready.popleft() for _ in range(new)]
                while ready and each == 1:
                    lane = ready.pop()
                    self._ended.append((lane, given_back(lane, now)))
                if not ready:
                    del self._ready[name]
        return found

    def wait(self, seconds: float) -> None:
        """Until there is something to do, at most so long."""
        with self._changed:
            self._changed.wait_for(self._has_work, min(seconds, self._idle()))

    @property
    def places_taken(self) -> int:
        """How many threads send at this moment."""
        return self._sending

    def is_over(self) -> bool:
        """Whether it was stopped, and nothing is left to do."""
        return self.is_stopping and not self._held

    def _idle(self) -> float:
        """Seconds until something is due."""
        now = time.time()
        nearest = now + (LATE / 2 if self._ready else FAR)
        if self._may_claim():  # else whoever ends first will say so
            for name, at in self._due.items():
                opens_at = self.targets[name].opens_at
                if opens_at > now or self._room(name, now) > 0:
                    nearest = min(nearest, max(at, opens_at))
        return max(0.005, nearest - now)

    def _has_work(self) -> bool:
        if self._called or self._ended or self.is_over():
            return True
        now = time.time()
        return self._may_claim() and any(
            at <= now and self._room(name, now) > 0 for name, at in self._due.items()
        )

    def _may_claim(self) -> bool:
        return self._sending < self.senders and self._free() > 0 and not self.is_stopping


def _parts(count: int, each: int) -> int:
    return -(-count // each)
