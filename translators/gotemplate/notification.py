"""A webhook's JSON → the data a template sees, in either family."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import Any

from translators.gotemplate import data as godata
from translators.gotemplate import times as gotimes
from translators.gotemplate.calendar import UTC
from translators.gotemplate.errors import GoError
from translators.gotemplate.functions import Family
from translators.gotemplate.goquery import set_parameter
from translators.gotemplate.links import Linker, is_private
from translators.gotemplate.times import Time
from translators.gotemplate.values import FloatMap, Int64, Map, Pointer, StringMap

_QUOTED = re.compile(r"[\\.+*?()|\[\]{}^$]")
_TEXT = {str}
_USUAL_TIME = len("2006-01-02T15:04:05.999999999Z")
_known_time = lru_cache(4096)(gotimes.parse_rfc3339)
"""The alerts of a group often start together, and repeats do. Only for times in UTC: which zone
another one gets depends on that of this machine.
"""


def notification_data(
    payload: Mapping[str, Any],
    *,
    family: Family,
    now: datetime | None = None,
    app_version: str = "",
    quote_receiver: bool = False,
    variables: Mapping[str, str] | None = None,
) -> object:
    """The `.` of a template from a webhook payload: Alertmanager's version 4, or Grafana's own.

    `now` is the end of the dashboard links of firing alerts (default: the present).
    `quote_receiver` quotes a plain receiver name as a regular expression; a payload carries it
    quoted already. Raises ValueError for a payload whose alerts or times are malformed.
    """
    alerts = [_alert(entry) for entry in _list(payload, "alerts")]
    receiver = _text(payload, "receiver")
    common: dict[str, Any] = {
        "Receiver": _QUOTED.sub(r"\\\g<0>", receiver) if quote_receiver else receiver,
        "Status": _text(payload, "status") or _status(alerts),
        "GroupLabels": _kv(payload, "groupLabels"),
        "CommonLabels": _kv(payload, "commonLabels"),
        "CommonAnnotations": _kv(payload, "commonAnnotations"),
        "ExternalURL": _text(payload, "externalURL"),
    }
    if family == "alertmanager":
        return godata.Data(
            Alerts=godata.Alerts(godata.Alert(**fields) for fields in alerts),
            NotificationReason=_text(payload, "notification_reason"),
            RouteLabels=_kv(payload, "routeLabels"),
            **common,
        )
    moment = gotimes.now() if now is None else _time_of(now)
    extended = []
    linker = Linker(common["ExternalURL"], moment)
    for entry, fields in zip(_list(payload, "alerts"), alerts, strict=True):
        extended.append(_extended(entry, fields, linker))
    common["CommonLabels"] = _public(common["CommonLabels"])
    common["CommonAnnotations"] = _public(common["CommonAnnotations"])
    truncated = payload.get("truncatedAlerts")
    return godata.ExtendedData(
        Alerts=godata.ExtendedAlerts(extended),
        AppVersion=app_version or _text(payload, "appVersion"),
        GroupKey=_text(payload, "groupKey"),
        TruncatedAlerts=Pointer("*int", truncated if isinstance(truncated, int) else None),
        Vars=StringMap(variables or {}),
        **common,
    )


def example_payload() -> dict[str, Any]:
    """A webhook payload with two firing alerts and a resolved one."""
    path = Path(__file__).parent / "example.json"
    payload: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return payload


def _list(payload: Mapping[str, Any], key: str) -> list[Mapping[str, Any]]:
    value = payload.get(key)
    if value is None:
        return []
    if not isinstance(value, list) or not all(isinstance(item, Mapping) for item in value):
        raise ValueError(f"{key}: not a list of objects")
    return value


def _text(payload: Mapping[str, Any], key: str) -> str:
    value = payload.get(key)
    if isinstance(value, str):
        return value
    if value is not None:
        raise ValueError(f"{key}: not a string")
    return ""


def _kv(payload: Mapping[str, Any], key: str) -> godata.KV:
    value = payload.get(key)
    if value is None:
        return godata.KV()
    if not isinstance(value, (dict, Mapping)) or not _are_texts(value.values()):
        raise ValueError(f"{key}: not an object of strings")
    return godata.KV(value)


def _are_texts(values: Iterable[Any]) -> bool:
    return _TEXT.issuperset(map(type, values)) or all(isinstance(item, str) for item in values)


def _time(payload: Mapping[str, Any], key: str) -> Time:
    value = payload.get(key)
    if value in (None, ""):
        return gotimes.ZERO
    if not isinstance(value, str):
        raise ValueError(f"{key}: not a time")
    try:
        if len(value) <= _USUAL_TIME and value.endswith("Z"):
            return _known_time(value)
        return gotimes.parse_rfc3339(value)
    except ValueError as error:
        raise ValueError(f"{key}: {error}") from None


def _time_of(moment: datetime) -> Time:
    seconds = int(moment.timestamp() // 1)
    return Time(seconds, moment.microsecond * 1000, UTC)


def _alert(entry: Mapping[str, Any]) -> dict[str, Any]:
    status = _text(entry, "status")
    return {
        "Status": status,
        "Labels": _kv(entry, "labels"),
        "Annotations": _kv(entry, "annotations"),
        "StartsAt": _time(entry, "startsAt"),
        # A payload says when a firing alert would end by itself; a template must not see that.
        "EndsAt": gotimes.ZERO if status == "firing" else _time(entry, "endsAt"),
        "GeneratorURL": _text(entry, "generatorURL"),
        "Fingerprint": _text(entry, "fingerprint"),
    }


def _status(alerts: list[dict[str, Any]]) -> str:
    return "firing" if any(alert["Status"] == "firing" for alert in alerts) else "resolved"


def _public(kv: godata.KV) -> godata.KV:
    private = [name for name in kv if is_private(name)]
    return kv.remove(private) if private else kv


def _extended(
    entry: Mapping[str, Any], fields: dict[str, Any], linker: Linker
) -> godata.ExtendedAlert:
    """An alert as Grafana extends it: links, values, and without private labels."""
    labels, annotations = fields["Labels"], fields["Annotations"]
    org = annotations.get("__orgId__", "")
    generator = fields["GeneratorURL"]
    if org:
        try:
            generator = set_parameter(generator, "orgId", org)
        except GoError:
            generator = fields["GeneratorURL"]
    links = linker.links(fields, org)
    return godata.ExtendedAlert(
        **{
            **fields,
            "Labels": _public(labels),
            "Annotations": _public(annotations),
            "GeneratorURL": generator,
            "SilenceURL": _text(entry, "silenceURL") or links.silence,
            "DashboardURL": _text(entry, "dashboardURL") or links.dashboard,
            "PanelURL": _text(entry, "panelURL") or links.panel,
            "RuleUID": labels.get("__alert_rule_uid__", "") or _text(entry, "ruleUID"),
            "Values": _values(entry, annotations),
            "ValueString": annotations.get("__value_string__", "") or _text(entry, "valueString"),
            "ImageURL": annotations.get("__alert_image_url__", "") or _text(entry, "imageURL"),
            "EmbeddedImage": _text(entry, "embeddedImage"),
            "OrgID": Pointer("*int64", _org_id(org, entry)),
            "ExtraData": _raw(entry.get("enrichments")),
        }
    )


def _raw(value: Any) -> Map | Any:
    from translators.gotemplate.values import ByteSlice

    return ByteSlice() if value is None else ByteSlice(json.dumps(value).encode())


def _org_id(text: str, entry: Mapping[str, Any]) -> Int64 | None:
    if re.fullmatch(r"[+-]?[0-9]{1,18}", text):
        return Int64(text)
    value = entry.get("orgId")
    return Int64(value) if isinstance(value, int) and not isinstance(value, bool) else None


def _values(entry: Mapping[str, Any], annotations: Mapping[str, str]) -> FloatMap:
    """What the queries of the rule gave: annotation __values__, or the payload's own field."""
    found: Any = entry.get("values")
    if "__values__" in annotations:
        try:
            found = json.loads(annotations["__values__"])
        except ValueError:
            found = None
    values = FloatMap()
    if isinstance(found, Mapping):
        for name, value in found.items():
            if isinstance(value, (int, float)) and not isinstance(value, bool):
                values[str(name)] = float(value)
    else:
        values.is_nil = True
    return values
