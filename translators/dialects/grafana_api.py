"""Grafana's HTTP API: the JSON of its provisioning endpoints, and ``alertmanager_config``.

https://grafana.com/docs/grafana/latest/developers/http_api/alerting_provisioning/
"""

from __future__ import annotations

from typing import Any

from alertmanager_configs.json_text import load_json
from alertmanager_configs.loading import Document
from alertmanager_configs.problems import Problems, SetupError
from contactpoints.setup import Setup
from translators.dialect import Dialect, Find, Writing
from translators.grafana_api_reading import LEGACY, TEMPLATE, TIMING, Reading, part_of
from translators.grafana_api_writing import WritingJson
from translators.grafana_routes import report_unknown
from translators.json_writing import dump_json
from translators.losses import Report

OWN = "only Grafana's API has it"


class GrafanaApi(Dialect):
    name = "grafana-api"
    family = "grafana"
    about = "JSON of Grafana's provisioning API, or of its older alertmanager_config"
    takes_files = False

    def claims(self, text: str) -> bool:
        if text.lstrip("\ufeff \t\r\n")[:1] not in ("{", "["):
            return False
        try:
            return self.recognises(load_json(text))
        except SetupError:
            return False

    def load(self, text: str | bytes, name: str) -> Document:
        return load_json(text, name)

    def recognises(self, document: Document) -> bool:
        return shape_of(document.data) != ""

    def read(self, document: Document, problems: Problems, find: Find) -> Setup:
        shape = shape_of(document.data)
        if not shape:
            shape = "contactPoints" if document.data == [] else "together"
        return Reading(document, self.name, problems).run(shape)

    def report_kept(self, setup: Setup, report: Report) -> None:
        report_unknown(setup, report)
        for where, path in setup.kept.get("reported", ()):
            report.lose(where, "dropped", OWN, path)

    def write(self, setup: Setup, report: Report) -> Writing:
        return Writing(dump_json(WritingJson(setup, self.name, report).run()))


def shape_of(data: Any) -> str:
    """Which of the API's documents it is: the name of a part when it, or one entry, stands alone,
    "together", "legacy", or "" for none.
    """
    if isinstance(data, list):
        return part_alone(data[0]) if data else ""
    if not isinstance(data, dict) or "apiVersion" in data or "kind" in data:
        return ""
    if isinstance(data.get(LEGACY), dict):
        return "legacy"
    if "receiver" in data and not data.keys() & {"receivers", "route", "type", "settings"}:
        return "policies"
    if one := part_alone(data):
        return one.removesuffix("s")
    parts = {part_of(key): value for key, value in data.items()}
    points = parts.get("contactPoints")
    nested = isinstance(points, list) and any(
        "receivers" in p for p in points if isinstance(p, dict)
    )
    return "together" if parts.keys() - {""} and not nested else ""


def part_alone(entry: Any) -> str:
    """The part that an object is an entry of; "" for none."""
    keys = {key.lower() for key in entry} if isinstance(entry, dict) else set()
    wanted = {"contactPoints": ("type", "settings"), "muteTimings": TIMING, "templates": TEMPLATE}
    return next((part for part, names in wanted.items() if keys.issuperset(names)), "")
