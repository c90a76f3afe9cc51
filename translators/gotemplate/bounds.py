"""How long, how often and how deep one rendering may go."""

from __future__ import annotations

import time
from contextvars import ContextVar
from typing import Protocol

from translators.gotemplate.errors import Exhausted, TooLong

MAX_OUTPUT = 10 * 1024 * 1024
"""Bytes of one rendered text; Grafana has the same bound."""
LONG = 10_000
"""From this length on the time that a function may take on a string is looked at, and a piece of
output counts at once."""
PIECES = 64
"""As many pieces of output are taken together before they are counted."""
MAX_STEPS = 1_000_000
"""Rounds of all loops of one rendering together."""
MAX_SECONDS = 3.0
MAX_TEMPLATES = 300
"""Templates inside templates. Go's 100,000 only a template that includes itself reaches."""


class Session(Protocol):
    """What the functions that render again need of the rendering under way."""

    def execute(self, name: str, data: object) -> str:
        """tmpl.Exec."""

    def inline(self, text: str, data: object) -> str:
        """tmpl.Inline."""

    def route_label(self, name: str) -> str:
        """routeLabels."""


class Budget:
    """What is left of one rendering. `depth` counts renderings within renderings (tmpl.Exec), and
    `held` is the length of the long pieces that `size` does not have yet.
    """

    __slots__ = ("deadline", "depth", "held", "session", "size", "steps")
    session: Session

    def __init__(self) -> None:
        self.deadline = time.monotonic() + MAX_SECONDS
        self.steps = 0
        self.size = self.held = 0
        self.depth = 0

    def step(self) -> None:
        """One round of a loop."""
        self.steps += 1
        if self.steps > MAX_STEPS:
            raise Exhausted(f"more than {MAX_STEPS} rounds of loops")
        if not self.steps & 15:
            self.check_time()

    def check_time(self) -> None:
        if time.monotonic() > self.deadline:
            raise Exhausted(f"rendering took longer than {MAX_SECONDS:g} seconds")

    def add(self, size: int) -> None:
        """Output of that many characters."""
        self.size += size
        if self.size > MAX_OUTPUT:
            raise TooLong("template output exceeds maximum size")

    def hold(self, size: int) -> None:
        """A piece of output of that many characters, which :meth:`add` is to get with others."""
        self.held += size
        if self.size + self.held > MAX_OUTPUT:
            raise TooLong("template output exceeds maximum size")


current: ContextVar[Budget] = ContextVar("budget")


def weigh(text: str) -> None:
    """A function took or made a long string: neither may it grow nor may there be too many."""
    if len(text) > MAX_OUTPUT:
        raise Exhausted(f"string longer than {MAX_OUTPUT} bytes")
    budget = current.get(None)
    if budget is not None:
        budget.check_time()


def step() -> None:
    """One unit of work of the rendering under way, if one is."""
    budget = current.get(None)
    if budget is not None:
        budget.step()
