"""Every setting of every integration goes through its form and comes back as it was stored."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from werkzeug.datastructures import MultiDict

from contactpoints.admin.controls import Control, controls_of
from contactpoints.admin.redaction import redacted, restored, secure_keys
from contactpoints.integrations import by_lower_type
from contactpoints.web.pages.forms import Filled, Form, forgetting, rows_of, section_of

TYPES = sorted({declared.type for declared in by_lower_type().values()})


def example(control: Control) -> Any:
    """A value that the control's setting may have."""
    values: dict[str, Any] = {
        "flag": not control.default,
        "number": 7,
        "lines": ["one", "two"],
        "map": {"name": "value", "other": "a: b"},
        "tree": [{"name": "a", "flag": True, "number": 1}, "text"],
        "secret": f"hush-{control.key}-hush",
        "choice": next((each for each in control.choices if each), ""),
        "text": "{{ .Status }}\nsecond line",
    }
    if control.kind == "group":
        return {part.key: example(part) for part in control.parts}
    return values.get(control.kind, f"some {control.key}")


def sent(filled: tuple[Filled, ...]) -> Iterator[tuple[str, str]]:
    """What a browser sends for fields that nobody has touched."""
    for one in filled:
        if one.control.kind == "group":
            yield from sent(one.parts)
        elif one.control.kind == "flag":
            yield from [(one.name, "on")] if one.value else []
        else:
            yield one.name, str(one.value).replace("\n", "\r\n")


def form_of(row: dict[str, Any], **changes: str) -> Form:
    section = section_of(0, row)
    found: Form = MultiDict([("name", row["name"]), ("0.uid", row["uid"]), ("0.type", row["type"])])
    found.update(list(sent(section.fields)))
    if section.disable_resolve_message:
        found["0.disableResolveMessage"] = "on"
    for name, value in changes.items():
        found[name] = value
    return found


def stored(kind: str, **settings: Any) -> dict[str, Any]:
    whole = {control.key: example(control) for control in controls_of(kind)}
    return {
        "uid": "u1",
        "name": "ops",
        "type": kind,
        "settings": {**whole, "unknownToUs": {"kept": [1, "2", None]}, **settings},
        "disableResolveMessage": True,
    }


@pytest.mark.parametrize("kind", TYPES)
def test_what_nobody_touches_stays(kind: str) -> None:
    row = stored(kind)
    (back,) = rows_of(form_of(row), {"u1": row})
    assert back == redacted(row)
    restored(back["settings"], kind, row["settings"])
    assert back == row


@pytest.mark.parametrize("kind", TYPES)
def test_no_secret_is_in_a_form(kind: str) -> None:
    row = stored(kind)
    said = repr(section_of(0, row).fields)
    secure = set(secure_keys(kind))
    for path, control in walk(controls_of(kind)):
        assert (control.kind == "secret") == (path in secure), path
    assert "hush-" not in said


def walk(controls: tuple[Control, ...], before: str = "") -> Iterator[tuple[str, Control]]:
    for control in controls:
        yield before + control.key, control
        yield from walk(control.parts, f"{before}{control.key}.")


@pytest.mark.parametrize("kind", TYPES)
def test_an_empty_form_says_nothing(kind: str) -> None:
    row = {"uid": "", "name": "ops", "type": kind, "settings": {}}
    (back,) = rows_of(form_of(row), {})
    assert back == {**row, "disableResolveMessage": False}


def test_a_secret_is_changed_by_typing_and_removed_by_resetting() -> None:
    row = stored("telegram")
    (typed,) = rows_of(form_of(row, **{"0.bottoken": "new"}), {"u1": row})
    assert typed["settings"]["bottoken"] == "new"
    (reset,) = rows_of(form_of(row, **{"0.bottoken!reset": "on"}), {"u1": row})
    assert "bottoken" not in reset["settings"]
    assert "bottoken" not in forgetting(typed)["settings"]


def test_another_type_keeps_nothing_of_the_old_one() -> None:
    row = stored("telegram")
    form = form_of(row)
    form["0.type"] = "threema"
    (back,) = rows_of(form, {"u1": row})
    assert back["type"] == "threema"
    assert set(back["settings"]) <= {"title", "description", "message", "http_config"}
    assert "chatid" not in back["settings"]


def test_keys_are_found_in_whatever_case_they_are_stored() -> None:
    row = {
        "uid": "u1",
        "name": "ops",
        "type": "sensugo",
        "settings": {"apiKey": "hidden", "URL": "https://a.example"},
    }
    (back,) = rows_of(form_of(row), {"u1": row})
    assert back["settings"] == {"apiKey": "[REDACTED]", "URL": "https://a.example"}


def test_an_unknown_type_is_passed_on_to_be_refused() -> None:
    form: Form = MultiDict([("name", "x"), ("0.type", "carrier pigeon"), ("0.url", "y")])
    assert rows_of(form, {})[0]["type"] == "carrier pigeon"
