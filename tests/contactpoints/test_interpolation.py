"""Variables and files in Grafana's provisioning files mean what they mean to Grafana."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import Any

import pytest

from contactpoints.fields import FromFile, Interpolated
from contactpoints.interpolation import escaped, expanded, plain

CASES: Any = json.loads((Path(__file__).parent / "interpolation_cases.json").read_text("utf-8"))


@pytest.mark.parametrize("text", CASES["cases"])
def test_a_text_becomes_what_grafana_makes_of_it(text: str, tmp_path: Path) -> None:
    """``FILE`` stands for the path of a file in the cases; Go printed what is expected."""
    file = tmp_path / "secret"
    file.write_text(CASES["file"])
    environment = {
        name: value.replace("FILE", str(file)) for name, value in CASES["environment"].items()
    }
    written, expected = (said.replace("FILE", str(file)) for said in (text, CASES["cases"][text]))
    assert expanded(written, environment) == expected
    known = plain(written)
    if not isinstance(known, Interpolated | FromFile):
        assert known == expected


def test_a_file_that_is_not_there_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(OSError, match="nowhere"):
        expanded(f"$__file{{{tmp_path}/nowhere}}", {})


def test_the_name_of_the_host_is_known_without_a_variable() -> None:
    """Grafana fills it in for ``${HOSTNAME}``, not for ``$HOSTNAME``."""
    assert expanded("${HOSTNAME}", {})
    assert expanded("${HOSTNAME}", {"HOSTNAME": "here"}) == "here"
    assert expanded("$HOSTNAME", {}) == ""


@pytest.mark.parametrize("text", ["a$b", "$$", "${X}", "$__file{/x}", "{{ $x }}", "5$"])
def test_any_text_can_be_written_so_that_it_is_read_back(text: str) -> None:
    assert expanded(str(escaped(text)), {"b": "no", "X": "no", "x": "no"}) == text
    assert plain(str(escaped(text))) == text


@pytest.mark.parametrize("part", ["${", "$__env{", "${A", "}${", "${A}", "$$", "$A"])
def test_the_time_grows_with_the_length_of_a_text_alone(part: str) -> None:
    """Looking for a closing brace from each of 200,000 that open would take hours."""
    text = part * 200_000
    before = time.process_time()
    plain(text)
    expanded(text, {"A": "1"})
    assert time.process_time() - before < 5
