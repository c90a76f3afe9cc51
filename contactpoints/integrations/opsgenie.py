"""Opsgenie, by its Alert API."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from contactpoints.address import below
from contactpoints.base import Integration, Notice, Receiver
from contactpoints.fields import Choice, Flag, Lose, Schema, SecretTemplate, Template, Url
from contactpoints.grafana_data import public
from contactpoints.groups import Parts, TextMap
from contactpoints.http_settings import HttpSchema
from contactpoints.notification import Notification
from contactpoints.spelling import PerFamily, named, nowhere, since, spelled, template

if TYPE_CHECKING:
    from contactpoints.delivery.http import Http

API = "https://api.opsgenie.com"
MESSAGE_LIMIT = 130  # characters: https://docs.opsgenie.com/docs/alert-api#create-alert
LIST_ADDRESS = '{{ reReplaceAll "/*([?].*)?$" "/alerting/list$1" .ExternalURL }}'
DESCRIPTION = "\n".join(
    [template("default.title"), LIST_ADDRESS, "", template("default.message")]
)  # what Grafana says where a description is missing or comes out blank
PRIORITIES = ("P1", "P2", "P3", "P4", "P5")
LABEL_PRIORITY = (
    '{{ if match "^P[1-5]$" .CommonLabels.og_priority }}{{ .CommonLabels.og_priority }}{{ end }}'
)
LABEL_TAGS = "{{ range .CommonLabels.SortedPairs }}{{ .Name }}:{{ .Value }},{{ end }}"
KINDS = ("team", "teams", "user", "escalation", "schedule")
WRONG_RESPONDER = {
    "grafana": (
        "must have at least one of id, username or name specified",
        f"has unsupported type. Supported only: {','.join(KINDS)}",
    ),
    "alertmanager": (
        "has to have at least one of id, username or name specified",
        f"type does not match valid options ^({'|'.join(KINDS)})$",
    ),
}
FIXED = nowhere("Grafana's request has no such field")


class Responder(Schema):
    """Who is called: ``type`` and one of the others; ``name`` may list several for ``teams``."""

    id = Template(help="Identifier")
    name = Template(help="Name")
    username = Template(help="Mail address of a user")
    type = Template(help="team, teams, user, escalation or schedule")


class Opsgenie(Integration):
    """An alert, opened and closed. https://docs.opsgenie.com/docs/alert-api"""

    label = "OpsGenie"
    alertmanager = Receiver("opsgenie_configs", since="0.1.0", go="opsgenie.OpsGenieConfig")
    notice = Notice(
        "2027-04-05",
        "Opsgenie ends on 2027-04-05; Atlassian moves its customers to Jira Service Management",
    )

    class Settings(HttpSchema):
        api_key = SecretTemplate(
            grafana="apiKey",
            alertmanager=spelled(
                inherits="opsgenie_api_key", inherits_since="0.14", file_since="0.24"
            ),
            file=True,
            required=True,
            help="Key of an API integration",
        )
        api_url = Template(
            grafana="apiUrl",
            terraform="url",
            alertmanager=spelled(since="0.11", inherits="opsgenie_api_url", kind=Url()),
            default=PerFamily(f"{API}/v2/alerts", f"{API}/"),
            help="Address of the alerts interface; Europe has its own",
        )
        message = Template(
            default=named("opsgenie.default.message", "default.title"),
            limit=MESSAGE_LIMIT,
            help="Title of the alert",
        )
        description = Template(
            default=PerFamily(DESCRIPTION, template("opsgenie.default.description")),
            help="Text of the alert",
        )
        blank_description = Template(
            grafana=nowhere("it is what a blank description becomes"),
            alertmanager=nowhere("a blank description stays blank"),
            default=PerFamily(DESCRIPTION),
        )
        auto_close = Flag(
            grafana="autoClose",
            default=PerFamily(True),
            alertmanager=nowhere("Alertmanager closes alerts unless send_resolved is false"),
            help="Close the alert when everything is resolved",
        )
        override_priority = Flag(
            grafana="overridePriority",
            default=PerFamily(True),
            alertmanager=nowhere("Alertmanager says it in priority"),
            help="Take the priority from the annotation og_priority",
        )
        send_tags_as = Choice(
            ("tags", "details", "both"),
            grafana="sendTagsAs",
            default=PerFamily("tags"),
            alertmanager=nowhere("Alertmanager says it in tags and details"),
            error='invalid value for sendTagsAs: "{}"',
            help="Whether labels become tags, details or both",
        )
        responders = Parts(
            Responder,
            what="responder",
            go="opsgenie.OpsGenieConfigResponder",
            alertmanager=since("0.18"),
            help="Teams, people, escalations and schedules to tell",
        )
        source = Template(
            grafana=FIXED,
            default=named("opsgenie.default.source"),
            help="Where the alert comes from",
        )
        details = TextMap(templated=True, grafana=FIXED, help="Further details, by name")
        entity = Template(grafana=FIXED, alertmanager=since("0.24"), help="What the alert is about")
        actions = Template(
            grafana=FIXED,
            alertmanager=since("0.24"),
            help="Actions offered with the alert, with commas between them",
        )
        tags = Template(
            grafana=nowhere("Grafana's tags are the common labels"),
            help="Tags, with commas between them",
        )
        note = Template(grafana=FIXED, help="A note on the alert")
        priority = Template(
            grafana=nowhere("Grafana's priority is the common label og_priority"),
            alertmanager=since("0.11"),
            help="P1 to P5",
        )
        update_alerts = Flag(
            grafana=nowhere("Grafana updates no alert"),
            alertmanager=since("0.24"),
            help="Change title and text of an open alert as well",
        )

    def check(self) -> Iterable[tuple[str, str]]:
        if self.family == "grafana" and not self.values.get("api_key"):
            yield "", "could not find api key property in settings"
        nobody, unknown = WRONG_RESPONDER[self.family]
        for index, each in enumerate(self.values.get("responders") or ()):
            said = [each.get(name) or "" for name in ("id", "name", "username", "type")]
            who = f"opsGenieConfig responder {{{' '.join(said)}}}"
            if self.family == "grafana":
                who = f"responder at index [{index}]"
            kind = said[3].lower()
            if not any(said[:3]):
                yield "responders", f"{who} {nobody}"
            if kind not in KINDS and "{{" not in kind:
                yield "responders", f"{who} {unknown}"
            if self.family == "grafana" and kind == "teams" and not said[1]:
                yield "responders", f"{who} has type 'teams' but an empty name"

    def check_inherited(self) -> Iterable[tuple[str, str]]:
        if not self.value("api_url"):
            yield "", "no global OpsGenie URL set"
        if not self.value("api_key"):
            yield "", "no global OpsGenie API Key set either inline or in a file"

    @classmethod
    def to_grafana(cls, values: dict[str, Any], lose: Lose) -> dict[str, Any]:
        values["api_url"] = below(values.get("api_url", API), "v2/alerts")
        tags = values.pop("tags", "")
        if tags not in ("", LABEL_TAGS):
            lose("tags", "dropped", cls.fields["tags"].spelling("grafana").why)
        values["send_tags_as"] = "both" if tags == LABEL_TAGS else "details"
        values["override_priority"] = bool(priority := values.pop("priority", ""))
        if priority not in ("", LABEL_PRIORITY):
            lose("priority", "changed", cls.fields["priority"].spelling("grafana").why)
        return values

    @classmethod
    def to_alertmanager(cls, values: dict[str, Any], lose: Lose) -> dict[str, Any]:
        url = values.get("api_url", f"{API}/v2/alerts").rstrip("/")
        values["api_url"] = url.removesuffix("v2/alerts")
        if values["api_url"] == url:
            lose("api_url", "changed", "Alertmanager adds v2/alerts to the address")
        if not values.pop("auto_close", True):
            values["send_resolved"] = False
            lose("auto_close", "changed", "it is said by send_resolved: false")
        if values.pop("override_priority", True):
            values["priority"] = LABEL_PRIORITY
        kind = values.pop("send_tags_as", "tags")
        if kind != "details":
            values["tags"] = LABEL_TAGS
        if kind == "tags":
            lose("send_tags_as", "changed", "Alertmanager's details hold the common labels as well")
        return values

    def send(self, notification: Notification, settings: Any, http: Http) -> None:
        alias = notification.dedup_key
        source, alerts = settings.source, below(settings.api_url, "v2/alerts")
        if self.family == "grafana":
            source, alerts = "Grafana", settings.api_url
        requests: list[tuple[str, str, dict[str, Any]]] = []
        if not notification.is_firing:
            if self.family == "alertmanager" or settings.auto_close:
                close = below(alerts, f"{alias}/close", identifierType="alias")
                requests.append(("POST", close, {"source": source or ""}))
        else:
            make = grafana_alert if self.family == "grafana" else alertmanager_alert
            alert = make(notification, settings) | {"alias": alias, "source": source or ""}
            alert["message"] = settings.message or ""
            if called := responders(settings.responders or ()):
                alert["responders"] = called
            requests.append(("POST", alerts, alert))
            for name in ("message", "description") if settings.update_alerts else ():
                said = {name: alert[name]} if alert.get(name) else {}
                address = below(alerts, f"{alias}/{name}", identifierType="alias")
                requests.append(("PUT", address, said))
        for method, url, body in requests:
            http.post(
                url,
                json=body,
                method=method,
                headers={"Authorization": f"GenieKey {settings.api_key.strip()}"},
                http_config=settings.http_config,
            )


