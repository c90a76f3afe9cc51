"""No template runs long, grows large, nests deep or reaches beyond its data."""

from __future__ import annotations

import pytest

from translators.gotemplate import TemplateSet, bounds, example_payload, notification_data

TEMPLATES = TemplateSet()
GRAFANA = TemplateSet(family="grafana")
DATA = notification_data(example_payload(), family="alertmanager")
GRAFANA_DATA = notification_data(example_payload(), family="grafana")

ENDLESS = {
    "a template that includes itself": (
        '{{ define "x" }}a{{ template "x" . }}{{ end }}{{ template "x" . }}',
        "exceeded maximum template depth",
    ),
    "two templates that include each other": (
        '{{ define "x" }}{{ template "y" . }}{{ end }}{{ define "y" }}{{ template "x" . }}{{ end }}'
        '{{ template "x" . }}',
        "exceeded maximum template depth",
    ),
    "a range over a huge number": ("{{ range 9000000000000000000 }}{{ end }}", "rounds of loops"),
    "nested ranges": (
        "{{ range 100000 }}{{ range 100000 }}{{ range 100000 }}{{ end }}{{ end }}{{ end }}",
        "rounds of loops",
    ),
    "a giant width": ('{{ printf "%9999999d" 1 }}', "width 9999999 is larger"),
    "a giant width from an argument": (
        '{{ range 100 }}{{ printf "%*d" 1000000 1 }}{{ end }}',
        "size",
    ),
    "a giant precision": ('{{ printf "%.5000000f" 1.5 }}', "width 5000000 is larger"),
    "much output": ('{{ range 900000 }}{{ printf "%100d" . }}{{ end }}', "exceeds maximum size"),
    "a string that doubles": (
        '{{ $x := "xxxxxxxx" }}{{ range 60 }}{{ $x = printf "%s%s" $x $x }}{{ end }}',
        "string longer than",
    ),
    "a list that doubles": (
        '{{ $x := list 1 }}{{ range 60 }}{{ $x = list $x $x }}{{ end }}{{ printf "%v" $x }}',
        "",
    ),
    "a list that doubles, as JSON": (
        "{{ $x := list 1 }}{{ range 60 }}{{ $x = list $x $x }}{{ end }}{{ toJson $x }}",
        "",
    ),
    "a replacement that grows": (
        '{{ $x := "aaaaaaaaaa" }}{{ range 9 }}{{ $x = reReplaceAll "a" "aaaaaaaaaa" $x }}{{ end }}',
        "",
    ),
    "a join that grows": (
        '{{ $x := printf "%999999d" 1 }}{{ join $x (stringSlice $x $x $x $x $x $x $x $x $x) }}',
        "string longer than",
    ),
    "templates that fan out without a word": (
        "".join(
            f'{{{{ define "t{i}" }}}}{{{{ template "t{i + 1}" }}}}{{{{ template "t{i + 1}" }}}}'
            "{{ end }}"
            for i in range(25)
        )
        + '{{ define "t25" }}{{ end }}{{ template "t0" }}',
        "",
    ),
    "a string that grows by escaping": (
        '{{ $x := "<<" }}{{ range 40 }}{{ $x = js $x }}{{ end }}',
        "",
    ),
    "a string that grows by encoding": (
        '{{ $x := "abcdefghijk" }}{{ range 100 }}{{ $x = base64encode $x }}{{ end }}',
        "string longer than",
    ),
    "long strings looked at over and over": (
        '{{ $x := printf "%999999d" 1 }}' + "{{ $y := title $x }}" * 1000,
        "longer than 3 seconds",
    ),
    "a hundred thousand definitions": (
        "".join(f'{{{{ define "t{i}" }}}}{{{{ end }}}}' for i in range(100_000)),
        "longer than 60000 words",
    ),
    "a pattern that hangs other engines": (
        '{{ match "(a*)*$" "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaab" }}',
        None,
    ),
}


