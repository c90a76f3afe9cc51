"""POST /api/v1/translate: a translation with its report, for programs."""

from __future__ import annotations

import json
import threading
from collections.abc import Mapping
from http import HTTPStatus
from itertools import islice
from typing import Any

from flask import Blueprint, Response, request
from werkzeug.exceptions import BadRequest

from alertmanager_configs.versions import parse_version
from contactpoints.access.roles import VIEWER
from contactpoints.setup import did_you_mean
from contactpoints.web import service
from contactpoints.web.answers import answer, later
from contactpoints.web.body import read_body
from contactpoints.web.describing import endpoint
from contactpoints.web.schemas.service import Translation, TranslationOptions, TranslationWish
from translators.bounded import ask
from translators.options import KUBERNETES_VERSIONS
from translators.secrets import MODES

blueprint = Blueprint("translate", __name__)

LARGEST = 8 * 1024 * 1024  # bytes of a request
AT_ONCE = 2  # translations at the same time, of one process
OPTIONS: Mapping[str, tuple[str, type]] = {
    "text": ("text", str),
    "to": ("write", str),
    "from": ("read", str),
    "files": ("files", dict),
    "secrets": ("secrets", str),
    "alertmanager_version": ("version", str),
    "bridge_url": ("bridge_url", str),
    "bridge_credentials_file": ("bridge_credentials_file", str),
    "keep_look": ("keep_look", bool),
    "strict": ("strict", bool),
    "org": ("org", str),
    "kubernetes_version": ("kubernetes_version", str),
}
LONGEST = 2000  # characters of an option
MOST_WRONG = 20
FLAGS = {"true": True, "1": True, "": True, "false": False, "0": False}
NAMES = {str: "text", bool: "true or false", dict: "an object of texts"}

_room = threading.BoundedSemaphore(AT_ONCE)


@blueprint.post("/api/v1/translate")
@endpoint(
    VIEWER,
    "Translate a configuration",
    tags=["Translation"],
    query=TranslationOptions,
    body=TranslationWish,
    answers={200: Translation, 422: Translation},
)
def translate() -> Response:
    """Translate. Either the body is JSON with ``text``, ``to`` and the other options, or the body
    is the text itself and the options are in the query.
    """
    body = read_body(request, min(LARGEST, service().environment.max_body))
    wish = wanted(body, request.args)
    if not _room.acquire(timeout=1.0):
        return later("too many translations at the same time")
    try:
        status, said = ask(wish)
    finally:
        _room.release()
    if status != HTTPStatus.OK:
        said["statusCode"] = status
    return answer(said, status, **{"Cache-Control": "no-store"})  # the text may hold secrets


def wanted(body: bytes, query: Mapping[str, str]) -> dict[str, Any]:
    """What a request asks for. :raises BadRequest: with all that is wrong with it."""
    if "to" in query:
        if "text" in query:
            raise BadRequest("the body is the text, so `text` cannot be in the query")
        given: dict[str, Any] = {"text": body.decode("utf-8", "replace"), **query}
        for name, (_, kind) in OPTIONS.items():
            if kind is bool and name in query:
                given[name] = FLAGS.get(query[name].lower(), query[name])
    else:
        try:
            given = json.loads(body)
        except (ValueError, RecursionError):
            raise BadRequest("the body is no JSON, and the query has no `to`") from None
        if not isinstance(given, dict):
            raise BadRequest("the body must be an object with `text` and `to`")
    wrong = list(islice(_wrong(given), MOST_WRONG))
    if wrong:
        raise BadRequest("; ".join(wrong))
    return {OPTIONS[name][0]: value for name, value in given.items() if value is not None}


def _wrong(given: Mapping[str, Any]) -> Any:
    for name in ("text", "to"):
        if given.get(name) is None:
            yield f"`{name}` is missing"
    for name, value in given.items():
        if name not in OPTIONS:
            yield f"unknown option {name[:40]!r}{did_you_mean(name[:40], OPTIONS)}"
        elif value is not None and not isinstance(value, OPTIONS[name][1]):
            yield f"`{name}` must be {NAMES[OPTIONS[name][1]]}"
        elif isinstance(value, str) and name != "text":
            if len(value) > LONGEST:
                yield f"`{name}` is longer than {LONGEST} characters"
                return  # what follows would repeat it
            if not value.isprintable():
                yield f"`{name}` has characters that cannot be printed"
    files = given.get("files")
    if isinstance(files, dict) and not all(isinstance(text, str) for text in files.values()):
        yield "`files` must be an object of texts"
    if (mode := given.get("secrets")) is not None and mode not in MODES:
        yield f"`secrets` must be one of {', '.join(MODES)}"
    if given.get("kubernetes_version") not in (None, *KUBERNETES_VERSIONS):
        yield f"`kubernetes_version` must be one of {', '.join(KUBERNETES_VERSIONS)}"
    url = given.get("bridge_url")
    if isinstance(url, str) and not (url.startswith(("http://", "https://")) and " " not in url):
        yield "`bridge_url` must begin with http:// or https://"
    version = given.get("alertmanager_version")
    if isinstance(version, str):
        try:
            parse_version(version)
        except ValueError as error:
            yield f"`alertmanager_version`: {error}"
