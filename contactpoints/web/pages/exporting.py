"""The page of exports: one contact point, or all, in every form that people ask for."""

from __future__ import annotations

from flask import Response, request
from werkzeug.exceptions import NotFound

from contactpoints.access.roles import VIEWER
from contactpoints.admin import exporting
from contactpoints.admin.languages import Written
from contactpoints.web.asking import admin, decrypt
from contactpoints.web.describing import endpoint
from contactpoints.web.pages import blueprint, page
from contactpoints.web.provisioning.exports import document_of, written

FORMS = {
    "yaml": ("YAML", "yaml"),
    "json": ("JSON", "json"),
    "hcl": ("Terraform", "tf"),
    "alertmanager": ("alertmanager.yml", "yml"),
    "kubernetes": ("Kubernetes", "yml"),
    "mimir": ("Mimir", "yml"),
}
"""What each is called, and how its file's name ends."""


@blueprint.get("/contact-points/export")
@endpoint(VIEWER, "Export contact points", tags=["Pages"])
def export() -> Response:
    """The text, to copy or to download; secrets are in it only for an admin who asks for them."""
    name, form = request.args.get("name", ""), request.args.get("format", "yaml")
    view = admin().view()
    if name and name not in view.by_name:
        raise NotFound(f"There is no contact point {name[:60]!r}.")
    if form not in FORMS:
        raise NotFound(f"There is no format {form[:40]!r}.")
    is_open = decrypt()
    if form in exporting.FORMATS:
        rows = view.by_name[name] if name else view.contact_points
        done = Written(exporting.contact_points(rows, form, decrypt=is_open).text)
    else:
        names = [name] if name else list(view.by_name)
        done = written(document_of(view), form, decrypt=is_open, names=names)
    if "download" in request.args:
        file = f"contact-points.{FORMS[form][1]}"
        headers = {"Content-Disposition": f"attachment; filename={file}"}
        return Response(done.text.encode("utf-8", "replace"), 200, headers, mimetype="text/plain")
    lost = [loss for loss in done.report if not loss.get("redacted")]
    return page(
        "export.html", name=name, form=form, forms=FORMS, done=done, lost=lost, is_open=is_open
    )
