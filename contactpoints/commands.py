"""The commands of the service: serve, deliver, deliveries, send."""

from __future__ import annotations

import json
import logging
import signal
import sys
import threading
import time
from collections.abc import Mapping
from dataclasses import replace
from typing import Any
from urllib.parse import quote

import click

from contactpoints.access.at_hand import gate
from contactpoints.access.opening import OpenToStrangersError
from contactpoints.delivery.attempt import Sender, parsed
from contactpoints.delivery.directory import Directory, UnknownContactPointError
from contactpoints.delivery.http import DeliveryError, Http
from contactpoints.delivery.network import refuse_private
from contactpoints.environment import PREFIX, Environment
from contactpoints.history_text import heading, line
from contactpoints.notification import PayloadError
from contactpoints.options import Program, configured, environment_of, opened, variable
from contactpoints.remote import Remote, remote
from contactpoints.server import Server
from contactpoints.storage.database import Database, StorageError
from contactpoints.storage.failing import UnsuitableDatabaseError
from contactpoints.storage.history import Wish, find
from contactpoints.storage.tables import STATES
from contactpoints.web.beside import listen

log = logging.getLogger(__name__)


@click.command()
@variable("config")
@variable("bind")
@variable("database_url")
@variable("processes")
@variable("threads")
@variable("fallback")
@variable("secret_key_file")
@variable("alertmanager_files")
@variable("log_level")
@variable("log_format")
@click.pass_obj
def serve(program: Program, /, **options: Any) -> None:
    """Take notifications in and deliver them: the same program as gunicorn wsgi:app.

    Example: contactpoints serve --config alertmanager.yml --bind 127.0.0.1:9095
    """
    environment = environment_of(**options)
    setup, _ = configured(program, environment)
    program.log_to_stderr(environment.log_level, environment.log_format)
    look_at_database(environment)
    look_at_access(environment)
    opened(program, environment, setup).stop()  # what cannot run is said here, not by each process
    click.echo(f"contactpoints listens on http://{environment.bind}", err=True)
    web = replace(environment, deliver=False)
    program.web_parts()  # here, not by each process
    Server(
        environment,
        lambda: program.create_app(web, setup),
        (lambda: opened(program, environment, setup)) if environment.deliver else None,
    ).run()


@click.command()
@variable("config")
@variable("database_url")
@variable("senders")
@variable("fallback")
@variable("secret_key_file")
@variable("metrics_bind")
@variable("log_level")
@variable("log_format")
@click.pass_obj
def deliver(program: Program, /, **options: Any) -> None:
    """Deliver only: one more worker on the same database, here or on another host.

    Example: contactpoints deliver --config alertmanager.yml --database-url postgresql+psycopg://...
    """
    environment = environment_of(**options)
    setup, _ = configured(program, environment)
    program.log_to_stderr(environment.log_level, environment.log_format)
    look_at_database(environment)
    service = opened(program, environment, setup)
    if environment.metrics_bind:
        try:
            listen(service, environment.metrics_bind)
        except (OSError, ValueError) as error:
            raise click.ClickException(f"{PREFIX}METRICS_BIND: {error}") from None
    stop, reload = threading.Event(), threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    signal.signal(signal.SIGHUP, lambda *_: reload.set())
    service.settle()
    service.start()
    while not stop.wait(0.5):
        if reload.is_set():
            reload.clear()
            service.admin.reload_here()
    service.stop()


def look_at_database(environment: Environment) -> None:
    """Make its tables, or bring them up to date. One that is gone at present may come back.

    :raises click.ClickException: when this program can never use it as it is.
    """
    database = Database(environment.database_url, max_pages=environment.sqlite_max_pages)
    try:
        with database.reading():
            pass
    except UnsuitableDatabaseError as error:
        raise click.ClickException(str(error)) from None
    except StorageError as error:
        log.warning("storage=unavailable error=%r", str(error))
    finally:
        database.close()


def look_at_access(environment: Environment) -> None:
    """Let in whom the environment names.

    :raises click.ClickException: when nobody was given access, and others could ask.
    """
    try:
        with gate(environment) as its:
            its.settle()
    except OpenToStrangersError as error:
        raise click.ClickException(str(error)) from None


