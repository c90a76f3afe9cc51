"""publish: one message to an MQTT broker, within a time limit. Needs the extra ``mqtt``."""

from __future__ import annotations

import socket
import ssl
import threading
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import Any
from urllib.parse import urlsplit

from paho.mqtt import client as paho
from paho.mqtt.enums import CallbackAPIVersion, MQTTErrorCode
from paho.mqtt.reasoncodes import ReasonCode

from contactpoints.delivery.deadline import connect, left, until
from contactpoints.delivery.failure import classified
from contactpoints.delivery.outcome import DeliveryError, Reason
from contactpoints.delivery.transport import tls_context

KEEP_ALIVE = 30  # seconds
CONNECT_LIMIT = 10.0  # seconds for the connection, TLS and the greeting, as Grafana's client
ANSWER_LIMIT = 64 * 1024  # bytes of one packet; all that may come here have four
PORTS = {  # https://www.iana.org/assignments/service-names-port-numbers (mqtt, secure-mqtt)
    "tcp": 1883,
    "mqtt": 1883,
    "tls": 8883,
    "ssl": 8883,
    "mqtts": 8883,
    "ws": 80,
    "wss": 443,
}
ENCRYPTED = ("tls", "ssl", "mqtts", "wss")
ANSWERS: Mapping[str, tuple[Reason, bool]] = {  # reason, and whether later may be better
    "Server unavailable": ("serverError", True),
    "Bad user name or password": ("authError", False),
    "Not authorized": ("authError", False),
}


class _Client(paho.Client):
    """paho's client, connecting within the deadline; when it is over the connection is cut, since
    greetings of TLS and WebSockets may trickle in for ever.
    """

    _open: socket.socket | None = None
    _timer: threading.Timer | None = None
    was_cut = False

    def _create_socket_connection(self) -> socket.socket:
        self._open = connect((self._host, self._port))
        self._open.settimeout(left())
        self._timer = threading.Timer(left(), self._cut)
        self._timer.daemon = True
        self._timer.start()
        return self._open

    def _ssl_wrap_socket(self, tcp_sock: socket.socket) -> ssl.SSLSocket:
        assert self._ssl_context is not None
        sock = self._ssl_context.wrap_socket(
            tcp_sock, server_hostname=self._host, do_handshake_on_connect=False
        )
        self._open = sock  # the other one is empty now
        sock.do_handshake()
        return sock

    def _cut(self) -> None:
        self.was_cut = True
        if self._open:
            with suppress(OSError):  # it has ended already
                socket.socket.shutdown(self._open, socket.SHUT_RDWR)

    def _sock_recv(self, bufsize: int) -> bytes:
        return super()._sock_recv(min(bufsize, ANSWER_LIMIT))  # a packet says any length

    def is_flooded(self) -> bool:
        """Whether the broker sends more than the few bytes that there are to say."""
        frames = getattr(self._sock, "_readbuffer", b"")  # of WebSockets
        return max(int(self._in_packet["remaining_length"]), len(frames)) > ANSWER_LIMIT

    def stop_timer(self) -> None:
        if self._timer:
            self._timer.cancel()

    def end(self) -> None:
        self.stop_timer()
        self._sock_close()
        if self._open:
            self._open.close()


def publish(
    broker: str,
    topic: str,
    payload: bytes,
    *,
    qos: int = 0,
    retain: bool = False,
    client_id: str = "",
    username: str = "",
    password: str = "",
    tls_config: Mapping[str, Any] | None = None,
    deadline: float,
) -> None:
    """Publish ``payload`` by MQTT 3.1.1 and wait until the broker has it, as far as ``qos`` tells.

    ``deadline``: monotonic seconds.

    :raises DeliveryError: when the broker did not take it.
    """
    parts = urlsplit(broker)
    websockets = parts.scheme in ("ws", "wss")
    client = _Client(
        CallbackAPIVersion.VERSION2,
        client_id,
        clean_session=True,
        transport="websockets" if websockets else "tcp",
    )
    client.connect_timeout = CONNECT_LIMIT
    if username:
        client.username_pw_set(username, password or None)
    if parts.scheme in ENCRYPTED:
        client.tls_set_context(tls_context(tls_config or {}))
    if websockets:
        client.ws_set_options(path=(parts.path or "/") + (f"?{parts.query}" if parts.query else ""))
    answers: list[ReasonCode] = []
    client.on_connect = lambda _client, _data, _flags, code, _properties: answers.append(code)
    try:
        with until(min(deadline, time.monotonic() + CONNECT_LIMIT)):
            client.connect(parts.hostname or "", parts.port or PORTS[parts.scheme], KEEP_ALIVE)
            _until(client, lambda: bool(answers))
        client.stop_timer()
        if answers[0].is_failure:
            raise _refused(answers[0])
        with until(deadline):
            info = client.publish(topic, payload, qos, retain)
            _until(client, info.is_published)
        client.disconnect()
    except OSError as error:
        raise classified(TimeoutError() if client.was_cut else error) from None
    except ValueError:
        raise DeliveryError(
            "the message cannot be published: the broker's address, the topic or the size of the "
            "message is not valid",
            reason="clientError",
            permanent=True,
        ) from None
    finally:
        client.end()


def _until(client: _Client, done: Callable[[], bool]) -> None:
    """Exchange packets until ``done``. :raises OSError: when the connection or the time ends."""
    while not done():
        code = client.loop(min(left(), 1.0))
        if client.is_flooded() or (code is not MQTTErrorCode.MQTT_ERR_SUCCESS and not done()):
            left()
            raise ConnectionError


def _refused(code: ReasonCode) -> DeliveryError:
    """The error for a connection that the broker did not want."""
    said = str(code)
    reason, later = ANSWERS.get(said, ("clientError", False))
    return DeliveryError(
        f"the broker refused the connection: {said.lower()}",
        reason=reason,
        permanent=not later,
        of_target=later,
    )
