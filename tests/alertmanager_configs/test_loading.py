"""YAML that keeps text as text and remembers where each value stood."""

from __future__ import annotations

import gc
import time
from contextlib import suppress
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from alertmanager_configs.json_text import load_json
from alertmanager_configs.loading import MAX_DEPTH, Quoted, load, load_all
from alertmanager_configs.problems import SetupError


@pytest.mark.parametrize(
    "text", ["17:00", "010", "on", "2024-01-01", "=", "1_000", "0x1F", "1e3", ".inf", "yes", "-x"]
)
def test_a_plain_scalar_stays_as_written(text: str) -> None:
    document = load(f"a: {text}\nb: [{text}]\n")
    assert document.data == {"a": text, "b": [text]}
    assert type(document.data["a"]) is str


@pytest.mark.parametrize("text", ["", "~", "null", "Null", "NULL"])
def test_a_plain_null_is_none_and_a_quoted_one_is_text(text: str) -> None:
    assert load(f"a: {text}").data == {"a": None}
    quoted = load(f"a: '{text}'").data
    assert quoted == {"a": text}
    assert type(quoted["a"]) is Quoted


@pytest.mark.parametrize("written", ["'5'", '"5"', "|-\n  5", ">-\n  5", "!!str 5"])
def test_quoted_and_block_scalars_are_marked_as_text(written: str) -> None:
    value = load(f"a: {written}\n").data["a"]
    assert value == "5"
    assert type(value) is Quoted


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("!!int '3'", "3"),
        ("!!bool yes", "yes"),
        ("!!null x", None),
        ("!!binary w6k=", "é"),
        ("!other x", "x"),
        ("!!map {b: 1}", {"b": "1"}),
    ],
)
def test_explicit_tags_are_obeyed(written: str, value: object) -> None:
    assert load(f"a: {written}").data == {"a": value}


def test_anchors_aliases_and_merge_keys() -> None:
    document = load(
        "base: &base {a: 1, b: 2}\nmore: &more {b: 3, c: 4}\n"
        "one:\n  b: own\n  <<: *base\ntwo:\n  <<: [*base, *more]\n"
        "three: *base\n&k key: 1\nfour: *k\n"
    )
    assert document.data["one"] == {"b": "own", "a": "1"}
    assert document.data["two"] == {"a": "1", "b": "2", "c": "4"}
    assert document.data["three"] == {"a": "1", "b": "2"}
    assert document.data["four"] == "key"
    assert document.place(("two", "c")) == (2, 23)
    assert document.duplicates == []
    assert load("'<<': 1").data == {"<<": "1"}


def test_a_repeated_key_keeps_its_last_value_and_is_told() -> None:
    document = load("a: 1\nb:\n- c: 1\n  d: 2\n  c: 3\na: 4\n")
    assert document.data == {"a": "4", "b": [{"c": "3", "d": "2"}]}
    assert [(p.path, p.line, p.column, p.kind) for p in document.duplicates] == [
        (("b", 0, "c"), 5, 3, "type"),
        (("a",), 6, 1, "type"),
    ]


def test_places_are_those_of_values_of_keys_and_of_the_nearest_parent() -> None:
    document = load("# comment\nroute:\n  routes:\n  - receiver: x\n    match: {a: b}\n")
    assert document.place(("route", "routes", 0, "match", "a")) == (5, 16)
    assert document.place(("route", "routes", 0, "match", "a"), at_key=True) == (5, 13)
    assert document.place(("route", "routes", 0)) == (4, 5)
    assert document.place(("route", "routes", 7, "x")) == (4, 3)
    assert document.place(("receivers", 0)) == (2, 1)
    assert load("").place(("a",)) == (1, 1)


def test_places_go_through_aliases_and_merges() -> None:
    text = "a: &a {x: 1}\nb: *a\nc:\n  <<: [*a, {y: {z: 2}}]\n  w: 3\n"
    document = load(text)
    assert document.place(("b", "x")) == (1, 11)
    assert document.place(("c", "x")) == (1, 11)
    assert document.place(("c", "x"), at_key=True) == (1, 8)
    assert document.place(("c", "y", "z")) == (4, 20)
    assert document.place(("c", "y", "q"), at_key=True) == (4, 16)
    assert document.place(("c", "w", 0)) == (5, 6)
    assert document.place(("c", "<<", 1)) == (4, 12)
    assert load("word").place(("a",)) == (1, 1)


def test_the_key_of_an_alias_has_a_place_of_its_own() -> None:
    document = load("a: &a {x: 1}\nb: &b 2\nc: *a\n  \nd: *b\ne: [*a, *b]\n")
    assert document.place(("c",)) == (1, 4)
    assert document.place(("c",), at_key=True) == (3, 1)
    assert document.place(("c", "x"), at_key=True) == (1, 8)
    assert document.place(("d",)) == (2, 4)
    assert document.place(("d",), at_key=True) == (5, 1)
    assert document.place(("e", 0, "x"), at_key=True) == (1, 8)
    assert document.place(("e", 1), at_key=True) == (2, 4)


