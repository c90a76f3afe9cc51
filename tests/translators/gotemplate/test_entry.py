"""A text that only includes a template starts in that template: nobody can tell but by the time."""

from __future__ import annotations

import pytest

from translators.gotemplate import TemplateSet, example_payload, notification_data
from translators.gotemplate.bounds import MAX_OUTPUT, MAX_TEMPLATES

DATA = notification_data(example_payload(), family="alertmanager")

WRAPPED = """
{{ define "outer" }}{{ template "inner" . }}{{ end }}
{{ define "inner" }}{{ template "core" . }}{{ end }}
{{ define "core" }}%s{{ end }}
{{ define "lost" }}{{ template "nowhere" . }}{{ end }}
{{ define "itself" }}{{ template "itself" . }}{{ end }}
{{ define "ping" }}{{ template "pong" . }}{{ end }}
{{ define "pong" }}{{ template "ping" . }}{{ end }}
{{ define "other" }}{{ template "core" .Alerts }}{{ end }}
"""


@pytest.mark.parametrize("core", ["{{ .Status }}", "a{{ .Nope }}b", "{{ . }}", "", " "])
@pytest.mark.parametrize("name", ["outer", "inner", "lost", "itself", "ping", "other", "nowhere"])
@pytest.mark.parametrize("html", [False, True])
def test_it_draws_and_fails_as_it_does_in_the_middle_of_a_text(
    core: str, name: str, html: bool
) -> None:
    found = TemplateSet({"x.tmpl": WRAPPED % core})
    alone = found.render(f'{{{{ template "{name}" . }}}}', DATA, html=html)
    inside = found.render(f'{{{{""}}}}{{{{ template "{name}" . }}}}', DATA, html=html)
    assert alone.text == inside.text
    assert (alone.error is None) == (inside.error is None)
    if name != "nowhere":  # whose place is the text itself
        assert str(alone.error) == str(inside.error)


@pytest.mark.parametrize("word", ["", '{{ "" }}'])
@pytest.mark.parametrize("count", range(MAX_TEMPLATES - 2, MAX_TEMPLATES + 2))
def test_it_may_go_as_deep_as_before(count: int, word: str) -> None:
    source = "".join(
        f'{{{{ define "t{i}" }}}}{word}{{{{ template "t{i + 1}" . }}}}{{{{ end }}}}'
        for i in range(1, count)
    )
    found = TemplateSet({"x.tmpl": f'{source}{{{{ define "t{count}" }}}}word{{{{ end }}}}'})
    text, error = found.render('{{ template "t1" . }}', DATA)
    assert text == ("word" if count <= MAX_TEMPLATES else "")
    assert ("maximum template depth" in str(error)) == (count > MAX_TEMPLATES)


def test_long_pieces_count_before_many_of_them_are_held() -> None:
    many = '{{ $x := printf "%999999d" 1 }}' + "{{ $x }}" * 60
    text, error = TemplateSet().render(many, DATA)
    assert str(error) == "template: :0:0: template output exceeds maximum size"
    assert len(text) <= MAX_OUTPUT
    few = '{{ $x := printf "%999999d" 1 }}' + "{{ $x }}" * 10
    assert TemplateSet().render(few, DATA).error is None


def test_long_pieces_of_renderings_inside_count_as_well() -> None:
    found = TemplateSet({"x": '{{ define "x" }}{{ . }}{{ end }}'}, family="grafana")
    many = '{{ $x := printf "%999999d" 1 }}' + '{{ tmpl.Exec "x" $x }}' * 60
    text, error = found.render(many, notification_data(example_payload(), family="grafana"))
    assert "template output exceeds maximum size" in str(error)
    assert len(text) <= MAX_OUTPUT
