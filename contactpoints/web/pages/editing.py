"""The form of a contact point: new, changed or copied; checked while it is filled in; tested."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask import Response, request
from werkzeug.exceptions import BadRequest, NotFound

from alertmanager_configs.problems import SetupError
from contactpoints.access.roles import EDITOR, VIEWER
from contactpoints.admin import contact_points as operations
from contactpoints.admin.controls import Control, controls_of
from contactpoints.admin.provenance import is_file
from contactpoints.admin.refusals import Refused
from contactpoints.admin.whole import save
from contactpoints.copying import copied
from contactpoints.integrations import by_lower_type
from contactpoints.support import documentation
from contactpoints.web.asking import admin, change, files
from contactpoints.web.describing import endpoint
from contactpoints.web.guard import may
from contactpoints.web.pages import blueprint, for_part, page, to
from contactpoints.web.pages.contact_points import labels
from contactpoints.web.pages.forms import Form, forgetting, indices, rows_of, section_of

FIRST = "email"  # what a new contact point begins with, as in Grafana
MANY = 1000  # the number from which those that are added later count


@blueprint.get("/contact-points/edit")
@endpoint(VIEWER, "The form of a contact point", tags=["Pages"])
def edit() -> Response:
    """Empty, or with what is stored (``name``), or with a copy of it (``copy``)."""
    was, like = request.args.get("name", ""), request.args.get("copy", "")
    view = admin().view()
    rows = view.by_name.get(was or like, [])
    if (was or like) and not rows:
        raise NotFound(f"There is no contact point {(was or like)[:60]!r}.")
    if like:
        rows = [{**row, "uid": ""} for row in rows]
        why = "Secrets are not copied: they have to be typed in again."
        return form(copy_name(like, view.by_name), "", rows, why if has_secrets(rows) else "")
    why = reason_to_leave(rows) if was else ""
    return form(was, was, rows or [{"type": FIRST}], why, can_edit=not why)


def reason_to_leave(rows: Sequence[dict[str, Any]]) -> str:
    """Why a contact point cannot be changed here; "" when it can."""
    if is_file(rows[0]):
        return "It is provisioned by a configuration file, and is changed there."
    if any(row.get("provenance") for row in rows):
        return "It is provisioned through the API, and is changed by whatever made it."
    if not may(EDITOR):
        return "Changing it needs the role editor."
    return ""


def copy_name(name: str, taken: Any) -> str:
    """A free name for a copy."""
    numbers = ("", *(f" {number}" for number in range(2, 1000)))
    return next(
        f"{name} (copy{number})" for number in numbers if f"{name} (copy{number})" not in taken
    )


def has_secrets(rows: Sequence[dict[str, Any]]) -> bool:
    """Whether a form of these rows would leave something out."""

    def any_in(fields: Any) -> bool:
        return any((f.control.kind == "secret" and f.is_set) or any_in(f.parts) for f in fields)

    return any(any_in(section_of(0, row).fields) for row in rows)


def form(
    name: str,
    was: str,
    rows: Sequence[dict[str, Any]],
    why: str = "",
    problems: Sequence[dict[str, str]] = (),
    *,
    can_edit: bool = True,
    version: str | None = None,
    status: int = 200,
) -> Response:
    """The page with the form."""
    sections = [section_of(index, row) for index, row in enumerate(rows) if known(row)]
    if version is None:
        version = operations.version(rows) if was else ""
    title = f"Contact point {was}" if was else "New contact point"
    return page(
        "edit.html",
        status,
        title=title,
        name=name,
        was=was,
        why=why,
        sections=sections,
        problems=problems,
        version=version,
        next=MANY,
        can_edit=can_edit and may(EDITOR),
        **for_sections(),
    )


def known(row: dict[str, Any]) -> bool:
    """Whether there is a form for the type of a row."""
    return bool(controls_of(str(row.get("type", ""))))


def for_sections() -> dict[str, Any]:
    """What every section needs."""
    types = {declared.type for declared in by_lower_type().values()}
    return {
        "types": labels(sorted(types)),
        "link": lambda kind: documentation(by_lower_type()[kind.lower()]),
        "notice_of": lambda kind: getattr(by_lower_type()[kind.lower()].notice, "text", ""),
    }


@blueprint.get("/contact-points/section")
@endpoint(EDITOR, "The fields of one integration", tags=["Pages"])
def section() -> Response:
    """A part of the form: another integration (``add``), or the same one of another type."""
    number = request.args.get("index", "")
    if not number.isdecimal() or len(number) > 5:
        raise BadRequest("index must be a number")
    index = int(number)
    kind = request.args.get(f"{index}.type", FIRST)
    if not controls_of(kind):
        raise BadRequest(f"unknown integration type: {kind[:60]}")
    found = section_of(index, {"type": kind})
    is_added = "add" in request.args
    return page(
        "_sections.html", section=found, next=index + 1 if is_added else 0, **for_sections()
    )


@blueprint.post("/contact-points/edit")
@endpoint(EDITOR, "Save a contact point", tags=["Pages"], answers={303: None})
def saved() -> Response:
    """What is wrong is shown in the form."""
    was = request.form.get("was", "")
    rows: list[dict[str, Any]] = []
    try:
        rows = sent(was)
        of_files, check = files(), admin().languages.check_row
        seen = request.form.get("version", "")
        name = str(rows[0]["name"]) if rows else was
        action = "change contact point" if was else "add contact point"
        change(lambda document: save(document, was, rows, check, of_files, seen=seen), action, name)
    except (Refused, SetupError) as error:
        problems = problems_of(error, rows)
        if for_part():  # the form stays as it is, with everything that was typed
            return page("_problems.html", problems=problems)
        status = error.status if isinstance(error, Refused) else 400
        typed, seen = request.form.get("name", ""), request.form.get("version", "")
        shown = [forgetting(row) for row in rows]
        return form(typed, was, shown, "", problems, version=seen, status=status)
    return to("contact_points", search=name)


@blueprint.post("/contact-points/check")
@endpoint(EDITOR, "Check the form of a contact point", tags=["Pages"])
def checked() -> Response:
    """What would be said if it were saved now."""
    problems: list[dict[str, str]] = []
    rows: list[dict[str, Any]] = []
    was = request.form.get("was", "")
    try:
        rows = sent(was)
        document = copied(admin().keeper.current().document)
        save(document, was, rows, admin().languages.check_row, files())
    except (Refused, SetupError) as error:
        problems = problems_of(error, rows)
    return page("_problems.html", problems=problems, checked=True)


def sent(was: str) -> list[dict[str, Any]]:
    """The rows that the form in this request says. :raises SetupError: when YAML in it is none."""
    view = admin().view()
    stored = {str(row.get("uid")): row for row in view.by_name.get(was, [])}
    return rows_of(Form(request.form), stored)


def problems_of(
    error: Refused | SetupError, rows: Sequence[dict[str, Any]]
) -> list[dict[str, str]]:
    """What is wrong, each with the field that it is about, where that is known."""
    if isinstance(error, SetupError):
        return [{"label": "", "id": "", "message": str(error)}]
    return [
        problem_of(str(each.get("path", "")), str(each["message"]), rows) for each in error.problems
    ]


def problem_of(path: str, message: str, rows: Sequence[dict[str, Any]]) -> dict[str, str]:
    """One problem; ``path`` is ``0.settings.url`` and the like."""
    number, _, rest = path.partition(".")
    if not number.isdecimal() or int(number) >= len(rows):
        return {"label": path, "id": "f-name" if path == "name" else "", "message": message}
    kind = str(rows[int(number)]["type"])
    shown = list(indices(Form(request.form)))[int(number)] if for_part() else number
    dotted = rest.removeprefix("settings").removeprefix(".")
    label = label_of(controls_of(kind), dotted.split(".")) or dotted
    declared = by_lower_type().get(kind.lower())
    whole = " › ".join(filter(None, (declared.label if declared else kind, label)))
    return {
        "label": whole,
        "id": f"f-{shown}-{dotted.replace('.', '-')}" if label and label != dotted else "",
        "message": message,
    }


def label_of(controls: Sequence[Control], steps: Sequence[str]) -> str:
    """The label of the control that a path leads to."""
    for control in controls:
        if control.key.lower() == steps[0].lower():
            inner = label_of(control.parts, steps[1:]) if steps[1:] else ""
            return f"{control.label} › {inner}" if inner else control.label
    return ""
