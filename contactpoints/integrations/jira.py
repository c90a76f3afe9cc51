"""Jira, by its REST API: version 2, or version 3 where the address ends in /3."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from contactpoints.address import below
from contactpoints.base import Integration, Receiver
from contactpoints.delivery.outcome import refused
from contactpoints.fields import Choice, Duration, FromFile, Lose, Secret, Template, Text, Url
from contactpoints.groups import ANYTHING, Texts, Tree
from contactpoints.http_crossing import take_bearer, with_files
from contactpoints.http_settings import HttpSchema
from contactpoints.inline import inline
from contactpoints.jira_search import (
    alertmanager_search,
    grafana_search,
    in_version,
    is_version_3,
    searches_by_jql,
)
from contactpoints.jira_text import (
    UpdatableText,
    document,
    for_alertmanager,
    for_grafana,
    grafana_fields,
    is_json,
)
from contactpoints.notification import Notification
from contactpoints.spelling import nowhere, since, spelled, template
from contactpoints.truncation import cut

if TYPE_CHECKING:
    from contactpoints.delivery.http import Http

SUMMARY_LIMIT = 255  # characters: https://jira.atlassian.com/browse/JRASERVER-41472
DESCRIPTION_LIMIT = 32767  # characters: https://jira.atlassian.com/browse/JRASERVER-64351
DOCUMENT_SIZE = 87  # of them are taken by the document around a text, in version 3
IN_HTTP = nowhere("Alertmanager has it in http_config")


class Jira(Integration):
    """An issue, opened, updated and moved through its workflow.
    https://developer.atlassian.com/cloud/jira/platform/rest/v3/api-group-issues/
    """

    label = "Jira"
    alertmanager = Receiver("jira_configs", since="0.28.0", go="jira.JiraConfig")

    class Settings(HttpSchema):
        api_url = Url(
            alertmanager=spelled(inherits="jira_api_url"),
            required=True,
            help="With the version: https://example.atlassian.net/rest/api/3",
        )
        api_type = Choice(
            ("auto", "cloud", "datacenter"),
            grafana=nowhere("Grafana searches as Jira Cloud wants it when api_url ends in /3"),
            alertmanager=since("0.29"),
            default="auto",
            error="unknown api_type on jira_config, must be auto, cloud or datacenter",
            help="Which of Jira's search interfaces is spoken; auto finds out",
        )
        user = Secret(alertmanager=IN_HTTP, help="Account for basic authentication")
        password = Secret(alertmanager=IN_HTTP, help="Its API token or password")
        api_token = Secret(
            alertmanager=IN_HTTP, help="Personal access token, in place of user and password"
        )
        project = Template(required=True, help="Key of the project")
        issue_type = Template(required=True, help="Type of the issue, such as Bug")
        summary = UpdatableText(
            default=template("jira.default.summary"), limit=SUMMARY_LIMIT, help="Title of the issue"
        )
        description = UpdatableText(
            default=template("jira.default.description"), help="Text of the issue"
        )
        labels = Texts(help="Labels of the issue")
        priority = Template(default=template("jira.default.priority"), help="Name of the priority")
        resolve_transition = Text(help="Transition to take when the alerts are resolved")
        reopen_transition = Text(help="Transition to take when they fire again")
        reopen_duration = Duration(help="How long after its resolution an issue is opened again")
        wont_fix_resolution = Text(help="Issues with this resolution are not opened again")
        dedup_key_field = Text(
            alertmanager=nowhere("Alertmanager finds its issues by a label, not by a field"),
            help="Number of the custom field that holds the group's key",
        )
        custom_fields = Tree(
            go=ANYTHING,
            grafana="fields",
            alertmanager="fields",
            help="Other fields of the issue, by name",
        )

    def check(self) -> Iterable[tuple[str, str]]:
        has = self.values.get
        for name in ("project", "issue_type"):
            if not has(name):
                yield "", f"missing {name} in jira_config"
        if self.family == "alertmanager":
            return
        if not has("api_url"):
            yield "", "could not find api_url property in settings"
        if not has("api_token") and not (has("user") and has("password")):
            yield "", "either token or both user and password must be set"
        if has("api_token") and (has("user") or has("password")):
            yield "", "provided both token and user/password, only one is allowed at a time"
        if has("dedup_key_field") and not re.fullmatch("[0-9]+", has("dedup_key_field") or ""):
            yield "dedup_key_field", "dedup_key_field must match the format [0-9]+"

    def check_inherited(self) -> Iterable[tuple[str, str]]:
        if not self.value("api_url"):
            yield "", "no global Jira Cloud URL set"

    @classmethod
    def to_grafana(cls, values: dict[str, Any], lose: Lose) -> dict[str, Any]:
        if token := take_bearer(values):
            values["api_token"] = token
        config = dict(values.get("http_config") or {})
        login = dict(config.pop("basic_auth", None) or {})
        for name, key in (("user", "username"), ("password", "password")):
            value = FromFile(login[f"{key}_file"]) if f"{key}_file" in login else login.get(key)
            values |= {name: value} if value else {}
        values["http_config"] = config
        kind, url = values.get("api_type", "auto"), values.get("api_url", "")
        if searches_by_jql(url, kind) and not is_version_3(url):  # Grafana makes texts documents
            url = values["api_url"] = in_version(url, 3)
        if searches_by_jql(url, kind) == is_version_3(url):
            values.pop("api_type", None)
        if fields := values.get("custom_fields"):
            values["custom_fields"] = for_grafana(fields, lose)
        for name in ("summary", "description"):
            if isinstance(value := values.get(name), dict):
                if not value.get("enable_update", True):
                    lose(name, "changed", "Grafana updates it each time")
                values[name] = value.get("template", cls.fields[name].default("grafana"))
        return values

    @classmethod
    def to_alertmanager(cls, values: dict[str, Any], lose: Lose) -> dict[str, Any]:
        config = dict(values.get("http_config") or {})
        token, user = values.pop("api_token", ""), values.pop("user", "")
        password = values.pop("password", "")
        if "oauth2" in config:
            lose("http_config", "changed", "its token is all that Alertmanager logs in with")
        elif token:
            config["authorization"] = with_files({"credentials": token})
        else:
            config["basic_auth"] = with_files({"username": user, "password": password})
        values["http_config"] = config
        url = values.get("api_url", "")
        by_jql = is_version_3(url)
        if by_jql and not re.match(r"\s*\{(?!\{)", str(values.get("description", ""))):
            url = values["api_url"] = in_version(url, 2)
            lose("api_url", "changed", "Alertmanager can send texts to version 2 of the API only")
        if searches_by_jql(url, "auto") != by_jql:
            values["api_type"] = "cloud" if by_jql else "datacenter"
        if fields := values.get("custom_fields"):
            values["custom_fields"] = for_alertmanager(fields)
        return values

    def send(self, notification: Notification, settings: Any, http: Http) -> None:
        def call(url: str, body: Any = None, method: str = "POST") -> Any:
            token = settings.api_token
            reply = http.post(
                url,
                json=body,
                method=method,
                headers={"Content-Type": "application/json", "Accept-Language": "en"}
                | ({"Authorization": f"Bearer {token}"} if token else {}),
                auth=(settings.user, settings.password)
                if settings.user and settings.password
                else None,
                http_config=settings.http_config,
            )
            return reply.json()

        url = settings.api_url
        if self.family == "grafana":  # whose search does not draw the project
            jql = grafana_search(notification, settings, str(self.values["project"]))
            by_jql = is_version_3(url)
        else:
            jql = alertmanager_search(notification, settings)
            by_jql = searches_by_jql(url, settings.api_type)
        search = below(url, "search/jql" if by_jql else "search")
        if by_jql:
            search = search.replace("/rest/api/2/", "/rest/api/3/", 1)
        found = call(search, {"jql": jql, "maxResults": 2, "fields": ["status"]})
        if not isinstance(found, dict) or not isinstance(found.get("issues") or [], list):
            raise refused("the answer to the search has no list of issues")
        issue = next(iter(found.get("issues") or []), None)
        if issue is None and not notification.is_firing:
            return
        fields = self.issue_fields(notification, settings)
        if issue is None:
            call(below(url, "issue"), {"fields": fields})
            return
        for name in ("summary", "description"):
            value = self.value(name)
            if isinstance(value, dict) and not value.get("enable_update", True):
                fields.pop(name, None)
        here = below(url, f"issue/{quote(str(issue.get('key')), safe='')}")
        call(here, {"fields": fields}, "PUT")
        status = (issue.get("fields") or {}).get("status") or {}
        is_done = (status.get("statusCategory") or {}).get("key") == "done"
        wanted = settings.resolve_transition
        if notification.is_firing:
            wanted = settings.reopen_transition
        if not status or not wanted or notification.is_firing != is_done:
            return
        known = (call(f"{here}/transitions", method="GET") or {}).get("transitions") or []
        for each in known:
            if each.get("name") == wanted:
                call(f"{here}/transitions", {"transition": {"id": each.get("id")}})
                return
        raise refused(f"can't find transition {wanted} for issue {issue.get('key')}")

    def issue_fields(self, notification: Notification, settings: Any) -> dict[str, Any]:
        """What an issue says, as the family's own sender fills it in."""
        is_grafana = self.family == "grafana"
        said = {
            name: getattr(settings, name) or "" for name in ("project", "issue_type", "priority")
        }
        labels = settings.labels or []
        own = f"ALERT{{{notification.dedup_key}}}"
        custom = settings.custom_fields or {}
        if is_grafana:
            said = {name: text.strip() for name, text in said.items()}
            labels = sorted(word for each in labels if (word := each.strip()))
            labels += [] if settings.dedup_key_field else [own]
            custom = grafana_fields(self.values.get("custom_fields") or {}, custom)
        else:
            labels = sorted([*labels, own])
            custom = inline(custom)
        fields: dict[str, Any] = {"summary": settings.summary, "labels": labels}
        text = settings.description or ""
        if not is_version_3(settings.api_url):
            fields["description"] = cut(text, DESCRIPTION_LIMIT)
        elif is_json(text):
            fields["description"] = json.loads(text)
        else:
            fields["description"] = document(cut(text, DESCRIPTION_LIMIT - DOCUMENT_SIZE))
        if not is_grafana and not text.strip():
            del fields["description"]
        if said["project"] or not is_grafana:
            fields["project"] = {"key": said["project"]}
        if said["issue_type"]:
            fields["issuetype"] = {"name": said["issue_type"]}
        if said["priority"]:
            fields["priority"] = {"name": said["priority"]}
        if is_grafana and settings.dedup_key_field:
            custom = {**custom, f"customfield_{settings.dedup_key_field}": notification.dedup_key}
        return fields | custom
