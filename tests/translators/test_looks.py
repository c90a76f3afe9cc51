"""With --keep-look messages say after the move what they said before, for every integration that
both families have.
"""

from __future__ import annotations

from typing import Any

import pytest

from contactpoints.base import Absent, Integration
from contactpoints.integrations import integrations
from contactpoints.setup import ContactPoint, Setup, TemplateFile
from contactpoints.spelling import FAMILIES, Family
from translators.crossing import cross
from translators.gotemplate import (
    TemplateSet,
    default_trees,
    example_payload,
    notification_data,
)
from translators.gotemplate.environment import parse_functions
from translators.gotemplate.losses import _OWN
from translators.losses import Report
from translators.texts import SUSPICIOUS, Texts

HOOK = "https://hooks.example.com/a"
VICTOROPS = "https://alert.victorops.com/integrations/generic/20131114/alert/k/r"
NEEDED: dict[str, dict[str, Any]] = {
    "discord": {"url": HOOK},
    "email": {"addresses": "a@example.com", "smarthost": "a:25", "sender": "b@example.com"},
    "jira": {
        "api_url": HOOK,
        "project": "P",
        "issue_type": "Bug",
        "user": "u",
        "password": "p",
        "http_config": {"basic_auth": {"username": "u", "password": "p"}},
    },
    "msteams": {"url": HOOK},
    "opsgenie": {"api_key": "k"},
    "pagerduty": {"routing_key": "k"},
    "pushover": {"user_key": "u", "token": "t"},
    "slack": {"url": HOOK},
    "sns": {"topic_arn": "arn:aws:sns:us-east-1:1:a", "sigv4": {"region": "us-east-1"}},
    "teams": {"url": HOOK},
    "telegram": {"bot_token": "t", "chat_id": "1"},
    "victorops": {"url": VICTOROPS, "api_key": "k", "routing_key": "r"},
    "webex": {"room_id": "r", "bot_token": "t"},
    "wechat": {"corp_id": "c", "api_secret": "s", "agent_id": "a", "to_user": "u"},
}
NOT_TEXTS = {"priority"}
"""Of Pushover: two numbers in Grafana, a template in Alertmanager."""
MOVED = {
    ("email", "alertmanager", "subject"): lambda made: made.values["headers"]["Subject"],
    ("discord", "alertmanager", "message"): lambda made: made.values["content"],
}
WAYS: list[tuple[Family, Family]] = [("alertmanager", "grafana"), ("grafana", "alertmanager")]


def sayable(declared: type[Integration], origin: Family, to: Family) -> bool:
    absent = {"alertmanager": declared.alertmanager, "grafana": declared.grafana}
    return not isinstance(absent[origin], Absent) and not isinstance(absent[to], Absent)


CASES = [
    (name, origin, to)
    for name in NEEDED
    for origin, to in WAYS
    if sayable(integrations()[name], origin, to)
    and not (name in ("msteams", "wechat") and origin == "grafana")
]


def payloads() -> list[dict[str, Any]]:
    """Some that fire and one that does not, as an Alertmanager sends them. Grafana's links to
    silences are of no use there, and are left out; without an address Grafana writes none.
    """
    example = example_payload()
    resolved = [alert for alert in example["alerts"] if alert["status"] == "resolved"]
    return [
        {**example, "externalURL": ""},
        {**example, "externalURL": "", "status": "resolved", "alerts": resolved},
    ]


def drawn(setup: Setup, text: Any, payload: dict[str, Any]) -> Any:
    if isinstance(text, dict):
        return {key: drawn(setup, value, payload) for key, value in text.items()}
    sources = {file.name: file.text or "" for file in setup.templates}
    templates = TemplateSet(sources, family=setup.family)
    result = templates.render(str(text), notification_data(payload, family=setup.family))
    assert result.error is None, result.error
    return result.text


def setup_of(name: str, origin: Family, **values: Any) -> Setup:
    declared = integrations()[name]
    needed = {
        key: value
        for key, value in NEEDED[name].items()
        if declared.fields[key].spelling(origin).exists
        and not (key == "http_config" and origin == "grafana")
    }
    made = declared({**needed, **values}, family=origin, uid="u" if origin == "grafana" else "")
    return Setup(origin, contact_points=[ContactPoint("ops", [made])])


