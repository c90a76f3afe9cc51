"""The kinds of settings. One line of a declaration is one field: its type, its rules and its
spelling everywhere.

Dialects, forms and the API use :meth:`Field.read` and :meth:`Field.write`, which know the family. A
value is plain data: ``str``, ``bool``, ``int``, lists and dicts of these, or :class:`FromFile`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from alertmanager_configs.durations import parse_duration, parse_go_duration
from alertmanager_configs.loading import Quoted
from alertmanager_configs.problems import Kind, Path, Problems
from alertmanager_configs.scalars import WrongTypeError, as_bool, as_float, as_int, mismatch, tag_of
from alertmanager_configs.urls import UrlError, check_http_url
from alertmanager_configs.writing import Plain
from contactpoints.spelling import Family, PerFamily, Spelling, as_spelling, terraform_name

Draw = Callable[[str, "Field"], str]
"""Draws one template text of a field: what :meth:`Field.render` calls for each."""

Lose = Callable[[str, str, str], None]
"""What a crossing calls for each loss: setting, what became of it (dropped, changed, added), why.
"""


class Schema:
    """A group of settings, one a line. Those of the class above come first."""

    declared: ClassVar[Mapping[str, Field]] = {}

    def __init_subclass__(cls) -> None:
        super().__init_subclass__()
        own = {name: value for name, value in vars(cls).items() if not name.startswith("_")}
        for name, value in own.items():
            if not isinstance(value, Field):
                raise TypeError(f"{cls.__qualname__}.{name}: a setting is one of this module")
        above = [each.declared for each in cls.__mro__[:0:-1] if issubclass(each, Schema)]
        cls.declared = {name: each for group in (*above, own) for name, each in group.items()}


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


class Field:
    """One setting.

    ``default`` is what the family does when the setting is left out (:class:`PerFamily` when they
    differ); ``limit`` is the most characters that the vendor takes (with its source in a comment on
    the line); ``file`` says that Alertmanager has a twin key ``…_file``, ``file_wins`` that it
    takes both and uses the file; ``empty_counts`` that an empty text is one to it; ``help`` is one
    sentence for a form and the documentation. ``terraform`` is a mark for Terraform's provider,
    where its attribute's name does not follow from Grafana's
    (:func:`contactpoints.spelling.terraform_name`) or there is none. ``go`` is the Go type that
    Alertmanager names when the value is of another one.
    """

    setting: str
    """Our name: that of the line."""

    is_secret = False
    is_template = False
    go = "string"
    zero: Any = None
    """What Alertmanager takes ``null`` for; ``None`` where that is the same as leaving it out."""
    is_checked_late = False
    """Whether Alertmanager looks at the value only when it has read the whole integration."""

    def __init__(
        self,
        *,
        grafana: str | Spelling | None = None,
        alertmanager: str | Spelling | None = None,
        terraform: str | Spelling | None = None,
        required: bool = False,
        default: Any = None,
        limit: int = 0,
        file: bool = False,
        file_wins: bool = False,
        html: bool = False,
        empty_counts: bool = False,
        go: str = "",
        label: str = "",
        help: str = "",
    ) -> None:
        self.required, self.label, self.help = required, label, help
        self.empty_counts = empty_counts
        if go:
            self.go = go
        self.spellings = {
            "grafana": as_spelling(grafana),
            "alertmanager": as_spelling(alertmanager),
        }
        self.terraform = as_spelling(terraform)
        self.defaults = default
        self.limit = limit
        self.file = file or file_wins
        self.file_wins = file_wins
        self.html = html
        self._reading: dict[str, Mapping[str, str]] = {}
        self.is_any_text: dict[str, bool] = {}
        """By family: whether every text that is not empty is read and written as it stands."""

    def bind(self, name: str) -> None:
        """Called once, when the declaration is made: the rule spells what no mark did."""
        self.setting = name
        for family, spelling in self.spellings.items():
            self.spellings[family] = spelling.named(name)
            self._reading[family] = spelling.reading()
            self.is_any_text[family] = (
                not spelling.kind
                and not spelling.values
                and all(getattr(type(self), each) is getattr(Text, each) for each in OF_TEXT)
            )
        self.terraform = self.terraform.named(terraform_name(self.spellings["grafana"].name))

    def spelling(self, family: Family) -> Spelling:
        """How ``family`` says this setting."""
        return self.spellings[family]

    def is_drawn(self, family: Family) -> bool:
        """Whether templates are drawn here: not where ``family`` has another kind of value."""
        kind = self.spellings[family].kind
        return kind is None or kind.is_template

    def default(self, family: Family) -> Any:
        """What ``family`` does when the setting is left out; ``None`` for nothing."""
        if isinstance(self.defaults, PerFamily):
            return getattr(self.defaults, family)
        return self.defaults

    def read(self, raw: Any, family: Family, path: Path, problems: Problems) -> Any:
        """Our value for what a dialect of ``family`` says; ``None`` and a problem when it is not
        one.
        """
        if isinstance(raw, AS_WRITTEN):
            return raw
        kind = self.spellings[family].kind
        if kind is None:
            value = self.decode(raw, family, path, problems)
        else:
            value = kind.decode(raw, family, path, problems)
            value = None if value is None else self.taken(value)
        reading = self._reading[family]
        return reading.get(value, value) if reading and isinstance(value, str) else value

    def decode(self, raw: Any, family: Family, path: Path, problems: Problems) -> Any:
        """One raw value in the type that ``family`` wants it in; ``None`` and problems when it is
        another one.
        """
        try:
            return self.parse(raw)
        except InvalidError as error:
            problems.error((*path, *error.path), str(error), error.kind)
            return None

    def write(self, value: Any, family: Family) -> Any:
        """What ``family`` says for our ``value``. :raises InvalidError: when it cannot say
        it.
        """
        spelling = self.spellings[family]
        if spelling.values and isinstance(value, str):
            value = spelling.values.get(value, value)
        return spelling.kind.parse(value) if spelling.kind else value

    def parse(self, raw: Any) -> Any:
        """Check one raw value and give it its type."""
        raise NotImplementedError

    def taken(self, value: Any) -> Any:
        """Our value for one of another kind, which a family has in this one's place."""
        return value

    def render(self, value: Any, draw: Draw) -> Any:
        """``value`` with every template in it drawn."""
        return value

    def cross(self, value: Any, to: Family, lose: Lose) -> Any:
        """``value`` in the shape that the family ``to`` has; ``None`` when nothing is left."""
        return value

    def templates(self, value: Any) -> Iterator[tuple[Path, str]]:
        """Every template text in ``value``, with the way to it."""
        return iter(())

    def secrets(self, value: Any) -> Iterator[Path]:
        """The ways to every secret in ``value``."""
        return iter([()] if self.is_secret and value else [])


