"""Inhibition rules: which firing alerts silence which others.

Source: https://prometheus.io/docs/alerting/latest/configuration/#inhibition-related-settings
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache, partial

from .labels import Mode, is_label_name
from .loading import Value
from .matchers import Matcher
from .problems import Path, Problems
from .quoting import go_quote
from .reading import (
    Readers,
    check_classic_name,
    known_readers,
    read_items,
    read_keys,
    read_matcher_list,
    read_patterns,
    read_text,
    read_text_map,
    read_texts,
)
from .routing import all_match
from .scalars import mismatch
from .versions import LATEST, Version
from .writing import as_written

_TYPE = "common.plain"  # what Alertmanager calls a rule in its messages


@dataclass(slots=True)
class InhibitRule:
    """While an alert fires that fits the source, alerts that fit the target are not notified about.

    `equal` names labels that both must have with the same value. `extra` holds the keys that
    Alertmanager does not know, `path` is where the rule stood.
    """

    name: str = ""
    source_match: dict[str, str] = field(default_factory=dict)
    source_match_re: dict[str, str] = field(default_factory=dict)
    source_matchers: list[Matcher] = field(default_factory=list)
    target_match: dict[str, str] = field(default_factory=dict)
    target_match_re: dict[str, str] = field(default_factory=dict)
    target_matchers: list[Matcher] = field(default_factory=list)
    equal: list[str] = field(default_factory=list)
    path: Path = ()
    extra: dict[str, Value] = field(default_factory=dict)

    @property
    def all_source_matchers(self) -> list[Matcher]:
        """The three ways to say the source, together."""
        return _together(self.source_match, self.source_match_re, self.source_matchers)

    @property
    def all_target_matchers(self) -> list[Matcher]:
        """The three ways to say the target, together."""
        return _together(self.target_match, self.target_match_re, self.target_matchers)

    def mutes(self, labels: Mapping[str, str], firing: Iterable[Mapping[str, str]]) -> bool:
        """Whether one of the firing alerts silences the alert with these labels.

        A missing label counts as an empty one. An alert that fits both sides is not silenced by
        another that fits both, so nothing silences itself.
        """
        source, target = self.all_source_matchers, self.all_target_matchers
        if not all_match(target, labels):
            return False
        two_sided = all_match(source, labels)
        for other in firing:
            if not all_match(source, other) or (two_sided and all_match(target, other)):
                continue
            if all(labels.get(name, "") == other.get(name, "") for name in self.equal):
                return True
        return False


def _together(
    match: dict[str, str], match_re: dict[str, str], matchers: list[Matcher]
) -> list[Matcher]:
    return [
        *(Matcher(name, "=", value) for name, value in match.items()),
        *(Matcher(name, "=~", value) for name, value in match_re.items()),
        *matchers,
    ]


# The versions of Alertmanager that brought keys; the others were always there.
SINCE: dict[str, Version] = {
    "source_matchers": (0, 22, 0),
    "target_matchers": (0, 22, 0),
    "name": (0, 30, 0),
}


@cache
def _readers(mode: Mode, version: Version) -> Readers:
    read_matchers = partial(read_matcher_list, mode=mode)
    readers: Readers = {
        "name": ("name", read_text),
        "source_match": ("source_match", read_text_map),
        "source_match_re": ("source_match_re", read_patterns),
        "source_matchers": ("source_matchers", read_matchers),
        "target_match": ("target_match", read_text_map),
        "target_match_re": ("target_match_re", read_patterns),
        "target_matchers": ("target_matchers", read_matchers),
        "equal": ("equal", read_texts),
    }
    return known_readers(readers, SINCE, version)


def read_inhibit_rules(
    value: Value,
    path: Path,
    problems: Problems,
    mode: Mode = "fallback",
    version: Version = LATEST,
) -> list[InhibitRule]:
    """The list of rules in Alertmanager's spelling."""
    items = read_items(value, path, problems, "[]common.InhibitRule")
    return [
        read_inhibit_rule(item, (*path, place), problems, mode, version)
        for place, item in enumerate(items)
    ]


def read_inhibit_rule(
    value: Value,
    path: Path,
    problems: Problems,
    mode: Mode = "fallback",
    version: Version = LATEST,
) -> InhibitRule:
    """One rule in Alertmanager's spelling; whatever is wrong goes to `problems`.

    Keys that came after `version` are not known and go to `extra`.
    """
    rule = InhibitRule(path=path)
    if not isinstance(value, dict):
        if value is not None:
            problems.error(path, mismatch(value, _TYPE), "type")
        return rule
    before = problems.type_errors
    read_keys(rule, value, path, problems, _readers(mode, version), _TYPE)
    for key in ("source_match", "target_match"):
        for name in getattr(rule, key):
            check_classic_name(name, (*path, key, name), problems, before)
    for number, name in enumerate(rule.equal):
        if not is_label_name(name, mode):
            message = f"invalid label name {go_quote(name)} in equal list"
            problems.error((*path, "equal", number), message, since=before)
    return rule


def write_inhibit_rule(rule: InhibitRule) -> dict[str, object]:
    """A rule in Alertmanager's spelling, without what it does not say; unknown keys come last."""
    written: dict[str, object] = {"name": rule.name} if rule.name else {}
    for side in ("source", "target"):
        for key in (f"{side}_match", f"{side}_match_re"):
            if value := getattr(rule, key):
                written[key] = value
        if matchers := getattr(rule, f"{side}_matchers"):
            written[f"{side}_matchers"] = [str(matcher) for matcher in matchers]
    if rule.equal:
        written["equal"] = list(rule.equal)
    return written | {key: as_written(item) for key, item in rule.extra.items()}
