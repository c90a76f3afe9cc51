"""Taking in: what a text of any dialect says, as parts of a stored document."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from alertmanager_configs.inhibition import write_inhibit_rule
from contactpoints.admin.languages import Taken
from translators import among, read_text
from translators.alertmanager_globals import without_globals
from translators.crossing import cross
from translators.dialect import dialect
from translators.grafana_api_writing import WritingJson
from translators.json_writing import as_json
from translators.losses import Report
from translators.notices import report_notices
from translators.secrets import without_unknown
from translators.settling import settle
from translators.stored import DIALECT


def taken(text: str | bytes, read: str = "", files: Mapping[str, str] | None = None) -> Taken:
    """The parts that ``text`` says, in the shapes of Grafana's API; inhibition rules as well, which
    that API does not have.

    :raises SetupError: with everything that is wrong, and where.
    :raises UnknownDialectError: when there is no dialect ``read``, or none can be guessed.
    """
    reading = read_text(text, read=read, find=among(files or {}))
    reading.problems.raise_if_any()
    target, report = dialect(DIALECT), Report(reading.document)
    report_notices(reading.setup, report)
    setup = reading.setup
    if reading.dialect.name != DIALECT:
        reading.dialect.report_kept(setup, report)
        setup = without_unknown(without_globals(setup), reading.dialect, target)
    setup, _ = settle(cross(setup, target.family, report), target, "inline", report)
    rules = [as_json(write_inhibit_rule(rule)) for rule in setup.inhibitions]
    parts = WritingJson(replace(setup, inhibitions=[]), "", report).run()
    if rules:
        parts["inhibitRules"] = rules
    return Taken(parts, reading.dialect.name, [loss.as_dict() for loss in report])