class Text(Field):
    """A line of text, taken as it stands."""

    zero: Any = ""

    def parse(self, raw: Any) -> Any:
        if isinstance(raw, str):
            return str(raw)
        if isinstance(raw, dict | list):
            raise InvalidError(mismatch(raw, self.go), kind="type")
        return "" if raw is None else str(raw)

    def taken(self, value: Any) -> Any:
        return str(value)


OF_TEXT = ("read", "decode", "parse", "write")
"""What a kind of text has otherwise when it does not take every text as it stands."""


class Template(Text):
    """Text that is a Go template; ``html`` when it is drawn with HTML escaping."""

    is_template = True

    def render(self, value: Any, draw: Draw) -> Any:
        return draw(value, self) if isinstance(value, str) else value

    def templates(self, value: Any) -> Iterator[tuple[Path, str]]:
        if isinstance(value, str) and "{{" in value:
            yield (), value


class Secret(Text):
    """A password, key or token: never shown."""

    is_secret = True
    go = "config.plain"


class SecretTemplate(Template):
    """A secret that may be a template as well."""

    is_secret = True
    go = "config.plain"


class Url(Text):
    """An http or https address, checked as Go's net/url and Alertmanager do."""

    zero = None

    def parse(self, raw: Any) -> str:
        url = str(super().parse(raw))
        try:
            check_http_url(url)
        except UrlError as error:
            raise InvalidError(error.reason if self.is_secret else str(error)) from None
        return url


class SecretUrl(Url):
    """An address with a token in it."""

    is_secret = True

    def read(self, raw: Any, family: Family, path: Path, problems: Problems) -> Any:
        if family == "grafana" and raw == GRAFANA_REDACTED:
            return str(raw)
        return super().read(raw, family, path, problems)

    def parse(self, raw: Any) -> str:
        return str(raw) if raw == REDACTED else super().parse(raw)


class TemplateUrl(SecretTemplate):
    """An address with a token in it, or since Alertmanager 0.32 a template of one."""

    def decode(self, raw: Any, family: Family, path: Path, problems: Problems) -> Any:
        if family == "grafana":
            return super().decode(raw, family, path, problems)
        version = problems.version
        is_new = version >= TEMPLATES_IN_URLS
        if isinstance(raw, dict | list):
            wanted = "common.plain" if version >= (0, 33, 0) else "config.plain"
            problems.error(path, mismatch(raw, wanted if is_new else "string"), "type")
            return None
        text = "" if raw is None else str(raw)
        if is_new and (not text or "{{" in text):
            return text
        if text == REDACTED and version >= REDACTED_IN_WEBHOOKS:
            return text
        try:
            check_http_url(text)
        except UrlError as error:
            problems.error(path, f"invalid URL: {error.reason}" if is_new else error.reason)
            return None
        return text


TEMPLATES_IN_URLS = (0, 32, 0)
REDACTED_IN_WEBHOOKS = (0, 26, 0)
"""Since then the address is a secret to Alertmanager."""

REDACTED = "<secret>"
"""What Alertmanager's own API shows for a secret: accepted where it was, and never a real value."""

GRAFANA_REDACTED = "[REDACTED]"
"""What Grafana's API and exports show for a secret."""


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


class Choice(Text):
    """One of a few words. ``error`` is the sentence for any other, which ``{}`` in it stands for;
    ``any_case`` takes it in any case.
    """

    is_checked_late = True

    def __init__(
        self, choices: Sequence[str], *, error: str = "", any_case: bool = False, **marks: Any
    ) -> None:
        super().__init__(**marks)
        self.choices, self.error, self.any_case = tuple(choices), error, any_case

    def parse(self, raw: Any) -> Any:
        value = super().parse(raw)
        if value in self.choices:
            return value
        if self.any_case:
            for choice in self.choices:
                if choice.lower() == value.lower():
                    return choice
        error = self.error or f"must be one of {', '.join(repr(c) for c in self.choices)}"
        raise InvalidError(error.replace("{}", value))


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


class HostPort(Text):
    """A host and its port: ``mail.example:25``; IPv6 in brackets."""

    def parse(self, raw: Any) -> str:
        text = str(super().parse(raw))
        if text:
            host, colon, port = text.rpartition(":")
            if not colon or (":" in host and not host.startswith("[")):
                wrong = "too many colons in address" if colon else "missing port in address"
                raise InvalidError(f"address {text}: {wrong}")
            if not port:
                raise InvalidError(f'address "{text}": port cannot be empty')
        return text
