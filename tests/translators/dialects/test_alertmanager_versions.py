"""Writing for an older Alertmanager leaves out what that does not know, and says so."""

from __future__ import annotations

import pytest

from alertmanager_configs.versions import Version
from tests.translators.dialects.alertmanager_cases import every, of_globals, of_integrations, said
from translators import SetupError, translate

TEXT = """\
route:
  receiver: a
  routes:
  - receiver: a
    matchers: [team="x"]
    labels: {tier: gold}
receivers:
- name: a
  labels: {owner: me}
  jira_configs: [{api_url: http://h/, project: p, issue_type: i}]
  slack_configs: [{api_url: http://h/, timeout: 5s}]
  webhook_configs: [{url: http://h/, http_config: {http_headers: {X-A: {values: [b]}}}}]
tracing: {endpoint: e}
"""


def test_what_came_later_is_left_out_and_reported() -> None:
    done = translate(TEXT, read="alertmanager", write="alertmanager", version=(0, 25, 0))
    lost = {loss.where for loss in done.report if loss.what == "dropped"}
    assert lost == {
        ("tracing",),
        ("policies", "labels"),
        ("a", "labels"),
        ("a", "jira"),
        ("a", "slack", "timeout"),
        ("a", "webhook", "http_config.http_headers"),
    }
    assert said(done.text, (0, 25, 0)) == (True, "")


@pytest.mark.parametrize("version", [(0, 25, 0), (0, 28, 0), (0, 32, 0)])
def test_what_is_written_for_a_version_is_valid_to_it(version: Version) -> None:
    for text in every(37, of_integrations(), of_globals()):
        try:
            done = translate(text, read="alertmanager", write="alertmanager", version=version)
        except SetupError:
            continue
        assert said(done.text, version) == (True, ""), text