@click.command()
@variable("database_url")
@click.option("--contact-point", help="Only those of this contact point.")
@click.option("--state", type=click.Choice(STATES), help="Only those in this state.")
@click.option("--limit", type=click.IntRange(1, 1000), default=20, show_default=True)
@click.option("--follow", is_flag=True, help="Show new ones, and ends, as they come.")
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text")
def deliveries(
    database_url: str | None,
    contact_point: str | None,
    state: str | None,
    limit: int,
    follow: bool,
    form: str,
) -> None:
    """Show what became of notifications, the latest first.

    Example: contactpoints deliveries --contact-point ops --state failed
    """
    database = Database(environment_of(database_url=database_url).database_url)
    wish = Wish(contact_point=contact_point, state=state, limit=limit)
    try:
        rows = _rows(database, wish)
        if form == "json":
            click.echo(json.dumps(rows, indent=2, ensure_ascii=False))
            return
        click.echo(heading())
        for row in reversed(rows) if follow else rows:
            click.echo(line(row))
        seen = {row["id"]: row["state"] for row in rows}
        while follow:
            time.sleep(0.5)
            for row in reversed(_rows(database, replace(wish, limit=1000))):
                if seen.get(row["id"]) != row["state"] and row["id"] >= min(seen, default=0):
                    seen[row["id"]] = row["state"]
                    click.echo(line(row))
    except StorageError as error:
        raise click.ClickException(f"the database cannot be read: {error}") from None
    except KeyboardInterrupt:
        pass
    finally:
        database.close()


def _rows(database: Database, wish: Wish) -> list[Mapping[str, Any]]:
    with database.reading() as connection:
        return find(connection, wish)


@click.command()
@click.argument("file", type=click.File("rb"))
@click.option("--to", "contact_point", help="The contact point; else the payload's receiver.")
@click.option("--once", is_flag=True, help="Deliver from here, once, without the service.")
@variable("config")
@click.pass_obj
@remote
def send(
    program: Program,
    service: Remote,
    /,
    file: Any,
    contact_point: str | None,
    once: bool,
    config: tuple[str, ...],
) -> None:
    """Post FILE (- for standard input), a webhook's payload, to the service.

    Example: contactpoints send payload.json --to ops
    """
    body = file.read()
    if once:
        _send_once(program, body, contact_point, environment_of(config=config))
        return
    path = "/webhook" + (f"/{quote(contact_point, safe='')}" if contact_point else "")
    headers = {"Content-Type": "application/json"}
    if service.token:
        headers["Authorization"] = f"Bearer {service.token}"
    try:
        reply = Http().post(
            service.url.rstrip("/") + path, data=body, headers=headers, accept=range(200, 600)
        )
    except DeliveryError as error:
        raise click.ClickException(f"the service does not answer: {error}") from None
    click.echo(reply.text.strip())
    if reply.status != 202:
        sys.exit(1)


def _send_once(
    program: Program, body: bytes, contact_point: str | None, environment: Environment
) -> None:
    """One attempt for every integration, printed; nothing is stored."""
    refuse_private(environment.private_targets == "refuse", environment.allowed_targets)
    setup, renderer = configured(program, environment)
    directory = Directory(setup)
    sender = Sender(renderer, environment.time_limit)
    failed = False
    try:
        notification = parsed(body)
        for name in directory.contact_points(notification, contact_point):
            for new in directory.deliveries(notification, name):
                endpoint = directory.find(name, new.integration)
                if endpoint is None or new.note:
                    click.echo(f"{name} › {new.integration}: {new.state}: {new.note}")
                    continue
                outcome = sender.send(endpoint, body, time.time())
                said = f"failed: {outcome.error}" if outcome.error else "delivered"
                failed = failed or outcome.error is not None
                click.echo(f"{name} › {new.integration}: {'; '.join((said, *outcome.notes))}")
    except PayloadError as error:
        lines = [f"{item['path'] or 'payload'}: {item['message']}" for item in error.errors]
        raise click.ClickException("\n".join(lines)) from None
    except UnknownContactPointError as error:
        raise click.ClickException(str(error)) from None
    sys.exit(1 if failed else 0)
