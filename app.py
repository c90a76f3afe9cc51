"""app: the parts put together. create_app() is the web service, main() the command line."""

from __future__ import annotations

import gc
import importlib
import os
import sys
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import click

# What the commands of the translators do not need is imported where it is used: they start in a
# third of the time.
if TYPE_CHECKING:
    from flask import Flask

    from contactpoints.delivery.rendering import Renderer
    from contactpoints.delivery.service import Service
    from contactpoints.environment import Environment
    from contactpoints.setup import Setup

COMMANDS = (  # in the order in which they are looked through: the quick ones first
    "translators.commands",
    "translators.checking_commands",
    "translators.comparing_commands",
    "translators.template_commands",
    "contactpoints.sink",
    "contactpoints.commands",
    "contactpoints.access_commands",
    "contactpoints.admin_commands",
)

WEB_PARTS = (
    *(f"contactpoints.web.{name}" for name in ("webhook", "health", "metrics", "deliveries")),
    "translators.web",
    *(f"contactpoints.web.{name}" for name in ("access", "administration", "pages")),
    *(f"contactpoints.web.{name}" for name in ("openapi", "reference")),
)


def __getattr__(name: str) -> Any:
    """``ConfigurationErrors``, what reading a configuration raises: each says everything that is
    wrong, and where.
    """
    if name != "ConfigurationErrors":
        raise AttributeError(name)
    from translators import SetupError, UnknownDialectError
    from translators.gotemplate import TemplateErrors

    return SetupError, TemplateErrors, UnknownDialectError, OSError


def renderer_of(setup: Setup) -> Renderer:
    """What draws the texts of a setup. :raises TemplateErrors: when one does not parse."""
    from translators.drawing import TemplateRenderer

    return TemplateRenderer(setup)


def read_configuration(environment: Environment) -> Setup:
    """The setup in the files that the environment names; an empty one for none.

    :raises SetupError: with everything that is wrong in them.
    :raises OSError: when one cannot be read.
    """
    from translators import read_setup

    return read_setup(environment.config, os.environ)


def service_of(environment: Environment, setup: Setup) -> Service:
    """The service that runs on the files' ``setup`` and on what is stored.

    :raises SealingError: when what is stored cannot be opened.
    :raises UnknownContactPointError: when a fallback is nowhere.
    """
    from contactpoints.admin.administration import Admin
    from contactpoints.delivery.service import Service
    from translators.serving import Dialects

    service = Service(setup, environment, is_whole=False)
    Admin(service, Dialects(), setup, lambda: read_configuration(environment))
    return service


def web_parts() -> list[Any]:
    """The modules of the web service, each with a blueprint.

    Importing them takes most of the time in which a process starts: ``serve`` does it before there
    are processes, so that one that takes another's place takes posts in at once.
    """
    return [importlib.import_module(name) for name in WEB_PARTS]


def create_app(
    environment: Environment | None = None, setup: Setup | None = None, *, start: bool = True
) -> Flask:
    """The web service. ``start``: deliver as well, in threads of this process.

    What is not given is read: the environment from the variables ``CONTACTPOINTS_…``, the setup
    from the files that they name.

    :raises OpenToStrangersError: when nobody was given access, and others could ask.
    """
    from flask import Flask

    from contactpoints.access.gate import Gate
    from contactpoints.environment import Environment
    from contactpoints.web import (
        EXTENSION,
        guard,
        headers,
    )
    from contactpoints.web.answers import handle_errors

    environment = environment or Environment.read()
    log_to_stderr(environment.log_level, environment.log_format)
    setup = setup if setup is not None else read_configuration(environment)
    app = Flask("contactpoints", static_folder=None)
    service = service_of(environment, setup)
    app.extensions[EXTENSION] = service
    gate = Gate(service.database, service.writer, environment)
    gate.settle()
    guard.install(app, gate)
    headers.install(app)
    for part in web_parts():
        app.register_blueprint(part.blueprint)
    handle_errors(app)
    if start:
        service.settle()
        service.admin.start()
    if start and environment.deliver:
        service.start()
    return app


def log_to_stderr(level: str, form: str = "logfmt") -> None:
    """One line for each thing worth knowing, as key=value or JSON."""
    from contactpoints.log_lines import to_stderr

    to_stderr(level, form)


class Commands(click.Group):
    """The command ``contactpoints``: every command stands beside what it runs."""

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Run as a process of its own. When it ends, Python need not look for garbage once more."""
        try:
            return super().__call__(*args, **kwargs)
        finally:
            gc.freeze()

    def list_commands(self, ctx: click.Context) -> list[str]:
        return sorted(name for module in COMMANDS for name in commands_of(module))

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        for module in COMMANDS:  # what is not looked at is not imported
            if command := commands_of(module).get(cmd_name):
                return command
        return None


def commands_of(module: str) -> Mapping[str, click.Command]:
    """The commands that stand in a module, by name."""
    found = vars(importlib.import_module(module)).values()
    return {each.name: each for each in found if isinstance(each, click.Command) and each.name}


@click.command(cls=Commands)
@click.version_option(package_name="contactpoints")
@click.pass_context
def main(context: click.Context) -> None:
    """Deliver Alertmanager's notifications to Grafana's contact points, and translate both ways."""
    context.obj = sys.modules[__name__]
