"""Another Alertmanager is added, looked at and removed in a browser, by an administrator alone."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from pathlib import Path

import pytest
import requests
from playwright.sync_api import Page, expect

from tests.contactpoints.sinks import Answer, Sink
from tests.contactpoints.web.pages.conftest import Serve, Served, violations

Look = Callable[..., Page]
OTHERS = "/contact-points/alertmanagers"
PASSWORD = "a long enough passphrase"
STATUS = {
    "config": {"original": "route: {receiver: theirs}\nreceivers: [{name: theirs}]\n"},
    "versionInfo": {"version": "0.33.0"},
    "cluster": {"status": "ready"},
}


def fill(page: Page, name: str, url: str, user: str = "", password: str = "") -> None:
    page.get_by_label("Name").fill(name)
    page.get_by_label("Address").fill(url)
    page.get_by_label("User, if").fill(user)
    page.get_by_label("Password").fill(password)
    page.get_by_role("button", name="Add Alertmanager").click()


def test_another_alertmanager_is_added_looked_at_and_removed(
    service: Served, look: Look, sink: Sink
) -> None:
    sink.answer = lambda got: Answer(200, json.dumps(STATUS).encode())
    page = look(service.url, "/contact-points")
    page.get_by_role("button", name="Other Alertmanagers").click()
    expect(page.get_by_text("There is none yet")).to_be_visible()
    fill(page, "second/one", sink.url + "/am", "ada", "hush-hush")
    expect(page.get_by_role("heading", name="Contact points of second/one")).to_be_visible()
    expect(page.get_by_role("article", name="theirs")).to_be_visible()
    (asked,) = sink.wait(1)
    assert asked.path == "/am/api/v2/status"
    login = base64.b64encode(b"ada:hush-hush").decode()
    assert asked.headers["Authorization"] == f"Basic {login}"

    page.goto(OTHERS)
    assert violations(page) == []
    assert "hush-hush" not in page.content()
    page.once("dialog", lambda dialog: dialog.accept())
    page.get_by_role("article", name="second/one").get_by_role("button", name="Remove").click()
    expect(page.get_by_text("There is none yet")).to_be_visible()


@pytest.mark.parametrize(
    ("name", "url", "why"),
    [
        ("grafana", "http://a.example", "is the service itself"),
        ("x", "http://u:p@a.example", "apart from the address"),
        ("x", "ftp://a.example", "begins with http"),
        ("down", "http://a.example", "there is an Alertmanager 'down' already"),
    ],
)
def test_what_is_wrong_is_said_and_what_was_typed_stays_but_for_the_password(
    service: Served, look: Look, name: str, url: str, why: str
) -> None:
    other = {"name": "down", "url": "http://127.0.0.1:9"}
    api = service.url + "/api/v1/alertmanagers"
    assert requests.post(api, json=other, timeout=9).status_code == 201
    page = look(service.url, OTHERS)
    fill(page, name, url, "ada", "hush-hush")
    expect(page.get_by_role("alert")).to_contain_text(why)
    expect(page.get_by_label("Address")).to_have_value(url)
    expect(page.get_by_label("Password")).to_have_value("")
    assert "hush-hush" not in page.content()
    assert violations(page) == []
    assert len(requests.get(api, timeout=9).json()) == 2


def test_only_an_administrator_may_and_only_from_the_form(
    serve: Serve, look: Look, tmp_path: Path
) -> None:
    (tmp_path / "password").write_text(PASSWORD)
    service = serve(admin_password_file=str(tmp_path / "password"))
    users = service.url + "/api/v1/access/users"
    eve = {"name": "eve", "role": "editor", "password": PASSWORD}
    made = requests.post(users, json=eve, auth=("admin", PASSWORD), timeout=9)
    assert made.status_code == 201, made.text
    form = {"name": "x", "url": "http://a.example"}
    for name in ("eve", "admin"):
        page = look(service.url, "/contact-points")
        page.get_by_label("User").fill(name)
        page.get_by_label("Password").fill(PASSWORD)
        page.get_by_role("button", name="Sign in").click()
        expect(page.get_by_role("heading", name="Contact points")).to_be_visible()
        buttons = page.get_by_role("button", name="Other Alertmanagers")
        expect(buttons).to_have_count(1 if name == "admin" else 0)
        word = page.locator("input[name=csrf_token]").first.get_attribute("value")
        origin = {"Origin": service.url}
        if name == "eve":
            assert page.request.get(OTHERS).status == 403
            form["csrf_token"] = str(word)
        for path in (OTHERS, f"{OTHERS}/delete"):
            assert page.request.post(path, form=form, headers=origin).status == 403
        form.pop("csrf_token", None)
    api = service.url + "/api/v1/alertmanagers"
    listed = requests.get(api, auth=("admin", PASSWORD), timeout=9).json()
    assert [each["name"] for each in listed] == ["grafana"]
