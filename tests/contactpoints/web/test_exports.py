"""Exports of what configuration files say, over HTTP and on the pages."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

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
