"""Outcome: what became of one attempt to send, and the one way in which sending fails."""

from __future__ import annotations

import email.utils
import re
import time
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal, get_args

from contactpoints.delivery.hiding import without_secrets

Reason = Literal[
    "clientError",
    "serverError",
    "authError",
    "rateLimited",
    "contextDeadlineExceeded",
    "contextCanceled",
    "other",
]
"""Alertmanager's failure reasons: a label of its metrics, and of ours."""

REASONS: tuple[Reason, ...] = get_args(Reason)

MESSAGE_LIMIT = 1024  # characters of an error that are kept
RETRYABLE_4XX = frozenset({408, 425, 429})  # come back later, says the status itself
AUTH_4XX = frozenset({401, 403, 407})

CONTROL = re.compile(r"[\x00-\x1f\x7f\ud800-\udfff]+")


class DeliveryError(Exception):
    """One attempt failed. Its text holds no secret.

    ``permanent``: trying again cannot help. ``retry_after``: seconds that the target asked to wait.
    ``status``: the HTTP status or SMTP code, when there was one. ``of_target``: the target as a
    whole is in trouble, so that its other lanes may as well wait.
    """

    def __init__(
        self,
        message: str,
        *,
        reason: Reason = "other",
        retry_after: float | None = None,
        permanent: bool = False,
        status: int | None = None,
        of_target: bool = False,
    ) -> None:
        super().__init__(plain(message))
        self.reason = reason
        self.retry_after = retry_after
        self.permanent = permanent
        self.status = status
        self.of_target = of_target


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one attempt; ``error`` is None when it was delivered.

    ``started`` is seconds since 1970, ``duration`` seconds. ``notes`` say what was odd about a
    message that went out nevertheless, such as a template that failed half-way.
    """

    started: float
    duration: float
    error: DeliveryError | None = None
    notes: tuple[str, ...] = ()


def plain(text: str, limit: int = MESSAGE_LIMIT) -> str:
    """One line without control characters, at most ``limit`` characters long."""
    text = " ".join(CONTROL.sub(" ", text[: limit * 4]).split())
    return text if len(text) <= limit else text[: limit - 1] + "…"


def reason_of(status: int) -> Reason:
    """The reason that an HTTP status stands for."""
    if status == 429:
        return "rateLimited"
    if status in AUTH_4XX:
        return "authError"
    if 400 <= status < 500:
        return "clientError"
    return "serverError" if 500 <= status < 600 else "other"


def is_retryable(status: int) -> bool:
    """Whether a request that got this HTTP status may succeed later."""
    return status >= 500 or status in RETRYABLE_4XX


def refused(
    text: str,
    *,
    busy: Iterable[str] = (),
    broken: Iterable[str] = (),
    secrets: Iterable[str] = (),
    wait: float | None = None,
) -> DeliveryError:
    """The error for a target that answers 2xx and says no in the body.

    ``text`` is what it says. Words of ``busy`` are what it says when there is too much, ``broken``
    when something is wrong on its side: later is better, after ``wait`` seconds if it said so.
    """
    message = f"the target refused: {without_secrets(text, secrets)}"
    kinds: tuple[tuple[Reason, Iterable[str]], ...] = (
        ("rateLimited", busy),
        ("serverError", broken),
    )
    for reason, words in kinds:
        if any(word in text for word in words):
            return DeliveryError(message, reason=reason, retry_after=wait, of_target=True)
    return DeliveryError(message, reason="clientError", permanent=True)


def retry_after(value: str | None, now: float | None = None) -> float | None:
    """Seconds that a ``Retry-After`` header asks to wait: a number, or an HTTP date.

    https://www.rfc-editor.org/rfc/rfc9110#field.retry-after
    """
    if not value:
        return None
    value = value.strip()
    if re.fullmatch(r"\d{1,9}(\.\d+)?", value, re.ASCII):
        return float(value)
    try:
        date = email.utils.parsedate_to_datetime(value)
        seconds = date.timestamp()
    except (ValueError, OverflowError):  # no date, or one in a year that no clock has
        return None
    return max(0.0, seconds - (time.time() if now is None else now))
