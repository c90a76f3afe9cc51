"""A real broker gets what Grafana's client publishes; a dead or hostile one costs little time."""

from __future__ import annotations

import json
import re
import socket
import subprocess
import sys
import threading
import time
import tracemalloc
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from importlib.metadata import version
from pathlib import Path
from typing import Any

import pytest

from contactpoints.delivery.http import Http
from contactpoints.delivery.outcome import DeliveryError
from contactpoints.delivery.rendering import render_settings
from contactpoints.notification import check_payload
from contactpoints.setup import Setup
from tests.conftest import require_peer
from tests.contactpoints.conftest import Certificate
from tests.contactpoints.integrations.captures import Capture, captures
from tests.contactpoints.integrations.sending import faults, made, send
from translators.drawing import TemplateRenderer

paho = pytest.importorskip("paho.mqtt.client", reason="pip install 'contactpoints[mqtt]'")


@dataclass
class Broker:
    """A running mosquitto, and a subscriber that remembers what comes in."""

    tcp: int
    tls: int
    ws: int
    login: int
    received: list[Any] = field(default_factory=list)
    changed: threading.Condition = field(default_factory=threading.Condition)

    def wait(self) -> Any:
        """The next message."""
        with self.changed:
            assert self.changed.wait_for(lambda: self.received, 10), "nothing came in"
            return self.received.pop(0)


def free_ports(count: int) -> list[int]:
    held = [socket.create_server(("127.0.0.1", 0)) for _ in range(count)]
    ports = [one.getsockname()[1] for one in held]
    for one in held:
        one.close()
    return ports


@pytest.fixture(scope="session")
def broker(tmp_path_factory: pytest.TempPathFactory, certificate: Certificate) -> Iterator[Broker]:
    program = require_peer("mosquitto", "mosquitto")
    folder = tmp_path_factory.mktemp("mosquitto")
    folder.chmod(0o755)
    made = Broker(*free_ports(4))
    passwords = folder / "passwords"
    passwords.write_text("writer:mqtt-secret\n")
    subprocess.run(["mosquitto_passwd", "-U", passwords], check=True)
    (folder / "mosquitto.conf").write_text(
        "user root\nper_listener_settings true\n"
        f"listener {made.tcp} 127.0.0.1\nallow_anonymous true\n"
        f"listener {made.tls} 127.0.0.1\nallow_anonymous true\n"
        f"certfile {certificate.cert}\nkeyfile {certificate.key}\n"
        f"cafile {certificate.cert}\nrequire_certificate true\n"
        f"listener {made.ws} 127.0.0.1\nprotocol websockets\nallow_anonymous true\n"
        f"listener {made.login} 127.0.0.1\nallow_anonymous false\npassword_file {passwords}\n"
    )
    with Path.open(folder / "log", "wb") as log:
        running = subprocess.Popen(
            [program, "-c", folder / "mosquitto.conf"], stdout=log, stderr=log
        )
    reader = paho.Client(paho.CallbackAPIVersion.VERSION2)
    subscribed = threading.Event()

    def keep(_client: Any, _data: Any, message: Any) -> None:
        with made.changed:
            made.received.append(message)
            made.changed.notify_all()

    reader.on_message = keep
    reader.on_connect = lambda client, *_: client.subscribe("alerts/#", 2)
    reader.on_subscribe = lambda *_: subscribed.set()
    try:
        for _ in range(100):
            try:
                reader.connect("127.0.0.1", made.tcp)
                break
            except OSError:
                time.sleep(0.1)
        reader.loop_start()
        assert subscribed.wait(10), (folder / "log").read_text()
        yield made
    finally:
        reader.disconnect()
        reader.loop_stop()
        running.terminate()
        running.wait(10)


def mqtt(url: str, **more: Any) -> Any:
    return made("mqtt", "grafana", {"brokerUrl": url, "topic": "alerts/größe", **more})


