"""Texts that only include a template in which nothing stands are drawn without running anything."""

from __future__ import annotations

import pytest

from translators.gotemplate import TemplateSet, templates

SILENT = '{{ template "slack.default.pretext" . }}'


@pytest.fixture
def runs(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What is prepared to run."""
    prepared: list[str] = []
    prepare = templates.TemplateSet.prepare

    def noting(self: TemplateSet, text: str, html: bool, name: str) -> object:
        prepared.append(text)
        return prepare(self, text, html, name)

    monkeypatch.setattr(templates.TemplateSet, "prepare", noting)
    return prepared


def test_nothing_is_run_for_a_default_that_says_nothing(runs: list[str]) -> None:
    assert TemplateSet(family="alertmanager").render(SILENT, None) == ("", None)
    assert runs == []


@pytest.mark.parametrize(
    ("source", "drawn"),
    [
        ('{{ define "slack.default.pretext" }}mine{{ end }}', "mine"),
        ('{{ define "mine" }}  {{ end }}', ""),
    ],
)
def test_what_somebody_defined_is_run(source: str, drawn: str, runs: list[str]) -> None:
    found = TemplateSet({"mine.tmpl": source}, family="alertmanager")
    assert found.render(SILENT, None).text == drawn
    assert found.render('{{ template "mine" . }}', None).text in ("", "  ")
    assert runs


def test_a_template_that_is_nowhere_is_still_a_mistake() -> None:
    assert TemplateSet(family="alertmanager").render('{{ template "nowhere" . }}', None).error
