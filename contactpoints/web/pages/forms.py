"""Forms: from a stored row to what stands in a form's fields, and from what was sent back to a row.

The name of a field is the number of its integration and the dotted key of its setting
(``0.tlsConfig.caCertificate``). A secret that is set is never in the page: its field is empty, and
stays as it is stored unless something is typed, or ``<name>!reset`` is ticked.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from werkzeug.datastructures import MultiDict

from alertmanager_configs.loading import load
from alertmanager_configs.writing import dump
from contactpoints.admin.controls import Control, controls_of
from contactpoints.admin.redaction import places, redacted, secure_keys
from contactpoints.copying import copied
from contactpoints.fields import GRAFANA_REDACTED as REDACTED
from contactpoints.integrations import by_lower_type
from contactpoints.loaded import loaded_as_json

Form = MultiDict[str, str]
MOST = 50  # integrations of one contact point; a form of more would only be an attack
RESET = "!reset"


@dataclass(frozen=True)
class Filled:
    """A control with what stands in it: ``name`` of its field, ``value`` as the form shows it.
    ``is_set`` says of a secret that one is stored, of a group that something in it is said.
    """

    control: Control
    name: str
    value: Any = ""
    is_set: bool = False
    parts: tuple[Filled, ...] = ()


@dataclass(frozen=True)
class Section:
    """One integration in the form."""

    index: int
    type: str
    uid: str
    disable_resolve_message: bool
    fields: tuple[Filled, ...]
    row: Mapping[str, Any] = field(repr=False, default_factory=dict)

    @property
    def opens(self) -> bool:
        """Whether optional settings are shown at once: something is said there, or only there."""
        required = [one for one in self.fields if one.control.is_required]
        return not required or any(
            one.is_set for one in self.fields if one not in required and one.control.kind != "flag"
        )

    @property
    def label(self) -> str:
        """What people call the integration."""
        return by_lower_type()[self.type.lower()].label


def section_of(index: int, row: Mapping[str, Any]) -> Section:
    """The form of a stored row; its secrets are left out."""
    row = redacted(row)
    declared = by_lower_type()[str(row["type"]).lower()]
    settings = row.get("settings") or {}
    fields = tuple(
        _filled(control, settings, f"{index}.") for control in controls_of(declared.type)
    )
    is_quiet = bool(row.get("disableResolveMessage"))
    return Section(index, declared.type, str(row.get("uid") or ""), is_quiet, fields, row)


def _filled(control: Control, settings: Mapping[str, Any], before: str) -> Filled:
    name, value = before + control.key, _of(settings, control.key)
    if control.kind == "group":
        inner = value if isinstance(value, dict) else {}
        parts = tuple(_filled(part, inner, f"{name}.") for part in control.parts)
        return Filled(control, name, is_set=bool(inner), parts=parts)
    if control.kind == "secret":
        return Filled(control, name, is_set=value not in (None, ""))
    if control.kind == "flag":
        return Filled(control, name, value=bool(control.default if value is None else value))
    return Filled(control, name, value=_shown(control, value), is_set=value is not None)


def _of(settings: Mapping[str, Any], key: str) -> Any:
    """A setting, in whatever case its key is written, as Grafana finds it."""
    if key in settings:
        return settings[key]
    return next((value for name, value in settings.items() if name.lower() == key.lower()), None)


def _shown(control: Control, value: Any) -> str:
    if value is None:
        return ""
    if control.kind == "lines" and isinstance(value, list):
        return "\n".join(map(str, value))
    if control.kind == "map" and isinstance(value, dict):
        return "\n".join(f"{key}: {item}" for key, item in value.items())
    return dump(value) if isinstance(value, dict | list) else str(value)


def rows_of(form: Form, stored: Mapping[str, Mapping[str, Any]]) -> list[dict[str, Any]]:
    """The rows that a form says, in its order. ``stored`` are the rows that are there, by uid: what
    the form does not show of them stays, and their secrets read ``[REDACTED]``.

    :raises SetupError: when a text that must be YAML is none.
    """
    name = form.get("name", "").strip()
    rows = []
    for index in indices(form):
        declared = by_lower_type().get(form.get(f"{index}.type", "").lower())
        uid = form.get(f"{index}.uid", "")
        kept = redacted(stored[uid]) if uid in stored else {}
        is_same = declared is not None and kept.get("type") == declared.type
        settings = dict(kept.get("settings") or {}) if is_same else {}
        for control in controls_of(form.get(f"{index}.type", "")):
            _put(settings, control, form, f"{index}.")
        rows.append(
            {
                "uid": uid,
                "name": name,
                "type": form.get(f"{index}.type", ""),
                "settings": settings,
                "disableResolveMessage": f"{index}.disableResolveMessage" in form,
            }
        )
    return rows


def indices(form: Form) -> Iterator[int]:
    """The numbers of the integrations in a form, in its order."""
    found = [key.partition(".")[0] for key in form if key.endswith(".type")]
    numbers = [int(each) for each in dict.fromkeys(found) if each.isdecimal() and len(each) < 6]
    return iter(numbers[:MOST])


def _put(settings: dict[str, Any], control: Control, form: Form, before: str) -> None:
    """Let one control's field have its say in ``settings``."""
    name, key = before + control.key, control.key
    key = next((each for each in settings if each.lower() == key.lower()), key)
    if control.kind == "group":
        inner = settings.get(key)
        inner = dict(inner) if isinstance(inner, dict) else {}
        for part in control.parts:
            _put(inner, part, form, f"{name}.")
        _set(settings, key, inner or None)
    elif control.kind == "flag":
        is_on = name in form
        is_said = key in settings or is_on != bool(control.default)
        _set(settings, key, is_on if is_said else None)
    elif control.kind == "secret":
        if text := form.get(name, ""):
            settings[key] = text
        elif name + RESET in form:
            settings.pop(key, None)
    else:
        _set(settings, key, _said(control, form.get(name, "").replace("\r\n", "\n")))


def _said(control: Control, text: str) -> Any:
    """What the text of a field means; None for nothing."""
    if not text.strip():
        return None
    if control.kind == "lines":
        return [line.strip() for line in text.split("\n") if line.strip()]
    if control.kind == "map":
        pairs = (line.partition(":") for line in text.split("\n") if line.strip())
        return {name.strip(): value.strip() for name, _, value in pairs}
    if control.kind == "tree":
        return loaded_as_json(load(text, control.label).data)
    if control.kind == "number" and text.strip().lstrip("-").isdecimal() and len(text) < 20:
        return int(text)
    return text


def _set(settings: dict[str, Any], key: str, value: Any) -> None:
    if value is None:
        settings.pop(key, None)
    else:
        settings[key] = value


def forgetting(row: Mapping[str, Any]) -> dict[str, Any]:
    """A row that was sent, without the secrets typed into it: only stored ones are "configured"."""
    settings = copied(row.get("settings") or {})
    for dotted in secure_keys(str(row.get("type", ""))):
        for holder, key in list(places(settings, dotted)):
            if holder[key] != REDACTED:
                del holder[key]
    return {**row, "settings": settings}
