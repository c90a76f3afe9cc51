"""Sets of templates: which definition counts, and what is reported when one does not parse."""

from __future__ import annotations

import pytest

from translators.gotemplate import (
    Family,
    TemplateErrors,
    TemplateSet,
    compiled_source,
    default_sources,
    example_payload,
    notification_data,
    template_losses,
    translated_template,
)

DATA = notification_data(example_payload(), family="alertmanager")


def test_a_source_overrides_the_default_and_a_later_one_the_earlier() -> None:
    """Even for the templates that include it."""
    templates = TemplateSet(
        {
            "a.tmpl": '{{ define "__subject" }}first{{ end }}',
            "b.tmpl": '{{ define "__subject" }}second{{ end }}',
        }
    )
    assert templates.render('{{ template "slack.default.title" . }}', DATA).text == "second"


@pytest.mark.parametrize("family", ["grafana", "alertmanager"])
def test_a_source_may_define_a_template_of_its_own_name(family: Family) -> None:
    """Grafana's groups of templates mostly do."""
    templates = TemplateSet({"hello": '\n{{ define "hello" }}Hi{{ end }}\n'}, family=family)
    assert "hello" in templates.names()
    assert templates.render('{{ template "hello" . }}!', DATA).text == "Hi!"


def test_an_empty_definition_overrides_nothing() -> None:
    """Go keeps the old one; only space counts as empty."""
    templates = TemplateSet({"a.tmpl": '{{ define "__alertmanager" }} \n {{ end }}'})
    assert templates.render('{{ template "__alertmanager" . }}', DATA).text == "Alertmanager"


def test_alertmanager_knows_a_file_by_its_name() -> None:
    """The text outside the definitions of a file is a template too."""
    templates = TemplateSet({"/etc/x/team.tmpl": "hello {{ .Status }}"})
    assert templates.render('{{ template "team.tmpl" . }}', DATA).text == "hello firing"
    assert "team.tmpl" in templates.names()


def test_all_bad_sources_are_reported_at_once_with_their_places() -> None:
    """File, line, column and what was expected."""
    with pytest.raises(TemplateErrors) as caught:
        TemplateSet({"a.tmpl": "x\n {{ nope }}", "ok.tmpl": "", "b.tmpl": "{{ if }}{{ end }}"})
    assert [str(error) for error in caught.value.errors] == [
        'template: a.tmpl:2:5: function "nope" not defined',
        "template: b.tmpl:1:7: missing value for if",
    ]


def test_check_names_the_fault_of_a_text() -> None:
    """And nothing for a text that is fine."""
    templates = TemplateSet()
    assert templates.check("{{ .Status }}") == []
    assert templates.check("no template") == []
    [error] = templates.check("{{ .Status", name="slack.title")
    assert str(error) == "template: slack.title:1:11: unclosed action"
    [error] = templates.check('<a href="{{ if .Status }}x', html=True)
    assert error.message == "unexpected EOF"


def test_a_text_may_define_and_override_for_itself_only() -> None:
    """The set stays as it was."""
    templates = TemplateSet()
    own = '{{ define "__alertmanager" }}mine{{ end }}{{ template "slack.default.username" . }}'
    assert templates.render(own, DATA).text == "mine"
    assert (
        templates.render('{{ template "slack.default.username" . }}', DATA).text == "Alertmanager"
    )


def test_the_compiled_jinja_names_every_template() -> None:
    """One part for each definition."""
    for name, text in default_sources("grafana").items():
        source = compiled_source(text, family="grafana", name=name)
        assert source.count("{# ") == text.count("{{- define ")
        assert "{% include" in source


def test_losses_between_families_have_their_place() -> None:
    """What the target has not, with line and column."""
    text = "{{ range .Alerts }}{{ .Labels.Values }}\n{{ .SilenceURL }}{{ .Values.A }}{{ end }}"
    losses = template_losses(text, read="grafana", write="alertmanager")
    assert [(loss.line, loss.column, loss.what) for loss in losses] == [
        (2, 4, ".SilenceURL"),
        (2, 28, ".Values"),
    ]
    assert template_losses(text, read="grafana", write="grafana") == []


def test_what_has_a_faithful_equal_is_rewritten() -> None:
    """And prints the same in the other family."""
    text = '{{ coll.Dict "a" (coll.Slice 1 .Status) | data.ToJSON }}'
    there = translated_template(text, read="grafana", write="alertmanager")
    assert there.text == '{{ dict "a" (list 1 .Status) | toJson }}'
    assert there.losses == []
    back = translated_template(there.text, read="alertmanager", write="grafana")
    assert back.text == text
    odd = translated_template("{{ coll.Dict 1 }}", read="grafana", write="alertmanager")
    assert [loss.what for loss in odd.losses] == ["coll.Dict"]


def test_functions_and_defaults_of_one_family_are_losses() -> None:
    """Those that differ in what they print are named as well."""
    text = '{{ routeLabels "a" }}{{ template "slack.default.color" . }}{{ template "__subject" . }}'
    losses = template_losses(text, read="alertmanager", write="grafana")
    assert [loss.what for loss in losses] == [
        "routeLabels",
        'template "slack.default.color"',
        'template "__subject"',
    ]


def test_a_payload_that_is_none_is_refused() -> None:
    """With the name of what is wrong."""
    with pytest.raises(ValueError, match="startsAt"):
        notification_data({"alerts": [{"startsAt": "yesterday"}]}, family="alertmanager")
    with pytest.raises(ValueError, match="alerts"):
        notification_data({"alerts": "x"}, family="grafana")
    with pytest.raises(ValueError, match="labels"):
        notification_data({"alerts": [{"labels": {"a": 1}}]}, family="grafana")


def test_a_firing_alert_has_no_end() -> None:
    """Whatever the payload says."""
    payload = {"alerts": [{"status": "firing", "endsAt": "2026-01-01T00:00:00Z"}]}
    data = notification_data(payload, family="alertmanager")
    assert TemplateSet().render("{{ (index .Alerts 0).EndsAt.IsZero }}", data).text == "true"
