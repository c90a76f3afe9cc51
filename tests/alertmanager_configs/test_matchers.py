"""Matchers are read, printed and applied exactly as Alertmanager does."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alertmanager_configs.labels import Mode, format_labels, is_label_name
from alertmanager_configs.matchers import (
    Matcher,
    MatcherError,
    format_matchers,
    parse_matcher,
    parse_matchers,
    read_matchers,
    sort_matchers,
)
from alertmanager_configs.quoting import go_quote, go_unquote

VECTORS = json.loads((Path(__file__).parent / "vectors.json").read_text())["matchers"]


def _answer(text: str, mode: Mode) -> dict[str, str]:
    try:
        return {"result": format_matchers(sort_matchers(parse_matchers(text, mode)))}
    except MatcherError as error:
        return {"error": str(error)}


@pytest.mark.parametrize(("text", "classic", "utf8"), VECTORS)
def test_both_grammars_answer_as_alertmanager(text: str, classic: Any, utf8: Any) -> None:
    assert _answer(text, "classic") == classic
    assert _answer(text, "utf8") == utf8


@pytest.mark.parametrize(("text", "classic", "utf8"), VECTORS)
def test_the_fallback_prefers_the_classic_reading(text: str, classic: Any, utf8: Any) -> None:
    expected, doubt = classic, ""
    if "error" in classic:
        expected = classic if "error" in utf8 else utf8
    elif "error" in utf8:
        doubt = "incompatible"
    elif utf8 != classic:
        doubt = "disagreement"
    assert _answer(text, "fallback") == expected
    if "result" in expected:
        assert read_matchers(text).warning == doubt


@given(st.text(min_size=1), st.sampled_from(["=", "!="]), st.text())
def test_what_is_printed_is_read_back_by_the_utf8_grammar(name: Any, op: Any, value: str) -> None:
    matcher = Matcher(name, op, value)
    assert parse_matchers(str(matcher), "utf8") == [matcher]
    assert parse_matchers(str(matcher), "fallback") == [matcher]


@given(st.from_regex(r"[a-zA-Z_][a-zA-Z0-9_]*", fullmatch=True), st.text())
def test_what_is_printed_is_read_back_by_the_classic_grammar(name: str, value: str) -> None:
    matcher = Matcher(name, "=", value)
    assert parse_matchers(str(matcher), "classic") == [matcher]


@pytest.mark.parametrize(
    ("text", "fits", "does_not_fit"),
    [
        ('a="b"', {"a": "b"}, {"a": "bb"}),
        ('a!="b"', {"a": "c"}, {"a": "b"}),
        ('a=~"b|c"', {"a": "c"}, {"a": "bc"}),
        ('a!~"b.*"', {"a": "ab"}, {"a": "bcd"}),
        ('a=""', {}, {"a": "x"}),
        ('a!=""', {"a": "x"}, {}),
        ('a=~".*"', {}, {"a": "line\nbreak"}),
        ('a=~".+"', {"a": "x"}, {}),
        ('a!~"x?"', {"a": "y"}, {}),
        ('a=~"(?i)B"', {"a": "b"}, {"a": "bb"}),
        ('a=~"\\\\pL+"', {"a": "éß"}, {"a": "1"}),
    ],
)
def test_matching(text: str, fits: dict[str, str], does_not_fit: dict[str, str]) -> None:
    (matcher,) = parse_matchers(text)
    assert matcher.matches(fits)
    assert not matcher.matches(does_not_fit)


def test_a_pattern_that_blows_up_elsewhere_is_answered_at_once() -> None:
    (matcher,) = parse_matchers('a=~"(a*)*b"')
    start = time.perf_counter()
    assert not matcher.matches({"a": "a" * 5000})
    assert time.perf_counter() - start < 10  # backtracking would not end


def test_an_invalid_pattern_matches_nothing() -> None:
    assert not Matcher("a", "=~", "(").matches({"a": "("})
    assert not Matcher("a", "!~", "(").matches({"a": "("})


@pytest.mark.parametrize(
    ("text", "mode", "told"),
    [
        ("{a=b}", "fallback", "unexpected open or close brace: {a=b}"),
        ("a=b,c=d", "utf8", "expected 1 matcher, found 2"),
        ("", "utf8", "no matchers"),
        ("", "fallback", "bad matcher format: "),
        ("a~b", "classic", "bad matcher format: a~b"),
    ],
)
def test_a_single_matcher_must_be_single(text: str, mode: Mode, told: str) -> None:
    with pytest.raises(MatcherError) as caught:
        parse_matcher(text, mode)
    assert str(caught.value) == told


def test_a_single_classic_matcher_may_hold_a_comma() -> None:
    assert parse_matcher("a=b,c=d") == Matcher("a", "=", "b,c=d")


@given(st.text())
def test_go_quoting_can_be_undone(text: str) -> None:
    assert go_unquote(go_quote(text)) == text


def test_label_names_and_sets() -> None:
    assert is_label_name("é b")
    assert not is_label_name("")
    assert not is_label_name("é b", "classic")
    assert format_labels({"b": 'x"\n', "a": "é\u200b"}) == '{a="é\\u200b", b="x\\"\\n"}'
    assert format_labels({}) == "{}"
