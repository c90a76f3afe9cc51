"""Random setups: any setting of any integration, with any value that its kind takes."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

from alertmanager_configs.loading import Quoted
from contactpoints.base import Integration, Receiver
from contactpoints.fields import (
    Choice,
    Duration,
    Field,
    Flag,
    FromFile,
    GoDuration,
    HostPort,
    Number,
    TemplateUrl,
    Text,
    Url,
)
from contactpoints.groups import Part, Parts, TextMap, Tree, Words
from contactpoints.http_settings import HttpConfig
from contactpoints.integrations import integrations
from contactpoints.setup import ContactPoint, Setup, TemplateFile
from contactpoints.spelling import Family
from tests.alertmanager_configs.random_setups import as_root, mute_timings, routes

TEXTS = st.text(alphabet=st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=12)
TEMPLATES = TEXTS | st.sampled_from(
    [
        "{{ range $i, $a := .Alerts }}{{ $a.Labels.x }}{{ end }}",
        "a\nb\n",
        " lead",
        "true",
        "010",
        "17:00",
        "null",
        "=",
        "$HOME ${X} $$ $1 cost: 5$",
        "# no comment",
        "- dash",
        "'\"`",
    ]
)
WORDS = st.text(alphabet="abcXYZ019_", min_size=1, max_size=8)
URLS = st.sampled_from(
    ["https://example.com/a?b=$c", "http://127.0.0.1:8080/", "https://é.example"]
)
HTTP: dict[Family, Any] = {
    "alertmanager": st.sampled_from(
        [
            {"basic_auth": {"username": "user", "password": "$1"}, "follow_redirects": False},
            {"authorization": {"type": "Token", "credentials_file": "/etc/token"}},
            {"http_headers": {"X-A": {"values": ["1"], "secrets": ["2"]}}},
            {"proxy_url": "http://proxy:1", "tls_config": {"insecure_skip_verify": True}},
        ]
    ),
    "grafana": st.just(
        {
            "oauth2": {
                "token_url": "https://login.example.com",
                "client_id": "id",
                "client_secret": "$secret",
                "scopes": ["a"],
            }
        }
    ),
}
TREES = st.recursive(
    TEMPLATES.map(Quoted) | st.sampled_from(["5", "true", "1.5"]),
    lambda inner: (
        st.lists(inner, min_size=1, max_size=2)  # an empty one is nothing to Grafana
        | st.dictionaries(WORDS, inner, max_size=2)
    ),
    max_leaves=4,
)


def values_of(field: Field, family: Family) -> st.SearchStrategy[Any]:
    """What a setting can be, in the form the hub has it."""
    kind = field.spelling(family).kind or field
    if isinstance(field, HttpConfig):
        return HTTP[family] if field.setting == "http_config" else st.just({"server_name": "a"})
    if isinstance(field, Part):
        one = st.fixed_dictionaries(
            {},
            optional={
                name: values_of(part, family)
                for name, part in field.parts.items()
                if part.spelling(family).exists
            },
        )
        return st.lists(one, min_size=1, max_size=2) if isinstance(field, Parts) else one
    if isinstance(field, Choice):
        return st.sampled_from(field.choices)
    if isinstance(field, Flag):
        return st.booleans()
    if isinstance(kind, Number):
        low = 1 if kind.least is None else max(kind.least, 1)
        number = st.integers(low, 10**6 if kind.most is None else kind.most)
        return number.map(str) if isinstance(field, Text) else number
    if isinstance(kind, Duration | GoDuration):
        return st.sampled_from(["30s", "1m30s", "2h"])
    if isinstance(kind, HostPort):
        return st.sampled_from(["mail.example:25", "[::1]:587"])
    if isinstance(field, Words):
        return st.lists(WORDS, min_size=1, max_size=3)
    if isinstance(field, TextMap):
        return st.dictionaries(WORDS, TEMPLATES, min_size=1, max_size=3)
    if isinstance(field, Tree):
        return st.dictionaries(WORDS, TREES, min_size=1, max_size=3)
    if isinstance(kind, Url | TemplateUrl):
        return URLS
    if field.file:
        return TEMPLATES | st.sampled_from([FromFile("/etc/a b"), FromFile("relative/$x")])
    return TEMPLATES


def families_of(declared: type[Integration]) -> list[Family]:
    """The families that have an integration."""
    found: list[Family] = ["alertmanager"] if isinstance(declared.alertmanager, Receiver) else []
    return [*found, "grafana"] if declared.grafana is None else found


@st.composite
def one_integration(draw: Any, declared: type[Integration], family: Family) -> Integration:
    """A configured use with any of its settings."""
    settings = {
        name: values_of(field, family)
        for name, field in declared.fields.items()
        if field.spelling(family).exists
    }
    values = draw(st.fixed_dictionaries({}, optional=settings).filter(bool))
    resolved = declared.resolved_default(family)
    told = draw(st.sampled_from([None, not resolved]))
    uid = draw(WORDS) if family == "grafana" else ""
    return declared(values, family=family, uid=uid, send_resolved=told)


@st.composite
def setups(draw: Any, family: Family) -> Setup:
    """A whole setup of a family."""
    kinds = [
        declared
        for declared in integrations().values()
        if family in families_of(declared) and declared.form_of is None
    ]
    names = draw(st.lists(TEXTS.map(str.strip).filter(bool), unique=True, min_size=1, max_size=3))
    points = [
        ContactPoint(
            name,
            draw(
                st.lists(
                    st.sampled_from(kinds).flatmap(lambda kind: one_integration(kind, family)),
                    min_size=1,
                    max_size=2,
                )
            ),
        )
        for name in names
    ]
    setup = Setup(family, contact_points=points, policy=as_root(draw(routes)))
    setup.mute_timings = draw(st.lists(mute_timings, max_size=2))
    if family == "grafana":
        setup.templates = [TemplateFile(name, draw(TEMPLATES)) for name in draw(st.sets(WORDS))]
    return setup
