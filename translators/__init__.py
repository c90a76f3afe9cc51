"""From any dialect to any other, through one setup, with a report of what could not be said."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from alertmanager_configs.pausing import collection_paused
from alertmanager_configs.problems import SetupError
from alertmanager_configs.versions import LATEST, Version
from contactpoints.setup import Setup
from translators.alertmanager_globals import without_globals
from translators.bridge import Bridge, bridge_over
from translators.crossing import cross
from translators.dialect import Find, UnknownDialectError, dialect
from translators.finding import among, beside
from translators.grafana_orgs import choose, joined
from translators.losses import Loss, Report
from translators.notices import report_notices
from translators.reading import Reading, open_text, read_text
from translators.running import merge
from translators.secrets import Mode, without_unknown
from translators.settling import settle

__all__ = [
    "Bridge",
    "Loss",
    "Reading",
    "Report",
    "SetupError",
    "Translation",
    "UnknownDialectError",
    "among",
    "beside",
    "open_text",
    "read_setup",
    "read_text",
    "translate",
    "translate_orgs",
    "translate_reading",
]


@dataclass(frozen=True)
class Translation:
    """A text in the dialect that was asked for, what was lost on the way, and files to put beside
    the text.
    """

    text: str
    report: Report
    files: Mapping[str, str] = field(default_factory=dict)
    secret_files: frozenset[str] = frozenset()
    """Those of ``files`` that hold secrets."""


def translate(
    text: str | bytes,
    *,
    read: str = "",
    write: str,
    files: Mapping[str, str] | None = None,
    find: Find | None = None,
    name: str = "",
    version: Version = LATEST,
    secrets: Mode | None = None,
    bridge: Bridge | None = None,
    keep_look: bool = False,
    org: str = "",
    kubernetes_version: str = "",
) -> Translation:
    """``text`` of the dialect ``read`` (guessed when empty) in the dialect ``write``.

    ``files`` are template files that the text refers to, by name, or ``find`` finds them; ``name``
    is what errors call the text; ``version`` is the Alertmanager that is written for.
    ``secrets`` is how secrets are written: "inline" in the text,
    "env" as variables, "file" in files that the text names, "redact" not at all; the dialect
    decides when it is left out. ``bridge`` is the service that delivers what Alertmanager cannot
    say, and ``keep_look`` writes out default texts where the other family's are different. ``org``
    is the organisation of Grafana's that is meant, where a file is for several, and
    ``kubernetes_version`` the version of AlertmanagerConfig that is written (that of the text, or
    v1alpha1, when it is left out).

    :raises SetupError: when the text is not valid, with everything that is wrong and where.
    :raises UnknownDialectError: when there is no such dialect, or none can be guessed.
    """
    dialect(write)  # a wrong name is said before the text is read

    def read_org(org: str) -> Reading:
        reading = read_text(text, read=read, name=name, find=find or among(files or {}), org=org)
        reading.problems.raise_if_any(name)
        return reading

    with collection_paused():
        return translate_orgs(
            read_org,
            org,
            write=write,
            version=version,
            secrets=secrets,
            bridge=bridge,
            keep_look=keep_look,
            kubernetes_version=kubernetes_version,
        )


def translate_orgs(
    read_org: Callable[[str], Reading],
    org: str,
    *,
    write: str,
    secrets: Mode | None,
    **options: Any,
) -> Translation:
    """What ``read_org`` reads of an organisation (of all, where its name is empty), in the dialect
    ``write``. Several organisations stay in one text where that is Grafana's own; elsewhere one
    must be chosen.

    :raises SetupError: when it is not clear which organisation is meant.
    """
    reading = read_org(org)
    is_own = reading.dialect.name == write == "grafana-file" and secrets in (None, "inline")
    if org or len(reading.orgs) < 2 or not is_own:
        if org or len(reading.orgs) > 1:
            choose(org, reading.orgs)
        return translate_reading(reading, write=write, secrets=secrets, **options)
    each = [
        translate_reading(read_org(one), write=write, secrets=secrets, **options)
        for one in reading.orgs
    ]
    report = each[0].report
    for other in each[1:]:
        report.take(other.report)
    return Translation(joined([one.text for one in each]), report)


def translate_reading(
    reading: Reading,
    *,
    write: str,
    version: Version = LATEST,
    secrets: Mode | None = None,
    bridge: Bridge | None = None,
    keep_look: bool = False,
    kubernetes_version: str = "",
) -> Translation:
    """What was read, in the dialect ``write``; see :func:`translate`. The reading is used up.

    :raises UnknownDialectError: when there is no such dialect.
    """
    target = dialect(write)
    with collection_paused():
        report = Report(reading.document, version, kubernetes_version)
        report_notices(reading.setup, report)
        setup, is_same = reading.setup, target.name == reading.dialect.name
        if not is_same:
            reading.dialect.report_kept(setup, report)
            setup = without_globals(setup)
            setup = without_unknown(setup, reading.dialect, target)
        mode = secrets or ("inline" if is_same else target.secrets)
        setup = cross(setup, target.family, report, bridge=bridge, keep_look=keep_look)
        if bridge and target.family == "alertmanager" and not is_same:
            setup = bridge_over(setup, bridge, target, report)
        setup, values = settle(setup, target, mode, report, bridge)
        writing = target.write(setup, report)
    return Translation(writing.text, report, {**writing.files, **values}, frozenset(values))


def read_setup(paths: Iterable[str | Path], environment: Mapping[str, str] | None = None) -> Setup:
    """The setup that the service runs on: every file, in any dialect, together.

    Variables in Grafana's files are filled in from ``environment`` (nothing is when it is
    ``None``).

    :raises SetupError: with everything that is wrong in any of the files.
    :raises OSError: when a file cannot be read.
    """
    from translators.checks import check_templates
    from translators.several import in_groups, read_several

    readings, failed = [], []
    for group in in_groups(paths):
        name = group[0].name
        try:
            reading = read_several(group)[0]
            choose("", reading.orgs)
            check_templates(reading, reading.problems, we_send=True)
            reading.problems.locate(reading.document)
            reading.problems.raise_if_any(name)
        except SetupError as error:
            failed.append(error)
        else:
            readings.append((name, reading.setup))
    if failed:
        raise SetupError.together(failed)
    return merge(readings, environment)
