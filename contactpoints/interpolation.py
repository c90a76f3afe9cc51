"""Grafana's interpolation of provisioning files: ``$NAME``, ``${NAME}``, ``$__env{NAME}``,
``$__file{path}``, ``$$``.

Source: Grafana's provisioning documentation, and pkg/services/provisioning/values: a text is split
at ``$$`` (one literal ``$``), the rest goes through the expanders and then through Go's
os.ExpandEnv.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from pathlib import Path as FilePath
from typing import Any

from contactpoints.fields import FromFile, Interpolated

WHOLE_FILE = re.compile(r"\$__file\{([^}]*)\}")
EXPANDER = re.compile(r"\$__(env|file)\{([^}]*)\}")
VARIABLE = re.compile(r"\$(?:\{([^}]*)\}|([A-Za-z_][A-Za-z0-9_]*|[*#$@!?\-0-9]))")


def plain(text: str) -> str | FromFile:
    """What a text of a provisioning file means, as far as it can be known without the machine that
    reads it.

    A secret in a file becomes :class:`FromFile`, a text with variables in it stays as written,
    marked so.
    """
    if "$" not in text:
        return text
    if whole := WHOLE_FILE.fullmatch(text):
        return FromFile(whole[1])
    pieces = text.split("$$")
    if any(EXPANDER.search(piece) or VARIABLE.search(piece) for piece in pieces):
        return Interpolated(text)
    return type(text)("$".join(pieces))


def escaped(value: str | FromFile) -> str:
    """The other way round: how a provisioning file says ``value``."""
    if isinstance(value, FromFile):
        return f"$__file{{{value.path}}}"
    if isinstance(value, Interpolated) or "$" not in value:
        return value
    return value.replace("$", "$$")


def expanded(text: str, environment: Mapping[str, str]) -> str:
    """What Grafana makes of ``text`` when it reads the file: an unset variable is empty.

    :raises OSError: when a file that is named cannot be read.
    """

    def expander(match: re.Match[str]) -> str:
        kind, name = match.groups()
        if kind == "env":
            return environment.get(name, "")
        return FilePath(name).read_text(encoding="utf-8").rstrip("\r\n")

    def variable(match: re.Match[str]) -> str:
        return environment.get(match[1] or match[2] or "", "")

    return "$".join(
        VARIABLE.sub(variable, EXPANDER.sub(expander, piece)) for piece in text.split("$$")
    )


def everywhere(value: Any, change: Callable[[Any], Any]) -> Any:
    """``value`` with every text (and :class:`FromFile`) in it changed; never a key."""
    if isinstance(value, str | FromFile):
        return change(value)
    if isinstance(value, dict):
        return {key: everywhere(item, change) for key, item in value.items()}
    if isinstance(value, list):
        return [everywhere(item, change) for item in value]
    return value