def grafana_alert(notification: Notification, settings: Any) -> dict[str, Any]:
    labels = public(notification.common_labels)
    details = {"url": notification.link("/alerting/list")}
    if settings.send_tags_as in ("details", "both"):
        details |= labels
        if notification.image_urls:
            details["image_urls"] = ", ".join(notification.image_urls)
    tagged = settings.send_tags_as in ("tags", "both")
    description = settings.description or ""
    alert = {
        "description": description if description.strip() else settings.blank_description,
        "details": details,
        "tags": sorted(f"{name}:{value}" for name, value in labels.items()) if tagged else [],
    }
    if settings.override_priority and labels.get("og_priority") in PRIORITIES:
        alert["priority"] = labels["og_priority"]
    return alert


def alertmanager_alert(notification: Notification, settings: Any) -> dict[str, Any]:
    said = {
        "description": settings.description,
        "tags": words(settings.tags),
        "note": settings.note,
        "priority": settings.priority,
        "entity": settings.entity,
        "actions": words(settings.actions),
    }
    alert = {name: value for name, value in said.items() if value}
    return alert | {"details": {**notification.common_labels, **(settings.details or {})}}


def responders(said: Iterable[dict[str, str]]) -> list[dict[str, str]]:
    """The responders that are left once templates are drawn; ``teams`` are one each."""
    found: list[dict[str, str]] = []
    for each in said:
        if each.get("type") == "teams":
            found += [{"name": name, "type": "team"} for name in words(each.get("name"))]
        elif any(each.values()):
            given = {key: value for key, value in each.items() if value}
            found.append({**given, "type": each.get("type", "")})
    return found


def words(text: str | None) -> list[str]:
    """The words of a text with commas."""
    return [word for word in (text or "").strip().split(",") if word]
