"""From the bytes of a post to checked values, and the list of everything that is wrong."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from datetime import datetime
from functools import lru_cache
from typing import Any, Literal, cast

import msgspec

Status = Literal["firing", "resolved"]

ZERO_TIME = "0001-01-01T00:00:00Z"
"""Go's zero time: what ``endsAt`` of a firing alert says."""

MAX_DEPTH = 100  # a payload needs 4; Grafana's values may nest
MAX_ERRORS = 100  # a hostile body must not make an answer larger than itself
MAX_TRUNCATED = 2**64 - 1

RFC3339 = re.compile(r"\d{4}-\d\d-\d\d[Tt]\d\d:\d\d:\d\d(\.\d+)?([Zz]|[+-]\d\d:\d\d)", re.ASCII)
SURROGATE = re.compile("[\ud800-\udfff]")
SURROGATE_ESCAPE = re.compile(rb"\\u[dD][89a-fA-F]")


class PayloadError(ValueError):
    """A body that is no notification. ``errors``: ``{"path": ..., "message": ...}`` each."""

    def __init__(self, errors: list[dict[str, str]]) -> None:
        super().__init__("; ".join(f"{error['path']}: {error['message']}" for error in errors))
        self.errors = errors


def decode(body: bytes) -> Any:
    """The JSON value in ``body``. :raises PayloadError: when it is none, or too deep."""
    try:
        value, is_plain = msgspec.json.decode(body), True
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        value, is_plain = decode_closely(body), False
    if body.count(b"[") + body.count(b"{") > MAX_DEPTH and _deeper_than(value, MAX_DEPTH):
        raise PayloadError(
            [problem("", f"the body is nested too deep: more than {MAX_DEPTH} levels")]
        )
    return value if is_plain or not SURROGATE_ESCAPE.search(body) else _scrubbed(value)


def decode_closely(body: bytes) -> Any:
    """Decoded by Python's own reader, which takes what msgspec does and means the same by it.

    It also takes a mark of the byte order, lone surrogates and numbers too large for a float; of
    the rest it says what is wrong, and where.

    :raises PayloadError: when it is no JSON.
    """
    try:
        return json.loads(body.decode("utf-8-sig"), parse_constant=_no_constant)
    except UnicodeDecodeError as error:
        raise PayloadError(
            [problem("", f"the body is not UTF-8: byte {error.start} is wrong")]
        ) from None
    except json.JSONDecodeError as error:
        where = f"line {error.lineno} column {error.colno}"
        raise PayloadError([problem("", f"the body is not JSON: {error.msg} at {where}")]) from None
    except RecursionError:
        raise PayloadError([problem("", "the body is nested too deep")]) from None
    except ValueError as error:  # a number with thousands of digits, NaN
        raise PayloadError([problem("", f"the body is not JSON: {error}"[:200])]) from None


def _no_constant(name: str) -> Any:
    raise ValueError(f"{name} is not a JSON number")


def _scrubbed(value: Any) -> Any:
    if isinstance(value, str):
        return SURROGATE.sub("\ufffd", value)
    if isinstance(value, list):
        return [_scrubbed(item) for item in value]
    if isinstance(value, dict):
        return {_scrubbed(key): _scrubbed(item) for key, item in value.items()}
    return value


def _deeper_than(value: Any, depth: int) -> bool:
    level = [value]
    for _ in range(depth):
        level = [
            item
            for one in level
            if isinstance(one, dict | list)
            for item in (one.values() if isinstance(one, dict) else one)
        ]
        if not level:
            return False
    return any(isinstance(item, dict | list) for item in level)


def problem(path: str, message: str) -> dict[str, str]:
    """One line of what is wrong."""
    return {"path": path, "message": message}


class Check:
    """Takes values out of a payload and remembers what is wrong with them."""

    def __init__(self) -> None:
        self.errors: list[dict[str, str]] = []

    @property
    def is_full(self) -> bool:
        """Whether so much is wrong that looking further helps nobody."""
        return len(self.errors) >= MAX_ERRORS

    def error(self, path: str, message: str) -> None:
        if not self.is_full:
            self.errors.append(problem(path, message))

    def text(self, holder: Mapping[str, Any], name: str, at: str, default: str | None = "") -> str:
        """A text; ``default`` None when it has to be there."""
        value = holder.get(name)
        if type(value) is str:
            return value
        if value is None:
            if default is None:
                self.error(at + name, "is missing")
            return default or ""
        self.error(at + name, f"must be text, not {kind(value)}")
        return ""

    def labels(
        self, holder: Mapping[str, Any], name: str, at: str, *, needed: bool = False
    ) -> dict[str, str]:
        """A map of names to texts; Go writes an empty one as null at times."""
        value = holder.get(name)
        if value is None:
            if needed:
                self.error(at + name, "is missing")
            return {}
        if type(value) is not dict:
            self.error(at + name, f"must be an object of texts, not {kind(value)}")
            return {}
        for key, text in value.items():
            if type(text) is not str:
                self.error(f"{at}{name}.{key}"[:300], f"must be text, not {kind(text)}")
        return value

    def status(self, holder: Mapping[str, Any], at: str) -> Status:
        value = self.text(holder, "status", at, None)
        if value not in ("firing", "resolved") and isinstance(holder.get("status"), str):
            self.error(at + "status", f"must be firing or resolved, not {value[:40]!r}")
        return cast(Status, value)

    def time(self, holder: Mapping[str, Any], name: str, at: str) -> str:
        value = self.text(holder, name, at, ZERO_TIME)
        if value != ZERO_TIME and not is_time(value) and isinstance(holder.get(name), str):
            self.error(at + name, f"must be an RFC 3339 time, not {value[:40]!r}")
        return value


@lru_cache(4096)  # the alerts of a group often start together, and repeats do
def is_time(text: str) -> bool:
    """Whether it is an RFC 3339 time that exists."""
    if not RFC3339.fullmatch(text):
        return False
    try:
        datetime.fromisoformat(text.upper())
    except ValueError:
        return False
    return True


def kind(value: Any) -> str:
    """What a JSON value is, for people."""
    names = {
        bool: "true or false",
        int: "a number",
        float: "a number",
        str: "text",
        list: "a list",
        dict: "an object",
    }
    return names.get(type(value), "null")
