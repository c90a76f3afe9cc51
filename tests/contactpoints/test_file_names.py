"""Names of files that come from elsewhere."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contactpoints.file_names import plain_names, why_unsafe

UNSAFE = {
    "": "empty",
    "..": "dot",
    ".": "dot",
    ".bashrc": "dot",
    "../x.tmpl": "dot",
    "a/../../x.tmpl": "'/'",
    "/etc/cron.d/x": "'/'",
    "a\\b": "\\\\",
    "C:x": "':'",
    "a\x00b": "x00",
    "a\nb": "\\n",
    "a\x1b[2Jb": "x1b",
    "a\u202eb": "u202e",
    "a*": "'*'",
    "NUL": "device",
    "con.tmpl": "device",
    "x ": "space",
    "é" * 128: "long",
}


@pytest.mark.parametrize("name", UNSAFE)
def test_what_leads_out_of_the_folder_or_hides_is_no_plain_name(name: str) -> None:
    assert UNSAFE[name] in why_unsafe(name)


@pytest.mark.parametrize("name", ["ops.tmpl", "secrets.env", "Ops team (2).tmpl", "Ärger.tmpl"])
def test_a_plain_name_stays(name: str) -> None:
    assert why_unsafe(name) == ""
    assert plain_names([name], name[name.rindex(".") :]) == {name: name}


@given(st.lists(st.text() | st.sampled_from(list(UNSAFE)), unique=True))
def test_every_name_becomes_a_plain_one_of_its_own(names: list[str]) -> None:
    found = plain_names(names, ".tmpl")
    assert list(found) == names
    assert len({name.casefold() for name in found.values()}) == len(names)
    for name in found.values():
        assert why_unsafe(name) == ""
        assert (Path("/folder") / name).parent == Path("/folder")
