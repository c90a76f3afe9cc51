"""Typed values follow the rules of Go's YAML library (gopkg.in/yaml.v2 v2.4.0)."""

from __future__ import annotations

import pytest

from alertmanager_configs.loading import load
from alertmanager_configs.scalars import (
    WrongTypeError,
    as_any,
    as_bool,
    as_float,
    as_int,
    as_text,
)
from alertmanager_configs.writing import as_written


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("12", 12),
        ("+1", 1),
        ("-1_000", -1000),
        ("010", 8),
        ("0o10", 8),
        ("0x1F", 31),
        ("0b101", 5),
        ("1.9", 1),
        ("-1.9", -1),
        (".5", 0),
        ("1e+3", 1000),
        ("1e3", 1000),
        ("1.", 1),
        ("08", 8),
        ("0x_1F", 31),
        ("", 0),
        ("9223372036854775807", 9223372036854775807),
    ],
)
def test_numbers_are_read_as_go_reads_them(written: str, value: int) -> None:
    assert as_int(load(f"a: {written}").data["a"]) == value


@pytest.mark.parametrize(
    ("written", "told"),
    [
        ("x", "cannot unmarshal !!str `x` into int"),
        ("'1'", "cannot unmarshal !!str `1` into int"),
        ("true", "cannot unmarshal !!bool `true` into int"),
        ("[1]", "cannot unmarshal !!seq into int"),
        ("{a: 1}", "cannot unmarshal !!map into int"),
        ("2024-01-01", "cannot unmarshal !!timestamp `2024-01-01` into int"),
        ("1e3x", "cannot unmarshal !!str `1e3x` into int"),
        ("9223372036854775808", "cannot unmarshal !!int `9223372...` into int"),
    ],
)
def test_what_is_no_number_is_told_in_gos_words(written: str, told: str) -> None:
    with pytest.raises(WrongTypeError) as caught:
        as_int(load(f"a: {written}").data["a"])
    assert str(caught.value) == told


def test_bools_have_all_the_spellings_of_yaml_1_1() -> None:
    for word in ("y", "Yes", "ON", "true"):
        assert as_bool(word) is True
    for word in ("n", "No", "off", "False"):
        assert as_bool(word) is False
    assert as_bool(None) is False
    for wrong in ("yEs", "1", "t"):
        with pytest.raises(WrongTypeError, match=f"!!(str|int) `{wrong}` into bool"):
            as_bool(wrong)


def test_any_scalar_is_text_and_a_collection_is_not() -> None:
    assert [as_text(value) for value in ("1", None, "on")] == ["1", "", "on"]
    with pytest.raises(WrongTypeError, match=r"^cannot unmarshal !!seq into string$"):
        as_text(["a"])


def test_floats() -> None:
    assert [as_float(value) for value in ("1.5", "3", ".inf", None)] == [1.5, 3.0, float("inf"), 0]
    with pytest.raises(WrongTypeError, match=r"!!str `1\.5\.1` into float64"):
        as_float("1.5.1")


def test_a_value_of_any_type_is_what_it_looks_like() -> None:
    """Also once it is kept as it is to be written."""
    text = "{n: 010, big: 18446744073709551615, f: 1.5, t: '5', b: yes, d: 2001-02-03, l: [~, a]}"
    wanted = {"n": 8, "big": 2**64 - 1, "f": 1.5, "t": "5", "b": True, "d": "2001-02-03"}
    data = load(text).data
    for value in (data, as_written(data)):
        found = as_any(value)  # type: ignore[arg-type]
        assert found == {**wanted, "l": [None, "a"]}
        assert found["b"] is True
