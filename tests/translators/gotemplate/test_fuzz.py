"""Whatever the text: only our own error, and in bounded time."""

from __future__ import annotations

import time

from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from translators.gotemplate import TemplateSet, example_payload, notification_data
from translators.gotemplate.errors import TemplateError

SETS = {family: TemplateSet(family=family) for family in ("alertmanager", "grafana")}
DATA = {
    family: notification_data(example_payload(), family=family)
    for family in ("alertmanager", "grafana")
}
PIECES = [
    "{{",
    "}}",
    "{{-",
    "-}}",
    "{{/*",
    "*/}}",
    "if",
    "else",
    "end",
    "range",
    "with",
    "define",
    "template",
    "block",
    "break",
    "continue",
    ".",
    "$",
    "$x",
    ":=",
    "=",
    "|",
    "(",
    ")",
    ",",
    "nil",
    "true",
    "1",
    "-1",
    "1.5",
    "0x1",
    "'a'",
    "1i",
    '"a"',
    '"%5d"',
    "`b`",
    ".Alerts",
    ".Status",
    ".Labels",
    ".StartsAt",
    ".GroupLabels.alertname",
    ".Nope",
    ".Firing",
    "len",
    "index",
    "slice",
    "eq",
    "lt",
    "and",
    "or",
    "not",
    "print",
    "printf",
    "html",
    "js",
    "urlquery",
    "call",
    "toUpper",
    "join",
    "match",
    "reReplaceAll",
    "date",
    "tz",
    "list",
    "dict",
    "append",
    "toJson",
    "coll.Dict",
    "data.JSON",
    "tmpl.Exec",
    "tmpl.Inline",
    "now",
    "\n",
    "<a",
    'href="',
    '">',
    "<script>",
    "</script>",
    "<style>",
    "<!--",
    "-->",
    "</",
    ">",
    "'",
    "\\",
    "é",
    "{%",
    "%}",
    "{#",
    "#}",
    "{",
]
TEXTS = st.one_of(
    st.text(max_size=80),
    st.lists(st.sampled_from(PIECES), max_size=24).map(" ".join),
    st.lists(st.sampled_from(PIECES), max_size=12).map(lambda p: "{{ " + " ".join(p) + " }}"),
    st.lists(
        st.sampled_from(
            [
                "{{ range .Alerts }}",
                "{{ range $x, $y := .GroupLabels }}",
                "{{ if .Status }}",
                "{{ with .Alerts }}",
                "{{ else }}",
                "{{ end }}",
                "{{ break }}",
                "{{ $x := 1 }}",
                "{{ $x = 2 }}",
                "{{ $x }}",
                "{{ . }}",
                '{{ define "a" }}',
                '{{ template "a" . }}',
                "<p>",
                '<a href="',
                '">',
                "<script>",
                "text ",
            ]
        ),
        max_size=30,
    ).map("".join),
)


@settings(max_examples=400, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(TEXTS, st.sampled_from(["alertmanager", "grafana"]), st.booleans())
@example("{{ $x = 1 }}{{ $x }}", "alertmanager", False)
@example("{{ printf `%[1]*[1]d` 1000000 }}", "alertmanager", False)
@example("{{ range 2 }}{{ else }}{{ end }}\r\n{", "grafana", True)
def test_only_our_own_error_and_in_bounded_time(text: str, family: str, html: bool) -> None:
    """check, render and the text they leave are sound for any input."""
    templates = SETS[family]
    start = time.monotonic()
    for error in templates.check(text, html=html):
        assert isinstance(error, TemplateError)
    result = templates.render(text, DATA[family], html=html)
    assert time.monotonic() - start < 15
    assert result.error is None or isinstance(result.error, TemplateError)
    result.text.encode("utf-8")
