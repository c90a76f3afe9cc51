"""What a Terraform file says beyond a setup: kept for Terraform, reported for all others."""

from __future__ import annotations

from collections.abc import Container
from dataclasses import dataclass, field
from typing import NamedTuple

from alertmanager_configs.problems import Path
from contactpoints.setup import Setup
from translators.hcl.documents import HclDocument
from translators.hcl.parsing import Block
from translators.hcl.printing import header
from translators.losses import Report

FILLED_IN = ("variable", "locals")  # their values stand where they are used
RULES = "alert rules are not part of an Alertmanager's configuration"
WHY = {
    "grafana_rule_group": RULES,
    "grafana_apps_notifications_inhibitionrule_v1beta1": "it is not read yet",
    "resource": "it is another resource, not a part of Alertmanager's configuration",
    "dynamic": "only Terraform can say what comes of it",
    "disable_resolve_message": "only Terraform knows its value",
    "grafana_notification_policy": "there is one policy tree, and an earlier one was read",
}
OWN = "it is Terraform's own"


class Part(NamedTuple):
    """An attribute or block: the way to it, its name for people, and its text."""

    path: Path
    name: str
    raw: str


@dataclass(slots=True)
class Kept:
    """``blocks`` are whole blocks of the file, ``parts`` stand in blocks that were read, by the way
    to the block; ``whole`` are the ways to those of the ``blocks`` that were read as well, and
    worked out: they are written as they stand. ``stand_ins`` are texts that were not known, and
    what was read in their place, which may be nothing.
    """

    blocks: list[Part] = field(default_factory=list)
    parts: dict[Path, list[Part]] = field(default_factory=dict)
    stand_ins: list[tuple[Path, str]] = field(default_factory=list)
    whole: set[Path] = field(default_factory=set)

    def is_whole(self, path: Path) -> bool:
        """Whether what was read at ``path`` is part of a block that is written as it stands."""
        return path[:3] in self.whole

    def block(self, block: Block) -> None:
        """Keep a block of the file."""
        path = (block.type, *block.labels)
        self.blocks.append(Part(path, header(block.type, *block.labels), block.raw))

    def rest(
        self, document: HclDocument, block: Block, path: Path, read: Container[str]
    ) -> list[str]:
        """Keep what a block holds besides what was ``read`` of it; gives the names."""
        found = [
            Part((*path, name), name, f"{name} = {attribute.raw}")
            for name, attribute in block.body.attributes.items()
            if name not in read
        ]
        for inner in block.body.blocks:
            if (inner.labels or inner.type not in read) and id(inner) not in document.done:
                place = (*path, inner.type, *inner.labels)
                document.marks.setdefault(place, inner.mark)
                found.append(Part(place, header(inner.type, *inner.labels), inner.raw))
        if found:
            self.parts[path] = found
        return [part.name for part in found]


def kept_of(setup: Setup) -> Kept:
    """What was kept of the file that ``setup`` was read from; nothing when it was not Terraform."""
    kept = setup.kept.get("terraform")
    return kept if isinstance(kept, Kept) else Kept()


def report_kept(setup: Setup, report: Report) -> None:
    """Report everything that only Terraform can say."""
    kept = kept_of(setup)
    for part in kept.blocks:
        kind = str(part.path[1]) if part.path[0] == "resource" and len(part.path) > 1 else ""
        if part.path[0] not in FILLED_IN and part.path not in kept.whole:
            why = WHY.get(kind) or WHY.get(str(part.path[0]), OWN)
            report.lose((part.name,), "dropped", why, part.path)
    for path, parts in kept.parts.items():
        for part in parts:
            why = WHY.get(part.name.partition(" ")[0], OWN)
            report.lose((*names(path), part.name), "dropped", why, part.path)
    for path, told in kept.stand_ins:
        why = "only Terraform knows its value"
        if told:
            report.lose(names(path), "changed", f"{why}: {told!r} stands in its place", path)
        else:
            report.lose(names(path), "dropped", why, path)


def names(path: Path) -> tuple[str, ...]:
    """A path for people: ``("resource", "grafana_contact_point", "ops", "name")`` as
    ``grafana_contact_point.ops``, ``name``."""
    kind, label, *rest = map(str, path[1:] if path[0] == "resource" else path)
    return f"{kind}.{label}", *rest
