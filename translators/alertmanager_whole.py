"""What Alertmanager looks at in its receivers once it has read the whole file."""

from __future__ import annotations

from functools import cache
from operator import itemgetter

from alertmanager_configs.problems import Path, Problems
from alertmanager_configs.versions import Version
from contactpoints.base import Integration, Receiver
from contactpoints.setup import ContactPoint
from translators.alertmanager_globals import Globals
from translators.alertmanager_known import key_of

ORDER = (
    *("webhook_configs", "email_configs", "slack_configs", "pushover_configs"),
    *("pagerduty_configs", "incidentio_configs", "opsgenie_configs", "wechat_configs"),
    *("victorops_configs", "sns_configs", "telegram_configs", "discord_configs"),
    *("webex_configs", "msteams_configs", "msteamsv2_configs", "jira_configs"),
    *("rocketchat_configs", "mattermost_configs"),
)
"""In which order Alertmanager looks at the integrations of a receiver when all is read."""


Nulls = dict[Path, list[Path]]
"""The integrations that are null, by the path of their receiver."""


COPIES_HTTP: dict[str, Version] = {"slack_configs": (0, 30, 0), "msteamsv2_configs": (0, 34, 0)}
"""Integrations that copy the ``http_config`` of ``global``, and crash where that is null."""


def check_whole(point: ContactPoint, nulls: Nulls, globals_: Globals, problems: Problems) -> None:
    """What Alertmanager looks at when all is read, in its order: is everything there, with what
    comes from ``global``?
    """
    found: list[tuple[int, Path, Integration | None]] = [
        (_place_of(type(each)), each.path, each)  # type: ignore[arg-type]  # a class is hashable
        for each in point.integrations
    ]
    if point.path in nulls:
        found += ((_PLACES[str(path[-2])], path, None) for path in nulls[point.path])
    if len(found) > 1:
        found.sort(key=itemgetter(0, 1))
    for _, path, integration in found:
        if integration is None:
            kind = str(path[-2]).removesuffix("_configs")
            problems.error(path, f"missing {kind} config", "whole")
        else:
            for _, message in integration.check_inherited():
                problems.error(path, message, "whole")
            if not globals_.has_no_http or "http_config" in integration.values:
                continue
            if problems.version >= COPIES_HTTP.get(key_of(integration), (99, 0, 0)):
                message = "http_config of global must not be null"
                problems.error(("global", "http_config"), message, "whole")


_PLACES = {key: place for place, key in enumerate(ORDER)}


@cache
def _place_of(declared: type[Integration]) -> int:
    receiver = declared.alertmanager
    return _PLACES.get(receiver.key, len(ORDER)) if isinstance(receiver, Receiver) else len(ORDER)
