"""SMTP: the steps of a conversation with a mail server, within a deadline.

Each raises what smtplib does, for a server that says no, or :class:`DeliveryError`.
"""

from __future__ import annotations

import base64
import hmac
import smtplib
import ssl
from collections.abc import Iterable
from email.message import EmailMessage
from typing import Any

from contactpoints.delivery.deadline import connect, left, reader
from contactpoints.delivery.outcome import DeliveryError


class Smtp(smtplib.SMTP):
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


def connected(
    address: tuple[str, int], name: str, hello: str, context: ssl.SSLContext | None
) -> Smtp:
    """A client of the server at ``address``; with ``context``, TLS from the first byte. The
    certificate is checked for ``name``; ``hello`` is who we say we are.
    """
    sock = connect(address)
    try:
        if context:
            sock.settimeout(left())
            sock = context.wrap_socket(sock, server_hostname=name)
        client = Smtp(local_hostname=hello or "localhost")
    except BaseException:
        sock.close()
        raise
    client.sock = sock
    client._host = name  # what STARTTLS checks the certificate for
    return client


def greet(client: Smtp) -> None:
    """Hear who it is, and what it offers."""
    code, text = client.getreply()
    if code != 220:
        raise smtplib.SMTPResponseException(code, text)
    client.ehlo_or_helo_if_needed()


def start_tls(client: Smtp, context: ssl.SSLContext) -> None:
    """Go on in TLS, where it offers that."""
    if not client.has_extn("starttls"):
        raise DeliveryError("require_tls is on, and the mail server does not offer STARTTLS")
    client.starttls(context=context)
    client.ehlo()


def login(client: Smtp, username: str, password: str, secret: str, identity: str) -> None:
    """Log in by the first mechanism offered that a secret is there for."""
    offered = client.esmtp_features.get("auth", "").upper().split()
    for mechanism in offered:
        if mechanism == "CRAM-MD5" and secret:
            code, text = client.docmd("AUTH", mechanism)
            if code == 334:
                digest = hmac.new(secret.encode(), base64.b64decode(text), "md5").hexdigest()
                code, text = client.docmd(base64_of(f"{username} {digest}"))
        elif mechanism == "PLAIN" and password:
            code, text = client.docmd(
                "AUTH", "PLAIN " + base64_of(f"{identity}\0{username}\0{password}")
            )
        elif mechanism == "LOGIN" and password:
            code, text = client.docmd("AUTH", mechanism)
            for answer in (username, password):
                if code == 334:
                    code, text = client.docmd(base64_of(answer))
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


def base64_of(text: str) -> str:
    """A text as logins say it."""
    return base64.b64encode(text.encode()).decode()


def transfer(client: Smtp, message: EmailMessage, sender: str, recipients: Iterable[str]) -> None:
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
