"""Terraform: the provider takes what is written, and what is read is what the file means."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from alertmanager_configs.problems import SetupError
from contactpoints.fields import Expression, FromFile
from contactpoints.groups import Part
from contactpoints.integrations import integrations
from translators import Translation, read_text, translate
from translators.dialect import dialect
from translators.hcl.functions import UnknownError
from translators.hcl.parsing import Body, parse
from translators.hcl.scopes import Scope, scope_of
from translators.hcl.texts import quote, quote_text
from translators.terraform_settings import attributes, block_of, blocks

PROVIDER = json.loads((Path(__file__).parent / "provider_4.9.0.json").read_text())
POINT = PROVIDER["grafana_contact_point"]
PAGES = Path(__file__).parents[2] / "contactpoints" / "integrations" / "pages"
COMMON = {"", "uid", "disable_resolve_message", "settings"}

RICH = """\
variable "slack_url" {
  type    = string
  default = "https://hooks.slack.com/services/T/B/x"
}

variable "token" {
  sensitive = true
}

locals {
  team = "Ops"
}

resource "grafana_rule_group" "rules" {
  name = "not ours"
}

resource "grafana_message_template" "texts" {
  name     = "texts"
  template = <<-EOT
    {{ define "mine" }}
      $${HOME} ${upper("loud")}

    {{ end }}
  EOT
}

resource "grafana_mute_timing" "nights" {
  name = "nights"

  intervals {
    times {
      start = "17:00"
      end   = "24:00"
    }
    weekdays = ["monday:friday"]
    location = "Europe/Berlin"
  }
}

resource "grafana_contact_point" "ops" {
  count  = 1
  name   = "${local.team} team"
  org_id = data.grafana_organization.it.id

  slack {
    url   = var.slack_url
    title = "a \\"quoted\\" \\u00e9"
  }

  webhook {
    url                       = "https://example.com"
    authorization_credentials = "Bearer-${var.token}"
    max_alerts                = "5"
    disable_resolve_message   = true
    tls_config = {
      insecure_skip_verify = true
    }
    payload {
      template = jsonencode({ b = "<", a = [1, true] })
    }
    settings = {
      later = "unknown yet"
    }
  }

  email {
    addresses = ["a@example.com", "b@example.com"]
  }

  opsgenie {
    api_key = file("/run/secrets/opsgenie")
  }
}

