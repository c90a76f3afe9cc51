"""Upper, lower and title case as Go and golang.org/x/text write them."""

from __future__ import annotations

import unicodedata
from functools import lru_cache

_MID = set(
    "'.:\u00b7\u0387\u055f\u05f4\u2018\u2019\u2024\u2027\ufe13\ufe52\ufe55\uff07\uff0e\uff1a"
)
_JOINS = {"Mn", "Me", "Mc", "Cf", "Nd", "Pc", "Lo", "Lm", "Nl"}


def upper(text: str) -> str:
    """strings.ToUpper: letter by letter, so ß stays."""
    return text.upper() if text.isascii() else "".join(map(_upper, text))


def lower(text: str) -> str:
    """strings.ToLower."""
    return text.lower() if text.isascii() else "".join(map(_lower, text))


def _upper(char: str) -> str:
    if "\ud800" <= char <= "\udfff":
        return "\ufffd"  # a stray byte
    changed = char.upper()
    return changed if len(changed) == 1 else char


def _lower(char: str) -> str:
    if "\ud800" <= char <= "\udfff":
        return "\ufffd"
    changed = char.lower()
    return changed if len(changed) == 1 else changed[0] if char == "\u0130" else char


@lru_cache(maxsize=4096)
def _class(char: str) -> str:
    """cased, letter, mid or break: how x/text's word breaking sees a character."""
    if char in _MID:
        return "mid"
    category = unicodedata.category(char)
    if category in ("Lu", "Ll", "Lt") or char.upper() != char or char.lower() != char:
        return "cased"
    if category in _JOINS or char == "\u200d":
        name = unicodedata.name(char, "")
        if name.startswith(("HIRAGANA", "KATAKANA", "CJK", "THAI", "LAO", "KHMER", "MYANMAR")):
            return "break" if category == "Lo" else "letter"
        return "letter"
    return "break"


def title(text: str) -> str:
    """cases.Title(language.AmericanEnglish): each word's first letter large, the others small."""
    parts: list[str] = []
    inside = False
    after_mid = False
    for place, char in enumerate(text):
        kind = _class(char)
        if after_mid and kind == "mid":
            inside = False
        if kind == "cased":
            parts.append(_small(text, place) if inside else char.title())
            inside = True
        else:
            parts.append(char)
            if kind == "break":
                inside = False
        after_mid = kind == "mid"
    return "".join(parts)


def _small(text: str, place: int) -> str:
    char = text[place]
    if char == "\u03a3":  # A sigma at the end of a word has its own form.
        rest = text[place + 1 : place + 2]
        return "\u03c3" if rest and _class(rest) == "cased" else "\u03c2"
    return char.lower()
