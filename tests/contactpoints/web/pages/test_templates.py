"""Notification templates in a browser: add, preview, edit, copy, delete; used in a delivery."""

from __future__ import annotations

import json
from collections.abc import Callable

import requests
from playwright.sync_api import Page, expect

from tests.contactpoints.posts import numbered
from tests.contactpoints.sinks import Sink
from tests.contactpoints.web.pages.conftest import Served, violations

Look = Callable[..., Page]


def test_a_template_is_written_with_a_preview_and_used(
    service: Served, look: Look, sink: Sink
) -> None:
    page = look(service.url, "/templates")
    expect(page.get_by_text("no notification templates yet")).to_be_visible()
    page.get_by_role("button", name="Add template group").click()
    page.get_by_label("Name", exact=True).fill("night")
    area = page.get_by_role("textbox", name="Template")
    area.fill('{{ define "night.title" }}{{ len .Alerts.Firing }} awake{{ end }}')
    preview = page.locator("#preview")
    expect(preview).to_contain_text("1 awake")
    page.get_by_label("that is").select_option("resolved")
    expect(preview).to_contain_text("0 awake")
    area.fill('{{ define "night.title" }}{{ .Nothing | broken }}{{ end }}')
    expect(preview.get_by_role("alert")).to_contain_text("night:1")
    area.fill('{{ define "night.title" }}{{ len .Alerts.Firing }} awake{{ end }}')
    expect(preview).to_contain_text("awake")
    page.get_by_text("The Jinja2 that it becomes").click()
    assert violations(page) == []
    page.get_by_role("button", name="Save template group").click()
    expect(page.get_by_role("article", name="night")).to_contain_text("night.title")
    assert violations(page) == []

    row = {
        "name": "chat",
        "type": "webhook",
        "settings": {"url": sink.url, "title": '{{ template "night.title" . }}'},
    }
    url = service.url + "/api/v1/provisioning/contact-points"
    assert requests.post(url, json=row, timeout=9).status_code == 202
    service.post(numbered(1, "news"), "/webhook/chat")
    assert json.loads(sink.wait(1)[0].body)["title"] == "1 awake"

    page.goto("/templates")
    card = page.get_by_role("article", name="night", exact=True)
    expect(card).to_contain_text("Used by chat")
    expect(card.get_by_role("button", name="Delete")).to_be_disabled()
    card.get_by_role("button", name="Copy").click()
    expect(page.get_by_label("Name", exact=True)).to_have_value("night copy")
    page.get_by_role("textbox", name="Template").fill('{{ define "other" }}x{{ end }}')
    page.get_by_role("button", name="Save template group").click()
    page.once("dialog", lambda dialog: dialog.accept())
    copied = page.get_by_role("article", name="night copy")
    copied.get_by_role("button", name="Delete").click()
    expect(copied).to_have_count(0)


def test_a_template_that_does_not_parse_is_not_stored(service: Served, look: Look) -> None:
    page = look(service.url, "/templates/edit")
    page.get_by_label("Name", exact=True).fill("broken")
    page.get_by_role("textbox", name="Template").fill('{{ define "a" }}{{ end')
    page.get_by_role("button", name="Save template group").click()
    expect(page.get_by_role("alert").first).to_contain_text("broken:1")
    expect(page.get_by_role("textbox", name="Template")).to_have_value('{{ define "a" }}{{ end')
    assert violations(page) == []


def test_a_preview_can_be_drawn_with_what_really_came(service: Served, look: Look) -> None:
    service.post(numbered(7, "news"), "/webhook/ops")
    page = look(service.url, "/templates/edit")
    page.get_by_label("Preview with").select_option("1")
    page.get_by_role("textbox", name="Template").fill(
        '{{ define "a" }}{{ range .Alerts }}{{ .Annotations }}{{ .Labels }}{{ end }}{{ end }}'
    )
    expect(page.locator("#preview")).to_contain_text("number=7")
