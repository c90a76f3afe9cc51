"""Email, by SMTP."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from email.utils import formatdate, getaddresses, make_msgid
from typing import TYPE_CHECKING, Any

from contactpoints.base import Integration, Receiver
from contactpoints.fields import Flag, HostPort, Lose, Schema, Secret, Template, Text
from contactpoints.grafana_data import grafana_data
from contactpoints.groups import Part, TextMap
from contactpoints.http_settings import SmtpTls
from contactpoints.mail_layout import as_html, as_text, lines
from contactpoints.mail_message import (
    OF_CONTENT,
    canonical,
    empty_mail,
    one_line,
    split_addresses,
    text_part,
)
from contactpoints.mail_server import mail_server
from contactpoints.notification import Notification
from contactpoints.spelling import PerFamily, named, nowhere, since, spelled, template

if TYPE_CHECKING:
    from contactpoints.delivery.http import Http

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
            terraform=spelled(form="list"),
            alertmanager="to",
            required=True,
            help="Separated by comma, semicolon or line",
        )
        single_email = Flag(
            grafana="singleEmail",
            alertmanager=nowhere("Alertmanager sends one mail to all"),
            help="One mail to all addresses instead of one to each",
        )
        subject = Template(
            default=named("email.default.subject", "default.title"),
            alertmanager=nowhere("it is a header in Alertmanager"),
            help="Subject of the mail",
        )
        message = Template(
            alertmanager=nowhere("Alertmanager has html and text"),
            help="Text above the alerts in the mail",
        )
        sender = Template(
            grafana=SERVER,
            alertmanager=spelled("from", inherits="smtp_from"),
            help="Address that the mail comes from",
        )
        hello = Text(
            grafana=SERVER,
            alertmanager=spelled(inherits="smtp_hello"),
            default="localhost",
            help="Name that we greet the mail server with",
        )
        smarthost = HostPort(
            grafana=SERVER,
            alertmanager=spelled(inherits="smtp_smarthost"),
            help="Mail server and port",
        )
        auth_username = Text(
            grafana=SERVER,
            alertmanager=spelled(inherits="smtp_auth_username"),
            help="User at the mail server",
        )
        auth_password = Secret(
            grafana=SERVER,
            alertmanager=spelled(inherits="smtp_auth_password", file_since="0.25"),
            file_wins=True,
            help="Password at the mail server",
        )
        auth_secret = Secret(
            grafana=SERVER,
            alertmanager=spelled(inherits="smtp_auth_secret", file_since="0.31"),
            file_wins=True,
            help="Secret for CRAM-MD5",
        )
        auth_identity = Text(
            grafana=SERVER,
            alertmanager=spelled(inherits="smtp_auth_identity"),
            help="Identity for PLAIN, when it is not the user",
        )
        require_tls = Flag(
            grafana=SERVER,
            alertmanager=spelled(inherits="smtp_require_tls"),
            default=PerFamily(None, True),
            help="Refuse to send without STARTTLS",
        )
        force_implicit_tls = Flag(
            grafana=SERVER,
            default=None,
            alertmanager=spelled(since="0.31", inherits="smtp_force_implicit_tls"),
            help="Speak TLS from the first byte; the port decides when left out",
        )
        tls_config = SmtpTls(
            grafana=SERVER, alertmanager=spelled(inherits="smtp_tls_config", inherits_since="0.28")
        )
        headers = TextMap(
            templated=True,
            grafana=nowhere("Grafana's mails have fixed headers"),
            help="Headers of the mail; they replace ours of the same name",
        )
        html = Template(
            html=True,
            grafana=LAYOUT,
            default=PerFamily(None, template("email.default.html")),
            help="The HTML part",
        )
        text = Template(grafana=LAYOUT, help="The text part")
        threading = Part(
            Threading,
            go="config.ThreadingConfig",
            grafana=LAYOUT,
            alertmanager=since("0.30"),
            help="Let mail programs show the mails of a group together",
        )

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
            if (header := canonical(name)) in seen:
                yield "headers", f'duplicate header "{header}" in email config'
            seen.add(header)
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

    def check_inherited(self) -> Iterable[tuple[str, str]]:
        if not self.value("smarthost"):
            yield "", "no global SMTP smarthost set"
        if not self.value("sender"):
            yield "", "no global SMTP from set"

    @classmethod
    def to_grafana(cls, values: dict[str, Any], lose: Lose) -> dict[str, Any]:
        headers = {
            canonical(name): text for name, text in (values.pop("headers", None) or {}).items()
        }
        if "Subject" in headers:
            values["subject"] = headers.pop("Subject")
        if headers:
            values["headers"] = headers
        to = str(values.get("addresses", ""))
        if "{{" in to or len(split_addresses(to)) != 1:  # one address gets one mail anyway
            values["single_email"] = True
        if values.get("text") and values.get("html") == "":
            values["message"] = values.pop("text")
            del values["html"]
            lose("text", "changed", "Grafana puts the message into its own layout")
        if '"' in to:
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
        from contactpoints.delivery.mail import send_mail  # slow to import

        grafana = self.family == "grafana"
        server = mail_server() if grafana else server_of(settings)
        parts = self.parts(notification, settings)
        addresses = split_addresses(settings.addresses)
        together = not grafana or settings.single_email
        for group in [addresses] if together else [[address] for address in addresses]:
            mail = empty_mail()
            for name, text in self.headers(notification, settings, server, group).items():
                mail[name] = one_line(text)
            for kind, content in parts.items():
                mail.attach(text_part(kind, content))
            bare = [address for _, address in getaddresses(group)]
            sender = getaddresses([mail["From"]])[0][1]
            send_mail(mail, **{**server, "sender": sender}, recipients=bare)

    def parts(self, notification: Notification, settings: Any) -> dict[str, str]:
        """The alternatives of the mail's content, by their kind of text; the best one last."""
        if self.family == "alertmanager":
            said = {"plain": "text", "html": "html"}
            return {kind: getattr(settings, key) for kind, key in said.items() if self.value(key)}
        page = notification.link("/alerting/list")
        data = grafana_data(notification)
        told = list(lines(data, settings.subject, settings.message or "", page))
        return {"plain": as_text(told), "html": as_html(told)}

    def headers(
        self, notification: Notification, settings: Any, server: dict[str, Any], group: list[str]
    ) -> dict[str, str]:
        """The headers of one mail. Those of the settings win over all but the content's own."""
        found = {
            "Date": formatdate(),
            "Message-Id": make_msgid(domain="contactpoints"),
            "Subject": settings.subject,
            "To": ", ".join(group),
            "From": server["sender"],
        }
        if (settings.threading or {}).get("enabled"):
            found["References"] = found["In-Reply-To"] = thread(notification, settings.threading)
        own = {canonical(name): text for name, text in (settings.headers or {}).items()}
        return found | {name: text for name, text in own.items() if name not in OF_CONTENT}


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
