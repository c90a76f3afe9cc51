"""How long a translation takes, beside what others need for less: amtool only to check the same
file, PyYAML's C loader and dumper only for the YAML of it.

The input is an alertmanager.yml with a slack and a pagerduty integration in every receiver and a
route to each. One run prints, for 5,000 receivers (2.6 MB), the ratio of the whole command to
``amtool check-config`` of the same file (the program that ``AMTOOL`` names, the one in
``.cache/peers``, or the one on PATH), as people wait for it and as processor time, then the ratio
to PyYAML, and how time and memory grow to 20,000 receivers.
``python -m tests.benchmarks.translating``
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
from operator import itemgetter
from pathlib import Path
from typing import NamedTuple

import yaml

from translators import translate

RECEIVERS = 5_000
GROWTH = 4
RUNS = 3
PAIRS = 7  # of processes, one after the other: a drift of the machine's speed meets both
PEER = Path(__file__).parents[2] / ".cache/peers/amtool"

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


def seconds(work: Callable[[], object]) -> float:
    """The processor time of one run in this process."""
    start = time.process_time()
    work()
    return time.process_time() - start


class Used(NamedTuple):
    """What a whole process used: seconds on the clock and of processors, megabytes at most."""

    wall: float
    cpu: float
    memory: float


def process(command: list[str]) -> Used:
    """Run a program; its output is thrown away."""
    start = time.perf_counter()
    child = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    _, status, used = os.wait4(child.pid, 0)
    if status:
        raise SystemExit(f"{command[0]} failed")
    wall = time.perf_counter() - start
    return Used(wall, used.ru_utime + used.ru_stime, used.ru_maxrss / 1024)


def translating(file: Path) -> list[str]:
    """The command that translates a file, as people call it."""
    start = "from app import main; main()"
    options = ["--to", "grafana-file", "-o", f"{file}.grafana.yaml"]
    return [sys.executable, "-c", start, "translate", str(file), *options]


def amtool() -> str | None:
    """The amtool to compare with, if there is one."""
    named = os.environ.get("AMTOOL")
    return named or (str(PEER) if PEER.exists() else shutil.which("amtool"))


def machine() -> str:
    """What the figures were measured on."""
    info = Path("/proc/cpuinfo")
    lines = info.read_text().splitlines() if info.exists() else []
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    name = names[0] if names else platform.machine()
    busy = f"load {os.getloadavg()[0]:.1f}"
    return f"{name}, {os.cpu_count()} cores, {busy}; Python {platform.python_version()}"


def against_amtool(folder: Path, program: str) -> None:
    """Whole processes in turn: the translation, and amtool's check of the same file."""
    file = folder / "alertmanager.yml"
    file.write_text(configuration(RECEIVERS), encoding="utf-8")
    check = [program, "check-config", str(file)]
    pairs = [(process(translating(file)), process(check)) for _ in range(PAIRS)]
    version = subprocess.run([program, "--version"], capture_output=True, text=True, check=True)
    print(f"against {version.stdout.split(',')[0]} check-config, {PAIRS} pairs of processes:")
    for name, use in (("wall clock", itemgetter(0)), ("processor", itemgetter(1))):
        ours, theirs = ([use(each) for each in side] for side in zip(*pairs, strict=True))
        ratio = statistics.median(a / b for a, b in zip(ours, theirs, strict=True))
        print(
            f"  {name}: translate {statistics.median(ours):.2f} s, least {min(ours):.2f} s; "
            f"amtool {statistics.median(theirs):.2f} s, least {min(theirs):.2f} s"
        )
        print(
            f"  ratio: {ratio:.2f}, of the least {min(ours) / min(theirs):.2f} "
            "(wanted: at most 3, better 1.5)"
        )


def against_pyyaml() -> None:
    """Within one process, so without its start: the translation, and PyYAML on the same texts."""
    text = configuration(RECEIVERS)
    written = translate(text, read="alertmanager", write="grafana-file").text
    document = yaml.load(written, Loader=yaml.CSafeLoader)
    ours, theirs = [], []
    for _ in range(RUNS):  # in turn, so that a drift of the machine's speed meets both
        ours.append(seconds(lambda: translate(text, read="alertmanager", write="grafana-file")))
        load = seconds(lambda: yaml.load(text, Loader=yaml.CSafeLoader))
        dump = seconds(lambda: yaml.dump(document, Dumper=yaml.CSafeDumper, sort_keys=False))
        theirs.append(load + dump)
    ratio = statistics.median(a / b for a, b in zip(ours, theirs, strict=True))
    print(
        f"PyYAML's C loader and dumper: {statistics.median(theirs):.2f} s; "
        f"translate {statistics.median(ours):.2f} s"
    )
    print(f"  ratio: {ratio:.2f} (wanted: at most 2)")


def growth(folder: Path) -> None:
    """Time and memory of whole processes, from RECEIVERS to GROWTH times as many."""
    files = []
    for receivers in (RECEIVERS, RECEIVERS * GROWTH):
        files.append(folder / f"alertmanager-{receivers}.yml")
        files[-1].write_text(configuration(receivers), encoding="utf-8")
    runs = [[process(translating(file)) for file in files] for _ in range(RUNS)]
    small, large = (Used(*map(min, zip(*side, strict=True))) for side in zip(*runs, strict=True))
    print(f"{GROWTH} times the receivers, least of {RUNS} runs (wanted: at most 4.4 times each):")
    print(f"  processor: {large.cpu / small.cpu:.2f} times ({small.cpu:.2f} to {large.cpu:.2f} s)")
    print(f"  wall clock: {large.wall / small.wall:.2f} times")
    print(
        f"  memory: {large.memory / small.memory:.2f} times "
        f"({small.memory:.0f} to {large.memory:.0f} MB)"
    )


def main() -> None:
    print(machine())
    print(f"{RECEIVERS} receivers, {len(configuration(RECEIVERS)) / 1e6:.1f} MB")
    with tempfile.TemporaryDirectory() as name:
        if program := amtool():
            against_amtool(Path(name), program)
        growth(Path(name))  # before this process grows: Linux counts its size for its children
        against_pyyaml()


if __name__ == "__main__":
    main()
