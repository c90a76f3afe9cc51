"""Refusals: why a caller is not let in. The sentences say nothing that helps a stranger guess."""

from __future__ import annotations


class NotLetInError(Exception):
    """Whoever asks has shown nothing that is valid."""


class EndedError(NotLetInError):
    """What was shown was valid once, and is not any more."""


class ThrottledError(NotLetInError):
    """Too many wrong tries: the next is looked at in ``wait`` seconds."""

    def __init__(self, wait: float) -> None:
        super().__init__("too many wrong tries; wait a moment")
        self.wait = wait


class BusyError(ThrottledError):
    """Passwords cost much to check, and too many are checked at this moment."""
