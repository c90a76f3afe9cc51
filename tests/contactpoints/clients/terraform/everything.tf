# Every integration of the provider, with every attribute that it takes.
resource "grafana_contact_point" "all" {
  name = "all of them/β"

  alertmanager {
    url                 = "${var.sink}/alertmanager,${var.sink}/other"
    basic_auth_user     = "user"
    basic_auth_password = "am-secret"
  }

  dingding {
    url          = "${var.sink}/dingding"
    message_type = "actionCard"
    message      = "{{ .Status }}"
    title        = "{{ template \"default.title\" . }}"
  }

  discord {
    url                  = "${var.sink}/discord"
    title                = "{{ .Status }}"
    message              = "{{ len .Alerts.Firing }}"
    avatar_url           = "https://avatars.example/a.png"
    use_discord_username = true
  }

  email {
    addresses               = ["a@b.example", "c@d.example", "Jane Doe <jane@d.example>"]
    single_email            = true
    message                 = "Hello"
    subject                 = "{{ .Status }}"
    disable_resolve_message = true
  }

  googlechat {
    url               = "${var.sink}/googlechat"
    title             = "{{ .Status }}"
    message           = "m"
    hide_open_button  = true
    hide_version_info = true
  }

  jira {
    api_url             = "${var.sink}/rest/api/3"
    user                = "jira-user"
    password            = "jira-secret"
    project             = "OPS"
    issue_type          = "Bug"
    summary             = "{{ .Status }}"
    description         = "d"
    labels              = ["one", "two"]
    priority            = "High"
    resolve_transition  = "Done"
    reopen_transition   = "To Do"
    reopen_duration     = "10m"
    wont_fix_resolution = "Won't Do"
    dedup_key_field     = "10001"
    fields = {
      customfield_1 = "text"
      customfield_2 = jsonencode({ value = "x" })
    }
  }

  jira {
    api_url    = "${var.sink}/rest/api/2"
    api_token  = "jira-token"
    project    = "OPS"
    issue_type = "Task"
  }

  kafka {
    rest_proxy_url = "${var.sink}/kafka"
    topic          = "alerts"
    description    = "{{ .Status }}"
    details        = "{{ len .Alerts }}"
    username       = "kafka-user"
    password       = "kafka-secret"
    api_version    = "v3"
    cluster_id     = "lkc-1"
  }

  line {
    token       = "line-token"
    title       = "t"
    description = "d"
  }

  oncall {
    url                 = "${var.sink}/oncall"
    http_method         = "PUT"
    basic_auth_user     = "oncall-user"
    basic_auth_password = "oncall-secret"
    max_alerts          = 100
    message             = "m"
    title               = "t"
  }

  oncall {
    url                       = "${var.sink}/oncall/bearer"
    authorization_scheme      = "Token"
    authorization_credentials = "oncall-token"
  }

  opsgenie {
    url               = "${var.sink}/opsgenie"
    api_key           = "opsgenie-key"
    message           = "m"
    description       = "d"
    auto_close        = true
    override_priority = true
    send_tags_as      = "both"

    responders {
      type = "team"
      name = "ops"
    }

    responders {
      type     = "user"
      username = "jane@d.example"
    }

    responders {
      type = "schedule"
      id   = "4513b7ea-3b91-438f-b7e4-e3e54af9147c"
    }
  }

  pagerduty {
    integration_key = "pagerduty-key"
    severity        = "{{ if true }}warning{{ end }}"
    class           = "ping failure"
    component       = "mysql"
    group           = "my service"
    summary         = "message"
    source          = "monitor"
    client          = "Grafana"
    client_url      = "https://client.example"
    url             = "${var.sink}/pagerduty"
    details = {
      one  = "two"
      four = "{{ len .Alerts.Firing }}"
    }
  }

  pushover {
    user_key     = "pushover-user"
    api_token    = "pushover-token"
    priority     = 2
    ok_priority  = -1
    retry        = 45
    expire       = 80000
    device       = "device"
    sound        = "bugle"
    ok_sound     = "cashregister"
    title        = "t"
    message      = "m"
    upload_image = false
  }

  sensugo {
    url       = "${var.sink}/sensu"
    api_key   = "sensu-key"
    entity    = "e"
    check     = "c"
    namespace = "n"
    handler   = "h"
    message   = "m"
  }

  slack {
    endpoint_url    = "${var.sink}/slack-api"
    token           = "xoxb-slack-token"
    recipient       = "#ops"
    text            = "text"
    title           = "title"
    username        = "bot"
    icon_emoji      = ":fire:"
    icon_url        = "https://icons.example/i.png"
    mention_channel = "channel"
    mention_users   = "U1,U2"
    mention_groups  = "G1"
    color           = "{{ if eq .Status \"firing\" }}#ff0000{{ else }}#00ff00{{ end }}"
  }

  slack {
    url = "${var.sink}/slack-hook"
  }

  sns {
    topic           = "arn:aws:sns:us-east-1:123456789012:alerts"
    auth_provider   = "keys"
    access_key      = "sns-access"
    secret_key      = "sns-secret"
    assume_role_arn = "arn:aws:iam::123456789012:role/r"
    message_format  = "json"
    body            = "b"
    subject         = "s"
    external_id     = "e"
    settings = {
      topic_arn = "arn:aws:sns:us-east-1:123456789012:alerts"
    }
  }

  teams {
    url           = "${var.sink}/teams"
    message       = "m"
    title         = "t"
    section_title = "s"
  }

  telegram {
    token                    = "123:telegram-token"
    chat_id                  = "-100123"
    message_thread_id        = "7"
    message                  = "m"
    parse_mode               = "MarkdownV2"
    disable_web_page_preview = true
    protect_content          = true
    disable_notifications    = true
  }

  threema {
    gateway_id   = "*1234567"
    recipient_id = "ABCDEFGH"
    api_secret   = "threema-secret"
    title        = "t"
    description  = "d"
  }

  victorops {
    url          = "${var.sink}/victorops"
    message_type = "WARNING"
    title        = "t"
    description  = "d"
  }

  webex {
    token   = "webex-token"
    api_url = "${var.sink}/webex"
    message = "m"
    room_id = "room"
  }

  webhook {
    url                 = "${var.sink}/webhook"
    http_method         = "PUT"
    basic_auth_user     = "webhook-user"
    basic_auth_password = "webhook-secret"
    max_alerts          = 100
    message             = "m"
    title               = "t"
    headers = {
      X-One = "1"
      X-Two = "two"
    }

    tls_config = {
      insecure_skip_verify = true
    }

    hmac_config {
      secret           = "hmac-secret"
      header           = "X-Signature"
      timestamp_header = "X-Timestamp"
    }

    payload {
      template = "{{ define \"p\" }}{{ .Status }}{{ end }}{{ template \"p\" . }}"
      vars = {
        v1 = "one"
      }
    }

    http_config {
      oauth2 {
        client_id     = "oauth-client"
        client_secret = "oauth-secret"
        token_url     = "${var.sink}/token"
        scopes        = ["one", "two"]
        endpoint_params = {
          audience = "me"
        }

        tls_config {
          insecure_skip_verify = true
        }

        proxy_config {
          proxy_url              = "http://proxy.example:3128"
          proxy_from_environment = false
          no_proxy               = "127.0.0.1"
          proxy_connect_header = {
            X-Proxy = "p"
          }
        }
      }
    }
  }

  webhook {
    url                       = "${var.sink}/webhook/bearer"
    authorization_scheme      = "Bearer"
    authorization_credentials = "webhook-token"
    settings = {
      ownKey = "kept"
    }
  }

  wecom {
    url      = "${var.sink}/wecom"
    message  = "m"
    title    = "t"
    msg_type = "text"
    to_user  = "jane|joe"
  }

  wecom {
    secret   = "wecom-secret"
    corp_id  = "corp"
    agent_id = "1000002"
  }
}

