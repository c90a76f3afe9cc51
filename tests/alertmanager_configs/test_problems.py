"""Problems are collected with their places, and the first is the one that amtool prints."""

from __future__ import annotations

import pickle

import pytest

from alertmanager_configs.loading import load
from alertmanager_configs.problems import Problems, SetupError, format_path


def test_a_check_of_one_object_comes_before_a_wrong_type_and_the_whole_file() -> None:
    problems = Problems()
    problems.error(("route",), "whole", "whole")
    problems.unknown_key(("a",), "config.plain")
    problems.error(("route", "x"), "value")
    problems.warn((), "only a warning")
    first = problems.first()
    assert first is not None
    assert first.message == "value"
    assert Problems().first() is None


@pytest.mark.parametrize(
    ("text", "first"), [("route: 1\nreceivers: 2\n", "r"), ("receivers: 2\nroute: 1\n", "s")]
)
def test_sections_are_compared_in_the_order_of_the_document(text: str, first: str) -> None:
    problems = Problems()
    problems.error(("route",), "r")
    problems.error(("receivers", 0), "s")
    problems.locate(load(text))
    found = problems.first()
    assert found is not None
    assert found.message == first


def test_an_error_has_one_line_a_problem_with_its_place() -> None:
    document = load("route:\n  matc: 1\n  receiver: [x]\n", "a.yml")
    problems = Problems()
    problems.unknown_key(("route", "matc"), "config.plain")
    problems.error(("route", "receiver"), "no text", "type")
    problems.locate(document)
    with pytest.raises(SetupError) as caught:
        problems.raise_if_any("a.yml")
    assert str(caught.value) == (
        "a.yml:2:3: route.matc: field matc not found in type config.plain\n"
        "a.yml:3:13: route.receiver: no text"
    )
    again = pickle.loads(pickle.dumps(caught.value))
    assert (str(again), again.problems) == (str(caught.value), caught.value.problems)


def test_paths_are_written_as_people_would() -> None:
    assert format_path(("route", "routes", 2, "match", 'a."b')) == 'route.routes[2].match["a.\\"b"]'
    assert format_path((0, "a")) == "[0].a"
