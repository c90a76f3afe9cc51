"""A browser (Debian's Chromium, driven by Playwright), and the service that it looks at."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

from tests.conftest import require_peer
from tests.contactpoints.process import Make, Process
from tests.contactpoints.sinks import Sink

expect.set_options(timeout=15_000)  # milliseconds: CI's machine is a busy one
QUIET = (  # nothing but what the tests ask for goes over the network
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
EXPECTED = (
    "the server responded with a status of 4",  # tests ask for such
    "htmx:sendAbort",  # an answer that a newer one has overtaken
    "htmx:afterRequest, ",
    "Response Status Error Code 4",
)
CONFIG = """\
route:
  receiver: ops
receivers:
- name: ops
  webhook_configs: [{url: '%(sink)s/ops'}]
"""


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    program = require_peer("chromium", "chromium")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=QUIET)
        yield browser
        browser.close()


@pytest.fixture
def look(chromium: Browser) -> Iterator[Callable[..., Page]]:
    """Opens a page of a service in a browser of its own. What the browser complains about (errors
    of scripts, of the content security policy, requests to elsewhere) fails the test.
    """
    contexts: list[BrowserContext] = []
    complaints: list[str] = []

    def complain(text: str) -> None:
        if not any(known in text for known in EXPECTED):
            complaints.append(text)

    def open_page(url: str, path: str = "/", **options: Any) -> Page:
        context = chromium.new_context(base_url=url, **options)
        contexts.append(context)
        page = context.new_page()

        def is_elsewhere(address: str) -> bool:
            return not address.startswith((url, "data:"))

        page.set_default_timeout(10_000)
        page.on("pageerror", lambda error: complain(str(error)))
        page.on("console", lambda said: complain(said.text) if said.type == "error" else None)
        page.on("request", lambda asked: complain(asked.url) if is_elsewhere(asked.url) else None)
        page.goto(path)
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert not complaints


@pytest.fixture
def service(make: Make, sink: Sink) -> Process:
    """The service as people run it, open on loopback, with one contact point in a file."""
    return make(CONFIG % {"sink": sink.url}).start().ready()


def violations(page: Page) -> list[str]:
    """What axe-core finds on the page as it is, from moderate on."""
    found = Axe().run(page, options={"resultTypes": ["violations"]}).response["violations"]
    return [
        f"{each['id']} ({each['impact']}): {[node['html'][:200] for node in each['nodes'][:3]]}"
        for each in found
        if each["impact"] in ("moderate", "serious", "critical")
    ]
