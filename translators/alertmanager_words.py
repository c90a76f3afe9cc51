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


OLD_TYPES = (
    ((0, 28, 0), "config.ProxyHeader", "config.Header"),
    ((0, 31, 0), "common.plain", "config.plain"),
    ((0, 31, 0), "[]common.InhibitRule", "[]config.InhibitRule"),
    ((0, 26, 0), "[]config.InhibitRule", "[]*config.InhibitRule"),
)
"""Before which version Go types in messages had other names."""


def say_as_then(problems: Problems) -> None:
    """Put the errors into the words of the version that is asked about."""
    if problems.version >= LAST_CHANGE:
        return
    errors, problems.errors[:] = list(problems.errors), []
    for problem in errors:
        until, message, kind = OLDER.get(problem.message, ((0, 0, 0), "", problem.kind))
        if problem.kind == "type":
            problem = problem._replace(message=_renamed(problem.message, problems.version))
        elif problems.version < until:
            # What became a check of the whole file was one of the object, before its others.
            is_earlier = kind == "value" and problem.kind == "whole"
            problem = problem._replace(message=message, kind=kind)
            if is_earlier:
                same = [each for each in problems.errors if each.path[:4] == problem.path[:4]]
                place = problems.errors.index(same[0]) if same else len(problems.errors)
                problems.errors.insert(place, problem)
                continue
        problems.errors.append(problem)


def _renamed(message: str, version: Version) -> str:
    for until, new, old in OLD_TYPES:
        if version < until and message.endswith(new):
            message = message.removesuffix(new) + old
    return message


LAST_CHANGE: Version = max(
    *(until for until, _, _ in OLDER.values()), *(until for until, _, _ in OLD_TYPES)
)
