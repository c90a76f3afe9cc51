"""What is spoken over HTTP: the webhook that takes notifications in, their history, and health."""

from __future__ import annotations

from typing import cast

from flask import current_app

from contactpoints.delivery.service import Service

EXTENSION = "contactpoints"


def service() -> Service:
    """The service behind the application that handles this request."""
    return cast(Service, current_app.extensions[EXTENSION])
