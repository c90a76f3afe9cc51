"""Byte for byte what Go prints: every case states the program that printed its expectation."""

from __future__ import annotations

import datetime
import hashlib
import json
import re
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from translators.gotemplate import TemplateError, TemplateSet, notification_data

CASES = Path(__file__).parent / "cases"
TOPICS = sorted(path.stem for path in CASES.glob("*.json") if path.stem != "payloads")
PAYLOADS = json.loads((CASES / "payloads.json").read_text(encoding="utf-8"))
NOW = datetime.datetime(2026, 3, 2, 12, tzinfo=datetime.UTC)
SETS = {family: TemplateSet(family=family) for family in ("alertmanager", "grafana")}


@pytest.fixture(autouse=True)
def _utc(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("TZ", "UTC")
    time.tzset()
    yield
    monkeypatch.undo()
    time.tzset()


def same_error(error: TemplateError | None, wanted: str) -> bool:
    """Go names no column for a text that does not parse; we do."""
    if error is None or not wanted:
        return error is None and not wanted
    ours = str(error)
    if re.match(r"template: [^:]*:\d+: ", wanted):
        ours = re.sub(r"^(template: [^:]*:\d+):\d+:", r"\1:", ours)
    ours, wanted = (re.sub(r"(<inline>:\d+):\d+:", r"\1:", text) for text in (ours, wanted))
    # The default templates are our own text: their lines and columns are not Go's.
    place = r"template: [^:]*:\d+:\d+: executing \"[^\"]+\""
    return ours == wanted or (
        re.match(place, ours) is not None
        and re.sub(place, "", ours).partition(">: ")[2]
        == re.sub(place, "", wanted).partition(">: ")[2]
    )


@pytest.mark.parametrize("topic", TOPICS)
def test_every_case_renders_as_go_renders_it(topic: str) -> None:
    """Text and error of every case of the topic are Go's."""
    document = json.loads((CASES / f"{topic}.json").read_text(encoding="utf-8"))
    assert document["expected by"]
    wrong = []
    for case in document["cases"]:
        problem = difference(case)
        if problem:
            wrong.append(f"{case['template']!r}: {problem}")
    assert not wrong, f"{len(wrong)} of {len(document['cases'])}:\n" + "\n".join(wrong[:20])


def difference(case: dict[str, Any]) -> str:
    """How our rendering differs from the expectation; empty when it does not."""
    family = case.get("family", "alertmanager")
    data = notification_data(PAYLOADS[case["data"]], family=family, now=NOW)
    templates = SETS[family]
    if "sources" in case:
        templates = TemplateSet(dict(case["sources"]), family=family)
    result = templates.render(case["template"], data, html=case.get("engine") == "html")
    if "sha256" in case:
        if hashlib.sha256(result.text.encode()).hexdigest() != case["sha256"]:
            return f"another text of {len(result.text)} characters"
    elif result.text != case["text"]:
        return f"{result.text!r} instead of {case['text']!r}"
    if not same_error(result.error, case.get("error", "")):
        return f"error {result.error} instead of {case.get('error')}"
    return ""


def test_the_cases_are_many_and_cover_both_families_and_engines() -> None:
    """A lost file must not go unnoticed."""
    cases = [
        case
        for topic in TOPICS
        for case in json.loads((CASES / f"{topic}.json").read_text(encoding="utf-8"))["cases"]
    ]
    assert len(cases) > 2500
    assert sum(case.get("family") == "grafana" for case in cases) > 200
    assert sum(case.get("engine") == "html" for case in cases) > 250
    assert sum("error" in case for case in cases) > 200
