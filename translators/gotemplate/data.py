"""What a template sees: Alertmanager's Data and Grafana's ExtendedData, with KV and Pairs."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from translators.gotemplate.quoting import to_bytes
from translators.gotemplate.values import Map, Method, Slice, StringSlice, Struct


class Strings(StringSlice):
    go_type = "template.Strings"
    __slots__ = ()


class Pair(Struct):
    go_name = "template.Pair"
    layout = (("Name", "string"), ("Value", "string"))
    json = (("Name", "Name", False), ("Value", "Value", False))
    __slots__ = ()


class Pairs(Slice):
    go_type = "template.Pairs"
    element = "template.Pair"
    __slots__ = ()

    def names(self) -> Strings:
        return Strings([pair.fields["Name"] for pair in self])

    def values(self) -> Strings:
        return Strings([pair.fields["Value"] for pair in self])

    def go_string(self) -> str:
        return ", ".join(f"{pair.fields['Name']}={pair.fields['Value']}" for pair in self)


class KV(Map):
    """Labels or annotations: a set of name and value, which never changes."""

    go_type = "template.KV"
    element = "string"
    zero = ""

    _pairs: Pairs | None = None

    def sorted_pairs(self) -> Pairs:
        """By name, alertname first; made once, as a template asks for them time and again."""
        if self._pairs is None:
            names = sorted(self, key=_first_alertname)
            self._pairs = Pairs([Pair(Name=name, Value=self[name]) for name in names])
        return self._pairs

    def remove(self, names: Iterable[str]) -> KV:
        left = KV(self)
        for name in names:
            left.pop(name, None)
        return left

    def go_string(self) -> str:
        return self.sorted_pairs().go_string()


def _first_alertname(name: str) -> tuple[bool, bytes | str]:
    return name != "alertname", name if name.isascii() else to_bytes(name)


class Alert(Struct):
    go_name = "template.Alert"
    layout = (
        ("Status", "string"),
        ("Labels", "template.KV"),
        ("Annotations", "template.KV"),
        ("StartsAt", "time.Time"),
        ("EndsAt", "time.Time"),
        ("GeneratorURL", "string"),
        ("Fingerprint", "string"),
    )
    json = tuple((name, name[0].lower() + name[1:], False) for name, _ in layout)
    __slots__ = ()


class AlertSlice(Slice):
    """What Firing and Resolved give: plain lists, without those methods."""

    go_type = "[]template.Alert"
    element = "template.Alert"
    __slots__ = ()


class Alerts(AlertSlice):
    go_type = "template.Alerts"
    plain: type[Slice] = AlertSlice
    __slots__ = ()

    def having(self, status: str) -> Slice:
        return self.plain([alert for alert in self if alert.fields["Status"] == status])


class ExtendedAlert(Struct):
    go_name = "templates.ExtendedAlert"
    layout = (
        *Alert.layout,
        ("SilenceURL", "string"),
        ("DashboardURL", "string"),
        ("PanelURL", "string"),
        ("RuleUID", "string"),
        ("Values", "map[string]float64"),
        ("ValueString", "string"),
        ("ImageURL", "string"),
        ("EmbeddedImage", "string"),
        ("OrgID", "*int64"),
        ("ExtraData", "json.RawMessage"),
    )
    json = (
        *Alert.json,
        ("SilenceURL", "silenceURL", False),
        ("DashboardURL", "dashboardURL", False),
        ("PanelURL", "panelURL", False),
        ("RuleUID", "ruleUID", True),
        ("Values", "values", False),
        ("ValueString", "valueString", False),
        ("ImageURL", "imageURL", True),
        ("EmbeddedImage", "embeddedImage", True),
        ("OrgID", "orgId", True),
        ("ExtraData", "enrichments", True),
    )
    __slots__ = ()


class ExtendedAlertSlice(Slice):
    go_type = "[]templates.ExtendedAlert"
    element = "templates.ExtendedAlert"
    __slots__ = ()


class ExtendedAlerts(Alerts):
    go_type = "templates.ExtendedAlerts"
    element = "templates.ExtendedAlert"
    plain = ExtendedAlertSlice
    __slots__ = ()


class Data(Struct):
    """Alertmanager's `.`."""

    go_name = "template.Data"
    pointer = True
    layout = (
        ("Receiver", "string"),
        ("Status", "string"),
        ("Alerts", "template.Alerts"),
        ("NotificationReason", "string"),
        ("GroupLabels", "template.KV"),
        ("CommonLabels", "template.KV"),
        ("CommonAnnotations", "template.KV"),
        ("RouteLabels", "template.KV"),
        ("ExternalURL", "string"),
    )
    hidden = (("routeLabelsRendered", False),)
    json = (
        ("Receiver", "receiver", False),
        ("Status", "status", False),
        ("Alerts", "alerts", False),
        ("NotificationReason", "notification_reason", False),
        ("GroupLabels", "groupLabels", False),
        ("CommonLabels", "commonLabels", False),
        ("CommonAnnotations", "commonAnnotations", False),
        ("RouteLabels", "routeLabels", False),
        ("ExternalURL", "externalURL", False),
    )
    __slots__ = ()


class ExtendedData(Struct):
    """Grafana's `.`."""

    go_name = "templates.ExtendedData"
    pointer = True
    layout = (
        ("Receiver", "string"),
        ("Status", "string"),
        ("Alerts", "templates.ExtendedAlerts"),
        ("GroupLabels", "template.KV"),
        ("CommonLabels", "template.KV"),
        ("CommonAnnotations", "template.KV"),
        ("ExternalURL", "string"),
        ("AppVersion", "string"),
        ("GroupKey", "string"),
        ("TruncatedAlerts", "*int"),
        ("Vars", "map[string]string"),
    )
    json = (
        ("Receiver", "receiver", False),
        ("Status", "status", False),
        ("Alerts", "alerts", False),
        ("GroupLabels", "groupLabels", False),
        ("CommonLabels", "commonLabels", False),
        ("CommonAnnotations", "commonAnnotations", False),
        ("ExternalURL", "externalURL", False),
        ("AppVersion", "appVersion", True),
        ("GroupKey", "groupKey", False),
        ("TruncatedAlerts", "truncatedAlerts", True),
    )
    __slots__ = ()


_METHODS: dict[Any, Mapping[str, Method]] = {
    Strings: {"Join": Method(lambda strings, separator: separator.join(strings), ("string",))},
    Pairs: {
        "Names": Method(Pairs.names),
        "Values": Method(Pairs.values),
        "String": Method(Pairs.go_string),
    },
    KV: {
        "SortedPairs": Method(KV.sorted_pairs),
        "Remove": Method(KV.remove, ("[]string",)),
        "Names": Method(lambda kv: kv.sorted_pairs().names()),
        "Values": Method(lambda kv: kv.sorted_pairs().values()),
        "String": Method(KV.go_string),
    },
    Alerts: {
        "Firing": Method(lambda alerts: alerts.having("firing")),
        "Resolved": Method(lambda alerts: alerts.having("resolved")),
    },
    ExtendedAlerts: {
        "Firing": Method(lambda alerts: alerts.having("firing")),
        "Resolved": Method(lambda alerts: alerts.having("resolved")),
        "Len": Method(len),
    },
}
for _type, _methods in _METHODS.items():
    _type.go_methods = _methods
