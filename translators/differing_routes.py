"""The differences in meaning between two trees of policies."""

from __future__ import annotations

from collections.abc import Iterator
from difflib import SequenceMatcher
from typing import Any

from alertmanager_configs.matchers import format_matchers
from alertmanager_configs.routes import Route
from alertmanager_configs.routing import effective
from translators.meaning import length, matchers

Found = tuple[tuple[str, ...], str, str]
"""Where, what A says and what B says; or a sentence and nothing."""

TIMERS = ("group_wait", "group_interval", "repeat_interval")


def route_differences(a: Route, b: Route) -> Iterator[Found]:
    """What holds otherwise at the routes of two trees. What is inherited is said once, where it
    begins.
    """
    yield from _routes((a,), (b,), {}, True)


def _routes(
    a: tuple[Route, ...], b: tuple[Route, ...], above: dict[str, Any], is_last: bool
) -> Iterator[Found]:
    where = tuple(format_matchers(route.all_matchers) for route in a[1:])
    ours, theirs = _meaning(a, is_last), _meaning(b, is_last)
    pairs = {key: (ours[key][0], theirs[key][0]) for key in ours}
    for key, (mine, other) in pairs.items():
        if mine != other and above.get(key) != (mine, other):
            yield (*where, key), ours[key][1], theirs[key][1]
    below = {key: pair for key, pair in pairs.items() if key in INHERITED}
    for mine_child, other_child in _aligned(a[-1].routes, b[-1].routes):
        if mine_child is None or other_child is None:
            child = mine_child or other_child
            assert child is not None
            name = format_matchers(child.all_matchers)
            yield (*where, name), f"only in {'B' if mine_child is None else 'A'}", ""
        else:
            last = mine_child is a[-1].routes[-1] and other_child is b[-1].routes[-1]
            yield from _routes((*a, mine_child), (*b, other_child), below, last)


INHERITED = frozenset(["receiver", "group_by", "labels", *TIMERS])


def _meaning(trail: tuple[Route, ...], is_last: bool) -> dict[str, tuple[Any, str]]:
    """What holds at the end of a trail: what it means, and how it is shown."""
    route, holds = trail[-1], effective(trail)
    found: dict[str, tuple[Any, str]] = {
        "matchers": (matchers(route.all_matchers), format_matchers(route.all_matchers)),
        "receiver": (holds.receiver, repr(holds.receiver)),
        "group_by": (frozenset(holds.group_by), str(list(holds.group_by))),
        "labels": (sorted(holds.labels.items()), str(holds.labels)),
        "continue": (route.continue_ and not is_last, str(route.continue_)),
    }
    for timer in TIMERS:
        text = getattr(holds, timer)
        found[timer] = (length(text), text)
    for key in ("mute_time_intervals", "active_time_intervals"):
        names = getattr(route, key)
        found[key] = (frozenset(names), str(names))
    return found


def _aligned(a: list[Route], b: list[Route]) -> Iterator[tuple[Route | None, Route | None]]:
    """Routes that belong together: with the same matchers, in order, else in each other's place."""
    keys = [[(matchers(route.all_matchers), route.receiver) for route in each] for each in (a, b)]
    if keys[0] == keys[1]:
        yield from zip(a, b, strict=True)
        return
    plain = SequenceMatcher(None, keys[0], keys[1], autojunk=False)
    for what, a_from, a_to, b_from, b_to in plain.get_opcodes():
        ours: list[Route | None] = list(a[a_from:a_to])
        theirs: list[Route | None] = list(b[b_from:b_to])
        if what == "replace":
            most = max(len(ours), len(theirs))
            ours += [None] * (most - len(ours))
            theirs += [None] * (most - len(theirs))
        elif what == "insert":
            ours = [None] * len(theirs)
        elif what == "delete":
            theirs = [None] * len(ours)
        yield from zip(ours, theirs, strict=True)
