"""Who may see and do what on the pages, and that nothing that people write is taken for markup."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
import requests
from playwright.sync_api import Page, expect

from tests.contactpoints.sinks import Sink
from tests.contactpoints.web.pages.conftest import CONFIG, Serve, Served, violations

Look = Callable[..., Page]
PASSWORD = "a long enough passphrase"
PAGES = ("/contact-points", "/templates", "/policies", "/deliveries", "/translate", "/support")


@pytest.fixture
def guarded(serve: Serve, sink: Sink, tmp_path: Path) -> Served:
    """The service with an administrator and a viewer."""
    (tmp_path / "password").write_text(PASSWORD)
    service = serve(CONFIG % {"sink": sink.url}, admin_password_file=str(tmp_path / "password"))
    viewer = {"name": "vera", "role": "viewer", "password": PASSWORD}
    answer = requests.post(
        service.url + "/api/v1/access/users", json=viewer, auth=("admin", PASSWORD), timeout=9
    )
    assert answer.status_code == 201, answer.text
    return service


def sign_in(page: Page, name: str, password: str = PASSWORD) -> None:
    page.get_by_label("User").fill(name)
    page.get_by_label("Password").fill(password)
    page.get_by_role("button", name="Sign in").click()


def test_whoever_signs_in_comes_back_to_the_page_that_was_asked_for(
    guarded: Served, look: Look
) -> None:
    page = look(guarded.url, "/deliveries?state=failed")
    expect(page.get_by_role("heading", name="Sign in")).to_be_visible()
    assert violations(page) == []
    sign_in(page, "admin", "wrong")
    expect(page.get_by_role("alert")).to_be_visible()
    sign_in(page, "admin")
    expect(page.get_by_role("heading", name="Deliveries")).to_be_visible()
    assert page.url.endswith("/deliveries?state=failed")
    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_role("heading", name="Sign in")).to_be_visible()
    page.goto("/contact-points")
    expect(page.get_by_role("heading", name="Sign in")).to_be_visible()


def test_a_viewer_sees_no_buttons_that_change_anything_and_cannot_post(
    guarded: Served, look: Look
) -> None:
    page = look(guarded.url, "/contact-points")
    sign_in(page, "vera")
    for path in PAGES:
        page.goto(path)
        for name in ("Add contact point", "Edit", "Delete", "Add template group", "Send again"):
            expect(page.get_by_role("button", name=name, exact=True)).to_have_count(0)
    page.goto("/contact-points/edit?name=ops")
    expect(page.get_by_role("button", name="Save contact point")).to_have_count(0)
    word = page.locator("input[name=csrf_token]").first.get_attribute("value")
    posted = page.request.post(
        "/templates/edit",
        form={"csrf_token": word, "name": "x", "template": "y"},
        headers={"Origin": guarded.url},
    )
    assert posted.status == 403
    page.goto("/templates")
    expect(page.get_by_text("no notification templates yet")).to_be_visible()


def test_a_form_without_its_word_changes_nothing(guarded: Served, look: Look) -> None:
    page = look(guarded.url, "/contact-points")
    sign_in(page, "admin")
    expect(page.get_by_role("heading", name="Contact points")).to_be_visible()
    for form in ({}, {"csrf_token": "guessed"}):
        posted = page.request.post(
            "/templates/edit",
            form={**form, "name": "x", "template": "y"},
            headers={"Origin": guarded.url},
        )
        assert posted.status == 403
    page.goto("/templates")
    expect(page.get_by_text("no notification templates yet")).to_be_visible()


PLAIN = "<img src=x onerror=alert(1)>\"'><script>alert(2)</script>"
MARKUP = PLAIN + "{{7*7}}"


def test_markup_in_names_labels_and_errors_is_shown_as_text(
    service: Served, look: Look, sink: Sink
) -> None:
    """Stored in every field that takes text; no page runs it, and each shows it as it is."""
    api = service.url + "/api/v1/provisioning"
    row = {
        "name": MARKUP,
        "type": "email",
        "settings": {"addresses": PLAIN, "subject": PLAIN},
    }
    assert requests.post(f"{api}/contact-points", json=row, timeout=9).status_code == 202
    wrong = {"name": MARKUP, "type": "webhook", "settings": {"url": f"http://127.0.0.1:9/{PLAIN}"}}
    requests.post(f"{api}/contact-points", json=wrong, timeout=9)
    group = {
        "template": '{{ define "' + "<script>alert(3)</script>" + '" }}' + MARKUP + "{{ end }}"
    }
    requests.put(f"{api}/templates/%3Cb%3Ebold", json=group, timeout=9)
    body = (
        '{"version":"4","groupKey":"<script>alert(4)</script>","status":"firing","receiver":"ops",'
        '"groupLabels":{"a":"<script>alert(5)</script>"},"commonLabels":{},"commonAnnotations":{},'
        '"externalURL":"","alerts":[{"status":"firing","labels":{"alertname":"<b>x</b>"},'
        '"annotations":{},"startsAt":"2026-01-01T00:00:00Z","endsAt":"0001-01-01T00:00:00Z",'
        '"generatorURL":"javascript:alert(6)","fingerprint":"1"}]}'
    )
    assert service.post(body.encode()).status_code == 202
    page = look(service.url, "/contact-points")
    page.on("dialog", lambda dialog: pytest.fail(f"a script ran: {dialog.message}"))
    expect(page.get_by_role("heading", name=MARKUP)).to_be_visible()
    page.get_by_role("article", name=MARKUP).get_by_role("button", name="View").click()
    expect(page.get_by_label("Name", exact=True)).to_have_value(MARKUP)
    for path in (
        *PAGES,
        "/deliveries/1",
        "/templates/edit?name=%3Cb%3Ebold",
        "/policies?labels=<b>=<i>",
    ):
        page.goto(path)
        page.wait_for_load_state("networkidle")
        assert page.locator("img, main script, b, i").count() == 0, path
