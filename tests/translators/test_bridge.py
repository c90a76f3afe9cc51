"""With --bridge-url nothing is lost: what Alertmanager cannot say goes through the service."""

from __future__ import annotations

import subprocess
from pathlib import Path

from click.testing import CliRunner

from contactpoints.base import Absent
from contactpoints.integrations import integrations
from contactpoints.setup import ContactPoint, Setup
from translators import Bridge, Report, Translation, read_text, translate
from translators.commands import translate as command
from translators.crossing import cross
from translators.dialect import dialect

FILE = """\
apiVersion: 1
contactPoints:
- name: ops π
  receivers:
  - {uid: line-1, type: LINE, settings: {token: very-secret}, disableResolveMessage: true}
  - {uid: hook, type: webhook, settings: {url: "https://example.com/", hmacConfig: {secret: s}}}
  - {uid: bad/id, type: kafka, settings: {kafkaRestProxy: "https://k.example", kafkaTopic: t}}
  - {uid: hook-2, type: webhook, settings: {url: "$HOOK/x"}}
policies: [{receiver: ops π}]
"""
TO = Bridge("https://bridge.example:9095/base/", "/etc/alertmanager/token")


def bridged() -> Translation:
    return translate(FILE, write="alertmanager", bridge=TO)


def test_an_integration_without_a_twin_becomes_a_webhook_to_the_service() -> None:
    (point,) = read_text(bridged().text, read="alertmanager").setup.contact_points
    line, hook, kafka, *_ = point.integrations
    assert line.values["url"] == "https://bridge.example:9095/base/webhook/ops%20%CF%80/line-1"
    assert line.values["http_config"] == {
        "authorization": {"credentials_file": "/etc/alertmanager/token"}
    }
    assert line.send_resolved is False
    assert hook.values["url"] == "https://example.com/"
    assert kafka.values["url"].endswith("/ops%20%CF%80/bad%2Fid")
    assert kafka.send_resolved is True


def test_it_is_reported_as_added_not_as_lost() -> None:
    done = bridged()
    assert "very-secret" not in done.text + str(done.report)
    said = {loss.where: loss.what for loss in done.report if loss.what != "notice"}
    assert said["ops π", "LINE"] == said["ops π", "kafka"] == "added"
    assert not any(loss.what == "dropped" and loss.where[1:2] == ("LINE",) for loss in done.report)


def test_what_lacks_a_required_setting_goes_through_the_service_as_well() -> None:
    """A part of these is known to Grafana's machine alone, and no file of Alertmanager's can hold
    it.
    """
    settings = {
        "webhook": '{url: "$HOOK/x"}',
        "telegram": '{bottoken: "a$T", chatid: "$C"}',
        "slack": '{recipient: a, token: "x$T"}',
        "email": '{addresses: "$MAIL"}',
        "webex": "{bot_token: a, room_id: $ROOM}",
    }
    lines = "".join(
        f"  - {{uid: u-{kind}, type: {kind}, settings: {said}}}\n"
        for kind, said in settings.items()
    )
    text = f"apiVersion: 1\ncontactPoints:\n- name: ops\n  receivers:\n{lines}"
    text += "policies: [{receiver: ops}]\n"
    done = translate(text, write="alertmanager", bridge=TO)
    for kind in settings:
        assert f"/webhook/ops/u-{kind}\n" in done.text, kind
    assert {loss.what for loss in done.report} == {"added"}
    assert {loss.where[1] for loss in done.report} == set(settings)


LACKING = [each for each in integrations().values() if isinstance(each.alertmanager, Absent)]


def test_every_integration_that_alertmanager_lacks_goes_through(
    tmp_path: Path, amtool: str
) -> None:
    made = [declared({}, family="grafana", uid=f"u{n}") for n, declared in enumerate(LACKING)]
    setup = Setup("grafana", contact_points=[ContactPoint("ops", list(made))])
    report = Report()
    crossed = cross(setup, "alertmanager", report, bridge=TO)
    text = dialect("alertmanager").write(crossed, report).text
    assert all(f"/webhook/ops/u{n}\n" in text for n in range(len(LACKING)))
    assert len(LACKING) > 10
    (tmp_path / "alertmanager.yml").write_text(text)
    subprocess.run([amtool, "check-config", tmp_path / "alertmanager.yml"], check=True)


def test_amtool_accepts_what_is_written(tmp_path: Path, amtool: str) -> None:
    file = tmp_path / "alertmanager.yml"
    file.write_text(bridged().text)
    done = subprocess.run([amtool, "check-config", file], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


def test_reading_it_back_says_what_the_webhook_is() -> None:
    back = translate(bridged().text, read="alertmanager", write="grafana-file")
    notes = {loss.where: loss.why for loss in back.report if loss.what == "notice"}
    assert "it goes through a bridge to line-1" in notes["ops π", "webhook #1"]
    assert "bridge.example" in back.text
    other = "webhook_configs: [{url: 'http://x/webhook/b/c'}]"
    plain = f"route: {{receiver: a}}\nreceivers: [{{name: a, {other}}}]"
    again = translate(plain, read="alertmanager", write="grafana-file")
    assert not [loss for loss in again.report if loss.what == "notice"]


def test_kubernetes_reads_the_token_from_a_secret() -> None:
    done = translate(FILE, write="kubernetes", bridge=TO)
    assert "/webhook/ops%20%CF%80/line-1" in done.text
    assert "very-secret" not in done.text


def test_the_command_takes_an_address(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text(FILE)
    call = [str(tmp_path / "a.yaml"), "--to", "alertmanager"]
    done = CliRunner().invoke(
        command, [*call, "--bridge-url", "http://b", "--bridge-credentials-file", "/x"]
    )
    assert done.exit_code == 0
    assert "credentials_file: /x" in done.stdout
    assert "url: http://b/webhook/" in done.stdout
    assert CliRunner().invoke(command, [*call, "--bridge-url", "b:9095"]).exit_code == 2


def test_what_only_kubernetes_lacks_goes_through_the_service() -> None:
    text = """\
route: {receiver: ops}
receivers:
- name: ops
  mattermost_configs: [{webhook_url: 'https://m.example/very-secret', channel: a}]
  webhook_configs: [{url: 'https://w.example/'}]
"""
    done = translate(text, write="kubernetes", bridge=TO)
    assert "has no Mattermost" in str(translate(text, write="kubernetes").report)
    assert "/webhook/ops/mattermost%5B0%5D" in done.text
    assert "https://m.example" not in done.text
    assert not [loss for loss in done.report if loss.what == "dropped"]
