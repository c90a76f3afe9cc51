"""Translate and support in a browser."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import Page, expect

from tests.contactpoints.web.pages.conftest import Served, violations

Look = Callable[..., Page]
TEXT = """\
route:
  receiver: chat
receivers:
- name: chat
  mattermost_configs:
  - webhook_url: http://chat.example/hook
"""


def test_what_is_pasted_is_translated_and_its_losses_stand_at_their_lines(
    service: Served, look: Look
) -> None:
    page = look(service.url, "/translate")
    assert violations(page) == []
    page.get_by_label("Configuration").fill(TEXT)
    expect(page.get_by_label("Result")).to_contain_text("grafana://noop")
    expect(page.get_by_text("Grafana has no integration for Mattermost").first).to_be_visible()
    expect(page.locator("#line-6")).to_contain_text("webhook_url")
    page.get_by_label("To", exact=True).select_option("mimir")
    expect(page.get_by_label("Result")).to_contain_text("alertmanager_config")
    expect(page.get_by_text("0 losses")).to_be_visible()
    assert violations(page) == []


def test_what_cannot_be_read_says_where(service: Served, look: Look) -> None:
    page = look(service.url, "/translate")
    page.get_by_label("Configuration").fill("route: {receiver: nobody}\nreceivers: [{name: x}]\n")
    expect(page.get_by_role("alert")).to_contain_text("undefined receiver")
    expect(page.get_by_role("link", name="line 1")).to_be_visible()


def test_the_support_table_is_filtered_with_the_keyboard(service: Served, look: Look) -> None:
    page = look(service.url, "/contact-points")
    page.keyboard.press("g")
    page.keyboard.press("s")
    expect(page.get_by_role("heading", name="Support")).to_be_visible()
    page.keyboard.press("/")
    page.keyboard.type("telegr")
    expect(page.get_by_text("1 integration", exact=True)).to_be_visible()
    expect(page.get_by_role("row").filter(has_text="telegram_configs")).to_be_visible()
    assert violations(page) == []
