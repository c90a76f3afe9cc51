"""What a setup means, however it is written: plain values that can be compared.

Defaults and ``global`` are resolved, durations are lengths, matchers and intervals are what they
match, and a template text is its tree with every template that it calls put in.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, NamedTuple

from alertmanager_configs.durations import parse_duration, parse_go_duration
from alertmanager_configs.inhibition import InhibitRule
from alertmanager_configs.intervals import TimeInterval
from alertmanager_configs.matchers import Matcher
from alertmanager_configs.problems import Path
from alertmanager_configs.ranges import (
    Range,
    RangeError,
    day_range,
    month_range,
    time_range,
    weekday_range,
    year_range,
)
from contactpoints.base import Integration
from contactpoints.fields import Duration, Field, FromFile, GoDuration, Interpolated
from contactpoints.http_settings import HttpConfig
from contactpoints.mail_message import canonical, split_addresses
from contactpoints.setup import Setup
from contactpoints.spelling import Family
from translators.secrets import leaves
from translators.terraform_settings import split_text
from translators.variables import pieces_of

if TYPE_CHECKING:
    from translators.gotemplate.meaning import TextMeaning

SECRET = "(secret)"
PLAIN = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-:/ @,%")
"""Characters that stand for themselves in a regular expression."""
SWITCHED_ON = ("follow_redirects", "enable_http2")
"""What of ``http_config`` is true when nobody says so: defaults of github.com/prometheus/common."""
COMPARED = {"=~": "=", "!~": "!="}


class Leaf(NamedTuple):
    """One value: what it means, and how it may be shown (never a secret)."""

    meaning: Any
    shown: str


class Meaning:
    """The meanings of one setup's values; ``setup`` must be of one family."""

    def __init__(self, setup: Setup) -> None:
        self.setup, self.family = setup, setup.family
        self._texts: TextMeaning | None = None

    def text(self, text: str) -> Any:
        """The meaning of a template text."""
        if "{{" not in text:
            return text
        if self._texts is None:
            from translators.gotemplate.meaning import TextMeaning

            sources = {f.name: f.text for f in self.setup.templates if f.text is not None}
            self._texts = TextMeaning(sources, self.family)
        return self._texts.of(text)

    def settings(self, integration: Integration) -> dict[str, Leaf]:
        """Every setting that does not say nothing, leaf by leaf: ``details.firing``."""
        found: dict[str, Leaf] = {}
        for name, field in integration.fields.items():
            value = integration.value(name)
            if integration.type == "email":
                value = of_mail(integration, name, value)
            if value in (None, "", [], {}, False):
                continue
            hidden = list(field.secrets(value))
            templates = {path for path, _ in field.templates(value)}
            key = field.spelling(self.family).name or name
            kind = field.spelling(self.family).kind or field
            for path, leaf in leaves(value) if not isinstance(value, FromFile) else [((), value)]:
                if leaf in (None, "") or (isinstance(field, HttpConfig) and is_default(path, leaf)):
                    continue
                steps = [key, *map(str, path)]
                if is_mail_header(integration, name):
                    steps[1] = canonical(steps[1])
                secret = field.is_secret or any(path[: len(way)] == way for way in hidden)
                meaning = self.leaf(leaf, kind, path in templates)
                if field.terraform.form == "list" and type(leaf) is str and "{{" not in leaf:
                    meaning = tuple(words(leaf, self.family))
                if meaning == "":
                    continue
                found[".".join(steps)] = Leaf(meaning, shown(leaf, secret))
        for key, item in integration.extra.items():
            found[key] = Leaf(repr(item), "(unknown)")
        if integration.quiet:
            found["disableResolveMessage"] = Leaf(("variable", integration.quiet), SECRET)
        found["send_resolved"] = Leaf(integration.send_resolved, str(integration.send_resolved))
        return found

    def leaf(self, leaf: Any, kind: Field, is_text: bool) -> Any:
        """What one value means."""
        if isinstance(leaf, FromFile):
            return ("file", leaf.path)
        if isinstance(leaf, Interpolated):
            return ("variable", pieces_of(leaf)[0])
        if isinstance(leaf, str):
            if isinstance(kind, Duration | GoDuration):
                return leaf if (found := length(leaf)) is None else found
            if is_text:
                return self.text(leaf)
        return str(leaf)