resource "grafana_notification_policy" "tree" {
  contact_point = grafana_contact_point.ops[0].name
  group_by      = ["..."]

  policy {
    contact_point = ""
    mute_timings  = [grafana_mute_timing.nights.name]
    continue      = true

    matcher {
      label = "severity"
      match = "=~"
      value = "critical|warning"
    }
  }

  dynamic "policy" {
    for_each = var.more
    content {
      contact_point = policy.value
    }
  }
}
"""


def sources() -> Iterator[tuple[str, str]]:
    """Every configuration on the golden pages of the integrations."""
    for page in sorted(PAGES.glob("*.md")):
        for found in re.finditer(
            r"^## ([\w-]+)\n+```yaml\n(.*?)```", page.read_text(), re.M | re.S
        ):
            yield f"{page.stem}-{found[1]}", found[2]


def wrong(body: Body, schema: dict[str, Any], where: str) -> list[str]:
    """What the provider would not take of the body of a block."""
    found = [f"{where}: no argument {n!r}" for n in body.attributes if n not in schema]
    found += [f"{where}: no block {b.type!r}" for b in body.blocks if b.type not in schema]
    for name, kind in schema.items():
        if isinstance(kind, dict):
            inner = body.of(name)
            if kind[""].partition("..")[2] == "1" and len(inner) > 1:
                found.append(f"{where}: more than one block {name!r}")
            for block in inner:
                found += wrong(block.body, kind, f"{where}.{name}")
        elif name in body.attributes:
            raw, shape = body.attributes[name].raw, kind.partition("(")[0]
            if shape in ("map", "list") and not raw.startswith("{" if shape == "map" else "["):
                found.append(f"{where}: {name!r} is not a {shape}")
            if shape not in ("map", "list") and raw.startswith(("{", "[")):
                found.append(f"{where}: {name!r} is not a {shape}")
            if kind.endswith("computed"):
                found.append(f"{where}: {name!r} cannot be set")
        elif kind.endswith("required"):
            found.append(f"{where}: {name!r} is required")
    return found


def refused(text: str) -> list[str]:
    """What the provider would not take of a file."""
    found = []
    for block in parse(text).of("resource"):
        kind, label = block.labels
        found += wrong(block.body, PROVIDER[kind], f"{kind}.{label}")
    return found


@pytest.mark.parametrize("kind", sorted(integrations()))
def test_names_are_those_of_the_provider(kind: str) -> None:
    declared = integrations()[kind]
    if declared.form_of or declared.grafana is not None:
        return
    block = block_of(declared)
    if not isinstance(block, str):
        assert block.why
        return
    compare_names(attributes(declared), {k: v for k, v in POINT[block].items() if k not in COMMON})


def compare_names(have: Any, schema: dict[str, Any]) -> None:
    assert set(have) == set(schema) - {""}
    for name, field in have.items():
        if isinstance(field, Part) and isinstance(schema[name], dict):
            parts = (part for part in field.parts.values() if part.spelling("grafana").exists)
            compare_names({part.terraform.name: part for part in parts}, schema[name])


def test_every_block_of_the_provider_is_read_but_the_one_for_another_product() -> None:
    theirs = {name for name, kind in POINT.items() if isinstance(kind, dict)}
    assert theirs - set(blocks()) == {"sns"}


@pytest.mark.parametrize(("name", "text"), [pytest.param(*each, id=each[0]) for each in sources()])
@pytest.mark.parametrize("secrets", [None, "inline"])
def test_the_provider_takes_what_is_written(name: str, text: str, secrets: Any) -> None:
    done = translate(text, write="terraform", secrets=secrets)
    assert not refused(done.text)


def test_a_file_comes_back_as_it_was() -> None:
    done = translate(RICH, write="terraform")
    assert not [loss for loss in done.report if loss.what != "notice"]
    for kept in (
        'resource "grafana_rule_group" "rules"',
        "count  = 1",
        "org_id = data.grafana_organization.it.id",
        "url   = var.slack_url",
        '"Bearer-${var.token}"',
        'jsonencode({ b = "<", a = [1, true] })',
        "grafana_contact_point.ops[0].name",
        "for_each = var.more",
        'file("/run/secrets/opsgenie")',
    ):
        assert kept in done.text, kept
    assert translate(done.text, write="terraform").text == done.text


def test_values_are_read_as_far_as_the_file_tells() -> None:
    setup = read_text(RICH, read="terraform").setup
    (point,) = setup.contact_points
    assert point.name == "Ops team"
    slack, webhook, email, opsgenie = point.integrations
    assert slack.values == {
        "url": "https://hooks.slack.com/services/T/B/x",
        "title": 'a "quoted" é',
    }
    assert webhook.values["authorization_credentials"] == '"Bearer-${var.token}"'
    assert isinstance(webhook.values["authorization_credentials"], Expression)
    assert webhook.values["max_alerts"] == 5
    assert webhook.values["tls_config"] == {"insecure_skip_verify": True}
    assert webhook.values["payload"] == {"template": '{"a":[1,true],"b":"\\u003c"}'}
    assert webhook.extra == {"later": "unknown yet"}
    assert not webhook.send_resolved
    assert email.values["addresses"] == "a@example.com;b@example.com"
    assert opsgenie.values["api_key"] == FromFile("/run/secrets/opsgenie")
    assert setup.policy is not None
    assert setup.policy.receiver == "Ops team"
    assert setup.policy.routes[0].receiver == ""
    assert setup.policy.routes[0].mute_time_intervals == ["nights"]
    (template,) = setup.templates
    assert template.text == '{{ define "mine" }}\n  ${HOME} LOUD\n\n{{ end }}\n'


def test_the_provider_sends_false_for_a_switch_that_is_left_out() -> None:
    opsgenie = read_text(RICH, read="terraform").setup.contact_points[0].integrations[3]
    assert opsgenie.values["auto_close"] is False
    file = grafana_file("type: opsgenie, settings: {apiKey: k}")
    assert "auto_close        = true" in translate(file, write="terraform").text


def grafana_file(receiver: str) -> str:
    """A provisioning file with one integration."""
    return f"apiVersion: 1\ncontactPoints: [{{name: a, receivers: [{{uid: u, {receiver}}}]}}]\n"


def losses(done: Translation) -> dict[tuple[str, ...], tuple[str, int]]:
    return {loss.where: (loss.what, loss.line) for loss in done.report}


def test_what_only_terraform_knows_is_a_loss_with_its_line() -> None:
    lines = RICH.splitlines()
    found = losses(translate(RICH, write="grafana-file"))
    token = ("Ops team", "webhook", "authorization_credentials")
    assert found[token] == (
        "changed",
        lines.index('    authorization_credentials = "Bearer-${var.token}"') + 1,
    )
    assert ("grafana_contact_point.ops", "count") not in found  # there is one, and it is read
    dynamic = ("grafana_notification_policy.tree", 'dynamic "policy"')
    assert found[dynamic] == ("dropped", lines.index('  dynamic "policy" {') + 1)
    assert ('resource "grafana_rule_group" "rules"',) in found
    assert ('variable "slack_url"',) not in found


def test_variables_take_their_values_from_the_files_that_terraform_reads_itself() -> None:
    files = {"secrets.auto.tfvars": 'token = "abc"\n'}
    done = translate(RICH, write="grafana-file", files=files)
    assert "authorization_credentials: Bearer-abc" in done.text


def test_secrets_that_were_written_beside_the_file_are_found_again() -> None:
    text = grafana_file("type: dingding, settings: {url: 'https://x.example/?t=$$1'}")
    there = translate(text, write="terraform")
    assert "https://x.example" not in there.text
    back = translate(there.text, write="grafana-file", files=there.files)
    assert "url: https://x.example/?t=$$1" in back.text


def test_a_template_in_a_file_is_read() -> None:
    text = (
        'resource "grafana_message_template" "a" {\n  name = "a"\n'
        '  template = file("${path.module}/t/a.tmpl")\n}\n'
    )
    done = translate(text, write="grafana-file", files={"t/a.tmpl": '{{ define "a" }}{{ end }}'})
    assert "{{ define" in done.text
    missing = translate(text, write="grafana-file")
    assert [loss.what for loss in missing.report] == ["dropped"]


def test_policies_deeper_than_the_provider_has_levels_are_losses() -> None:
    route = "receiver: a"
    for level in range(7):
        route = f"receiver: a{level}\nroutes:\n- " + route.replace("\n", "\n  ")
    text = "route:\n  " + route.replace("\n", "\n  ") + "\nreceivers:\n"
    text += "".join(f"- name: {name}\n" for name in ("a", *(f"a{level}" for level in range(7))))
    done = translate(text, write="terraform")
    assert not refused(done.text)
    assert [loss.where for loss in done.report if loss.what == "dropped"] == [("policies", "a0")]


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ('resource "grafana_contact_point" "a" {\n  name = \n}\n', "a.tf:2:"),
        ('resource "grafana_contact_point" "a" {\n', "a.tf:2:"),
        (
            'resource "grafana_contact_point" "a" {\n  email {\n    addresses = ["x"]\n  }\n}\n',
            "a.tf:1:",
        ),
        ('resource "grafana_contact_point" "a" {\n  name = "a"\n  webhook {\n  }\n}\n', "a.tf:3:"),
    ],
)
def test_what_is_wrong_is_said_with_its_place(text: str, place: str) -> None:
    with pytest.raises(SetupError) as caught:
        translate(text, read="terraform", write="grafana-file", name="a.tf")
    assert str(caught.value).startswith(place)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "plain",
        'a "b" \\ c',
        "${x} %{y} $${z} $",
        "a\nb",
        "a\nb\n",
        "\n",
        "  a\n\n b\nEOT\n",
        "é\u2028\t\x01",
    ],
)
def test_a_text_is_read_back_as_it_was(text: str) -> None:
    for written in (quote(text), quote_text(text)):
        body = parse(f"x = {written}\n")
        assert Scope().value(body.attributes["x"].tree) == text


@pytest.mark.parametrize(
    ("expression", "value"),
    [
        ("var.known", "k"),
        ("var.map.key", "v"),
        ('var.map["key"]', "v"),
        ("var.list[1]", "two"),
        ("local.a", "k!"),
        ('var.known == "k" ? 1 : 2', 1),
        ('join(",", concat(var.list, ["three"]))', "one,two,three"),
        ('merge({ a = 1 }, { "b" : 2 })', {"a": 1, "b": 2}),
        ('trimspace(" x ")', "x"),
        ("try(var.unknown, var.known)", "k"),
        ("-5", -5),
        ("!true", False),
        ("null", None),
        ('"${var.list[0]}${5}${true}"', "one5true"),
        ("<<EOT\na ${var.known}\nEOT\n", "a k\n"),
    ],
)
def test_an_expression_has_the_value_that_terraform_gives_it(expression: str, value: Any) -> None:
    body = parse(
        'variable "known" {\n  default = "k"\n}\nvariable "unknown" {}\n'
        'variable "map" {\n  default = { key = "v" }\n}\n'
        'variable "list" {\n  default = ["one", "two"]\n}\n'
        'locals {\n  a = "${var.known}!"\n  circle = local.circle\n}\n'
        f"x = {expression}\n"
    )
    assert scope_of(body).value(body.attributes["x"].tree) == value


@pytest.mark.parametrize(
    "expression",
    [
        "var.unknown",
        "local.circle",
        "data.a.b",
        "module.x.y",
        "[for a in var.nothing : a]",
        "timestamp()",
        '"%{ if true }a%{ endif }"',
        "1 + 2",
        "var.map.other",
        "upper([])",
    ],
)
def test_what_the_file_does_not_tell_is_unknown_and_not_guessed(expression: str) -> None:
    body = parse(
        'variable "unknown" {}\nvariable "map" {\n  default = {}\n}\n'
        f"locals {{\n  circle = local.circle\n}}\nx = {expression}\n"
    )
    with pytest.raises(UnknownError):
        scope_of(body).value(body.attributes["x"].tree)


REPEATED = """
variable "teams" {
  default = { core = "core@example.com", web = "web@example.com" }
}

