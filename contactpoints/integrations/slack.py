"""Slack, by incoming webhook or by its API with a token."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from contactpoints.attachments import SlackAction, SlackField
from contactpoints.base import Integration, Receiver
from contactpoints.delivery.outcome import DeliveryError, refused, retry_after
from contactpoints.fields import Choice, Flag, GoDuration, Lose, Secret, SecretUrl, Template, Url
from contactpoints.groups import JoinedWords, Parts, Words
from contactpoints.http_crossing import has_authorization, take_bearer, with_files
from contactpoints.http_settings import HttpConfig, HttpSchema
from contactpoints.notification import Notification
from contactpoints.slack_message import alertmanager_message, grafana_message, mention, pictures
from contactpoints.spelling import NO_ATTRIBUTE, PerFamily, named, nowhere, since, spelled, template

if TYPE_CHECKING:
    from contactpoints.delivery.http import Http

# https://docs.slack.dev/reference/methods/chat.postMessage#errors
BUSY = ("ratelimited", "rate_limited", "message_limit_exceeded")
BROKEN = ("internal_error", "fatal_error", "service_unavailable", "request_timeout")
CHAT_API = "https://slack.com/api/chat.postMessage"
COLOR = '{{ if eq .Status "firing" }}#D63232{{ else }}#36a64f{{ end }}'
TITLE_LIMIT = 1024  # characters; both families' own senders cut there
FOOTER_LIMIT = (
    300  # https://docs.slack.dev/legacy/legacy-messaging/legacy-secondary-message-attachments
)
FIXED = nowhere("Grafana's Slack message is one attachment of a fixed form")
MENTION = nowhere("Alertmanager has no setting for mentions")


class Slack(Integration):
    """A message in a channel. https://docs.slack.dev/reference/methods/chat.postMessage"""

    label = "Slack"
    alertmanager = Receiver("slack_configs", since="0.1.0", send_resolved=False)

    class Settings(HttpSchema):
        url = SecretUrl(
            alertmanager=spelled("api_url", inherits="slack_api_url", file_since="0.22"),
            file=True,
            help="Incoming webhook; not needed with a token",
        )
        token = Secret(
            alertmanager=spelled("app_token", since="0.30", inherits="slack_app_token"),
            file=True,
            help="Token of a bot or user; not needed with a webhook",
        )
        endpoint_url = Url(
            grafana="endpointUrl",
            alertmanager=spelled("app_url", since="0.30", inherits="slack_app_url"),
            default=CHAT_API,
            help="Address of the method that takes messages",
        )
        recipient = Template(alertmanager="channel", help="Channel or user; needed with a token")
        username = Template(
            default=PerFamily("Grafana", template("slack.default.username")),
            help="Name that the message is shown with",
        )
        icon_emoji = Template(
            default=named("slack.default.iconemoji"), help="Emoji in place of the bot's picture"
        )
        icon_url = Template(
            default=named("slack.default.iconurl"), help="Picture in place of the bot's own"
        )
        mention_users = JoinedWords(
            grafana="mentionUsers",
            alertmanager=MENTION,
            help="Identifiers of users to mention, with commas between them",
        )
        mention_groups = JoinedWords(
            grafana="mentionGroups",
            alertmanager=MENTION,
            help="Identifiers of groups to mention, with commas between them",
        )
        mention_channel = Choice(
            ("", "here", "channel"),
            grafana="mentionChannel",
            alertmanager=MENTION,
            help="Mention everyone in the channel, or those who are here",
        )
        color = Template(
            default=PerFamily(COLOR, template("slack.default.color")),
            help="Colour of the bar beside the message",
        )
        title = Template(
            default=named("slack.default.title", "default.title"),
            limit=TITLE_LIMIT,
            help="Title of the message",
        )
        title_link = Template(
            grafana=FIXED, default=named("slack.default.titlelink"), help="Address behind the title"
        )
        pretext = Template(
            grafana=FIXED, default=named("slack.default.pretext"), help="Text above the message"
        )
        text = Template(
            default=named("slack.default.text", "default.message"), help="Text of the message"
        )
        message_text = Template(
            grafana=FIXED, alertmanager=since("0.31"), help="Text outside of the attachment"
        )
        columns = Parts(
            SlackField,
            what="Slack field",
            go="*config.SlackField",
            alertmanager="fields",
            grafana=FIXED,
            help="Fields in columns below the text",
        )
        short_fields = Flag(
            grafana=FIXED, help="Two columns side by side unless a field says otherwise"
        )
        footer = Template(
            terraform=NO_ATTRIBUTE,
            default=template("slack.default.footer"),
            limit=FOOTER_LIMIT,
            help="Line below the message",
        )
        fallback = Template(
            grafana=FIXED,
            default=named("slack.default.fallback"),
            help="Plain text for notices on a phone",
        )
        callback_id = Template(
            grafana=FIXED,
            default=named("slack.default.callbackid"),
            help="Identifier for interactive messages",
        )
        image_url = Template(grafana=FIXED, help="Picture below the text")
        thumb_url = Template(grafana=FIXED, help="Small picture")
        link_names = Flag(grafana=FIXED, help="Make links of @names and #channels in the text")
        mrkdwn_in = Words(
            grafana=FIXED,
            default=PerFamily(None, ["fallback", "pretext", "text"]),
            help="Parts of the message that are written in Slack's markup",
        )
        actions = Parts(
            SlackAction,
            what="Slack action",
            go="*config.SlackAction",
            one_of=("name", "url"),
            grafana=FIXED,
            help="Buttons below the message",
        )
        update_message = Flag(
            grafana=FIXED,
            alertmanager=since("0.32"),
            help="Change the group's message in place of posting a new one",
        )
        timeout = GoDuration(
            grafana=FIXED,
            alertmanager=since("0.30"),
            help="Time for one request; 0 for no limit of its own",
        )
        http_config = HttpConfig(grafana=nowhere("Grafana's Slack integration takes none"))

    def check(self) -> Iterable[tuple[str, str]]:
        has = self.values.get
        if self.family == "alertmanager":
            if has("url") and has("token"):
                yield (
                    "",
                    "at most one of api_url/api_url_file & app_token/app_token_file "
                    "must be configured",
                )
            if has("update_message") and has("url") not in (None, CHAT_API):
                yield (
                    "",
                    "update_message can only be used with bot tokens. "
                    f"api_url must be set to {CHAT_API}",
                )
        elif (has("url") or has("endpoint_url") or CHAT_API) == CHAT_API:
            for name in ("recipient", "token"):
                if not has(name):
                    yield "", f"{name} must be specified when using the Slack chat API"

    def check_inherited(self) -> Iterable[tuple[str, str]]:
        if not self.value("endpoint_url"):
            yield "", "no global Slack App URL set"
        if not self.value("url") and not self.value("token"):
            yield "", "no Slack API URL nor App token set either inline or in a file"
        if self.value("token") and has_authorization(self.value("http_config")):
            yield "", "http authorization can't be set when using Slack App tokens"

    @classmethod
    def inherit(cls, values: Mapping[str, Any], inherited: Mapping[str, Any]) -> Mapping[str, Any]:
        own_login = values.get("url") or has_authorization(values.get("http_config"))
        token = values.get("token") or (inherited.get("token") and not own_login)
        unused = "url" if token else "token"  # a token goes to the API's own address
        return {name: value for name, value in inherited.items() if name != unused}

    @classmethod
    def to_alertmanager(cls, values: dict[str, Any], lose: Lose) -> dict[str, Any]:
        if values.get("url") and values.get("token"):  # the address decides, the token is a header
            login = with_files({"credentials": values.pop("token")})
            values["http_config"] = {"authorization": login}
        if "endpoint_url" in values and not values.get("token"):
            values.setdefault("url", values.pop("endpoint_url"))
        names = ("mention_channel", "mention_groups", "mention_users")
        if pretext := mention(*(values.pop(name, "") for name in names)):
            values |= {"pretext": pretext, "mrkdwn_in": ["pretext"]}
            lose("pretext", "added", "it says the mentions, for which Alertmanager has no setting")
        return values

    @classmethod
    def to_grafana(cls, values: dict[str, Any], lose: Lose) -> dict[str, Any]:
        if values.get("url") and (token := take_bearer(values)):
            values["token"] = token
        return values

    def send(self, notification: Notification, settings: Any, http: Http) -> None:
        if self.family == "alertmanager":
            self.post_or_update(notification, settings, http)
            return
        answer = self.post(grafana_message(notification, settings), settings, http)
        if settings.token:  # only the API has threads
            for message in pictures(notification, settings, answer):
                with suppress(DeliveryError):  # the message has arrived: nothing is sent again
                    self.post(message, settings, http)

    def post_or_update(self, notification: Notification, settings: Any, http: Http) -> None:
        """Post a message, or with ``update_message`` change the one that the group has already."""
        message = alertmanager_message(notification, settings)
        if not settings.update_message:
            self.post(message, settings, http)
            return
        key = (settings.recipient, notification.group_key)
        last = http.posted.recall(key)
        answer = self.update({**message, **last}, settings, http) if last else None
        answer = answer or self.post(message, settings, http)
        name = {part: str(answer[part]) for part in ("ts", "channel") if answer.get(part)}
        if notification.is_firing and len(name) == 2:
            http.posted.remember(key, name)
        elif last and not notification.is_firing:
            http.posted.remember(key, None)

    def update(self, message: dict[str, Any], settings: Any, http: Http) -> dict[str, Any] | None:
        """Change a message. None when that can never be: somebody has deleted it, it is too old,
        or what posts now may not change it.
        """
        try:
            return self.post(message, settings, http, is_update=True)
        except DeliveryError as error:
            if not error.permanent:
                raise
            return None

    def post(
        self, message: dict[str, Any], settings: Any, http: Http, *, is_update: bool = False
    ) -> dict[str, Any]:
        """Post one message; what Slack's API answered, or nothing."""
        headers = {"Authorization": f"Bearer {settings.token}"} if settings.token else {}
        if self.family == "grafana":
            headers["Content-Type"] = "application/json; charset=utf-8"
        url = settings.url or settings.endpoint_url
        reply = http.post(
            url.removesuffix("chat.postMessage") + "chat.update" if is_update else url,
            json=message,
            headers=headers,
            http_config=settings.http_config,
            timeout=settings.timeout,
        )
        answer = reply.json()
        if not isinstance(answer, dict):
            answer = {"error": reply.text.strip()}
        if answer.get("ok") is not True and answer.get("error") != "ok":
            error = str(answer.get("error", ""))
            wait = retry_after(reply.headers.get("Retry-After"))
            raise refused(error, busy=BUSY, broken=BROKEN, wait=wait)
        return answer
