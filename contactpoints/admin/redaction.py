"""Redaction: the secrets of a stored integration, hidden on the way out, kept on the way in.

A secret is a dotted path into the settings, found in any case of letters, as Grafana finds it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any

from contactpoints.copying import copied
from contactpoints.fields import GRAFANA_REDACTED
from contactpoints.integrations import by_lower_type

REDACTED = GRAFANA_REDACTED
TLS = ("caCertificate", "clientCertificate", "clientKey")
EVERYWHERE = (
    "http_config.oauth2.client_secret",
    *(f"http_config.oauth2.tls_config.{key}" for key in TLS),
)
"""What every integration over HTTP may have, shown in Grafana's form for the webhook only."""

SECURE: Mapping[str, tuple[str, ...]] = {
    "prometheus-alertmanager": ("basicAuthPassword",),
    "dingding": ("url",),
    "discord": ("url",),
    "email": (),
    "googlechat": ("url",),
    "jira": ("user", "password", "api_token"),
    "kafka": ("password",),
    "line": ("token",),
    "mqtt": ("password", *(f"tlsConfig.{key}" for key in TLS)),
    "oncall": ("password", "authorization_credentials"),
    "opsgenie": ("apiKey",),
    "pagerduty": ("integrationKey",),
    "pushover": ("apiToken", "userKey"),
    "sensugo": ("apikey",),
    "slack": ("token", "url"),
    # The last two: of Amazon's own Grafana, as the Terraform provider's block still sends them.
    "sns": ("sigv4.access_key", "sigv4.secret_key", "accessKey", "secretKey"),
    "teams": (),
    "telegram": ("bottoken",),
    "threema": ("api_secret",),
    "victorops": ("url",),
    "webex": ("bot_token",),
    "webhook": (
        "password",
        "authorization_credentials",
        *(f"tlsConfig.{key}" for key in TLS),
        "hmacConfig.secret",
    ),
    "wecom": ("url", "secret"),
}
"""The secret settings by Grafana's type in small letters, as its schemas (``secure``) have them."""

Place = tuple[dict[str, Any], str]


@cache
def secure_keys(type_: str) -> tuple[str, ...]:
    """The dotted paths of a type's secrets; of a type that Grafana has no longer, what its
    declaration says.
    """
    keys = SECURE.get(type_.lower())
    if keys is None:
        declared = by_lower_type().get(type_.lower())
        fields = declared.fields.values() if declared else ()
        keys = tuple(field.spelling("grafana").name for field in fields if field.is_secret)
    return (*keys, *EVERYWHERE)


def places(settings: dict[str, Any], dotted: str) -> Iterator[Place]:
    """Where a secret stands: the object that holds it and the key, in whatever case. A key that is
    itself dotted, as Grafana 12 answers, counts as well.
    """
    first, _, rest = dotted.partition(".")
    for key, value in settings.items():
        lower = key.lower()
        if lower == dotted.lower():
            yield settings, key
        elif rest and lower == first.lower() and isinstance(value, dict):
            yield from places(value, rest)


def redacted(row: Mapping[str, Any]) -> dict[str, Any]:
    """A row as it may be shown: every secret that is set reads ``[REDACTED]``."""
    settings = row.get("settings")
    if not isinstance(settings, dict):
        return dict(row)
    keys = secure_keys(str(row.get("type") or ""))
    firsts = {key.partition(".")[0].lower() for key in keys}
    if not any(key.lower().partition(".")[0] in firsts for key in settings):
        return dict(row)
    shown = copied(settings)
    for dotted in keys:
        for holder, key in places(shown, dotted):
            if holder[key] not in (None, ""):
                holder[key] = REDACTED
    return {**row, "settings": shown}


def secure_fields(row: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, bool]]:
    """The settings without their secrets, and which secrets there are, by their dotted keys: how
    the older API shows them.
    """
    shown = copied(row.get("settings") or {})
    fields: dict[str, bool] = {}
    for dotted in secure_keys(str(row.get("type") or "")):
        for holder, key in list(places(shown, dotted)):
            if holder.pop(key) not in (None, ""):
                fields[dotted] = True
    return shown, fields


def nested(settings: dict[str, Any], type_: str) -> dict[str, Any]:
    """Settings in which a dotted key of a secret stands where it belongs. Changes ``settings``."""
    for dotted in secure_keys(type_):
        if "." not in dotted:
            continue
        for key in [key for key in settings if key.lower() == dotted.lower()]:
            value = settings.pop(key)
            if not any(True for _ in places(settings, dotted)):
                put(settings, dotted, value)
    return settings


def put(settings: dict[str, Any], dotted: str, value: Any) -> None:
    """Put a value where a dotted key says, into objects in whatever case they are written."""
    *steps, last = dotted.split(".")
    for step in steps:
        name = next((key for key in settings if key.lower() == step.lower()), step)
        inner = settings.setdefault(name, {})
        if not isinstance(inner, dict):
            return
        settings = inner
    name = next((key for key in settings if key.lower() == last.lower()), last)
    settings[name] = value


def restored(
    settings: dict[str, Any], type_: str, stored: Mapping[str, Any], *, anywhere: bool = False
) -> dict[str, Any]:
    """Settings as they came, with the stored value wherever ``[REDACTED]`` stands for a secret;
    ``anywhere``: for any setting, since other dialects hide more than Grafana's API does. What has
    no stored value is taken as it is. Changes ``settings``.
    """
    nested(settings, type_)
    known = copied(stored)
    if anywhere:
        _restore(settings, known)
        return settings
    for dotted in secure_keys(type_):
        for holder, key in places(settings, dotted):
            if holder[key] == REDACTED:
                for its, name in places(known, dotted):
                    holder[key] = its[name]
    return settings


def _restore(value: Any, stored: Any) -> None:
    if isinstance(value, dict) and isinstance(stored, Mapping):
        known = {key.lower(): item for key, item in stored.items()} | dict(stored)
        for key, item in value.items():
            there = known.get(key, known.get(key.lower()))
            if item == REDACTED and there is not None:
                value[key] = there
            else:
                _restore(item, there)
    elif isinstance(value, list) and isinstance(stored, list):
        for index, (item, there) in enumerate(zip(value, stored, strict=False)):
            if item == REDACTED:
                value[index] = there
            else:
                _restore(item, there)
