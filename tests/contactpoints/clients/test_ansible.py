"""Ansible's module ``community.grafana.grafana_contact_point``, unchanged, through the whole life
of contact points of every type that it knows. https://galaxy.ansible.com/ui/repo/published/community/grafana/

It needs ``pip install ansible-core``, and the collection: ``ansible-galaxy collection install
community.grafana``, or ``ansible_collections/community/grafana`` out of PyPI's wheel ``ansible``,
put under ``.cache/peers``.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import requests

from tests.contactpoints.clients.conftest import EMPTY, TOKEN
from tests.contactpoints.posts import body
from tests.contactpoints.process import Make, Process
from tests.contactpoints.sinks import Sink

HEADERS = {"Authorization": f"Bearer {TOKEN}"}
MODULE = "community.grafana.grafana_contact_point"
PEERS = Path(".cache/peers").resolve()
COLLECTION = "ansible_collections/community/grafana/plugins/modules/grafana_contact_point.py"
Task = dict[str, Any]

POINTS: dict[str, Task] = {
    "alertmanager": {
        "alertmanager_url": "http://am.example",
        "alertmanager_username": "u",
        "alertmanager_password": "hush",
    },
    "dingding": {"dingding_url": "http://d.example", "dingding_message_type": "action_card"},
    "discord": {"discord_url": "http://d.example", "discord_use_username": True},
    "email": {"email_addresses": ["a@b.example", "c@d.example"], "email_single": True},
    "googlechat": {"googlechat_url": "http://g.example", "googlechat_title": "t"},
    "kafka": {
        "kafka_rest_proxy_url": "http://k.example",
        "kafka_topic": "alerts",
        "kafka_api_version": "v3",
        "kafka_cluster_id": "c",
        "kafka_password": "hush",
    },
    "line": {"line_token": "hush", "line_title": "t"},
    "opsgenie": {
        "opsgenie_api_key": "hush",
        "opsgenie_url": "http://o.example",
        "opsgenie_responders": [{"type": "team", "name": "ops"}],
        "opsgenie_send_tags_as": "both",
        "opsgenie_auto_close": True,
    },
    "pagerduty": {"pagerduty_integration_key": "hush", "pagerduty_severity": "warning"},
    "pushover": {
        "pushover_api_token": "hush",
        "pushover_user_key": "hush",
        "pushover_devices": ["one", "two"],
        "pushover_expire": 80000,
        "pushover_ok_priority": 1,
    },
    "sensugo": {
        "sensugo_api_key": "hush",
        "sensugo_url": "http://s.example",
        "sensugo_check": "c",
    },
    "slack": {
        "slack_recipient": "#ops",
        "slack_token": "hush",
        "slack_url": "http://s.example",
        "slack_mention_channel": "here",
        "slack_mention_users": ["U1", "U2"],
    },
    "teams": {"teams_url": "http://t.example", "teams_section_title": "s"},
    "telegram": {
        "telegram_chat_id": "-1",
        "telegram_token": "hush",
        "telegram_disable_notifications": True,
        "telegram_parse_mode": "HTML",
    },
    "threema": {
        "threema_api_secret": "hush",
        "threema_gateway_id": "*1234567",
        "threema_recipient_id": "ABCDEFGH",
    },
    "victorops": {"victorops_url": "http://v.example", "victorops_message_type": "CRITICAL"},
    "webex": {"webex_token": "hush", "webex_room_id": "room"},
    "webhook": {
        "webhook_url": "http://w.example",
        "webhook_http_method": "PUT",
        "webhook_max_alerts": 3,
        "webhook_username": "u",
        "webhook_password": "hush",
    },
    "wecom": {
        "wecom_url": "http://w.example",
        "wecom_agent_id": "a",
        "wecom_corp_id": "c",
        "wecom_secret": "hush",
    },
}


class Ansible:
    """Plays tasks of the module, one playbook for all of them."""

    def __init__(self, program: str, collections: Path | None, folder: Path) -> None:
        self.program, self.folder = program, folder
        self.environment = {
            **os.environ,
            "ANSIBLE_LOCAL_TEMP": str(folder / "tmp"),
            "ANSIBLE_REMOTE_TEMP": str(folder / "tmp"),
            "ANSIBLE_HOME": str(folder),
            "ANSIBLE_NOCOLOR": "1",
            "ANSIBLE_PIPELINING": "1",
            "LC_ALL": "C.UTF-8",
        }
        self.environment.pop("PYTHONWARNINGS", None)
        if collections:
            self.environment["ANSIBLE_COLLECTIONS_PATH"] = str(collections)

    def play(self, login: Task, tasks: list[Task]) -> list[Task]:
        """What the module returned for each task; a failed one has ``failed``."""
        names = [f"r{number}" for number in range(len(tasks))]
        steps: list[Task] = [
            {MODULE: {**login, **task}, "register": name, "ignore_errors": True}
            for name, task in zip(names, tasks, strict=True)
        ]
        answers = self.folder / "answers.json"
        told = "{{ [" + ", ".join(names) + "] | to_json }}"
        steps.append({"ansible.builtin.copy": {"content": told, "dest": str(answers)}})
        play = self.folder / "play.yml"
        facts = {"ansible_python_interpreter": sys.executable}
        play.write_text(
            json.dumps(
                [{"hosts": "localhost", "gather_facts": False, "vars": facts, "tasks": steps}]
            )
        )
        done = subprocess.run(
            [self.program, "-i", "localhost,", "-c", "local", str(play)],
            capture_output=True,
            text=True,
            timeout=400,
            env=self.environment,
        )
        assert done.returncode == 0, done.stdout + done.stderr
        found: list[Task] = json.loads(answers.read_text())
        return found


@pytest.fixture
def ansible(tmp_path: Path) -> Ansible:
    beside = Path(sys.executable).with_name("ansible-playbook")
    named = os.environ.get("ANSIBLE_PLAYBOOK", str(beside))
    program = shutil.which(named) or shutil.which("ansible-playbook")
    if program is None:
        pytest.skip("ansible-playbook is missing: pip install ansible-core")
    folders = os.environ.get("ANSIBLE_COLLECTIONS_PATH", "").split(":")
    places = [
        PEERS,
        *(Path(each) for each in folders if each),
        Path.home() / ".ansible/collections",
    ]
    for place in places:
        if (place / COLLECTION).is_file():
            return Ansible(program, place, tmp_path)
    pytest.skip("the collection is missing: ansible-galaxy collection install community.grafana")


def point(kind: str, **more: Any) -> Task:
    return {"uid": f"uid-{kind}", "name": f"of {kind}", "type": kind, **POINTS[kind], **more}


def rows(service: Process) -> dict[str, dict[str, Any]]:
    url = service.url + "/api/v1/provisioning/contact-points"
    found = requests.get(url, headers=HEADERS, timeout=10).json()
    return {row["uid"]: row for row in found}


def test_every_type_is_made_kept_changed_and_deleted(grafana: Process, ansible: Ansible) -> None:
    login = {"grafana_url": grafana.url, "grafana_api_key": TOKEN, "provisioning": False}
    kinds = sorted(POINTS)
    made = [point(kind) for kind in kinds]
    later = [point(kind, disable_resolve_message=True) for kind in ("pagerduty", "webhook")]
    gone = [{"uid": f"uid-{kind}", "state": "absent"} for kind in ("email", "webhook", "webhook")]
    said = ansible.play(login, [*made, *made, *later, *gone])
    assert [each.get("msg") for each in said if each["failed"]] == []
    assert [each["contact_point"]["uid"] for each in said[: len(kinds)]] == [
        f"uid-{kind}" for kind in kinds
    ]
    assert "hush" not in json.dumps([each.get("contact_point") for each in said])
    expected = [True] * len(kinds) + [False] * len(kinds) + [True, True, True, True, False]
    assert [each["changed"] for each in said] == expected
    left = rows(grafana)
    assert set(left) == {f"uid-{kind}" for kind in kinds} - {"uid-email", "uid-webhook"}
    assert left["uid-pagerduty"]["disableResolveMessage"] is True
    assert not any("provenance" in row for row in left.values())


def test_what_it_makes_delivers_and_provenance_is_a_one_way_street(
    grafana: Process, ansible: Ansible, sink: Sink
) -> None:
    login = {"grafana_url": grafana.url, "grafana_api_key": TOKEN}
    one = point("webhook", webhook_url=sink.url + "/one")
    two = point("webhook", webhook_url=sink.url + "/two", uid="second")
    kafka = {**point("kafka"), "kafka_api_version": "v9"}
    said = ansible.play(
        login,
        [
            one,
            two,
            two,  # the module makes contact points without provenance, and only then adds it
            {**two, "provisioning": False},
            kafka,
            {**one, "grafana_api_key": "wrong"},
        ],
    )
    assert [each["failed"] for each in said] == [False, False, False, True, True, True]
    assert "provisioning cannot be disabled" in said[3]["msg"]
    assert {uid: row.get("provenance") for uid, row in rows(grafana).items()} == {
        "uid-webhook": None,
        "second": "api",
    }
    posted = grafana.post(body(), "/webhook/of%20webhook", headers=HEADERS)
    assert posted.status_code == 202, posted.text
    got = {each.path: each for each in sink.wait(2)}
    assert sorted(got) == ["/one", "/two"]
    assert got["/one"].headers["Authorization"] == "Basic dTpodXNo"


def test_a_user_with_a_password_is_known(make: Make, ansible: Ansible) -> None:
    service = make(EMPTY, ADMIN_TOKEN=TOKEN, PROCESSES=1).start().ready()
    made = requests.post(
        service.url + "/api/v1/access/users",
        json={"name": "jane", "password": "a-long-enough-password", "role": "editor"},
        headers=HEADERS,
        timeout=20,
    )
    assert made.status_code in (200, 201), made.text
    login = {
        "grafana_url": service.url,
        "url_username": "jane",
        "url_password": "a-long-enough-password",
        "org_id": 1,
        "provisioning": False,
    }
    task = point("email")
    wrong = {**task, "url_password": "another"}
    said = ansible.play(login, [task, task, {**task, "org_name": "Main Org."}, wrong])
    assert [each["failed"] for each in said] == [False, False, False, True], said
    assert [each["changed"] for each in said[:3]] == [True, False, False]
    assert list(rows(service)) == ["uid-email"]
