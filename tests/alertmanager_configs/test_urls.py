"""URLs are refused as Go and Alertmanager refuse them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from alertmanager_configs.urls import UrlError, check_http_url, parse_url

VECTORS = json.loads((Path(__file__).parent / "vectors.json").read_text())["urls"]


def _answer(text: str) -> str:
    try:
        check_http_url(text)
    except UrlError as error:
        return str(error)
    return ""


@pytest.mark.parametrize(("text", "said"), VECTORS)
def test_the_message_is_that_of_alertmanager(text: str, said: str) -> None:
    assert _answer(text) == said


def test_the_reason_does_not_show_the_url() -> None:
    with pytest.raises(UrlError) as caught:
        parse_url("http://user:hidden@a b/")
    assert caught.value.reason == 'invalid character " " in host name'
    assert "hidden" in str(caught.value)
