"""How a family says an integration, and that it does not."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Receiver:
    """Alertmanager's list of this integration: its key, the first version that knew it, whether it
    tells of resolved alerts when not asked, and the Go type of its settings (``config.`` and the
    class with ``Config`` behind, unless said), which is in messages.
    """

    key: str
    since: str
    send_resolved: bool = True
    go: str = ""


@dataclass(frozen=True)
class Absent:
    """The family does not have the integration; ``why`` is one sentence for people."""

    why: str


@dataclass(frozen=True)
class SaidAs:
    """The family says it as another integration, ``type``, whose settings have the same names;
    ``why`` is one sentence for people.
    """

    type: str
    why: str


@dataclass(frozen=True)
class Notice:
    """A service that is gone or going, as of ``date`` (ISO), and what takes its place."""

    date: str
    text: str
