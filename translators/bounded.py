"""A translation in a process of its own, with bounds on its time and memory: for input from anyone.

``python -m translators.bounded`` reads a wish as JSON from standard input and answers in JSON.
"""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
from collections.abc import Mapping
from typing import Any, NamedTuple

SECONDS = 20
MEMORY = 1024**3  # bytes of address space
MOST_ERRORS = 500
LARGEST_ANSWER = 64 * 1024**2  # bytes


class Answer(NamedTuple):
    """What became of a wish: the status of HTTP, and what to say in JSON."""

    status: int
    said: dict[str, Any]


REFUSED = "this takes more time or memory than a translation may"


def ask(wish: Mapping[str, Any]) -> Answer:
    """Translate in another process. ``wish`` has the keyword arguments of :func:`answer`."""
    environment = {key: os.environ[key] for key in ("PATH", "PYTHONPATH") if key in os.environ}
    try:
        done = subprocess.run(
            [sys.executable, "-m", __name__],
            input=json.dumps(wish).encode(),
            capture_output=True,
            timeout=SECONDS + 2,
            env=environment,
        )
    except subprocess.TimeoutExpired:
        return Answer(422, {"message": REFUSED})
    try:
        status, said = json.loads(done.stdout)
    except ValueError:  # it was ended, by its bounds most likely
        return Answer(422, {"message": REFUSED})
    return Answer(status, said)


def answer(
    *,
    text: str,
    write: str,
    read: str = "",
    files: Mapping[str, str] | None = None,
    secrets: str | None = None,
    version: str = "",
    bridge_url: str = "",
    bridge_credentials_file: str = "",
    keep_look: bool = False,
    strict: bool = False,
    org: str = "",
    kubernetes_version: str = "",
) -> Answer:
    """The translation and its report, or what is wrong."""
    from alertmanager_configs.problems import SetupError
    from alertmanager_configs.versions import LATEST, parse_version
    from translators import Bridge, UnknownDialectError, translate
    from translators.bridge import CREDENTIALS_FILE

    bridge = None
    if bridge_url:
        bridge = Bridge(bridge_url, bridge_credentials_file or CREDENTIALS_FILE)
    try:
        done = translate(
            text,
            read=read,
            write=write,
            files=files,
            secrets=secrets,  # type: ignore[arg-type]  # the endpoint takes known ones only
            version=parse_version(version) if version else LATEST,
            bridge=bridge,
            keep_look=keep_look,
            org=org,
            kubernetes_version=kubernetes_version,
        )
    except UnknownDialectError as error:
        return Answer(400, {"message": str(error)})
    except SetupError as error:
        wrong = [
            {
                "line": problem.line or None,
                "column": problem.column or None,
                "path": ".".join(map(str, problem.path)),
                "message": problem.message,
            }
            for problem in error.problems[:MOST_ERRORS]
        ]
        more = len(error.problems) - len(wrong)
        said = "the input is not valid" + (f"; {more} more errors are not shown" if more else "")
        return Answer(422, {"message": said, "errors": wrong})
    report = [loss.as_dict() for loss in done.report]
    if strict and done.report.is_lossy:
        return Answer(422, {"message": "something would be lost", "report": report})
    return Answer(200, {"text": done.text, "files": dict(done.files), "report": report})


def main() -> None:
    """Answer the wish on standard input."""
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    try:
        found = answer(**json.load(sys.stdin))
    except MemoryError:
        found = Answer(422, {"message": REFUSED})
    except RecursionError:
        found = Answer(422, {"message": "this is nested too deeply"})
    said = json.dumps(found)
    if len(said) > LARGEST_ANSWER:
        said = json.dumps(Answer(422, {"message": "the translation would be too large"}))
    sys.stdout.write(said)


if __name__ == "__main__":
    main()
