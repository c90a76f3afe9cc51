"""The quick look at a plain payload takes what the close one takes, and means the same by it."""

from __future__ import annotations

import json
from dataclasses import fields
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from msgspec import structs

from contactpoints import notification as checking
from contactpoints.notification import Alert, Notification, PayloadError, check_closely
from contactpoints.payload import MAX_DEPTH, decode, decode_closely
from tests.contactpoints.posts import alert, payload

NUMBERS = (
    *("0", "-0", "-0.0", "1.0", "01", "1.", ".5", "+1", "1e5", "1E-400", "1e400", "-1e400", "NaN"),
    *("Infinity", "5e-324", "2.4703282292062327e-324", "0.30000000000000004", "1" * 400 + ".5"),
    *("9007199254740993", str(2**63), str(2**64), str(-(2**63) - 1), "1" * 4300, "1" * 4301),
)
TEXTS = (
    *(b'"\\ud800"', b'"\\udc00\\ud800"', b'"\\ud83d\\ude00"', b'"\\uD83Dx"', b'"\\u12g4"'),
    *(b'"\\u0000"', b'"\x00"', b'"\x1f"', b'"\x7f"', b'"\n"', b'"\\x41"', b'"\\/"', b'"\\"'),
    *(b'"\xff"', b'"\xc0\x80"', b'"\xed\xa0\x80"', b'"\xc3"', b'"\xf0\x9f\x98\x80"', b"'a'"),
    *(b'"\xef\xbb\xbf"', b'\xef\xbb\xbf"a"', b'"a', b'"\\u+123"', b'"\xe2\x80\xa8"'),
)
FRAMES = (b"%s", b" %s\n", b"[%s]", b"[%s,]", b'{"a":%s}', b'{"a":1,"a":%s}', b"\x0b%s", b"%s%s")


def shape(value: Any) -> Any:
    """What can be compared: floats as they are written, the order of keys, true unlike 1."""
    if isinstance(value, dict):
        return [(key, shape(item)) for key, item in value.items()]
    if isinstance(value, list | tuple):
        return [shape(item) for item in value]
    if isinstance(value, Alert):
        return shape(structs.asdict(value))
    if isinstance(value, Notification):
        return shape({field.name: getattr(value, field.name) for field in fields(value)})
    return type(value), repr(value)


def outcome(read: Any, given: Any) -> Any:
    try:
        return shape(read(given))
    except PayloadError as error:
        return "refused", error.errors


