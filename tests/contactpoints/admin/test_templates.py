"""Templates and mute timings in the stored document."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from contactpoints.admin import mute_timings, templates
from contactpoints.admin.provenance import Files
from contactpoints.admin.refusals import (
    ConflictError,
    ForbiddenError,
    InvalidError,
    MissingError,
)


def parses(name: str, text: str) -> list[dict[str, str]]:
    return [{"path": "template", "message": f"{name}:1: unclosed"}] if "{{ oh" in text else []


def upsert(document: dict[str, Any], name: str, **body: Any) -> dict[str, Any]:
    provenance = body.pop("provenance", "api")
    return templates.upsert(document, name, body, provenance, parses)


def test_a_template_is_made_and_replaced_under_its_name() -> None:
    document: dict[str, Any] = {}
    upsert(document, "a", template='{{ define "a" }}1{{ end }}')
    row = upsert(document, "a", template='{{ define "a" }}2{{ end }}')
    assert document["templates"] == [row]
    shown = templates.shown(row)
    assert shown["version"] == templates.version(row)
    assert len(shown["version"]) == 16


def test_a_text_without_a_define_is_wrapped_in_one() -> None:
    document: dict[str, Any] = {}
    row = upsert(document, "hello", template="Hi\n{{ .Status }}")
    assert row["template"] == '{{ define "hello" }}\n  Hi\n  {{ .Status }}\n{{ end }}'
    assert upsert(document, "hello", template=row["template"])["template"] == row["template"]


@pytest.mark.parametrize("body", [{}, {"template": ""}, {"template": " \n"}, {"template": "{{ oh"}])
def test_a_template_that_is_empty_or_does_not_parse_is_refused(body: dict[str, Any]) -> None:
    document: dict[str, Any] = {}
    with pytest.raises(InvalidError) as refused:
        upsert(document, "a", **body)
    assert refused.value.message_id == "alerting.notifications.templates.invalidFormat"
    assert not document.get("templates")


def test_a_stale_version_is_refused() -> None:
    document: dict[str, Any] = {}
    with pytest.raises(MissingError):
        upsert(document, "a", template="x", version="0")
    first = templates.shown(upsert(document, "a", template="x"))
    upsert(document, "a", template="y", version=first["version"])
    with pytest.raises(ConflictError):
        upsert(document, "a", template="z", version=first["version"])
    with pytest.raises(ConflictError):
        templates.remove(document, "a", "api", first["version"])
    assert templates.remove(document, "a", "api", templates.version(document["templates"][0]))
    assert not templates.remove(document, "a", "api", "whatever")


def test_two_groups_cannot_define_the_same_template() -> None:
    document: dict[str, Any] = {}
    upsert(document, "a", template='{{ define "x" }}1{{ end }}')
    with pytest.raises(InvalidError, match='"x" is already defined in group "a"'):
        upsert(document, "b", template='{{- define "x" -}}1{{ end }}')


def test_a_copy_has_names_of_its_own_and_calls_them() -> None:
    document: dict[str, Any] = {}
    text = '{{ define "a" }}{{ template "in" . }}{{ end }}{{ define "in" }}x{{ end }}'
    upsert(document, "a", template=text)
    row = templates.copy(document, "a", "b", text, "")
    assert row["template"] == (
        '{{ define "b" }}{{ template "in copy" . }}{{ end }}{{ define "in copy" }}x{{ end }}'
    )
    again = templates.copy(document, "a", "c", text, "")
    assert 'define "in copy 2"' in again["template"]
    with pytest.raises(ConflictError):
        templates.copy(document, "a", "b", text, "")


def test_templates_of_programs_and_files_are_kept_from_people() -> None:
    document: dict[str, Any] = {}
    upsert(document, "a", template="x")
    with pytest.raises(ForbiddenError, match="provenance status 'api'"):
        upsert(document, "a", template="y", provenance="")
    with pytest.raises(ForbiddenError):
        templates.remove(document, "a", "")
    files = Files(templates=frozenset({"f"}))
    with pytest.raises(ForbiddenError, match="configuration file"):
        templates.upsert(document, "f", {"template": "x"}, "api", parses, files)
    with pytest.raises(ForbiddenError, match="configuration file"):
        templates.remove(document, "f", "api", "", files)


def test_who_calls_a_template_is_known() -> None:
    rows = [
        {
            "name": "ops",
            "settings": {"title": '{{ template "t" . }}', "x": [{"y": "{{template `u`}}"}]},
        },
        {"name": "dev", "settings": {"title": '{{template "t".}}'}},
    ]
    assert templates.use_of_templates(rows) == {"t": {"ops", "dev"}, "u": {"ops"}}


NIGHT = {"times": [{"start_time": "22:00", "end_time": "24:00"}], "location": None}


def valid(item: Mapping[str, Any]) -> list[dict[str, str]]:
    bad = [each for each in item["time_intervals"] if "wrong" in each]
    return [{"path": "time_intervals[0]", "message": "is wrong"}] if bad else []


def make(document: dict[str, Any], name: str, **more: Any) -> dict[str, Any]:
    body = {"name": name, "time_intervals": [NIGHT], **more}
    return mute_timings.create(document, body, "api", valid)


def test_a_mute_timing_lives_under_its_name() -> None:
    document: dict[str, Any] = {}
    item = make(document, "night")
    assert item["time_intervals"] == [{"times": NIGHT["times"]}]
    shown = mute_timings.shown(item)
    assert mute_timings.shown(mute_timings.find(document["muteTimings"], "night")) == shown
    with pytest.raises(InvalidError) as refused:
        make(document, "night")
    assert refused.value.message_id == "alerting.notifications.time-intervals.nameExists"
    for body in ({"name": ""}, {"name": "x", "time_intervals": [{"wrong": 1}]}, {"name": 5}):
        with pytest.raises(InvalidError):
            mute_timings.create(document, body, "api", valid)
    with pytest.raises(MissingError):
        mute_timings.find(document["muteTimings"], "day")


def policies() -> dict[str, Any]:
    return {
        "receiver": "a",
        "routes": [{"mute_time_intervals": ["x", "night"], "active_time_intervals": ["night"]}],
    }


def replace(document: dict[str, Any], name: str, body: Any, **more: Any) -> dict[str, Any]:
    return mute_timings.replace(document, name, body, "api", valid, **more)


def test_a_new_name_of_a_mute_timing_goes_along_into_the_policies() -> None:
    document: dict[str, Any] = {"policies": policies()}
    make(document, "night")
    make(document, "x")
    assert replace(document, "night", {"time_intervals": []})["name"] == "night"
    replace(document, "night", {"name": "dark", "time_intervals": [NIGHT]})
    route = document["policies"]["routes"][0]
    assert route["mute_time_intervals"] == ["x", "dark"]
    assert route["active_time_intervals"] == ["dark"]
    with pytest.raises(InvalidError):
        replace(document, "dark", {"name": "x"})
    with pytest.raises(MissingError):
        replace(document, "night", {})
    with pytest.raises(ConflictError):
        replace(
            document, "dark", {"name": "d"}, files=Files(policies={"mute_time_intervals": ["dark"]})
        )


def test_policies_that_a_program_made_keep_a_person_from_renaming_what_they_use() -> None:
    document: dict[str, Any] = {"policies": {**policies(), "provenance": "api"}}
    body = {"name": "night", "time_intervals": []}
    mute_timings.create(document, body, "", valid)
    renamed = {**body, "name": "dark"}
    with pytest.raises(ConflictError, match="routes"):
        mute_timings.replace(document, "night", renamed, "", valid)
    assert replace(document, "night", renamed)["name"] == "dark"


def test_a_used_mute_timing_is_not_removed_and_the_answer_names_who_uses_it() -> None:
    document: dict[str, Any] = {"policies": policies()}
    stale = mute_timings.version(make(document, "night"))
    with pytest.raises(ConflictError, match=r"routes\[0\]") as refused:
        mute_timings.remove(document, "night", "api")
    assert refused.value.message_id == "alerting.notifications.time-intervals.used"
    document.pop("policies")
    replace(document, "night", {"time_intervals": []})
    with pytest.raises(ConflictError):
        mute_timings.remove(document, "night", "api", stale)
    assert mute_timings.remove(document, "night", "api")
    assert not mute_timings.remove(document, "night", "api")
