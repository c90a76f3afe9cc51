"""The older form of the setup: one document, an Alertmanager's configuration with Grafana's
integrations, as ``/api/alertmanager/grafana/config/api/v1/alerts`` has it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from contactpoints.admin import contact_points, mute_timings, policies, templates
from contactpoints.admin import provenance as origin
from contactpoints.admin.contact_points import Document, Row, new_uid
from contactpoints.admin.decoding import BAD_REQUEST, decoded, wrong
from contactpoints.admin.languages import Languages
from contactpoints.admin.provenance import NO_FILES, Files, Shown
from contactpoints.admin.redaction import secure_fields
from contactpoints.admin.refusals import ForbiddenError, InvalidError
from contactpoints.admin.testing import with_stored_secrets
from contactpoints.copying import copied

CONFIGS = "grafana_managed_receiver_configs"
CONFIG = {
    "route": "object",
    "receivers": "list",
    "mute_time_intervals": "list",
    "time_intervals": "list",
    "inhibit_rules": "list",
    "templates": "list",
}
RECEIVER = {"name": "text", CONFIGS: "list"}
PROVISIONED = "alerting.notifications.invalidProvenance"


def shown(view: Shown, inhibit_rules: list[dict[str, Any]]) -> dict[str, Any]:
    """Everything there is; secrets are only said to be there (``secureFields``)."""
    points: dict[str, list[dict[str, Any]]] = {}
    for row in view.contact_points:
        points.setdefault(row["name"], []).append(row)
    marked = {item["name"]: origin.of(item) for item in view.mute_timings if origin.of(item)}
    config: dict[str, Any] = {
        "route": policies.shown(view.policies),
        "templates": None,
        "time_intervals": [
            {"name": item["name"], "time_intervals": item.get("time_intervals") or []}
            for item in view.mute_timings
        ],
        "receivers": [receiver(name, rows) for name, rows in points.items()],
    }
    if marked:
        config["muteTimeProvenances"] = marked
    if inhibit_rules:
        config["inhibit_rules"] = [_bare(rule) for rule in inhibit_rules]
    found: dict[str, Any] = {
        "template_files": {item["name"]: item["template"] for item in view.templates},
        "alertmanager_config": config,
    }
    if sources := {item["name"]: origin.of(item) for item in view.templates if origin.of(item)}:
        found["template_file_provenances"] = sources
    return found


def receiver(
    name: str, rows: Iterable[Mapping[str, Any]], *, decrypt: bool = False
) -> dict[str, Any]:
    """A contact point in the older form; with ``decrypt`` its secrets stand in the settings."""
    return {"name": name, CONFIGS: [_config(row, decrypt) for row in rows]}


def _config(row: Mapping[str, Any], decrypt: bool = False) -> dict[str, Any]:
    settings, secure = secure_fields(row)
    if decrypt:
        settings = copied(row.get("settings") or {})
    found = {
        "uid": row.get("uid") or "",
        "name": row["name"],
        "type": row["type"],
        "disableResolveMessage": bool(row.get("disableResolveMessage")),
        "settings": settings,
        "secureFields": secure,
    }
    return origin.put(found, origin.of(row))


def _bare(item: Mapping[str, Any]) -> dict[str, Any]:
    return {
        key: value for key, value in item.items() if key not in ("provenance", "uid", "version")
    }


def replace(document: Document, body: Any, languages: Languages, files: Files = NO_FILES) -> None:
    """Let everything be as the document says. What files say is left out.

    :raises Refused: when it is not valid, or would change what a program provisioned.
    """
    whole = decoded(body, {"template_files": "object", "alertmanager_config": "object"})
    if "alertmanager_config" not in whole:
        raise InvalidError(BAD_REQUEST, "", [wrong("alertmanager_config", "is missing")])
    config = decoded(whole["alertmanager_config"], CONFIG, "alertmanager_config")
    before = {part: list(document.get(part) or ()) for part in KINDS}
    document["contactPoints"] = _rows(document, config.get("receivers", []), languages, files)
    document["muteTimings"] = []
    for item in [*config.get("mute_time_intervals", []), *config.get("time_intervals", [])]:
        if not isinstance(item, dict) or item.get("name") in files.mute_timings:
            continue
        mute_timings.create(document, item, "", languages.check_mute_timing, files)
    document["templates"] = []
    for name, text in whole.get("template_files", {}).items():
        if name not in files.templates:
            given = {"template": text}
            templates.upsert(document, name, given, "", languages.check_template, files)
    document["inhibitRules"] = config.get("inhibit_rules", [])
    stored = document.pop("policies", None)
    if files.policies is None and "route" in config:
        policies.replace(document, config["route"], "", files)
    for part, old in before.items():
        _keep_provenance(old, document[part], part)
    if stored and origin.of(stored):
        if _bare(stored) != _bare(document.get("policies") or {}):
            raise _provisioned("the policies were")
        document["policies"] = stored


KINDS = {"contactPoints": "uid", "muteTimings": "name", "templates": "name"}


def _rows(
    document: Document, receivers: list[Any], languages: Languages, files: Files
) -> list[Row]:
    stored = {row["uid"]: row for row in document.get("contactPoints") or ()}
    made: Document = {"contactPoints": []}
    for index, given in enumerate(receivers):
        path = f"alertmanager_config.receivers[{index}]"
        receiver = decoded(given, RECEIVER, path)
        if receiver.get("name") in files.contact_points:
            continue
        for config in receiver.get(CONFIGS, []):
            row = contact_points.decode({**_object(config, path), "name": receiver.get("name")})
            whole = with_stored_secrets(row, {}, kept_of(config, stored.get(row["uid"])))
            if not whole["uid"]:
                whole["uid"] = new_uid({*stored, *files.uids})
            contact_points.create(made, whole, "", languages.check_row, files)
    return list(made["contactPoints"])


def kept_of(config: Mapping[str, Any], stored: Row | None) -> Row | None:
    """The stored row whose secrets a config goes on using: without ``secureFields`` all of them,
    else those that it says are there.
    """
    fields = next((value for key, value in config.items() if key.lower() == "securefields"), None)
    if stored is None or not isinstance(fields, dict):
        return stored
    _, there = secure_fields(stored)
    if all(fields.get(key) for key in there):
        return stored
    settings, _ = secure_fields(stored)
    kept = {key for key in there if fields.get(key)}
    found = {**stored, "settings": settings}
    return with_stored_secrets(found, {key: value_at(stored, key) for key in kept}, None)


def value_at(row: Mapping[str, Any], dotted: str) -> Any:
    """What stands in a row's settings where a dotted key says, in whatever case."""
    value: Any = row.get("settings")
    for step in dotted.split("."):
        if not isinstance(value, dict):
            return None
        value = next((item for key, item in value.items() if key.lower() == step.lower()), None)
    return value


def _object(value: Any, path: str) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise InvalidError(BAD_REQUEST, errors=[wrong(path, "must be an object")])
    return value


def _keep_provenance(old: list[Row], new: list[Row], part: str) -> None:
    key = KINDS[part]
    by_key = {item[key]: item for item in new}
    for item in old:
        if not origin.of(item):
            continue
        there = by_key.get(item[key])
        if there is None or _bare(there) != _bare(item):
            raise _provisioned(f"{item['name']!r} was")
        origin.put(there, origin.of(item))


def _provisioned(what: str) -> ForbiddenError:
    return ForbiddenError(
        f"{what} provisioned and cannot be changed or removed here: use the provisioning API",
        PROVISIONED,
    )
