"""Whom a setup tells of an alert, and the way through its policies, for people and programs."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping

from alertmanager_configs.matchers import MatcherError, format_matchers, parse_matcher
from alertmanager_configs.routes import Route
from alertmanager_configs.routing import RouteMatch, find_routes


class LabelError(ValueError):
    """Not ``label=value``."""


def read_labels(texts: Iterable[str]) -> dict[str, str]:
    """Labels as amtool takes them: ``team=db``, ``team="a b"``. What is no matcher is taken as it
    stands.

    :raises LabelError: when one has no ``=``, or another operator.
    """
    found = {}
    for text in texts:
        try:
            matcher = parse_matcher(text)
        except MatcherError:
            name, equals, value = text.partition("=")
            if not equals or not name:
                raise LabelError(f"{text!r} is not label=value") from None
            found[name] = value
            continue
        if matcher.operator != "=":
            raise LabelError(f"{text!r}: an alert has values, so only label=value can be said")
        found[matcher.name] = matcher.value
    return found


def show(policy: Route, labels: Mapping[str, str], form: str) -> str:
    """The contact points and the way to each, as ``text`` or ``json``."""
    matches = find_routes(policy, labels)
    if form == "json":
        said = {
            "contact_points": [match.receiver for match in matches],
            "path": [[_step(route) for route in match.trail] for match in matches],
        }
        return json.dumps(said, indent=2, ensure_ascii=False) + "\n"
    names = "".join(f"{match.receiver}\n" for match in matches) or "nobody\n"
    return names + "\n" + "".join(f"{line}\n" for line in _tree((policy,), "", matches))


def _step(route: Route) -> str:
    return format_matchers(route.all_matchers)


def _tree(trail: tuple[Route, ...], indent: str, matches: list[RouteMatch]) -> Iterator[str]:
    """The tree with the routes that are taken: ``>`` on the way, ``*`` where it ends."""
    route = trail[-1]
    number = next((n for n, m in enumerate(matches, 1) if _same(m.trail, trail)), 0)
    is_on = any(_same(match.trail[: len(trail)], trail) for match in matches)
    sign = "*" if number else ">" if is_on else " "
    said = f"{sign} {indent}{_step(route)}"
    if route.receiver:
        said += f" {route.receiver}"
    if route.continue_:
        said += " (continue)"
    yield said + (f"  <- {number}" if number else "")
    if is_on:
        for child in route.routes:
            yield from _tree((*trail, child), indent + "  ", matches)


def _same(a: tuple[Route, ...], b: tuple[Route, ...]) -> bool:
    return len(a) == len(b) and all(mine is other for mine, other in zip(a, b, strict=True))
