"""What older versions of Alertmanager said otherwise."""

from __future__ import annotations

from alertmanager_configs.problems import Kind, Problems
from alertmanager_configs.versions import Version

OLDER: dict[str, tuple[Version, str, Kind]] = {
    "one of url or url_file must be configured": (
        (0, 26, 0),
        "missing URL in webhook config",
        "value",
    ),
    "one of user_key or user_key_file must be configured": (
        (0, 26, 0),
        "missing user key in Pushover config",
        "value",
    ),
    "one of token or token_file must be configured": (
        (0, 26, 0),
        "missing token in Pushover config",
        "value",
    ),
    "one of webhook_url or webhook_url_file must be configured": (
        (0, 26, 0),
        "no discord webhook URL provided",
        "whole",
    ),
    "missing bot_token or bot_token_file on telegram_config": (
        (0, 26, 0),
        "missing bot_token on telegram_config",
        "value",
    ),
    "missing chat_id or chat_id_file on telegram_config": (
        (0, 31, 0),
        "missing chat_id on telegram_config",
        "value",
    ),
    "no Slack API URL nor App token set either inline or in a file": (
        (0, 30, 0),
        "no global Slack API URL set either inline or in a file",
        "whole",
    ),
    "no global Wechat Api Secret set either inline or in a file": (
        (0, 31, 0),
        "no global Wechat ApiSecret set",
        "whole",
    ),
}
"""By what the latest version says: before which version it was said otherwise, how, and when."""


def say_as_then(problems: Problems) -> None:
    """Put the errors into the words of the version that is asked about."""
    for place, problem in enumerate(problems.errors):
        until, message, kind = OLDER.get(problem.message, ((0, 0, 0), "", problem.kind))
        if problems.version < until:
            problems.errors[place] = problem._replace(message=message, kind=kind)
