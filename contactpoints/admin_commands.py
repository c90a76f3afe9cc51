"""The commands that manage a running service: list, get, apply, delete, test, export."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click

from contactpoints.file_names import why_unsafe
from contactpoints.remote import Remote, path_of, remote

POINTS = "/api/v1/contact-points"
PAGE = 500
NEVER = "0001-01-01"
text_or_json = click.option(
    "--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True
)
decrypt = click.option("--decrypt", is_flag=True, help="With secrets; only an admin may.")


@click.command("list")
@click.argument("words", nargs=-1)
@click.option("--type", "kind", help="Only those with an integration of this type.")
@click.option("--unused", is_flag=True, help="Only those that no policy uses.")
@text_or_json
@remote
def list_(
    service: Remote, words: tuple[str, ...], kind: str | None, unused: bool, form: str
) -> None:
    """List the contact points of a running service whose names or types have all WORDS.

    Example: contactpoints list slack --unused
    """
    found: list[dict[str, Any]] = []
    query = {"search": " ".join(words), "type": kind, "use": "unused" if unused else ""}
    while True:
        page = service.get(POINTS, **query, limit=PAGE, offset=len(found))
        found += page["items"]
        if not page["items"] or len(found) >= page["total"]:
            break
    if form == "json":
        click.echo(json.dumps(found, indent=2, ensure_ascii=False))
        return
    rows = [("NAME", "INTEGRATIONS", "POLICIES", "LAST ATTEMPT", "FROM")]
    for point in found:
        kinds = ", ".join(each["label"] for each in point["integrations"])
        used = str(point["usedBy"]["count"]) if point["usedBy"]["count"] else "unused"
        rows.append((point["name"], kinds, used, last_of(point), point["provenance"] or "people"))
    show(rows)


def last_of(point: dict[str, Any]) -> str:
    """How the last attempts of a contact point went: the worst of its integrations."""
    states = [each["status"] for each in point["integrations"]]
    if failed := [each for each in states if each.get("lastNotifyAttemptError")]:
        return f"failed {when(failed[0]['lastNotifyAttempt'])}"
    times = [each["lastNotifyAttempt"] for each in states]
    tried = [each for each in times if not each.startswith(NEVER)]
    return when(max(tried)) if tried else "never"


def when(moment: str) -> str:
    """A time as people on this machine read it."""
    found = datetime.fromisoformat(moment.replace("Z", "+00:00")).replace(tzinfo=UTC)
    return found.astimezone().strftime("%Y-%m-%d %H:%M")


def show(rows: Sequence[Sequence[str]]) -> None:
    """A table on a terminal; for another program, tabs between the columns."""
    if not sys.stdout.isatty():
        for row in rows:
            click.echo("\t".join(row))
        return
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    for number, row in enumerate(rows):
        said = "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True))
        is_bad = any(cell.startswith("failed ") for cell in row)
        click.secho(said.rstrip(), bold=number == 0, fg="red" if is_bad else None)


@click.command("get")
@click.argument("name")
@click.option("--format", "form", default="yaml", show_default=True, metavar="FORMAT")
@decrypt
@remote
def get(service: Remote, name: str, form: str, decrypt: bool) -> None:
    """Print one contact point of a running service: yaml, json, hcl, or any dialect.

    Example: contactpoints get ops --format alertmanager
    """
    _export(service, (name,), form, None, decrypt)


@click.command("export")
@click.argument("names", nargs=-1)
@click.option("--format", "form", default="yaml", show_default=True, metavar="FORMAT")
@click.option("-o", "--output", type=click.Path(dir_okay=False, path_type=Path))
@decrypt
@remote
def export(
    service: Remote, names: tuple[str, ...], form: str, output: Path | None, decrypt: bool
) -> None:
    """Export the whole setup of a running service, or the contact points called NAMES.

    Example: contactpoints export --format terraform -o contactpoints.tf
    """
    _export(service, names, form, output, decrypt)


def _export(
    service: Remote, names: tuple[str, ...], form: str, output: Path | None, decrypt: bool
) -> None:
    query = {"format": form, "report": "true", "decrypt": "true" if decrypt else "", "name": names}
    said = service.get("/api/v1/setup/export", **query)
    if output is not None:
        refuse_unsafe(said["files"], output)
    report_losses([each for each in said["report"] if not each.get("redacted")])
    if output is None:
        click.echo(said["text"], nl=not said["text"].endswith("\n"))
    else:
        output.write_text(said["text"], encoding="utf-8")
    for name, text in said["files"].items():
        if output is None:
            click.echo(f"# {name}\n{text}", nl=not text.endswith("\n"))
        else:
            place = output.parent / name
            place.write_text(text, encoding="utf-8")
            click.echo(f"{place} written", err=True)


def refuse_unsafe(names: Iterable[str], output: Path) -> None:
    """Files are written beside ``output``, and nowhere else, whatever a service calls them.

    :raises click.ClickException: for a name that leads elsewhere; nothing is written then.
    """
    for name in names:
        why = "it is the output itself" if name == output.name else why_unsafe(name)
        if why:
            raise click.ClickException(
                f"nothing is written: the service names a file {name!r} beside it, and {why}"
            )


def report_losses(report: Sequence[dict[str, Any]]) -> None:
    """Say what could not be said, on standard error."""
    for loss in report:
        where = " › ".join(loss["where"])
        place = f"line {loss['line']}: " if loss.get("line") else ""
        click.secho(f"{place}{where}: {loss['what']}: {loss['why']}", err=True, fg="yellow")


@click.command("apply")
@click.option("-f", "--file", "files", multiple=True, required=True, metavar="FILE")
@click.option("--from", "dialect", default="", metavar="DIALECT", help="Else it is found out.")
@click.option("--dry-run", is_flag=True, help="Only say what would change.")
@click.option("--merge", is_flag=True, help="Leave alone what FILE does not name.")
@click.option("--strict", is_flag=True, help="Change nothing when something would be lost.")
@remote
def apply(
    service: Remote, files: tuple[str, ...], dialect: str, dry_run: bool, merge: bool, strict: bool
) -> None:
    """Put the setup in FILE, of any dialect (- is standard input), into a running service.

    Every part that FILE has (contact points, policies, mute timings, templates) becomes just what
    it says; with --merge, items that it does not name stay. What changes is printed.

    Example: contactpoints apply -f alertmanager.yml --dry-run
    """
    for number, file in enumerate(files):
        path = Path(file)
        text = sys.stdin.read() if file == "-" else path.read_text()
        beside = {} if file == "-" else templates_beside(path)
        body = {
            "text": text,
            "from": dialect,
            "files": beside,
            "dryRun": dry_run,
            "merge": merge or number > 0,
            "strict": strict,
        }
        said = service.ask("POST", "/api/v1/setup/apply", body=body).json()
        report_losses(said["report"])
        for change in said["changes"]:
            mark, line = marked(change)
            click.secho(f"{mark} {line}", fg={"+": "green", "-": "red"}.get(mark))
        if dry_run:
            click.echo(f"{file}: {len(said['changes'])} differences, nothing was changed", err=True)
        elif said["applied"]:
            click.echo(f"{file}: applied as version {said['version']}", err=True)
        else:
            click.echo(f"{file}: nothing to change", err=True)


def marked(change: str) -> tuple[str, str]:
    """A difference with its mark: what is new, what goes, what changes.

    >>> marked("ops: only in B"), marked("ops › slack › title: 'a' != 'b'")
    (('+', 'ops'), ('~', "ops › slack › title: 'a' != 'b'"))
    """
    for mark, ending in (("+", ": only in B"), ("-", ": only in A")):
        if change.endswith(ending):
            return mark, change.removesuffix(ending)
    return "~", change


def templates_beside(path: Path) -> dict[str, str]:
    """The template files in the folder of a configuration, which it may refer to."""
    found = sorted([*path.parent.glob("*.tmpl"), *path.parent.glob("*/*.tmpl")])
    return {each.name: each.read_text(errors="replace") for each in found if each.is_file()}


@click.command("delete")
@click.argument("names", nargs=-1, required=True)
@remote
def delete(service: Remote, names: tuple[str, ...]) -> None:
    """Delete contact points of a running service; refused while a policy uses one.

    Example: contactpoints delete old-pager
    """
    for name in names:
        service.ask("DELETE", f"{POINTS}/{path_of(name)}")
        click.echo(f"contact point {name} is deleted", err=True)


@click.command("test")
@click.argument("name")
@click.option("--label", "labels", multiple=True, metavar="NAME=VALUE")
@click.option("--annotation", "annotations", multiple=True, metavar="NAME=VALUE")
@text_or_json
@remote
def test(
    service: Remote, name: str, labels: tuple[str, ...], annotations: tuple[str, ...], form: str
) -> None:
    """Send a test notification through a contact point of a running service.

    Example: contactpoints test ops --label severity=critical
    """
    alert = {"labels": pairs(labels, "--label"), "annotations": pairs(annotations, "--annotation")}
    body = {"alert": alert} if labels or annotations else {}
    said = service.ask("POST", f"{POINTS}/{path_of(name)}/test", body=body).json()
    if form == "json":
        click.echo(json.dumps(said, indent=2, ensure_ascii=False))
    else:
        for each in said["results"]:
            is_ok = each["status"] == "ok"
            what = f"sent in {each['duration']} s" if is_ok else f"failed: {each['error']}"
            line = f"{name} › {each['integration']}: {'; '.join((what, *each['notes']))}"
            click.secho(line, fg=None if is_ok else "red")
    sys.exit(0 if said["status"] == "ok" else 1)


def pairs(texts: Sequence[str], option: str) -> dict[str, str]:
    """``name=value`` texts as a mapping. :raises click.UsageError: for others."""
    found = {}
    for text in texts:
        name, equals, value = text.partition("=")
        if not name or not equals:
            raise click.UsageError(f"{option} {text!r} is not NAME=VALUE")
        found[name] = value
    return found


@click.command("completion")
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish"]))
@click.pass_context
def completion(context: click.Context, shell: str) -> None:
    """Print a script that makes a shell complete our commands and options.

    Example: contactpoints completion bash >> ~/.bashrc
    """
    from click.shell_completion import get_completion_class

    root = context.find_root()
    made = get_completion_class(shell)
    assert made is not None
    program = made(root.command, {}, "contactpoints", "_CONTACTPOINTS_COMPLETE")
    click.echo(program.source())
