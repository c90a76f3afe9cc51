"""What is written is what is read back: every setting of every integration, in every dialect."""

from __future__ import annotations

from collections.abc import Container
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from contactpoints.base import Integration
from contactpoints.fields import Interpolated
from contactpoints.integrations import integrations
from contactpoints.interpolation import everywhere
from contactpoints.setup import ContactPoint, Setup
from tests.translators.random_setups import families_of, one_integration, setups
from translators import read_text
from translators.dialect import all_dialects, dialect
from translators.losses import Report
from translators.notices import label_of
from translators.terraform_settings import split_text

CASES = [
    pytest.param(declared, name, id=f"{kind}-{name}")
    for kind, declared in integrations().items()
    if declared.form_of is None
    for name, each in all_dialects().items()
    if each.family in families_of(declared)
]
QUICK = settings(max_examples=12, deadline=None, suppress_health_check=list(HealthCheck))


def shown(integration: Integration, lost: Container[str] = ()) -> dict[str, Any]:
    """An integration as it can be compared: without what says nothing and what was reported.

    A text that was taken for a variable shows as one.
    """
    values = everywhere(
        integration.effective(),
        lambda text: f"variable {text}" if isinstance(text, Interpolated) else text,
    )
    for name, field in integration.fields.items():
        says_nothing = (field.default(integration.family), *SILENCE[integration.family])
        key = field.spelling(integration.family).name
        if name in values and (key in lost or values[name] in says_nothing):
            del values[name]
        elif name in values and field.terraform.form == "list":
            values[name] = split_text(values[name])
    return {"type": integration.type, "values": values, "send_resolved": integration.send_resolved}


SILENCE = {"grafana": ("",), "alertmanager": ()}
"""Values that mean "left out" in a family."""


def there_and_back(setup: Setup, name: str) -> tuple[Setup, Report]:
    """The setup, written and read, and what got lost."""
    setup.dialect = ""
    report = Report()
    text = dialect(name).write(setup, report).text
    return read_text(text, read=name).setup, report


def lost_of(report: Report) -> dict[tuple[str, ...], set[str]]:
    """The settings that a report names, by contact point and integration; "" is all of it."""
    found: dict[tuple[str, ...], set[str]] = {}
    for loss in report:
        if loss.is_of_contact_point and loss.what in ("dropped", "changed"):
            setting = loss.where[2] if len(loss.where) > 2 else ""
            found.setdefault(loss.where[:2], set()).add(setting.partition(".")[0])
    return found


@pytest.mark.parametrize(("declared", "name"), CASES)
def test_every_setting_comes_back(declared: type[Integration], name: str) -> None:
    family = dialect(name).family

    @QUICK
    @given(one_integration(declared, family))
    def comes_back(integration: Integration) -> None:
        setup = Setup(family, contact_points=[ContactPoint("one", [integration])])
        again, report = there_and_back(setup, name)
        lost = lost_of(report).get(("one", integration.type), set())
        if "" in lost:
            return
        (point,) = again.contact_points
        assert [shown(each, lost) for each in point.integrations] == [shown(integration, lost)]

    comes_back()


def kept_integrations(
    point: ContactPoint, losses: dict[tuple[str, ...], set[str]]
) -> list[tuple[set[str], Integration]]:
    """The integrations that were not lost as a whole, with the settings that were."""
    found = []
    for index, integration in enumerate(point.integrations):
        lost = losses.get((point.name, label_of(point, index)), set())
        if "" not in lost:
            found.append((lost, integration))
    return found


@pytest.mark.parametrize("name", list(all_dialects()))
def test_a_whole_setup_comes_back(name: str) -> None:
    family = dialect(name).family

    @QUICK
    @given(setups(family), st.none())
    def comes_back(setup: Setup, _: None) -> None:
        again, report = there_and_back(setup, name)
        losses = lost_of(report)
        mine = [(point.name, kept_integrations(point, losses)) for point in setup.contact_points]
        for (wanted, kept), point in zip(mine, again.contact_points, strict=False):
            assert point.name == wanted
            if kept:
                after = [each for _, each in kept_integrations(point, {})]
                assert [shown(each, lost) for each, (lost, _) in zip(after, kept, strict=True)] == [
                    shown(each, lost) for lost, each in kept
                ]
        assert again.policy is not None
        assert again.policy.receiver == setup.policy.receiver  # type: ignore[union-attr]

    comes_back()
