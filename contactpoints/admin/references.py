"""References: which policies use a contact point or a mute timing, and a new name for it."""

from __future__ import annotations

from collections.abc import Container, Iterator, Mapping
from typing import Any

from contactpoints.admin.decoding import join

INTERVALS = ("mute_time_intervals", "active_time_intervals")


def routes(policies: Mapping[str, Any] | None) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Every policy with its path, the default policy first (its path is ``""``)."""
    waiting = [("", policies)] if policies else []
    while waiting:
        path, route = waiting.pop()
        yield path, route
        below = [
            (join(path, "routes", index), child)
            for index, child in enumerate(route.get("routes") or ())
        ]
        waiting += reversed(below)


def use_of_contact_points(policies: Mapping[str, Any] | None) -> dict[str, list[str]]:
    """For each contact point named, the policies that name it, in words."""
    found: dict[str, list[str]] = {}
    for path, route in routes(policies):
        if receiver := route.get("receiver"):
            found.setdefault(receiver, []).append(described(path, route))
    return found


def use_of_mute_timings(policies: Mapping[str, Any] | None) -> dict[str, list[str]]:
    """For each mute timing named, the policies that name it, in words."""
    found: dict[str, list[str]] = {}
    for path, route in routes(policies):
        for name in {name for key in INTERVALS for name in route.get(key) or ()}:
            found.setdefault(name, []).append(described(path, route))
    return found


def described(path: str, route: Mapping[str, Any]) -> str:
    """A policy in words: where it stands, and what it matches.

    >>> described("routes[1]", {"object_matchers": [["team", "=", "ops"]]})
    'routes[1] (team=ops)'
    """
    if not path:
        return "the default policy"
    said = ["".join(map(str, matcher)) for matcher in route.get("object_matchers") or ()]
    said += [f"{name}={value}" for name, value in (route.get("match") or {}).items()]
    said += [f"{name}=~{value}" for name, value in (route.get("match_re") or {}).items()]
    said += [str(matcher) for matcher in route.get("matchers") or ()]
    return f"{path} ({', '.join(said)})" if said else path


def rename_contact_point(policies: dict[str, Any] | None, old: str, new: str) -> None:
    """Give a contact point its new name in every policy."""
    for _, route in routes(policies):
        if route.get("receiver") == old:
            route["receiver"] = new  # type: ignore[index]  # the document that is being changed


def rename_mute_timing(policies: dict[str, Any] | None, old: str, new: str) -> None:
    """Give a mute timing its new name in every policy."""
    for _, route in routes(policies):
        for key in INTERVALS:
            if old in (route.get(key) or ()):
                names = [new if name == old else name for name in route[key]]
                route[key] = names  # type: ignore[index]  # the document that is being changed


def renamed_contact_points(
    before: Mapping[str, Any], after: Mapping[str, Any], others: Container[str] = ()
) -> dict[str, str]:
    """Which contact points of a document have another name in the next one: their integrations,
    known by uid, are all under that name, as far as they are still there. ``others`` are the names
    of files, which mean what those say.

    >>> rows = [{"uid": "a", "name": "ops"}, {"uid": "b", "name": "ops"}]
    >>> moved = [{"uid": "a", "name": "dev"}, {"uid": "c", "name": "ops"}]
    >>> renamed_contact_points({"contactPoints": rows}, {"contactPoints": moved})
    {'ops': 'dev'}
    """
    names = {row.get("uid"): row["name"] for row in after.get("contactPoints") or ()}
    found: dict[str, set[str]] = {}
    for row in before.get("contactPoints") or ():
        now = names.get(row.get("uid"))
        if now is not None and row["name"] not in others:
            found.setdefault(row["name"], set()).add(now)
    return {old: now for old, (now, *more) in found.items() if not more and now != old}
