"""Failure: what an exchange that came to no answer, or to one that says no, means."""

from __future__ import annotations

import socket
import ssl
import time
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import requests
from urllib3.exceptions import HTTPError, LocationValueError, ReadTimeoutError

from contactpoints.delivery.network import RefusedAddressError
from contactpoints.delivery.outcome import DeliveryError, retry_after

INVALID = (
    requests.exceptions.InvalidURL,
    requests.exceptions.MissingSchema,
    requests.exceptions.InvalidSchema,
    requests.exceptions.InvalidHeader,
    requests.exceptions.InvalidProxyURL,
    LocationValueError,
)
MOST_CAUSES = 20


def classified(error: Exception) -> DeliveryError:
    """The error for an exchange that came to no answer; where it went is not said."""
    if isinstance(error, INVALID) or not isinstance(
        error, requests.RequestException | HTTPError | OSError
    ):
        return DeliveryError(
            "the request cannot be made: the address or a header is not valid",
            reason="clientError",
            permanent=True,
        )
    causes = list(_causes(error))
    for cause in causes:
        if isinstance(cause, RefusedAddressError):
            return DeliveryError(
                f"nothing is sent there: {cause}", reason="clientError", permanent=True
            )
        if isinstance(cause, TimeoutError | ReadTimeoutError):
            return DeliveryError(
                "no answer in time", reason="contextDeadlineExceeded", of_target=True
            )
    return DeliveryError(_why(causes), of_target=True)


def _why(causes: list[BaseException]) -> str:
    for cause in causes:
        if isinstance(cause, socket.gaierror):
            return "the name of the host was not found"
        if isinstance(cause, ssl.SSLCertVerificationError):
            return f"the certificate is not trusted: {cause.verify_message.partition(',')[0]}"
        if isinstance(cause, ssl.SSLError):
            return f"TLS failed: {(cause.reason or 'no reason').lower().replace('_', ' ')}"
        if isinstance(cause, requests.TooManyRedirects):
            return "too many redirects"
    for cause in causes:
        if isinstance(cause, OSError) and cause.errno and cause.strerror:
            return f"no connection: {cause.strerror.lower()}"
    return "the connection was closed without an answer"


def _causes(error: BaseException) -> Iterable[BaseException]:
    """The error, and all that it was made from, the outermost first."""
    seen: list[BaseException] = []
    waiting: list[Any] = [error]
    while waiting and len(seen) < MOST_CAUSES:
        one = waiting.pop(0)
        if isinstance(one, BaseException) and one not in seen:
            seen.append(one)
            waiting += [*one.args, getattr(one, "reason", None), one.__cause__, one.__context__]
    return seen


RESETS = ("RateLimit-Reset", "X-RateLimit-Reset-After", "X-RateLimit-Reset", "X-Limit-App-Reset")
"""Where a vendor says when its limit is over, in a header of its own.

https://developer.pagerduty.com/docs/rest-api-rate-limits
https://discord.com/developers/docs/topics/rate-limits#header-format-rate-limit-header-examples
https://developer.rocket.chat/apidocs/rate-limiter
https://pushover.net/api#limits
"""
SINCE_1970, IN_MILLISECONDS = 1e9, 1e12  # numbers above are not seconds from now


def asked_to_wait(status: int, headers: Mapping[str, str], answer: Any) -> float | None:
    """Seconds that an answer asks to wait: in a header, or in the body, as Discord and Telegram
    say it.

    https://discord.com/developers/docs/topics/rate-limits#exceeding-a-rate-limit
    https://core.telegram.org/bots/api#responseparameters
    """
    said = answer if isinstance(answer, dict) else {}
    standard = retry_after(headers.get("Retry-After"))
    for part in (said, said.get("parameters")):
        wait = part.get("retry_after") if isinstance(part, dict) else None
        if isinstance(wait, int | float) and 0 <= wait < SINCE_1970 and not isinstance(wait, bool):
            return max(float(wait), standard or 0.0)
    if standard is None and status == 429:
        return next(_waits(headers), None)
    return standard


def _waits(headers: Mapping[str, str]) -> Iterator[float]:
    """Seconds until the limit is over, by the headers that say so."""
    for name in RESETS:
        text = headers.get(name) or ""
        if text.replace(".", "", 1).isascii() and text.replace(".", "", 1).isdigit():
            number = float(text)
            number = number / 1000 if number >= IN_MILLISECONDS else number
            yield max(0.0, number - time.time() if number >= SINCE_1970 else number)
