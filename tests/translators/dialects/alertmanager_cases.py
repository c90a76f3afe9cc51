"""Small alertmanager.yml files made from the declarations: every setting with every odd value."""

from __future__ import annotations

import itertools
import re
import subprocess
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path

from alertmanager_configs.versions import Version
from contactpoints.groups import Part, Parts
from contactpoints.integrations import by_receiver_key
from translators.alertmanager_globals import known_globals
from translators.checks import check

LEAST: Mapping[str, Mapping[str, str]] = {
    "webhook_configs": {"url": "http://h/"},
    "email_configs": {"to": "a@b", "from": "c@d", "smarthost": "h:25"},
    "pagerduty_configs": {"routing_key": "k"},
    "slack_configs": {"api_url": "http://h/"},
    "opsgenie_configs": {"api_key": "k"},
    "pushover_configs": {"user_key": "u", "token": "t"},
    "victorops_configs": {"routing_key": "r", "api_key": "k"},
    "wechat_configs": {"api_secret": "s", "corp_id": "c"},
    "sns_configs": {"topic_arn": "arn"},
    "telegram_configs": {"bot_token": "t", "chat_id": "1"},
    "discord_configs": {"webhook_url": "http://h/"},
    "webex_configs": {"room_id": "r", "http_config": "{authorization: {credentials: x}}"},
    "msteams_configs": {"webhook_url": "http://h/"},
    "msteamsv2_configs": {"webhook_url": "http://h/"},
    "jira_configs": {"api_url": "http://h/", "project": "p", "issue_type": "i"},
    "rocketchat_configs": {"token": "t", "token_id": "i"},
    "incidentio_configs": {"url": "http://h/", "alert_source_token": "t"},
    "mattermost_configs": {"webhook_url": "http://h/"},
}
"""The least that each integration needs."""

VALUES = (
    *("abc", "1", "1.5", "true", "'yes'", "''", "null", "[]", "[a]", "{}", "{a: b}", "'5'", "010"),
    *("17:00", "'{{ bad'", "'{{ .X }}'", "http://h/", "ftp://x", "http://", "1m", "-1", "1d", "5s"),
    *("[null]", "[{}]", "[[a]]", "{a: null}", "{a: [b]}", "!!str 5", "2024-01-01", "1e3", "0x1F"),
    *("h:25", "<secret>", "99999999999999999999", "[{a: b}]", "{a: {b: c}}", "text", "HTML"),
)
ENTRIES = ("[{}]", "[null]", "[a]", "[[a]]", "{}", "a", "null", "[]", "[null, {}]", "[[], {}]")
GLOBAL = {
    "slack_api_url": "http://g/",
    "smtp_from": "g@g",
    "smtp_smarthost": "g:25",
    "opsgenie_api_key": "g",
    "victorops_api_key": "g",
    "wechat_api_secret": "g",
    "wechat_api_corp_id": "g",
}
Pairs = Mapping[str, str]


def flow(pairs: Pairs) -> str:
    """A mapping on one line."""
    return "{" + ", ".join(f"{key}: {value}" for key, value in pairs.items()) + "}"


def configuration(key: str, entries: str, shared: Pairs | None = None) -> str:
    """A whole file with one receiver."""
    head = f"global: {flow(shared)}\n" if shared else ""
    return f"{head}route:\n  receiver: a\nreceivers:\n- name: a\n  {key}: {entries}\n"


def of_integrations() -> Iterator[str]:
    """Every setting with every value, missing, and beside the file that may stand in its place."""
    for key, declared in by_receiver_key().items():
        least = LEAST[key]
        for entries, shared in itertools.product(ENTRIES, ({}, GLOBAL)):
            yield configuration(key, entries, shared)
        for left_out, shared in itertools.product(least, ({}, GLOBAL)):
            rest = {name: value for name, value in least.items() if name != left_out}
            yield configuration(key, f"[{flow(rest)}]", shared)
        names = [*declared.spelled["alertmanager"], "send_resolved", "unknown_key"]
        for name, value in itertools.product(names, VALUES):
            yield configuration(key, f"\n  - {flow({**least, name: value})}")
        for name in names:
            file = f"{name}_file"
            values = itertools.product(("x", "http://h/", "''"), ("/f", "''"), ({}, GLOBAL))
            for own, other, shared in values if file in names else ():
                yield configuration(key, f"[{flow({**least, name: own, file: other})}]", shared)
        for field in declared.fields.values():
            spelling = field.spelling("alertmanager")
            if type(field) in (Part, Parts) and spelling.exists:
                for entry in _parts(field):  # type: ignore[arg-type]
                    yield configuration(key, f"\n  - {flow({**least, spelling.name: entry})}")


def _parts(field: Part) -> Iterator[str]:
    parts = {part.spelling("alertmanager").name: part for part in field.parts.values()}
    whole = {name: "x" for name, part in parts.items() if name and not isinstance(part, Part)}
    for name, value in itertools.product([*filter(None, parts), "unknown_key"], VALUES):
        for entry in (flow({**whole, name: value}), flow({name: value})):
            yield f"[{entry}]" if isinstance(field, Parts) else entry


def of_globals() -> Iterator[str]:
    """Every key of ``global`` with every value, and what comes of it for every integration."""
    keys = [*known_globals((0, 34, 0)), "resolve_timeout", "unknown_key"]
    for key, value in itertools.product(keys, VALUES):
        yield configuration("webhook_configs", "[{url: http://h/}]", {key: value})
    for (receiver, least), key in itertools.product(LEAST.items(), keys):
        for value, first in itertools.product(("x", "http://h/", "null", "/f"), (0, 1)):
            some = dict([*least.items()][first:])
            yield configuration(receiver, f"[{flow(some)}]", {key: value})


def said(text: str, version: Version) -> tuple[bool, str]:
    """Our verdict, and the first message as amtool would print it."""
    verdict = check(text, name="", read="alertmanager", version=version)
    if verdict.valid:
        return True, ""
    first = verdict.errors[0]
    return False, f"line {first.line}: {first.message}" if first.kind == "type" else first.message


def amtool(program: str, texts: Sequence[str], folder: Path) -> Iterator[tuple[bool, str]]:
    """The verdict of amtool on each text, and its first message; "" when it crashed."""
    names = [f"{place:05}.yml" for place in range(len(texts))]
    for name, text in zip(names, texts, strict=True):
        (folder / name).write_text(text, encoding="utf-8")
    while names:
        printed = subprocess.run(
            [program, "check-config", *names[:200]], cwd=folder, capture_output=True, text=True
        )
        parts = re.split(r"^Checking '\d+\.yml'", printed.stdout, flags=re.MULTILINE)[1:]
        for part in parts:
            outcome = re.search(
                r"^(?:  )?\s*(SUCCESS|FAILED: (?:yaml: unmarshal errors:\n  )?(.*))",
                part,
                re.MULTILINE,
            )
            yield (outcome is not None and outcome[1] == "SUCCESS"), (outcome and outcome[2]) or ""
        names = names[len(parts) :]


def every(step: int, *sources: Iterable[str]) -> list[str]:
    """Each ``step``-th of all texts, each text once."""
    return list(dict.fromkeys(itertools.chain(*sources)))[::step]
