"""A real Alertmanager posts to the service, and a sink receives exactly what it should."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.contactpoints.alertmanager import Alertmanager
from tests.contactpoints.process import Process
from tests.contactpoints.sinks import Answer, Sink

CONFIG = """\
global:
  resolve_timeout: 1m
route:
  receiver: ops
  group_by: [alertname]
  group_wait: 100ms
  group_interval: 500ms
  repeat_interval: 1h
  routes:
    - receiver: we.ird name+1
      matchers: [team="odd"]
receivers:
  - name: ops
    webhook_configs:
      - url: {url}/webhook
  - name: we.ird name+1
    webhook_configs:
      - url: {url}/webhook
"""

OURS = """\
receivers:
  - name: ops
    webhook_configs:
      - url: {sink}/ops
    slack_configs:
      - api_url: {sink}/slack
        channel: "#ops"
        send_resolved: true
        title: '{{{{ .Status | toUpper }}}} {{{{ .CommonLabels.alertname }}}}'
        text: >-
          {{{{- range .Alerts }}}}{{{{ .Labels.instance }}}}:
          {{{{ .Annotations.summary }}}};{{{{ end }}}}
  - name: we.ird name+1
    webhook_configs:
      - url: {sink}/weird
        send_resolved: false
route:
  receiver: ops
"""


@pytest.fixture
def service(tmp_path: Path, sink: Sink) -> Iterator[Process]:
    process = Process(tmp_path / "run", OURS.format(sink=sink.url), DUPLICATES_WINDOW=60)
    yield process.start().ready()
    process.kill()


@pytest.fixture
def alertmanager(tmp_path: Path, service: Process) -> Iterator[Alertmanager]:
    running = Alertmanager(tmp_path, CONFIG.format(url=service.url))
    yield running
    running.close()


def until(condition: Callable[[], bool], seconds: float = 20.0) -> None:
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.05)


def test_what_alertmanager_says_arrives_in_each_integrations_form(
    alertmanager: Alertmanager, service: Process, sink: Sink
) -> None:
    alertmanager.alert(alertname="Disk", instance="a")
    got = {item.path: item for item in sink.wait(2)}
    plain, slack = got["/ops"].json, got["/slack"].json
    assert plain["receiver"] == "ops"
    assert plain["groupKey"] == '{}:{alertname="Disk"}'
    assert plain["externalURL"] == "http://am.example/prefix"
    assert plain["alerts"][0]["annotations"] == {"summary": "Disk <&> \u2028 🚨"}
    assert slack["channel"] == "#ops"
    (attachment,) = slack["attachments"]
    assert attachment["title"] == "FIRING Disk"
    assert attachment["text"] == "a: Disk <&> \u2028 🚨;"

    alertmanager.alert(alertname="Disk", instance="a", ended=True)
    later = {item.path: item.json for item in sink.wait(4)[2:]}
    assert later["/ops"]["status"] == "resolved"
    assert later["/slack"]["attachments"][0]["title"] == "RESOLVED Disk"
    assert len(service.wait("delivered", 4)) == 4


def test_a_receiver_with_regexp_characters_is_found(
    alertmanager: Alertmanager, service: Process, sink: Sink
) -> None:
    """It does not tell of resolved alerts: that delivery is skipped."""
    alertmanager.alert(alertname="Odd", team="odd")
    (got,) = sink.wait(1)
    assert (got.path, got.json["receiver"]) == ("/weird", "we\\.ird name\\+1")
    alertmanager.alert(alertname="Odd", team="odd", ended=True)
    assert service.wait("skipped", 1)[0]["contact_point"] == "we.ird name+1"
    assert len(sink.received) == 1


def test_nothing_is_lost_when_the_service_is_killed_and_the_target_is_down(
    alertmanager: Alertmanager, service: Process, sink: Sink
) -> None:
    """Alertmanager goes on posting while the service is away, and is answered when it is back."""
    sink.answer = Answer(503)
    for number in range(5):
        alertmanager.alert(alertname=f"A{number}", instance="x")
    until(lambda: len(service.deliveries()) == 10)
    service.kill()
    for number in range(5, 8):
        alertmanager.alert(alertname=f"A{number}", instance="x")
    time.sleep(1)
    sink.answer = Answer()
    before = len(sink.received)
    service.start().ready()
    service.wait("delivered", 16, 40)
    arrived = [
        item.json["commonLabels"]["alertname"]
        for item in sink.received[before:]
        if item.path == "/ops"
    ]
    assert sorted(arrived) == [f"A{number}" for number in range(8)]
