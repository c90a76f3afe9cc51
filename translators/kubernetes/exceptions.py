"""Where the objects differ from the rule: names that do not follow from Alertmanager's, and what an
API does not have, by the path in a receiver of Alertmanager's file.

Sources, as of prometheus-operator 0.93 and VictoriaMetrics' operator 0.74:
https://prometheus-operator.dev/docs/api-reference/api/#monitoring.coreos.com/v1alpha1.AlertmanagerConfig
https://docs.victoriametrics.com/operator/api/#vmalertmanagerconfig
"""

from __future__ import annotations

PROMETHEUS_NAMES = {
    "discord_configs.webhook_url": "apiURL",
    "msteams_configs.webhook_url": "webhookUrl",
    "pagerduty_configs.images": "pagerDutyImageConfigs",
    "pagerduty_configs.links": "pagerDutyLinkConfigs",
    "pagerduty_configs.links.text": "alt",
    "slack_configs.callback_id": "callbackId",
    "sns_configs.sigv4.external_id": "externalId",
    "sns_configs.sigv4.role_arn": "roleArn",
    "victorops_configs.api_url": "apiUrl",
    "webhook_configs.url": "urlSecret",
}
VICTORIA_NAMES = {
    "discord_configs.webhook_url": "webhook_url_secret",
    "jira_configs.fields": "custom_fields",
    "mattermost_configs.webhook_url": "url_secret",
    "msteams_configs.webhook_url": "webhook_url_secret",
    "msteamsv2_configs.webhook_url": "webhook_url_secret",
    "opsgenie_configs.api_url": "apiURL",
    "pagerduty_configs.images.src": "source",
    "sns_configs.sigv4.access_key": "access_key_selector",
    "sns_configs.sigv4.secret_key": "secret_key_selector",
    "webhook_configs.url": "url_secret",
}
PROMETHEUS_PLAIN = {"webhook_configs.url": "url"}
VICTORIA_PLAIN = {
    "discord_configs.webhook_url": "webhook_url",
    "mattermost_configs.webhook_url": "url",
    "msteams_configs.webhook_url": "webhook_url",
    "msteamsv2_configs.webhook_url": "webhook_url",
    "sns_configs.sigv4.access_key": "access_key",
    "webhook_configs.url": "url",
}
_NEVER_SENT = [
    f"rocketchat_configs.actions.{name}"
    for name in (
        *("imageurl", "iswebview", "webviewheightratio", "msginchatwindow"),
        "msgprocessingtype",
    )
]
PROMETHEUS_ABSENT = frozenset(
    [
        "incidentio_configs",
        "jira_configs",
        "mattermost_configs",
        "rocketchat_configs.actions.type",
        *_NEVER_SENT,
        "slack_configs.app_token",
        "slack_configs.app_url",
        "sns_configs.sigv4.service_name",
    ]
)
_OF_MATTERMOST = [
    f"mattermost_configs.{name}"
    for name in (
        *("fallback", "color", "pretext", "author_name", "author_link", "author_icon", "title"),
        *("title_link", "fields", "thumb_url", "footer", "footer_icon", "image_url", "type"),
    )
]
VICTORIA_ABSENT = frozenset(
    [
        "email_configs.force_implicit_tls",
        "email_configs.threading",
        "jira_configs.api_type",
        *_OF_MATTERMOST,
        "msteams_configs.summary",
        "pagerduty_configs.source",
        "pagerduty_configs.timeout",
        "pushover_configs.device",
        "pushover_configs.monospace",
        "pushover_configs.ttl",
        *_NEVER_SENT,
        "slack_configs.app_token",
        "slack_configs.app_url",
        "slack_configs.message_text",
        "slack_configs.timeout",
        "sns_configs.sigv4.external_id",
        "sns_configs.sigv4.service_name",
        "sns_configs.sigv4.use_fips_sts_endpoint",
        "sns_configs.use_aws_http_client",
        "webhook_configs.payload",
    ]
)
PROMETHEUS_ADDRESSES = frozenset(
    [
        "discord_configs.avatar_url",
        "opsgenie_configs.api_url",
        "pagerduty_configs.url",
        "rocketchat_configs.api_url",
        "telegram_configs.api_url",
        "victorops_configs.api_url",
        "webex_configs.api_url",
        "wechat_configs.api_url",
    ]
)
_REQUIRED = frozenset(
    [
        "opsgenie_configs.responders.type",
        "telegram_configs.chat_id",
        "victorops_configs.routing_key",
        "webex_configs.room_id",
    ]
)
PROMETHEUS_REQUIRED = _REQUIRED | {
    "discord_configs.webhook_url",
    "msteams_configs.webhook_url",
    "rocketchat_configs.token",
    "rocketchat_configs.token_id",
}
VICTORIA_REQUIRED = _REQUIRED | {
    "jira_configs.issue_type",
    "jira_configs.project",
    "mattermost_configs.text",
    "pagerduty_configs.images.src",
    "pagerduty_configs.links.href",
    "telegram_configs.bot_token",
}
