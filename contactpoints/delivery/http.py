"""Http: what an integration sends its requests with. Failures are classified, bounded and plain."""

from __future__ import annotations

import json as json_module
import time
from collections.abc import Container, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import requests
from urllib3.exceptions import HTTPError

from contactpoints.delivery.deadline import until
from contactpoints.delivery.exchange import answered, close, prepared
from contactpoints.delivery.failure import asked_to_wait, classified
from contactpoints.delivery.hiding import parts_of_url, without_secrets
from contactpoints.delivery.login import basic, forget_tokens, login_headers, password_of
from contactpoints.delivery.outcome import (
    DeliveryError,
    Reason,
    is_retryable,
    plain,
    reason_of,
    refused,
)
from contactpoints.delivery.watching import is_watched, note
from contactpoints.posted import Posted, PostedInMemory

__all__ = ["DeliveryError", "Http", "Reason", "Reply", "refused"]

TIME_LIMIT = 30.0  # seconds for a whole attempt
BODY_LIMIT = 64 * 1024  # bytes of an answer that are read
SUCCESS = range(200, 300)
USER_AGENT = "contactpoints"
COMPACT = json_module.JSONEncoder(ensure_ascii=False, separators=(",", ":"), default=str)
SHOWN_HEADERS = frozenset({"content-type", "accept", "user-agent"})


@dataclass(frozen=True)
class Reply:
    """What the target answered: at most 64 KiB of it."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def text(self) -> str:
        return self.body.decode("utf-8", "replace")

    def json(self) -> Any:
        """The decoded body; ``None`` when it is not JSON."""
        try:
            return json_module.loads(self.body)
        except (ValueError, RecursionError):
            return None


class Http:
    """Sends requests for one attempt. All of them together have ``time_limit`` seconds.

    ``secrets`` are texts that must not show up in an error, beside what the requests themselves
    hold. ``proxy_from_environment`` is what holds when an integration says nothing about proxies:
    Grafana takes the environment's, Alertmanager none. ``headers`` go with every request.
    ``posted`` is where an integration remembers messages that it may change later.
    """

    def __init__(
        self,
        *,
        time_limit: float = TIME_LIMIT,
        secrets: Iterable[str] = (),
        proxy_from_environment: bool = False,
        headers: Mapping[str, str] | None = None,
        posted: Posted | None = None,
    ) -> None:
        self.headers = dict(headers or {})
        self.posted = posted or PostedInMemory()
        self.deadline = time.monotonic() + time_limit
        self.secrets = frozenset(secrets)
        self.proxy_from_environment = proxy_from_environment

    def post(
        self,
        url: str,
        *,
        json: Any = None,
        data: bytes | str | Mapping[str, Any] | None = None,
        headers: Mapping[str, str] | None = None,
        auth: tuple[str, str] | None = None,
        method: str = "POST",
        accept: Container[int] = SUCCESS,
        http_config: Mapping[str, Any] | None = None,
        timeout: float | str | None = None,
        files: Any = None,
        most: int = BODY_LIMIT,
    ) -> Reply:
        """Send one request and give the answer.

        ``json`` is sent as compact JSON, ``data`` as it is (a mapping as a form), ``files`` as
        requests takes them. ``headers`` win over those of ``http_config``; None leaves one out.
        ``timeout``: seconds, or a duration in Go's grammar; 0 and None mean what is left. ``most``:
        bytes of the answer that are read.

        :raises DeliveryError: for an answer that is not in ``accept``, and for none.
        """
        config = http_config or {}
        if self.proxy_from_environment and not config.get("proxy_url"):
            config = {**config, "proxy_from_environment": True}
        try:
            with until(min(self.deadline, time.monotonic() + (seconds(timeout) or 10**9))):
                sent = self._headers(config, headers, auth)
                if json is not None:
                    data = COMPACT.encode(json).encode("utf-8", "replace")
                    sent.setdefault("Content-Type", "application/json")
                elif isinstance(data, str):
                    data = data.encode("utf-8", "replace")
                return self._exchange(method, url, data, files, sent, config, accept, most)
        except DeliveryError:
            raise
        except (requests.RequestException, HTTPError, OSError, ValueError) as error:
            raise classified(error) from None

    def _headers(
        self,
        config: Mapping[str, Any],
        headers: Mapping[str, str] | None,
        auth: tuple[str, str] | None,
    ) -> dict[str, str]:
        sent = {"User-Agent": USER_AGENT, **self.headers}
        self._token_is_new = False
        if config:
            sent |= login_headers(config, self._ask_for_token)
        if auth:
            sent["Authorization"] = basic(*auth)
        sent |= headers or {}
        return {name: value for name, value in sent.items() if value is not None}

    def _ask_for_token(self, *args: Any, hidden: Iterable[str] = (), **options: Any) -> Reply:
        self.secrets |= frozenset(hidden)
        reply = self.post(*args, **options)
        self._token_is_new = True
        return reply

    def _exchange(
        self,
        method: str,
        url: str,
        data: Any,
        files: Any,
        headers: dict[str, str],
        config: Mapping[str, Any],
        accept: Container[int],
        most: int,
    ) -> Reply:
        request = prepared(method, url, headers, data, files)
        response = answered(request, config)
        status = response.status
        try:
            body = response.read(most, decode_content=True)
        except (HTTPError, OSError):
            if status in accept:
                raise
            body = b""  # the status says enough
        finally:
            close(response)
        reply = Reply(status, response.headers, body)
        if is_watched():
            hidden = {*self.secrets, *_secrets_of(url, headers, config)}
            sent = request.headers
            note(method, url, sent, request.body, status, reply.text, hidden)
        if status in accept:
            return reply
        error = rejected(reply, {*self.secrets, *_secrets_of(url, headers, config)})
        if status == 401 and config.get("oauth2"):
            forget_tokens()
            error.permanent = error.permanent and self._token_is_new  # else a new one may help
        raise error


def rejected(reply: Reply, secrets: Iterable[str] = ()) -> DeliveryError:
    """The error for an answer whose status says no."""
    body = plain(without_secrets(reply.text, secrets))
    status = reply.status
    wait = asked_to_wait(status, reply.headers, reply.json()) if status >= 400 else None
    return DeliveryError(
        f"unexpected status code {status}" + (f": {body}" if body else ""),
        reason=reason_of(status),
        retry_after=wait,
        permanent=not is_retryable(status),
        status=status,
        of_target=status == 429 or status >= 500,
    )


def _secrets_of(url: str, headers: Mapping[str, str], config: Mapping[str, Any]) -> set[str]:
    """What an echo of a request must not show: where it went, and how it said who it is."""
    found = parts_of_url(url)
    if proxy := config.get("proxy_url"):
        found |= parts_of_url(str(proxy))
    for name, value in headers.items():
        if value and name.lower() not in SHOWN_HEADERS:
            found |= {value, value.partition(" ")[2], *value.split(", ")}
    if password := password_of(headers.get("Authorization", "")):
        found.add(password)
    return found


def seconds(timeout: float | str | None) -> float:
    """A time limit in seconds; Go reads a bare number in a text as nanoseconds."""
    if isinstance(timeout, str):
        from alertmanager_configs.durations import parse_go_duration

        return int(timeout) / 1e9 if timeout.isdigit() else parse_go_duration(timeout) / 1e9
    return timeout or 0.0
