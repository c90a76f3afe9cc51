"""Languages: what administration asks of the dialects. app.py hands in who answers.

Documents are the stored ones, in the shapes of Grafana's provisioning API::

    {"contactPoints": [EmbeddedContactPoint, ...], "policies": {Route}, "muteTimings": [...],
     "templates": [{"name", "template", ...}], "inhibitRules": [...], "alertmanagers": [...],
     "fallbacks": {name: other}}

Secrets stand in them as they are. A part that is not there is empty.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from contactpoints.delivery.rendering import Renderer
from contactpoints.setup import Setup
from contactpoints.spelling import Family

Wrong = dict[str, str]
"""One place that is wrong: ``path``, dotted into what was given, and ``message``."""


@dataclass(frozen=True)
class Parts:
    """What a setup of files says, in the API's shapes.

    ``keys`` has the integration's key (see :meth:`ContactPoint.integration_keys`) for each uid.
    ``losses`` says for each uid what the API's shape cannot say of it, ``unsaid`` for each that it
    cannot say at all why.
    """

    contact_points: list[dict[str, Any]] = field(default_factory=list)
    policies: dict[str, Any] | None = None
    mute_timings: list[dict[str, Any]] = field(default_factory=list)
    templates: list[dict[str, Any]] = field(default_factory=list)
    inhibit_rules: list[dict[str, Any]] = field(default_factory=list)
    keys: Mapping[str, str] = field(default_factory=dict)
    losses: Mapping[str, list[str]] = field(default_factory=dict)
    unsaid: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Written:
    """A text in some dialect, files to put beside it, and what was lost on the way.

    ``report`` has an object for each loss, as :meth:`Loss.as_dict` of the translators makes it; one
    that only says that a secret is not shown, as was asked for, has ``redacted``.
    """

    text: str
    files: Mapping[str, str] = field(default_factory=dict)
    report: list[dict[str, Any]] = field(default_factory=list)


@dataclass(frozen=True)
class Taken:
    """What a text says, as parts of a document; the dialect it is of; what of it was lost."""

    document: dict[str, Any] = field(repr=False)  # it holds secrets
    dialect: str
    report: list[dict[str, Any]] = field(default_factory=list)


@dataclass(frozen=True)
class Rendering:
    """What a template came to: the text so far, and the error that ended it."""

    name: str
    text: str
    error: str = ""
    is_invalid: bool = False
    """The error is one of the template itself; it was not even begun."""


@dataclass(frozen=True)
class Foreign:
    """An Alertmanager's configuration that is only looked at.

    ``receivers`` are ``{"name", "integrations": [{"type", "label", "summary", "grafana",
    "alertmanager", "note", "sendResolved"}]}``: what each is, and whether it works with Grafana and
    with Alertmanager; no secret is among it.
    """

    receivers: list[dict[str, Any]]
    problems: list[str] = field(default_factory=list)


class Languages(Protocol):
    """What the dialects and the templates can do for administration."""

    def read(self, document: Mapping[str, Any]) -> Setup:
        """The setup that a stored document means.

        :raises SetupError: with everything that is wrong, its path into the document.
        """

    def alone(self, rows: Iterable[Mapping[str, Any]]) -> Setup:
        """The setup of a few rows that need not be stored, such as those to be tested.

        :raises SetupError: with everything that is wrong, its path begins with ``contactPoints``.
        """

    def check_row(self, row: Mapping[str, Any]) -> list[Wrong]:
        """What is wrong with one EmbeddedContactPoint, as strict as Grafana is with types."""

    def check_policies(self, policies: Mapping[str, Any]) -> list[Wrong]:
        """What is wrong with a policy tree in itself; that its names exist is not looked at."""

    def check_mute_timing(self, timing: Mapping[str, Any]) -> list[Wrong]:
        """What is wrong with ``{"name", "time_intervals"}``."""

    def check_template(self, name: str, text: str) -> list[Wrong]:
        """Why a text is no group of templates."""

    def rows(self, setup: Setup) -> Parts:
        """What files say, in the API's shapes; the same setup gives the same uids."""

    def renderer(self, setup: Setup) -> Renderer:
        """What draws the texts of a setup. :raises ValueError: when a template does not parse."""

    def write(
        self,
        document: Mapping[str, Any],
        to: str,
        *,
        decrypt: bool = False,
        names: Iterable[str] | None = None,
        **options: Any,
    ) -> Written:
        """The document, or only the contact points called ``names``, in any dialect; without
        ``decrypt`` no secret is in it. ``options`` are those of ``translators.translate``. What
        ``unsaid`` of the document has by its uid is left out and reported.

        :raises SetupError: when the document cannot be read.
        :raises ValueError: for an unknown dialect.
        """

    def translate(
        self, text: str | bytes, *, read: str, write: str = "grafana-api", **options: Any
    ) -> Written:
        """A text from one dialect into another, secrets as they stand.

        :raises SetupError: when it cannot be read.
        :raises ValueError: for an unknown dialect.
        """

    def take(
        self, text: str | bytes, *, read: str = "", files: Mapping[str, str] | None = None
    ) -> Taken:
        """What a text in any dialect (guessed when ``read`` is empty) says, secrets as they stand.

        :raises SetupError: with everything that is wrong, and where.
        :raises ValueError: for an unknown dialect.
        """

    def diff(self, a: Mapping[str, Any], b: Mapping[str, Any]) -> list[str]:
        """What two documents mean otherwise, a line each; no secret is in any."""

    def routes(self, policies: Mapping[str, Any], labels: Mapping[str, str]) -> list[str]:
        """The contact points that an alert with these labels goes to, in order."""

    def render(
        self,
        text: str,
        name: str,
        templates: Mapping[str, str],
        payload: Mapping[str, Any],
        *,
        family: Family = "grafana",
    ) -> list[Rendering]:
        """Every template that ``text`` defines, drawn with a webhook's payload. ``templates`` are
        the other groups, by name."""

    def compiled(self, text: str, name: str, family: Family) -> str:
        """The Jinja2 that a group of templates becomes; why it becomes none."""

    def dialects(self) -> Mapping[str, str]:
        """What there is to translate from and to, by name, with a line about each."""

    def bounded(self, wish: Mapping[str, Any]) -> tuple[int, dict[str, Any]]:
        """A translation within bounds of time and memory, for input from anyone: the status and the
        body of ``POST /api/v1/translate``."""

    def foreign(self, text: str | bytes) -> Foreign:
        """An alertmanager.yml, or Mimir's, for display. :raises SetupError: when it is none."""
