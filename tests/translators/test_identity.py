"""What is written is what is read back: every setting of every integration, in every dialect."""

from __future__ import annotations

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

CASES = [
    pytest.param(declared, name, id=f"{kind}-{name}")
    for kind, declared in integrations().items()
    if declared.form_of is None
    for name, each in all_dialects().items()
    if each.family in families_of(declared)
]
QUICK = settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))


def shown(integration: Integration) -> dict[str, Any]:
    """An integration as it can be compared; a text that was taken for a variable shows as one."""
    return {
        "type": integration.type,
        "values": everywhere(
            integration.effective(),
            lambda text: f"variable {text}" if isinstance(text, Interpolated) else text,
        ),
        "send_resolved": integration.send_resolved,
    }


def there_and_back(setup: Setup, name: str) -> Setup:
    """The setup, written and read."""
    setup.dialect = ""
    text = dialect(name).write(setup, Report()).text
    return read_text(text, read=name).setup


@pytest.mark.parametrize(("declared", "name"), CASES)
def test_every_setting_comes_back(declared: type[Integration], name: str) -> None:
    family = dialect(name).family

    @QUICK
    @given(one_integration(declared, family))
    def comes_back(integration: Integration) -> None:
        setup = Setup(family, contact_points=[ContactPoint("one", [integration])])
        (point,) = there_and_back(setup, name).contact_points
        assert [shown(each) for each in point.integrations] == [shown(integration)]

    comes_back()


@pytest.mark.parametrize("name", list(all_dialects()))
def test_a_whole_setup_comes_back(name: str) -> None:
    family = dialect(name).family

    @QUICK
    @given(setups(family), st.none())
    def comes_back(setup: Setup, _: None) -> None:
        again = there_and_back(setup, name)
        mine = [(point.name, point.integrations) for point in setup.contact_points]
        for (wanted, integrations_), point in zip(mine, again.contact_points, strict=False):
            assert point.name == wanted
            assert [shown(each) for each in point.integrations] == [
                shown(each) for each in integrations_
            ]
        assert again.policy is not None
        assert again.policy.receiver == setup.policy.receiver  # type: ignore[union-attr]

    comes_back()