@pytest.mark.parametrize("name", ENDLESS)
def test_what_would_not_end_ends_quickly_with_an_error(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each within its bound, and the error says which, however slow the machine is."""
    text, message = ENDLESS[name]
    if message and "seconds" not in message:
        monkeypatch.setattr(bounds, "MAX_SECONDS", 60.0)
    result = TEMPLATES.render(text, DATA)
    assert len(result.text) <= 12 * 1024 * 1024
    if message is None:
        assert result.error is None
    else:
        assert result.error is not None
        assert message in str(result.error)


def test_html_that_nests_contexts_ends_with_an_error() -> None:
    """Each level doubles what has to be looked at."""
    text = "".join(
        f'{{{{ define "t{i}" }}}}<a href="{{{{ template "t{i + 1}" . }}}}">{{{{ template '
        f'"t{i + 1}" . }}}}</a>{{{{ end }}}}'
        for i in range(30)
    )
    text += '{{ define "t30" }}{{ . }}{{ end }}{{ template "t0" .Status }}'
    [error] = TEMPLATES.check(text, html=True)
    assert error.message == "takes too long to escape"


YAML = {
    "merged keys that multiply": (
        "a: &a {"
        + ", ".join(f"k{i}: 1" for i in range(100))
        + "}\\n"
        + "".join(
            f"{name}: &{name} {{<<: [{', '.join(['*' + before] * 30)}]}}\\n"
            for before, name in zip("abcd", "bcde", strict=True)
        ),
        "a mapping of more than 10000 keys",
    ),
    "lists that multiply": (
        "a: &a [x]\\n"
        + "".join(
            f"{name}: &{name} [{', '.join(['*' + before] * 20)}]\\n"
            for before, name in zip("abcdef", "bcdefg", strict=True)
        ),
        "rounds of loops",
    ),
}


@pytest.mark.parametrize("name", YAML)
def test_yaml_that_multiplies_ends_with_an_error(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What data.JSON reads is bounded as well, by more than the time that it takes."""
    monkeypatch.setattr(bounds, "MAX_SECONDS", 60.0)
    source, message = YAML[name]
    result = GRAFANA.render('{{ data.JSON "' + source + '" }}', GRAFANA_DATA)
    assert message in str(result.error)


@pytest.mark.parametrize(
    "name", ["_eval_args_", "_html_template_htmlescaper", "settle", "lipsum", "attr", "cycler"]
)
def test_no_function_but_the_documented_ones_is_known(name: str) -> None:
    """Neither those of Jinja2 nor the compiler's own."""
    for templates in (TEMPLATES, GRAFANA):
        [error] = templates.check("{{ " + name + " . }}")
        assert error.message == f'function "{name}" not defined'


def test_templates_within_expressions_end_too() -> None:
    """tmpl.Exec and tmpl.Inline count their own depth."""
    text = '{{ define "x" }}{{ tmpl.Exec "x" . }}{{ end }}{{ tmpl.Exec "x" . }}'
    assert GRAFANA.render(text, GRAFANA_DATA).error is not None


def test_text_before_the_error_is_kept() -> None:
    """As Alertmanager and Grafana do, the notification goes out with what there is."""
    result = TEMPLATES.render("before {{ range .Alerts }}{{ .Status }} {{ .Nope }}{{ end }}", DATA)
    assert result.text == "before firing "
    assert result.error is not None
    assert (result.error.line, result.error.column) == (1, 44)
    assert result.error.message == "can't evaluate field Nope in type template.Alert"


@pytest.mark.parametrize("depth", [30, 100, 2000])
@pytest.mark.parametrize(
    ("opening", "closing"),
    [("{{ if . }}", "{{ end }}"), ("{{ range . }}", "{{ end }}"), ("{{ (", ") }}")],
)
def test_deep_nesting_is_refused_or_works(opening: str, closing: str, depth: int) -> None:
    """Neither a crash nor anything but our own error."""
    if opening == "{{ (":
        text = "{{ " + "(" * depth + "1" + ")" * depth + " }}"
    else:
        text = opening * depth + closing * depth
    for error in TEMPLATES.check(text):
        assert "deep" in str(error)


def test_many_branches_are_no_nesting() -> None:
    """`else if` after `else if` is a list, not a depth."""
    branches = "".join(f'{{{{ else if eq .Status "s{i}" }}}}{i}' for i in range(200))
    text = '{{ if eq .Status "x" }}x' + branches + "{{ else }}none{{ end }}"
    assert TEMPLATES.render(text, DATA).text == "none"


REACHING = [
    "__class__",
    "__init__",
    "__globals__",
    "go_methods",
    "fields",
    "items",
    "keys",
    "update",
    "pop",
    "sorted_pairs",
    "zero",
    "append",
    "moment",
    "zone",
    "upper",
    "format",
    "real",
]


@pytest.mark.parametrize("name", REACHING)
@pytest.mark.parametrize(
    "value",
    [".", ".Alerts", "(index .Alerts 0)", "(index .Alerts 0).StartsAt", ".Status", "(len .Alerts)"],
)
def test_nothing_of_python_can_be_reached(value: str, name: str) -> None:
    """Only the fields and methods Go has."""
    result = (
        TEMPLATES.render(f"{{{{ {value}.{name} }}}}", DATA)
        if value != "."
        else (TEMPLATES.render(f"{{{{ .{name} }}}}", DATA))
    )
    assert result.error is not None
    assert f"can't evaluate field {name}" in str(result.error)


def test_names_of_labels_are_only_labels() -> None:
    """A map gives its elements, never attributes of the Python dictionary."""
    assert TEMPLATES.render("[{{ .CommonLabels.items }}{{ .CommonLabels.__class__ }}]", DATA) == (
        "[]",
        None,
    )


def test_text_of_jinja_is_only_text() -> None:
    """What Jinja2 would carry out is printed."""
    text = '{% set x = 1 %}{# no #}{ {{ "{{ 7 * 7 }}" }} {{ .Status }}{%'
    assert TEMPLATES.render(text, DATA).text == "{% set x = 1 %}{# no #}{ {{ 7 * 7 }} firing{%"
