"""Mail: the layout of Grafana's contact points, and headers that are hard to write."""

from __future__ import annotations

from email import message_from_bytes, policy
from typing import Any

import pytest

from contactpoints.mail_layout import as_html, as_text, lines
from contactpoints.mail_message import canonical, empty_mail, one_line, split_addresses, text_part

ALERT = {
    "status": "firing",
    "labels": {"alertname": "Disk", "team": "<blue> & co"},
    "annotations": {"summary": "93 %"},
    "values": {"A": 1.5},
    "silenceURL": "https://grafana.example/silence?a=1&b=2",
    "generatorURL": "javascript:alert(1)",
    "imageURL": "https://pictures.example/1.png",
}


def layout(message: str = "") -> list[tuple[str, str]]:
    data: dict[str, Any] = {"alerts": [ALERT, {**ALERT, "status": "resolved"}]}
    return list(lines(data, "Subject", message, "https://grafana.example/alerting/list"))


def test_a_mail_without_a_message_tells_every_alert_with_its_links() -> None:
    text = as_text(layout())
    for words in ("Firing: 1", "Resolved: 1", "Disk", "A = 1.5", "summary = 93 %", "<blue> & co"):
        assert words in text
    assert "Silence: https://grafana.example/silence?a=1&b=2" in text


def test_a_message_takes_the_place_of_the_alerts() -> None:
    text = as_text(layout("just this"))
    assert "just this" in text
    assert "Disk" not in text


def test_nothing_of_an_alert_becomes_markup() -> None:
    html = as_html(layout())
    assert "&lt;blue&gt; &amp; co" in html
    assert '<a href="https://grafana.example/silence?a=1&amp;b=2">Silence</a>' in html
    assert 'href="javascript:' not in html
    assert '<img src="https://pictures.example/1.png"' in html


@pytest.mark.parametrize(
    "subject",
    [
        "Störung im 漢字-Netz <b>&😀 " * 60 + "end",
        "x" * 300,
        "plain and short",
        "mixed ü words and many plain words that have to be folded somewhere, or so it seems to be",
        "ends with a space ",
    ],
)
@pytest.mark.parametrize("utf8", [True, False])
def test_a_subject_arrives_as_it_was(subject: str, utf8: bool) -> None:
    mail = empty_mail()
    mail["Subject"] = one_line(subject)
    mail.attach(text_part("plain", "ü\n.\nend"))
    content = mail.as_bytes(policy=mail.policy.clone(linesep="\r\n", utf8=utf8))
    got = message_from_bytes(content, policy=policy.default)
    assert str(got["Subject"]) == subject
    assert [part.get_content().replace("\r\n", "\n") for part in got.iter_parts()] == ["ü\n.\nend"]
    assert max(map(len, content.split(b"\r\n"))) <= 998  # RFC 5322, 2.1.1


@pytest.mark.parametrize("end", ["\n", "\r\n", "\u2028", "\x0b", "\x85"])
def test_no_line_end_gets_into_a_header(end: str) -> None:
    mail = empty_mail()
    mail["Subject"] = one_line(f"one{end}Bcc: all@example.com")
    assert mail["Subject"] == "one Bcc: all@example.com"
    assert mail["Bcc"] is None


def test_addresses_are_split_outside_of_quotes() -> None:
    assert split_addresses('"Ops, Team" <a@b.example>;c@d.example\n e@f.example,') == [
        '"Ops, Team" <a@b.example>',
        "c@d.example",
        "e@f.example",
    ]
    assert canonical("x-TEAM-id") == "X-Team-Id"
