"""send_mail: one message over SMTP, with TLS and a login, within a time limit."""

from __future__ import annotations

import smtplib
import ssl
import time
from collections.abc import Iterable, Mapping, Sequence
from email.message import EmailMessage
from typing import Any

from contactpoints.delivery.deadline import until
from contactpoints.delivery.failure import classified
from contactpoints.delivery.hiding import without_secrets
from contactpoints.delivery.http import TIME_LIMIT, seconds
from contactpoints.delivery.outcome import DeliveryError, Reason, plain
from contactpoints.delivery.smtp import base64_of, connected, greet, login, start_tls, transfer
from contactpoints.delivery.transport import tls_context

SUBMISSIONS_PORT = (
    465  # TLS from the first byte: https://www.rfc-editor.org/rfc/rfc8314#section-3.3
)
AUTH_CODES = frozenset({530, 534, 535, 538})  # https://www.rfc-editor.org/rfc/rfc4954#section-6


def send_mail(
    message: EmailMessage,
    *,
    smarthost: str,
    sender: str,
    recipients: Sequence[str],
    hello: str = "",
    username: str = "",
    password: str = "",
    secret: str = "",
    identity: str = "",
    require_tls: bool = True,
    implicit_tls: bool | None = None,
    tls_config: Mapping[str, Any] | None = None,
    timeout: float | str | None = None,
) -> None:
    """Give ``message`` to ``smarthost`` (host:port) for ``recipients``.

    ``implicit_tls``: TLS from the first byte; None means on port 465. ``require_tls``: send only
    after STARTTLS. Without ``username`` there is no login; with it, the first mechanism that the
    server offers and that there is a secret for: CRAM-MD5 (``secret``), PLAIN or LOGIN
    (``password``).

    :raises DeliveryError: when the server did not take it for every recipient. When it refused
        some for good, the others have got it.
    """
    secrets = (password, secret, base64_of(f"{identity}\0{username}\0{password}"))
    host, _, port = smarthost.rpartition(":")
    host = host.strip("[]")
    if not host or not port.isdigit():
        raise DeliveryError("the smarthost must be host:port", reason="clientError", permanent=True)

    def context() -> ssl.SSLContext:  # to make one is slow
        return tls_context({"server_name": host, **(tls_config or {})})

    name = str((tls_config or {}).get("server_name") or host)
    implicit = int(port) == SUBMISSIONS_PORT if implicit_tls is None else implicit_tls
    try:
        with until(time.monotonic() + min(seconds(timeout) or TIME_LIMIT, TIME_LIMIT)):
            client = connected((host, int(port)), name, hello, context() if implicit else None)
            try:
                greet(client)
                if not implicit and (require_tls or client.has_extn("starttls")):
                    start_tls(client, context())
                if username:
                    login(client, username, password, secret, identity)
                transfer(client, message, sender, recipients)
            finally:
                client.close()
    except smtplib.SMTPResponseException as error:
        raise _answered(error.smtp_code, error.smtp_error, secrets) from None
    except smtplib.SMTPServerDisconnected as error:
        if isinstance(error.__context__, TimeoutError):
            raise classified(error.__context__) from None
        raise DeliveryError("the mail server closed the connection", of_target=True) from None
    except (OSError, UnicodeError, ValueError) as error:
        raise classified(error) from None


def _answered(code: int, text: bytes | str, secrets: Iterable[str]) -> DeliveryError:
    """The error for an SMTP reply: 4xx is for now, 5xx for good."""
    said = text.decode("utf-8", "replace") if isinstance(text, bytes) else text
    if not 200 <= code < 600:
        return DeliveryError("what answers is no mail server", of_target=True)
    reason: Reason = "clientError"
    if code in AUTH_CODES:
        reason = "authError"
    elif code < 500:
        reason = "serverError"
    return DeliveryError(
        f"the mail server answered {code}: {plain(without_secrets(said, secrets))}",
        reason=reason,
        permanent=code >= 500,
        status=code,
        of_target=code in (421, 451, 452),
    )