@pytest.mark.parametrize("capture", [c for c in captures() if c.type == "mqtt"], ids=str)
def test_a_broker_gets_what_grafana_s_own_client_sent(broker: Broker, capture: Capture) -> None:
    [wanted] = [request["mqtt"] for request in capture.requests]
    integration = capture.integration()
    integration.values |= {"broker_url": f"tcp://127.0.0.1:{broker.tcp}", "topic": "alerts/g"}
    said = integration.told(check_payload(capture.payload))
    settings, notes = render_settings(integration, said, TemplateRenderer(Setup("grafana")))
    integration.send(said, settings, Http(time_limit=5))
    got = broker.wait()
    assert notes == []
    assert got.qos == wanted["qos"]
    if "text" in wanted:
        assert got.payload.decode() == wanted["text"]
        return
    ours = json.loads(got.payload)
    assert ours["appVersion"] == version("contactpoints")
    ours["appVersion"] = wanted["json"]["appVersion"]
    assert untimed(ours) == untimed(wanted["json"])


def untimed(body: Any) -> Any:
    """Without the time of sending, where the link to a dashboard of what fires ends."""
    return json.loads(re.sub(r"(?<=&to=)\d{13}", "now", json.dumps(body)))


@pytest.mark.parametrize("qos", ["0", "1", "2"])
def test_text_is_the_message_alone_at_every_quality_of_service(broker: Broker, qos: str) -> None:
    text = "€" * 200_000
    integration = mqtt(f"tcp://127.0.0.1:{broker.tcp}", messageFormat="text", message=text, qos=qos)
    send(integration)
    got = broker.wait()
    assert (got.payload.decode(), got.qos) == (text, int(qos))


def test_a_retained_message_waits_for_those_who_come_later(broker: Broker) -> None:
    settings = {"topic": "alerts/kept", "messageFormat": "text", "message": "kept", "retain": True}
    send(mqtt(f"tcp://127.0.0.1:{broker.tcp}", **settings))
    broker.wait()
    late: list[Any] = []
    reader = paho.Client(paho.CallbackAPIVersion.VERSION2)
    reader.on_message = lambda _client, _data, message: late.append(message)
    reader.on_connect = lambda client, *_: client.subscribe("alerts/kept")
    reader.connect("127.0.0.1", broker.tcp)
    end = time.monotonic() + 10
    while not late and time.monotonic() < end:
        reader.loop(0.1)
    reader.disconnect()
    reader._sock_close()
    assert (late[0].payload, late[0].retain) == (b"kept", True)


def test_it_is_published_over_tls_with_a_certificate_of_ours(
    broker: Broker, certificate: Certificate
) -> None:
    pem = certificate.cert.read_text()
    tls = {"caCertificate": pem, "clientCertificate": pem, "clientKey": certificate.key.read_text()}
    for scheme in ("tls", "ssl", "mqtts"):
        send(mqtt(f"{scheme}://127.0.0.1:{broker.tls}", tlsConfig=tls))
        assert broker.wait().topic == "alerts/größe"
    unverified = {**tls, "insecureSkipVerify": True}
    del unverified["caCertificate"]
    send(mqtt(f"tls://localhost:{broker.tls}", tlsConfig=unverified))
    broker.wait()


def test_a_certificate_that_is_not_trusted_is_an_error(broker: Broker) -> None:
    with pytest.raises(DeliveryError, match="the certificate is not trusted"):
        send(mqtt(f"tls://127.0.0.1:{broker.tls}"))


def test_it_is_published_over_websockets(broker: Broker) -> None:
    send(mqtt(f"ws://127.0.0.1:{broker.ws}/mqtt"))
    assert broker.wait().topic == "alerts/größe"


def test_a_login_is_checked_by_the_broker(broker: Broker) -> None:
    url = f"tcp://127.0.0.1:{broker.login}"
    send(mqtt(url, username="writer", password="mqtt-secret", qos=1))
    for login in ({}, {"username": "writer", "password": "wrong-secret"}):
        with pytest.raises(DeliveryError, match="not authorized") as caught:
            send(mqtt(url, **login))
        assert (caught.value.reason, caught.value.permanent) == ("authError", True)
        assert "secret" not in str(caught.value)


