"""Canonical YAML is read back as the same text by every reader."""

from __future__ import annotations

import math

import pytest
import yaml
from hypothesis import example, given
from hypothesis import strategies as st

from alertmanager_configs.loading import Quoted, load
from alertmanager_configs.writing import Plain, dump

_texts = st.text() | st.text(
    alphabet="ab \n\t:#-'\"\\|>{}[],&*!%@`?~=<0123.eE_+xyntofu\x85\u2028é🙂"
)


@given(_texts)
@example("a:\tb")
@example(" \n a")
@example("a\n\n")
@example("\n\na\n b\n")
@example("a\n \nb")
@example("---\na")
@example("a\n# b")
@example("😀 #\n")
def test_any_text_is_read_back_by_every_reader(text: str) -> None:
    value = {"a": text, "b": [text, [text], {"c": text}], "d": {"e": {"f": text}}}
    written = dump(value)
    for loader in (yaml.BaseLoader, yaml.CBaseLoader, yaml.SafeLoader, yaml.CSafeLoader):
        assert yaml.load(written, Loader=loader) == value
    read = load(written).data
    assert read == value


@given(_texts)
def test_any_key_is_read_back(text: str) -> None:
    for value in ({text: "x"}, {"a": {text: ["x"]}}, [{text: {text: "x"}}]):
        written = dump(value)
        assert yaml.load(written, Loader=yaml.CSafeLoader) == value
        assert yaml.load(written, Loader=yaml.SafeLoader) == value
        assert load(written).data == value


def test_a_key_may_be_long() -> None:
    value = {"x" * 5000: {"y" * 2000: ["z"]}}
    assert load(dump(value)).data == value


_data = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | _texts,
    lambda inner: st.lists(inner) | st.dictionaries(_texts, inner),
    max_leaves=30,
)


@given(_data)
def test_any_data_is_read_back_with_its_types(value: object) -> None:
    assert _same(yaml.load(dump(value), Loader=yaml.CSafeLoader), value)


def _same(left: object, right: object) -> bool:
    if isinstance(left, float) and isinstance(right, float) and math.isnan(left):
        return math.isnan(right)
    if isinstance(left, list) and isinstance(right, list):
        return len(left) == len(right) and all(map(_same, left, right))
    if isinstance(left, dict) and isinstance(right, dict):
        return list(left) == list(right) and all(_same(left[key], right[key]) for key in left)
    return type(left) is type(right) and left == right


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("team-x", "team-x"),
        ("30s", "30s"),
        ("1h30m", "1h30m"),
        ("5", "'5'"),
        ("0123", "'0123'"),
        ("17:00", "'17:00'"),
        ("on", "'on'"),
        ("=", "'='"),
        ("y", "'y'"),
        ("", "''"),
        ("https://a.example/x?y=z#f", "https://a.example/x?y=z#f"),
        ("/etc/secret", "/etc/secret"),
        ("#ops", "'#ops'"),
        ('team="ops"', 'team="ops"'),
        ("it's", "it's"),
        ("'it'", "\"'it'\""),
        ("a: b", "'a: b'"),
        ("a #b", "'a #b'"),
        ("{{ .x }}", "'{{ .x }}'"),
        ('{{ template "it\'s" }}', "'{{ template \"it''s\" }}'"),
        ("a\n", "|\n  a"),
        ("a\nb", "|-\n  a\n  b"),
        ("a\n\nb", "|-\n  a\n\n  b"),
        (" a\nb", "|2-\n   a\n  b"),
        ("a\x00b", '"a\\0b"'),
        ("🙂", "'🙂'"),
        ("é", "é"),
    ],
)
def test_text_is_written_as_plainly_as_it_can_be(text: str, written: str) -> None:
    assert dump({"a": text}) == f"a: {written}\n"
    assert dump({"a": Quoted(text)}) == f"a: {written}\n"


def test_the_layout_is_blocks_with_two_spaces() -> None:
    value = {
        "route": {"routes": [{"match": {"a": "b"}, "group_by": []}, {}]},
        "deep": [[["x"], "y"]],
        "numbers": [1, 1.5, True, None, Plain("017"), 1e16],
    }
    assert dump(value) == (
        "route:\n  routes:\n  - match:\n      a: b\n    group_by: []\n  - {}\n"
        "deep:\n- - - x\n  - 'y'\nnumbers:\n- 1\n- 1.5\n- true\n- null\n- 017\n- 1.0e+16\n"
    )
    assert [dump(x) for x in ("a\nb", [], {}, None)] == ['"a\\nb"\n', "[]\n", "{}\n", "null\n"]


def test_what_is_not_text_is_refused() -> None:
    with pytest.raises(ValueError, match="surrogate"):
        dump({"a": "\ud83d"})
    with pytest.raises(TypeError, match="set"):
        dump({"a": {1}})