variable "extra" {
  type = list(string)
}

locals {
  hooks = ["https://a.example", "https://b.example"]
  pager = [{ label = "page", to = "core" }, { label = "ticket", to = "web" }]
}

resource "grafana_contact_point" "team" {
  for_each = var.teams
  name     = "team-${each.key}"

  email {
    addresses = [each.value]
  }

  dynamic "webhook" {
    for_each = local.hooks
    iterator = hook
    content {
      url   = hook.value
      title = "${hook.key} of ${each.key}"
    }
  }
}

resource "grafana_contact_point" "numbered" {
  count = 2
  name  = "n${count.index}"

  webhook {
    url = local.hooks[count.index]
  }
}

resource "grafana_contact_point" "none" {
  count = 0
  name  = "none"

  webhook {
    url = "https://none.example"
  }
}

resource "grafana_contact_point" "unknown" {
  name = "unknown"

  dynamic "email" {
    for_each = var.extra
    content {
      addresses = [email.value]
    }
  }
}

resource "grafana_notification_policy" "tree" {
  contact_point = grafana_contact_point.numbered[1].name
  group_by      = ["alertname"]

  policy {
    contact_point = grafana_contact_point.team["web"].name
    matcher {
      label = "first"
      match = "="
      value = "1"
    }
  }

  dynamic "policy" {
    for_each = local.pager
    content {
      contact_point = "team-${policy.value.to}"
      matcher {
        label = policy.value.label
        match = "="
        value = tostring(policy.key)
      }
    }
  }
}
"""


def test_what_is_repeated_over_known_values_is_worked_out() -> None:
    setup = read_text(REPEATED, read="terraform").setup
    points = {point.name: point for point in setup.contact_points}
    assert list(points) == ["team-core", "team-web", "n0", "n1", "unknown"]
    email, first, second = points["team-web"].integrations
    assert email.values["addresses"] == "web@example.com"
    assert first.values == {"url": "https://a.example", "title": "0 of web"}
    assert second.values == {"url": "https://b.example", "title": "1 of web"}
    assert points["n1"].integrations[0].values["url"] == "https://b.example"
    tree = setup.policy
    assert tree is not None
    assert tree.receiver == "n1"
    said = [(route.receiver, *map(str, route.matchers)) for route in tree.routes]
    assert said == [
        ("team-web", 'first="1"'),
        ("team-core", 'page="0"'),
        ("team-web", 'ticket="1"'),
    ]


def test_what_is_repeated_is_no_loss_when_it_is_worked_out() -> None:
    found = losses(translate(REPEATED, write="grafana-file"))
    unknown = ("grafana_contact_point.unknown", 'dynamic "email"')
    line = REPEATED.splitlines().index('  dynamic "email" {') + 1
    assert {where: told for where, told in found.items() if told[0] == "dropped"} == {
        unknown: ("dropped", line)
    }


def test_what_is_repeated_comes_back_as_it_was() -> None:
    done = translate(REPEATED, write="terraform")
    assert not [loss for loss in done.report if loss.what != "notice"]
    for block in re.findall(r"^resource.*?^}", REPEATED, re.M | re.S):
        assert "unknown" in block or block in done.text
    assert translate(done.text, write="terraform").text == done.text


def test_a_list_that_is_not_known_is_written_as_a_list() -> None:
    """terraform validate: Inappropriate value for attribute "addresses": list of string
    required."""
    file = grafana_file("type: email, settings: {addresses: '${TO}'}")
    assert "addresses = [var.to]" in translate(file, write="terraform").text


@pytest.mark.parametrize(
    ("first", "next_one"),
    [
        ('"aaaaaaaaaaaaaaaa"', '"${{local.l{0}}}${{local.l{0}}}"'),
        ("[1]", "[local.l{0}, local.l{0}]"),
        ('"aaaaaaaaaaaaaaaa"', 'try(upper("${{local.l{0}}}${{local.l{0}}}"), local.l{0})'),
        ("local.nowhere", "try(local.l{0}, local.l{0}, local.l{0})"),
    ],
)
def test_locals_that_double_each_other_end_in_time(first: str, next_one: str) -> None:
    lines = [f"  l0 = {first}", *(f"  l{n + 1} = {next_one.format(n)}" for n in range(60))]
    text = (
        "locals {\n" + "\n".join(lines) + '\n}\nresource "grafana_contact_point" "a" {\n'
        '  name = "a"\n  webhook {\n    url = "https://x.example"\n    title = local.l60\n  }\n}\n'
    )
    start = time.process_time()
    done = translate(text, write="grafana-file")
    assert time.process_time() - start < 10
    assert len(done.text) < 10_000
    assert [loss for loss in done.report if "title" in loss.where or "local" in str(loss)]


def test_a_number_of_instances_that_nobody_has_is_not_worked_out() -> None:
    text = REPEATED.replace("count = 2", "count = 2000000000")
    assert "n1" not in {
        each.name for each in read_text(text, read="terraform").setup.contact_points
    }


@pytest.mark.parametrize(
    "start",
    [
        "",
        "# a comment\n// and another\n/* and a\n third */\n  ",
        'import {\n  to = grafana_contact_point.a\n  id = "a"\n}\n',
    ],
)
def test_a_file_is_known_as_terraform_by_what_it_begins_with(start: str) -> None:
    text = start + 'resource "grafana_contact_point" "a" {\n  name = "a"\n}\n'
    assert read_text(text).dialect.name == "terraform"
    assert not dialect("terraform").claims("#" * 100_000 + " \n" * 100_000 + "a: 1")


def test_a_character_of_a_private_area_stays_what_it_is() -> None:
    """Icon fonts use them; what stands for an escape while parsing is none that a text can have."""
    block = """resource "grafana_contact_point" "a" {
  name = "a \ue000\ue003 $${x} \\ud800"
  email { addresses = ["a@b.c"] }
}
"""
    (point,) = read_text(block, read="terraform").setup.contact_points
    assert point.name == "a \ue000\ue003 ${x} \ufffd"


FOR = """variable "teams" { default = { b = "b@x.y", a = "a@x.y" } }
variable "unknown" {}
locals {
  mails   = [for name, mail in var.teams : upper(mail) if name != "c"]
  pairs   = { for name, mail in var.teams : "x-${name}" => mail }
  grouped = { for i, s in ["p", "q", "p"] : s => i... }
}
resource "grafana_contact_point" "a" {
  name = join("-", [for k, v in local.grouped : "${k}${length(v)}"])
  email {
    addresses               = local.mails
    subject                 = local.pairs["x-a"]
    disable_resolve_message = var.unknown
  }
  email {
    addresses = [for x in var.unknown : x.mail]
  }
}
"""


def test_for_expressions_over_known_values_are_worked_out() -> None:
    """Maps go in the order of their keys; what is not known is a loss with its line."""
    (point,) = read_text(FOR, read="terraform").setup.contact_points
    assert point.name == "p2-q1"
    assert point.integrations[0].values["addresses"] == "A@X.Y;B@X.Y"
    assert point.integrations[0].values["subject"] == "a@x.y"
    lines = {loss.line for loss in translate(FOR, read="terraform", write="grafana-file").report}
    assert {13, 16} <= lines


def test_a_variable_for_disable_resolve_message_stays_in_terraform() -> None:
    assert "disable_resolve_message = var.unknown" in translate(FOR, write="terraform").text


def test_for_expressions_take_no_more_turns_than_a_file_may_have() -> None:
    numbers = ", ".join(map(str, range(300)))
    text = f"""locals {{
  n = [{numbers}]
  m = [for a in local.n : [for b in local.n : [for c in local.n : c if c == "never"]]]
}}
resource "grafana_contact_point" "a" {{
  name = "a"
  email {{
    addresses = ["a@b.c"]
    subject   = length(local.m)
  }}
}}
"""
    before = time.process_time()
    report = translate(text, read="terraform", write="grafana-file").report
    assert time.process_time() - before < 10
    assert 9 in {loss.line for loss in report}
