"""Reading: a text of any dialect as a setup, with what is wrong or doubtful in it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from alertmanager_configs.loading import Document, load
from alertmanager_configs.problems import Problems
from alertmanager_configs.versions import LATEST, Version
from contactpoints.setup import Setup
from translators.dialect import Dialect, Find, dialect, guess, modules
from translators.finding import among
from translators.grafana_orgs import of_org, orgs_in
from translators.secrets import warn_of_missing


@dataclass(frozen=True)
class Reading:
    """A text, read: its setup, and what is wrong or doubtful."""

    setup: Setup
    dialect: Dialect
    document: Document
    problems: Problems
    orgs: Sequence[str] = ()
    """The organisations of Grafana's that the text is for."""


def read_text(
    text: str | bytes,
    *,
    read: str = "",
    name: str = "",
    find: Find | None = None,
    version: Version = LATEST,
    org: str = "",
) -> Reading:
    """Read ``text``; what is wrong is collected, with its place, unless it is not even YAML.
    ``version`` is the Alertmanager by whose rules it is read, ``org`` the only organisation of
    Grafana's that is read.

    :raises SetupError: when the text is not YAML.
    :raises UnknownDialectError: when there is no such dialect, or none can be guessed.
    """
    source, document = open_text(text, read, name)
    problems = Problems(version)
    problems.extend(source.name_duplicates(document, version))
    orgs = orgs_in(document.data) if source.name == "grafana-file" else []
    if org and orgs:
        document.data = of_org(document.data, org)
    setup = source.read(document, problems, find or among({}))
    warn_of_missing(setup, problems)
    problems.locate(document)
    return Reading(setup, source, document, problems, orgs)


def open_text(text: str | bytes, read: str, name: str) -> tuple[Dialect, Document]:
    """The dialect ``read``, or the one that the text looks like, and the document in it."""
    if read:
        source = dialect(read)
        return source, source.load(text, name)
    said = text if isinstance(text, str) else text.decode(errors="replace")
    for source in map(dialect, modules()):  # each is imported when its turn comes
        if source.claims(said):
            return source, source.load(text, name)
    document = load(text, name)
    source = guess(document)
    if source.name == "alertmanager" and "<<" in said:  # merges have a meaning of their own there
        document = source.load(text, name)
    return source, document
