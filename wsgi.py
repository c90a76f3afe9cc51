"""wsgi: the service for gunicorn, as in ``gunicorn wsgi:app``."""

from app import create_app

app = create_app()
