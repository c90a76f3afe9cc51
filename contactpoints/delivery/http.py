"""Http: what an integration sends its requests with. Failures are classified, bounded and plain."""

from __future__ import annotations

import json as json_module
import socket
import ssl
import time
from collections.abc import Container, Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

import requests
from urllib3.exceptions import HTTPError, LocationParseError

from contactpoints.delivery.deadline import left, until
from contactpoints.delivery.login import basic, forget_tokens, login_headers
from contactpoints.delivery.outcome import (
    DeliveryError,
    Reason,
    is_retryable,
    plain,
    reason_of,
    refused,
    retry_after,
    without_secrets,
)
from contactpoints.delivery.transport import proxies_for, session_for

__all__ = ["DeliveryError", "Http", "Reason", "Reply", "refused"]

TIME_LIMIT = 30.0  # seconds for a whole attempt
BODY_LIMIT = 64 * 1024  # bytes of an answer that are read
SUCCESS = range(200, 300)
USER_AGENT = "contactpoints"
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
    Grafana takes the environment's, Alertmanager none.
    """

    def __init__(
        self,
        *,
        time_limit: float = TIME_LIMIT,
        secrets: Iterable[str] = (),
        proxy_from_environment: bool = False,
    ) -> None:
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
        secrets = {*self.secrets, *_secrets_of_url(url)}
        try:
            with until(min(self.deadline, time.monotonic() + (seconds(timeout) or 10**9))):
                sent = self._headers(config, headers, auth, secrets)
                if json is not None:
                    data = json_module.dumps(
                        json, ensure_ascii=False, separators=(",", ":"), default=str
                    ).encode("utf-8", "replace")
                    sent.setdefault("Content-Type", "application/json")
                elif isinstance(data, str):
                    data = data.encode("utf-8", "replace")
                return self._exchange(method, url, data, files, sent, config, accept, secrets, most)
        except DeliveryError:
            raise
        except (requests.RequestException, HTTPError, OSError, ValueError) as error:
            raise classified(error) from None

    def _headers(
        self,
        config: Mapping[str, Any],
        headers: Mapping[str, str] | None,
        auth: tuple[str, str] | None,
        secrets: set[str],
    ) -> dict[str, str]:
        sent = {"User-Agent": USER_AGENT}
        if config:
            sent |= login_headers(config, self.post)
        if auth:
            sent["Authorization"] = basic(*auth)
            secrets.update(auth[1:])
        sent |= headers or {}
        for name, value in sent.items():
            if value and name.lower() not in SHOWN_HEADERS:
                secrets.update((value, value.partition(" ")[2]))
        return {name: value for name, value in sent.items() if value is not None}

    def _exchange(
        self,
        method: str,
        url: str,
        data: Any,
        files: Any,
        headers: dict[str, str],
        config: Mapping[str, Any],
        accept: Container[int],
        secrets: set[str],
        most: int,
    ) -> Reply:
        encoded = {k: v if v.isascii() else v.encode() for k, v in headers.items()}
        request = requests.Request(method, url, headers=encoded, data=data, files=files)
        session = session_for(config)
        rest = left()
        with session.send(
            session.prepare_request(request),
            stream=True,
            timeout=(rest, rest),
            proxies=proxies_for(url, config),
            allow_redirects=config.get("follow_redirects", True) is not False,
        ) as response:
            body = response.raw.read(most, decode_content=True)
            reply = Reply(response.status_code, response.headers, body)
        if reply.status in accept:
            return reply
        if reply.status == 401 and config.get("oauth2"):
            forget_tokens()
        raise rejected(reply, secrets)


def rejected(reply: Reply, secrets: Iterable[str] = ()) -> DeliveryError:
    """The error for an answer whose status says no."""
    body = plain(without_secrets(reply.text[:4096], secrets))
    status = reply.status
    return DeliveryError(
        f"unexpected status code {status}" + (f": {body}" if body else ""),
        reason=reason_of(status),
        retry_after=asked_to_wait(reply) if status >= 400 else None,
        permanent=not is_retryable(status),
        status=status,
        of_target=status == 429 or status >= 500,
    )


def asked_to_wait(reply: Reply) -> float | None:
    """Seconds that an answer asks to wait: in a header, or in the body, as Discord and Telegram
    say it.

    https://discord.com/developers/docs/topics/rate-limits#exceeding-a-rate-limit
    https://core.telegram.org/bots/api#responseparameters
    """
    answer = reply.json()
    said = answer if isinstance(answer, dict) else {}
    for part in (said, said.get("parameters")):
        wait = part.get("retry_after") if isinstance(part, dict) else None
        if isinstance(wait, int | float) and 0 <= wait < 10**9 and not isinstance(wait, bool):
            return max(float(wait), retry_after(reply.headers.get("Retry-After")) or 0.0)
    return retry_after(reply.headers.get("Retry-After"))


INVALID = (
    requests.exceptions.InvalidURL,
    requests.exceptions.MissingSchema,
    requests.exceptions.InvalidSchema,
    requests.exceptions.InvalidHeader,
    requests.exceptions.InvalidProxyURL,
    LocationParseError,
)


def classified(error: Exception) -> DeliveryError:
    """The error for an exchange that came to no answer; where it went is not said."""
    if isinstance(error, INVALID) or not isinstance(
        error, requests.RequestException | HTTPError | OSError
    ):
        return DeliveryError(
            "the request cannot be made: the address or a header is not valid",
            reason="clientError",
            permanent=True,
        )
    causes = list(_causes(error))
    for cause in causes:
        if isinstance(cause, TimeoutError | requests.Timeout):
            return DeliveryError(
                "no answer in time", reason="contextDeadlineExceeded", of_target=True
            )
    return DeliveryError(_why(causes), of_target=True)


def _why(causes: list[BaseException]) -> str:
    for cause in causes:
        if isinstance(cause, socket.gaierror):
            return "the name of the host was not found"
        if isinstance(cause, ssl.SSLCertVerificationError):
            return f"the certificate is not trusted: {cause.verify_message.partition(',')[0]}"
        if isinstance(cause, ssl.SSLError):
            return f"TLS failed: {(cause.reason or 'no reason').lower().replace('_', ' ')}"
        if isinstance(cause, requests.TooManyRedirects):
            return "too many redirects"
    for cause in causes:
        if isinstance(cause, OSError) and cause.errno and cause.strerror:
            return f"no connection: {cause.strerror.lower()}"
    return "the connection was closed without an answer"


def _causes(error: BaseException) -> Iterable[BaseException]:
    """The error, and all that it was made from, the outermost first."""
    seen: list[BaseException] = []
    waiting: list[Any] = [error]
    while waiting and len(seen) < 20:
        one = waiting.pop(0)
        if isinstance(one, BaseException) and one not in seen:
            seen.append(one)
            waiting += [*one.args, getattr(one, "reason", None), one.__cause__, one.__context__]
    return seen


def _secrets_of_url(url: str) -> set[str]:
    """The parts of an address that an echo of it must not show."""
    try:
        parts = urlsplit(url)
        found = {url, parts.path, parts.query, unquote(parts.path), parts.password or ""}
        found.update(value for _, value in parse_qsl(parts.query))
    except ValueError:
        return {url}
    found.update(part for part in parts.path.split("/") if len(part) >= 8)
    return {text for text in found if len(text) >= 6}


def seconds(timeout: float | str | None) -> float:
    """A time limit in seconds; Go reads a bare number in a text as nanoseconds."""
    if isinstance(timeout, str):
        from alertmanager_configs.durations import parse_go_duration

        return int(timeout) / 1e9 if timeout.isdigit() else parse_go_duration(timeout) / 1e9
    return timeout or 0.0
