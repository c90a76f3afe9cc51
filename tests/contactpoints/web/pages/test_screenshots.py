"""The pictures of the README: taken from a service with something in it.

``pytest --update-goldens`` takes them anew.
"""

from __future__ import annotations

import struct
from collections.abc import Callable
from pathlib import Path

import requests
from playwright.sync_api import Page, expect

from tests.contactpoints.posts import numbered
from tests.contactpoints.process import ROOT
from tests.contactpoints.sinks import Answer, Sink
from tests.contactpoints.web.pages.conftest import Serve

Look = Callable[..., Page]
FOLDER = ROOT / "docs" / "screenshots"
SIZE = {"width": 1200, "height": 720}
POINTS = (
    ("database team", "pagerduty", {"integrationKey": "hidden", "url": "{sink}/v2"}),
    ("database team", "slack", {"url": "{sink}/slack", "title": "{{ .CommonLabels.alertname }}"}),
    ("night shift", "telegram", {"bottoken": "1:hidden", "chatid": "-100123"}),
    ("platform", "webhook", {"url": "{sink}/hook"}),
    ("platform", "email", {"addresses": "platform@example.com; oncall@example.com"}),
    ("shop floor", "LINE", {"token": "hidden"}),
)
TREE = {
    "receiver": "platform",
    "group_by": ["alertname", "cluster"],
    "routes": [
        {"receiver": "database team", "object_matchers": [["team", "=", "database"]]},
        {"receiver": "night shift", "object_matchers": [["severity", "=", "critical"]]},
    ],
}
PICTURES = ("contact-points", "edit", "policies", "deliveries", "translate")


def test_the_pictures_show_the_pages(
    serve: Serve, look: Look, sink: Sink, update_goldens: bool
) -> None:
    sink.answer = lambda got: Answer(400 if got.path == "/hook" else 200, b"ok")
    service = serve()
    api, given = service.url + "/api/v1/provisioning", {"X-Disable-Provenance": "true"}
    for name, kind, settings in POINTS:
        own = {key: value.replace("{sink}", sink.url) for key, value in settings.items()}
        row = {"name": name, "type": kind, "settings": own}
        made = requests.post(f"{api}/contact-points", json=row, headers=given, timeout=9)
        assert made.status_code == 202, made.text
    assert requests.put(f"{api}/policies", json=TREE, headers=given, timeout=9).ok
    for number in range(4):
        to = ("platform/", "database team")[number % 2].rstrip("/")
        service.post(numbered(number, str(number)), f"/webhook/{to}")
    sink.wait(4)
    page = look(service.url, "/contact-points", viewport=SIZE)
    expect(page.get_by_role("article")).to_have_count(4)
    expect(page.get_by_text("Last delivery attempt failed").first).to_be_visible()
    take(page, "contact-points", update_goldens)
    page.goto("/contact-points/edit?name=database+team")
    expect(page.get_by_label("Name", exact=True)).to_have_value("database team")
    take(page, "edit", update_goldens)
    page.goto("/policies?labels=team=database, severity=critical")
    expect(page.get_by_text("Goes to database team")).to_be_visible()
    take(page, "policies", update_goldens)
    page.goto("/deliveries")
    expect(page.locator("svg.chart")).to_be_visible()
    take(page, "deliveries", update_goldens)
    page.goto("/translate")
    text = (ROOT / "alertmanager_configs" / "examples" / "teams.yml").read_text()
    page.get_by_label("Configuration").fill(text)
    expect(page.get_by_label("Result")).to_contain_text("contactPoints:")
    take(page, "translate", update_goldens)


def take(page: Page, name: str, write: bool) -> None:
    """The picture of what is seen now; without ``write`` only tried."""
    picture = page.screenshot(animations="disabled")
    if write:
        FOLDER.mkdir(parents=True, exist_ok=True)
        (FOLDER / f"{name}.png").write_bytes(picture)
    assert size_of(FOLDER / f"{name}.png") == struct.unpack(">II", picture[16:24])


def size_of(picture: Path) -> tuple[int, int]:
    """Width and height of a PNG: https://www.w3.org/TR/png/#11IHDR"""
    width, height = struct.unpack(">II", picture.read_bytes()[16:24])
    return width, height
