"""How the objects spell what Alertmanager's file says.

The Prometheus operator's names follow from Alertmanager's by one rule (:func:`camel`), those of
VictoriaMetrics' operator are Alertmanager's own; :mod:`translators.kubernetes.exceptions` has what
does not follow.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from contactpoints.base import Integration, Receiver
from contactpoints.fields import Field, Flag, GoDuration, Number
from contactpoints.groups import Part, Parts, TextMap, Tree, Words
from contactpoints.http_settings import HttpConfig, SmtpTls
from contactpoints.integrations import by_receiver_key
from translators.kubernetes.exceptions import (
    PROMETHEUS_ABSENT,
    PROMETHEUS_ADDRESSES,
    PROMETHEUS_NAMES,
    PROMETHEUS_PLAIN,
    PROMETHEUS_REQUIRED,
    VICTORIA_ABSENT,
    VICTORIA_NAMES,
    VICTORIA_PLAIN,
    VICTORIA_REQUIRED,
)
from translators.kubernetes.http_keys import (
    PROMETHEUS_HTTP,
    PROMETHEUS_TLS,
    VICTORIA_HTTP,
    VICTORIA_TLS,
)
from translators.kubernetes.keys import Key, Kind, Shape

ACRONYMS = frozenset(["arn", "aws", "fips", "http", "id", "sts", "tls", "url"])


def camel(name: str) -> str:
    """The Prometheus operator's name for Alertmanager's.

    >>> camel("require_tls"), camel("icon_url"), camel("url_title"), camel("msteamsv2_configs")
    ('requireTLS', 'iconURL', 'urlTitle', 'msteamsv2Configs')
    """
    head, *rest = name.split("_")
    return head + "".join(word.upper() if word in ACRONYMS else word.capitalize() for word in rest)


@dataclass(frozen=True, eq=False)
class Api:
    """One kind of object in one version. ``is_camel`` tells the Prometheus operator's style: its
    names, maps as lists of pairs, and matchers as objects.
    """

    group: str
    version: str
    kind: str
    is_camel: bool
    intervals: str
    names: Mapping[str, str]
    plain: Mapping[str, str]
    absent: frozenset[str]
    files: frozenset[str]
    addresses: frozenset[str]
    required: frozenset[str]
    http: Shape
    tls: Shape
    prefix: str
    """What its operator puts before the names of receivers and intervals."""

    def name(self, path: str) -> str:
        """This API's name for what is at ``path`` in a receiver of Alertmanager's file."""
        last = path.rpartition(".")[2]
        return self.names.get(path) or (camel(last) if self.is_camel else last)

    def key(self, name: str) -> str:
        """This API's name where no exception is known."""
        return camel(name) if self.is_camel else name


ALPHA = Api(
    "monitoring.coreos.com",
    "v1alpha1",
    "AlertmanagerConfig",
    True,
    "muteTimeIntervals",
    PROMETHEUS_NAMES,
    PROMETHEUS_PLAIN,
    PROMETHEUS_ABSENT,
    frozenset(
        [
            "pushover_configs.token_file",
            "pushover_configs.user_key_file",
            "telegram_configs.bot_token_file",
        ]
    ),
    PROMETHEUS_ADDRESSES,
    PROMETHEUS_REQUIRED,
    PROMETHEUS_HTTP,
    PROMETHEUS_TLS,
    "{namespace}/{name}/",
)
BETA = Api(
    "monitoring.coreos.com",
    "v1beta1",
    "AlertmanagerConfig",
    True,
    "timeIntervals",
    PROMETHEUS_NAMES,
    PROMETHEUS_PLAIN,
    PROMETHEUS_ABSENT | {"opsgenie_configs.update_alerts"},
    ALPHA.files,
    PROMETHEUS_ADDRESSES,
    PROMETHEUS_REQUIRED,
    PROMETHEUS_HTTP,
    PROMETHEUS_TLS,
    "{namespace}/{name}/",
)
VICTORIA = Api(
    "operator.victoriametrics.com",
    "v1beta1",
    "VMAlertmanagerConfig",
    False,
    "time_intervals",
    VICTORIA_NAMES,
    VICTORIA_PLAIN,
    VICTORIA_ABSENT,
    frozenset(["incidentio_configs.url_file", "incidentio_configs.alert_source_token_file"]),
    frozenset(),
    VICTORIA_REQUIRED,
    VICTORIA_HTTP,
    VICTORIA_TLS,
    "{namespace}-{name}-",
)
APIS = (ALPHA, BETA, VICTORIA)
VERSIONS = {api.version: api for api in (ALPHA, BETA)}
"""What AlertmanagerConfig can be asked to be written as."""

ATTRIBUTES = "sns_configs.attributes"  # a map in every API
RESPONDER = "opsgenie_configs.responders.type"
RESPONDERS = ("team", "teams", "user", "escalation", "schedule")
KEEPS_EMPTY = "email_configs.html"


def shape_of(api: Api, declared: type[Integration]) -> Shape | None:
    """The keys of an integration in ``api``; ``None`` when the API does not have it."""
    receiver = declared.alertmanager
    if not isinstance(receiver, Receiver) or receiver.key in api.absent:
        return None
    return _shapes(api)[receiver.key]


@cache
def _shapes(api: Api) -> Mapping[str, Shape]:
    """The keys of every integration, by its key in a receiver."""
    return {key: _shape(api, declared.fields, key) for key, declared in by_receiver_key().items()}


def _shape(api: Api, fields: Mapping[str, Field], path: str) -> Shape:
    found: dict[str, Key] = {}
    for each in fields.values():
        spelling = each.spelling("alertmanager")
        place = f"{path}.{spelling.name}"
        if not spelling.exists or place in api.absent:
            continue
        kind = _kind(api, each, place)
        found[spelling.name] = Key(
            api.name(place),
            kind,
            _parts(api, each, place),
            plain=api.plain.get(place, ""),
            default=each.default("alertmanager"),
            is_template=each.is_template,
            keeps_empty=api.is_camel and place == KEEPS_EMPTY,
            is_address=place in api.addresses,
            required=place in api.required,
            choices=RESPONDERS if api.is_camel and place == RESPONDER else (),
        )
        if f"{place}_file" in api.files:
            found[f"{spelling.name}_file"] = Key(api.key(f"{spelling.name}_file"))
    return found


def _parts(api: Api, each: Field, path: str) -> Shape:
    if isinstance(each, SmtpTls):
        return api.tls
    if isinstance(each, HttpConfig):
        return api.http
    return _shape(api, each.parts, path) if isinstance(each, Part) else {}


def _kind(api: Api, each: Field, path: str) -> Kind:
    written = each.spelling("alertmanager").kind or each
    if path == "email_configs.threading":
        return "threading"
    if isinstance(each, Part):
        return "objects" if isinstance(each, Parts) else "object"
    if isinstance(each, Tree):
        if path == "pagerduty_configs.details":
            return "pairs" if api.is_camel else "map"
        return "text" if api.is_camel else "tree"
    if isinstance(each, TextMap):
        return "pairs" if api.is_camel and path != ATTRIBUTES else "map"
    kinds: tuple[tuple[type[Field], Kind], ...] = (
        (Words, "texts"),
        (Flag, "flag"),
        (Number, "number"),
        (GoDuration, "duration"),
    )
    for declared, kind in kinds:
        if isinstance(written, declared):
            return kind
    return "secret" if each.is_secret else "text"
