"""Go's number literals: what integer, float or complex value a text stands for."""

from __future__ import annotations

import re

from translators.gotemplate.nodes import Number
from translators.gotemplate.quoting import quote, unquote_char

_INTEGER = re.compile(
    r"[+-]?(?:0[xX](?:_?[0-9a-fA-F])+|0[bB](?:_?[01])+|0[oO](?:_?[0-7])+"
    r"|0(?:_?[0-7])+|[1-9](?:_?[0-9])*|0)"
)
_DECIMAL = re.compile(r"[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?")
_HEX_FLOAT = re.compile(
    r"[+-]?0[xX](?:[0-9a-fA-F]+(?:\.[0-9a-fA-F]*)?|\.[0-9a-fA-F]+)[pP][+-]?[0-9]+"
)
_WORDS = re.compile(r"[+-]?(?:inf(?:inity)?)|nan", re.IGNORECASE)


def parse_integer(text: str) -> int | None:
    """strconv.ParseInt with base 0, without a bound on the size; None when it is no integer."""
    if not _INTEGER.fullmatch(text):
        return None
    digits = text.replace("_", "").lstrip("+-").lower()
    if len(digits) > 80:
        return 1 << 70 if text[0] != "-" else -1 << 70
    value = int(digits, 0) if digits[:1] != "0" or digits[1:2] in tuple("xbo") else int(digits, 8)
    return -value if text[0] == "-" else value


def parse_float(text: str) -> float | None:
    """strconv.ParseFloat: decimal, hexadecimal with exponent, inf and nan; None when malformed.

    Underscores are accepted only where Go's literals with a base prefix have them.
    """
    if "_" in text:
        if text.lstrip("+-")[:2].lower() != "0x" or re.search(r"__|_$|_[.pP]|[.pP+-]_", text):
            return None
        text = text.replace("_", "")
    if _DECIMAL.fullmatch(text) or _WORDS.fullmatch(text):
        return float(text)
    if _HEX_FLOAT.fullmatch(text):
        try:
            return float.fromhex(text)
        except OverflowError:
            return float("-inf" if text[0] == "-" else "inf")
    return None


def _finite(text: str) -> float | None:
    value = parse_float(text)
    return None if value is None or value in (float("inf"), float("-inf")) else value


def character(position: int, text: str) -> Number:
    """The node of a character constant. ValueError when it is malformed."""
    code = unquote_char(text)
    return Number(position, text, code, code, float(code))


def number(position: int, text: str) -> Number:
    """The node of a number or of a complex constant. ValueError (a sentence) when it is none."""
    node = Number(position, text)
    if text[-1:] == "i":
        return _imaginary(node)
    value = parse_integer(text)
    if value is not None:
        if 0 <= value < 1 << 64 and (text[0] not in "+-" or value == 0):
            node.unsigned = value
        if -(1 << 63) <= value < 1 << 63:
            node.integer = value
    if node.integer is not None:
        node.floating = float(node.integer)
    elif node.unsigned is not None:
        node.floating = float(node.unsigned)
    else:
        floating = _finite(text)
        if floating is not None:
            if not any(c in text for c in ".eEpP"):
                raise ValueError(f"integer overflow: {quote(text)}")
            node.floating = floating
            if floating == int(floating):
                if -(1 << 63) <= floating < 1 << 63:
                    node.integer = int(floating)
                if 0 <= floating < 1 << 64:
                    node.unsigned = int(floating)
    if node.integer is None and node.unsigned is None and node.floating is None:
        raise ValueError(f"illegal number syntax: {quote(text)}")
    return node


def _imaginary(node: Number) -> Number:
    split = max(node.text.rfind("+", 1), node.text.rfind("-", 1))
    if split > 0 and node.text[split - 1] in "eEpP":
        before = node.text[: split - 1]
        split = max(before.rfind("+", 1), before.rfind("-", 1))
    real = _finite(node.text[:split]) if split > 0 else 0.0
    imaginary = _finite(node.text[split if split > 0 else 0 : -1])
    if real is None or imaginary is None:
        raise ValueError(f"illegal number syntax: {quote(node.text)}")
    node.imaginary = complex(real, imaginary)
    if imaginary == 0:
        node.floating = real
        if real == int(real) and abs(real) < 1 << 63:
            node.integer = int(real)
            node.unsigned = int(real) if real >= 0 else None
    return node
