"""Texts and bodies are cut in whole characters, to the byte."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from contactpoints.truncation import ELLIPSIS, cut_bytes, fitted, size


@given(st.text(), st.integers(min_value=3, max_value=60))
def test_a_text_is_cut_to_bytes_in_whole_characters(text: str, limit: int) -> None:
    done = cut_bytes(text, limit)
    assert len(done.encode("utf-8", "replace")) <= limit
    if done != text:
        assert done.endswith(ELLIPSIS)
        assert text.encode("utf-8", "replace").startswith(done[:-1].encode())
        longer = text[: len(done)].encode("utf-8", "replace")
        assert len(longer) + len(ELLIPSIS.encode()) > limit


def test_where_an_ellipsis_does_not_fit_there_are_dots() -> None:
    assert [cut_bytes("euro", limit) for limit in (0, 1, 2, 3)] == ["", ".", "..", "…"]


@given(st.text(), st.integers(min_value=20, max_value=200))
def test_a_body_gets_as_much_of_the_text_as_fits(text: str, limit: int) -> None:
    body = fitted(lambda said: {"text": said}, text, limit)
    assert size(body) <= limit
    if body["text"] != text:
        kept = body["text"].removesuffix(ELLIPSIS)
        assert text.startswith(kept)
        assert size({"text": text[: len(kept) + 1] + ELLIPSIS}) > limit
