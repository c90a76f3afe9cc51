"""The mail server of the service: Grafana's contact points name none, Grafana has it in its own
``[smtp]``.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Any

from contactpoints.delivery.outcome import DeliveryError

VARIABLES = {
    "CONTACTPOINTS_SMTP_SMARTHOST": "host:port of the mail server for Grafana's contact points",
    "CONTACTPOINTS_SMTP_FROM": "the address that they come from",
    "CONTACTPOINTS_SMTP_HELLO": "the name in EHLO",
    "CONTACTPOINTS_SMTP_USERNAME": "the login, when there is one",
    "CONTACTPOINTS_SMTP_PASSWORD": "its password",
    "CONTACTPOINTS_SMTP_REQUIRE_TLS": "no: send also without STARTTLS",
}


def mail_server(environment: Mapping[str, str] = os.environ) -> dict[str, Any]:
    """The service's mail server, as keywords of ``send_mail``.

    :raises DeliveryError: when none is set; a later attempt may find one.
    """
    said = {
        name.removeprefix("CONTACTPOINTS_SMTP_").lower(): environment.get(name, "")
        for name in VARIABLES
    }
    if not said["smarthost"] or not said["from"]:
        raise DeliveryError(
            "no mail server: set CONTACTPOINTS_SMTP_SMARTHOST and CONTACTPOINTS_SMTP_FROM",
            reason="clientError",
        )
    return {
        "smarthost": said["smarthost"],
        "sender": said["from"],
        "hello": said["hello"],
        "username": said["username"],
        "password": said["password"],
        "require_tls": said["require_tls"].lower() not in ("no", "false", "0"),
    }