def decoded_closely(body: bytes) -> Any:
    """Decoded as if the quick decoder took nothing."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("msgspec.json.decode", lambda _: b"\xff".decode())
        return decode(body)


def compare(body: bytes) -> None:
    assert outcome(decode, body) == outcome(decoded_closely, body)
    try:
        value = decode(body)
    except PayloadError:
        return
    assert outcome(checking.check_payload, value) == outcome(check_closely, value)


@pytest.mark.parametrize("frame", FRAMES)
@pytest.mark.parametrize("part", [*TEXTS, *(number.encode() for number in NUMBERS)])
def test_a_value_is_decoded_as_by_python(part: bytes, frame: bytes) -> None:
    compare(frame.replace(b"%s", part))
    compare(b'{%s:{%s:[1,"x"]}}'.replace(b"%s", part))


@pytest.mark.parametrize("depth", [MAX_DEPTH - 1, MAX_DEPTH, MAX_DEPTH + 1, 990, 5000, 200_000])
def test_depth_has_the_same_limit(depth: int) -> None:
    compare(b"[" * depth + b"]" * depth)
    compare(b'{"a":' * depth + b"1" + b"}" * depth)
    compare(json.dumps(payload()).encode()[:-1] + b',"x":' + b"[" * depth + b"]" * depth + b"}")


PIECES = st.sampled_from(
    [
        *(bytes([byte]) for byte in b'"\\{}[],:0-.e \n\x00\xff\xc3'),
        *(b"\\u", b"\\ud8", b"\\udc00", b"\xef\xbb\xbf", b"null", b"true", b"9" * 20, b"e400"),
        *(b"1.0", b"resolved", b"firing", b'"status":"firing",'),
    ]
)
CHANGES = st.lists(
    st.tuples(st.floats(0, 1, exclude_max=True), st.integers(0, 3), PIECES | st.binary(max_size=1)),
    max_size=3,
)
GRAFANA = payload(
    version="1",
    orgId=1,
    alerts=[alert(values={"B": 22.5, "C": -1e-7, "D": 10**25}, valueString="[ var='B' ]")],
)


@settings(max_examples=300, deadline=None)
@given(st.sampled_from([payload(), payload(routeLabels={"a": "b"}), GRAFANA]), CHANGES)
def test_broken_bodies_are_taken_or_refused_alike(
    posted: dict[str, Any], changes: list[tuple[float, int, bytes]]
) -> None:
    body = json.dumps(posted, ensure_ascii=False).encode()
    for place, gone, piece in changes:
        at = int(place * len(body))
        body = body[:at] + piece + body[at + gone :]
    compare(body)


texts = st.sampled_from(["", "firing", "resolved", "4", "1", "0001-01-01T00:00:00Z", "x"])
odd = st.recursive(
    st.sampled_from([None, True, False, 0, 1, -1, 1.0, 2**63, 2**64 - 1, 2**64, 1e300])
    | texts
    | st.text(max_size=2),
    lambda inner: (
        st.lists(inner, max_size=2)
        | st.dictionaries(texts | st.text(max_size=2), inner, max_size=2)
    ),
    max_leaves=4,
)
times = st.sampled_from(
    ["2026-13-01T00:00:00Z", "2026-11-21t16:09:52.1z", "2026-11-21T16:09:52+05:30", "20260101", "Z"]
)
of_alerts = st.sampled_from([*alert(), "values", "posted", "started_at", "starts_at"])
of_payloads = st.sampled_from(
    [*payload(), "routeLabels", "notification_reason", "group_key", "payload", "delay", "variables"]
)


@settings(max_examples=300, deadline=None)
@given(
    st.dictionaries(of_payloads, odd, max_size=2),
    st.lists(st.dictionaries(of_alerts, odd | times, max_size=2), max_size=3),
    st.sets(of_payloads, max_size=1),
    st.sets(of_alerts, max_size=1),
)
@example({"truncatedAlerts": True}, [{}], set(), set())
@example({"truncatedAlerts": 2**64}, [{}], set(), set())
@example({"truncatedAlerts": 1.0}, [{}], set(), set())
@example({}, [{}, {"fingerprint": ""}], set(), {"fingerprint"})
@example({"groupLabels": None}, [{"annotations": None}], set(), set())
@example({}, [{"posted": {"labels": {}}}], set(), set())
def test_odd_values_are_taken_or_refused_alike(
    top: dict[str, Any], items: list[dict[str, Any]], gone: set[str], gone_of_alerts: set[str]
) -> None:
    alerts: list[Any] = [
        {key: value for key, value in {**alert(), **item}.items() if key not in gone_of_alerts}
        for item in items
    ]
    whole = {**payload(alerts=alerts), **top}
    compare(json.dumps({key: whole[key] for key in whole if key not in gone}).encode())


@pytest.mark.parametrize("posted", [payload(), payload(routeLabels={}), GRAFANA])
def test_what_is_usual_is_not_looked_at_closely(
    posted: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in (
        "contactpoints.notification.check_closely",
        "contactpoints.payload.decode_closely",
    ):
        monkeypatch.setattr(name, lambda _: pytest.fail("it was looked at closely"))
    assert checking.parse_notification(json.dumps(posted).encode()).receiver == "ops"


def test_the_close_look_is_still_there() -> None:
    """What the comparison compares with."""
    assert decode_closely(b'\xef\xbb\xbf{"a": 1e400}') == {"a": float("inf")}
