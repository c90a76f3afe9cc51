"""The document of the API: valid, about everything there is, and true."""

from __future__ import annotations

import re
import subprocess
import sys
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from openapi_spec_validator import OpenAPIV31SpecValidator

from contactpoints.access.roles import PUBLIC, VIEWER
from contactpoints.web.describing import described
from contactpoints.web.openapi import METHODS, PAGES, path_of
from tests.contactpoints.access.house import House, bearer
from tests.contactpoints.process import ROOT, Make, webhook_config

SECONDS = 20
TOKEN = "0123456789abcdef0123456789"
CHECKS = (
    "not_a_server_error",
    "status_code_conformance",
    "content_type_conformance",
    "response_schema_conformance",
    "response_headers_conformance",
)


@pytest.fixture(scope="module")
def document(lasting: House) -> dict[str, Any]:
    found: dict[str, Any] = lasting.ask("GET", "/api/openapi.json").get_json()
    return found


def test_the_document_is_valid(document: dict[str, Any]) -> None:
    assert document["openapi"] == "3.1.0"
    OpenAPIV31SpecValidator(document).validate()


def test_it_tells_of_every_endpoint_but_the_pages(lasting: House, document: dict[str, Any]) -> None:
    app = lasting.app
    told = {
        (method.upper(), path)
        for path, item in document["paths"].items()
        for method in item
        if method.upper() in METHODS
    }
    there = set()
    for rule in app.url_map.iter_rules():
        record = described(app.view_functions[rule.endpoint])
        assert record is not None, rule.endpoint
        if PAGES not in record.tags:
            there |= {(m, path_of(rule)) for m in METHODS if m in (rule.methods or ())}
    assert told == there


def test_each_operation_says_what_it_asks_for_and_answers(document: dict[str, Any]) -> None:
    for path, item in document["paths"].items():
        for method, said in item.items():
            where = f"{method} {path}"
            assert said["summary"], where
            assert not said["summary"].endswith("."), where
            assert said["tags"], where
            assert any(status[0] in "23" for status in said["responses"]), where
            public = said["x-role"] == PUBLIC
            assert said["security"] == (
                [] if public else [{"bearer": []}, {"basic": []}, {"session": []}]
            )
            assert public or {"401", "403"} <= said["responses"].keys(), where


class Elements(HTMLParser):
    """What a page loads, and what it runs."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.addresses: list[str] = []
        self.inline: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        given = dict(attributes)
        self.addresses += [str(given[name]) for name in ("src", "href") if name in given]
        self.inline += [name for name in given if name.startswith("on") or name == "style"]
        if tag == "style" or (tag == "script" and "src" not in given):
            self.inline.append(tag)


def contents(house: House, address: str) -> str:
    with house.ask("GET", address) as got:
        assert got.status_code == 200
        return got.text


def test_the_page_to_try_it_loads_nothing_from_elsewhere_and_keeps_the_policy(
    lasting: House, document: dict[str, Any]
) -> None:
    got = lasting.ask("GET", "/api/docs")
    assert got.mimetype == "text/html"
    found = Elements(got.text)
    assert found.inline == []
    addresses = set(found.addresses) - {"data:,"}
    assert all(re.match(r"/api/", address) for address in addresses)
    files = {address: contents(lasting, address) for address in addresses}
    for path in document["paths"]:
        assert f'data-path="{path}"' in got.text
    script = files["/api/docs/reference.js"]
    assert not re.search("https?:|//[a-z]", script + files["/api/docs/reference.css"])
    assert not re.search(r"\beval\(|innerHTML|new Function", script)


def test_the_document_is_for_everybody_and_what_it_tells_of_is_not(lasting: House) -> None:
    assert lasting.ask("GET", "/api/openapi.json").status_code == 200
    assert lasting.ask("GET", "/api/v1/deliveries").status_code == 401
    token = bearer(lasting.tokens[VIEWER])
    assert lasting.ask("GET", "/api/v1/deliveries", token).status_code == 200


def test_requests_made_from_the_document_find_no_500_and_no_other_answer(
    tmp_path: Path, make: Make
) -> None:
    """schemathesis, as the administrator, for a bounded time."""
    config = webhook_config(ops="http://127.0.0.1:9/")
    service = make(config, ADMIN_TOKEN=TOKEN, DELIVER="no").start().ready()
    done = subprocess.run(
        [
            *(sys.executable, "-m", "schemathesis.cli", "run", service.url + "/api/openapi.json"),
            *("--header", f"Authorization: Bearer {TOKEN}", "--checks", ",".join(CHECKS)),
            *("--phases", "coverage,fuzzing", "--max-time", str(SECONDS), "--max-examples", "5"),
            *("--seed", "1", "--no-color", "--warnings", "off", "--continue-on-failure"),
            *("--generation-database", "none", "--max-failures", "5"),
        ],
        cwd=tmp_path,
        env={"PATH": "", "PYTHONPATH": str(ROOT), "COLUMNS": "200"},
        capture_output=True,
        text=True,
        timeout=SECONDS + 60,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-8000:] + done.stderr[-2000:]
    assert "request=failed" not in service.log
