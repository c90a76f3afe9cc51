"""The page of policies: the tree, and who gets an alert with the labels that somebody types."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from flask import Response, request

from alertmanager_configs.routes import Route
from alertmanager_configs.routing import RouteMatch, find_routes
from contactpoints.access.roles import VIEWER
from contactpoints.web.asking import admin
from contactpoints.web.describing import endpoint
from contactpoints.web.pages import blueprint, page
from contactpoints.web.pages.trying import pairs

MOST = 3000  # policies that one page draws


@dataclass(frozen=True)
class Node:
    """One policy as the page draws it. ``order`` is its place among those that take the alert, 0
    for none; ``is_on`` says that the alert comes by.
    """

    depth: int
    route: Route
    receiver: str
    is_on: bool
    order: int
    closes: int
    """How many levels end before this one."""


@blueprint.get("/policies")
@endpoint(VIEWER, "Policies", tags=["Pages"])
def policies() -> Response:
    """The tree; with ``labels`` the way through it, with ``contact_point`` who leads there."""
    view = admin().view()
    root = view.setup.policy
    text, wanted = request.args.get("labels", ""), request.args.get("contact_point", "")
    labels = pairs(text.replace(",", "\n")) if text.strip() else None
    matches = find_routes(root, labels) if root and labels is not None else []
    nodes = list(drawn(root, matches)) if root else []
    return page(
        "policies.html",
        nodes=nodes[:MOST],
        left_out=max(0, len(nodes) - MOST),
        labels=text,
        is_tried=labels is not None,
        reached=[match.receiver for match in matches],
        wanted=wanted,
        provenance=(view.policies or {}).get("provenance", ""),
    )


def drawn(root: Route, matches: Sequence[RouteMatch]) -> Iterator[Node]:
    """Every policy, parents first."""
    ends = {id(match.route): number for number, match in reversed(list(enumerate(matches, 1)))}
    on = {id(route) for match in matches for route in match.trail}
    waiting: list[tuple[int, Route, str]] = [(0, root, root.receiver)]
    before = -1
    while waiting:
        depth, route, receiver = waiting.pop()
        closes = max(0, before - depth + 1)
        yield Node(depth, route, receiver, id(route) in on, ends.get(id(route), 0), closes)
        before = depth
        below = [(depth + 1, child, child.receiver or receiver) for child in route.routes]
        waiting += reversed(below)
