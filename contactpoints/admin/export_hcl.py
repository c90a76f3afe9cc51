"""Exports as HCL: resources of Terraform's provider, laid out as Go's hclwrite does for Grafana.

The attributes and their order are those that Grafana's own export has, which differs a little from
the provider's schema: the block ``mqtt`` is there, ``sns`` is that of Grafana, a block that is
required is written with whatever it holds.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from contactpoints.admin.decoding import fnv64

TLS = (
    "insecure_skip_verify=insecureSkipVerify:flag ca_certificate=caCertificate "
    "client_certificate=clientCertificate client_key=clientKey"
)
BLOCKS: Mapping[str, str] = {
    "tls_config": TLS,
    "hmac_config": "secret header timestamp_header=timestampHeader",
    "payload": "template vars:map",
    "sigv4": "region access_key secret_key profile role_arn",
    "responders": "id name username type",
    "http_config": "oauth2:block",
    "oauth2": "client_id client_secret token_url scopes:list endpoint_params:map "
    "tls_config:block proxy_config:block",
    "proxy_config": "proxy_url no_proxy proxy_from_environment:flag proxy_connect_header:map",
}
"""The attributes of the blocks within an integration's block; see :data:`TYPES`."""

BASIC = "basic_auth_user=username basic_auth_password=password"
WEB = (
    "url http_method=httpMethod max_alerts=maxAlerts:number authorization_scheme "
    f"authorization_credentials {BASIC}"
)
TYPES: Mapping[str, tuple[str, str]] = {
    "prometheus-alertmanager": (
        "alertmanager",
        "url basic_auth_user=basicAuthUser basic_auth_password=basicAuthPassword",
    ),
    "dingding": ("dingding", "url message_type=msgType title message"),
    "discord": (
        "discord",
        "url title message avatar_url use_discord_username:flag use_embed_description:flag",
    ),
    "email": ("email", "addresses:addresses single_email=singleEmail:flag message subject"),
    "googlechat": ("googlechat", "url title message hide_open_button:flag hide_version_info:flag"),
    "jira": (
        "jira",
        "api_url project issue_type summary description labels:list priority reopen_transition "
        "resolve_transition wont_fix_resolution reopen_duration dedup_key_field fields:json user "
        "password api_token",
    ),
    "kafka": (
        "kafka",
        "rest_proxy_url=kafkaRestProxy topic=kafkaTopic description details username password "
        "api_version=apiVersion cluster_id=kafkaClusterId",
    ),
    "line": ("line", "token title description"),
    "mqtt": (
        "mqtt",
        "broker_url=brokerUrl client_id=clientId topic message_format=messageFormat username "
        "password qos:number retain:flag message tls_config=tlsConfig:block",
    ),
    "opsgenie": (
        "opsgenie",
        "api_key=apiKey url=apiUrl message description auto_close=autoClose:flag "
        "override_priority=overridePriority:flag send_tags_as=sendTagsAs responders:blocks",
    ),
    "pagerduty": (
        "pagerduty",
        "integration_key=integrationKey severity class component group summary source client "
        "client_url details:map url",
    ),
    "oncall": ("oncall", f"{WEB} title message"),
    "pushover": (
        "pushover",
        "user_key=userKey api_token=apiToken priority:number ok_priority=okPriority:number "
        "retry:number expire:number device sound ok_sound=okSound title message "
        "upload_image=uploadImage:flag",
    ),
    "sensugo": ("sensugo", "url api_key=apikey entity check namespace handler message"),
    "slack": (
        "slack",
        "endpoint_url=endpointUrl url token recipient text title username icon_emoji icon_url "
        "mention_channel=mentionChannel mention_users=mentionUsers mention_groups=mentionGroups "
        "color footer",
    ),
    "sns": (
        "sns",
        "api_url sigv4:block topic_arn phone_number target_arn subject message attributes:map",
    ),
    "teams": ("teams", "url message title section_title=sectiontitle"),
    "telegram": (
        "telegram",
        "token=bottoken chat_id=chatid message_thread_id message parse_mode "
        "disable_web_page_preview:flag protect_content:flag disable_notifications:flag",
    ),
    "threema": ("threema", "gateway_id recipient_id api_secret title description"),
    "victorops": ("victorops", "url message_type=messageType title description"),
    "webhook": (
        "webhook",
        f"{WEB} headers:map title message tls_config=tlsConfig:block hmac_config=hmacConfig:block "
        "http_config:block payload:block",
    ),
    "wecom": (
        "wecom",
        "url secret agent_id corp_id message title msg_type=msgtype to_user=touser",
    ),
    "webex": ("webex", "token=bot_token api_url message room_id"),
}
"""For each type in small letters its block, and its attributes: ``name=key:kind``, the key when it
is not the name, the kind when it is no text. The order is that of the export.
"""

ORDER = {type_: number for number, type_ in enumerate(TYPES)}
SEPARATORS = re.compile(r"[,;\n]")
IDENTIFIER = re.compile(r"[\w-]+", re.ASCII)
Item = tuple[str, Any]
"""One line of a body: a name with a value, or with the body of a block, a :class:`Body`."""


class Body(list[Item]):
    """What stands between the braces of a block."""


def contact_points(points: Mapping[str, list[Mapping[str, Any]]]) -> str:
    """A resource for each contact point; the rows of each by its name."""
    return "".join(
        block(
            f'resource "grafana_contact_point" "contact_point_{fnv64(name)}"',
            Body([("name", name), *_integrations(rows)]),
        )
        for name, rows in points.items()
    )


