"""Settings that are texts: as they stand, templates, secrets, addresses, one of a few words."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from alertmanager_configs.problems import Path, Problems
from alertmanager_configs.scalars import mismatch
from alertmanager_configs.urls import UrlError, check_http_url
from contactpoints.field import Draw, Field
from contactpoints.spelling import Family
from contactpoints.values import GRAFANA_REDACTED, REDACTED, InvalidError


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

    def takes_any_text(self) -> bool:  # unless it does one of these in another way
        ways = ("read", "decode", "parse", "write")
        return all(getattr(type(self), each) is getattr(Text, each) for each in ways)


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
