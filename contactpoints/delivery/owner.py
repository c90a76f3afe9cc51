"""Owner: the name under which a process holds leases, and whether the holder of a name is gone."""

from __future__ import annotations

import os
import socket
from functools import lru_cache
from pathlib import Path


def _read(path: str) -> str:
    try:
        return Path(path).read_text("ascii").strip()
    except (OSError, UnicodeDecodeError):
        return ""


def _space() -> str:
    """The process space: the same on one boot of one machine, outside or in one container."""
    boot = _read("/proc/sys/kernel/random/boot_id")
    try:
        return f"{boot}:{Path('/proc/self/ns/pid').readlink()}"
    except OSError:
        return boot


def _started(process: int) -> str:
    """When a process of this space started, in ticks; empty when it does not run."""
    fields = _read(f"/proc/{process}/stat").rpartition(")")[2].split()
    return fields[19] if fields and fields[0] not in "ZX" else ""


@lru_cache(1)
def _name(process: int) -> str:
    return f"{socket.gethostname()} {_space()} {process} {_started(process)}"


def owner() -> str:
    """The name of this process: no other process has had it, nor will."""
    return _name(os.getpid())


def is_gone(name: str) -> bool:
    """Whether the process is known to be dead. One that cannot be seen from here is not."""
    parts = name.split(" ")
    if len(parts) != 4 or not parts[2].isdecimal() or not parts[3]:
        return False
    host, space, process, started = parts
    if host != socket.gethostname() or space != _space() or not _started(os.getpid()):
        return False
    return _started(int(process)) != started
