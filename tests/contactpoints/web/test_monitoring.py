"""The alerting rules and the dashboard of the examples, with Prometheus and what /metrics says."""

from __future__ import annotations

import json
import re
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import requests

from tests.conftest import require_peer
from tests.contactpoints.posts import numbered
from tests.contactpoints.process import Process, free_port, webhook_config
from tests.contactpoints.sinks import Answer, Sink

ROOT = Path(__file__).parents[3]
EXAMPLES = ROOT / "alertmanager_configs" / "examples" / "monitoring"
RULES = EXAMPLES / "contactpoints.rules.yml"
CASES = ROOT / "tests" / "alertmanager_configs" / "monitoring" / "rules_test.yml"

PROMETHEUS = """\
global: {{scrape_interval: 1s, evaluation_interval: 1s}}
rule_files: [{rules}]
scrape_configs:
  - job_name: contactpoints
    static_configs: [{{targets: ["127.0.0.1:{port}"]}}]
"""


def test_every_alert_fires_when_it_should_and_only_then(tmp_path: Path) -> None:
    promtool = require_peer("promtool", "prometheus")
    cases = tmp_path / "cases.yml"
    cases.write_text(CASES.read_text().replace("RULES", str(RULES)))
    done = subprocess.run([promtool, "test", "rules", cases], capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr


def test_every_alert_has_a_case() -> None:
    alerts = set(re.findall(r"- alert: (\w+)", RULES.read_text()))
    assert set(re.findall(r"alertname: (\w+)", CASES.read_text())) == alerts


class Prometheus:
    """Debian's, scraping one port every second, with the rules of the examples."""

    def __init__(self, folder: Path, port: int) -> None:
        program = require_peer("prometheus", "prometheus")
        self.url = f"http://127.0.0.1:{free_port()}"
        config = folder / "prometheus.yml"
        config.write_text(PROMETHEUS.format(rules=RULES, port=port))
        with (folder / "prometheus.log").open("wb") as log:
            self.process = subprocess.Popen(
                [
                    program,
                    f"--config.file={config}",
                    f"--storage.tsdb.path={folder / 'tsdb'}",
                    f"--web.listen-address={self.url.removeprefix('http://')}",
                ],
                stdout=log,
                stderr=log,
            )

    def ask(self, path: str, **query: str) -> Any:
        try:
            answer = requests.get(f"{self.url}/api/v1/{path}", query, timeout=5).json()
        except (requests.ConnectionError, ValueError):  # it is starting
            return {}
        assert answer["status"] == "success", answer
        return answer["data"]

    def query(self, text: str) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self.ask("query", query=text).get("result", [])
        return found


@pytest.fixture
def process(tmp_path: Path, sink: Sink) -> Iterator[Process]:
    config = webhook_config(ops=sink.url + "/ops", bad=sink.url + "/bad", down="http://127.0.0.1:9")
    made = Process(tmp_path / "run", config, PUBLIC_METRICS="yes").start().ready()
    yield made
    made.kill()


@pytest.fixture
def prometheus(tmp_path: Path, process: Process) -> Iterator[Prometheus]:
    made = Prometheus(tmp_path, process.port)
    yield made
    made.process.kill()
    made.process.wait()


def queries() -> list[str]:
    """Every query of the dashboard, as its panels ask when all jobs are chosen."""
    panels = json.loads((EXAMPLES / "dashboard.json").read_text())["panels"]
    found = [target["expr"] for panel in panels for target in panel["targets"]]
    assert len(found) > 12
    times = {"$__rate_interval": "1m", "$__range": "1m", "$job": ".*"}
    return [re.sub(r"\$\w+", lambda name: times[name[0]], text) for text in found]


def test_prometheus_understands_the_rules_and_has_data_for_every_panel(
    process: Process, prometheus: Prometheus, sink: Sink
) -> None:
    """And every metric and label that a rule names is one that the service shows."""
    sink.answer = lambda got: Answer(404 if got.path == "/bad" else 200)

    def some() -> None:
        for number, name in enumerate(("ops", "bad", "down")):
            assert process.post(numbered(number), f"/webhook/{name}").status_code == 202
        assert process.post(b"{", "/webhook/ops").status_code == 400

    some()
    end = time.monotonic() + 40
    while not prometheus.query('contactpoints_deliveries_total{state="delivered"}'):
        assert time.monotonic() < end
        time.sleep(0.2)
    missing = queries()
    while missing:
        some()
        time.sleep(1)
        missing = [text for text in missing if not prometheus.query(text)]
        assert time.monotonic() < end, missing
    groups = prometheus.ask("rules")["groups"]
    rules = [rule for group in groups for rule in group["rules"]]
    assert [rule for rule in rules if rule["health"] != "ok"] == []
    shown = {
        (series["__name__"], label)
        for series in prometheus.ask("series", **{"match[]": '{__name__=~"contactpoints_.+"}'})
        for label in series
    }
    metrics = {name for name, _ in shown}
    labels = {label for _, label in shown} | {"job", "le"}
    for rule in rules:
        text = re.sub(r'"[^"]*"', '""', rule["query"])
        assert set(re.findall(r"contactpoints_\w+", text)) <= metrics, text
        named = {
            label.strip()
            for inside in re.findall(r"(?:by|on|ignoring) ?\(([^)]*)\)", text)
            for label in inside.split(",")
            if label.strip()
        }
        assert named | set(re.findall(r'(\w+)(?:=|!=|=~|!~)"', text)) <= labels, text


def test_something_due_that_no_process_takes_is_seen(tmp_path: Path, sink: Sink) -> None:
    process = Process(
        tmp_path / "run", webhook_config(ops=sink.url), DELIVER="no", PUBLIC_METRICS="yes"
    )
    try:
        process.start().ready()
        name = "contactpoints_unclaimed_seconds"
        assert f"\n{name} 0.0\n" in requests.get(process.url + "/metrics", timeout=5).text
        process.post(numbered(1))
        time.sleep(0.5)
        text = requests.get(process.url + "/metrics", timeout=5).text
        found = re.search(rf"^{name} (\S+)$", text, re.MULTILINE)
        assert found
        assert 0.4 < float(found[1]) < 20
    finally:
        process.kill()
