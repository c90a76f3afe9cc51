"""Terraform's provider for Grafana, unchanged, through the whole life of its alerting resources.
See ``terraform/README.md``.
"""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
import requests

from tests.contactpoints.clients.conftest import TOKEN
from tests.contactpoints.clients.recording import RECORDED, play, unpack
from tests.contactpoints.clients.terraforming import CHANGES, NOTHING, Terraform, missing
from tests.contactpoints.posts import body
from tests.contactpoints.process import Process
from tests.contactpoints.sinks import Sink

HEADERS = {"Authorization": f"Bearer {TOKEN}"}
MANY = "-parallelism=10"
CHANGED = "-var=changed=true"
RENAMED = (CHANGED, "-var=name=second name/ü")
SECRETS = ("hush", "-secret", "-token", "-key", "-access", "pushover-user", "jira-user")
IMPORTS = {
    "grafana_contact_point.all": "all of them/β",
    "grafana_contact_point.least": "0:least",
    "grafana_contact_point.delivers": "delivers",
    "grafana_contact_point.renamed": "second name/ü",
    "grafana_message_template.own": "own",
    "grafana_message_template.spaced": "name with space",
    "grafana_mute_timing.full": "full time",
    "grafana_mute_timing.unlocked": "unlocked",
    "grafana_notification_policy.tree": "policy",
    **{f"grafana_contact_point.crowd[{number}]": f"crowd {number}" for number in range(10)},
}


def asked(service: Process, what: str) -> Any:
    url = f"{service.url}/api/v1/provisioning/{what}"
    return requests.get(url, headers=HEADERS, timeout=20).json()


@pytest.fixture
def terraform(grafana: Process, sink: Sink, tmp_path: Path) -> Terraform:
    if why := missing():
        pytest.skip(why)
    return Terraform(tmp_path / "terraform", grafana.url, TOKEN, sink.url)


def test_everything_lives_through_terraform(
    terraform: Terraform, grafana: Process, sink: Sink, tmp_path: Path
) -> None:
    assert terraform.apply(MANY) == "Apply complete! Resources: 19 added, 0 changed, 0 destroyed."
    assert terraform.plan() == (NOTHING, [])
    rows = asked(grafana, "contact-points")
    assert Counter(row["name"] for row in rows) == {
        "all of them/β": 27,
        "least": 22,
        "delivers": 4,
        "first name": 1,
        **{f"crowd {number}": 2 for number in range(10)},
    }, "no write is lost"
    assert {row["name"] for row in rows if "provenance" not in row} == {"least"}
    shown = json.dumps(rows)
    assert [secret for secret in SECRETS if f'{secret}"' in shown] == []

    assert grafana.post(body(), "/webhook/delivers", headers=HEADERS).status_code == 202
    got = {each.path: each for each in sink.wait(4)}
    assert sorted(got) == ["/four", "/one", "/three", "/two"]
    assert got["/one"].headers["Authorization"] == "Basic dTpodXNo"
    assert "X-Grafana-Alerting-Signature" in got["/two"].headers
    assert "Own: " in json.dumps(got["/three"].json)
    sink.received.clear()

    status, lines = terraform.plan(CHANGED)
    assert (status, len(lines)) == (CHANGES, 4)
    assert terraform.apply(MANY, CHANGED).endswith("0 added, 4 changed, 0 destroyed.")
    assert terraform.plan(CHANGED) == (NOTHING, [])
    assert grafana.post(body(), "/webhook/delivers", headers=HEADERS).status_code == 202
    got = {each.path: each for each in sink.wait(4)}
    assert sorted(got) == ["/five", "/four", "/three", "/uno"]
    assert got["/uno"].headers["Authorization"] == "Basic dTpodXNoIGFnYWlu"

    assert terraform.apply(MANY, *RENAMED).endswith("1 added, 1 changed, 1 destroyed.")
    assert terraform.plan(*RENAMED) == (NOTHING, [])
    used = [route.get("receiver") for route in asked(grafana, "policies")["routes"]]
    assert used == ["delivers", "crowd 3", "second name/ü", "crowd 2"]

    other = Terraform(tmp_path / "other", grafana.url, TOKEN, terraform.environment["TF_VAR_sink"])
    (other.folder / "imports.tf").write_text(
        "".join(
            f'import {{\n  to = {place}\n  id = "{found}"\n}}\n' for place, found in IMPORTS.items()
        )
    )
    # Secrets, which cannot be seen, are written again. The provider makes the timing without
    # provenance anew, and takes it out of the policies before, which are then put right.
    said = other.apply(MANY, *RENAMED)
    assert said.startswith("Apply complete! Resources: 19 imported, 1 added, ")
    assert other.apply(MANY, *RENAMED).endswith("0 added, 1 changed, 0 destroyed.")
    assert other.plan(*RENAMED) == (NOTHING, [])
    assert grafana.post(body(), "/webhook/delivers", headers=HEADERS).status_code == 202

    assert terraform.apply(MANY, *RENAMED, command="destroy").endswith("19 destroyed.")
    for what in ("contact-points", "mute-timings", "templates"):
        assert asked(grafana, what) == []
    assert asked(grafana, "policies")["receiver"] == "grafana-default-email"


def test_a_change_by_someone_else_is_seen_and_put_right(
    terraform: Terraform, grafana: Process
) -> None:
    terraform.apply(MANY)
    rows = asked(grafana, "contact-points")
    row = next(row for row in rows if (row["name"], row["type"]) == ("crowd 4", "webhook"))
    url = f"{grafana.url}/api/v1/provisioning/contact-points/{row['uid']}"
    changed = {**row, "settings": {**row["settings"], "changed": "by hand"}}
    assert requests.put(url, json=changed, headers=HEADERS, timeout=20).status_code == 202
    gone = f"{grafana.url}/api/v1/provisioning/mute-timings/unlocked"
    tree = asked(grafana, "policies")
    tree["routes"][0]["mute_time_intervals"].remove("unlocked")
    put = requests.put(
        f"{grafana.url}/api/v1/provisioning/policies", json=tree, headers=HEADERS, timeout=20
    )
    assert put.status_code == 202, put.text
    headers = {**HEADERS, "X-Disable-Provenance": "true"}
    assert requests.delete(gone, headers=headers, timeout=20).status_code == 204
    status, lines = terraform.plan()
    assert status == CHANGES
    assert sorted(line.split(" ")[0] for line in lines if "will be" in line) == [
        "grafana_contact_point.crowd[4]",
        "grafana_mute_timing.unlocked",
        "grafana_notification_policy.tree",
    ]
    terraform.apply(MANY)
    assert terraform.plan() == (NOTHING, [])


def test_what_the_provider_sent_is_answered_as_it_was(grafana: Process) -> None:
    """A life that was recorded: every status, every uid, every row that the provider compares."""
    exchanges = unpack(json.loads(RECORDED.read_text()))
    methods = Counter(each["method"] for each in exchanges)
    assert min(methods[method] for method in ("GET", "POST", "PUT", "DELETE")) > 5
    for number, (then, now) in enumerate(play(exchanges, grafana.url, HEADERS)):
        assert now == then, f"exchange {number}: {exchanges[number]['method']}"
    assert asked(grafana, "contact-points") == []