def test_a_refused_connection_is_tried_again(broker: Broker) -> None:
    [port] = free_ports(1)
    with pytest.raises(DeliveryError, match="no connection: connection refused") as caught:
        send(mqtt(f"tcp://127.0.0.1:{port}"))
    assert not caught.value.permanent
    assert caught.value.of_target


@pytest.mark.parametrize(("scheme", "trickle"), [("tcp", b""), ("tls", b""), ("ws", b"x")])
def test_a_peer_that_never_answers_costs_no_more_than_the_time_limit(
    scheme: str, trickle: bytes
) -> None:
    """A greeting that trickles in for ever counts as no answer."""
    from contactpoints.delivery.mqtt import publish

    stop = threading.Event()
    server = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        taken, _ = server.accept()
        with taken, suppress(OSError):
            while not stop.wait(0.1):
                taken.sendall(trickle)

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    url = f"{scheme}://127.0.0.1:{server.getsockname()[1]}"
    begin = time.monotonic()
    try:
        with pytest.raises(DeliveryError) as caught:
            publish(url, "t", b"x", deadline=begin + 1)
    finally:
        stop.set()
        thread.join()
        server.close()
    assert time.monotonic() - begin < 5
    assert not caught.value.permanent
    assert caught.value.reason == "contextDeadlineExceeded"


def answering(chunks: Iterable[bytes]) -> tuple[socket.socket, threading.Thread]:
    """A peer that reads a little and sends these."""
    server = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        taken, _ = server.accept()
        with taken, suppress(OSError):
            taken.recv(100)
            for chunk in chunks:
                taken.sendall(chunk)

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    return server, thread


@pytest.mark.parametrize(
    "chunks",
    [
        [b"HTTP/1.1 400 Bad Request\r\n\r\n"],
        [b""],
        [b"\x20\xff\xff\xff\x7f", *[b"x" * 65536] * 4096],  # a packet of 256 MiB
    ],
    ids=["HTTP", "nothing", "endless"],
)
def test_a_peer_that_is_no_broker_costs_little(chunks: list[bytes]) -> None:
    server, thread = answering(chunks)
    tracemalloc.start()
    begin = time.monotonic()
    with pytest.raises(DeliveryError) as caught:
        send(mqtt(f"tcp://127.0.0.1:{server.getsockname()[1]}"))
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert time.monotonic() - begin < 8
    assert peak < 20_000_000
    thread.join()
    server.close()
    assert not caught.value.permanent


def test_a_topic_that_nobody_can_publish_to_is_an_error_for_good(broker: Broker) -> None:
    with pytest.raises(DeliveryError, match="the topic") as caught:
        send(mqtt(f"tcp://127.0.0.1:{broker.tcp}", topic="alerts/#"))
    assert caught.value.permanent


def test_bad_pem_is_an_error_for_good(broker: Broker) -> None:
    with pytest.raises(DeliveryError, match="not good PEM") as caught:
        send(mqtt(f"tls://127.0.0.1:{broker.tls}", tlsConfig={"caCertificate": "no PEM"}))
    assert caught.value.permanent


def test_without_the_package_a_sentence_says_what_to_install(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.delitem(sys.modules, "contactpoints.delivery.mqtt", raising=False)
    monkeypatch.setitem(sys.modules, "paho.mqtt", None)
    with pytest.raises(DeliveryError, match=r"pip install 'contactpoints\[mqtt\]'"):
        send(mqtt("tcp://127.0.0.1:1"))


def test_everything_that_is_wrong_is_said_at_once() -> None:
    assert sorted(faults("mqtt", "grafana", {"qos": "3", "messageFormat": "xml"})) == [
        "MQTT broker URL must be specified",
        "MQTT topic must be specified",
        "invalid QoS level: 3. Must be 0, 1 or 2",
        "invalid message format, must be 'json' or 'text'",
    ]
    for url in ("http://mqtt.example.com", "tcp://", "localhost:1883", "tcp://a:b"):
        [said] = faults("mqtt", "grafana", {"brokerUrl": url, "topic": "t"})
        assert said.startswith("failed to parse broker URL")
