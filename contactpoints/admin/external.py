"""External: other Alertmanagers, whose receivers are shown beside our own and never changed.

One is reached by its URL, through ``/api/v2/status`` (https://github.com/prometheus/alertmanager,
api/v2/openapi.yaml), or its configuration file is read: only one that the administrator has named
in ``CONTACTPOINTS_ALERTMANAGER_FILES``, or that stands in a folder named there. Our own setup is
the one called :data:`OURS`.

See :mod:`contactpoints.admin.alertmanagers` for what is stored.
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from alertmanager_configs.problems import SetupError
from contactpoints.admin.alertmanagers import OURS, PART, SECRETS, allowed_files, check, put, remove
from contactpoints.admin.keeper import Keeper
from contactpoints.admin.languages import Foreign, Languages, Wrong
from contactpoints.admin.refusals import MissingError, Refused
from contactpoints.delivery.http import DeliveryError, Http
from contactpoints.environment import Environment

SECONDS = 10.0  # for an answer
LARGEST = 4 * 1024 * 1024  # bytes of an answer, or of a file
GOOD_FOR = 10.0  # seconds that an answer is kept


class UnreachableError(Refused):
    """The other Alertmanager does not answer, or not with its status."""

    status = 502


@dataclass(frozen=True)
class Alertmanager:
    """One that may be chosen. ``where`` is its address or file, empty for our own."""

    name: str
    kind: str
    """``grafana`` for our own, ``url`` or ``file``."""
    where: str = ""


@dataclass(frozen=True)
class Look:
    """What an Alertmanager showed. See :class:`Foreign` for ``receivers``."""

    receivers: list[dict[str, Any]]
    problems: list[str] = field(default_factory=list)
    version: str = ""
    cluster: str = ""
    """The state of its cluster, in its own word."""


class External:
    """The Alertmanagers there are, and looks at them."""

    def __init__(self, environment: Environment, keeper: Keeper, languages: Languages) -> None:
        self.environment, self.keeper, self.languages = environment, keeper, languages
        self._kept: dict[str, tuple[float, Mapping[str, Any], Look]] = {}

    def all(self) -> list[Alertmanager]:
        """Our own first, then the stored ones by name."""
        found = [
            Alertmanager(
                each["name"], "url" if each.get("url") else "file", each.get("url") or each["file"]
            )
            for each in self.keeper.current().document.get(PART) or ()
        ]
        return [Alertmanager(OURS, OURS), *sorted(found, key=lambda each: each.name.casefold())]

    def files(self) -> list[str]:
        """The files that may be chosen."""
        return [str(path) for path in allowed_files(self.environment.alertmanager_files)]

    def look(self, name: str) -> Look:
        """The receivers of another Alertmanager.

        :raises MissingError: when there is none of that name.
        :raises UnreachableError: when it does not answer, or its configuration cannot be read.
        """
        entry = self._entry(name)
        at, kept, look = self._kept.get(name, (0.0, {}, Look([])))
        if kept == entry and time.monotonic() - at < GOOD_FOR:
            return look
        look = self.try_out(entry)
        self._kept[name] = (time.monotonic(), entry, look)
        return look

    def try_out(self, entry: Mapping[str, Any]) -> Look:
        """A look at one that is not stored yet. :raises UnreachableError: as :meth:`look`."""
        return self._by_url(entry) if entry.get("url") else self._by_file(str(entry.get("file")))

    def _entry(self, name: str) -> Mapping[str, Any]:
        for each in self.keeper.current().document.get(PART) or ():
            if each["name"] == name:
                found: Mapping[str, Any] = each
                return found
        raise MissingError(f"there is no Alertmanager {name!r}")

    def _by_url(self, entry: Mapping[str, Any]) -> Look:
        secrets = {str(entry[key]) for key in SECRETS if entry.get(key)}
        config: dict[str, Any] = {}
        if entry.get("token"):
            config["authorization"] = {"type": "Bearer", "credentials": entry["token"]}
        elif entry.get("username"):
            config["basic_auth"] = {
                "username": entry["username"],
                "password": entry.get("password") or "",
            }
        address = str(entry["url"]).rstrip("/") + "/api/v2/status"
        http = Http(time_limit=SECONDS, secrets=secrets)
        try:
            reply = http.post(
                address, method="GET", accept={200}, http_config=config, most=LARGEST + 1
            )
        except DeliveryError as error:
            raise UnreachableError(f"the Alertmanager cannot be asked: {error}") from None
        said = reply.json() if len(reply.body) <= LARGEST else None
        config_said = said.get("config") if isinstance(said, dict) else None
        text = config_said.get("original") if isinstance(config_said, dict) else None
        if not isinstance(said, dict) or not isinstance(text, str):
            raise UnreachableError("its answer is not the status of an Alertmanager")
        found = self._read(text)
        return Look(
            found.receivers,
            found.problems,
            _text(said, "versionInfo", "version"),
            _text(said, "cluster", "status"),
        )

    def _by_file(self, name: str) -> Look:
        """:raises UnreachableError: when it is not one of those that may be read."""
        path = next(
            (
                each
                for each in allowed_files(self.environment.alertmanager_files)
                if str(each) == name
            ),
            None,
        )
        if path is None:
            raise UnreachableError("the file is not one that the administrator has named")
        try:
            with path.open("rb") as file:
                text = file.read(LARGEST + 1)
        except OSError as error:
            raise UnreachableError(f"the file cannot be read: {error.strerror}") from None
        if len(text) > LARGEST:
            raise UnreachableError(f"the file is larger than {LARGEST} bytes")
        found = self._read(text)
        return Look(found.receivers, found.problems)

    def _read(self, text: str | bytes) -> Foreign:
        try:
            return self.languages.foreign(text)
        except SetupError as error:
            where = error.problems[0].message if error.problems else "it has no receivers"
            raise UnreachableError(f"its configuration cannot be read: {where}") from None

    def check(self, entry: Mapping[str, Any]) -> list[Wrong]:
        """What is wrong with an Alertmanager that is to be stored."""
        return check(entry, self.files())

    def put(self, document: dict[str, Any], entry: Mapping[str, Any], old: str = "") -> None:
        """For :meth:`Keeper.change`: store an Alertmanager, in the place of the one called ``old``.
        A secret that is "[REDACTED]" stays as it was.

        :raises Refused: when it is not valid, or another one has the name.
        """
        put(document, entry, self.files(), old)

    def remove(self, document: dict[str, Any], name: str) -> None:
        """For :meth:`Keeper.change`. :raises MissingError: when it is not there."""
        remove(document, name)


def _text(said: Mapping[str, Any], part: str, key: str) -> str:
    inner = said.get(part)
    value = inner.get(key) if isinstance(inner, dict) else ""
    return value[:100] if isinstance(value, str) else ""
