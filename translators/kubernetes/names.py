"""How the objects spell what Alertmanager's file says.

The Prometheus operator's names follow from Alertmanager's by one rule (:func:`camel`), those of
VictoriaMetrics' operator are Alertmanager's own. What does not follow, and what an API does not
have, stands in the tables here, by Alertmanager's spelling. Sources, read as of
prometheus-operator 0.93 and VictoriaMetrics' operator 0.74:
https://prometheus-operator.dev/docs/api-reference/api/#monitoring.coreos.com/v1alpha1.AlertmanagerConfig
https://docs.victoriametrics.com/operator/api/#vmalertmanagerconfig
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any, Literal

from contactpoints.base import Integration, Receiver
from contactpoints.fields import Field, Flag, GoDuration, Number
from contactpoints.groups import Part, Parts, TextMap, Tree, Words
from contactpoints.http_settings import HttpConfig, SmtpTls
from contactpoints.integrations import by_receiver_key

Kind = Literal[
    "text",  # a string
    "number",
    "flag",
    "texts",  # a list of strings
    "map",  # names and strings
    "tree",  # anything
    "pairs",  # names and strings, as a list of {key, value}
    "duration",  # Go's grammar in Alertmanager's file, Prometheus' in the object
    "secret",  # a reference {name, key} to a Secret
    "either",  # {secret: reference} or {configMap: reference}
    "secrets",  # names, each with a list of references
    "headers",  # names, each with {values, secrets, files}
    "object",
    "objects",  # a list of them
    "threading",  # of a mail: {threadByDate}, which is enabled by being there
]

ACRONYMS = frozenset(["arn", "aws", "fips", "http", "id", "sts", "tls", "url"])


def camel(name: str) -> str:
    """The Prometheus operator's name for Alertmanager's.

    >>> camel("require_tls"), camel("icon_url"), camel("url_title"), camel("msteamsv2_configs")
    ('requireTLS', 'iconURL', 'urlTitle', 'msteamsv2Configs')
    """
    head, *rest = name.split("_")
    return head + "".join(word.upper() if word in ACRONYMS else word.capitalize() for word in rest)


@dataclass(frozen=True)
class Key:
    """One key of an object. ``plain`` is its twin that takes the value as it stands, not as a
    reference; ``aliases`` are other names that are read. ``default`` is what Alertmanager does when
    it is left out; ``keeps_empty`` tells that the operator passes an empty text on; ``is_address``
    that only a web address is taken, no template; ``required`` that the object is refused without
    it; ``choices`` are all that it takes.
    """

    name: str
    kind: Kind = "text"
    parts: Mapping[str, Key] = field(default_factory=dict)
    plain: str = ""
    aliases: tuple[str, ...] = ()
    default: Any = None
    is_template: bool = False
    keeps_empty: bool = False
    is_address: bool = False
    required: bool = False
    choices: tuple[str, ...] = ()


Shape = Mapping[str, Key]
"""The keys of an object, by Alertmanager's names."""


def _text(*names: str, **others: str) -> dict[str, Key]:
    return {name: Key(others.get(name, name)) for name in (*names, *others)}


_PROXY = {
    "proxy_url": Key("proxyURL", aliases=("proxyUrl",)),
    "no_proxy": Key("noProxy"),
    "proxy_from_environment": Key("proxyFromEnvironment", "flag"),
    "proxy_connect_header": Key("proxyConnectHeader", "secrets"),
}
_TLS = {
    "ca": Key("ca", "either"),
    "cert": Key("cert", "either"),
    "key": Key("keySecret", "secret"),
    "server_name": Key("serverName"),
    "insecure_skip_verify": Key("insecureSkipVerify", "flag"),
}
_PROMETHEUS_TLS = {**_TLS, **_text(min_version="minVersion", max_version="maxVersion")}
_VICTORIA_TLS = {**_TLS, **_text(ca_file="caFile", cert_file="certFile", key_file="keyFile")}
_LOGIN = {"username": Key("username", "secret"), "password": Key("password", "secret")}
_TOKEN = {"type": Key("type"), "credentials": Key("credentials", "secret")}

PROMETHEUS_HTTP: Shape = {
    "basic_auth": Key("basicAuth", "object", _LOGIN),
    "authorization": Key("authorization", "object", _TOKEN),
    "oauth2": Key(
        "oauth2",
        "object",
        {
            "client_id": Key("clientId", "either"),
            "client_secret": Key("clientSecret", "secret"),
            "scopes": Key("scopes", "texts"),
            "token_url": Key("tokenUrl", is_address=True),
            "endpoint_params": Key("endpointParams", "map"),
            "tls_config": Key("tlsConfig", "object", _PROMETHEUS_TLS),
            **_PROXY,
            "proxy_url": Key("proxyUrl"),
        },
    ),
    "bearer_token": Key("bearerTokenSecret", "secret"),
    "tls_config": Key("tlsConfig", "object", _PROMETHEUS_TLS),
    "follow_redirects": Key("followRedirects", "flag"),
    "enable_http2": Key("enableHttp2", "flag"),
    **_PROXY,
}
VICTORIA_HTTP: Shape = {
    "basic_auth": Key("basic_auth", "object", {**_LOGIN, **_text("password_file")}),
    "authorization": Key(
        "authorization", "object", {**_TOKEN, **_text(credentials_file="credentialsFile")}
    ),
    "oauth2": Key(
        "oauth2",
        "object",
        {
            "client_id": Key("client_id", "either"),
            "client_secret": Key("client_secret", "secret"),
            **_text("client_secret_file"),
            "scopes": Key("scopes", "texts"),
            "token_url": Key("token_url"),
            "endpoint_params": Key("endpoint_params", "map"),
            "tls_config": Key("tls_config", "object", _VICTORIA_TLS),
            "proxy_url": Key("proxy_url"),
        },
    ),
    "bearer_token": Key("bearer_token_secret", "secret"),
    **_text("bearer_token_file"),
    "tls_config": Key("tls_config", "object", _VICTORIA_TLS),
    "follow_redirects": Key("follow_redirects", "flag"),
    "http_headers": Key("http_headers", "headers"),
    **_PROXY,
}

