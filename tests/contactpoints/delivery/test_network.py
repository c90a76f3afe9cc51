"""Nothing is sent to link-local addresses and metadata services, whatever leads there."""

from __future__ import annotations

import socket
import time
import tracemalloc
import zlib
from collections.abc import Iterator
from typing import Any

import pytest

from contactpoints.delivery.http import BODY_LIMIT, DeliveryError, Http
from contactpoints.delivery.mail import send_mail
from contactpoints.delivery.network import check_host, is_refused, refuse_private
from contactpoints.environment import Environment, EnvironmentProblem
from contactpoints.integrations.mqtt import Mqtt
from contactpoints.mail_message import empty_mail
from tests.contactpoints.integrations.faulty import endless, peer
from tests.contactpoints.integrations.sending import alert, made, notification, send
from tests.contactpoints.sinks import Answer, Received, Sink

METADATA = "169.254.169.254"


def refusal(url: str, **options: Any) -> DeliveryError:
    with pytest.raises(DeliveryError) as caught:
        Http(time_limit=3).post(url, json={}, **options)
    return caught.value


def is_refusal(error: DeliveryError) -> bool:
    return (
        str(error).startswith("nothing is sent there: the address is link-local")
        and error.reason == "clientError"
        and error.permanent
    )


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("169.254.0.1", True),
        (METADATA, True),
        ("169.253.255.255", False),
        ("fe80::1", True),
        ("fe80::1%lo", True),
        ("febf:ffff::", True),
        ("fec0::1", False),
        ("fd00:ec2::254", True),
        ("fd00:ec3::254", False),
        ("::ffff:169.254.169.254", True),
        ("::ffff:10.0.0.1", False),
        ("64:ff9b::a9fe:a9fe", True),
        ("64:ff9b::a00:1", False),
        ("2002:a9fe:a9fe::1", True),
        ("168.63.129.16", True),
        ("100.100.100.200", True),
        ("127.0.0.1", False),
        ("192.168.1.1", False),
        ("::1", False),
    ],
)
def test_which_addresses_nothing_is_sent_to(address: str, expected: bool) -> None:
    assert is_refused(address) is expected


@pytest.mark.parametrize(
    "host",
    [
        *(METADATA, "[fe80::1]", "2852039166", "0xa9fea9fe", "0251.0376.0251.0376"),
        *("169.254.43518", "metadata.google.internal", "METADATA.google.internal."),
    ],
)
def test_an_address_is_refused_however_it_is_written(host: str) -> None:
    with pytest.raises(OSError, match="link-local"):
        check_host(host)
    assert is_refusal(refusal(f"http://{host}/latest/meta-data/"))


@pytest.mark.parametrize("host", ["", "example.com", "127.0.0.1", "[::1]", "10.0.0.1", "1.2.3"])
def test_other_hosts_are_nobody_s_business(host: str) -> None:
    check_host(host)


def test_a_redirect_does_not_lead_there(sink: Sink) -> None:
    sink.answer = Answer(307, headers={"Location": f"http://{METADATA}/latest/api/token"})
    begin = time.monotonic()
    assert is_refusal(refusal(sink.url))
    assert time.monotonic() - begin < 5


def test_a_name_does_not_lead_there(monkeypatch: pytest.MonkeyPatch, sink: Sink) -> None:
    """The name is looked up once: what is checked is what is connected to."""
    look_up, asked = socket.getaddrinfo, []

    def rebinding(host: str, port: int, *more: Any) -> Any:
        if more[2:] == (0, socket.AI_NUMERICHOST):
            return look_up(host, port, *more)
        asked.append(host)
        if host == "rebinding.example":
            return look_up("127.0.0.1" if len(asked) > 1 else METADATA, port, *more)
        both = [*look_up(METADATA, port, *more), *look_up("127.0.0.1", port, *more)]
        return both if host == "both.example" else look_up(host, port, *more)

    monkeypatch.setattr(socket, "getaddrinfo", rebinding)
    assert is_refusal(refusal(f"http://rebinding.example:{sink.port}/"))
    assert asked == ["rebinding.example"]
    assert sink.received == []
    Http(time_limit=3).post(f"http://both.example:{sink.port}/", json={})
    assert len(sink.received) == 1


