"""What the process is told by environment variables: one table of them all."""

from __future__ import annotations

import ipaddress
import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields
from typing import Any

from contactpoints.log_lines import FORMS

PREFIX = "CONTACTPOINTS_"


class EnvironmentProblem(ValueError):  # noqa: N818 - said to people, by its text
    """A variable says what it cannot mean."""


def _var(
    default: Any, help: str, *, shown: bool = True, check: Callable[[Any], object] | None = None
) -> Any:
    """``check`` raises ValueError for a value that cannot be."""
    return field(default=default, repr=shown, metadata={"help": help, "check": check})


def _allow_or_refuse(said: str) -> None:
    if said not in ("allow", "refuse"):
        raise ValueError(f"must be allow or refuse, not {said[:40]!r}")


def _networks(said: tuple[str, ...]) -> None:
    for network in said:
        ipaddress.ip_network(network, strict=False)


@dataclass(frozen=True)
class Environment:
    """Each field is the variable ``CONTACTPOINTS_`` and its name in capitals.

    A list is said with commas, a time in seconds, a size in bytes.
    """

    config: tuple[str, ...] = _var((), "configuration files of any dialect")
    database_url: str = _var("sqlite:///var/contactpoints.db", "SQLite file or PostgreSQL database")
    bind: str = _var("127.0.0.1:9095", "where to listen")
    processes: int = _var(1, "web processes")
    threads: int = _var(32, "threads of a web process, each for one request at a time")
    deliver: bool = _var(
        True, "whether a process beside the web processes delivers; without `serve`, they do"
    )
    senders: int = _var(32, "attempts at the same time, of a delivering process")
    target_senders: int = _var(8, "attempts at the same time to one target")
    rates: tuple[str, ...] = _var(
        (), "rate limits: TYPE=PER_SECOND or TYPE=PER_SECOND/BURST, 0 for none"
    )
    max_body: int = _var(10 * 1024 * 1024, "the largest body of a request")
    request_time: float = _var(30.0, "time in which a request has to be there")
    time_limit: float = _var(30.0, "time for one attempt")
    time_to_live: float = _var(24 * 3600.0, "how long a delivery is tried")
    duplicates_window: float = _var(60.0, "time in which an equal notification is a duplicate")
    supersede: bool = _var(True, "whether a later notification may replace waiting ones")
    late_after: float = _var(300.0, "age at which a message says how late it is")
    fallback: tuple[str, ...] = _var(
        (), "contact points for what failed: NAME=FALLBACK, or FALLBACK alone for all others"
    )
    history: float = _var(7 * 24 * 3600.0, "age at which what became of a delivery is forgotten")
    audit: float = _var(
        90 * 24 * 3600.0, "age at which it is forgotten who changed what; 0 is never"
    )
    grace: float = _var(25.0, "time that attempts have to end when the process is told to stop")
    sqlite_max_pages: int = _var(0, "the largest SQLite file in pages of 4 KiB; 0 is any size")
    secret_key: tuple[str, ...] = _var(
        (), "keys that stored setups are sealed with: the first seals, all open", shown=False
    )
    secret_key_file: str = _var(
        "",
        "a file with keys that stored setups are sealed with; if not said, beside the SQLite file",
    )
    alertmanager_files: tuple[str, ...] = _var(
        (), "configuration files of other Alertmanagers, and folders of them, to be looked at"
    )
    admin_password: str = _var("", "the password of the user admin", shown=False)
    admin_password_file: str = _var("", "the file with the password of the user admin")
    admin_token: str = _var("", "a token with the role admin", shown=False)
    admin_token_file: str = _var("", "the file with a token with the role admin")
    session_idle: float = _var(12 * 3600.0, "time after which an unused session ends")
    session_longest: float = _var(7 * 24 * 3600.0, "time after which every session ends")
    public_metrics: bool = _var(False, "whether /metrics is shown to everybody")
    proxies: int = _var(
        0, "proxies before the service, each of which adds to X-Forwarded-For, -Proto and -Host"
    )
    private_targets: str = _var(
        "allow",
        "whether something is sent to private networks: allow or refuse",
        check=_allow_or_refuse,
    )
    allowed_targets: tuple[str, ...] = _var(
        (),
        "networks that are allowed although private ones are refused, as 10.1.0.0/16",
        check=_networks,
    )
    metrics_bind: str = _var("", "where a process that only delivers shows health and metrics")
    log_level: str = _var("info", "debug, info, warning or error")
    log_format: str = _var("logfmt", "logfmt or json")

    @classmethod
    def read(cls, variables: Mapping[str, str] = os.environ) -> Environment:
        """What ``variables`` say. :raises EnvironmentProblem: with all that cannot be."""
        values: dict[str, Any] = {}
        problems = []
        for item in fields(cls):
            name = PREFIX + item.name.upper()
            said = variables.get(name, "").strip()
            if not said:
                continue
            try:
                values[item.name] = READERS[type(item.default)](said)
                if check := item.metadata["check"]:
                    check(values[item.name])
            except ValueError as error:
                problems.append(f"{name}: {error}")
        if (form := values.get("log_format", FORMS[0])) not in FORMS:
            problems.append(f"{PREFIX}LOG_FORMAT: must be {' or '.join(FORMS)}, not {form!r}")
        if problems:
            raise EnvironmentProblem("\n".join(problems))
        return cls(**values)


def _flag(said: str) -> bool:
    words = {"1": True, "yes": True, "true": True, "on": True}
    words |= {"0": False, "no": False, "false": False, "off": False}
    if said.lower() not in words:
        raise ValueError(f"must be yes or no, not {said!r}")
    return words[said.lower()]


def _whole(said: str) -> int:
    if not said.isdecimal():
        raise ValueError(f"must be a whole number that is not negative, not {said!r}")
    return int(said)


def _number(said: str) -> float:
    try:
        number = float(said)
    except ValueError:
        number = -1.0
    if not 0 <= number < 1e10:
        raise ValueError(f"must be a number that is not negative, not {said!r}")
    return number


def _words(said: str) -> tuple[str, ...]:
    return tuple(word for part in said.split(",") if (word := part.strip()))


READERS: dict[type, Any] = {bool: _flag, int: _whole, float: _number, str: str, tuple: _words}
