"""Pushover, by its message API."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from alertmanager_configs.durations import parse_go_duration
from contactpoints.base import Integration, Receiver
from contactpoints.delivery.outcome import DeliveryError, refused
from contactpoints.fields import Flag, GoDuration, Lose, Number, SecretTemplate, Template, Text
from contactpoints.http_settings import HttpSchema
from contactpoints.notification import Notification
from contactpoints.spelling import PerFamily, named, nowhere, since, spelled
from contactpoints.truncation import cut

if TYPE_CHECKING:
    from contactpoints.delivery.http import Http

API = "https://api.pushover.net/1/messages.json"
TITLE_LIMIT = 250  # characters, as the two below: https://pushover.net/api#limits
MESSAGE_LIMIT = 1024
URL_LIMIT = 512
IMAGE_LIMIT = 2 * 1024 * 1024  # bytes, of Grafana's own; https://pushover.net/api#attachments: 5 MB
IMAGE_TIME = 5.0  # seconds to fetch it in: the message matters more
EMERGENCY = "2"  # the priority that wants retry and expire: https://pushover.net/api#priority
EITHER = re.compile(r'\{\{ if eq \.Status "firing" \}\}([^{}]*)\{\{ else \}\}([^{}]*)\{\{ end \}\}')
PRIORITY = '{{ if eq .Status "firing" }}2{{ else }}0{{ end }}'
DURATION = "config.duration"  # as Alertmanager calls it
IN_ONE = nowhere("Alertmanager has one template for both")
FIXED = nowhere("Grafana fills it in itself")


class Pushover(Integration):
    """A notification on phones. https://pushover.net/api"""

    label = "Pushover"
    alertmanager = Receiver("pushover_configs", since="0.2.0")

    class Settings(HttpSchema):
        token = SecretTemplate(
            grafana="apiToken",
            alertmanager=spelled(file_since="0.26"),
            file=True,
            required=True,
            help="Key of the application",
        )
        user_key = SecretTemplate(
            grafana="userKey",
            alertmanager=spelled(file_since="0.26"),
            file=True,
            required=True,
            help="Key of the user or group",
        )
        device = Template(
            alertmanager=since("0.26"), help="Devices, with commas between them; all when left out"
        )
        title = Template(
            default=named("pushover.default.title", "default.title"),
            limit=TITLE_LIMIT,
            help="Title of the message",
        )
        message = Template(
            default=named("pushover.default.message", "default.message"), help="Text of the message"
        )
        url = Template(
            grafana=FIXED,
            default=named("pushover.default.url"),
            limit=URL_LIMIT,
            help="Address shown with the message",
        )
        url_title = Template(
            grafana=FIXED, alertmanager=since("0.16"), help="What is shown in its place"
        )
        priority = Template(
            grafana=spelled(kind=Number(quoted=True)),
            default=PerFamily("0", PRIORITY),
            help="-2 (silent) to 2 (emergency) while it fires",
        )
        ok_priority = Number(
            grafana="okPriority",
            quoted=True,
            default=PerFamily(0),
            alertmanager=IN_ONE,
            help="-2 (silent) to 2 (emergency) when it is resolved",
        )
        sound = Template(alertmanager=since("0.16"), help="Sound while it fires")
        ok_sound = Template(
            grafana="okSound", alertmanager=IN_ONE, help="Sound when it is resolved"
        )
        retry = GoDuration(
            go=DURATION,
            bare=False,
            grafana=spelled(kind=Text()),
            default=PerFamily("0", "1m"),
            help="How often an emergency is repeated; at least 30 seconds",
        )
        expire = GoDuration(
            go=DURATION,
            bare=False,
            grafana=spelled(kind=Text()),
            default=PerFamily("0", "1h"),
            help="How long an emergency is repeated; at most 3 hours",
        )
        ttl = GoDuration(
            go=DURATION,
            bare=False,
            grafana=nowhere("Grafana's messages stay until they are read"),
            alertmanager=since("0.27"),
            help="When the message removes itself",
        )
        html = Flag(
            grafana=nowhere("Grafana marks every message as HTML"),
            alertmanager=since("0.16"),
            help="The message is HTML",
        )
        monospace = Flag(
            grafana=nowhere("Grafana marks every message as HTML"),
            alertmanager=since("0.29"),
            help="Show the message in a fixed width",
        )
        upload_image = Flag(
            grafana="uploadImage",
            default=PerFamily(True),
            alertmanager=nowhere("Alertmanager sends no pictures"),
            help="Send the first picture along",
        )

    def check(self) -> Iterable[tuple[str, str]]:
        words = {
            "grafana": {"user_key": "user key not found", "token": "API token not found"},
            "alertmanager": {
                name: f"one of {name} or {name}_file must be configured"
                for name in ("user_key", "token")
            },
        }
        for name, sentence in words[self.family].items():
            if not self.values.get(name):
                yield "", sentence
        if self.values.get("html") and self.values.get("monospace"):
            yield "", "at most one of monospace & html must be configured"

    @classmethod
    def draws_html(cls, name: str, values: dict[str, Any], family: str) -> bool:
        return family == "alertmanager" and name == "message" and bool(values.get("html"))

    @classmethod
    def to_grafana(cls, values: dict[str, Any], lose: Lose) -> dict[str, Any]:
        said = values.pop("priority", PRIORITY)
        firing, resolved = either(said)
        if all(re.fullmatch(r"-?\d{1,18}", text) for text in (firing, resolved)):
            values |= {"priority": firing, "ok_priority": int(resolved)}
        else:
            values["priority"] = "0"
            lose("priority", "dropped", "Grafana's priorities are two numbers, not a template")
        sound = values.get("sound", "")
        values["sound"], values["ok_sound"] = either(sound) if sound else ("", "")
        for name in ("retry", "expire"):
            default = cls.fields[name].default("alertmanager")
            values[name] = str(seconds(values.get(name, default)))
        if not values.pop("html", False):
            lose("html", "changed", "Grafana marks every message as HTML")
        return values

    @classmethod
    def to_alertmanager(cls, values: dict[str, Any], lose: Lose) -> dict[str, Any]:
        firing = str(values.get("priority", "0"))
        values["priority"] = in_one(firing, str(values.pop("ok_priority", 0)))
        sounds = [values.pop(name, "") for name in ("sound", "ok_sound")]
        if any(sounds):
            values["sound"] = in_one(*("" if each == "default" else each for each in sounds))
        for name in ("retry", "expire"):
            found = seconds(values.get(name, ""))
            default = cls.fields[name].default("alertmanager")
            values[name] = f"{found}s" if found else default  # 0 is refused, and rarely meant
        values["html"] = True
        return values

    def send(self, notification: Notification, settings: Any, http: Http) -> None:
        message = cut(settings.message or "", MESSAGE_LIMIT).strip() or "(no details)"
        said = {
            "user": settings.user_key,
            "token": settings.token,
            "title": settings.title or "",
            "message": message,
        }
        if self.family == "alertmanager":
            query = {**said, **alertmanager_query(settings)}
            reply = http.post(
                f"{API}?{urlencode(sorted(query.items()))}",
                headers={"Content-Type": "text/plain"},
                http_config=settings.http_config,
            )
        else:
            form = list(grafana_form(said, notification, settings, http))
            reply = http.post(API, files=form, http_config=settings.http_config)
        answer = reply.json()
        if isinstance(answer, dict) and answer.get("status", 1) != 1:
            raise refused(", ".join(map(str, answer.get("errors") or ["no reason"])))


