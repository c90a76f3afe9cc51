"""Exports of what configuration files say, over HTTP and on the pages."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from flask.testing import FlaskClient

from app import create_app
from contactpoints.environment import Environment
from contactpoints.file_names import why_unsafe
from contactpoints.web import EXTENSION
from translators import read_setup
from translators.dialect import all_dialects
from translators.serving import Dialects

EXAMPLE = Path(__file__).parents[3] / "alertmanager_configs/examples/teams.yml"
FILE = "/etc/alertmanager/pagerduty"


@pytest.fixture
def teams(tmp_path: Path) -> Iterator[FlaskClient]:
    """A service on the example, of which one secret stands in a file."""
    assert FILE in EXAMPLE.read_text()
    environment = Environment(database_url=f"sqlite:///{tmp_path / 'c.db'}", grace=2)
    app = create_app(environment, read_setup([EXAMPLE], {}))
    yield app.test_client()
    app.extensions[EXTENSION].stop()


@pytest.mark.parametrize("dialect", [*all_dialects(), "yaml", "json", "hcl"])
def test_a_file_with_a_secret_in_another_file_is_exported(teams: FlaskClient, dialect: str) -> None:
    for query in ("", "&decrypt=true"):
        for path in ("/api/v1/provisioning/contact-points/export", "/api/v1/setup/export"):
            answer = teams.get(f"{path}?format={dialect}{query}")
            assert answer.status_code == 200, answer.get_data(as_text=True)
            assert "database" in answer.get_data(as_text=True)


@pytest.mark.parametrize("form", ["alertmanager", "kubernetes", "mimir"])
def test_the_page_of_exports_shows_it(teams: FlaskClient, form: str) -> None:
    answer = teams.get(f"/contact-points/export?format={form}")
    assert answer.status_code == 200
    assert (FILE in answer.get_data(as_text=True)) or form == "mimir"


def test_what_it_cannot_say_is_reported(teams: FlaskClient) -> None:
    said = teams.get("/api/v1/setup/export?format=mimir&report=true").get_json()
    assert "routing_key: '<secret>'" in said["text"]
    whys = [loss["why"] for loss in said["report"] if loss["setting"] == "routing_key"]
    assert whys == [f"it stands in the file {FILE}; redacted, as was asked for"]


def test_what_is_redacted_as_was_asked_for_is_marked_so(teams: FlaskClient) -> None:
    for dialect in all_dialects():
        said = teams.get(f"/api/v1/setup/export?format={dialect}&report=true").get_json()
        marked = [loss for loss in said["report"] if loss.get("redacted")]
        asked = [loss for loss in said["report"] if "as was asked for" in loss["why"]]
        assert (dialect, marked) == (dialect, asked)
        assert marked
    page = teams.get("/contact-points/export?format=mimir").get_data(as_text=True)
    assert "as was asked for" not in page


ODD = ["../../../etc/cron.d/x", "a/b", "a_b", "..", "[x]", "a\x1b[2J", "NUL", "ops.tmpl"]


@pytest.mark.parametrize("dialect", ["alertmanager", "kubernetes", "mimir"])
def test_files_of_templates_have_plain_names(dialect: str) -> None:
    """A template of Grafana's may be called anything."""
    templates = [{"name": name, "template": f"text {n}"} for n, name in enumerate(ODD)]
    done = Dialects().write({"templates": templates}, dialect)
    files = done.files or yaml.safe_load(done.text)["template_files"]
    assert [why_unsafe(name) for name in files] == [""] * len(ODD)
    assert sorted(files.values()) == sorted(f"text {n}" for n in range(len(ODD)))
    if dialect == "alertmanager":
        assert yaml.safe_load(done.text)["templates"] == list(files)


SHOWN = (
    "/contact-points",
    "/contact-points/edit?name=database",
    "/contact-points/edit?copy=database",
    "/api/v1/contact-points",
    "/api/v1/contact-points/database",
    "/api/v1/provisioning/contact-points",
    "/api/v1/provisioning/contact-points?decrypt=true",
    "/api/v1/notifications/receivers",
    "/api/alertmanager/grafana/config/api/v1/alerts",
    "/api/alertmanager/grafana/config/api/v1/receivers",
)


@pytest.mark.parametrize("path", SHOWN)
def test_it_is_shown_everywhere_as_a_secret_that_is_set(teams: FlaskClient, path: str) -> None:
    answer = teams.get(path, headers={"Host": "localhost"})
    assert answer.status_code == 200
    assert "database" in answer.get_data(as_text=True)
    assert FILE not in json.dumps(settings_in(answer.get_json(silent=True)))


def settings_in(said: Any) -> list[Any]:
    """All settings in an answer, wherever they stand."""
    if isinstance(said, dict):
        own = [said["settings"]] if "settings" in said else []
        return own + [each for value in said.values() for each in settings_in(value)]
    return [each for item in said for each in settings_in(item)] if isinstance(said, list) else []


def test_a_test_reads_the_file_as_a_delivery_does(teams: FlaskClient) -> None:
    """What is shown is no value: nobody is sent "[REDACTED]"."""
    (row,) = teams.get("/api/v1/contact-points/database").get_json()["integrations"]
    assert row["settings"]["integrationKey"] == "[REDACTED]"
    wish = {"integrations": [{key: row[key] for key in ("uid", "type", "settings")}]}
    said = teams.post("/api/v1/contact-points/test", json=wish).get_json()
    assert said["status"] == "failed"
    assert "the file for the setting cannot be read" in said["results"][0]["error"]
