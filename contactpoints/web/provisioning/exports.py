"""Exports over HTTP: Grafana's formats, and every dialect besides."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from flask import Response, request

from alertmanager_configs.problems import SetupError, format_path
from contactpoints.admin import exporting
from contactpoints.admin.exporting import Export
from contactpoints.admin.languages import Written
from contactpoints.admin.refusals import InvalidError
from contactpoints.admin.view import View
from contactpoints.web.answers import answer
from contactpoints.web.asking import admin, flag

MEDIA_TYPES = "text/yaml, application/json, text/hcl, application/terraform+hcl, text/plain"
LOSSES = "X-Contactpoints-Losses"
"""How many things the format could not say; ``?report=true`` answers which."""


def asked_format() -> str:
    """The format that the request asks for."""
    said = request.args.get("format", "")
    return exporting.format_of(said, request.headers.get("Accept", ""))


def export_contact_points(name: str, decrypt: bool) -> Response:
    """All contact points, or the one called ``name``."""
    view, format_ = admin().view(), asked_format()
    if format_ not in exporting.FORMATS:
        names = [name] if name else sorted(view.by_name)
        return export_dialect(document_of(view), format_, decrypt=decrypt, names=names)
    rows = view.by_name.get(name, []) if name else view.contact_points
    return exported(
        exporting.contact_points(rows, format_, decrypt=decrypt, download=flag("download"))
    )


def document_of(view: View) -> dict[str, Any]:
    """Everything there is, files and stored setup together, in the shape of a stored document."""
    found: dict[str, Any] = {
        "contactPoints": view.contact_points,
        "muteTimings": view.mute_timings,
        "templates": view.templates,
        "inhibitRules": view.inhibit_rules,
        "unsaid": view.unsaid,
    }
    if view.policies:
        found["policies"] = view.policies
    return found


def export_dialect(
    document: dict[str, Any],
    dialect: str,
    *,
    decrypt: bool = False,
    names: Iterable[str] | None = None,
) -> Response:
    """A document in any dialect; with ``report`` in the query as JSON that says what was lost.

    :raises InvalidError: for an unknown dialect, or when it cannot be said at all.
    """
    done = written(document, dialect, decrypt=decrypt, names=names)
    if flag("report"):
        return answer({"text": done.text, "files": dict(done.files), "report": done.report})
    is_json = done.text.lstrip()[:1] in ("{", "[")
    media_type = "application/json" if is_json else "text/plain"
    name = f"{dialect}.{'json' if is_json else 'tf' if dialect == 'terraform' else 'yml'}"
    response = exported(Export(done.text, media_type, name if flag("download") else ""))
    response.headers[LOSSES] = str(len(done.report))
    return response


def written(
    document: dict[str, Any], dialect: str, *, decrypt: bool, names: Iterable[str] | None
) -> Written:
    """A document in any dialect, with what was lost.

    :raises InvalidError: for an unknown dialect, or when it cannot be said at all.
    """
    try:
        return admin().languages.write(
            document,
            dialect,
            decrypt=decrypt,
            names=names,
            secrets="inline" if decrypt else "redact",
        )
    except SetupError as error:
        errors = [
            {"path": format_path(each.path), "message": each.message} for each in error.problems
        ]
        raise InvalidError(f"this cannot be exported: {errors[0]['message']}", "", errors) from None
    except ValueError as error:
        known = ", ".join(exporting.FORMATS)
        raise InvalidError(f"unknown format; {known} are known, and dialects: {error}") from None


def exported(export: Export) -> Response:
    """The answer that holds an export."""
    headers = {"Cache-Control": "no-store"}
    if export.file:
        headers["Content-Disposition"] = f"attachment;filename={export.file}"
    data = export.text.encode("utf-8", "replace")
    return Response(data, headers=headers, content_type=export.media_type)