def mute_timings(timings: list[Mapping[str, Any]]) -> str:
    """A resource for each mute timing."""
    return "".join(
        block(
            f'resource "grafana_mute_timing" "mute_timing_{fnv64(item["name"])}"',
            Body([("name", item["name"]), *map(_interval, item.get("time_intervals") or ())]),
        )
        for item in timings
    )


def policies(tree: Mapping[str, Any]) -> str:
    """The resource of the policy tree."""
    return block('resource "grafana_notification_policy" "notification_policy_1"', _route(tree))


def _integrations(rows: list[Mapping[str, Any]]) -> Iterator[Item]:
    for row in sorted(rows, key=lambda row: ORDER.get(row["type"].lower(), len(ORDER))):
        name, attributes = TYPES.get(row["type"].lower(), (row["type"].lower(), ""))
        body = Body()
        if row.get("disableResolveMessage"):
            body.append(("disable_resolve_message", True))
        yield name, Body([*body, *_body(attributes, row.get("settings") or {})])


def _body(attributes: str, settings: Mapping[str, Any]) -> Iterator[Item]:
    by_lower = {key.lower(): value for key, value in settings.items()}
    for attribute in attributes.split():
        named, _, kind = attribute.partition(":")
        name, _, key = named.partition("=")
        value = by_lower.get((key or name).lower())
        if value is None:
            continue
        if kind == "block" and isinstance(value, dict):
            yield name, Body(_body(BLOCKS[name], value))
        elif kind == "blocks" and isinstance(value, list):
            yield from ((name, Body(_body(BLOCKS[name], item))) for item in value)
        elif kind == "addresses":
            yield name, [word for part in SEPARATORS.split(str(value)) if (word := part.strip())]
        elif kind == "json":
            yield name, json.dumps(value, separators=(",", ":"), sort_keys=True, ensure_ascii=False)
        elif kind == "number":
            yield name, _number(value)
        elif kind in ("map", "list", "flag") or isinstance(value, str):
            yield name, value
        else:
            yield name, json.dumps(value)


def _number(value: Any) -> Any:
    try:
        return int(value)
    except (TypeError, ValueError):
        return value


def _interval(interval: Mapping[str, Any]) -> Item:
    times = [
        ("times", Body([("start", each.get("start_time", "")), ("end", each.get("end_time", ""))]))
        for each in interval.get("times") or ()
    ]
    keys = ("weekdays", "days_of_month", "months", "years", "location")
    return "intervals", Body([*times, *((key, interval[key]) for key in keys if interval.get(key))])


def _route(route: Mapping[str, Any], root: bool = True) -> Body:
    body = Body([("contact_point", route.get("receiver") or "")])
    if route.get("group_by"):
        body.append(("group_by", route["group_by"]))
    for label, operator, value in route.get("object_matchers") or ():
        body.append(("matcher", Body([("label", label), ("match", operator), ("value", value)])))
    if route.get("mute_time_intervals"):
        body.append(("mute_timings", route["mute_time_intervals"]))
    if route.get("active_time_intervals"):
        body.append(("active_timings", route["active_time_intervals"]))
    if route.get("continue"):
        body.append(("continue", True))
    body += [("policy", _route(child, False)) for child in route.get("routes") or ()]
    for key in ("group_wait", "group_interval", "repeat_interval"):
        if route.get(key):
            body.append((key, route[key]))
    return body


def block(head: str, body: Body, indent: str = "") -> str:
    """A block as hclwrite lays it out: an empty line between attributes and blocks and between
    blocks of different names; the ``=`` of attributes in a row below each other.
    """
    if not body:
        return f"{indent}{head} {{\n{indent}}}\n"
    inner = indent + "  "
    lines: list[str] = []
    before = ""
    position = 0
    while position < len(body):
        name, value = body[position]
        if isinstance(value, Body):
            if name != before or not lines:
                lines.append("\n")
            lines.append(block(name, value, inner))
            before = name
            position += 1
            continue
        if before:
            lines.append("\n")
            before = ""
        run = []
        while position < len(body) and not isinstance(body[position][1], Body):
            run.append(body[position])
            position += 1
        lines += _attributes(run, inner)
    return f"{indent}{head} {{\n{''.join(lines)}{indent}}}\n"


def _attributes(run: list[Item], indent: str) -> Iterator[str]:
    group: list[Item] = []
    for item in [*run, ("", None)]:
        if item[0] and not (isinstance(item[1], dict) and item[1]):
            group.append(item)
            continue
        width = max((len(name) for name, _ in group), default=0)
        for name, value in group:
            yield f"{indent}{name:<{width}} = {_value(value)}\n"
        group = []
        if item[0]:
            inner = list(item[1].items())
            keys = [key if IDENTIFIER.fullmatch(key) else _quoted(key) for key, _ in inner]
            width = max(map(len, keys))
            lines = [
                f"{indent}  {key:<{width}} = {_value(value)}\n"
                for key, (_, value) in zip(keys, inner, strict=True)
            ]
            yield f"{indent}{item[0]} = {{\n{''.join(lines)}{indent}}}\n"


def _value(value: Any) -> str:
    if isinstance(value, str):
        return _quoted(value)
    if isinstance(value, list):
        return f"[{', '.join(_value(item) for item in value)}]"
    return json.dumps(value)


ESCAPES = {"\n": "\\n", "\r": "\\r", "\t": "\\t", '"': '\\"', "\\": "\\\\"}


def _quoted(text: str) -> str:
    def escaped(character: str) -> str:
        if short := ESCAPES.get(character):
            return short
        if character.isprintable():
            return character
        code = ord(character)
        return f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"

    found = "".join(map(escaped, text))
    return '"' + found.replace("${", "$${").replace("%{", "%%{") + '"'
