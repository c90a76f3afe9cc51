"""Worker: takes what is due out of the outbox and sends it, many lanes at a time.

One thread claims lanes and stores what became of them, in beats: what has ended since the last one,
and all that there is to claim, share a commit. Others send. None of them waits for a commit.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Iterable
from dataclasses import dataclass
from queue import SimpleQueue

from contactpoints.delivery.agenda import Agenda
from contactpoints.delivery.carrier import Carrier
from contactpoints.delivery.housekeeping import Housekeeping
from contactpoints.delivery.lane import Ending, Lane, Settled, given_back
from contactpoints.delivery.owner import owner
from contactpoints.delivery.targets import Targets
from contactpoints.delivery.telling import tell_end
from contactpoints.storage.claims import Claimed, claim
from contactpoints.storage.committing import Failure
from contactpoints.storage.database import StorageError
from contactpoints.storage.endings import end
from contactpoints.storage.history import due
from contactpoints.storage.listening import Listener
from contactpoints.storage.writer import Writer

log = logging.getLogger(__name__)

POLL = 1.0  # seconds after which the outbox is looked at though nobody called
GATHER = 0.008
"""Seconds between a commit and the next while something is being sent. Attempts end one by one; a
commit for each would cost more than the attempt. So much longer may what a kill hits be sent twice.
"""


@dataclass
class Limits:
    """How much a worker does. ``history`` is the age in seconds at which the past is forgotten,
    ``audit`` that at which it is forgotten who did what, 0 for never.
    """

    senders: int = 32
    history: float = 7 * 24 * 3600.0
    audit: float = 0.0


class Worker:
    """One thread that claims and stores, and up to ``senders`` that send, in this process."""

    def __init__(
        self, writer: Writer, carrier: Carrier, targets: Targets, limits: Limits | None = None
    ) -> None:
        self.writer = writer
        self.carrier = carrier
        self.targets = targets
        self.limits = limits or Limits()
        self.agenda = Agenda(targets, self.limits.senders)
        self.housekeeping = Housekeeping(writer, self.limits.history, self.limits.audit)
        self._work: SimpleQueue[Lane | None] = SimpleQueue()
        self._listener = Listener(writer.database, owner(), self.agenda.call)
        self._dispatcher: threading.Thread | None = None
        self._threads = 0
        self._looked_at = 0.0
        self._stopping = threading.Event()

    def start(self) -> None:
        """Begin to send. What an earlier process left is taken up."""
        self._dispatcher = threading.Thread(target=self._run, name="dispatcher", daemon=True)
        self._dispatcher.start()
        self._listener.start()

    def stop(self, grace: float = 25.0) -> bool:
        """Take nothing more, and let attempts under way end; whether all did within ``grace`` s."""
        self._stopping.set()
        self._listener.stop()
        done = self.agenda.stop(grace)
        if self._dispatcher:
            self._dispatcher.join(max(0.1, min(grace, 5.0)))
        for _ in range(self._threads):
            self._work.put(None)
        return done

    def wake(self, names: Iterable[str]) -> None:
        """Targets have something to send."""
        self.agenda.wake(dict.fromkeys(names, 0.0))

    def _run(self) -> None:
        pause = 0.0
        while not self.agenda.is_over():
            try:
                if self._beat() and self.agenda.places_taken:
                    time.sleep(GATHER)
                if not self.agenda.is_stopping:
                    if self.housekeeping.take_over():
                        self.agenda.call()
                    self._look()
                    self.housekeeping.forget()
                pause = 0.0
            except StorageError as error:
                pause = min(5.0, pause * 2 or 0.2)
                log.warning("storage=unavailable error=%r", str(error))
            except Exception:
                pause = min(5.0, pause * 2 or 0.2)
                log.exception("dispatcher=failed")
            if pause:
                self._stopping.wait(pause)
            else:
                self.agenda.wait(self._until_next_look())

    def _until_next_look(self) -> float:
        if self.agenda.is_stopping:
            return POLL
        now = time.time()
        rest = self._looked_at + POLL - now
        return 0.005 if self.housekeeping.is_behind(now) else max(0.005, rest)

    def _look(self) -> None:
        """Ask the outbox what is due: others may have put it there."""
        now = time.time()
        if not self.agenda.is_called() and now - self._looked_at < POLL:
            return
        with self.writer.database.reading() as connection:
            found = due(connection)
        self._looked_at = now
        self.agenda.wake(found)

    def _beat(self) -> int:
        """Store what has ended, claim what is due, and have it sent; how much of all that it was.

        :raises StorageError: when something could not be stored or claimed; it stays to be.
        """
        endings = self.agenda.ended()
        wishes = self.agenda.wishes(owner(), time.time())
        stored = self.writer.put_all(end, [ended.without_payload() for _, ended in endings])
        claimed = self.writer.put_all(claim, wishes)
        failure: Exception | None = None
        for wish, answer in zip(wishes, claimed.result(), strict=True):
            if isinstance(answer, Failure):
                self.agenda.granted(wish, None)
                failure = answer.error
            else:
                self.agenda.granted(wish, answer)
        settled, unsettled = self._settled(endings, stored.result())
        begun = self.agenda.begin()
        for lane in begun:
            self._hand_over(lane)
        for _, ended, _ in settled:
            tell_end(ended, self.carrier.kind(ended.claimed))
        if failure := failure or unsettled:
            raise failure
        return len(endings) + len(begun)

    def _settled(
        self, endings: Iterable[Ending], answers: Iterable[Claimed | Failure | None]
    ) -> tuple[list[Settled], StorageError | None]:
        """The ends that were stored. One that was not is stored later, however long that takes: it
        must not be sent again.
        """
        failure: StorageError | None = None
        settled: list[Settled] = []
        again: list[Ending] = []
        for (lane, ended), answer in zip(endings, answers, strict=True):
            if not isinstance(answer, Failure):
                settled.append((lane, ended, answer))
            elif isinstance(answer.error, StorageError):
                failure = answer.error
                again.append((lane, ended))
            else:
                log.error(
                    "delivery=%d storing=failed", ended.claimed.delivery, exc_info=answer.error
                )
                self.agenda.lose(lane)
        if again:
            log.warning("unstored=%d error=%r", len(again), str(failure))
        if again and self.agenda.is_stopping:  # their leases end
            for lane, _ in again:
                self.agenda.lose(lane)
            again = []
        self.agenda.is_halted = bool(again)
        self.agenda.unstored(again)
        self.agenda.stored(settled)
        return settled, failure

    def _hand_over(self, lane: Lane) -> None:
        self._work.put(lane)
        if self._threads < min(self.agenda.places_taken, self.limits.senders):
            self._threads += 1
            threading.Thread(target=self._send, name="sender", daemon=True).start()

    def _send(self) -> None:
        while (lane := self._work.get()) is not None:
            target = lane.claimed.target
            following: Lane | None = lane
            while following:
                self._carry(following)
                following = self.agenda.next(target)

    def _carry(self, lane: Lane) -> None:
        try:
            if self.agenda.is_stopping:
                ended = given_back(lane, time.time())
            else:
                ended = self.carrier.carry(lane.claimed, go_on=self.agenda.goes_on(lane))
        except Exception:
            log.exception("delivery=%d carrying=failed", lane.claimed.delivery)
            self.agenda.lose(lane)
        else:
            self.agenda.end(lane, ended)
