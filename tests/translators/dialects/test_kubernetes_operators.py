"""Several objects are one tree, as the operators make it: siblings under a root that tells nobody,
each for the alerts of its own namespace.
"""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from alertmanager_configs.places import line_starts
from alertmanager_configs.problems import SetupError
from alertmanager_configs.routes import Route
from translators import read_setup, read_text, translate
from translators.differing import differences
from translators.kubernetes import objects
from translators.kubernetes.names import VERSIONS
from translators.options import KUBERNETES_VERSIONS

OBJECT = """\
apiVersion: monitoring.coreos.com/{version}
kind: AlertmanagerConfig
metadata: {{name: {name}, namespace: {namespace}}}
spec:
  route:
    receiver: ops
    matchers: [{{name: team, value: {name}, matchType: "="}}]
    muteTimeIntervals: [nights]
    routes:
    - matchers: [{{name: severity, value: low, matchType: "="}}]
  receivers:
  - name: ops
    webhookConfigs: [{{urlSecret: {{name: hooks, key: {name}}}}}]
  inhibitRules:
  - sourceMatch: [{{name: namespace, value: {namespace}, matchType: "="}}]
    targetMatch: [{{name: severity, value: low, matchType: "="}}]
  {intervals}:
  - name: nights
    timeIntervals: [{{weekdays: [saturday]}}]
"""
SECRET = """\
apiVersion: v1
kind: Secret
metadata: {name: hooks, namespace: shop}
stringData: {web: http://localhost/web}
"""
VICTORIA = """\
apiVersion: operator.victoriametrics.com/v1beta1
kind: VMAlertmanagerConfig
metadata: {name: db, namespace: data}
spec:
  route: {receiver: ops}
  receivers: [{name: ops}]
"""


def an_object(name: str, namespace: str, version: str = "v1alpha1") -> str:
    intervals = "muteTimeIntervals" if version == "v1alpha1" else "timeIntervals"
    return OBJECT.format(name=name, namespace=namespace, version=version, intervals=intervals)


TWO = f"{an_object('web', 'shop')}---\n{an_object('api', 'shop', 'v1beta1')}---\n{SECRET}"


def routes_of(text: str) -> list[Route]:
    policy = read_text(text).setup.policy
    assert policy is not None
    assert (policy.receiver, policy.matchers) == ("null", [])
    return policy.routes


def test_objects_are_siblings_in_the_order_of_their_names() -> None:
    api, web = routes_of(TWO)
    assert (api.receiver, web.receiver) == ("shop/api/ops", "shop/web/ops")
    assert api.continue_
    assert web.continue_
    assert web.mute_time_intervals == ["shop/web/nights"]
    assert web.routes[0].receiver == ""


def test_an_object_sees_the_alerts_of_its_namespace_only() -> None:
    api, _ = routes_of(TWO)
    assert list(map(str, api.matchers)) == ['team="api"', 'namespace="shop"']
    assert not api.routes[0].all_matchers[1:]
    (rule, _) = read_text(TWO).setup.inhibitions
    assert list(map(str, rule.source_matchers)) == ['namespace="shop"']
    assert list(map(str, rule.target_matchers)) == ['severity="low"', 'namespace="shop"']


def test_the_other_operator_has_a_prefix_of_its_own() -> None:
    victoria, *_ = routes_of(f"{TWO}---\n{VICTORIA}")
    assert victoria.receiver == "data-db-ops"
    assert list(map(str, victoria.matchers)) == ['namespace="data"']


def test_what_was_added_is_not_written_again() -> None:
    again = translate(TWO, write="kubernetes").text
    assert list(yaml.safe_load_all(again)) == list(yaml.safe_load_all(TWO))


def test_what_was_added_is_said() -> None:
    said = str(translate(TWO, write="alertmanager").report)
    assert 'namespace="shop" is added to the top route' in said
    assert "shop/web/ before the names" in said


def test_a_namespace_that_no_object_says_is_not_made_up() -> None:
    text = TWO.replace(", namespace: shop}", "}")
    api, web = routes_of(text)
    assert (api.receiver, web.receiver) == ("api/ops", "web/ops")
    assert list(map(str, api.matchers)) == ['team="api"']
    assert "which it does not say" in str(translate(text, write="alertmanager").report)