def test_the_last_of_repeated_keys_has_the_place() -> None:
    document = load("a: 1\na: {b: 2}\n")
    assert document.place(("a", "b")) == (2, 8)
    assert document.place(("a",), at_key=True) == (2, 1)


def test_lines_end_as_yaml_says() -> None:
    assert load("a: 1\r\nb: 2\rc: 3\x85d: 'é\u2028\u2029 e'\n\nf: é\n").place(("f",)) == (8, 4)


def test_places_count_in_their_own_document() -> None:
    first, second = load_all("a: 1\n---\nb:\n  c: 2\n")
    assert first.place(("a",)) == (1, 4)
    assert second.place(("b", "c")) == (4, 6)


@pytest.mark.parametrize("text", ["a: [1, 'b', {c: ~}]\n", "&a [x]", "a: &b 1\nc: *b\n<<: {d: e}"])
def test_the_parser_in_python_gives_the_same(text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    document = load(text)
    place = document.place(("a", 2, "c"))
    monkeypatch.setattr("alertmanager_configs.loading.Loader", yaml.Loader)
    again = load(text)
    assert again.data == document.data
    assert again.place(("a", 2, "c")) == place
    with pytest.raises(SetupError, match="yaml: mapping values are not allowed"):
        load("a: b: c")


def test_only_the_first_document_is_read() -> None:
    assert load("a: 1\n---\nb: [\n").data == {"a": "1"}
    assert load("a: 1\n---\nb: [\n").place(("a",)) == (1, 4)
    assert load("").data is None
    assert load("# nothing\n").data is None
    assert [d.data for d in load_all("a: 1\n---\n---\nb: 2\n")] == [{"a": "1"}, None, {"b": "2"}]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("a: b: c", "f:1:5: yaml: mapping values are not allowed in this context"),
        ("a: 1\nb: c: d", "f:2:5: yaml: line 2: mapping values are not allowed in this context"),
        ("\n\n- a\nb: c", "f:4:1: yaml: line 3: did not find expected '-' indicator"),
        ("a: *x", "f:1:4: yaml: unknown anchor 'x' referenced"),
        ("&a [*a]", "f:1:5: yaml: anchor 'a' value contains itself"),
        ("a: \x01", "f:1:4: yaml: control characters are not allowed"),
        ("é: é\nb: é\x01", "f:2:5: yaml: control characters are not allowed"),
        ("a: \ud800", "f:1:4: yaml: invalid Unicode character"),
        (b"a: 1\nb: \xff", "f:2:4: yaml: invalid leading UTF-8 octet"),
        ("[a]: b", "f:1:1: yaml: cannot unmarshal !!seq into string"),
        ("? {a: 1}\n: b", "f:1:3: yaml: cannot unmarshal !!map into string"),
        ("x: &x [1]\n*x : b", "f:2:1: yaml: cannot unmarshal !!seq into string"),
        (
            "<<: 3",
            "f:2:1: yaml: map merge requires map or sequence of maps as the value",
        ),
        ("a: !!binary x", "f:1:4: yaml: !!binary value contains invalid base64 data"),
        (r'"\ud83d\ude42"', "f:1:4: yaml: found invalid Unicode character escape code"),
        ("[" * 1000, f"f:1:{MAX_DEPTH + 1}: yaml: exceeded max depth of {MAX_DEPTH}"),
    ],
)
def test_what_cannot_be_read_is_told_with_its_place(text: str | bytes, told: str) -> None:
    with pytest.raises(SetupError) as caught:
        load(text, "f")
    assert str(caught.value) == told
    assert caught.value.problems[0].kind == "syntax"


def test_the_deepest_document_is_still_read() -> None:
    load("[" * MAX_DEPTH + "]" * MAX_DEPTH)
    with pytest.raises(SetupError):
        load("[" * (MAX_DEPTH + 1) + "]" * (MAX_DEPTH + 1))


def test_the_search_for_garbage_is_on_again_afterwards() -> None:
    for text in ("a: [1]", "a: b: c", "[a]: b"):
        with suppress(SetupError):
            load(text).place(("a", 0))
        assert gc.isenabled()


def test_an_alias_bomb_is_refused_at_once() -> None:
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{i}: &a{i} [{', '.join([f'*a{i - 1}'] * 10)}]" for i in range(1, 40)]
    start = time.perf_counter()
    with pytest.raises(SetupError, match="excessive aliasing"):
        load("\n".join(lines))
    assert time.perf_counter() - start < 10


def test_many_honest_aliases_are_read() -> None:
    items = "\n".join(f"- <<: *base\n  name: n{i}" for i in range(5000))
    document = load(f"base: &base {{a: 1, b: 2, c: {{d: e}}}}\nlist:\n{items}\n")
    assert document.data["list"][4999] == {"name": "n4999", "a": "1", "b": "2", "c": {"d": "e"}}


