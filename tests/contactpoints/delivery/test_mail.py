"""Mail goes to a real SMTP server (aiosmtpd), in the clear and over TLS, with each login."""

from __future__ import annotations

import base64
import hashlib
import hmac
import socket
import threading
import time
from collections.abc import Callable, Iterator
from email.message import EmailMessage
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, LoginPassword

from contactpoints.delivery.mail import DeliveryError, send_mail
from tests.contactpoints.conftest import Certificate


class Mailbox:
    """Keeps what arrives; ``answers`` maps a command to the line it gets."""

    def __init__(self) -> None:
        self.envelopes: list[Any] = []
        self.answers: dict[str, str] = {}
        self.logins: list[Any] = []

    async def handle_MAIL(  # noqa: N802
        self, server: Any, session: Any, envelope: Any, address: str, options: Any
    ) -> str:
        envelope.mail_from = address
        return self.answers.get("MAIL", "250 OK")

    async def handle_RCPT(  # noqa: N802
        self, server: Any, session: Any, envelope: Any, address: str, options: Any
    ) -> str:
        answer = self.answers.get(address, "250 OK")
        if answer.startswith("250"):
            envelope.rcpt_tos.append(address)
        return answer

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802
        if "DATA" in self.answers:
            return self.answers["DATA"]
        self.envelopes.append((envelope, session.ssl is not None))
        return "250 taken"

    def login(
        self, server: Any, session: Any, envelope: Any, mechanism: str, data: Any
    ) -> AuthResult:
        self.logins.append((mechanism, data))
        good = isinstance(data, LoginPassword) and data.password == "gütig".encode()
        return AuthResult(success=good, handled=good)


class CramSmtp(SMTP):
    """aiosmtpd with CRAM-MD5, which it does not bring."""

    async def auth_CRAM__MD5(self, _: Any, args: list[str]) -> AuthResult:  # noqa: N802
        answer = await self.challenge_auth("<1@x>")
        user, _, digest = bytes(answer).partition(b" ")
        wanted = hmac.new(b"s3cret", b"<1@x>", hashlib.md5).hexdigest().encode()
        good = digest == wanted
        return AuthResult(success=good, handled=good, auth_data=user)


Start = Callable[..., tuple[Mailbox, str]]


@pytest.fixture
def start() -> Iterator[Start]:
    running = []

    def make(factory: type[SMTP] = SMTP, **options: Any) -> tuple[Mailbox, str]:
        box = Mailbox()

        class Local(Controller):
            def factory(self) -> SMTP:
                return factory(box, authenticator=box.login, hostname="mx", **options)

        implicit = options.pop("ssl_context", None)
        with socket.create_server(("127.0.0.1", 0)) as free:
            port = free.getsockname()[1]
        controller = Local(box, hostname="127.0.0.1", port=port, ssl_context=implicit)
        controller.start()
        running.append(controller)
        return box, f"127.0.0.1:{port}"

    yield make
    for controller in running:
        controller.stop()


def message() -> EmailMessage:
    made = EmailMessage()
    made["Subject"] = "[FIRING] Größe"
    made["From"], made["To"] = "am@example.com", "ops@example.com"
    made.set_content("Über alles.\n.\nEnde\n")
    return made


def send(smarthost: str, **options: Any) -> None:
    given = {"require_tls": False, "sender": "am@example.com", "recipients": ["ops@example.com"]}
    send_mail(message(), smarthost=smarthost, **{**given, **options})


def failure(smarthost: str, **options: Any) -> DeliveryError:
    with pytest.raises(DeliveryError) as caught:
        send(smarthost, **options)
    return caught.value


def test_a_message_arrives_whole(start: Start) -> None:
    box, smarthost = start()
    send(smarthost, recipients=["a@example.com", "b@example.com"], hello="bridge.example")
    envelope, tls = box.envelopes[0]
    assert envelope.mail_from == "am@example.com"
    assert envelope.rcpt_tos == ["a@example.com", "b@example.com"]
    assert base64.b64encode("Größe".encode()).decode()[:4] in envelope.content.decode() or (
        "Gr=C3=B6=C3=9Fe" in envelope.content.decode()
    )
    assert "\r\n" in envelope.content.decode()
    assert not tls


def test_starttls_is_used_when_required_and_checked(start: Start, certificate: Certificate) -> None:
    box, smarthost = start(tls_context=certificate.server())
    error = failure(smarthost, require_tls=True)
    assert (error.permanent, "certificate is not trusted" in str(error)) == (False, True)
    send(smarthost, require_tls=True, tls_config={"ca_file": str(certificate.cert)})
    send(smarthost, require_tls=False, tls_config={"insecure_skip_verify": True})
    assert [tls for _, tls in box.envelopes] == [True, True]


