"""Requests to Amazon's query APIs: keys found, roles taken on, signatures by botocore.

botocore finds keys and signs; the request itself is ours, so that limits, proxies and errors are
those of every other integration. https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv.html
"""

from __future__ import annotations

import html
import os
import re
import threading
import time
from collections.abc import Mapping
from datetime import datetime
from functools import lru_cache
from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.parse import urlencode

from contactpoints.delivery.outcome import DeliveryError
from contactpoints.fields import Flag, Schema, Secret, Text
from contactpoints.spelling import nowhere, since

if TYPE_CHECKING:
    from contactpoints.delivery.http import Http

MISSING = (
    "AWS requests are signed by botocore, which is not installed: pip install contactpoints[sns]"
)
BUSY = ("Throttl", "RequestLimitExceeded", "SlowDown")  # said with status 400 as well
SESSION = "contactpoints"  # the name under which a role is taken on
EARLY = 60.0  # seconds before its end at which a role is taken on anew
NOT_GRAFANA = nowhere("Grafana has no such setting")


class Sigv4(Schema):
    """Which keys sign, and for which region; what is left out is taken from the environment."""

    region = Text(help="Region of the service")
    access_key = Secret(go="string", help="Access key; the environment's when left out")
    secret_key = Secret(help="Secret access key")
    profile = Text(help="Profile of the shared credentials file")
    role_arn = Text(help="Role to take on")
    external_id = Text(grafana=NOT_GRAFANA, alertmanager=since("0.31"))  # and used since 0.34
    use_fips_sts_endpoint = Flag(grafana=NOT_GRAFANA, alertmanager=since("0.29"))
    service_name = Text(grafana=NOT_GRAFANA, alertmanager=since("0.29"))


class Keys(NamedTuple):
    """What signs a request."""

    access: str
    secret: str
    token: str = ""


def call(
    http: Http,
    service: str,
    parameters: Mapping[str, str],
    sigv4: Mapping[str, Any],
    *,
    url: str = "",
    http_config: Mapping[str, Any] | None = None,
    kind: str = "application/x-www-form-urlencoded",
) -> str:
    """The answer of ``service`` to one action, as XML; ``url`` when it is not the region's own.

    :raises DeliveryError: when the service says no, there are no keys, or botocore is missing.
    """
    region = sigv4.get("region") or region_of(sigv4.get("profile") or "")
    if not region:
        raise DeliveryError(
            "no region: it is neither in sigv4.region nor in the environment", reason="clientError"
        )
    keys = own_keys(sigv4)
    if sigv4.get("role_arn"):
        keys = role_keys(http, sigv4, keys, region, http_config)
    return signed(http, service, parameters, keys, region, url, http_config, kind)


def signed(
    http: Http,
    service: str,
    parameters: Mapping[str, str],
    keys: Keys,
    region: str,
    url: str,
    http_config: Mapping[str, Any] | None,
    kind: str = "application/x-www-form-urlencoded",
) -> str:
    """Sign one request and send it."""
    auth, awsrequest, credentials = (
        botocore(name) for name in ("auth", "awsrequest", "credentials")
    )
    body = urlencode(sorted(parameters.items())).encode()
    url = url or endpoint(service, region)
    if re.fullmatch(r"https?://[^/]+", url):
        url += "/"
    request = awsrequest.AWSRequest("POST", url, {"Content-Type": kind}, body)
    held = credentials.Credentials(keys.access, keys.secret, keys.token or None)
    auth.SigV4Auth(held, service, region).add_auth(request)
    try:
        reply = http.post(
            url, data=body, headers=dict(request.headers.items()), http_config=http_config
        )
    except DeliveryError as error:
        if error.status == 400 and any(word in str(error) for word in BUSY):
            raise DeliveryError(
                str(error), reason="rateLimited", status=400, of_target=True
            ) from None
        raise
    return reply.text


def own_keys(sigv4: Mapping[str, Any]) -> Keys:
    """The keys that are written down, or those of the profile or the environment."""
    if sigv4.get("access_key"):
        return Keys(sigv4["access_key"], sigv4["secret_key"])
    found = session(sigv4.get("profile") or "").get_credentials()
    if found is None:
        raise DeliveryError(
            "no AWS keys: they are neither in sigv4 nor in the environment", reason="authError"
        )
    frozen = found.get_frozen_credentials()
    return Keys(frozen.access_key, frozen.secret_key, frozen.token or "")


_roles: dict[tuple[str, ...], tuple[float, Keys]] = {}
_lock = threading.Lock()


def role_keys(
    http: Http,
    sigv4: Mapping[str, Any],
    keys: Keys,
    region: str,
    http_config: Mapping[str, Any] | None,
) -> Keys:
    """The keys of a role, kept until shortly before they end.

    https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html
    """
    outside = {"ExternalId": sigv4["external_id"]} if sigv4.get("external_id") else {}
    which = (sigv4["role_arn"], *outside.values(), region, *keys)
    with _lock:
        ends, held = _roles.get(which, (0.0, keys))
    if ends - EARLY > time.time():
        return held
    asked = {
        "Action": "AssumeRole",
        "Version": "2011-06-15",
        "RoleArn": sigv4["role_arn"],
        "RoleSessionName": SESSION,
    }
    answer = signed(http, "sts", asked | outside, keys, region, "", http_config)
    names = ("AccessKeyId", "SecretAccessKey", "SessionToken", "Expiration")
    found = {name: re.search(f"<{name}>([^<]+)</{name}>", answer) for name in names}
    said = {name: html.unescape(match[1].strip()) for name, match in found.items() if match}
    if len(said) < len(names):
        raise DeliveryError("the answer to AssumeRole holds no keys", reason="authError")
    made = Keys(said["AccessKeyId"], said["SecretAccessKey"], said["SessionToken"])
    with _lock:
        _roles[which] = (datetime.fromisoformat(said["Expiration"]).timestamp(), made)
    return made


def botocore(module: str) -> Any:
    """A module of botocore. :raises DeliveryError: with a sentence on how to get it."""
    import importlib

    try:
        return importlib.import_module(f"botocore.{module}")
    except ImportError:
        raise DeliveryError(MISSING, reason="clientError", permanent=True) from None


@lru_cache(maxsize=64)
def session(profile: str) -> Any:
    """The environment as botocore sees it, for one profile."""
    return botocore("session").Session(profile=profile or None)


def region_of(profile: str) -> str:
    """The region of the environment or the profile."""
    named = os.environ.get("AWS_REGION") or session(profile).get_config_variable("region")
    return named or ""


@lru_cache(maxsize=256)
def endpoint(service: str, region: str) -> str:
    """Where a service of a region is."""
    known = session("").get_component("data_loader").load_data("endpoints")
    found = botocore("regions").EndpointResolver(known).construct_endpoint(service, region)
    return f"https://{found['hostname'] if found else f'{service}.{region}.amazonaws.com'}/"
