"""Log lines: both forms say the same, name the delivery, and hold no secret."""

from __future__ import annotations

import io
import json
import logging
import re
import time
from typing import Any

import pytest
import requests

from contactpoints.environment import Environment, EnvironmentProblem
from contactpoints.log_lines import Lines
from tests.contactpoints.posts import numbered
from tests.contactpoints.process import Make, free_port, webhook_config
from tests.contactpoints.sinks import Answer, Sink


def logged(form: str, message: str, *args: Any, **options: Any) -> str:
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(Lines(form))
    log = logging.Logger("a.b")
    log.addHandler(handler)
    log.warning(message, *args, **options)
    return stream.getvalue()


@pytest.mark.parametrize(
    ("message", "args", "wanted", "text"),
    [
        ("storage=unavailable", (), {"storage": "unavailable"}, "storage=unavailable"),
        (
            "delivery=%d error=%r took=%.3f reason=%s",
            (7, 'a "b"\nc', 0.12345, None),
            {"delivery": 7, "error": 'a "b"\nc', "took": 0.123, "reason": None},
            'delivery=7 error="a \\"b\\"\\nc" took=0.123 reason=',
        ),
        ("Booting %s (pid: %d)", ("x", 3), {"message": "Booting x (pid: 3)"},
         'message="Booting x (pid: 3)"'),
        ("level=%s", ("low",), {"level_": "low"}, "level_=low"),
        ("left=%d%%", (3,), {"message": "left=3%"}, 'message="left=3%"'),
        ("name=%s", ("🚨 ü",), {"name": "🚨 ü"}, 'name="🚨 ü"'),
    ],
)  # fmt: skip
def test_names_and_values_are_fields(
    message: str, args: tuple[Any, ...], wanted: dict[str, Any], text: str
) -> None:
    found = json.loads(logged("json", message, *args))
    head = {name: found.pop(name) for name in ("time", "level", "from", "process")}
    assert found == wanted
    assert (head["level"], head["from"]) == ("warning", "a.b")
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", head["time"])
    line = logged("logfmt", message, *args)
    assert re.fullmatch(rf"time=\S+ level=warning from=a\.b process=\d+ {re.escape(text)}\n", line)


@pytest.mark.parametrize("form", ["logfmt", "json"])
def test_an_exception_stays_on_its_line(form: str) -> None:
    try:
        raise ValueError("no\nmore")
    except ValueError:
        line = logged(form, "sending=failed", exc_info=True)
    assert line.count("\n") == 1
    assert "ValueError: no\\nmore" in line


def test_another_form_is_refused() -> None:
    with pytest.raises(EnvironmentProblem, match="LOG_FORMAT: must be logfmt or json, not 'xml'"):
        Environment.read({"CONTACTPOINTS_LOG_FORMAT": "xml"})


SECRET = "T0SECRET/B0SECRET/s3cr3tt0ken"


def failing(sink: Sink) -> str:
    """A target that says its secret back in a broken answer, and one that is not there."""
    sink.answer = lambda got: Answer(
        404, f"no such place {got.path}".encode(), {"A: b\r\nno colon here\r\nC": "d"}
    )
    return webhook_config(
        ops=f"{sink.url}/services/{SECRET}", gone=f"http://127.0.0.1:{free_port()}/{SECRET}"
    )


@pytest.mark.parametrize("form", ["logfmt", "json"])
def test_a_failing_delivery_is_told_with_its_number_and_without_secrets(
    make: Make, sink: Sink, form: str
) -> None:
    """At the finest level, of libraries as well."""
    process = make(failing(sink), LOG_FORMAT=form, LOG_LEVEL="debug").start().ready()
    numbers = {
        process.post(numbered(1), f"/webhook/{name}").json()["deliveries"][0]
        for name in ("ops", "gone")
    }
    process.wait("failed", 1)
    end = time.monotonic() + 10
    while len(re.findall(r"\battempt\b", process.log)) < 2:
        assert time.monotonic() < end, process.log
        time.sleep(0.05)
    process.terminate()
    lines = [line for line in process.log.splitlines() if not line.startswith("contactpoints ")]
    assert not [line for line in lines if re.search("SECRET|s3cr3t", line)]
    if form == "json":
        found = [json.loads(line) for line in lines]
        told = {line["delivery"] for line in found if "delivery" in line}
        assert {line["reason"] for line in found if line.get("attempt")} >= {"clientError"}
    else:
        assert all(re.match(r"time=\S+ level=\w+ from=\S+ process=\d+ ", line) for line in lines)
        told = {int(number) for number in re.findall(r" delivery=(\d+) ", process.log)}
    assert told >= numbers


def test_a_process_that_only_delivers_shows_its_health_and_metrics(make: Make, sink: Sink) -> None:
    config = webhook_config(ops=sink.url)
    web = make(config, DELIVER="no").start().ready()
    place = f"127.0.0.1:{free_port()}"
    worker = make(config, METRICS_BIND=place)
    worker.url = f"http://{place}"
    worker.start("app", "deliver").ready()
    web.post(numbered(1))
    web.wait("delivered", 1)
    assert requests.get(f"{worker.url}/-/ready", timeout=5).json() == {"status": "ready"}
    assert 'state="delivered"} 1.0' in requests.get(f"{worker.url}/metrics", timeout=5).text
    other = make(config, METRICS_BIND=place).start("app", "deliver")
    assert other.process
    assert other.process.wait(20) == 1
    assert "METRICS_BIND" in other.log
    assert worker.terminate() == 0
