"""Grafana's import of an Alertmanager's configuration, as ``mimirtool alertmanager`` speaks to it.

What is posted becomes native contact points; the answer says what that loses.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import yaml
from flask import Blueprint, Response, request

from alertmanager_configs.loading import load
from alertmanager_configs.problems import SetupError
from contactpoints.access.roles import EDITOR, VIEWER
from contactpoints.admin import importing
from contactpoints.admin.decoding import BAD_REQUEST, decoded, wrong
from contactpoints.admin.importing import DEFAULT, checked_identifier, read_matchers
from contactpoints.admin.languages import Taken
from contactpoints.admin.refusals import InvalidError
from contactpoints.copying import copied
from contactpoints.web.answers import answer
from contactpoints.web.applying import check
from contactpoints.web.asking import TRUE, admin, change, files, raw_body, tagged
from contactpoints.web.describing import endpoint
from contactpoints.web.schemas.convert import Imported, MimirConfiguration
from contactpoints.web.schemas.shapes import Message
from contactpoints.web.setups import not_valid

blueprint = Blueprint("convert", __name__, url_prefix="/api/convert/api/v1/alerts")

TAGS = ("Import",)
YAML = "application/yaml"
PREFIX = "X-Grafana-Alerting-"
IDENTIFIER = f"{PREFIX}Config-Identifier"
KINDS = {"template_files": "object", "alertmanager_config": "text"}


@blueprint.post("", strict_slashes=False)
@endpoint(
    EDITOR,
    "Import an Alertmanager's configuration",
    tags=TAGS,
    body=MimirConfiguration,
    consumes=(YAML, "application/json"),
    answers={202: Imported, 200: "what would be imported; the header X-Grafana-Alerting-Dry-Run"},
)
def import_configuration() -> Response:
    """Take in a configuration in the form of Mimir: ``alertmanager_config`` is the text of an
    alertmanager.yml. It takes the place of what was imported with the same identifier before.
    """
    identifier = checked_identifier(request.headers.get(IDENTIFIER, "").strip() or DEFAULT)
    posted = posted_configuration()
    taken = _take(posted)
    matchers = read_matchers(request.headers.get(f"{PREFIX}Merge-Matchers", ""))
    promote = header_flag("Promote") or header_flag("Config-Force-Replace")

    def edit(document: dict[str, Any]) -> importing.Import:
        return importing.put(
            document,
            copied(taken.document),
            identifier,
            posted,
            matchers=matchers,
            promote=promote,
            files=files(),
        )

    if header_flag("Dry-Run"):
        document = copied(admin().keeper.current().document)
        done = edit(document)
        check(document)
        return answer(_said(done, taken, identifier), 200)
    done, stored = change(edit, "imported an Alertmanager's configuration", identifier)
    found = tagged(_said(done, taken, identifier), stored.number, 202)
    found.headers[IDENTIFIER] = identifier
    return found


def _said(done: importing.Import, taken: Taken, identifier: str) -> dict[str, Any]:
    return {
        "status": "success",
        "stats": done.stats,
        "rename_resources": {"receivers": done.receivers, "time_intervals": done.time_intervals},
        "identifier": identifier,
        "notes": done.notes,
        "report": taken.report,
    }


@blueprint.get("", strict_slashes=False)
@endpoint(
    VIEWER,
    "Show the imported configuration",
    tags=TAGS,
    answers={200: "application/yaml, application/json"},
)
def show_import() -> Response:
    """The configuration as it was posted, its secrets hidden."""
    wanted = request.headers.get(IDENTIFIER, "").strip()
    identifier, kept = importing.find(admin().keeper.current().document, wanted)
    source = dict(kept["source"])
    hidden = admin().languages.translate(
        source["alertmanager_config"],
        read="alertmanager",
        write="alertmanager",
        secrets="redact",
    )
    shown = {
        "template_files": source.get("template_files") or {},
        "alertmanager_config": hidden.text,
    }
    if "application/json" in request.headers.get("Accept", ""):
        text, kind = json.dumps(shown), "application/json"
    else:
        text, kind = yaml.safe_dump(shown, sort_keys=False, allow_unicode=True), YAML
    headers = {IDENTIFIER: identifier, "Cache-Control": "no-store"}
    return Response(text, headers=headers, content_type=kind)


@blueprint.delete("", strict_slashes=False)
@endpoint(EDITOR, "Remove the imported configuration", tags=TAGS, answers={202: Message})
def remove_import() -> Response:
    """Remove everything that came with an import."""
    identifier = request.headers.get(IDENTIFIER, "").strip()
    _, stored = change(
        lambda document: importing.remove(document, identifier, files()),
        "removed the imported configuration",
        identifier,
    )
    said = {"status": "success", "message": "the imported configuration is removed"}
    return tagged(said, stored.number, 202)


@blueprint.post("/<identifier>/promote")
@endpoint(EDITOR, "Promote the imported configuration", tags=TAGS, answers={202: Message})
def promote(identifier: str) -> Response:
    """Let the imported policies be the tree, and everything imported anybody's to change."""
    _, stored = change(
        lambda document: importing.promote_import(document, identifier, files()),
        "promoted the imported configuration",
        identifier,
    )
    said = {"status": "success", "message": "the imported configuration is promoted"}
    return tagged(said, stored.number, 202)


def posted_configuration() -> dict[str, Any]:
    """The body, YAML or JSON. :raises InvalidError: when it is not of that form."""
    try:
        data = _plain(load(raw_body()).data)
    except SetupError as error:
        raise not_valid(error) from None
    except RecursionError:
        raise InvalidError("this is nested too deeply") from None
    found = decoded(data, KINDS)
    if not found.get("alertmanager_config", "").strip():
        raise InvalidError(
            f"{BAD_REQUEST}: alertmanager_config is missing",
            errors=[wrong("alertmanager_config", "is missing")],
        )
    texts = found.setdefault("template_files", {})
    if not all(isinstance(text, str) for text in texts.values()):
        raise InvalidError(BAD_REQUEST, errors=[wrong("template_files", "must be texts")])
    return found


def _plain(value: Any) -> Any:
    """A loaded document as plain data."""
    if isinstance(value, dict):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_plain(item) for item in value]
    return str(value) if isinstance(value, str) else value


def _take(posted: Mapping[str, Any]) -> Taken:
    names = list(posted["template_files"])
    text = json.dumps(dict(posted))
    try:
        return admin().languages.take(text, read="mimir", files=posted["template_files"])
    except SetupError as error:
        raise not_valid(error) from None
    except RecursionError:
        raise InvalidError(f"this is nested too deeply; {len(names)} templates") from None


def header_flag(name: str) -> bool:
    """A yes or no of a header of Grafana's import."""
    return request.headers.get(PREFIX + name, "").strip() in TRUE
