"""Contact points in the stored document: names that join, names that change, secrets that stay."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from contactpoints.admin import contact_points, redaction
from contactpoints.admin.provenance import Files
from contactpoints.admin.refusals import ConflictError, ForbiddenError, InvalidError, MissingError
from contactpoints.integrations import by_lower_type


def no_problem(row: Mapping[str, Any]) -> list[dict[str, str]]:
    return []


def body(name: str = "ops", **more: Any) -> dict[str, Any]:
    return {"name": name, "type": "webhook", "settings": {"url": "http://a.example"}, **more}


def create(document: dict[str, Any], given: Any, provenance: str = "api", **more: Any) -> Any:
    return contact_points.create(document, given, provenance, no_problem, **more)


def replace(
    document: dict[str, Any], uid: str, given: Any, provenance: str = "api", **more: Any
) -> Any:
    return contact_points.replace(document, uid, given, provenance, no_problem, **more)


def names(document: dict[str, Any]) -> list[tuple[str, str]]:
    return [(row["name"], row["uid"]) for row in document["contactPoints"]]


def test_keys_are_found_in_any_case_and_null_is_absent() -> None:
    """grafana-api-sdk sends ``UID`` and nulls."""
    document: dict[str, Any] = {}
    row = create(
        document,
        {
            "UID": "a-1",
            "Name": "ops",
            "type": "SLACK",
            "settings": {"Recipient": "#a", "token": "t", "url": None, "unknown": {"x": [1]}},
            "disableResolveMessage": None,
            "provenance": None,
            "orgId": 7,
        },
    )
    assert row == {
        "uid": "a-1",
        "name": "ops",
        "type": "slack",
        "settings": {"Recipient": "#a", "token": "t", "unknown": {"x": [1]}},
        "disableResolveMessage": False,
        "provenance": "api",
    }
    assert document == {"contactPoints": [row]}


@pytest.mark.parametrize("given", sorted(by_lower_type()))
def test_a_type_is_stored_in_its_own_spelling(given: str) -> None:
    row = create({}, body(type=given.swapcase()))
    assert row["type"] == by_lower_type()[given].type


@pytest.mark.parametrize(
    ("given", "path"),
    [
        ([], ""),
        ({}, "name"),
        (body(name="  "), "name"),
        (body(type="slak"), "type"),
        (body(type=5), "type"),
        (body(settings=None), "settings"),
        (body(settings="x"), "settings"),
        (body(uid="a b"), "uid"),
        (body(uid="ä"), "uid"),
        (body(uid="x" * 41), "uid"),
        (body(disableResolveMessage="true"), "disableResolveMessage"),
    ],
)
def test_what_is_no_row_is_refused_with_the_place(given: Any, path: str) -> None:
    document: dict[str, Any] = {}
    with pytest.raises(InvalidError) as refused:
        create(document, given)
    assert path in [each["path"] for each in refused.value.errors]
    assert not document.get("contactPoints")


def test_an_unknown_type_is_answered_with_what_may_have_been_meant() -> None:
    with pytest.raises(InvalidError, match="did you mean 'slack'"):
        create({}, body(type="slak"))


def test_the_integrations_own_problems_refuse_a_row() -> None:
    def check(row: Mapping[str, Any]) -> list[dict[str, str]]:
        return [{"path": "settings.url", "message": "is missing"}]

    with pytest.raises(InvalidError, match=r'validate integration "ops" .* of type "webhook"'):
        contact_points.create({}, body(), "api", check)


def test_a_uid_is_made_when_none_is_given_and_nobody_has_it_twice() -> None:
    document: dict[str, Any] = {}
    made = {create(document, body())["uid"] for _ in range(50)}
    assert len(made) == 50
    assert all(contact_points.UID.fullmatch(uid) for uid in made)
    uid = made.pop()
    with pytest.raises(ConflictError, match=f"UID '{uid}' already exist in contact point 'ops'"):
        create(document, body("other", uid=uid))
    with pytest.raises(ConflictError, match="of a configuration file"):
        create(document, body("other", uid="f"), files=Files(uids=frozenset({"f"})))


def test_rows_of_one_name_are_one_contact_point_in_the_order_they_came() -> None:
    document: dict[str, Any] = {}
    for name, uid in (("a", "2"), ("b", "3"), ("a", "1")):
        create(document, body(name, uid=uid))
    assert names(document) == [("a", "2"), ("b", "3"), ("a", "1")]
    shown = contact_points.in_order(document["contactPoints"])
    assert [row["uid"] for row in shown] == ["1", "2", "3"]


def tree(receiver: str = "a") -> dict[str, Any]:
    matchers = [["team", "=", "ops"]]
    return {"receiver": "z", "routes": [{"receiver": receiver, "object_matchers": matchers}]}


def test_a_new_name_of_the_only_integration_goes_along_into_the_policies() -> None:
    document = {"policies": tree(), "fallbacks": {"a": "z", "z": "a"}}
    create(document, body("z", uid="0"))
    create(document, body("a", uid="1"))
    replace(document, "1", body("b"))
    assert names(document) == [("z", "0"), ("b", "1")]
    assert document["policies"] == tree("b")
    assert document["fallbacks"] == {"z": "b", "b": "z"}


def test_a_new_name_that_is_there_joins_it() -> None:
    document = {"policies": tree()}
    for name, uid in (("a", "1"), ("z", "0"), ("b", "2")):
        create(document, body(name, uid=uid))
    replace(document, "1", body("b"))
    assert names(document) == [("z", "0"), ("b", "2"), ("b", "1")]
    assert document["policies"] == tree("b")


def test_one_integration_of_several_leaves_and_the_policies_stay() -> None:
    document = {"policies": tree()}
    for uid in ("1", "2"):
        create(document, body("a", uid=uid))
    replace(document, "1", body("b"))
    assert names(document) == [("a", "2"), ("b", "1")]
    assert document["policies"] == tree("a")


def test_a_name_that_a_policy_in_a_file_uses_cannot_change() -> None:
    document: dict[str, Any] = {}
    create(document, body("a", uid="1"))
    with pytest.raises(ConflictError, match="team=ops"):
        replace(document, "1", body("b"), files=Files(policies=tree()))


def test_the_last_integration_of_a_used_contact_point_stays_and_the_answer_names_who_uses_it() -> (
    None
):
    document = {"policies": tree(), "fallbacks": {"": "z"}}
    for name, uid in (("z", "0"), ("a", "1"), ("a", "2"), ("c", "3")):
        create(document, body(name, uid=uid))
    assert contact_points.remove(document, "2")
    with pytest.raises(ConflictError, match=r"routes\[0\] \(team=ops\)") as refused:
        contact_points.remove(document, "1")
    assert refused.value.message_id == "alerting.notifications.contact-points.referenced"
    with pytest.raises(ConflictError, match="the default policy, a fallback"):
        contact_points.remove(document, "0")
    with pytest.raises(ConflictError, match="the default policy"):
        contact_points.remove_whole(document, "z")
    assert contact_points.remove(document, "3")
    assert not contact_points.remove(document, "3")
    assert names(document) == [("z", "0"), ("a", "1")]


def test_a_contact_point_of_a_file_is_read_only() -> None:
    files = Files(frozenset({"f"}), frozenset({"f1"}))
    document: dict[str, Any] = {}
    create(document, body("a", uid="1"))
    for attempt in (
        lambda: create(document, body("f"), files=files),
        lambda: replace(document, "f1", body("f"), files=files),
        lambda: replace(document, "1", body("f"), files=files),
        lambda: contact_points.remove(document, "f1", files),
        lambda: contact_points.remove_whole(document, "f", files),
    ):
        with pytest.raises(ForbiddenError, match="configuration file"):
            attempt()
    assert names(document) == [("a", "1")]


@pytest.mark.parametrize(
    ("stored", "wanted", "allowed"),
    [
        ("", "api", True),
        ("", "", True),
        ("api", "api", True),
        ("api", "", False),
        ("converted_prometheus", "api", False),
    ],
)
def test_provenance_of_a_contact_point_is_strict(stored: str, wanted: str, allowed: bool) -> None:
    document: dict[str, Any] = {}
    create(document, body(uid="1"), stored)
    if not allowed:
        with pytest.raises(ForbiddenError, match="cannot change provenance from"):
            replace(document, "1", body(), wanted)
        return
    row = replace(document, "1", body(), wanted)
    assert row.get("provenance", "") == wanted


def test_an_unknown_uid_cannot_be_changed() -> None:
    with pytest.raises(MissingError):
        replace({}, "1", body())


def filled(paths: tuple[str, ...]) -> dict[str, Any]:
    settings: dict[str, Any] = {}
    for number, path in enumerate(paths):
        redaction.put(settings, path, f"secret-{number}")
    return settings


def leaves(value: Any) -> list[str]:
    if isinstance(value, dict):
        return [leaf for item in value.values() for leaf in leaves(item)]
    return [value]


@pytest.mark.parametrize("kind", sorted(redaction.SECURE))
def test_every_secret_of_every_type_is_hidden_and_comes_back_when_it_is_read_and_written(
    kind: str,
) -> None:
    """Nested ones too, and in whatever case the keys are written."""
    paths = redaction.secure_keys(kind)
    document: dict[str, Any] = {}
    settings = filled(paths)
    create(document, {"uid": "1", "name": "a", "type": kind, "settings": settings})
    shown = redaction.redacted(document["contactPoints"][0])
    assert set(leaves(shown["settings"])) == {"[REDACTED]"}
    assert leaves(document["contactPoints"][0]["settings"]) == leaves(settings)
    replace(document, "1", shown)
    assert document["contactPoints"][0]["settings"] == settings
    lower = filled(tuple(path.lower() for path in paths))
    shouted = redaction.redacted({"type": kind, "settings": lower})["settings"]
    assert set(leaves(shouted)) == {"[REDACTED]"}
    row = replace(document, "1", {**shown, "settings": shouted})
    assert leaves(row["settings"]) == leaves(settings)


def test_the_table_of_secrets_holds_what_the_integrations_declare_as_secret() -> None:
    """Grafana shows some addresses that Alertmanager hides; nothing else that is secret to us may
    be missing."""
    shown_by_grafana = {("webhook", "url"), ("teams", "url"), ("oncall", "url")}
    for kind, declared in by_lower_type().items():
        if kind != declared.type.lower():
            continue
        keys = {key.lower() for key in redaction.secure_keys(kind)}
        for field in declared.fields.values():
            spelling = field.spelling("grafana")
            shown = (kind, spelling.name) in shown_by_grafana
            if field.is_secret and spelling.exists and not shown:
                assert spelling.name.lower() in keys, kind


def test_a_secret_that_is_left_out_is_removed_and_a_new_one_taken() -> None:
    document: dict[str, Any] = {}
    settings = {"url": "http://a.example", "password": "p", "username": "u"}
    create(document, body(uid="1", settings={**settings, "tlsConfig": {"clientKey": "k"}}))
    row = replace(document, "1", body(settings={**settings, "password": "new"}))
    assert row["settings"] == {**settings, "password": "new"}


def test_a_dotted_key_of_a_secret_stands_for_the_nested_one() -> None:
    """Grafana 12 answers both; a client may send either back."""
    document: dict[str, Any] = {}
    create(document, body(uid="1", settings={"url": "http://a", "hmacConfig": {"secret": "s"}}))
    for settings in (
        {"url": "http://a", "hmacConfig.secret": "[REDACTED]"},
        {"url": "http://a", "hmacConfig": {"secret": "[REDACTED]"}, "hmacConfig.secret": "x"},
    ):
        row = replace(document, "1", body(settings=settings))
        assert row["settings"] == {"url": "http://a", "hmacConfig": {"secret": "s"}}


def test_only_secrets_are_taken_over() -> None:
    document: dict[str, Any] = {}
    create(document, body(uid="1", settings={"url": "http://a", "title": "old"}))
    row = replace(document, "1", body(settings={"url": "http://a", "title": "[REDACTED]"}))
    assert row["settings"]["title"] == "[REDACTED]"


def test_another_type_takes_no_secret_over() -> None:
    document: dict[str, Any] = {}
    create(document, body(uid="1", settings={"url": "http://a", "password": "p"}))
    row = replace(
        document, "1", body(type="kafka", settings={"kafkaTopic": "t", "password": "[REDACTED]"})
    )
    assert row["settings"]["password"] == "[REDACTED]"


def test_the_older_api_shows_which_secrets_there_are() -> None:
    settings, fields = redaction.secure_fields(
        {
            "type": "webhook",
            "settings": {"url": "u", "Password": "p", "tlsConfig": {"clientKey": "k"}},
        }
    )
    assert settings == {"url": "u", "tlsConfig": {}}
    assert fields == {"password": True, "tlsConfig.clientKey": True}
