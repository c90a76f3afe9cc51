"""Log lines: what the program says while it runs, one line for each thing, for programs to read.

What is logged is written as ``log.warning("delivery=%d error=%r", 7, text)``: the names and the
values become fields, whichever the form. Any other text is the field ``message``.
"""

from __future__ import annotations

import json
import logging
import re
import sys
import traceback
from datetime import UTC, datetime
from typing import Any

FORMS = ("logfmt", "json")
FIELD = re.compile(r"(\w+)=(\S+)")
PLACE = re.compile(r"%[-+ #0]*\d*(?:\.(\d+))?([diufrs])")
PLAIN = re.compile(r"[\w.:/@+,-]+", re.ASCII)  # what logfmt leaves without quotes


class Lines(logging.Formatter):
    """Each record as one line of ``form``: logfmt (key=value) or JSON."""

    def __init__(self, form: str = "logfmt") -> None:
        super().__init__()
        self.form = form

    def format(self, record: logging.LogRecord) -> str:
        at = datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds")
        values: dict[str, Any] = {
            "time": at.replace("+00:00", "Z"),
            "level": record.levelname.lower(),
            "from": record.name,
            "process": record.process,
        }
        for name, value in fields_of(record).items():
            values[f"{name}_" if name in values else name] = value
        if record.exc_info and record.exc_info[0]:
            values["exception"] = "".join(traceback.format_exception(*record.exc_info)).rstrip()
        if self.form == "json":
            return json.dumps(values, ensure_ascii=False, default=str)
        return " ".join(f"{name}={_said(value)}" for name, value in values.items())


def fields_of(record: logging.LogRecord) -> dict[str, Any]:
    """The names and values of a record; ``message`` alone when it is not made of such."""
    args = list(record.args) if isinstance(record.args, tuple) else []
    found: dict[str, Any] = {}
    for word in str(record.msg).split(" "):
        pair = FIELD.fullmatch(word)
        if not pair:
            return {"message": record.getMessage()}
        name, text = pair.groups()
        place = PLACE.fullmatch(text)
        if place and args:
            value = args.pop(0)
            if place[1] and isinstance(value, float):
                value = round(value, int(place[1]))
            found[name] = value
        elif "%" in text:
            return {"message": record.getMessage()}
        else:
            found[name] = text
    return found if not args else {"message": record.getMessage()}


def _said(value: Any) -> str:
    """A value of logfmt. None is empty."""
    if value is None:
        return ""
    text = str(value)
    return text if PLAIN.fullmatch(text) else json.dumps(text, ensure_ascii=False)


def to_stderr(level: str, form: str = "logfmt") -> None:
    """Let everything that is logged go to standard error.

    Libraries have no say below ``info``, and urllib3 hardly any: it logs addresses, and in those of
    many integrations there is a secret.
    """
    number = getattr(logging, level.upper(), logging.INFO)
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(Lines(form))
    logging.basicConfig(handlers=[handler], level=max(number, logging.INFO))
    logging.getLogger("contactpoints").setLevel(number)
    logging.getLogger("urllib3").setLevel(logging.CRITICAL)
