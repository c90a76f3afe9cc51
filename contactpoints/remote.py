"""Remote: a running service, asked over HTTP by the commands that manage its setup."""

from __future__ import annotations

import functools
import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import quote, urlencode

import click

from contactpoints.delivery.http import DeliveryError, Http, Reply

HERE = "http://127.0.0.1:9095"
TOKEN, URL = "CONTACTPOINTS_TOKEN", "CONTACTPOINTS_URL"
LARGEST = 256 * 1024 * 1024  # bytes of an answer
SECONDS = 120.0
F = TypeVar("F")


class RefusedByServiceError(click.ClickException):
    """The service said no; everything that it said is shown."""

    def __init__(self, status: int, said: Any) -> None:
        said = said if isinstance(said, dict) else {}
        lines = [str(said.get("message") or f"the service answers {status}")]
        for each in said.get("errors") or ():
            place = f"line {each['line']}: " if each.get("line") else ""
            path = f"{each['path']}: " if each.get("path") else ""
            lines.append(f"  {place}{path}{each.get('message')}")
        if status == 401:
            lines.append(f"  (a token can be given with --token-file, or in {TOKEN})")
        super().__init__("\n".join(lines))


@dataclass(frozen=True)
class Remote:
    """A service at ``url``; ``token`` says who asks, empty for an open one."""

    url: str
    token: str = ""

    def ask(
        self, method: str, path: str, query: Mapping[str, Any] | None = None, body: Any = None
    ) -> Reply:
        """One request; what is None or empty in ``query`` is left out, a list is said one by one.

        :raises click.ClickException: when it is refused, or nobody answers.
        """
        wanted = {key: value for key, value in (query or {}).items() if value not in (None, "")}
        said = urlencode(wanted, doseq=True)
        address = self.url.rstrip("/") + path + (f"?{said}" if said else "")
        headers = {"Accept": "*/*"}
        if self.token:
            headers["Authorization"] = f"Bearer {self.token}"
        data = None
        if body is not None:
            headers["Content-Type"] = "application/json"
            data = json.dumps(body, ensure_ascii=False).encode("utf-8", "replace")
        try:
            reply = Http(time_limit=SECONDS, secrets=[self.token] if self.token else []).post(
                address,
                data=data,
                headers=headers,
                method=method,
                accept=range(200, 600),
                most=LARGEST,
                http_config={"follow_redirects": False},
            )
        except DeliveryError as error:
            raise click.ClickException(f"{self.url} does not answer: {error}") from None
        if reply.status >= 300:
            raise RefusedByServiceError(reply.status, reply.json())
        return reply

    def get(self, path: str, **query: Any) -> Any:
        """The JSON at ``path``."""
        return self.ask("GET", path, query).json()


def path_of(name: str) -> str:
    """A contact point's name as a part of an address."""
    return quote(name, safe="")


def remote(function: F) -> F:
    """The options that say which service, and who asks: the command gets a :class:`Remote`."""

    @click.option("--url", envvar=URL, default=HERE, show_default=True, help="The service.")
    @click.option(
        "--token-file",
        type=click.Path(exists=True, dir_okay=False, path_type=Path),
        help=f"A file with an API token; else the token in {TOKEN}.",
    )
    @functools.wraps(function)  # type: ignore[arg-type]
    def call(*args: Any, url: str, token_file: Path | None, **options: Any) -> Any:
        token = token_file.read_text().strip() if token_file else os.environ.get(TOKEN, "")
        return function(*args, Remote(url, token), **options)  # type: ignore[operator]

    return call  # type: ignore[return-value]
