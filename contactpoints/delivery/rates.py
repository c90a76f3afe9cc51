"""Rates: the limits that vendors publish for their own hosts, and those set by the operator."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from contextlib import suppress
from urllib.parse import urlsplit

from contactpoints.base import Integration
from contactpoints.storage.pacing import Rate

PUBLISHED: Mapping[str, Rate] = {
    # one message a second for a channel or webhook, short bursts allowed
    "hooks.slack.com": Rate(1, 5),  # https://docs.slack.dev/apis/web-api/rate-limits
    "slack.com": Rate(1, 5),
    # one message a second in a chat
    "api.telegram.org": Rate(1, 5),  # https://core.telegram.org/bots/faq
    # twenty messages a minute for a robot
    "oapi.dingtalk.com": Rate(
        20 / 60, 20
    ),  # https://open.dingtalk.com/document/robots/custom-robot-access
    "qyapi.weixin.qq.com": Rate(
        20 / 60, 20
    ),  # https://developer.work.weixin.qq.com/document/path/91770
}


def rate_of(integration: Integration, own: Mapping[str, Rate]) -> Rate | None:
    """The limit for what ``integration`` sends: the operator's for its type, else its host's.

    A host of one's own has none: the limits are those of the vendor's machines.
    """
    if integration.type in own:
        rate = own[integration.type]
        return rate if rate.per_second > 0 else None
    return PUBLISHED.get(host_of(integration))


def host_of(integration: Integration) -> str:
    """The host in the first setting that is an address, written or by default: where it sends."""
    for name in integration.fields:
        value = integration.value(name)
        if isinstance(value, str) and value.startswith(("http://", "https://")):
            with suppress(ValueError):
                return urlsplit(value).hostname or ""
    return ""


def read_rates(words: Iterable[str]) -> dict[str, Rate]:
    """The operator's limits: ``TYPE=PER_SECOND`` or ``TYPE=PER_SECOND/BURST``; 0 is no limit.

    :raises ValueError: for a word that is not so.
    """
    found = {}
    for word in words:
        name, _, said = word.partition("=")
        number, _, burst = said.partition("/")
        try:
            rate = Rate(float(number), int(burst or 1))
        except ValueError:
            rate = Rate(-1)
        if not name or rate.per_second < 0 or rate.burst < 1:
            raise ValueError(f"must be TYPE=PER_SECOND or TYPE=PER_SECOND/BURST, not {word!r}")
        found[name] = rate
    return found
