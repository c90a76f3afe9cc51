"""The links that Grafana adds to an alert: to a new silence, to its dashboard and its panel."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from translators.gotemplate import escaping
from translators.gotemplate.data import KV
from translators.gotemplate.errors import GoError
from translators.gotemplate.goquery import encode_query, join_path, parse_query, split
from translators.gotemplate.times import Time

_HOUR = 3_600_000


class Links(NamedTuple):
    """Addresses, "" where there is none."""

    silence: str = ""
    dashboard: str = ""
    panel: str = ""


class Linker:
    """The links of the alerts of one notification: they all begin with its external URL.

    `now` is the end of what the dashboard of a firing alert shows.
    """

    def __init__(self, external_url: str, now: Time) -> None:
        self._now = now
        self._silences: dict[str, tuple[str, str]] = {}
        """What stands before and after the alert's own matchers, by organisation."""
        try:
            self._base, question, self._fragment = split(external_url)
        except GoError:
            external_url = ""
        self._has_links = bool(external_url)
        self._query = parse_query(question) if external_url else {}

    def links(self, fields: Mapping[str, Any], org: str) -> Links:
        """The links of the alert with these fields, its private labels among them."""
        if not self._has_links:
            return Links()
        return Links(self._silence(fields["Labels"], org), *self._dashboard(fields, org))

    def _silence(self, labels: KV, org: str) -> str:
        if org not in self._silences:
            self._silences[org] = self._around_matchers(org)
        before, after = self._silences[org]
        rule = labels.get("__alert_rule_uid__", "")
        matchers = [f"__alert_rule_uid__={rule}"] if rule else []
        for pair in labels.sorted_pairs():
            name = pair.fields["Name"]
            if is_private(name) or (rule and name in ("alertname", "grafana_folder")):
                continue
            matchers.append(f"{name}={pair.fields['Value']}")
        return before + "".join([f"&matcher={escaping.query(one)}" for one in matchers]) + after

    def _around_matchers(self, org: str) -> tuple[str, str]:
        query = self._of(org)
        query["alertmanager"] = [*query.get("alertmanager", []), "grafana"]
        before = encode_query({name: query[name] for name in query if name <= "matcher"})
        after = encode_query({name: query[name] for name in query if name > "matcher"})
        address = join_path(self._base, "/alerting/silence/new")
        return f"{address}?{before}", (f"&{after}" if after else "") + self._fragment

    def _dashboard(self, fields: Mapping[str, Any], org: str) -> tuple[str, str]:
        annotations = fields["Annotations"]
        uid = annotations.get("__dashboardUid__", "")
        if not uid:
            return "", ""
        query = self._of(org)
        if not fields["StartsAt"].is_zero():
            end = self._now if fields["EndsAt"].is_zero() else fields["EndsAt"]
            query["from"] = [str(fields["StartsAt"].nanoseconds // 1_000_000 - _HOUR)]
            query["to"] = [str(end.nanoseconds // 1_000_000)]
        panel = annotations.get("__panelId__")
        return (
            self._url(f"/d/{uid}", query),
            self._url(f"/d/{uid}", query | {"viewPanel": [panel]}) if panel else "",
        )

    def _of(self, org: str) -> dict[str, list[str]]:
        """The external URL's query, for an organisation."""
        return {**self._query, "orgId": [org]} if org else dict(self._query)

    def _url(self, path: str, query: dict[str, list[str]]) -> str:
        encoded = encode_query(query)
        return join_path(self._base, path) + (f"?{encoded}" if encoded else "") + self._fragment


def is_private(name: str) -> bool:
    """Whether a label or an annotation is for Grafana's own use."""
    return name.startswith("__") and name.endswith("__")