def of_mail(integration: Integration, name: str, value: Any) -> Any:
    """What a setting of a mail says: to one address there is one mail anyway, and an empty greeting
    is the default one.
    """
    if name == "single_email":
        to = str(integration.values.get("addresses", ""))
        return None if "{{" not in to and len(split_addresses(to)) == 1 else value
    if name == "hello" and value == "":
        return integration.fields[name].default(integration.family)
    return value


def is_mail_header(integration: Integration, name: str) -> bool:
    """Whether a setting has names in it that are the same in small letters and in capitals."""
    return integration.type == "email" and name == "headers"


def words(text: str, family: Family) -> list[str]:
    """The parts of a text with separators, such as addresses; Alertmanager has the comma alone."""
    return split_text(text if family == "grafana" else text.replace(";", "\0"))


def is_default(path: Path, leaf: Any) -> bool:
    """Whether a value within ``http_config`` or ``tls_config`` counts without being said."""
    if isinstance(leaf, bool):
        return leaf == (path[-1] in SWITCHED_ON)
    return path[-2:] == ("authorization", "type") and leaf == "Bearer"


def shown(leaf: Any, secret: bool) -> str:
    """How a value is shown: no secret, and not too much of it."""
    if isinstance(leaf, FromFile):
        return f"(the file {leaf.path})"
    if secret or isinstance(leaf, Interpolated):
        return SECRET
    text = repr(leaf) if isinstance(leaf, str) else str(leaf)
    return text if len(text) <= 120 else f"{text[:100]}… ({len(text)} characters)"


def length(text: str) -> int | None:
    """Nanoseconds of a duration in either grammar; ``None`` for what is none."""
    try:
        return parse_duration(text) * 1_000_000
    except ValueError:
        try:
            return parse_go_duration(text)
        except ValueError:
            return None


def matchers(found: Iterable[Matcher]) -> frozenset[tuple[str, str, str]]:
    """What must hold, each condition once; a regular expression without anything regular in it is
    a comparison.
    """
    return frozenset(
        (
            m.name,
            COMPARED.get(m.operator, m.operator) if set(m.value) <= PLAIN else m.operator,
            m.value,
        )
        for m in found
    )


def rule(each: InhibitRule) -> tuple[Any, ...]:
    """What an inhibition rule means; its name means nothing."""
    return (
        matchers(each.all_source_matchers),
        matchers(each.all_target_matchers),
        frozenset(each.equal),
    )


def interval(each: TimeInterval) -> tuple[Any, ...]:
    """The moments of a time interval."""
    whole = {"weekdays": (0, 6), "months": (1, 12)}
    readers = {
        "weekdays": weekday_range,
        "days_of_month": day_range,
        "months": month_range,
        "years": year_range,
    }
    found: list[Any] = []
    for name, read in readers.items():
        texts = getattr(each, name)
        ranges = None if texts is None else merged(map(read, texts), name != "days_of_month")
        found.append(None if ranges == [whole.get(name)] else as_key(ranges))
    times = None
    if each.times is not None:
        try:
            times = merged(
                ((first, last - 1) for first, last in (time_range(*t) for t in each.times)), True
            )
        except RangeError:
            times = [(-1, -1)]
    found.append(None if times == [(0, 1439)] else as_key(times))
    zone = each.location or "UTC"
    return (*found, zone)


def as_key(ranges: list[Range] | None) -> tuple[Range, ...] | None:
    return None if ranges is None else tuple(ranges)


def merged(ranges: Iterable[Range], join: bool) -> list[Range]:
    """Ranges in order, those that touch made one; days of a month may count from its end and stay
    as they are.
    """
    found: list[Range] = []
    for first, last in sorted(set(ranges)):
        if join and found and first <= found[-1][1] + 1:
            found[-1] = (found[-1][0], max(found[-1][1], last))
        else:
            found.append((first, last))
    return found
