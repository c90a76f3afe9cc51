"""Policies: the tree of notification policies in the stored document, checked as Grafana does."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from alertmanager_configs.durations import parse_duration
from alertmanager_configs.matchers import MatcherError, parse_matchers
from alertmanager_configs.patterns import PatternError, check_pattern
from contactpoints.admin import provenance as origin
from contactpoints.admin.decoding import decoded, fingerprint, join, texts, wrong
from contactpoints.admin.provenance import NO_FILES, Files
from contactpoints.admin.references import INTERVALS, routes
from contactpoints.admin.refusals import InvalidError
from contactpoints.setup import did_you_mean

Document = dict[str, Any]
Errors = list[dict[str, str]]

INVALID = "alerting.notifications.routes.invalidFormat"
DURATIONS = ("group_wait", "group_interval", "repeat_interval")
OPERATORS = ("=", "!=", "=~", "!~")
DEEPEST = 50  # levels of policies
KINDS = {
    "receiver": "text",
    "group_by": "list",
    "match": "object",
    "match_re": "object",
    "matchers": "list",
    "object_matchers": "list",
    "mute_time_intervals": "list",
    "active_time_intervals": "list",
    "continue": "flag",
    "routes": "list",
    **dict.fromkeys(DURATIONS, "text"),
}

DEFAULT_CONTACT_POINT = "grafana-default-email"
DEFAULT: Mapping[str, Any] = {
    "receiver": DEFAULT_CONTACT_POINT,
    "group_by": ["grafana_folder", "alertname"],
}
"""The tree of a fresh organisation, which is shown while none is stored."""

DEFAULT_ROW: Mapping[str, Any] = {
    "uid": DEFAULT_CONTACT_POINT,
    "name": DEFAULT_CONTACT_POINT,
    "type": "email",
    "settings": {"addresses": "<example@email.com>"},
    "disableResolveMessage": False,
}
"""What that tree names. It is made when a tree that names it comes in."""


def shown(policies: Mapping[str, Any] | None) -> dict[str, Any]:
    """The tree that an answer shows; the default one while there is none."""
    return dict(policies) if policies else dict(DEFAULT)


def version(policies: Mapping[str, Any] | None) -> str:
    """Changes with anything in the tree."""
    return fingerprint(shown(policies))


def replace(
    document: Document, body: Any, provenance: str, files: Files = NO_FILES
) -> dict[str, Any]:
    """Put a tree in place of the stored one. Gives it as it is stored.

    :raises Refused: when it is not valid, names what is not there, or its provenance forbids it.
    """
    if files.policies is not None:
        raise origin.refuse_file("the notification policy tree")
    origin.check_relaxed(document.get("policies"), provenance)
    errors: Errors = []
    tree = read(body, errors)
    check_root(tree, errors)
    if errors:
        raise invalid(errors)
    rows = document.setdefault("contactPoints", [])
    names = {row["name"] for row in rows} | files.contact_points
    if DEFAULT_CONTACT_POINT not in names and any(
        route.get("receiver") == DEFAULT_CONTACT_POINT for _, route in routes(tree)
    ):
        rows.append(dict(DEFAULT_ROW))
        names.add(DEFAULT_CONTACT_POINT)
    timings = {item["name"] for item in document.get("muteTimings") or ()} | files.mute_timings
    check_names(tree, names, timings, errors)
    if errors:
        raise invalid(errors)
    document["policies"] = origin.put(tree, provenance)
    return tree


def reset(document: Document, provenance: str, files: Files = NO_FILES) -> dict[str, Any]:
    """Forget the stored tree. Gives the default one. :raises ForbiddenError: as :func:`replace`."""
    if files.policies is not None:
        raise origin.refuse_file("the notification policy tree")
    origin.check_relaxed(document.get("policies"), provenance)
    document.pop("policies", None)
    return dict(DEFAULT)


def invalid(errors: Errors) -> InvalidError:
    """The refusal of a tree, in Grafana's words, which Terraform's own tests look for."""
    first = errors[0]
    place = f" (at {first['path']})" if first["path"] else ""
    said = f"Invalid format of the submitted route: {first['message']}{place}"
    return InvalidError(said, INVALID, errors)


def read(body: Any, errors: Errors, path: str = "", depth: int = 0) -> dict[str, Any]:
    """A policy as it is stored: known keys under their own names, unknown ones kept, matchers as
    ``object_matchers`` in their order.

    :raises InvalidError: for a value of a wrong type.
    """
    if depth > DEEPEST:
        raise InvalidError(f"policies are nested deeper than {DEEPEST} levels", INVALID)
    found = decoded(body, KINDS, path)
    route: dict[str, Any] = {}
    if found.get("receiver"):
        route["receiver"] = found["receiver"]
    if "group_by" in found and (labels := texts(found["group_by"], join(path, "group_by"))):
        route["group_by"] = labels
        _check_group_by(labels, join(path, "group_by"), errors)
    for key in ("match", "match_re"):
        if found.get(key):
            route[key] = _check_match(found[key], key, join(path, key), errors)
    if matchers := _matchers(found, path, errors):
        route["object_matchers"] = matchers
    for key in INTERVALS:
        if found.get(key):
            route[key] = texts(found[key], join(path, key))
    if found.get("continue"):
        route["continue"] = True
    for key in DURATIONS:
        if found.get(key):
            route[key] = found[key]
            _check_duration(key, found[key], join(path, key), errors)
    known = {key.lower() for key in KINDS} | {"provenance", "version"}
    route |= {key: body[key] for key in body if key.lower() not in known and body[key] is not None}
    if children := found.get("routes"):
        route["routes"] = [
            read(child, errors, join(path, "routes", index), depth + 1)
            for index, child in enumerate(children)
        ]
    return route


def check_root(route: Mapping[str, Any], errors: Errors) -> None:
    """What only the default policy must, and must not, have."""
    if not route.get("receiver"):
        errors.append(wrong("receiver", "root route must specify a default receiver"))
    if any(route.get(key) for key in ("match", "match_re", "object_matchers")):
        errors.append(wrong("object_matchers", "root route must not have any matchers"))
    for key in INTERVALS:
        if route.get(key):
            errors.append(wrong(key, f"root route must not have any {key.replace('_', ' ')}"))
    if route.get("continue"):
        errors.append(wrong("continue", "root route must not have continue set"))


def check_names(
    tree: Mapping[str, Any], contact_points: Iterable[str], timings: Iterable[str], errors: Errors
) -> None:
    """Whether every contact point and every interval that is named is there."""
    points, intervals = set(contact_points), set(timings)
    for path, route in routes(tree):
        receiver = route.get("receiver")
        if receiver and receiver not in points:
            meant = did_you_mean(receiver, points)
            errors.append(
                wrong(join(path, "receiver"), f"receiver '{receiver}' does not exist{meant}")
            )
        for key in INTERVALS:
            for name in route.get(key) or ():
                if name not in intervals:
                    meant = did_you_mean(name, intervals)
                    errors.append(
                        wrong(join(path, key), f"undefined time interval '{name}'{meant}")
                    )


def _check_group_by(labels: list[str], path: str, errors: Errors) -> None:
    if "..." in labels and len(labels) > 1:
        errors.append(wrong(path, "cannot have wildcard group_by (`...`) and other labels"))
    for label in sorted({label for label in labels if labels.count(label) > 1}):
        errors.append(wrong(path, f"duplicated label {label!r} in group_by"))
    if "" in labels:
        errors.append(wrong(path, "an empty label in group_by"))


def _check_match(found: Mapping[str, Any], key: str, path: str, errors: Errors) -> dict[str, Any]:
    for label, value in found.items():
        if not isinstance(value, str):
            errors.append(wrong(join(path, label), "must be text"))
        else:
            _matcher(label, "=~" if key == "match_re" else "=", value, join(path, label), errors)
    return dict(found)


def _check_duration(key: str, value: str, path: str, errors: Errors) -> None:
    try:
        length = parse_duration(value)
    except ValueError as error:
        errors.append(wrong(path, str(error)))
        return
    if not length and key != "group_wait":
        errors.append(wrong(path, f"{key} cannot be zero"))


def _matchers(found: Mapping[str, Any], path: str, errors: Errors) -> list[list[str]]:
    """All matchers but ``match`` and ``match_re``, as lists of label, operator and value."""
    matchers: list[list[str]] = []
    for index, text in enumerate(found.get("matchers") or ()):
        place = join(path, "matchers", index)
        if not isinstance(text, str):
            raise InvalidError("bad request data", errors=[wrong(place, "must be text")])
        try:
            matchers += [[each.name, each.operator, each.value] for each in parse_matchers(text)]
        except MatcherError as error:
            errors.append(wrong(place, str(error)))
    for index, item in enumerate(found.get("object_matchers") or ()):
        place = join(path, "object_matchers", index)
        if not (
            isinstance(item, list) and len(item) == 3 and all(type(each) is str for each in item)
        ):
            message = "a matcher is a list of three texts: label, operator, value"
            raise InvalidError(
                f"bad request data: {place}: {message}", errors=[wrong(place, message)]
            )
        label, operator, value = item
        value = value.removeprefix('"').removesuffix('"')
        if operator not in OPERATORS:
            errors.append(
                wrong(place, f"unknown operator {operator!r}; known are {', '.join(OPERATORS)}")
            )
        else:
            _matcher(label, operator, value, place, errors)
        matchers.append([label, operator, value])
    return sorted(matchers, key=lambda each: (each[0], each[2], each[1]))


def _matcher(label: str, operator: str, value: str, place: str, errors: Errors) -> None:
    if not label:
        errors.append(wrong(place, "a matcher needs the name of a label"))
    if operator in ("=~", "!~"):
        try:
            check_pattern(value)
        except PatternError as error:
            errors.append(wrong(place, str(error)))