def test_one_name_for_two_objects_is_refused() -> None:
    with pytest.raises(SetupError, match="there is a AlertmanagerConfig shop/web already"):
        translate(f"{an_object('web', 'shop')}---\n{an_object('web', 'shop')}", write="mimir")


def test_the_service_runs_on_objects_in_several_files_and_their_secrets(tmp_path: Path) -> None:
    secret = f"{SECRET.rstrip()[:-1]}, api: http://localhost/api}}\n"
    paths = []
    for name, text in {
        "web.yaml": an_object("web", "shop"),
        "api.yaml": an_object("api", "shop"),
        "secret.yaml": secret,
    }.items():
        paths.append(tmp_path / name)
        paths[-1].write_text(text)
    setup = read_setup(paths)
    assert [point.name for point in setup.contact_points] == [
        "shop/api/ops",
        "shop/web/ops",
        "null",
    ]
    values = [dict(integration.values) for _, integration in setup.integrations()]
    assert values == [{"url": "http://localhost/api"}, {"url": "http://localhost/web"}]


def test_a_thousand_objects_have_their_lines_counted_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """A report on many objects takes a time that grows with their number, not its square."""
    counted = []

    def counting(text: str) -> object:
        counted.append(len(text))
        return line_starts(text)

    monkeypatch.setattr(objects, "line_starts", counting)
    text = "---\n".join(an_object(f"team{number}", "shop") for number in range(30))
    report = list(translate(text, write="alertmanager").report)
    assert {loss.line for loss in report} > {3, 1 + text[: text.rindex("metadata")].count("\n")}
    assert counted == [len(text)]


def test_objects_stay_of_their_version_unless_another_is_asked_for() -> None:
    text = TWO.replace("  inhibitRules:", "  unknown: 1\n  inhibitRules:", 1)
    versions = {"v1alpha1": "muteTimeIntervals", "v1beta1": "timeIntervals"}
    for version, intervals in versions.items():
        said = translate(text, write="kubernetes", kubernetes_version=version)
        assert not said.report.is_lossy
        web, api, _ = yaml.safe_load_all(said.text)
        assert web["apiVersion"] == api["apiVersion"] == f"monitoring.coreos.com/{version}"
        assert web["spec"][intervals] == api["spec"][intervals]
        assert web["spec"]["unknown"] == 1
        assert not differences(read_text(text).setup, read_text(said.text).setup)


def test_the_versions_are_those_of_the_command() -> None:
    assert list(VERSIONS) == list(KUBERNETES_VERSIONS)


@pytest.mark.parametrize(("asked", "version"), [("", "v1alpha1"), ("v1beta1", "v1beta1")])
def test_new_objects_are_of_the_version_that_is_asked_for(asked: str, version: str) -> None:
    text = "route: {receiver: a}\nreceivers: [{name: a}]\ntime_intervals: [{name: b}]\n"
    said = translate(text, write="kubernetes", kubernetes_version=asked).text
    assert yaml.safe_load(said)["apiVersion"] == f"monitoring.coreos.com/{version}"
    assert ("muteTimeIntervals" in said) == (version == "v1alpha1")
    victoria = translate(text, write="victoriametrics", kubernetes_version=asked).text
    assert yaml.safe_load(victoria)["apiVersion"] == "operator.victoriametrics.com/v1beta1"


def test_what_the_other_version_does_not_have_is_reported() -> None:
    text = an_object("web", "shop").replace(
        "webhookConfigs: [{urlSecret: {name: hooks, key: web}}]",
        "opsgenieConfigs: [{apiKey: {name: hooks, key: web}, updateAlerts: true}]",
    )
    said = translate(text, write="kubernetes", kubernetes_version="v1beta1")
    assert "update_alerts" in str(said.report)
    assert said.report.is_lossy


def test_times_without_an_end_say_nothing_to_victoriametrics_operator() -> None:
    text = VICTORIA + (
        "  time_intervals:\n  - name: a\n    time_intervals:\n"
        "    - {times: [{start_time: '', end_time: ''}], weekdays: [monday]}\n"
    )
    (timing,) = read_text(text).setup.mute_timings
    assert [(each.times, each.weekdays) for each in timing.time_intervals] == [(None, ["monday"])]