# Every integration again, with nothing but what it needs.
resource "grafana_contact_point" "least" {
  name               = "least"
  disable_provenance = true

  alertmanager {
    url = "${var.sink}/least/alertmanager"
  }
  dingding {
    url = "${var.sink}/least/dingding"
  }
  discord {
    url = "${var.sink}/least/discord"
  }
  email {
    addresses = ["a@b.example"]
  }
  googlechat {
    url = "${var.sink}/least/googlechat"
  }
  jira {
    api_url    = "${var.sink}/rest/api/2"
    api_token  = "t"
    project    = "OPS"
    issue_type = "Bug"
  }
  kafka {
    rest_proxy_url = "${var.sink}/least/kafka"
    topic          = "alerts"
  }
  line {
    token = "t"
  }
  oncall {
    url = "${var.sink}/least/oncall"
  }
  opsgenie {
    api_key = "k"
  }
  pagerduty {
    integration_key = "k"
  }
  pushover {
    user_key  = "u"
    api_token = "t"
  }
  sensugo {
    url     = "${var.sink}/least/sensu"
    api_key = "k"
  }
  slack {
    url = "${var.sink}/least/slack"
  }
  sns {
    topic = "arn:aws:sns:us-east-1:123456789012:alerts"
    settings = {
      topic_arn = "arn:aws:sns:us-east-1:123456789012:alerts"
    }
  }
  teams {
    url = "${var.sink}/least/teams"
  }
  telegram {
    token   = "123:t"
    chat_id = "1"
  }
  threema {
    gateway_id   = "*1234567"
    recipient_id = "ABCDEFGH"
    api_secret   = "s"
  }
  victorops {
    url = "${var.sink}/least/victorops"
  }
  webex {
    token   = "t"
    room_id = "r"
  }
  webhook {
    url = "${var.sink}/least/webhook"
  }
  wecom {
    url = "${var.sink}/least/wecom"
  }
}

