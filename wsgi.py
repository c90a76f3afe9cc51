"""wsgi: the service for gunicorn, as in ``gunicorn wsgi:app``."""

from app import create_app
from contactpoints.web.starting import environment_here, or_end

app = or_end(lambda: create_app(environment_here()))
