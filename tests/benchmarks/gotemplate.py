"""How long rendering takes: `python -m tests.benchmarks.gotemplate`.

Each message is rendered for five alerts by gotpl 0.1.0 (the nearest Python library, from PyPI)
and by us, from the same template text and the same data; the best of several rounds counts.
Without gotpl (`pip install gotpl==0.1.0`) only our own times are printed.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from typing import Any

from translators.gotemplate import TemplateSet, default_sources, notification_data
from translators.gotemplate.data import Alert, Alerts, Data

MESSAGES = {
    "slack": '{{ template "slack.default.title" . }}{{ template "slack.default.fallback" . }}'
    '{{ template "slack.default.text" . }}{{ template "slack.default.titlelink" . }}',
    "telegram": '{{ template "telegram.default.message" . }}',
    "email": '{{ template "email.default.html" . }}',
}
HTML = {"telegram", "email"}
METHODS = {"SortedPairs", "Remove", "Names", "Values"}
ROUNDS = 7


def payload() -> dict[str, Any]:
    """A webhook payload with five alerts, one of them resolved."""
    alerts = [
        {
            "status": "firing" if number else "resolved",
            "labels": {
                "alertname": "HighLatency",
                "instance": f"node-{number}:9100",
                "job": "node",
                "severity": "critical",
                "cluster": "eu-1",
            },
            "annotations": {
                "summary": f"Latency of node-{number} is high",
                "description": "p99 > 2s for <10m>",
            },
            "startsAt": "2026-03-02T10:00:00.5Z",
            "endsAt": "0001-01-01T00:00:00Z" if number else "2026-03-02T11:00:00Z",
            "generatorURL": "http://prometheus:9090/graph?g0.expr=up&g0.tab=1",
            "fingerprint": f"{number:016x}",
        }
        for number in range(5)
    ]
    return {
        "receiver": "team",
        "status": "firing",
        "alerts": alerts,
        "groupLabels": {"alertname": "HighLatency"},
        "commonLabels": {"alertname": "HighLatency", "job": "node", "cluster": "eu-1"},
        "commonAnnotations": {"description": "p99 > 2s for <10m>"},
        "externalURL": "http://alertmanager:9093",
    }


def best(render: Callable[[], object]) -> float:
    """Seconds of one rendering, at its best."""
    render()
    repeat = 20
    times = []
    for _ in range(ROUNDS):
        start = time.perf_counter()
        for _ in range(repeat):
            render()
        times.append((time.perf_counter() - start) / repeat)
    return min(times)


def theirs(name: str) -> Callable[[], object] | None:
    """gotpl's rendering of the same message, or None when it is not installed."""
    try:
        import gotpl  # type: ignore[import-not-found]
    except ImportError:
        return None
    functions = {
        "toUpper": str.upper,
        "toLower": str.lower,
        "join": lambda separator, items: separator.join(items),
    }
    text = "".join(default_sources("alertmanager").values()) + MESSAGES[name]
    make = gotpl.HTMLTemplate if name in HTML else gotpl.Template
    template = make(text, functions=functions, missing_key="zero")
    data = _plain(notification_data(payload(), family="alertmanager"))
    return lambda: template.render(data)


def _plain(data: object) -> Any:
    """The data as attributes and methods of ordinary objects, which gotpl reads by reflection."""

    class Pair:
        def __init__(self, name: str, value: str) -> None:
            self.Name = name
            self.Value = value

    class Pairs(list[Any]):
        def Values(self) -> list[str]:  # noqa: N802
            return [pair.Value for pair in self]

        def Names(self) -> list[str]:  # noqa: N802
            return [pair.Name for pair in self]

    class KV(dict[str, str]):
        def __gotemplate_lookup__(self, name: str) -> Any:
            # gotpl's own hook: a method of the type, or else a key of the map.
            method = getattr(self, name, None) if name in METHODS else None
            return self.get(name, "") if method is None else method

        def SortedPairs(self) -> Pairs:  # noqa: N802
            names = sorted(self, key=lambda name: (name != "alertname", name))
            return Pairs(Pair(name, self[name]) for name in names)

        def Remove(self, names: list[str]) -> KV:  # noqa: N802
            return KV({name: value for name, value in self.items() if name not in names})

        def Names(self) -> list[str]:  # noqa: N802
            return self.SortedPairs().Names()

        def Values(self) -> list[str]:  # noqa: N802
            return self.SortedPairs().Values()

    class Plain:
        def __init__(self, fields: dict[str, Any]) -> None:
            self.__dict__.update(fields)

    class List(list[Any]):
        def Firing(self) -> list[Any]:  # noqa: N802
            return [alert for alert in self if alert.Status == "firing"]

        def Resolved(self) -> list[Any]:  # noqa: N802
            return [alert for alert in self if alert.Status == "resolved"]

    def convert(value: Any) -> Any:
        if isinstance(value, Alerts):
            return List(map(convert, value))
        if isinstance(value, (Data, Alert)):
            return Plain({name: convert(item) for name, item in value.fields.items()})
        return KV(value) if isinstance(value, dict) else value

    return convert(data)


START = """
import time
start = time.perf_counter()
from translators.gotemplate import TemplateSet, notification_data
imported = time.perf_counter()
templates = TemplateSet()
data = notification_data({}, family="alertmanager")
templates.render('{{ template "slack.default.title" . }}', data)
print(imported - start, time.perf_counter() - imported)
"""


def starts() -> tuple[float, float, float]:
    """Seconds of the imports, of the first start of the default set and of a second one."""
    with tempfile.TemporaryDirectory() as cache:
        runs = []
        for _ in range(4):
            done = subprocess.run(
                [sys.executable, "-c", START],
                env={"CONTACTPOINTS_CACHE": cache, "PYTHONPATH": ":".join(sys.path)},
                stdout=subprocess.PIPE,
                text=True,
                check=True,
            )
            runs.append(tuple(map(float, done.stdout.split())))
    return min(run[0] for run in runs), runs[0][1], min(run[1] for run in runs[1:])


def main() -> None:
    """Prints one line for each message, and the time the default set costs at the start."""
    templates = TemplateSet()
    data = notification_data(payload(), family="alertmanager")
    for name, text in MESSAGES.items():
        html = name in HTML
        result = templates.render(text, data, html=html)
        assert result.error is None
        assert result.text
        ours = best(lambda text=text, html=html: templates.render(text, data, html=html))
        render = theirs(name)
        if render is None:
            print(f"{name:10} {ours * 1e6:9.0f} µs  (gotpl is not installed)")
            continue
        baseline = best(render)
        print(
            f"{name:10} {ours * 1e6:9.0f} µs  gotpl 0.1.0 {baseline * 1e6:9.0f} µs  "
            f"ratio {ours / baseline:.2f}"
        )
    imported, first, second = starts()
    print(
        f"default set: first start {first * 1000:.0f} ms, second start {second * 1000:.0f} ms "
        f"(after {imported * 1000:.0f} ms of imports)"
    )


if __name__ == "__main__":
    main()
