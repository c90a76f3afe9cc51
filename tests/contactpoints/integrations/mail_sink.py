"""An SMTP server that takes every login and every mail, and remembers them as captures do."""

from __future__ import annotations

import base64
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult

from tests.contactpoints.integrations.captures import mail

CHALLENGE = b"<12345@sink>"  # the one that the originals answered


class Mailbox:
    """What came."""

    def __init__(self) -> None:
        self.mails: list[dict[str, Any]] = []

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802
        content = envelope.content
        got = mail(session.host_name, envelope.mail_from, envelope.rcpt_tos, content)
        if server.login:
            got["login"] = server.login
        self.mails.append(got)
        return "250 taken"


class AnyLogin(SMTP):
    """aiosmtpd with CRAM-MD5, which it does not bring; every answer is right."""

    login: list[str] | None = None

    async def auth_CRAM__MD5(self, _: Any, args: list[str]) -> AuthResult:  # noqa: N802
        answer = await self.challenge_auth(base64.b64encode(CHALLENGE), encode_to_b64=False)
        self.login = ["CRAM-MD5", bytes(answer).decode()]
        return AuthResult(success=True, handled=True, auth_data="user")


@contextmanager
def mail_sink() -> Iterator[tuple[str, list[dict[str, Any]]]]:
    """The address of a server, and the mails that it has got."""
    box = Mailbox()

    class Local(Controller):
        def factory(self) -> SMTP:
            return AnyLogin(
                box,
                hostname="mx",
                enable_SMTPUTF8=True,
                auth_require_tls=False,
                auth_required=False,
            )

    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    controller = Local(box, hostname="127.0.0.1", port=port)
    controller.start()
    try:
        yield f"127.0.0.1:{port}", box.mails
    finally:
        controller.stop()
