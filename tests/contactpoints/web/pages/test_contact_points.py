"""What Grafana's documentation describes people doing with contact points, done in a browser."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest
import requests
from playwright.sync_api import Page, expect

from tests.contactpoints.posts import numbered
from tests.contactpoints.sinks import Answer, Sink
from tests.contactpoints.web.pages.conftest import Serve, Served, violations

Look = Callable[..., Page]


def add(page: Page, name: str, url: str) -> None:
    """Steps 4 to 9 of "Add a contact point", with a webhook."""
    page.get_by_role("button", name="Add contact point").click()
    page.get_by_label("Name", exact=True).fill(name)
    page.get_by_label("Integration", exact=True).select_option("webhook")
    page.get_by_label("URL (required)", exact=True).first.fill(url)
    page.get_by_role("button", name="Save contact point").click()
    expect(page.get_by_role("article", name=name)).to_be_visible()


def test_add_a_contact_point_and_it_delivers(service: Served, look: Look, sink: Sink) -> None:
    page = look(service.url, "/contact-points")
    page.get_by_role("button", name="Add contact point").click()
    assert violations(page) == []
    page.get_by_label("Name", exact=True).fill("night shift")
    page.get_by_label("Integration", exact=True).select_option("webhook")
    page.get_by_label("URL (required)", exact=True).first.fill(sink.url + "/night")
    page.get_by_text("Optional Webhook settings").click()
    page.get_by_label("Max alerts").fill("5")
    page.get_by_text("Notification settings").click()
    page.get_by_label("Disable resolved message").check()
    page.get_by_role("button", name="Add contact point integration").click()
    second = page.get_by_role("region", name="Integration Email")
    second.get_by_label("Integration", exact=True).select_option("discord")
    second = page.get_by_role("region", name="Integration Discord")
    second.get_by_label("URL (required)", exact=True).fill(sink.url + "/discord")
    page.get_by_role("button", name="Save contact point").click()
    card = page.get_by_role("article", name="night shift")
    expect(card).to_contain_text("Delivering only firing notifications")
    expect(card).to_contain_text("No delivery attempts")
    assert violations(page) == []

    service.post(numbered(1, "news"), "/webhook/night%20shift")
    assert {got.path for got in sink.wait(2)} == {"/night", "/discord"}
    expect(card).to_contain_text("Last delivery attempt")
    rows = requests.get(
        service.url + "/api/v1/provisioning/contact-points?name=night+shift", timeout=9
    ).json()
    stored = next(row for row in rows if row["type"] == "webhook")
    assert stored["settings"] == {"url": sink.url + "/night", "maxAlerts": 5}
    assert stored["disableResolveMessage"] is True


def test_edit_a_contact_point_keeps_its_secrets(service: Served, look: Look, sink: Sink) -> None:
    page = look(service.url, "/contact-points")
    page.get_by_role("button", name="Add contact point").click()
    page.get_by_label("Name", exact=True).fill("hook")
    page.get_by_label("Integration", exact=True).select_option("webhook")
    page.get_by_label("URL (required)", exact=True).first.fill(sink.url + "/before")
    page.get_by_text("Optional Webhook settings").click()
    page.get_by_label("Username").fill("ada")
    page.get_by_label("Password", exact=True).fill("hush-hush")
    page.get_by_role("button", name="Save contact point").click()

    page.get_by_role("article", name="hook").get_by_role("button", name="Edit").click()
    assert "hush-hush" not in page.content()
    expect(page.get_by_label("Password", exact=True)).to_have_attribute("placeholder", "configured")
    page.get_by_label("Name", exact=True).fill("hook two")
    page.get_by_label("URL (required)", exact=True).first.fill(sink.url + "/after")
    page.get_by_role("button", name="Save contact point").click()
    expect(page.get_by_role("article", name="hook two")).to_be_visible()
    service.post(numbered(1, "news"), "/webhook/hook%20two")
    (got,) = sink.wait(1)
    assert got.path == "/after"
    assert got.headers["Authorization"] == "Basic YWRhOmh1c2gtaHVzaA=="  # ada:hush-hush


def test_what_is_wrong_is_said_in_the_form(service: Served, look: Look) -> None:
    page = look(service.url, "/contact-points/edit")
    page.get_by_label("Name", exact=True).fill("bot")
    page.get_by_label("Integration", exact=True).select_option("telegram")
    page.get_by_label("Bot token (required)").fill("123:abc")
    page.get_by_role("button", name="Save contact point").click()
    expect(page.get_by_role("alert")).to_contain_text("Chat Id")
    expect(page.get_by_label("Bot token (required)")).to_have_value("123:abc")
    assert violations(page) == []


def test_delete_a_contact_point_but_none_of_a_file(service: Served, look: Look, sink: Sink) -> None:
    page = look(service.url, "/contact-points")
    add(page, "spare", sink.url)
    page.get_by_role("article", name="spare").get_by_role("button", name="Delete").click()
    page.get_by_role("button", name="Yes, delete").click()
    expect(page.get_by_role("heading", name="Contact points")).to_be_visible()
    expect(page.get_by_role("article", name="spare")).to_have_count(0)
    of_file = page.get_by_role("article", name="ops")
    expect(of_file.get_by_role("button", name="Delete")).to_have_count(0)
    page.goto("/contact-points/delete?name=ops")
    expect(page.get_by_text("configuration file")).to_be_visible()
    expect(page.get_by_role("button", name="Yes, delete")).to_have_count(0)


def test_what_a_policy_uses_is_not_deleted_and_the_reason_is_said(serve: Serve, look: Look) -> None:
    service = serve()
    api = service.url + "/api/v1/provisioning"
    row = {"name": "ops", "type": "webhook", "settings": {"url": "http://127.0.0.1:9"}}
    given = {"X-Disable-Provenance": "true"}
    assert requests.post(f"{api}/contact-points", json=row, headers=given, timeout=9).ok
    tree = {"receiver": "ops", "routes": [{"receiver": "ops", "matchers": ["team=db"]}]}
    assert requests.put(f"{api}/policies", json=tree, headers=given, timeout=9).ok
    page = look(service.url, "/contact-points")
    page.get_by_role("button", name="Delete").click()
    expect(page.get_by_text("used by 2 policies")).to_be_visible()
    expect(page.get_by_text("team=db")).to_be_visible()
    expect(page.get_by_role("button", name="Yes, delete")).to_have_count(0)
    assert violations(page) == []


@pytest.mark.parametrize("kind", ["Predefined", "Custom"])
def test_test_a_contact_point(service: Served, look: Look, sink: Sink, kind: str) -> None:
    sink.answer = lambda got: Answer(200, b"thank you")
    page = look(service.url, "/contact-points/edit")
    page.get_by_label("Name", exact=True).fill("new one")
    page.get_by_label("Integration", exact=True).select_option("webhook")
    page.get_by_label("URL (required)", exact=True).first.fill(sink.url + "/test")
    page.get_by_role("button", name="Test", exact=True).click()
    page.get_by_label(kind).check()
    if kind == "Custom":
        page.get_by_label("Annotations").fill("summary: by hand")
        page.get_by_label("Labels").fill("severity: critical")
    page.get_by_role("button", name="Send test notification").click()
    expect(page.get_by_text("Webhook: sent")).to_be_visible()
    page.get_by_text("→ 200").click()
    expect(page.get_by_text("thank you")).to_be_visible()
    assert violations(page) == []
    (alert,) = json.loads(sink.wait(1)[0].body)["alerts"]
    assert alert["labels"]["alertname"] == "TestAlert"
    assert alert["labels"].get("severity") == ("critical" if kind == "Custom" else None)


def test_search_and_export(service: Served, look: Look, sink: Sink) -> None:
    page = look(service.url, "/contact-points")
    add(page, "night shift", sink.url)
    page.goto("/contact-points")
    page.get_by_role("searchbox").fill("night")
    expect(page.get_by_role("article")).to_have_count(1)
    page.get_by_role("searchbox").fill("webhook")
    expect(page.get_by_role("article")).to_have_count(2)
    page.get_by_role("searchbox").fill("nothing like it")
    expect(page.get_by_text("Nothing matches")).to_be_visible()
    page.get_by_role("searchbox").fill("")
    page.get_by_role("article", name="night shift").get_by_role("button", name="Export").click()
    text = page.get_by_label("Exported text")
    for name, said in (
        ("YAML", "contactPoints:"),
        ("JSON", '"contactPoints":'),
        ("Terraform", 'resource "grafana_contact_point"'),
        ("alertmanager.yml", "webhook_configs:"),
    ):
        page.get_by_role("link", name=name, exact=True).click()
        expect(text).to_contain_text(said)
        expect(text).to_contain_text("night shift")
        assert violations(page) == []
    with page.expect_download() as download:
        page.get_by_role("button", name="Download").click()
    assert "webhook_configs:" in download.value.path().read_text()


def test_the_policies_that_use_a_contact_point_are_a_click_away(
    service: Served, look: Look
) -> None:
    page = look(service.url, "/contact-points")
    page.get_by_role("link", name="Used by 1 policy").click()
    expect(page.get_by_text("Marked: the policies that lead to ops")).to_be_visible()
    page.get_by_label("Who gets an alert").fill("team=db")
    expect(page.get_by_text("Goes to ops")).to_be_visible()
    assert violations(page) == []
