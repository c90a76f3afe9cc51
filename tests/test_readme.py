"""README.md is true: its sessions print what it says, its tables are what the program prints.

``pytest --update-goldens`` writes them anew.
"""

from __future__ import annotations

import os
import re
import shutil
from dataclasses import fields
from pathlib import Path

import pytest
from click.testing import CliRunner

from app import main
from contactpoints import support
from contactpoints.environment import PREFIX, Environment
from contactpoints.mail_server import VARIABLES as MAIL_VARIABLES

ROOT = Path(__file__).parent.parent
README = ROOT / "README.md"
RUNNING = ROOT / "docs" / "running.md"
SESSION = re.compile(r"^```console\n(.*?)^```$", re.M | re.S)
REPORT = re.compile(r"(one line for each thing .{,60}:\n\n```text\n)(.*?)(```)", re.S)
EXAMPLES = "alertmanager_configs/examples"
TRANSLATION = f"$ contactpoints translate {EXAMPLES}/teams.yml --to grafana-file -o"


def variables() -> str:
    """Every environment variable of the service, as a table."""
    rows = ["| variable | default | meaning |", "| --- | --- | --- |"]
    for each in fields(Environment):
        default = each.default
        if isinstance(default, bool):
            default = "yes" if default else "no"
        shown = f"`{default}`" if default not in ((), "") else ""
        rows.append(f"| `{PREFIX}{each.name.upper()}` | {shown} | {each.metadata['help']} |")
    rows += [f"| `{name}` | | {meaning} |" for name, meaning in MAIL_VARIABLES.items()]
    return "\n".join(rows) + "\n"


def section(name: str, content: str) -> tuple[re.Pattern[str], str]:
    """A generated part of the page, between two comments."""
    pattern = re.compile(rf"(<!-- {name} -->\n).*?(<!-- /{name} -->)", re.S)
    return pattern, content


def truth(page: str, folder: Path) -> str:
    """The page with everything in it that the program prints."""
    shutil.copytree(ROOT / EXAMPLES, folder / EXAMPLES)
    os.chdir(folder)
    report = ""

    def session(match: re.Match[str]) -> str:
        nonlocal report
        said = []
        for line in match[1].splitlines():
            if line.startswith("$ contactpoints "):
                done = CliRunner().invoke(main, line.split()[2:], prog_name="contactpoints")
                assert done.exit_code == line.startswith("$ contactpoints diff "), done.output
                report = done.stderr if line.startswith(TRANSLATION) else report
                said.append(f"{line}\n{done.stdout}")
        return "```console\n" + "".join(said) + "```"

    page = SESSION.sub(session, page)
    page = REPORT.sub(lambda match: match[1] + report + match[3], page)
    for pattern, content in (
        section("support", support.show(support.support(), "markdown")),
        section("environment", variables()),
    ):
        page = pattern.sub(lambda match, content=content: match[1] + content + match[2], page)
    return page


def test_the_page_says_what_the_program_prints(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, update_goldens: bool
) -> None:
    monkeypatch.chdir(tmp_path)
    for number, file in enumerate((README, RUNNING)):
        wanted = truth(file.read_text(), tmp_path / str(number))
        if update_goldens:
            file.write_text(wanted)
        assert file.read_text() == wanted


def test_the_page_is_short_enough_to_be_read() -> None:
    assert len(README.read_text().splitlines()) <= 250


@pytest.mark.parametrize("target", re.findall(r"\]\(([^)#]+)\)", README.read_text()))
def test_a_link_within_the_repository_leads_somewhere(target: str) -> None:
    assert target.startswith("http") or (ROOT / target).exists()