def test_a_server_without_starttls_gets_nothing_when_tls_is_required(start: Start) -> None:
    box, smarthost = start()
    assert "STARTTLS" in str(failure(smarthost, require_tls=True))
    assert box.envelopes == []


def test_tls_from_the_first_byte(start: Start, certificate: Certificate) -> None:
    box, smarthost = start(ssl_context=certificate.server())
    send(
        smarthost,
        implicit_tls=True,
        tls_config={"ca_file": str(certificate.cert)},
        require_tls=True,
    )
    assert len(box.envelopes) == 1


@pytest.mark.parametrize("mechanism", ["PLAIN", "LOGIN"])
def test_login_with_a_password(start: Start, mechanism: str) -> None:
    other = {"PLAIN": "LOGIN", "LOGIN": "PLAIN"}[mechanism]
    box, smarthost = start(auth_require_tls=False, auth_exclude_mechanism=[other])
    send(smarthost, username="üser", password="gütig")
    assert box.logins == [(mechanism, LoginPassword("üser".encode(), "gütig".encode()))]
    error = failure(smarthost, username="u", password="wrong-password")
    assert (error.reason, error.permanent, error.status) == ("authError", True, 535)
    assert "wrong-password" not in str(error)


def test_login_with_cram_md5(start: Start) -> None:
    box, smarthost = start(
        CramSmtp, auth_require_tls=False, auth_exclude_mechanism=["PLAIN", "LOGIN"]
    )
    send(smarthost, username="u", secret="s3cret")
    assert failure(smarthost, username="u", secret="other").reason == "authError"
    assert failure(smarthost, username="u", password="p").reason == "authError"
    assert len(box.envelopes) == 1


@pytest.mark.parametrize(
    ("answers", "reason", "permanent"),
    [
        ({"MAIL": "451 later"}, "serverError", False),
        ({"MAIL": "552 no"}, "clientError", True),
        ({"ops@example.com": "450 busy"}, "serverError", False),
        ({"ops@example.com": "550 unknown"}, "clientError", True),
        ({"DATA": "452 full"}, "serverError", False),
        ({"DATA": "554 spam"}, "clientError", True),
    ],
)
def test_replies_are_classified(
    start: Start, answers: dict[str, str], reason: str, permanent: bool
) -> None:
    box, smarthost = start()
    box.answers = answers
    error = failure(smarthost)
    assert (error.reason, error.permanent) == (reason, permanent)
    assert box.envelopes == []


def test_the_others_get_it_when_one_recipient_is_unknown(start: Start) -> None:
    box, smarthost = start()
    box.answers = {"b@x.example": "550 unknown"}
    assert failure(smarthost, recipients=["a@x.example", "b@x.example"]).permanent
    assert box.envelopes[0][0].rcpt_tos == ["a@x.example"]


def test_nobody_gets_it_twice_when_one_recipient_has_to_wait(start: Start) -> None:
    box, smarthost = start()
    box.answers = {"b@x.example": "450 later"}
    assert not failure(smarthost, recipients=["a@x.example", "b@x.example"]).permanent
    assert box.envelopes == []


def test_a_server_that_is_not_there_or_says_nothing_is_tried_again() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        smarthost = f"127.0.0.1:{server.getsockname()[1]}"
        begin = time.monotonic()
        assert failure(smarthost, timeout=0.5).reason == "contextDeadlineExceeded"
        assert time.monotonic() - begin < 5
    error = failure(smarthost)
    assert (error.permanent, str(error)) == (False, "no connection: connection refused")


def test_a_server_that_trickles_is_cut_off_in_time() -> None:
    server = socket.create_server(("127.0.0.1", 0))
    stop = threading.Event()

    def trickle() -> None:
        peer, _ = server.accept()
        with peer:
            while not stop.wait(0.1):
                peer.sendall(b"2")

    thread = threading.Thread(target=trickle)
    thread.start()
    begin = time.monotonic()
    error = failure(f"127.0.0.1:{server.getsockname()[1]}", timeout=1)
    stop.set()
    thread.join()
    server.close()
    assert time.monotonic() - begin < 5
    assert error.reason == "contextDeadlineExceeded"


@pytest.mark.parametrize("smarthost", ["", "host", "host:", ":25", "host:smtp"])
def test_a_smarthost_is_host_and_port(smarthost: str) -> None:
    assert failure(smarthost).permanent
