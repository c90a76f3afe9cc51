"""Microsoft Teams, by an Office 365 connector: Alertmanager's ``msteams_configs``."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from contactpoints import teams_webhook
from contactpoints.base import Integration, Notice, Receiver, SaidAs
from contactpoints.fields import Lose, SecretUrl, Template
from contactpoints.http_settings import HttpSchema
from contactpoints.notification import Notification
from contactpoints.spelling import named, nowhere, since, spelled

if TYPE_CHECKING:
    from contactpoints.delivery.http import Http

COLORS = ("8C1A1A", "2DC72D")  # firing, resolved


class MsTeams(Integration):
    """A message card in a channel.
    https://learn.microsoft.com/en-us/outlook/actionable-messages/message-card-reference
    """

    label = "Microsoft Teams (Office 365 connectors)"
    alertmanager = Receiver("msteams_configs", since="0.26.0", go="msteams.MSTeamsConfig")
    grafana = SaidAs("teams", "Grafana has one integration for Teams, which sends adaptive cards")
    notice = Notice(
        "2026-04-30",
        "Microsoft retires Office 365 connectors; make a workflow in Teams and use its address "
        "with msteamsv2_configs",
    )

    class Settings(HttpSchema):
        url = SecretUrl(
            required=True,
            alertmanager=spelled("webhook_url", file_since="0.27"),
            file=True,
            help="The connector's webhook",
        )
        title = Template(
            default=named("msteams.default.title", "default.title"), help="Title of the card"
        )
        summary = Template(
            default=named("msteams.default.summary"),
            grafana=nowhere("Grafana's summary is the title"),
            alertmanager=since("0.27"),
            help="Text of the notice on a phone",
        )
        message = Template(
            alertmanager="text",
            default=named("msteams.default.text", "teams.default.message"),
            help="Text of the card",
        )

    def check(self) -> Iterable[tuple[str, str]]:
        if not self.values.get("url"):
            yield "", "one of webhook_url or webhook_url_file must be configured"

    @classmethod
    def to_grafana(cls, values: dict[str, Any], lose: Lose) -> dict[str, Any]:
        lose("", "changed", "Grafana sends an adaptive card in place of a message card")
        if "title" in values and values.get("summary") == values["title"]:
            del values["summary"]
        return values

    def send(self, notification: Notification, settings: Any, http: Http) -> None:
        def card(text: str) -> dict[str, str]:
            return {
                "@context": "http://schema.org/extensions",
                "type": "MessageCard",
                "title": settings.title,
                "summary": settings.summary,
                "text": text,
                "themeColor": COLORS[0 if notification.is_firing else 1],
            }

        teams_webhook.post(card, settings.message, settings, http)
