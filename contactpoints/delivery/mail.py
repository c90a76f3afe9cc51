"""send_mail: one message over SMTP, with TLS and a login, within a time limit."""

from __future__ import annotations

import base64
import hmac
import smtplib
import ssl
import time
from collections.abc import Iterable, Mapping, Sequence
from email.message import EmailMessage
from typing import Any

from contactpoints.delivery.deadline import connect, left, reader, until
from contactpoints.delivery.failure import classified
from contactpoints.delivery.hiding import without_secrets
from contactpoints.delivery.http import TIME_LIMIT, seconds
from contactpoints.delivery.outcome import DeliveryError, Reason, plain
from contactpoints.delivery.transport import tls_context

SUBMISSIONS_PORT = (
    465  # TLS from the first byte: https://www.rfc-editor.org/rfc/rfc8314#section-3.3
)
AUTH_CODES = frozenset({530, 534, 535, 538})  # https://www.rfc-editor.org/rfc/rfc4954#section-6


class _Smtp(smtplib.SMTP):
    """smtplib's client, reading within the deadline."""

    file: Any
    _host: str

    def getreply(self) -> tuple[int, bytes]:
        if self.file is None and self.sock is not None:
            self.file = reader(self.sock)
        return super().getreply()

    def send(self, s: Any) -> None:
        if self.sock is not None:
            self.sock.settimeout(left())
        super().send(s)


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
    secrets = (password, secret, _base64(f"{identity}\0{username}\0{password}"))
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
            client = _client((host, int(port)), name, hello, context() if implicit else None)
            try:
                _greet(client)
                if not implicit and (require_tls or client.has_extn("starttls")):
                    _start_tls(client, context())
                if username:
                    _login(client, username, password, secret, identity)
                _transfer(client, message, sender, recipients)
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


def _client(
    address: tuple[str, int], name: str, hello: str, context: ssl.SSLContext | None
) -> _Smtp:
    sock = connect(address)
    try:
        if context:
            sock.settimeout(left())
            sock = context.wrap_socket(sock, server_hostname=name)
        client = _Smtp(local_hostname=hello or "localhost")
    except BaseException:
        sock.close()
        raise
    client.sock = sock
    client._host = name  # what STARTTLS checks the certificate for
    return client


def _greet(client: _Smtp) -> None:
    code, text = client.getreply()
    if code != 220:
        raise smtplib.SMTPResponseException(code, text)
    client.ehlo_or_helo_if_needed()


def _start_tls(client: _Smtp, context: ssl.SSLContext) -> None:
    if not client.has_extn("starttls"):
        raise DeliveryError("require_tls is on, and the mail server does not offer STARTTLS")
    client.starttls(context=context)
    client.ehlo()


def _login(client: _Smtp, username: str, password: str, secret: str, identity: str) -> None:
    """Log in by the first mechanism offered that a secret is there for."""
    offered = client.esmtp_features.get("auth", "").upper().split()
    for mechanism in offered:
        if mechanism == "CRAM-MD5" and secret:
            code, text = client.docmd("AUTH", mechanism)
            if code == 334:
                digest = hmac.new(secret.encode(), base64.b64decode(text), "md5").hexdigest()
                code, text = client.docmd(_base64(f"{username} {digest}"))
        elif mechanism == "PLAIN" and password:
            code, text = client.docmd(
                "AUTH", "PLAIN " + _base64(f"{identity}\0{username}\0{password}")
            )
        elif mechanism == "LOGIN" and password:
            code, text = client.docmd("AUTH", mechanism)
            for answer in (username, password):
                if code == 334:
                    code, text = client.docmd(_base64(answer))
        else:
            continue
        if code != 235:
            raise smtplib.SMTPResponseException(code, text)
        return
    raise DeliveryError(
        "the mail server offers no way to log in that a secret is configured for",
        reason="authError",
        permanent=bool(offered),
    )


def _base64(text: str) -> str:
    return base64.b64encode(text.encode()).decode()


def _transfer(client: _Smtp, message: EmailMessage, sender: str, recipients: Iterable[str]) -> None:
    """MAIL, RCPT for each, DATA. A recipient refused for now stops all: nobody gets it twice."""
    utf8 = client.has_extn("smtputf8") and not f"{sender}{''.join(recipients)}".isascii()
    code, text = client.mail(sender, ["SMTPUTF8"] if utf8 else [])
    if code != 250:
        raise smtplib.SMTPResponseException(code, text)
    refusal: tuple[int, bytes] | None = None
    taken = 0
    for recipient in recipients:
        code, text = client.rcpt(recipient)
        if code in (250, 251):
            taken += 1
        elif code < 500:
            raise smtplib.SMTPResponseException(code, text)
        else:
            refusal = (code, text)
    if refusal and not taken:
        raise smtplib.SMTPResponseException(*refusal)
    policy: Any = message.policy
    policy = policy.clone(linesep="\r\n", utf8=utf8)
    code, text = client.data(message.as_bytes(policy=policy))
    if code != 250:
        raise smtplib.SMTPResponseException(code, text)
    client.docmd("quit")
    if refusal:
        code, text = refusal
        raise DeliveryError(
            f"some recipients were refused: {code} {text.decode('utf-8', 'replace')}",
            reason="clientError",
            permanent=True,
            status=code,
        )


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
