"""What alertmanager.yml says about Alertmanager's own process, ``tracing`` and ``event_recorder``:
only checked, and kept as it stands.

https://prometheus.io/docs/alerting/latest/configuration/#tracing_config
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from alertmanager_configs.http_config import (
    HEADER,
    Key,
    read_http_config,
    read_object,
    read_tls_config,
)
from alertmanager_configs.problems import Path, Problems
from alertmanager_configs.reading import (
    read_duration,
    read_flag,
    read_items,
    read_mapping,
    read_text,
    read_texts,
)
from alertmanager_configs.scalars import WrongTypeError, as_float, as_int
from alertmanager_configs.urls import UrlError, check_http_url
from alertmanager_configs.versions import Version
from contactpoints.fields import REDACTED

Read = Callable[[Any, Path, Problems], Any]


def _key(read: Read, since: Version = (0, 0, 0)) -> Key:
    return Key(lambda value, path, problems, version: read(value, path, problems), since)


def _number(convert: Callable[[Any], Any]) -> Read:
    def read(value: Any, path: Path, problems: Problems) -> Any:
        try:
            return convert(value)
        except WrongTypeError as error:
            problems.error(path, str(error), "type")
            return 0

    return read


def _text_of(go_type: str) -> Key:
    return _key(lambda value, path, problems: read_text(value, path, problems, go_type))


def _read_client_type(value: Any, path: Path, problems: Problems) -> str:
    text = read_text(value, path, problems, "tracing.plain")
    if not isinstance(value, list | dict) and text not in ("http", "grpc"):
        message = f"expected tracing client type to be to be http or grpc, but got {text}"
        problems.error(path, message)
    return text


def _read_url(value: Any, path: Path, problems: Problems) -> str:
    text = read_text(value, path, problems)
    if isinstance(value, str) and text != REDACTED:
        try:
            check_http_url(text)
        except UrlError as error:
            problems.error(path, error.reason)
    return text


def _read_headers(value: Any, path: Path, problems: Problems) -> dict[str, Any]:
    items = read_mapping(value, path, problems, "config.Headers")
    return {
        name: read_object(item, (*path, name), problems, HEADER, "config.Header", problems.version)
        for name, item in items.items()
    }


TEXT, FLAG, DURATION = _key(read_text), _key(read_flag), _key(read_duration)
INT, FLOAT, TEXTS = _key(_number(as_int)), _key(_number(as_float)), _key(read_texts)
TLS, HTTP = Key(read_tls_config), Key(read_http_config)
BATCHES: Version = (0, 34, 0)
"""Since then the recorder's webhooks send events together, and there is an output to stdout."""

TRACING = {
    "client_type": _key(_read_client_type),
    "endpoint": TEXT,
    "sampling_fraction": FLOAT,
    "insecure": FLAG,
    "tls_config": TLS,
    "headers": _key(_read_headers),
    "compression": TEXT,
    "timeout": DURATION,
}
FILE_OUTPUT = {"path": TEXT}
WEBHOOK_OUTPUT = {
    "url": _key(_read_url),
    "http_config": HTTP,
    "timeout": DURATION,
    "workers": INT,
    "max_retries": INT,
    "retry_backoff": DURATION,
    "batch": _key(read_flag, BATCHES),
    "batch_max_events": _key(_number(as_int), BATCHES),
    "batch_max_bytes": _key(_number(as_int), BATCHES),
    "batch_flush_interval": _key(read_duration, BATCHES),
}
KAFKA_OUTPUT = {
    "brokers": TEXTS,
    "topic": TEXT,
    "client_id": TEXT,
    "format": _text_of("kafka.Format"),
    "acks": _text_of("kafka.Acks"),
    "compression": _text_of("kafka.Compression"),
    "buffer_size": INT,
    "tls_config": TLS,
}


def check_tracing(value: Any, path: Path, problems: Problems) -> None:
    """The section ``tracing``."""
    before = problems.type_errors
    found = read_object(value, path, problems, TRACING, "tracing.plain", problems.version)
    if not found.get("endpoint"):
        problems.error(path, "tracing endpoint must be set", since=before)
    if (compression := found.get("compression", "")) not in ("", "gzip"):
        message = f"invalid compression type {compression} provided, valid options: gzip"
        problems.error((*path, "compression"), message, since=before)


def check_event_recorder(value: Any, path: Path, problems: Problems) -> None:
    """The section ``event_recorder``."""
    for key, item in read_mapping(value, path, problems, f"{EVENTS}.Config").items():
        if key not in OUTPUTS or OUTPUTS[key][1] > problems.version:
            problems.unknown_key((*path, key), f"{EVENTS}.Config")
            continue
        name, _, keys, check = OUTPUTS[key]
        kind = f"{EVENTS}.{name}OutputConfig"
        for index, output in enumerate(read_items(item, (*path, key), problems, f"[]{kind}")):
            place = (*path, key, index)
            if output is None:
                continue
            before = problems.type_errors
            go_type = f"{EVENTS}.plain" if keys else kind
            found = read_object(output, place, problems, keys, go_type, problems.version)
            for message in check(found):
                problems.error(place, f"event_recorder {message}", since=before)


def _wrong_file(found: dict[str, Any]) -> list[str]:
    return [] if found.get("path") else ["file output requires a path"]


def _wrong_webhook(found: dict[str, Any]) -> list[str]:
    if not found.get("url"):
        return ["webhook output requires a url"]
    if found["url"] == REDACTED:
        return ["webhook output requires an absolute http(s) url"]
    numbers = [found.get(key) or 0 for key in ("batch_max_events", "batch_max_bytes")]
    if min(numbers) < 0:
        return ["webhook batch settings cannot be negative"]
    if not found.get("batch") and (any(numbers) or found.get("batch_flush_interval")):
        return ["webhook batch settings require batch: true"]
    return []


def _wrong_kafka(found: dict[str, Any]) -> list[str]:
    wrong = []
    if not found.get("brokers"):
        wrong.append("kafka: at least one broker is required")
    elif "" in found["brokers"]:
        wrong.append("kafka: broker entries must be non-empty")
    if not found.get("topic"):
        wrong.append("kafka output requires a topic")
    for key, choices, words in KAFKA_CHOICES:
        if found.get(key, choices[0]) not in choices:
            wrong.append(f'kafka: unknown {key} "{found[key]}"{words}')
    return wrong


KAFKA_CHOICES = (
    ("format", ("json", "protobuf", ""), ', must be "json" or "protobuf"'),
    ("acks", ("leader", "none", "all", ""), ', must be "none", "leader", or "all"'),
    ("compression", ("", "none", "gzip", "snappy", "lz4", "zstd"), ""),
)
EVENTS = "eventrecorder"  # Alertmanager's package
OUTPUTS: dict[str, tuple[str, Version, dict[str, Key], Callable[[dict[str, Any]], list[str]]]] = {
    "file_outputs": ("File", (0, 33, 0), FILE_OUTPUT, _wrong_file),
    "webhook_outputs": ("Webhook", (0, 33, 0), WEBHOOK_OUTPUT, _wrong_webhook),
    "kafka_outputs": ("Kafka", (0, 33, 0), KAFKA_OUTPUT, _wrong_kafka),
    "stdout_outputs": ("Stdout", BATCHES, {}, lambda found: []),
}
"""By key: name of the Go type, since, the keys of one output, and what may be wrong with it."""
