"""The page Translate: paste a configuration, see it in another dialect, and what is lost where."""

from __future__ import annotations

from typing import Any

from flask import Response, request

from contactpoints.access.roles import VIEWER
from contactpoints.web.asking import admin
from contactpoints.web.describing import endpoint
from contactpoints.web.pages import blueprint, page

SECRETS = {
    "": "as the dialect has them",
    "inline": "inline",
    "env": "as variables",
    "file": "in files",
    "redact": "left out",
}


@blueprint.get("/translate")
@endpoint(VIEWER, "Translate", tags=["Pages"])
def translate_form() -> Response:
    """An empty form."""
    return page("translate.html", dialects=admin().languages.dialects(), secrets=SECRETS)


@blueprint.post("/translate")
@endpoint(VIEWER, "Translate what is in the form", tags=["Pages"])
def translated() -> Response:
    """The text in the other dialect, with the losses at their lines. Nothing of it is kept."""
    text = request.form.get("text", "").replace("\r\n", "\n")
    if not text.strip():
        return page("_translated.html", said=None, lines=[])
    wish: dict[str, Any] = {"text": text, "write": request.form.get("to", "grafana-file")}
    for field, option in (("from", "read"), ("secrets", "secrets"), ("bridge_url", "bridge_url")):
        if given := request.form.get(field, "").strip():
            wish[option] = given
    if "keep_look" in request.form:
        wish["keep_look"] = True
    status, said = admin().languages.bounded(wish)
    marked: dict[int, list[str]] = {}
    for one in said.get("report") or said.get("errors") or ():
        if isinstance(one.get("line"), int):
            marked.setdefault(one["line"], []).append(str(one.get("why") or one.get("message")))
    lines = [(at, line, marked.get(at, [])) for at, line in enumerate(text.split("\n"), 1)]
    return page("_translated.html", said=said, is_done=status == 200, lines=lines)
