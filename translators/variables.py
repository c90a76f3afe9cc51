"""Variables in texts: Grafana's ``${NAME}`` and Terraform's ``var.name``, one said as the other."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import chain, groupby
from typing import cast

from contactpoints.fields import Expression, Interpolated
from contactpoints.interpolation import EXPANDER, OPEN, VARIABLE, split
from translators.hcl.texts import quote, split_template, unescape

TERRAFORM = re.compile(r"(?:var|local|data|module|each|count|self|path|[a-z]\w*_\w+)(?:\.[\w*-]+)+")
ONE = re.compile(r"\s*var\.([A-Za-z_][\w-]*)\s*")


@dataclass(frozen=True)
class Reference:
    """The name of a variable, in small letters."""

    name: str


Piece = str | Reference


class Variables(Expression):
    """An expression that was made here: its variables are to be declared where it is written."""

    names: tuple[str, ...] = ()


def variable_name(*parts: str) -> str:
    """A name made of several: small letters, digits and ``_``, not starting with a digit."""
    name = re.sub(r"[^A-Za-z0-9]+", "_", "_".join(parts)).strip("_").lower()
    return name if name[:1].isalpha() else f"secret_{name}".rstrip("_")


def pieces_of(text: Interpolated) -> tuple[tuple[Piece, ...], str]:
    """The literal pieces and the variables of a text, when it has nothing else, and what it refers
    to for people. Never anything that may be part of a secret.
    """
    if isinstance(text, Expression):
        names = dict.fromkeys(match[0] for match in TERRAFORM.finditer(text))
        return merged(_of_terraform(text)), ", ".join(names)
    found = merged(_of_grafana(text))
    names = dict.fromkeys(
        f"${{{piece.name.upper()}}}" for piece in found if isinstance(piece, Reference)
    )
    return found, ", ".join(names)


def merged(pieces: Iterable[Piece]) -> tuple[Piece, ...]:
    """The pieces, with literal neighbours made one."""
    found: list[Piece] = []
    for is_text, group in groupby(pieces, lambda piece: isinstance(piece, str)):
        same = list(group)
        found += ["".join(cast(Iterable[str], same))] if is_text else same
    return tuple(found)


def references(
    pieces: tuple[Piece, ...], write: Callable[[tuple[Piece, ...]], Interpolated]
) -> str:
    """The variables among the pieces as a dialect says them, for people."""
    found = dict.fromkeys(piece for piece in pieces if isinstance(piece, Reference))
    return ", ".join(write((piece,)) for piece in found)


def _of_terraform(text: Expression) -> Iterator[Piece]:
    if one := ONE.fullmatch(text):
        yield Reference(variable_name(one[1]))
        return
    if not (text.startswith('"') and text.endswith('"')):
        return
    pieces = list(split_template(text[1:-1]))
    if all(ONE.fullmatch(piece) for piece, is_code in pieces if is_code):
        for piece, is_code in pieces:
            if is_code:
                yield Reference(variable_name(piece.strip().removeprefix("var.")))
            elif piece:
                yield unescape(piece)


def _of_grafana(text: Interpolated) -> Iterator[Piece]:
    closed, rest = split(text)
    if any(match[1] == "file" for match in EXPANDER.finditer(closed)):
        return
    plain = EXPANDER.sub(lambda match: f"${{{match[2]}}}", closed) + rest
    for index, part in enumerate(plain.split("$$")):
        if index:
            yield "$"
        start = 0
        closed, rest = split(part)
        for match in chain(VARIABLE.finditer(closed), OPEN.finditer(part, len(closed))):
            if match.start() > start:
                yield part[start : match.start()]
            if match[1] != "" or match[0] != "${":  # what is left open is eaten
                yield Reference((match[1] or match[2] or "").lower())
            start = match.end()
        if part[start:]:
            yield part[start:]


def for_grafana(pieces: tuple[Piece, ...]) -> Interpolated:
    """The pieces as a provisioning file says them."""
    return Interpolated(
        "".join(
            f"${{{piece.name.upper()}}}"
            if isinstance(piece, Reference)
            else piece.replace("$", "$$")
            for piece in pieces
        )
    )


def for_terraform(pieces: tuple[Piece, ...]) -> Variables:
    """The pieces as an expression."""
    names = tuple(piece.name for piece in pieces if isinstance(piece, Reference))
    inside = "".join(
        f"${{var.{piece.name}}}" if isinstance(piece, Reference) else quote(piece)[1:-1]
        for piece in pieces
    )
    made = Variables(f"var.{names[0]}" if len(pieces) == 1 and names else f'"{inside}"')
    made.names = names
    return made
