"""What holds for every page: no barrier that axe-core knows, in light and in dark, on a phone too;
a policy that lets no inline script or style run; no page that is wider than a phone.
"""

from __future__ import annotations

from collections.abc import Callable

import pytest
import requests
from playwright.sync_api import Page

from tests.contactpoints.posts import numbered
from tests.contactpoints.sinks import Answer, Sink
from tests.contactpoints.web.pages.conftest import CONFIG, Serve, Served, violations

Look = Callable[..., Page]
PAGES = (
    "/contact-points",
    "/contact-points?search=nothing+like+it",
    "/contact-points/edit",
    "/contact-points/edit?name=chat",
    "/contact-points/edit?name=ops",
    "/contact-points/edit?copy=chat",
    "/contact-points/delete?name=chat",
    "/contact-points/export",
    "/contact-points/export?format=alertmanager",
    "/contact-points/elsewhere?alertmanager=down",
    "/contact-points/alertmanagers",
    "/contact-points/edit?name=nobody",
    "/templates",
    "/templates/edit",
    "/templates/edit?name=night",
    "/policies",
    "/policies?labels=team=db",
    "/deliveries",
    "/deliveries/1",
    "/deliveries/999",
    "/translate",
    "/support",
    "/sign-in",
)
LOOKS = (("light", "desktop", 1280), ("dark", "phone", 360))
LOGIN = {"username": "ada", "password": "hush-hush"}
LONG = "a-name-without-any-space-in-it-" * 5


@pytest.fixture
def filled(serve: Serve, sink: Sink) -> Served:
    """A service with something on every page, some of it long."""
    sink.answer = lambda got: Answer(400)
    service = serve(CONFIG % {"sink": sink.url})
    api, given = service.url + "/api/v1", {"X-Disable-Provenance": "true"}
    rows = [
        {"name": "chat", "type": "slack", "settings": {"url": sink.url, "title": "x"}},
        {"name": "chat", "type": "webhook", "settings": {"url": sink.url, **LOGIN}},
        {"name": LONG, "type": "email", "settings": {"addresses": f"{LONG}@example.com"}},
        {"name": "gone", "type": "LINE", "settings": {"token": "t"}},
    ]
    for row in rows:
        made = requests.post(
            f"{api}/provisioning/contact-points", json=row, headers=given, timeout=9
        )
        assert made.status_code == 202, made.text
    group = {"template": '{{ define "night" }}' + LONG + "{{ end }}"}
    assert requests.put(
        f"{api}/provisioning/templates/night", json=group, headers=given, timeout=9
    ).ok
    other = {"name": "down", "url": "http://127.0.0.1:9"}
    assert requests.post(f"{api}/alertmanagers", json=other, timeout=9).status_code == 201
    service.post(numbered(1, "news"), "/webhook/ops")
    service.post(numbered(2, "news"), "/webhook/chat")
    sink.wait(2)
    return service


def test_every_page_can_be_read_by_everybody(filled: Served, look: Look) -> None:
    found: list[str] = []
    for theme, device, width in LOOKS:
        size = {"width": width, "height": 800}
        page = look(filled.url, "/support", viewport=size, color_scheme=theme)
        for path in PAGES:
            answer = page.goto(path)
            assert answer is not None
            policy = answer.headers["content-security-policy"]
            assert "unsafe" not in policy
            assert "default-src 'none'" in policy
            found += [f"{path} ({theme}, {device}): {each}" for each in violations(page)]
            wide = page.evaluate("document.documentElement.scrollWidth")
            if wide > width:
                found.append(f"{path} ({theme}, {device}): {wide} pixels wide")
    assert not found, "\n".join(found)


def test_everything_can_be_reached_with_the_keyboard(filled: Served, look: Look) -> None:
    page = look(filled.url, "/contact-points")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Skip to content"
    reached: set[str] = set()
    for _ in range(80):
        page.keyboard.press("Tab")
        reached.add(page.evaluate("document.activeElement.textContent.trim().slice(0, 40)"))
    assert {
        "Contact points",
        "Support",
        "Add contact point",
        "Export all",
        "Edit",
        "Delete",
    } <= reached