def test_bytes_may_be_utf_8_or_utf_16_with_a_mark() -> None:
    for encoding in ("utf-8", "utf-8-sig", "utf-16"):
        assert load("a: é🙂\n".encode(encoding)).data == {"a": "é🙂"}


def test_json_is_read_with_its_surrogate_pairs() -> None:
    document = load_json(
        r'{"a": "\ud83d\ude42", "b": [1.50, true, null, "1", "\ud83d"], "a/": "\\ud83d"}'
    )
    assert document.data == {
        "a": "🙂",
        "b": ["1.50", "true", None, "1", "�"],
        "a/": r"\ud83d",
    }
    kinds = [type(value) for value in document.data["b"]]
    assert kinds == [str, str, type(None), Quoted, Quoted]
    assert document.place(("b", 1)) == (1, 35)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("{", "f:1:2: json: Expecting property name enclosed in double quotes"),
        ("[NaN]", "f: json: NaN is not a JSON value"),
        ("[" * 100_000, f"f: json: exceeded max depth of {MAX_DEPTH}"),
        ("[" * 300 + "]" * 300, f"f: json: exceeded max depth of {MAX_DEPTH}"),
        (b'"\xff"', "f: json: invalid Unicode text"),
    ],
)
def test_what_is_not_json_is_told(text: str | bytes, told: str) -> None:
    with pytest.raises(SetupError) as caught:
        load_json(text, "f")
    assert str(caught.value) == told


_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=20,
)


@given(_values, st.booleans())
def test_loading_agrees_with_the_ordinary_loader(value: object, flow: bool) -> None:
    """But for null, which BaseLoader keeps as text, and merge keys, which it does not know."""
    text = yaml.safe_dump(value, allow_unicode=True, default_flow_style=flow)
    if "<<" not in text:
        assert _untyped(load(text).data) == _untyped(yaml.load(text, Loader=yaml.BaseLoader))


def _untyped(value: object) -> object:
    if isinstance(value, list):
        return [_untyped(item) for item in value]
    if isinstance(value, dict):
        return {key: _untyped(item) for key, item in value.items()}
    return "" if value in (None, "null", "~", "Null", "NULL") else value


@given(st.text() | st.binary())
def test_no_text_breaks_the_loader(text: str | bytes) -> None:
    try:
        place = load(text).place(("a", 0))
    except SetupError as caught:
        problem = caught.problems[0]
        place = (problem.line, problem.column)
    assert min(place) >= 1


@pytest.mark.parametrize(
    ("mapping", "wanted"),
    [
        ("{<<: *b, receiver: c}", {"receiver": "c", "matchers": ["x=y"]}),
        ("{receiver: c, <<: *b}", {"receiver": "b", "matchers": ["x=y"]}),
        ("{receiver: c, matchers: [u=v], <<: *b}", {"receiver": "b", "matchers": ["u=v", "x=y"]}),
        ("{<<: *b, matchers: [u=v]}", {"receiver": "b", "matchers": ["x=y", "u=v"]}),
        ("{<<: [*b, {receiver: d}]}", {"receiver": "b", "matchers": ["x=y"]}),
        ("{<<: *b, <<: {receiver: d}}", {"receiver": "d", "matchers": ["x=y"]}),
    ],
)
def test_a_merge_is_read_as_alertmanager_reads_it(mapping: str, wanted: dict[str, Any]) -> None:
    """amtool 0.34 config routes show: what stands later wins, of a list what stands first, and
    matchers add up.
    """
    text = f"- &b {{receiver: b, matchers: [x=y]}}\n- {mapping}\n"
    document = load(text, as_alertmanager=True)
    assert isinstance(document.data, list)
    assert document.data[1] == wanted
    last = len(wanted["matchers"]) - 1
    place = document.place((1, "matchers", last))
    own = wanted["matchers"][last] == "u=v"
    assert place == ((2, 3 + mapping.index("u=v")) if own else (1, 31))


def test_what_a_mapping_says_and_merges_is_told() -> None:
    document = load("a: &a {k: 1, l: 1}\nb: {k: 2, <<: *a}\n", as_alertmanager=True)
    assert [(problem.path, problem.message) for problem in document.merged] == [
        (("b", "k"), 'key "k" already set in map')
    ]
    assert not load("b: {k: 2, <<: {k: 1}}").merged


@pytest.mark.parametrize("as_alertmanager", [False, True])
@pytest.mark.parametrize(
    "text",
    [
        "x0: &x0 {matchers: [a]}\n"
        + "".join(f"x{n}: &x{n} {{<<: [*x{n - 1}, *x{n - 1}]}}\n" for n in range(1, 60)),
        f"x0: &x0 {{{','.join(f'k{n}: 1' for n in range(3000))}}}\n"
        + "".join(f"x{n}: &x{n} {{<<: *x{n - 1}}}\n" for n in range(1, 3000)),
    ],
)
def test_merges_of_merges_are_bounded(text: str, as_alertmanager: bool) -> None:
    with pytest.raises(SetupError, match="excessive aliasing"):
        load(text, as_alertmanager=as_alertmanager)
