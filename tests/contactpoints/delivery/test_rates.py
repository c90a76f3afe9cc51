"""Rate limits are those of the vendors' own hosts, unless the operator says otherwise."""

from __future__ import annotations

import pytest

from contactpoints.delivery.rates import rate_of, read_rates
from contactpoints.integrations.slack import Slack
from contactpoints.storage.pacing import Rate
from tests.contactpoints.service import webhook


def test_a_vendors_host_has_the_vendors_limit() -> None:
    assert rate_of(webhook("https://hooks.slack.com/services/x"), {}) == Rate(1, 5)
    assert rate_of(webhook("http://127.0.0.1/hooks.slack.com"), {}) is None
    assert rate_of(webhook("https://hooks.slack.com/{{ .x }}"), {"webhook": Rate(0)}) is None
    assert rate_of(webhook("http://127.0.0.1/"), {"webhook": Rate(3)}) == Rate(3)


def test_a_slack_of_ones_own_has_no_limit_and_one_with_a_token_has_slacks() -> None:
    """The address that is not used, Slack's API, does not count."""
    own = Slack({"url": "http://127.0.0.1/services/x"}, family="alertmanager")
    api = Slack({"token": "xoxb-1", "recipient": "#ops"}, family="grafana")
    assert (rate_of(own, {}), rate_of(api, {})) == (None, Rate(1, 5))


def test_rates_are_read() -> None:
    assert read_rates(["slack=2", "telegram=0.5/10", "webex=0"]) == {
        "slack": Rate(2),
        "telegram": Rate(0.5, 10),
        "webex": Rate(0),
    }


@pytest.mark.parametrize(
    "word", ["slack", "slack=", "slack=x", "=1", "slack=-1", "slack=1/0", "s=1/x"]
)
def test_a_rate_that_cannot_be_is_told(word: str) -> None:
    with pytest.raises(ValueError, match="TYPE=PER_SECOND"):
        read_rates([word])
