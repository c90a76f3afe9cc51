"""How fast YAML is read and written, against PyYAML in C, and how the time grows.

``python -m tests.benchmarks.yaml_files``
"""

from __future__ import annotations

import time
from collections.abc import Callable

import yaml

from alertmanager_configs.loading import load
from alertmanager_configs.writing import dump


def _document(receivers: int) -> str:
    """A configuration of some 500 bytes a receiver."""
    lines = ["route:", "  receiver: team-0", "  routes:"]
    for number in range(receivers):
        lines += [
            f"  - receiver: team-{number}",
            f"    matchers: ['team=\"team-{number}\"', 'severity=~\"critical|warning\"']",
            "    group_wait: 30s",
        ]
    lines.append("receivers:")
    for number in range(receivers):
        lines += [
            f"- name: team-{number}",
            "  slack_configs:",
            f"  - channel: '#team-{number}'",
            "    send_resolved: true",
            "    text: |-",
            "      {{ range .Alerts }}*{{ .Labels.alertname }}*",
            "      {{ end }}",
            "  pagerduty_configs:",
            f"  - routing_key: 0123456789abcdef0123456789ab{number:04d}",
            "    description: '{{ .CommonLabels.alertname }} of the team'",
        ]
    return "\n".join(lines) + "\n"


def _seconds(work: Callable[[], object], runs: int = 3) -> float:
    best = float("inf")
    for _ in range(runs):
        start = time.process_time()
        work()
        best = min(best, time.process_time() - start)
    return best


def main() -> None:
    text = _document(3000)
    data = load(text).data
    plain = yaml.load(text, Loader=yaml.CBaseLoader)
    loading = _seconds(lambda: yaml.load(text, Loader=yaml.CBaseLoader))
    dumping = _seconds(lambda: yaml.dump(plain, Dumper=yaml.CSafeDumper))
    print(f"a configuration of {len(text) / 1e6:.1f} MB, CPU time against PyYAML's C classes")
    print(f"load / CBaseLoader: {_seconds(lambda: load(text)) / loading:.2f}")
    print(f"dump / CSafeDumper: {_seconds(lambda: dump(data)) / dumping:.2f}")
    large = _document(12000)
    more = load(large).data
    print(f"load, 4x the size: {_seconds(lambda: load(large)) / _seconds(lambda: load(text)):.2f}x")
    print(f"dump, 4x the size: {_seconds(lambda: dump(more)) / _seconds(lambda: dump(data)):.2f}x")


if __name__ == "__main__":
    main()
