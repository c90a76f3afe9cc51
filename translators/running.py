"""From what files say to what the service runs on: several setups made one, variables filled in."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from alertmanager_configs.problems import Problem, SetupError
from contactpoints.fields import Interpolated
from contactpoints.interpolation import expanded
from contactpoints.setup import Setup
from translators.grafana_file_reading import FLAGS, QUIET
from translators.kubernetes.references import FromSecret, KnownSecret
from translators.policy_texts import change_texts


def merge(read: Iterable[tuple[str, Setup]], environment: Mapping[str, str] | None) -> Setup:
    """One setup of several, each with the name of its file. Every integration keeps its own family.

    :raises SetupError: when two files define the same contact point, or a policy tree each.
    """
    whole = Setup("alertmanager")
    problems: list[Problem] = []
    origin: dict[str, str] = {}
    for name, setup in read:
        whole.dialect = whole.dialect or setup.dialect
        for point in setup.contact_points:
            if point.name in origin:
                problems.append(
                    Problem(
                        f"{name}: contact point {point.name!r} is in {origin[point.name]} already"
                    )
                )
            origin[point.name] = name
            whole.contact_points.append(point)
        if setup.policy is not None:
            if whole.policy is not None:
                problems.append(
                    Problem(f"{name}: there is a policy tree in an earlier file already")
                )
            whole.policy = setup.policy
            whole.family = setup.family
        whole.mute_timings += setup.mute_timings
        whole.inhibitions += setup.inhibitions
        whole.templates += setup.templates
    if problems:
        raise SetupError(problems)
    if environment is not None:
        _fill_in(whole, environment)
    return whole


def changed(value: Any, change: Callable[[Any], Any]) -> Any:
    """``value`` with every text in it changed; never a key."""
    if isinstance(value, dict):
        return {key: changed(item, change) for key, item in value.items()}
    if isinstance(value, list):
        return [changed(item, change) for item in value]
    return change(value)


def _fill_in(setup: Setup, environment: Mapping[str, str]) -> None:
    problems: list[Problem] = []
    change_texts(setup, lambda text, where, path: expanded(text, environment))
    for point, integration in setup.integrations():

        def change(value: Any, name: str = point.name) -> Any:
            if isinstance(value, FromSecret):
                problems.append(Problem(f"contact point {name!r}: {value.why}, which is not here"))
            elif isinstance(value, Interpolated):
                return expanded(value, environment)
            return str(value) if isinstance(value, KnownSecret) else value

        integration.values = changed(integration.values, change)
        integration.uid = str(change(integration.uid))
        if integration.quiet:
            said = expanded(integration.quiet, environment)
            if said in FLAGS:
                integration.told_resolved = False if FLAGS[said] else None
            else:
                wrong = f"contact point {point.name!r}: {QUIET} must be true or false: {said!r}"
                problems.append(Problem(wrong))
    if problems:
        raise SetupError(problems)
