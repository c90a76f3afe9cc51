"""Options: those of the service's commands, each with its environment variable."""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import fields, replace
from typing import Any, Protocol, TypeVar

import click
from flask import Flask

from contactpoints.delivery.directory import Directory, UnknownContactPointError
from contactpoints.delivery.rendering import Renderer
from contactpoints.delivery.service import Service
from contactpoints.environment import PREFIX, Environment, EnvironmentProblem
from contactpoints.setup import Setup
from contactpoints.storage.sealing import SealingError

F = TypeVar("F", bound=Callable[..., Any])


def variable(name: str) -> Callable[[F], F]:
    """An option for one field of the environment; its variable holds when it is left out."""
    field = next(item for item in fields(Environment) if item.name == name)
    several = isinstance(field.default, tuple)
    kind = str if several or isinstance(field.default, str) else type(field.default)
    said = field.metadata["help"]
    return click.option(
        "--" + name.replace("_", "-"),
        name,
        multiple=several,
        type=kind,
        default=None,
        help=f"{said[0].upper()}{said[1:]}.  [{PREFIX}{name.upper()}]",
    )


def environment_of(**options: Any) -> Environment:
    """The process's environment, with the options that were given."""
    try:
        found = Environment.read()
    except EnvironmentProblem as error:
        raise click.UsageError(str(error)) from None
    return replace(found, **{name: value for name, value in options.items() if value})


class Program(Protocol):
    """What the commands get from app.py, which knows the dialects and the templates."""

    ConfigurationErrors: tuple[type[Exception], ...]

    def read_configuration(self, environment: Environment) -> Setup: ...

    def renderer_of(self, setup: Setup) -> Renderer: ...

    def service_of(self, environment: Environment, setup: Setup) -> Service: ...

    def create_app(self, environment: Environment, setup: Setup, *, start: bool = ...) -> Flask: ...

    def web_parts(self) -> list[Any]: ...

    def log_to_stderr(self, level: str, form: str = ...) -> None: ...


def configured(program: Program, environment: Environment) -> tuple[Setup, Renderer]:
    """What the configuration files say, or an end with all that is wrong with them."""
    try:
        setup = program.read_configuration(environment)
        Directory(setup, (), environment.rates)
        return setup, program.renderer_of(setup)
    except program.ConfigurationErrors as error:
        click.echo(str(error), err=True)
        sys.exit(1)
    except ValueError as error:
        raise click.UsageError(f"{PREFIX}RATES: {error}") from None


def opened(program: Program, environment: Environment, setup: Setup) -> Service:
    """The service on the files' ``setup`` and what is stored, or an end with why it cannot run."""
    try:
        return program.service_of(environment, setup)
    except SealingError as error:
        raise click.ClickException(str(error)) from None
    except UnknownContactPointError as error:
        raise click.UsageError(f"--fallback: {error}") from None
