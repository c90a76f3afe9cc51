"""Grafana's interpolation of provisioning files: ``$NAME``, ``${NAME}``, ``$__env{NAME}``,
``$__file{path}``, ``$$``.

A text is split at ``$$``, each of which is one literal ``$``. In every piece ``${…}`` and
``$__env{…}`` are filled in first, then ``$__file{…}`` (with white space at its ends left out), and
what comes of that goes through Go's os.ExpandEnv: a ``$`` in a file or in a variable counts again.

Source: Grafana's provisioning documentation, pkg/services/provisioning/values and pkg/setting's
expanders; Go's os.Expand.
"""

from __future__ import annotations

import re
import socket
from collections.abc import Callable, Mapping
from pathlib import Path as FilePath
from typing import Any

from contactpoints.fields import FromFile, Interpolated

WHOLE_FILE = re.compile(r"\$__file\{([^}]+)\}")
EXPANDER = re.compile(r"\$__(env|file)\{([^}]+)\}")
EXPANDED = re.compile(r"\$(|__\w+)\{([^}]+)\}", re.A)
"""What Grafana's expanders look for; the first group of a plain ``${…}`` is empty."""

NAME = r"([A-Za-z_][A-Za-z0-9_]*|[*#$@!?\-0-9])"
VARIABLE = re.compile(rf"\$(?:\{{([^}}]*)\}}|{NAME})")
"""A variable of os.Expand. ``${}`` has an empty name; a ``${`` that nothing closes is eaten."""

OPEN = re.compile(rf"\$(?:\{{()|{NAME})")
"""The same in a text without closing braces."""


def split(piece: str) -> tuple[str, str]:
    """A piece up to its last closing brace, and what follows, in which every ``${`` stays open:
    looking for a brace from each of them would take a time that grows with their number squared.
    """
    end = piece.rfind("}") + 1
    return piece[:end], piece[end:]


def has_variable(piece: str) -> bool:
    """Whether anything is filled in in a piece."""
    closed, rest = split(piece)
    found = EXPANDED.search(closed) or VARIABLE.search(closed)
    return bool(found or OPEN.search(rest.replace("${", "")))


def plain(text: str) -> str | FromFile:
    """What a text of a provisioning file means, as far as it can be known without the machine that
    reads it.

    A secret in a file becomes :class:`FromFile`, a text with variables in it stays as written,
    marked so.
    """
    if "$" not in text:
        return text
    if "$$" not in text and (whole := WHOLE_FILE.fullmatch(text)):
        return FromFile(whole[1])
    return marked(text)


def marked(text: str) -> str:
    """The same for a text that cannot stand in a file of its own, as a name or a duration."""
    if "$" not in text:
        return text
    pieces = text.split("$$")
    if any(map(has_variable, pieces)):
        return Interpolated(text)
    return type(text)("$".join(piece.replace("${", "") for piece in pieces))


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

    def variable(match: re.Match[str]) -> str:
        return environment.get(match[1] or match[2] or "", "")  # nothing for what is eaten

    pieces = []
    for piece in text.split("$$"):
        piece = _filled_in(piece, ("", "__env"), _of_environment(environment))
        piece = _filled_in(piece, ("__file",), _of_file)
        closed, rest = split(piece)
        pieces.append(VARIABLE.sub(variable, closed) + OPEN.sub(variable, rest))
    return "$".join(pieces)


def _filled_in(piece: str, kinds: tuple[str, ...], told: Callable[[str], str]) -> str:
    """``piece`` with the expanders of some kinds filled in.

    Grafana finds them all, and then puts each value in place of the first text that reads like the
    expander: that is another one where a value or another expander has such a text in it.
    """
    closed, rest = split(piece)
    found = list(EXPANDED.finditer(closed))
    values = [told(match[2]) if match[1] in kinds else match[0] for match in found]
    if not any(
        "$" in (value if match[1] in kinds else value[1:])
        for match, value in zip(found, values, strict=True)
    ):
        each = iter(values)
        return EXPANDED.sub(lambda _: next(each), closed) + rest
    for match, value in zip(found, values, strict=True):
        if match[1] in kinds:
            piece = piece.replace(match[0], value, 1)
    return piece


def _of_environment(environment: Mapping[str, str]) -> Callable[[str], str]:
    def told(name: str) -> str:
        value = environment.get(name, "")
        return socket.gethostname() if name == "HOSTNAME" and not value else value

    return told


def _of_file(path: str) -> str:
    return FilePath(path).read_text(encoding="utf-8").strip()


def everywhere(value: Any, change: Callable[[Any], Any]) -> Any:
    """``value`` with every text with a ``$`` (and :class:`FromFile`) in it changed; never a key."""
    if isinstance(value, str):
        return change(value) if "$" in value else value
    if isinstance(value, dict):
        return {
            key: item if item.__class__ is str and "$" not in item else everywhere(item, change)
            for key, item in value.items()
        }
    if isinstance(value, list):
        return [everywhere(item, change) for item in value]
    return change(value) if isinstance(value, FromFile) else value
