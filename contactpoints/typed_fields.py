"""Settings that are no texts, or not every one: flags, numbers, lengths of time."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from alertmanager_configs.durations import parse_duration, parse_go_duration
from alertmanager_configs.loading import Quoted
from alertmanager_configs.problems import Path, Problems
from alertmanager_configs.scalars import WrongTypeError, as_bool, as_float, as_int, mismatch, tag_of
from alertmanager_configs.writing import Plain
from contactpoints.field import Field
from contactpoints.spelling import Family
from contactpoints.text_fields import Text
from contactpoints.values import InvalidError


class Flag(Field):
    """Yes or no; no when left out, unless the line says otherwise."""

    go = "bool"
    zero = False

    def __init__(self, *, default: Any = False, **marks: Any) -> None:
        super().__init__(default=default, **marks)

    def parse(self, raw: Any) -> bool:
        return bool(_typed(as_bool, raw))


class Number(Field):
    """A whole number. ``quoted`` takes one in quotes as well, as Grafana's optional numbers do;
    ``least`` and ``most`` are Grafana's bounds. Alertmanager's follow from ``go``.
    """

    go = "int"
    zero = 0

    def __init__(
        self,
        *,
        quoted: bool = False,
        least: int | None = None,
        most: int | None = None,
        **marks: Any,
    ) -> None:
        super().__init__(**marks)
        self.quoted, self.least, self.most = quoted, least, most

    def parse(self, raw: Any) -> Any:
        if self.quoted and isinstance(raw, Quoted):
            raw = str(raw).strip() or "0"
        number = _typed(lambda value: as_int(value, self.go), raw)
        if self.least is not None and number < self.least:
            raise InvalidError(f"must be at least {self.least}")
        if self.most is not None and number > self.most:
            raise InvalidError(f"must be at most {self.most}")
        return number

    def decode(self, raw: Any, family: Family, path: Path, problems: Problems) -> Any:
        if family == "grafana":
            return super().decode(raw, family, path, problems)
        try:
            number = as_int(raw, self.go)
            if number < 0 and self.go == "uint64":
                raise WrongTypeError(mismatch(raw, self.go))
        except WrongTypeError as error:
            problems.error(path, str(error), "type")
            return None
        return number


def _typed(convert: Callable[[Any], Any], raw: Any) -> Any:
    try:
        return convert(raw)
    except ValueError as error:
        raise InvalidError(str(error), kind="type") from None


class Duration(Text):
    """A length of time in Prometheus' grammar (``1d12h``); kept as written."""

    zero = None

    def parse(self, raw: Any) -> str:
        text = super().parse(raw)
        try:
            parse_duration(text)
        except ValueError as error:
            raise InvalidError(str(error)) from None
        return str(text)


class GoDuration(Text):
    """A length of time in Go's grammar (``1m30s``); kept as written. A bare number is nanoseconds,
    unless ``bare`` is no.
    """

    go = "time.Duration"
    zero = None

    def __init__(self, *, bare: bool = True, **marks: Any) -> None:
        super().__init__(**marks)
        self.bare = bare

    def parse(self, raw: Any) -> str:
        text = str(super().parse(raw))
        if self.bare and not isinstance(raw, Quoted) and tag_of(raw) in ("!!int", "!!float"):
            if abs(as_float(raw)) < 2**63:
                return text
            raise InvalidError(mismatch(raw, self.go), kind="type")
        try:
            parse_go_duration(text)
        except ValueError as error:
            if self.bare:
                raise InvalidError(mismatch(raw, self.go), kind="type") from None
            raise InvalidError(str(error)) from None
        return text

    def write(self, value: Any, family: Family) -> Any:
        written = super().write(value, family)
        is_bare = self.bare and family == "alertmanager" and tag_of(written) != "!!str"
        return Plain(written) if is_bare else written