def test_a_resolver_that_is_slow_costs_no_more_than_the_time_limit(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    look_up = socket.getaddrinfo

    def slow(host: str, *more: Any) -> Any:
        if host == "slow.example" and len(more) < 5:
            time.sleep(3)
        return look_up(host, *more)

    monkeypatch.setattr(socket, "getaddrinfo", slow)
    begin = time.monotonic()
    with pytest.raises(DeliveryError, match="no answer in time") as caught:
        Http(time_limit=0.3).post("http://slow.example/", json={})
    assert time.monotonic() - begin < 1.5
    assert (caught.value.reason, caught.value.permanent) == ("contextDeadlineExceeded", False)


def test_a_proxy_is_not_asked_to_go_there(sink: Sink) -> None:
    config = {"proxy_url": sink.url}
    assert is_refusal(refusal(f"http://{METADATA}/", http_config=config))
    assert is_refusal(refusal("http://metadata.google.internal/", http_config=config))
    assert is_refusal(
        refusal("http://peer.example/", http_config={"proxy_url": "http://[fe80::1]"})
    )
    assert sink.received == []


def test_a_token_is_not_asked_for_there(sink: Sink) -> None:
    oauth2 = {"client_id": "id", "client_secret": "s", "token_url": f"http://{METADATA}/token"}
    assert is_refusal(refusal(sink.url, http_config={"oauth2": oauth2}))
    assert sink.received == []


def test_mail_and_mqtt_do_not_go_there() -> None:
    with pytest.raises(DeliveryError) as caught:
        send_mail(
            empty_mail(),
            smarthost=f"{METADATA}:25",
            sender="a@b.example",
            recipients=["c@d.example"],
        )
    assert is_refusal(caught.value)
    broker = Mqtt({"broker_url": f"tcp://{METADATA}:1883", "topic": "t"}, family="grafana")
    with pytest.raises(DeliveryError) as caught:
        send(broker)
    assert is_refusal(caught.value)


def picture(url: str) -> Any:
    return notification(alert(imageURL=url))


PUSHOVER = {"apiToken": "token-secret", "userKey": "user-secret", "uploadImage": True}


@pytest.mark.parametrize(
    "url",
    [
        f"http://{METADATA}/latest/meta-data/iam/x.png",
        "file:///etc/passwd",
        "ftp://127.0.0.1/x.png",
        "redirect",
        "slow",
        "text",
    ],
)
def test_a_picture_s_address_in_a_notification_leads_nowhere_else(
    url: str, sink: Sink, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The message goes out without it: whoever wrote the notification is not trusted."""
    monkeypatch.setattr("contactpoints.integrations.pushover.API", f"{sink.url}/1/messages.json")
    monkeypatch.setattr("contactpoints.integrations.pushover.IMAGE_TIME", 0.3)

    def answer(got: Received) -> Answer:
        if got.path == "/redirect":
            return Answer(302, b"x", {"Location": f"http://{METADATA}/x.png"})
        if got.path == "/slow":
            return Answer(200, b"x" * 1000, {"Content-Type": "image/png"}, trickle=0.05)
        if got.path == "/text":
            return Answer(200, b"root:x:0:0", {"Content-Type": "text/plain"})
        return Answer(200, b'{"status":1}')

    sink.answer = answer
    send(
        made("pushover", "grafana", PUSHOVER),
        picture(f"{sink.url}/{url}" if ":" not in url else url),
    )
    assert b"attachment" not in sink.received[-1].body
    assert sink.received[-1].path == "/1/messages.json"


def test_an_endless_picture_is_left_out(sink: Sink, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("contactpoints.integrations.pushover.API", f"{sink.url}/1/messages.json")
    sink.answer = Answer(200, b'{"status":1}')
    with peer(endless(b"HTTP/1.1 200 OK\r\nContent-Type: image/png\r\n\r\n")) as pictures:
        send(made("pushover", "grafana", PUSHOVER), picture(f"http://{pictures.address}/x.png"))
        assert pictures.sent < 32 * 2**20
    assert b"attachment" not in sink.received[0].body


@pytest.mark.parametrize("kind", ["gzip", "deflate"])
def test_a_small_answer_that_unpacks_to_a_huge_one_costs_no_memory(sink: Sink, kind: str) -> None:
    packer = zlib.compressobj(9, wbits=31 if kind == "gzip" else 15)
    bomb = b"".join(packer.compress(b"\0" * 2**20) for _ in range(256)) + packer.flush()
    sink.answer = Answer(200, bomb, {"Content-Encoding": kind})
    tracemalloc.start()
    reply = Http(time_limit=10).post(sink.url, json={})
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert len(reply.body) == BODY_LIMIT
    assert peak < 16 * 2**20


@pytest.fixture
def private_refused() -> Iterator[None]:
    refuse_private(True)
    yield
    refuse_private(False)


INSIDE = [
    *("127.0.0.1", "10.1.2.3", "172.31.255.1", "192.168.0.1", "100.64.0.1", "0.0.0.0"),
    *("[::1]", "[::]", "[fd12::1]", "[::ffff:10.0.0.1]", "[64:ff9b::a00:1]", "[2002:a00:1::]"),
    *("2130706433", "0x7f.1", "127.1", "0177.0.0.1", "224.0.0.1", "255.255.255.255"),
]


def is_private_refusal(error: DeliveryError) -> bool:
    return "of a private network" in str(error) and error.permanent


@pytest.mark.parametrize("host", INSIDE)
@pytest.mark.usefixtures("private_refused")
def test_private_networks_are_refused_when_the_operator_says_so(host: str) -> None:
    assert is_private_refusal(refusal(f"http://{host}/"))


@pytest.mark.parametrize("host", ["1.1.1.1", "172.32.0.1", "100.128.0.1", "[2606:4700::1111]"])
@pytest.mark.usefixtures("private_refused")
def test_public_addresses_are_allowed_all_the_same(host: str) -> None:
    check_host(host)


@pytest.mark.usefixtures("private_refused")
def test_a_name_of_a_private_address_is_refused(sink: Sink) -> None:
    assert is_private_refusal(refusal(f"http://localhost:{sink.port}/"))
    assert sink.received == []


def test_a_redirect_into_a_private_network_is_refused(sink: Sink) -> None:
    """The first host is allowed by name, the one that it leads to is not."""
    refuse_private(True, ["127.0.0.1/32"])
    try:
        sink.answer = Answer(307, headers={"Location": f"http://127.0.0.2:{sink.port}/inside"})
        assert is_private_refusal(refusal(sink.url))
        sink.answer = Answer(307, headers={"Location": f"http://{METADATA}/"})
        assert is_refusal(refusal(sink.url))
        assert [got.path for got in sink.received] == ["/", "/"]
    finally:
        refuse_private(False)


def test_a_name_that_leads_inside_after_it_was_looked_up_is_refused(
    monkeypatch: pytest.MonkeyPatch, sink: Sink
) -> None:
    look_up = socket.getaddrinfo

    def answering(host: str, port: int, *more: Any) -> Any:
        if host == "outside.example":
            if more[2:] == (0, socket.AI_NUMERICHOST):
                raise socket.gaierror
            return look_up("127.0.0.1", port, *more)
        return look_up(host, port, *more)

    monkeypatch.setattr(socket, "getaddrinfo", answering)
    refuse_private(True)
    try:
        assert is_private_refusal(refusal(f"http://outside.example:{sink.port}/"))
    finally:
        refuse_private(False)
    assert sink.received == []


def test_what_is_allowed_never_includes_metadata_services() -> None:
    refuse_private(True, ["0.0.0.0/0", "::/0"])
    try:
        assert is_refusal(refusal(f"http://{METADATA}/"))
        check_host("10.0.0.1")
    finally:
        refuse_private(False)


def test_the_environment_says_what_it_does_not_understand() -> None:
    with pytest.raises(EnvironmentProblem) as caught:
        Environment.read(
            {
                "CONTACTPOINTS_PRIVATE_TARGETS": "perhaps",
                "CONTACTPOINTS_ALLOWED_TARGETS": "10.0.0.0/8,home",
            }
        )
    assert "CONTACTPOINTS_PRIVATE_TARGETS: must be allow or refuse" in str(caught.value)
    assert "CONTACTPOINTS_ALLOWED_TARGETS: 'home'" in str(caught.value)
