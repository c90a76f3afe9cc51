"""Posting to a webhook of Microsoft Teams: an Office 365 connector, or a workflow.

https://learn.microsoft.com/en-us/microsoftteams/platform/webhooks-and-connectors/how-to/connectors-using
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from contactpoints.delivery.outcome import DeliveryError, is_retryable, reason_of, refused
from contactpoints.truncation import fitted

if TYPE_CHECKING:
    from contactpoints.delivery.http import Http, Reply

# bytes: https://learn.microsoft.com/en-us/microsoftteams/limits-specifications-teams
MESSAGE_LIMIT = 28 * 1024
CONNECTORS = "webhook.office.com"
FAILED = re.compile(r"Microsoft Teams endpoint returned HTTP error (\d{3})")


def post(make: Callable[[str], Any], text: str, settings: Any, http: Http) -> None:
    """Send ``make(text)``, with as much of ``text`` as Teams takes.

    :raises DeliveryError: also when a connector answers 200 and says in the body that it failed.
    """
    reply = http.post(
        settings.url, json=fitted(make, text, MESSAGE_LIMIT), http_config=settings.http_config
    )
    if error := failure(settings.url, reply):
        raise error


def failure(url: str, reply: Reply) -> DeliveryError | None:
    """What the body of a 2xx answer says against it. A connector says 1 when all is well."""
    said = reply.text.strip()
    if found := FAILED.search(said):
        status = int(found[1])
        return DeliveryError(
            f"the target refused: {said}",
            reason=reason_of(status),
            permanent=not is_retryable(status),
            status=status,
            of_target=status == 429 or status >= 500,
        )
    if (urlsplit(url).hostname or "").endswith(CONNECTORS) and said != "1":
        return refused(said)
    return None
