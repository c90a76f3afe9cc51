"""What a setting's value may be beside plain data, and what is wrong with one that is not taken."""

from __future__ import annotations

from dataclasses import dataclass

from alertmanager_configs.problems import Kind, Path

REDACTED = "<secret>"
"""What Alertmanager's own API shows for a secret: accepted where it was, and never a real value."""

GRAFANA_REDACTED = "[REDACTED]"
"""What Grafana's API and exports show for a secret."""


@dataclass(frozen=True)
class FromFile:
    """A secret in a file: ``api_url_file`` of Alertmanager, ``$__file{…}`` of Grafana."""

    path: str


class Interpolated(str):
    """A text with variables in it that only the machine that reads it can fill in (``${NAME}``), as
    written.
    """

    __slots__ = ()


class Expression(Interpolated):
    """What a Terraform file says where only Terraform knows the value, as written:
    ``var.slack_url``.
    """

    __slots__ = ()


AS_WRITTEN = (Interpolated, FromFile)
"""What is taken as it is in the place of any value."""


class InvalidError(ValueError):
    """A value that a field does not take; ``path`` leads from the field to the wrong part.

    ``kind`` is the stage at which Alertmanager would find it: a wrong type, or a check of the
    value.
    """

    def __init__(self, message: str, path: Path = (), kind: Kind = "value") -> None:
        super().__init__(message)
        self.path, self.kind = path, kind


class Within(str):
    """The name of an unknown key within a setting: ``steps`` lead to it, and as a text it is
    ``payload.colour``.
    """

    steps: tuple[str, ...]

    def __new__(cls, *steps: str) -> Within:
        made = super().__new__(cls, ".".join(steps))
        made.steps = steps
        return made
