"""How long a translation takes, against PyYAML's C loader and dumper doing only the YAML of it.

The input is an alertmanager.yml with a slack and a pagerduty integration in every receiver and a
route to each. One run prints the ratio for 5,000 receivers (2.6 MB), the ratio of the whole command
to ``amtool check-config`` of the same file (the program that ``AMTOOL`` names, or the one on PATH),
and how time and memory grow to 20,000 receivers. ``python -m tests.benchmarks.translating``
"""

from __future__ import annotations

import os
import platform
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

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


def process(command: list[str]) -> tuple[float, float]:
    """Seconds and megabytes (at most) of a whole process; its output is thrown away."""
    start = time.perf_counter()
    child = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    _, status, used = os.wait4(child.pid, 0)
    if status:
        raise SystemExit(f"{command[0]} failed")
    return time.perf_counter() - start, used.ru_maxrss / 1024


def translating(file: Path) -> list[str]:
    """The command that translates a file, as people call it."""
    start = "from app import main; main()"
    options = ["--to", "grafana-file", "-o", f"{file}.grafana.yaml"]
    return [sys.executable, "-c", start, "translate", str(file), *options]


def against_amtool(folder: Path, program: str) -> None:
    """Whole processes in turn: the translation, and amtool's check of the same file."""
    file = folder / "alertmanager.yml"
    file.write_text(configuration(RECEIVERS), encoding="utf-8")
    pairs = [
        (process(translating(file))[0], process([program, "check-config", str(file)])[0])
        for _ in range(RUNS)
    ]
    ours, theirs = (statistics.median(times) for times in zip(*pairs, strict=True))
    ratio = statistics.median(a / b for a, b in pairs)
    print(f"whole process: translate {ours:.2f} s, {program} check-config {theirs:.2f} s")
    print(f"ratio translate / amtool: {ratio:.2f} (wanted: at most 3, better 1.5)")


def growth(folder: Path) -> None:
    """Time and memory of whole processes, from RECEIVERS to GROWTH times as many."""
    used = []
    for receivers in (RECEIVERS, RECEIVERS * GROWTH):
        file = folder / f"alertmanager-{receivers}.yml"
        file.write_text(configuration(receivers), encoding="utf-8")
        used.append(min(process(translating(file)) for _ in range(RUNS)))
    (small, less), (large, more) = used
    print(f"growth {GROWTH}x in receivers: {large / small:.2f}x in time ({large:.2f} s)")
    print(f"growth {GROWTH}x in receivers: {more / less:.2f}x in memory ({more:.0f} MB)")
    print("wanted: both at most 4.4x")


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
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        if program := os.environ.get("AMTOOL") or shutil.which("amtool"):
            against_amtool(folder, program)
        growth(folder)


if __name__ == "__main__":
    main()