# What delivers: to be seen on the other side.
resource "grafana_contact_point" "delivers" {
  name = "delivers"

  webhook {
    url                 = var.changed ? "${var.sink}/uno" : "${var.sink}/one"
    basic_auth_user     = "u"
    basic_auth_password = var.changed ? "hush again" : "hush"
  }

  dynamic "webhook" {
    for_each = var.changed ? [] : ["two"]
    content {
      url = "${var.sink}/${webhook.value}"
      hmac_config {
        secret = "hmac"
      }
    }
  }

  dynamic "teams" {
    for_each = var.changed ? ["five"] : []
    content {
      url                     = "${var.sink}/${teams.value}"
      disable_resolve_message = true
    }
  }

  slack {
    url  = "${var.sink}/three"
    text = "{{ template \"own\" . }}"
  }

  discord {
    url = "${var.sink}/four"
  }

  depends_on = [grafana_message_template.own]
}

# Another name makes it anew; policies name the new one before the old one goes.
resource "grafana_contact_point" "renamed" {
  name = var.name

  webhook {
    url = "${var.sink}/renamed"
  }

  lifecycle {
    create_before_destroy = true
  }
}

resource "grafana_contact_point" "crowd" {
  count = 10
  name  = "crowd ${count.index}"

  email {
    addresses = ["crowd@b.example"]
  }

  webhook {
    url = "${var.sink}/crowd/${count.index}"
  }
}

resource "grafana_message_template" "own" {
  name     = "own"
  template = <<-EOT

    {{ define "own" }}
    Own: {{ .Status }}${var.changed ? "!" : ""}
    {{ end }}
  EOT
}

resource "grafana_message_template" "spaced" {
  name     = "name with space"
  template = "{{ define \"spaced\" }}x{{ end }}"
}

resource "grafana_mute_timing" "full" {
  name = "full time"

  intervals {
    times {
      start = "04:56"
      end   = "14:17"
    }
    times {
      start = "20:00"
      end   = "24:00"
    }
    weekdays      = ["monday", "tuesday:thursday"]
    days_of_month = ["1:7", "-1"]
    months        = ["1:3", "december"]
    years         = ["2030", "2035:2036"]
    location      = "America/New_York"
  }

  intervals {
    weekdays = var.changed ? ["saturday", "sunday"] : ["sunday"]
  }
}

resource "grafana_mute_timing" "unlocked" {
  name               = "unlocked"
  disable_provenance = true

  intervals {
    months = ["march"]
  }
}

resource "grafana_notification_policy" "tree" {
  contact_point   = grafana_contact_point.least.name
  group_by        = ["grafana_folder", "alertname"]
  group_wait      = var.changed ? "50s" : "45s"
  group_interval  = "6m"
  repeat_interval = "3h"

  policy {
    contact_point = grafana_contact_point.delivers.name
    group_by      = ["..."]
    continue      = true
    mute_timings  = [grafana_mute_timing.full.name, grafana_mute_timing.unlocked.name]

    matcher {
      label = "team"
      match = "="
      value = "ops"
    }
    matcher {
      label = "severity"
      match = "!="
      value = "info"
    }
    matcher {
      label = "a"
      match = "=~"
      value = "x.*|\"y\" \\d+"
    }
    matcher {
      label = "b"
      match = "!~"
      value = "z+"
    }

    policy {
      contact_point   = grafana_contact_point.crowd[0].name
      group_by        = ["alertname"]
      group_wait      = "10s"
      group_interval  = "1m"
      repeat_interval = "1d"

      matcher {
        label = "level"
        match = "="
        value = "2"
      }

      policy {
        group_by       = ["instance"]
        active_timings = [grafana_mute_timing.full.name]

        matcher {
          label = "level"
          match = "="
          value = "3"
        }

        policy {
          contact_point = grafana_contact_point.all.name
          group_by      = ["four"]

          matcher {
            label = "level"
            match = "="
            value = "4"
          }

          policy {
            contact_point = grafana_contact_point.crowd[1].name
            group_by      = ["five"]

            matcher {
              label = "level"
              match = "="
              value = "5"
            }
          }
        }
      }
    }
  }

  dynamic "policy" {
    for_each = var.changed ? ["added"] : []
    content {
      contact_point = grafana_contact_point.crowd[3].name
      mute_timings  = [grafana_mute_timing.unlocked.name]

      matcher {
        label = policy.value
        match = "=~"
        value = ".+"
      }
    }
  }

  policy {
    contact_point = grafana_contact_point.renamed.name
    matcher {
      label = "renamed"
      match = "="
      value = "yes"
    }
  }

  policy {
    contact_point = grafana_contact_point.crowd[2].name
    matcher {
      label = "empty"
      match = "="
      value = ""
    }
  }
}
