"""JSON as it comes from an API, read into the same values and places as YAML."""

from __future__ import annotations

import json
import re
from typing import Any, NoReturn

from .loading import MAX_DEPTH, Document, Quoted, Value
from .problems import Problem, SetupError

_SURROGATE = re.compile("[\ud800-\udfff]")
_SURROGATE_ESCAPE = re.compile(r"(?<!\\)((?:\\\\)*)\\u[dD][89a-fA-F][0-9a-fA-F]{2}")


class _Number(str):
    """Tells a number from a text while both are still spelled out."""

    __slots__ = ()


def load_json(text: str | bytes, name: str = "") -> Document:
    """A JSON document: text is Quoted; numbers, true and false are plain text as written; null is
    None.

    Unlike `load`, it takes surrogate pairs (`\\ud83d\\ude42` is one character) and keys of any
    length. Half a pair becomes U+FFFD, and a repeated key keeps its last value, as in Go. Raises
    SetupError with the place for what is not JSON or is nested deeper than MAX_DEPTH.
    """
    try:
        if isinstance(text, bytes):
            text = text.decode(json.detect_encoding(text))
        data = json.loads(
            text, parse_int=_Number, parse_float=_Number, parse_constant=_refuse_constant
        )
        values = _as_values(data, 0)
    except json.JSONDecodeError as error:
        problem = Problem(f"json: {error.msg}", (), error.lineno, error.colno, "syntax")
        raise SetupError([problem], name) from None
    except UnicodeDecodeError:
        raise SetupError([Problem("json: invalid Unicode text", kind="syntax")], name) from None
    except RecursionError:
        message = f"json: exceeded max depth of {MAX_DEPTH}"
        raise SetupError([Problem(message, kind="syntax")], name) from None
    except ValueError as error:
        raise SetupError([Problem(f"json: {error}", kind="syntax")], name) from None
    # Places are found by the YAML parser, which does not take surrogates: it sees spaces there.
    return Document(values, _SURROGATE_ESCAPE.sub(r"\1\\u0020", text), name)


def _refuse_constant(word: str) -> NoReturn:
    raise ValueError(f"{word} is not a JSON value")


def _as_values(data: Any, depth: int) -> Value:
    if isinstance(data, _Number):
        return str(data)
    if isinstance(data, str):
        return Quoted(_SURROGATE.sub("\ufffd", data))
    if data is None:
        return None
    if isinstance(data, bool):
        return "true" if data else "false"
    if depth >= MAX_DEPTH:
        raise RecursionError
    if isinstance(data, list):
        return [_as_values(item, depth + 1) for item in data]
    return {
        _SURROGATE.sub("\ufffd", key): _as_values(value, depth + 1) for key, value in data.items()
    }