def grafana_form(
    said: dict[str, str], notification: Notification, settings: Any, http: Http
) -> Iterable[tuple[str, tuple[Any, ...]]]:
    """The parts of the form, in the order in which Grafana writes them."""
    firing = notification.is_firing
    priority = str(settings.priority if firing else settings.ok_priority)
    sound = (settings.sound if firing else settings.ok_sound) or ""
    form: dict[str, str | tuple[str, bytes, str] | None] = {
        "user": said["user"],
        "token": said["token"],
        "priority": priority,
        "retry": str(seconds(settings.retry)) if priority == EMERGENCY else None,
        "expire": str(seconds(settings.expire)) if priority == EMERGENCY else None,
        "device": settings.device or None,
        "title": said["title"],
        "url": cut(notification.link("/alerting/list"), URL_LIMIT),
        "url_title": "Show alert rule",
        "message": said["message"],
        "attachment": first_picture(notification, http) if settings.upload_image else None,
        "sound": sound if sound != "default" else None,
        "html": "1",
    }
    for name, value in form.items():
        if value is not None:
            yield name, (None, value) if isinstance(value, str) else value


def alertmanager_query(settings: Any) -> dict[str, str]:
    """What Alertmanager says besides the message itself."""
    query = {
        name: getattr(settings, name) or ""
        for name in ("url", "url_title", "priority", "device", "sound")
    }
    query |= {name: str(seconds(getattr(settings, name))) for name in ("retry", "expire")}
    query |= {name: "1" for name in ("html", "monospace") if getattr(settings, name)}
    if ttl := seconds(settings.ttl):
        query["ttl"] = str(ttl)
    return query


def first_picture(notification: Notification, http: Http) -> tuple[str, bytes, str] | None:
    """The first picture of the alerts, with its name and type; none is no reason not to send."""
    for url in notification.image_urls[:1]:
        try:
            reply = http.post(url, method="GET", timeout=IMAGE_TIME, most=IMAGE_LIMIT + 1)
        except DeliveryError:
            return None
        kind = reply.headers.get("Content-Type", "").partition(";")[0].strip()
        if kind.startswith("image/") and len(reply.body) <= IMAGE_LIMIT:
            return f"image.{kind.removeprefix('image/')}", reply.body, kind
    return None


def seconds(said: str | None) -> int:
    """Whole seconds of Grafana's number or of Alertmanager's duration; 0 for what is neither."""
    text = (said or "").strip()
    if re.fullmatch(r"\d{1,18}", text):
        return int(text)
    try:
        return int(parse_go_duration(text) // 1_000_000_000) if text else 0
    except ValueError:
        return 0


def in_one(firing: str, resolved: str) -> str:
    """One template for both statuses."""
    if firing == resolved:
        return firing
    return f'{{{{ if eq .Status "firing" }}}}{firing}{{{{ else }}}}{resolved}{{{{ end }}}}'


def either(said: str) -> tuple[str, str]:
    """What a template says for each of the statuses: two texts, or twice the template itself."""
    found = EITHER.fullmatch(said)
    return (found[1], found[2]) if found else (said, said)
