"""The pages of deliveries in a browser: the live list, one delivery, retry and cancel."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import Page, expect

from tests.contactpoints.posts import numbered
from tests.contactpoints.sinks import Answer, Sink
from tests.contactpoints.web.pages.conftest import Served, violations

Look = Callable[..., Page]


def test_what_comes_in_shows_up_by_itself_and_leads_to_its_attempts(
    service: Served, look: Look, sink: Sink
) -> None:
    page = look(service.url, "/deliveries")
    expect(page.get_by_text("No delivery yet")).to_be_visible()
    service.post(numbered(1, "news"), "/webhook/ops")
    row = page.get_by_role("row").filter(has_text="delivered")
    expect(row).to_contain_text("ops")
    assert violations(page) == []
    row.get_by_role("link", name="1").click()
    expect(page.get_by_role("heading", name="Delivery 1")).to_be_visible()
    expect(page.get_by_role("region", name="Attempts").get_by_role("row")).to_have_count(2)
    assert violations(page) == []


def test_what_failed_is_sent_again_by_hand(service: Served, look: Look, sink: Sink) -> None:
    sink.answer = lambda got: Answer(400)
    service.post(numbered(1, "news"), "/webhook/ops")
    page = look(service.url, "/deliveries?state=failed")
    page.get_by_role("row").filter(has_text="400").get_by_role("link", name="1").click()
    expect(page.get_by_text("clientError").first).to_be_visible()
    sink.answer = lambda got: Answer(200)
    page.get_by_role("button", name="Send again").click()
    page.goto("/deliveries?state=delivered")
    expect(page.get_by_role("row").filter(has_text="delivered").last).to_be_visible()


def test_what_waits_can_be_cancelled(service: Served, look: Look, sink: Sink) -> None:
    sink.answer = lambda got: Answer(503)
    service.post(numbered(1, "news"), "/webhook/ops")
    page = look(service.url, "/deliveries/1")
    page.get_by_role("button", name="Cancel").click()
    expect(page.get_by_role("heading", name="Delivery 1")).to_contain_text("cancelled")


def test_the_list_is_filtered_and_fits_a_phone(service: Served, look: Look, sink: Sink) -> None:
    for number in range(3):
        service.post(numbered(number, str(number)), "/webhook/ops")
    page = look(service.url, "/deliveries", viewport={"width": 360, "height": 700})
    page.get_by_label("State").select_option("failed")
    expect(page.get_by_text("No delivery yet")).to_be_visible()
    page.get_by_label("State").select_option("delivered")
    expect(page.get_by_role("row").filter(has_text="delivered")).to_have_count(3)
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    assert violations(page) == []