@pytest.mark.parametrize(("name", "origin", "to"), CASES)
def test_a_message_says_what_it_said_before(name: str, origin: Family, to: Family) -> None:
    before = setup_of(name, origin)
    (mine,) = before.contact_points[0].integrations
    report = Report()
    texts = Texts(before, to, report, keep_look=True).default(mine)
    after = cross(before, to, report, keep_look=True)
    (made,) = after.contact_points[0].integrations
    compared = [each for each in texts if each not in NOT_TEXTS]
    if name == "victorops" and to == "grafana":
        compared.remove("monitoring_tool")  # Grafana names itself, which is reported
    assert compared
    for setting in compared:
        moved = MOVED.get((name, to, setting))
        text = moved(made) if moved else made.value(setting)
        for payload in payloads():
            assert drawn(after, text, payload) == drawn(before, mine.value(setting), payload), (
                setting,
                text,
            )


def test_every_integration_that_both_families_have_is_tried() -> None:
    both = {
        declared.type
        for declared in integrations().values()
        if declared.form_of is None and sayable(declared, "alertmanager", "grafana")
    }
    assert both - {"webhook"} == set(NEEDED)  # Alertmanager's webhook has no text


@pytest.mark.parametrize(("name", "origin", "to"), CASES)
def test_nothing_but_the_look_is_different(name: str, origin: Family, to: Family) -> None:
    plain, kept = Report(), Report()
    cross(setup_of(name, origin), to, plain)
    cross(setup_of(name, origin), to, kept, keep_look=True)
    assert not any("default texts" in loss.why for loss in kept if loss.what == "changed")
    own = [loss for loss in kept if "default texts" not in loss.why]
    before = [str(loss) for loss in plain]
    fields = [loss for loss in own if "alerts do not have" in loss.why]
    assert [str(loss) for loss in own if str(loss) not in before and loss not in fields] in (
        [],
        ["ops › victorops › monitoring_tool: dropped: Grafana names itself"],
    )
    assert len(fields) == (origin == "grafana")


def test_grafanas_links_are_lost_and_that_is_said() -> None:
    report = Report()
    after = cross(setup_of("telegram", "grafana"), "alertmanager", report, keep_look=True)
    (said,) = [str(loss) for loss in report if "SilenceURL" in loss.why]
    assert said == (
        "templates › grafana-defaults: dropped: what they say of .DashboardURL, .PanelURL, "
        ".SilenceURL, .Values, which Alertmanager's alerts do not have"
    )
    assert "SilenceURL" not in str(after.templates[0].text)


def test_the_templates_of_the_user_stay_in_use() -> None:
    """A template of one's own is called by default texts as before the move, and its name is not
    taken.
    """
    own = '{{ define "__subject" }}mine{{ end }}{{ define "alertmanager.x" }}{{ end }}'
    before = setup_of("slack", "alertmanager")
    before.templates = [TemplateFile("own", own)]
    after = cross(before, "grafana", Report(), keep_look=True)
    (made,) = after.contact_points[0].integrations
    assert made.value("title") == '{{ template "_alertmanager.slack.default.title" . }}'
    assert drawn(after, made.value("title"), payloads()[0]) == "mine"


def test_only_what_is_used_is_copied() -> None:
    after = cross(setup_of("telegram", "alertmanager"), "grafana", Report(), keep_look=True)
    (file,) = after.templates
    assert file.name == "alertmanager-defaults"
    assert "telegram.default.message" in str(file.text)
    assert "slack" not in str(file.text)


@pytest.mark.parametrize(("origin", "to"), WAYS)
def test_what_is_not_looked_at_is_the_same_in_both_families(origin: Family, to: Family) -> None:
    """The pattern that spares plain texts the parser knows every word that may be lost."""
    look = SUSPICIOUS[origin].search
    for word in parse_functions(origin) - parse_functions(to):
        assert look("{{ " + word + " 1 }}"), word
    for (family, _), fields in _OWN.items():
        for field in fields if family == origin else ():
            assert look("{{ ." + field + " }}"), field
    for name in default_trees(origin):
        if str(default_trees(to).get(name, "")) != str(default_trees(origin)[name]):
            assert look('{{ template "' + name + '" . }}'), name
    assert set(FAMILIES) == set(SUSPICIOUS)
