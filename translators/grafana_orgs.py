"""The organisations of Grafana's provisioning files: each of them is a setup of its own.

https://grafana.com/docs/grafana/latest/alerting/set-up/provision-alerting-resources/file-provisioning/
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from alertmanager_configs.loading import load
from alertmanager_configs.problems import Problem, SetupError
from alertmanager_configs.writing import as_written, dump

SECTIONS = ("contactPoints", "policies", "muteTimes", "templates")
FIRST = "1"
"""The organisation of what says none, or zero."""


def orgs_in(data: Any) -> list[str]:
    """The organisations that a document has anything for, the lowest number first."""
    found: set[str] = set()
    for section in SECTIONS if isinstance(data, dict) else ():
        entries = data.get(section)
        if isinstance(entries, list):
            found |= {org_of(entry) for entry in entries if isinstance(entry, dict)}
    return in_order(found)


def in_order(orgs: Iterable[str]) -> list[str]:
    """Every organisation once; numbers before what a variable says."""
    return sorted(set(orgs), key=lambda org: (not org.isdecimal(), len(org), org))


def org_of(entry: Any) -> str:
    """The organisation that an entry of a file is for, as a number in plain digits."""
    said = str(entry.get("orgId") or FIRST).strip()
    try:
        return str(max(int(said, 10), 1))
    except ValueError:
        return said  # a variable, most likely


def as_number(org: str) -> int | str:
    """An organisation as files have it."""
    return int(org) if org.isdecimal() else org


def of_org(data: Any, org: str) -> Any:
    """A document with nothing of other organisations. What is left stays at its place.

    What is for an organisation that the document says nothing else of stays: a thing to delete.
    """
    if not isinstance(data, dict):
        return data
    found = dict(data)
    others = {*orgs_in(data)} - {org}
    for key, entries in data.items():
        if isinstance(entries, list):
            own = [
                None if isinstance(entry, dict) and org_of(entry) in others else entry
                for entry in entries
            ]
            found[key] = own if key in SECTIONS else [each for each in own if each is not None]
    return found


def without_others(kept: Mapping[str, Any], org: str, orgs: Iterable[str]) -> dict[str, Any]:
    """What is kept of one file without what is for the other organisations of several files."""
    others = {*orgs} - {org}
    return {
        key: [each for each in value if not isinstance(each, dict) or org_of(each) not in others]
        if isinstance(value, list)
        else value
        for key, value in kept.items()
    }


def joined(texts: Iterable[str]) -> str:
    """The files of several organisations as one."""
    whole: dict[str, Any] = {}
    for text in texts:
        data = as_written(load(text).data)
        assert isinstance(data, dict)
        for key, value in data.items():
            if isinstance(value, list):
                before = whole.get(key) or []
                is_own = key in SECTIONS  # other lists may have an entry for several
                more = [each for each in value if is_own or each not in before]
                value = [*before, *more]
            whole[key] = value
    return dump(whole)


def choose(org: str, orgs: Sequence[str]) -> None:
    """Make sure that it is clear which organisation is meant.

    :raises SetupError: naming the organisations, when ``org`` is none of them, or when there are
        several and ``org`` is empty.
    """
    names = ", ".join(orgs)
    if org and org not in orgs:
        said = f"it has {names}" if orgs else "it says nothing of organisations"
        raise SetupError([Problem(f"the organisation (orgId) {org} is not in it; {said}")])
    if not org and len(orgs) > 1:
        why = f"the organisations (orgId) {names} are in it, and each is a setup of its own"
        raise SetupError([Problem(f"{why}; choose one with --org")])
