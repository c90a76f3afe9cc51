"""What of an integration's settings is made once, and what each attempt makes anew."""

from __future__ import annotations

import gc
import weakref
from pathlib import Path

import pytest

from contactpoints.base import Integration
from contactpoints.delivery.rendering import Verbatim, render_settings
from contactpoints.fields import FromFile
from contactpoints.integrations import integrations
from contactpoints.notification import Notification, parse_notification
from contactpoints.spelling import Family
from contactpoints.truncation import cut, fitted
from tests.benchmarks.delivery_load import payload


@pytest.fixture
def notification() -> Notification:
    return parse_notification(payload(1))


class Lines:
    """Draws every text as one line for each alert, and remembers for how many it did."""

    def __init__(self) -> None:
        self.drawn: list[int] = []

    def render(
        self, text: str, notification: Notification, family: Family, *, html: bool = False
    ) -> tuple[str, str | None]:
        self.drawn.append(len(notification.alerts))
        return "\n".join(["x" * 60] * len(notification.alerts)), None


def slack(**values: object) -> Integration:
    return integrations()["slack"](dict(values), family="alertmanager")


def test_what_a_sender_does_to_its_settings_is_gone_at_the_next_attempt(
    notification: Notification,
) -> None:
    integration = slack(mrkdwn_in=["text"], columns=[{"title": "a", "value": "b"}])
    for _ in range(2):
        settings, _ = render_settings(integration, notification, Verbatim())
        assert settings.mrkdwn_in == ["text"]
        assert settings.columns == [{"title": "a", "value": "b"}]
        settings.mrkdwn_in.append("title")
        settings.columns[0]["title"] = settings.recipient = "other"
        assert integration.values["mrkdwn_in"] == ["text"]


def test_a_secret_in_a_file_is_read_at_every_attempt(
    notification: Notification, tmp_path: Path
) -> None:
    place = tmp_path / "token"
    integration = slack(token=FromFile(str(place)))
    for said in ("first", "second"):
        place.write_text(said)
        settings, _ = render_settings(integration, notification, Verbatim())
        assert settings.token == said


def test_an_integration_that_says_something_else_is_planned_anew(
    notification: Notification,
) -> None:
    integration = slack(title="first")
    for said in ("first", "second"):
        integration.values["title"] = said
        assert render_settings(integration, notification, Verbatim())[0].title == said
    integration.inherited = {"username": "third"}
    assert render_settings(integration, notification, Verbatim())[0].username == "third"


@pytest.mark.parametrize("title", ["plain", "{{ .Status }}"])
def test_a_late_message_says_so_and_the_next_one_does_not(
    notification: Notification, title: str
) -> None:
    integration = slack(title=title)
    for delay, words in ((0.0, ""), (400.0, "[6 min late] "), (0.0, "")):
        vars(notification)["delay"] = delay
        settings, _ = render_settings(integration, notification, Verbatim(), 300)
        assert settings.title == words + title


def test_the_settings_stand_in_the_order_of_the_declaration(notification: Notification) -> None:
    integration = slack(text="{{ .Status }}", title="plain")
    settings, _ = render_settings(integration, notification, Verbatim())
    assert list(vars(settings)) == list(integration.fields)


def test_a_text_is_drawn_once_unless_something_has_to_be_cut(notification: Notification) -> None:
    renderer = Lines()
    values = {name: "" for name in slack().fields if isinstance(slack().value(name), str)}
    settings, _ = render_settings(slack(**values | {"text": "{{ . }}"}), notification, renderer)
    assert renderer.drawn == [5]
    assert cut(settings.text, 160).endswith("…\n(2 of 5 alerts left out)")
    assert fitted(lambda text: {"text": text}, settings.text, 160)
    assert sorted(renderer.drawn) == sorted(set(renderer.drawn))


def test_what_is_known_of_an_integration_goes_with_it(notification: Notification) -> None:
    integration = slack()
    render_settings(integration, notification, Verbatim())
    gone = weakref.ref(integration)
    del integration
    gc.collect()
    assert gone() is None
