"""Crossing: a setup of one family made a setup of the other, with a report of what does not get
across.

Within a family nothing is touched, so that a translation to the same family is exact.
"""

from __future__ import annotations

from dataclasses import replace

from contactpoints.setup import Setup
from contactpoints.spelling import Family
from translators.accepted_policies import accepted_policies
from translators.bridge import Bridge
from translators.integration_crossing import Crossing
from translators.losses import Report
from translators.notices import label_of
from translators.texts import Texts


def cross(
    setup: Setup,
    to: Family,
    report: Report,
    *,
    bridge: Bridge | None = None,
    keep_look: bool = False,
) -> Setup:
    """``setup`` for dialects of the family ``to``.

    With a ``bridge``, what Alertmanager cannot say goes through it; with ``keep_look``, default
    texts are written out.
    """
    if setup.family == to:
        return setup
    texts = Texts(setup, to, report, keep_look=keep_look)
    points = []
    for point in setup.contact_points:
        crossed = []
        keys = point.integration_keys() if bridge else ()
        for index, replaced in enumerate(point.integrations):
            found = report.apart()
            made = Crossing(point, index, texts, found).run()
            if bridge:
                key, label = keys[index], label_of(point, index)
                bridge.labels[replaced.path] = label
            if bridge and made is None and to == "alertmanager" and not replaced.sends_nothing():
                made = bridge.integration(point.name, key, replaced, report, label)
            else:
                report.take(found)
            if made is not None:
                made.uid = made.uid or (key if bridge else "")
                crossed.append(made)
        points.append(point.having(crossed))
    if to == "alertmanager":
        setup = accepted_policies(setup, report)
    return replace(setup, family=to, contact_points=points, templates=texts.files())
