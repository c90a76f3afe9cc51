"""A browser (Debian's Chromium, driven by Playwright), and the service that it looks at."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import requests
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright
from werkzeug.serving import make_server

from app import create_app
from contactpoints.environment import Environment
from contactpoints.web import EXTENSION
from contactpoints.web.beside import Quiet
from tests.conftest import require_peer
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


class Served:
    """The service in threads of this process: it starts in a moment, and browsers cannot tell."""

    def __init__(self, folder: Path, config: str = "", **settings: Any) -> None:
        files: tuple[str, ...] = ()
        if config:
            (folder / "config.yml").write_text(config)
            files = (str(folder / "config.yml"),)
        url = f"sqlite:///{folder / 'contactpoints.db'}"
        given = {"config": files, "database_url": url, "duplicates_window": 0.0, "grace": 2.0}
        self.app = create_app(Environment(**{**given, **settings}))
        self.server = make_server("127.0.0.1", 0, self.app, threaded=True, request_handler=Quiet)
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def post(self, body: bytes, path: str = "/webhook") -> requests.Response:
        return requests.post(self.url + path, data=body, timeout=20)

    def close(self) -> None:
        self.server.shutdown()
        self.server.server_close()
        self.app.extensions[EXTENSION].stop()


Serve = Callable[..., Served]


@pytest.fixture
def serve(tmp_path: Path) -> Iterator[Serve]:
    """Starts a service; fields of its environment are given by name."""
    found: list[Served] = []

    def start(config: str = "", **settings: Any) -> Served:
        found.append(Served(tmp_path, config, **settings))
        return found[-1]

    yield start
    for each in found:
        each.close()


@pytest.fixture
def service(serve: Serve, sink: Sink) -> Served:
    """A service that is open on loopback, with one contact point in a file."""
    return serve(CONFIG % {"sink": sink.url})


def violations(page: Page) -> list[str]:
    """What axe-core finds on the page as it is, from moderate on."""
    found = Axe().run(page, options={"resultTypes": ["violations"]}).response["violations"]
    return [
        f"{each['id']} ({each['impact']}): {[node['html'][:200] for node in each['nodes'][:3]]}"
        for each in found
        if each["impact"] in ("moderate", "serious", "critical")
    ]