PROMETHEUS_NAMES = {
    "discord_configs.webhook_url": "apiURL",
    "msteams_configs.webhook_url": "webhookUrl",
    "pagerduty_configs.images": "pagerDutyImageConfigs",
    "pagerduty_configs.links": "pagerDutyLinkConfigs",
    "pagerduty_configs.links.text": "alt",
    "slack_configs.callback_id": "callbackId",
    "sns_configs.sigv4.external_id": "externalId",
    "sns_configs.sigv4.role_arn": "roleArn",
    "victorops_configs.api_url": "apiUrl",
    "webhook_configs.url": "urlSecret",
}
VICTORIA_NAMES = {
    "discord_configs.webhook_url": "webhook_url_secret",
    "jira_configs.fields": "custom_fields",
    "mattermost_configs.webhook_url": "url_secret",
    "msteams_configs.webhook_url": "webhook_url_secret",
    "msteamsv2_configs.webhook_url": "webhook_url_secret",
    "opsgenie_configs.api_url": "apiURL",
    "pagerduty_configs.images.src": "source",
    "sns_configs.sigv4.access_key": "access_key_selector",
    "sns_configs.sigv4.secret_key": "secret_key_selector",
    "webhook_configs.url": "url_secret",
}
PROMETHEUS_PLAIN = {"webhook_configs.url": "url"}
VICTORIA_PLAIN = {
    "discord_configs.webhook_url": "webhook_url",
    "mattermost_configs.webhook_url": "url",
    "msteams_configs.webhook_url": "webhook_url",
    "msteamsv2_configs.webhook_url": "webhook_url",
    "sns_configs.sigv4.access_key": "access_key",
    "webhook_configs.url": "url",
}
_NEVER_SENT = [
    f"rocketchat_configs.actions.{name}"
    for name in (
        *("imageurl", "iswebview", "webviewheightratio", "msginchatwindow"),
        "msgprocessingtype",
    )
]
PROMETHEUS_ABSENT = frozenset(
    [
        "incidentio_configs",
        "jira_configs",
        "mattermost_configs",
        "rocketchat_configs.actions.type",
        *_NEVER_SENT,
        "slack_configs.app_token",
        "slack_configs.app_url",
        "sns_configs.sigv4.service_name",
    ]
)
_OF_MATTERMOST = [
    f"mattermost_configs.{name}"
    for name in (
        *("fallback", "color", "pretext", "author_name", "author_link", "author_icon", "title"),
        *("title_link", "fields", "thumb_url", "footer", "footer_icon", "image_url", "type"),
    )
]
VICTORIA_ABSENT = frozenset(
    [
        "email_configs.force_implicit_tls",
        "email_configs.threading",
        "jira_configs.api_type",
        *_OF_MATTERMOST,
        "msteams_configs.summary",
        "pagerduty_configs.source",
        "pagerduty_configs.timeout",
        "pushover_configs.device",
        "pushover_configs.monospace",
        "pushover_configs.ttl",
        *_NEVER_SENT,
        "slack_configs.app_token",
        "slack_configs.app_url",
        "slack_configs.message_text",
        "slack_configs.timeout",
        "sns_configs.sigv4.external_id",
        "sns_configs.sigv4.service_name",
        "sns_configs.sigv4.use_fips_sts_endpoint",
        "sns_configs.use_aws_http_client",
        "webhook_configs.payload",
    ]
)
PROMETHEUS_ADDRESSES = frozenset(
    [
        "discord_configs.avatar_url",
        "opsgenie_configs.api_url",
        "pagerduty_configs.url",
        "rocketchat_configs.api_url",
        "telegram_configs.api_url",
        "victorops_configs.api_url",
        "webex_configs.api_url",
        "wechat_configs.api_url",
    ]
)
_REQUIRED = frozenset(
    [
        "opsgenie_configs.responders.type",
        "telegram_configs.chat_id",
        "victorops_configs.routing_key",
        "webex_configs.room_id",
    ]
)
PROMETHEUS_REQUIRED = _REQUIRED | {
    "discord_configs.webhook_url",
    "msteams_configs.webhook_url",
    "rocketchat_configs.token",
    "rocketchat_configs.token_id",
}
VICTORIA_REQUIRED = _REQUIRED | {
    "jira_configs.issue_type",
    "jira_configs.project",
    "mattermost_configs.text",
    "pagerduty_configs.images.src",
    "pagerduty_configs.links.href",
    "telegram_configs.bot_token",
}


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
    _PROMETHEUS_TLS,
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
    _PROMETHEUS_TLS,
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
    _VICTORIA_TLS,
    "{namespace}-{name}-",
)
APIS = (ALPHA, BETA, VICTORIA)

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
