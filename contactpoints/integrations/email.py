"""Email, by SMTP."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import UTC, datetime
from email.message import EmailMessage
from email.utils import formatdate, getaddresses, make_msgid
from typing import Any

from contactpoints.base import Integration, Receiver
from contactpoints.delivery.http import Http
from contactpoints.delivery.mail import send_mail
from contactpoints.fields import Flag, Lose, Schema, Secret, Template, Text
from contactpoints.groups import Part, TextMap
from contactpoints.http_settings import SmtpTls
from contactpoints.mail_server import mail_server
from contactpoints.notification import Notification
from contactpoints.spelling import PerFamily, named, nowhere, since, spelled, template

SERVER = nowhere("in Grafana the mail server is set for the whole server, in [smtp]")
SMARTHOST, SENDER = "localhost:25", "alertmanager@localhost"
LAYOUT = nowhere("Grafana's mail has a layout of its own")


class Threading(Schema):
    enabled = Flag()
    thread_by_date = Text()


class Email(Integration):
    """A mail. https://www.rfc-editor.org/rfc/rfc5321"""

    label = "Email"
    alertmanager = Receiver("email_configs", since="0.1.0", send_resolved=False)

    class Settings(Schema):
        addresses = Template(
            alertmanager="to", required=True, help="Separated by comma, semicolon or line"
        )
        single_email = Flag(
            grafana="singleEmail", alertmanager=nowhere("Alertmanager sends one mail to all")
        )
        subject = Template(
            default=named("email.default.subject", "default.title"),
            alertmanager=nowhere("it is a header in Alertmanager"),
        )
        message = Template(alertmanager=nowhere("Alertmanager has html and text"))
        sender = Template(grafana=SERVER, alertmanager=spelled("from", inherits="smtp_from"))
        hello = Text(
            grafana=SERVER, alertmanager=spelled(inherits="smtp_hello"), default="localhost"
        )
        smarthost = Text(grafana=SERVER, alertmanager=spelled(inherits="smtp_smarthost"))
        auth_username = Text(grafana=SERVER, alertmanager=spelled(inherits="smtp_auth_username"))
        auth_password = Secret(
            grafana=SERVER, alertmanager=spelled(inherits="smtp_auth_password"), file_wins=True
        )
        auth_secret = Secret(
            grafana=SERVER, alertmanager=spelled(inherits="smtp_auth_secret"), file_wins=True
        )
        auth_identity = Text(grafana=SERVER, alertmanager=spelled(inherits="smtp_auth_identity"))
        require_tls = Flag(
            grafana=SERVER,
            alertmanager=spelled(inherits="smtp_require_tls"),
            default=PerFamily(None, True),
        )
        force_implicit_tls = Flag(
            grafana=SERVER,
            default=None,
            alertmanager=spelled(since="0.31", inherits="smtp_force_implicit_tls"),
        )
        tls_config = SmtpTls(grafana=SERVER, alertmanager=spelled(inherits="smtp_tls_config"))
        headers = TextMap(templated=True, grafana=nowhere("Grafana's mails have fixed headers"))
        html = Template(
            html=True, grafana=LAYOUT, default=PerFamily(None, template("email.default.html"))
        )
        text = Template(grafana=LAYOUT)
        threading = Part(Threading, grafana=LAYOUT, alertmanager=since("0.30"))

    def check(self) -> Iterable[tuple[str, str]]:
        has = self.values.get
        if not has("addresses"):
            yield (
                "",
                (
                    "could not find addresses in settings"
                    if self.family == "grafana"
                    else "missing to address in email config"
                ),
            )
        seen = set()
        for name in has("headers") or ():
            if (canonical := name.title()) in seen:
                yield "headers", f'duplicate header "{canonical}" in email config'
            seen.add(canonical)
        if (has("threading") or {}).get("enabled"):
            for name in ("References", "In-Reply-To"):
                if name in seen:
                    yield (
                        "threading",
                        "conflicting configuration: threading.enabled conflicts with custom "
                        f"{name} header",
                    )
            if (has("threading") or {}).get("thread_by_date") not in ("none", "daily"):
                yield "threading", "threading.thread_by_date must be either 'none' or 'daily'"
        if isinstance(smarthost := has("smarthost"), str) and smarthost:
            host, colon, port = smarthost.rpartition(":")
            if not colon or (host.count(":") and not host.startswith("[")):
                yield "smarthost", f"address {smarthost}: missing port in address"
            elif not port:
                yield "smarthost", f'address "{smarthost}": port cannot be empty'

    def check_inherited(self) -> Iterable[tuple[str, str]]:
        if not self.value("smarthost"):
            yield "", "no global SMTP smarthost set"
        if not self.value("sender"):
            yield "", "no global SMTP from set"

    @classmethod
    def to_grafana(cls, values: dict[str, Any], lose: Lose) -> dict[str, Any]:
        headers = {name.title(): text for name, text in (values.pop("headers", None) or {}).items()}
        if "Subject" in headers:
            values["subject"] = headers.pop("Subject")
        if headers:
            values["headers"] = headers
        values["single_email"] = True
        if values.get("text") and values.get("html") == "":
            values["message"] = values.pop("text")
            del values["html"]
            lose("text", "changed", "Grafana puts the message into its own layout")
        if '"' in (to := str(values.get("addresses", ""))):
            values["addresses"] = ", ".join(address for _, address in getaddresses([to]))
            lose(
                "addresses",
                "changed",
                "Grafana splits at every comma, so the quoted names are left out",
            )
        return values

    @classmethod
    def to_alertmanager(cls, values: dict[str, Any], lose: Lose) -> dict[str, Any]:
        addresses = split_addresses(str(values.get("addresses", "")))
        values["addresses"] = ", ".join(addresses)
        if not values.pop("single_email", False) and len(addresses) > 1:
            lose("single_email", "changed", "Alertmanager sends one mail to all addresses together")
        values |= {"smarthost": SMARTHOST, "sender": SENDER}
        lose(
            "smarthost",
            "added",
            f"Alertmanager needs a mail server: {SMARTHOST} and {SENDER} stand in, put yours there",
        )
        if subject := values.pop("subject", None):
            values["headers"] = {"Subject": subject}
        if message := values.pop("message", None):
            values |= {"text": message, "html": ""}
            lose(
                "message",
                "changed",
                "Alertmanager has no layout to put it in: it is the whole text of the mail",
            )
        return values

    def send(self, notification: Notification, settings: Any, http: Http) -> None:
        server = server_of(settings) if self.family == "alertmanager" else mail_server()
        addresses = split_addresses(settings.addresses)
        together = self.family == "alertmanager" or settings.single_email
        for group in [addresses] if together else [[address] for address in addresses]:
            mail = EmailMessage()
            headers = {
                "Subject": settings.subject,
                "To": ", ".join(group),
                "From": server["sender"],
                **{name.title(): text for name, text in (settings.headers or {}).items()},
            }
            for name, text in headers.items():
                mail[name] = " ".join(str(text).split())
            mail["Date"] = formatdate()
            mail["Message-Id"] = make_msgid(domain="contactpoints")
            if (settings.threading or {}).get("enabled"):
                mail["References"] = mail["In-Reply-To"] = thread(notification, settings.threading)
            text = settings.text or settings.message
            if text or not settings.html:
                mail.set_content(text or "")
            if settings.html:
                (mail.add_alternative if text else mail.set_content)(settings.html, subtype="html")
            bare = [address for _, address in getaddresses(group)]
            sender = getaddresses([headers["From"]])[0][1]
            send_mail(mail, **{**server, "sender": sender}, recipients=bare)


