"""Files as they are shown and exported: what stands in other files is never read for it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from contactpoints.admin.keeper import Stored
from contactpoints.admin.view import view_of
from contactpoints.integrations import integrations
from contactpoints.said import Receiver
from contactpoints.setup import Setup
from contactpoints.web.provisioning.exports import document_of
from translators import read_setup
from translators.dialect import all_dialects
from translators.serving import Dialects

NEEDED: dict[str, dict[str, Any]] = {
    "email": {"to": "a@b.example", "from": "c@b.example", "smarthost": "b.example:25"},
    "incidentio": {"url": "https://a.example", "alert_source_token": "t"},
    "mattermost": {"webhook_url": "https://a.example"},
    "pushover": {"user_key": "u", "token": "t"},
    "rocketchat": {"token": "t", "token_id": "i", "channel": "#a"},
    "slack": {"channel": "#a"},
    "telegram": {"bot_token": "t", "chat_id": 1},
    "victorops": {"routing_key": "r", "api_key": "k"},
    "wechat": {"api_secret": "s", "corp_id": "c"},
}
"""What Alertmanager must be told of an integration beside one secret."""

FILES = [
    (name, field.spelling("alertmanager").name)
    for name, declared in integrations().items()
    if isinstance(declared.alertmanager, Receiver) and declared.form_of is None
    for field in declared.fields.values()
    if field.file and field.spelling("alertmanager").exists
]


def of_alertmanager(folder: Path, type_: str, key: str) -> Setup:
    """A contact point with one integration, of which ``key`` stands in a file."""
    receiver = integrations()[type_].alertmanager
    assert isinstance(receiver, Receiver)
    said = {name: value for name, value in NEEDED.get(type_, {}).items() if name != key}
    said |= {f"{key}_file": str(folder / "secret")}
    configs = {receiver.key: [said]}
    path = folder / "alertmanager.yml"
    path.write_text(
        json.dumps({"route": {"receiver": "ops"}, "receivers": [{"name": "ops", **configs}]})
    )
    return read_setup([path], {})


def said_of(setup: Setup) -> list[Any]:
    """All that a setup says of its integrations."""
    return [
        (dict(each.values), dict(each.extra), dict(each.inherited), each.uid, each.path)
        for _, each in setup.integrations()
    ]


def exports(setup: Setup) -> dict[tuple[str, bool], str]:
    """The setup in every dialect, without and with secrets."""
    languages = Dialects()
    view = view_of(Stored(0, 0.0, "", "", {}), languages.rows(setup), 1, setup, [])
    return {
        (dialect, decrypt): json.dumps(
            [
                (done := languages.write(document_of(view), dialect, decrypt=decrypt)).text,
                dict(done.files),
                done.report,
            ]
        )
        for dialect in all_dialects()
        for decrypt in (False, True)
    }


@pytest.mark.parametrize(("type_", "key"), FILES)
def test_a_secret_in_a_file_is_exported_in_every_dialect_and_never_read(
    tmp_path: Path, type_: str, key: str
) -> None:
    """Where Grafana has the integration; else it is left out, which the report says."""
    (tmp_path / "secret").write_text("hush-hush")
    setup = of_alertmanager(tmp_path, type_, key)
    before = said_of(setup)
    parts = Dialects().rows(setup)
    (row,) = parts.contact_points
    declared = integrations()[type_]
    field = declared.spelled["alertmanager"][key][0]
    has_key = field.is_secret and field.spelling("grafana").exists
    for (dialect, decrypt), text in exports(setup).items():
        assert "hush-hush" not in text, dialect
        if row["uid"] in parts.unsaid:
            assert parts.unsaid[row["uid"]] in text, dialect
        elif has_key and type_ != "victorops":  # of which Grafana has one address
            assert str(tmp_path / "secret") in text or "[REDACTED]" in text, (dialect, decrypt)
    if has_key and row["uid"] not in parts.unsaid:
        assert "[REDACTED]" in row["settings"].values()
        assert any(
            "in a file" in each or "in the file" in each for each in parts.losses[row["uid"]]
        )
    assert said_of(setup) == before


def test_only_what_grafana_does_not_have_is_unsaid(tmp_path: Path) -> None:
    unsaid = set()
    for number, (type_, key) in enumerate(FILES):
        (folder := tmp_path / str(number)).mkdir()
        if Dialects().rows(of_alertmanager(folder, type_, key)).unsaid:
            unsaid.add((type_, key))
    assert unsaid == UNSAID


UNSAID = {
    ("incidentio", "alert_source_token"),
    ("incidentio", "url"),
    ("mattermost", "webhook_url"),
    ("pagerduty", "service_key"),
    ("rocketchat", "token"),
    ("rocketchat", "token_id"),
    ("wechat", "api_secret"),
}

MORE: dict[str, dict[str, Any]] = {
    "mqtt": {"brokerUrl": "tcp://a.example:1883"},
    "threema": {"gateway_id": "*AAAAAAA", "recipient_id": "AAAAAAAA"},
}
"""What Grafana must be told of an integration in a form of its own."""

GRAFANA = [
    (name, field.spelling("grafana").name)
    for name, declared in integrations().items()
    if declared.grafana is None and declared.form_of is None
    for field in declared.fields.values()
    if field.is_secret and field.spelling("grafana").exists
]


@pytest.mark.parametrize(("type_", "key"), GRAFANA)
def test_a_secret_that_grafanas_file_takes_from_a_file_is_exported_as_well(
    tmp_path: Path, type_: str, key: str
) -> None:
    """With every other required setting from a file, too, whatever it is."""
    (tmp_path / "secret").write_text("hush-hush")
    fields = integrations()[type_].fields.values()
    both = ("user", "password")  # which Jira wants both
    keys = {f.spelling("grafana").name for f in fields if f.required and f.is_secret} | {key}
    keys |= {*both} if type_ == "jira" and key in both else set()
    named = dict.fromkeys(keys, f"$__file{{{tmp_path / 'secret'}}}")
    plain = {
        f.spelling("grafana").name: "https://a.example"
        for f in fields
        if f.spelling("grafana").exists and (f.required or "url" in f.setting.lower())
    }
    receiver = {"uid": "u", "type": type_, "settings": {**plain, **MORE.get(type_, {}), **named}}
    path = tmp_path / "grafana.yml"
    points = [{"orgId": 1, "name": "ops", "receivers": [receiver]}]
    path.write_text(json.dumps({"apiVersion": 1, "contactPoints": points}))
    setup = read_setup([path], {})
    before = said_of(setup)
    parts = Dialects().rows(setup)
    assert not parts.unsaid
    assert parts.contact_points[0]["settings"][key] == "[REDACTED]"
    for (dialect, _), text in exports(setup).items():
        assert "hush-hush" not in text, dialect
        if dialect.startswith("grafana"):
            assert str(tmp_path / "secret") in text or "[REDACTED]" in text, dialect
    assert said_of(setup) == before


def test_alertmanagers_own_file_keeps_the_names_of_its_files(tmp_path: Path) -> None:
    text = exports(of_alertmanager(tmp_path, "pagerduty", "routing_key"))
    assert f"routing_key_file: {tmp_path / 'secret'}" in text["alertmanager", False]
    assert f"integrationKey: '$__file{{{tmp_path / 'secret'}}}'" in text["grafana-file", False]
    assert "routing_key: '<secret>'" in text["mimir", False]
    assert "database" not in text["kubernetes", False]
