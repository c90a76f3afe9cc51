"""The layout of a mail from a Grafana contact point: its message, or every alert with its links."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from html import escape
from typing import Any

STATES = {"firing": "Firing", "resolved": "Resolved"}
LINKS = {
    "Source": "generatorURL",
    "Silence": "silenceURL",
    "Dashboard": "dashboardURL",
    "Panel": "panelURL",
}
Line = tuple[str, str]
"""What a line is (title, heading, name, pair, link, picture, text), and what it says."""


def lines(data: Mapping[str, Any], subject: str, message: str, page: str) -> Iterator[Line]:
    """A mail in lines. ``data`` is that of Grafana's templates, ``page`` the list of alerts."""
    yield "title", subject
    if message:
        yield "text", message
    else:
        for status, words in STATES.items():
            alerts = [alert for alert in data["alerts"] if alert["status"] == status]
            if alerts:
                yield "heading", f"{words}: {len(alerts)}"
            for alert in alerts:
                yield from _alert(alert)
    yield "link", f"Alerts: {page}"


def _alert(alert: Mapping[str, Any]) -> Iterator[Line]:
    labels, annotations = alert.get("labels") or {}, alert.get("annotations") or {}
    yield "name", labels.get("alertname", "alert")
    values = {name: format(value, "g") for name, value in (alert.get("values") or {}).items()}
    for group in (values, annotations, labels):
        for name, value in group.items():
            if name != "alertname":
                yield "pair", f"{name} = {value}"
    for name, key in LINKS.items():
        if alert.get(key):
            yield "link", f"{name}: {alert[key]}"
    if alert.get("imageURL"):
        yield "picture", alert["imageURL"]


def as_text(said: Iterable[Line]) -> str:
    """The lines as plain text."""
    marks = {"heading": "\n== {} ==", "name": "\n{}", "pair": " - {}", "picture": "Picture: {}"}
    return "\n".join(marks.get(kind, "{}").format(words) for kind, words in said) + "\n"


def as_html(said: Iterable[Line]) -> str:
    """The lines as HTML; everything in them is text."""
    marks = {
        "title": "<h2>{}</h2>",
        "heading": "<h3>{}</h3>",
        "name": "<p><b>{}</b></p>",
        "picture": '<img src="{}" alt="" style="max-width: 100%">',
        "text": '<div style="white-space: pre-wrap">{}</div>',
    }
    body = []
    for kind, words in said:
        safe = escape(words)
        if kind == "link":
            name, _, url = words.partition(": ")
            is_web = url.startswith(("http://", "https://"))
            safe = f'<a href="{escape(url)}">{escape(name)}</a>' if is_web else safe
        body.append(marks.get(kind, "<div>{}</div>").format(safe))
    return "<!doctype html>\n<html><body>\n" + "\n".join(body) + "\n</body></html>\n"
