"""Golden pages: each integration said in both families, and what becomes of it in the other.

A page is a document a person can read. ``pytest --update-goldens`` writes what the program says
now; the diff is the review.
"""

from __future__ import annotations

import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from alertmanager_configs.loading import Quoted, load
from contactpoints.base import Receiver
from contactpoints.integrations import integrations
from translators import Translation, read_text, translate

PAGES = Path(__file__).parent / "pages"
OTHER = {"alertmanager": "grafana-file", "grafana-file": "alertmanager"}
BLOCK = re.compile(r"^## (.+?)\n+```yaml\n(.*?)```\n(.*?)(?=^## |\Z)", re.M | re.S)


def sources() -> Iterator[tuple[str, str, str]]:
    """Every configuration on a page: integration, dialect, text."""
    for page in sorted(PAGES.glob("*.md")):
        for heading, text, _ in BLOCK.findall(page.read_text()):
            if heading in OTHER:
                yield page.stem, heading, text


def rendered(kind: str) -> str:
    """The page as it should be, its sources kept."""
    page = (PAGES / f"{kind}.md").read_text()
    title = page.partition("\n")[0]
    parts = [title + "\n"]
    for heading, text, _ in BLOCK.findall(page):
        if heading not in OTHER:
            continue
        parts.append(f"## {heading}\n\n```yaml\n{text}```\n")
        done = translate(text, read=heading, write=OTHER[heading])
        losses = "".join(f"- {loss}\n" for loss in done.report) or "Nothing is lost.\n"
        parts.append(f"## {heading}, as {OTHER[heading]}\n\n```yaml\n{done.text}```\n\n{losses}")
    return "\n".join(parts)


def test_every_integration_has_a_page() -> None:
    pages = {page.stem for page in PAGES.glob("*.md")}
    assert pages == {kind.lower() for kind in integrations()}


@pytest.mark.parametrize("kind", sorted(integrations()))
def test_a_page_says_what_the_program_says(kind: str, update_goldens: bool) -> None:
    page = PAGES / f"{kind.lower()}.md"
    wanted = rendered(kind.lower())
    if update_goldens:
        page.write_text(wanted)
    assert page.read_text() == wanted


@pytest.mark.parametrize(("kind", "dialect", "text"), list(sources()))
def test_a_translation_to_the_same_dialect_is_exact(kind: str, dialect: str, text: str) -> None:
    done = translate(text, read=dialect, write=dialect)
    assert not done.report.is_lossy
    assert meaning(done.text, dialect) == meaning(text, dialect)


@pytest.mark.parametrize(("kind", "dialect", "text"), list(sources()))
def test_there_and_back_differs_only_where_a_loss_says_so(
    kind: str, dialect: str, text: str
) -> None:
    there = translate(text, read=dialect, write=OTHER[dialect])
    back = translate(there.text, read=OTHER[dialect], write=dialect)
    lost = mentioned(there) | mentioned(back)
    before, after = settings(text, dialect), settings(back.text, dialect)
    for place in before.keys() | after.keys():
        if before.get(place) != after.get(place):
            assert place[1] in lost or "" in lost, place


@pytest.mark.parametrize(("kind", "dialect", "text"), list(sources()))
def test_amtool_accepts_what_is_written(
    kind: str, dialect: str, text: str, amtool_034: str, tmp_path: Path
) -> None:
    path = tmp_path / "alertmanager.yml"
    path.write_text(translate(text, read=dialect, write="alertmanager").text)
    done = subprocess.run([amtool_034, "check-config", path], capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize(("kind", "declared"), list(integrations().items()))
def test_a_page_uses_every_setting(kind: str, declared: type) -> None:
    """A setting that no page uses is a setting that no test has seen."""
    used: dict[str, set[str]] = {"alertmanager": set(), "grafana": set()}
    for page, dialect, text in sources():
        if page != kind.lower():
            continue
        for _, integration in read_text(text, read=dialect).setup.integrations():
            if type(integration) is declared:
                used[integration.family] |= integration.values.keys()
    for name, field in declared.fields.items():
        for family, names in used.items():
            has_it = (
                isinstance(declared.alertmanager, Receiver)
                if family == "alertmanager"
                else declared.grafana is None
            )
            if has_it and field.spelling(family).exists:
                assert name in names, f"the page of {kind} does not use {name} in {family}"


def mentioned(done: Translation) -> set[str]:
    """The settings that a report names; "" when it is about a whole integration's text."""
    return {loss.where[2].partition(".")[0] if len(loss.where) > 2 else "" for loss in done.report}


def settings(text: str, dialect: str) -> dict[tuple[str, str], object]:
    """Every effective setting of every integration, by contact point with position, and setting."""
    found: dict[tuple[str, str], object] = {}
    for point, integration in read_text(text, read=dialect).setup.integrations():
        family = integration.family
        where = f"{point.name}/{integration.type}"
        for name, value in integration.effective().items():
            if value != integration.fields[name].default(family):
                found[where, integration.fields[name].spelling(family).name] = value
        found[where, "send_resolved"] = integration.send_resolved
    return found


def meaning(text: str, dialect: str) -> object:
    """A document without the order of its keys."""
    return load(text).data


def test_quoted_texts_compare_as_texts() -> None:
    """The comparisons above rest on it."""
    assert load('a: "1"').data == {"a": Quoted("1")} == {"a": "1"}
