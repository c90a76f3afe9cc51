"""How long a translation takes, against PyYAML's C loader and dumper doing only the YAML of it.

The input is an alertmanager.yml with a slack and a pagerduty integration in every receiver and a
route to each. One run prints the ratio for 5,000 receivers (2.6 MB) and how time grows to 20,000.
``python -m tests.benchmarks.translating``
"""

from __future__ import annotations

import platform
import statistics
import time
from collections.abc import Callable

import yaml

from translators import translate

RECEIVERS = 5_000
GROWTH = 4
RUNS = 3

HEAD = """\
global:
  resolve_timeout: 5m
  slack_api_url: https://hooks.slack.com/services/T/B/X
route:
  receiver: team-0
  group_by: [alertname, cluster]
  routes:
"""
ROUTE = """\
  - receiver: team-{n}
    matchers: ['team="team-{n}"', 'severity=~"critical|warning"']
    group_wait: 30s
    continue: false
"""
RECEIVER = """\
- name: team-{n}
  slack_configs:
  - channel: '#team-{n}'
    send_resolved: true
    title: '{{{{ template "slack.title" . }}}}'
    text: |-
      {{{{ range .Alerts }}}}*{{{{ .Labels.alertname }}}}* {{{{ .Annotations.summary }}}}
      {{{{ end }}}}
  pagerduty_configs:
  - routing_key: 0123456789abcdef0123456789ab{n:05d}
    description: '{{{{ .CommonLabels.alertname }}}} of the team'
    severity: critical
"""


def configuration(receivers: int) -> str:
    """An alertmanager.yml with that many receivers and routes."""
    routes = "".join(ROUTE.format(n=n) for n in range(receivers))
    return HEAD + routes + "receivers:\n" + "".join(RECEIVER.format(n=n) for n in range(receivers))


def seconds(work: Callable[[], object], runs: int = RUNS) -> float:
    """The median time of a few runs."""
    times = []
    for _ in range(runs):
        start = time.perf_counter()
        work()
        times.append(time.perf_counter() - start)
    return statistics.median(times)


def main() -> None:
    text = configuration(RECEIVERS)
    written = translate(text, read="alertmanager", write="grafana-file").text
    document = yaml.load(written, Loader=yaml.CSafeLoader)
    ours, theirs = [], []
    for _ in range(RUNS):  # in turn, so that a drift of the machine's speed meets both
        ours.append(seconds(lambda: translate(text, read="alertmanager", write="grafana-file"), 1))
        load = seconds(lambda: yaml.load(text, Loader=yaml.CSafeLoader), 1)
        dump = seconds(lambda: yaml.dump(document, Dumper=yaml.CSafeDumper, sort_keys=False), 1)
        theirs.append(load + dump)
    whole = statistics.median(ours)
    print(f"{platform.machine()}, Python {platform.python_version()}, {platform.platform()}")
    print(f"translate {len(text) / 1e6:.1f} MB, {RECEIVERS} receivers: {whole:.2f} s")
    print(f"PyYAML C loader + dumper of the same texts: {statistics.median(theirs):.2f} s")
    ratio = statistics.median(a / b for a, b in zip(ours, theirs, strict=True))
    print(f"ratio translate / PyYAML: {ratio:.2f} (wanted: at most 2)")
    large = configuration(RECEIVERS * GROWTH)
    grown = seconds(lambda: translate(large, read="alertmanager", write="grafana-file"), 1)
    print(f"growth {GROWTH}x in receivers: {grown / whole:.2f}x in time")


if __name__ == "__main__":
    main()
