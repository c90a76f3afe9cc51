"""What is wrong with the settings of any integration is said at once, each with its place.

The settings are those of the pages; what is made wrong follows from the declarations.
"""

from __future__ import annotations

import copy
import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import yaml
from click.testing import CliRunner

import app
from contactpoints.base import Integration, Receiver
from contactpoints.fields import Choice, Field, Flag, GoDuration, Number, Text, Url
from contactpoints.groups import Part, Parts, TextMap, Tree, Words
from contactpoints.http_settings import HttpConfig
from contactpoints.integrations import integrations
from contactpoints.spelling import Family
from tests.contactpoints.integrations.test_pages import sources
from translators import read_text
from translators.checks import Verdict, check

FAMILIES: dict[str, Family] = {"alertmanager": "alertmanager", "grafana-file": "grafana"}


@dataclass
class Page:
    """The configuration of one family on a page, as data."""

    name: str
    dialect: str
    declared: type[Integration]
    data: Any

    def __str__(self) -> str:
        return f"{self.name}-{self.dialect}"

    @property
    def family(self) -> Family:
        return FAMILIES[self.dialect]

    def settings(self, data: Any, number: int = 0) -> Any:
        """The settings of one integration in ``data``."""
        if self.dialect == "grafana-file":
            return data["contactPoints"][0]["receivers"][number]["settings"]
        assert isinstance(self.declared.alertmanager, Receiver)
        return data["receivers"][0][self.declared.alertmanager.key][number]

    def fields(self) -> Iterator[tuple[str, Field]]:
        """Every setting that the family has, as it is spelled there."""
        for field in self.declared.fields.values():
            spelling = field.spelling(self.family)
            if spelling.exists:
                yield spelling.name, field


def pages() -> Iterator[Page]:
    by_name = {kind.lower(): declared for kind, declared in integrations().items()}
    for name, dialect, text in sources():
        yield Page(name, dialect, by_name[name], yaml.safe_load(text))


PAGES = list(pages())
EACH = pytest.mark.parametrize("page", PAGES, ids=str)


def verdict(page: Page, data: Any) -> Verdict:
    """What ``contactpoints check`` says."""
    text = yaml.safe_dump(data, allow_unicode=True, sort_keys=False)
    return check(text, name=f"{page}.yml", read=page.dialect)


def changed(page: Page, change: Callable[[Any], None]) -> Verdict:
    data = copy.deepcopy(page.data)
    change(page.settings(data))
    return verdict(page, data)


@EACH
def test_the_page_itself_is_valid(page: Page) -> None:
    assert verdict(page, page.data).valid


def wrong_type(field: Field, family: Family) -> Any:
    """A value that the field cannot have."""
    kind = field.spelling(family).kind or field
    if isinstance(kind, Parts | Words | Number | Flag):
        return {"not": "this"}
    if isinstance(kind, Tree):
        return None  # it may be anything
    if isinstance(kind, Part | TextMap):
        return ["not", "this"]
    return {"not": "this"}


@EACH
def test_a_value_of_a_wrong_type_is_named_with_its_line(page: Page) -> None:
    """All of them are made wrong at once, and all are said."""
    data = copy.deepcopy(page.data)
    settings = page.settings(data)
    wanted = set()
    for name, field in page.fields():
        if (value := wrong_type(field, page.family)) is not None:
            settings.pop(f"{name}_file", None)
            settings[name] = value
            wanted.add(name)
    found = verdict(page, data)
    assert all(problem.line > 0 and problem.message for problem in found.errors)
    named = [*found.errors, *found.warnings]  # Grafana does not look at some
    assert wanted <= {step for problem in named for step in problem.path[-2:]}


@EACH
def test_a_setting_that_is_missing_is_asked_for(page: Page) -> None:
    number = fewest(page)
    for name, field in page.fields():
        if not field.required or is_either_or(page, name):
            continue
        data = copy.deepcopy(page.data)
        settings = page.settings(data, number)
        before = len(settings)
        settings.pop(name, None)
        settings.pop(f"{name}_file", None)
        if len(settings) == before:
            continue
        found = verdict(page, data)
        assert found.errors, f"{page}: {name} may be missing"
        assert all(problem.line > 0 for problem in found.errors)
        missed.add((page.name, page.family, name))


missed: set[tuple[str, str, str]] = set()


def test_settings_were_left_out_of_every_integration_that_needs_some() -> None:
    """Else the test above says nothing."""
    assert {name for name, _, _ in missed} >= {
        page.name for page in PAGES if any(field.required for _, field in page.fields())
    } - {"slack"}


def fewest(page: Page) -> int:
    """The integration of a page with the fewest settings."""
    counts: list[int] = []
    while True:
        try:
            counts.append(len(page.settings(page.data, len(counts))))
        except IndexError:
            return counts.index(min(counts))


EITHER_OR = {
    ("alertmanager", "slack", "api_url"): "a token will do as well",
}


def is_either_or(page: Page, name: str) -> bool:
    return (page.family, page.name, name) in EITHER_OR


