"""Inhibition rules are read, written and applied as Alertmanager does."""

from __future__ import annotations

from hypothesis import given

from alertmanager_configs.inhibition import InhibitRule, read_inhibit_rule, write_inhibit_rule
from alertmanager_configs.loading import load
from alertmanager_configs.problems import Problems
from alertmanager_configs.writing import dump
from tests.alertmanager_configs.random_setups import inhibit_rules


def _rule(text: str) -> InhibitRule:
    problems = Problems()
    rule = read_inhibit_rule(load(text).data, (), problems)
    assert problems.errors == []
    return rule


@given(inhibit_rules)
def test_what_is_written_is_read_back(rule: InhibitRule) -> None:
    assert _rule(dump(write_inhibit_rule(rule))) == rule


def test_an_alert_is_muted_by_a_firing_one_with_the_same_labels() -> None:
    rule = _rule(
        "source_match: {severity: critical}\ntarget_match_re: {severity: warning|info}\n"
        "equal: [cluster]\n"
    )
    warning = {"severity": "warning", "cluster": "a"}
    assert rule.mutes(warning, [{"severity": "critical", "cluster": "a"}])
    assert not rule.mutes(warning, [{"severity": "critical", "cluster": "b"}])
    assert not rule.mutes(warning, [warning])
    assert not rule.mutes({"severity": "page"}, [{"severity": "critical"}])
    assert rule.mutes({"severity": "info", "cluster": ""}, [{"severity": "critical"}])


def test_alerts_that_fit_both_sides_do_not_mute_each_other() -> None:
    rule = _rule("source_matchers: [a=b]\ntarget_matchers: [a=b]\n")
    assert not rule.mutes({"a": "b", "n": "1"}, [{"a": "b", "n": "2"}])
    rule = _rule("source_matchers: [a=b]\ntarget_matchers: [t=u]\n")
    both, source = {"a": "b", "t": "u"}, {"a": "b"}
    assert not rule.mutes(both, [both])
    assert rule.mutes(both, [source])
    assert rule.mutes({"t": "u"}, [both])
