"""Durations are read and printed as Prometheus and Go do."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alertmanager_configs.durations import (
    DurationError,
    format_duration,
    format_go_duration,
    parse_duration,
    parse_go_duration,
)

VECTORS = json.loads((Path(__file__).parent / "vectors.json").read_text())["durations"]


def _answer(parse: Callable[[str], int], text: str) -> tuple[int, str]:
    try:
        return parse(text), "<nil>"
    except DurationError as error:
        return 0, str(error)


@pytest.mark.parametrize(("text", "value", "printed", "error", "_", "__", "___"), VECTORS)
def test_prometheus_durations(
    text: str, value: int, printed: str, error: str, _: str, __: str, ___: str
) -> None:
    assert _answer(parse_duration, text) == (value, error)
    assert format_duration(value) == printed


@pytest.mark.parametrize(("text", "_", "__", "___", "value", "printed", "error"), VECTORS)
def test_go_durations(
    text: str, _: int, __: str, ___: str, value: str, printed: str, error: str
) -> None:
    assert _answer(parse_go_duration, text) == (int(value), error)
    assert format_go_duration(int(value)) == printed


@given(st.integers(min_value=0, max_value=10**12))
def test_what_is_printed_is_read_back(value: int) -> None:
    assert parse_duration(format_duration(value)) == value
    assert parse_go_duration(format_go_duration(value)) == value
    assert parse_go_duration(format_go_duration(-value)) == -value
