"""A rate limit may say in the body how long to wait."""

from __future__ import annotations

import pytest

from contactpoints.delivery.http import DeliveryError, Http
from tests.contactpoints.sinks import Answer, Sink


@pytest.mark.parametrize(
    ("body", "header", "seconds"),
    [
        (b'{"retry_after": 1.5, "global": false}', "", 1.5),
        (b'{"retry_after": 1.5}', "2", 2.0),
        (b'{"ok": false, "error_code": 429, "parameters": {"retry_after": 14}}', "", 14.0),
        (b'{"parameters": {"retry_after": "14"}}', "", None),
        (b'{"parameters": [1], "retry_after": true}', "", None),
        (b'{"retry_after": NaN}', "3", 3.0),
        (b'{"retry_after": -1}', "", None),
        (b"[1]", "4", 4.0),
        (b"slow down", "", None),
    ],
)
def test_the_longer_of_what_header_and_body_ask_for_is_waited(
    sink: Sink, body: bytes, header: str, seconds: float | None
) -> None:
    sink.answer = Answer(429, body, {"Retry-After": header} if header else {})
    with pytest.raises(DeliveryError) as caught:
        Http(time_limit=5).post(sink.url, json={})
    assert caught.value.retry_after == seconds