def server_of(settings: Any) -> dict[str, Any]:
    """The mail server that Alertmanager's settings name, as keywords of ``send_mail``."""
    return {
        "smarthost": settings.smarthost,
        "sender": settings.sender,
        "hello": settings.hello,
        "username": settings.auth_username or "",
        "password": settings.auth_password or "",
        "secret": settings.auth_secret or "",
        "identity": settings.auth_identity or "",
        "require_tls": settings.require_tls is not False,
        "implicit_tls": settings.force_implicit_tls,
        "tls_config": settings.tls_config,
    }


def thread(notification: Notification, threading: dict[str, Any]) -> str:
    """The message that all mails of a group answer to, one a day when asked for."""
    day = f"{datetime.now(UTC):%Y-%m-%d}" if threading.get("thread_by_date") == "daily" else ""
    return f"<alert-{notification.dedup_key[:16]}-{day}@alertmanager>"


def split_addresses(text: str) -> list[str]:
    """The addresses in a text that separates them by comma, semicolon or line."""
    return [part for piece in re.split(r"[;\n]", text) for part in split_commas(piece) if part]


def split_commas(text: str) -> list[str]:
    """Pieces between commas that stand outside quotes."""
    return [piece.strip() for piece in re.findall(r'(?:"(?:\\.|[^"\\])*"|[^,])+', text)]
