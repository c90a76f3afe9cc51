"""Which routes an alert takes, and what holds there: receiver, grouping, timers, labels, key."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from .labels import format_labels
from .matchers import Matcher, format_matchers
from .routes import ALL_LABELS, Route

DEFAULT_TIMERS = {"group_wait": "30s", "group_interval": "5m", "repeat_interval": "4h"}
"""What the root has unless it says otherwise. Source: Alertmanager, dispatch/route.go."""


@dataclass(frozen=True, slots=True)
class RouteMatch:
    """A route, and all that holds there after what it inherits.

    `trail` leads from the root to the route. `group_by` is `("...",)` for all labels. Timers are
    texts as written. `key` is the first half of the group key. Time intervals are not inherited:
    they are those of the route itself.
    """

    trail: tuple[Route, ...]
    receiver: str
    group_by: tuple[str, ...]
    group_wait: str
    group_interval: str
    repeat_interval: str
    labels: dict[str, str]
    key: str

    @property
    def route(self) -> Route:
        return self.trail[-1]


def find_routes(root: Route, labels: Mapping[str, str]) -> list[RouteMatch]:
    """The routes that an alert with these labels takes, in order.

    Depth first: the first child that fits wins, unless it says `continue`; a route none of whose
    children fits takes the alert itself. An empty list only if the root has matchers, which
    Alertmanager forbids.
    """
    return [effective(trail) for trail in _trails((root,), labels)]


def _trails(trail: tuple[Route, ...], labels: Mapping[str, str]) -> list[tuple[Route, ...]]:
    route = trail[-1]
    if not fits(route, labels):
        return []
    found: list[tuple[Route, ...]] = []
    for child in route.routes:
        below = _trails((*trail, child), labels)
        found += below
        if below and not child.continue_:
            break
    return found or [trail]


def fits(route: Route, labels: Mapping[str, str]) -> bool:
    """Whether the route's own matchers, of all three kinds, let the labels in."""
    for name, value in route.match.items():
        if labels.get(name, "") != value:
            return False
    for name, pattern in route.match_re.items():
        if not Matcher(name, "=~", pattern).matches(labels):
            return False
    return all_match(route.matchers, labels)


def all_match(matchers: Iterable[Matcher], labels: Mapping[str, str]) -> bool:
    """Whether the labels fulfil every matcher; none is fulfilled by all labels."""
    return all(matcher.matches(labels) for matcher in matchers)


def effective(trail: Sequence[Route]) -> RouteMatch:
    """What holds at the last route of `trail`, which begins at the root."""
    receiver = ""
    group_by: tuple[str, ...] = ()
    timers = dict(DEFAULT_TIMERS)
    labels: dict[str, str] = {}
    for route in trail:
        receiver = route.receiver or receiver
        if route.group_by is not None:
            group_by = tuple(route.group_by)
        for timer in timers:
            timers[timer] = getattr(route, timer) or timers[timer]
        labels |= route.labels
    return RouteMatch(
        tuple(trail), receiver, group_by, labels=labels, key=route_key(trail), **timers
    )


def route_key(trail: Sequence[Route]) -> str:
    """`{}/{severity="critical"}`: the matchers of every route from the root on.

    Not unique: siblings with the same matchers share it. The patterns of `match_re` stand in it
    with the anchors that Alertmanager puts around them (tried with 0.34).
    """
    return "/".join(format_matchers(_key_matchers(route)) for route in trail)


def _key_matchers(route: Route) -> list[Matcher]:
    if not route.match_re:
        return route.all_matchers
    anchored = {name: f"^(?:{pattern})$" for name, pattern in route.match_re.items()}
    return replace(route, match_re=anchored).all_matchers


def group_key(key: str, group_labels: Mapping[str, str]) -> str:
    """The group key of a notification, as Alertmanager's webhook has it: `{}:{alertname="T1"}`."""
    return f"{key}:{format_labels(group_labels)}"


def group_labels(match: RouteMatch, labels: Mapping[str, str]) -> dict[str, str]:
    """The labels of an alert by which its route groups; those that it has not are left out."""
    if match.group_by == (ALL_LABELS,):
        return dict(labels)
    return {name: labels[name] for name in match.group_by if name in labels}