@EACH
def test_a_text_and_a_file_for_it_are_too_much(page: Page) -> None:
    if page.family != "alertmanager":
        return
    for name, field in page.fields():
        if not field.file or field.file_wins:
            continue

        def both(settings: Any, name: str = name, field: Field = field) -> None:
            settings[name] = "https://a.example/" if isinstance(field, Text) else settings[name]
            settings[f"{name}_file"] = "/etc/there"

        found = changed(page, both)
        assert any(re.search(rf"{name}\b.*{name}_file", p.message) for p in found.errors), name


@EACH
def test_a_setting_that_nobody_knows_is_refused_or_kept_with_a_warning(page: Page) -> None:
    """Alertmanager refuses it; Grafana keeps what it does not know, and so do we."""

    def odd(settings: Any) -> None:
        settings["nonsense"] = {"a": [1]}

    found = changed(page, odd)
    said = found.errors if page.family == "alertmanager" else found.warnings
    (problem,) = [each for each in said if "nonsense" in each.message]
    assert problem.path[-1] == "nonsense"
    assert problem.line > 0
    if page.family == "grafana":
        assert found.valid
        data = copy.deepcopy(page.data)
        odd(page.settings(data))
        reading = read_text(yaml.safe_dump(data), read=page.dialect)
        assert next(reading.setup.integrations())[1].extra["nonsense"] == {"a": ["1"]}


BAD_URLS = ("ftp://x.example/", "nonsense", "http://[::1", "http://", "http://a b/")


@EACH
def test_an_address_that_is_none_is_named_and_no_secret_of_it_shown(page: Page) -> None:
    for name, field in page.fields():
        kind = field.spelling(page.family).kind or field
        if not isinstance(kind, Url):
            continue
        for url in BAD_URLS:
            marked = f"{url}?token=s3cr3t"

            def bad(settings: Any, name: str = name, marked: str = marked) -> None:
                settings.pop(f"{name}_file", None)
                settings[name] = marked

            found = changed(page, bad)
            named = [*found.errors, *found.warnings]  # Grafana does not look at some
            assert any(problem.path[-1] == name for problem in named), (name, url)
            if field.is_secret:
                assert "s3cr3t" not in str(found), str(found)


@EACH
def test_a_word_or_a_number_that_cannot_be_is_named(page: Page) -> None:
    for name, field in page.fields():
        kind = field.spelling(page.family).kind or field
        if not isinstance(kind, Choice | Flag | Number | GoDuration):
            continue

        def bad(settings: Any, name: str = name) -> None:
            settings[name] = "never this"

        found = changed(page, bad)
        named = [*found.errors, *found.warnings]  # Grafana does not look at some
        assert any(problem.path[-1] == name for problem in named), name


@EACH
def test_a_template_that_does_not_parse_is_named(page: Page) -> None:
    """Grafana and Alertmanager would notice only when they send: a warning."""
    data = copy.deepcopy(page.data)
    settings, wanted = page.settings(data), set()
    for name, field in page.fields():
        if type(field).__name__ == "Template" and field.is_drawn(page.family) and name in settings:
            settings[name] = "{{ .Status "
            wanted.add(name)
    found = verdict(page, data)
    assert found.valid or page.declared.type == "sns"  # whose ARN is looked at
    said = {p.path[-1] for p in found.warnings if "unclosed action" in p.message}
    assert wanted <= said
    assert all(problem.line > 0 for problem in found.warnings)


@EACH
def test_inside_http_config_everything_is_checked_as_well(page: Page) -> None:
    named = dict(page.fields()).get("http_config")
    if not isinstance(named, HttpConfig):
        return
    wrong: Any = {"oauth2": {"client_id": {"a": 1}, "scopes": {"b": 2}, "nonsense": 1}}
    found = changed(page, lambda settings: settings.update(http_config=wrong))
    assert {"client_id", "scopes"} <= {problem.path[-1] for problem in found.errors}
    unknown = found.warnings if page.family == "grafana" else found.errors
    assert "nonsense" in {problem.path[-1] for problem in unknown}


def test_the_service_does_not_start_and_says_everything_of_all_files(tmp_path: Path) -> None:
    """Nothing is loaded by half: one wrong setting of one file is enough."""
    files, wanted = [], []
    for page in PAGES:
        data = copy.deepcopy(page.data)
        settings = page.settings(data)
        settings["nonsense" if page.family == "alertmanager" else next(iter(settings))] = {"a": 1}
        file = tmp_path / f"{page}.yml"
        file.write_text(json.dumps(data, indent=1))
        found = check(file.read_text(), name=str(file), read=page.dialect)
        assert found.errors, page
        wanted += [problem.message for problem in found.errors]
        files += ["--config", str(file)]
    done = CliRunner().invoke(app.main, ["serve", *files])
    assert done.exit_code == 1
    lines = done.output.splitlines()
    assert [line for line in lines if "listens" in line] == []
    for message in wanted:
        assert message in done.output
    for page in PAGES:
        assert any(re.search(rf"{re.escape(str(page))}\.yml:\d+:\d+: ", line) for line in lines)
    assert "Traceback" not in done.output
