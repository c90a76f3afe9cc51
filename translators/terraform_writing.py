"""From a setup to the parts of a Terraform file."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from alertmanager_configs.mute_timings import MuteTiming
from alertmanager_configs.problems import Path
from contactpoints.base import Absent, Integration
from contactpoints.fields import Expression
from contactpoints.setup import ContactPoint, Setup, TemplateFile
from translators.hcl.documents import HclDocument
from translators.hcl.printing import Printed, Raw, expression, header
from translators.losses import Report
from translators.notices import label_of
from translators.secrets import leaves
from translators.terraform_kept import kept_of
from translators.terraform_routes import Policies, write_interval
from translators.terraform_settings import SettingsBlock, block_of
from translators.variables import Variables

NOOP = "grafana://noop"
NO_RULES = "the provider's resource for inhibition rules needs Grafana 13.1 and is not written yet"

Parts = list[Printed | Raw]


class WritingFile:
    """One setup on its way out. :meth:`run` gives the parts of the file."""

    def __init__(self, setup: Setup, dialect: str, report: Report) -> None:
        self.setup, self.report = setup, report
        self.same = setup.dialect == dialect
        document = setup.document
        self.sources = document.sources if isinstance(document, HclDocument) and self.same else {}
        self.kept = kept_of(setup)
        self.labels: dict[int, str] = {}
        self.references: dict[tuple[str, str], str] = {}
        self.name_all("contact_point", setup.contact_points)
        self.name_all("mute_timing", setup.mute_timings)
        self.name_all("message_template", setup.templates)

    def name_all(
        self, kind: str, items: Sequence[ContactPoint | MuteTiming | TemplateFile]
    ) -> None:
        """Give every resource of a kind its label: the one that it was read with, or one made of
        its name.
        """
        taken: set[str] = set()
        for item in items:
            if self.is_whole(item.path):
                continue
            label = str(item.path[-1]) if self.same else slug(item.name, kind, taken)
            taken.add(label)
            self.labels[id(item)] = label
            self.references.setdefault((kind, item.name), f"grafana_{kind}.{label}.name")

    def is_whole(self, path: Path) -> bool:
        """Whether it is printed with the block that it was read of, as that stands."""
        return self.same and self.kept.is_whole(path)

    def run(self) -> Parts:
        setup = self.setup

        def own(items: Iterable[Any]) -> Iterable[Any]:
            return (item for item in items if not self.is_whole(item.path))

        resources: Parts = [
            *(part for each in own(setup.templates) for part in self.template(each)),
            *(self.mute_timing(each) for each in own(setup.mute_timings)),
            *(self.contact_point(each) for each in own(setup.contact_points)),
        ]
        if (policy := setup.policy) is not None and not self.is_whole(policy.path):
            label = str(policy.path[-1]) if self.same else "policies"
            block = Printed(header("resource", "grafana_notification_policy", label))
            resources.append(Policies(self.told, self.rest, self.report).write(policy, block))
        for rule in setup.inhibitions:
            name = rule.name or f"#{int(rule.path[-1]) + 1}"
            self.report.lose(("inhibit_rules", name), "dropped", NO_RULES, rule.path)
        kept: Parts = [Raw(part.raw) for part in self.kept.blocks] if self.same else []
        return [*kept, *self.variables(resources), *resources]

    def told(self, path: Path, kind: str, value: Any) -> Any:
        """How a value is written: the expression that was read, a reference when it names a
        resource of ``kind``, or the value itself.
        """
        if path in self.sources and not any(
            isinstance(each, Variables) for _, each in leaves(value)
        ):
            return Expression(self.sources[path])
        if isinstance(value, dict):
            return {key: self.told((*path, key), "", item) for key, item in value.items()}
        if kind and isinstance(value, list):
            names = (expression(self.told((), kind, name)) for name in value)
            return Expression(f"[{', '.join(names)}]")
        if kind and (reference := self.references.get((kind, value))):
            return Expression(reference)
        return value

    def rest(self, path: Path) -> Parts:
        """What was kept of the block that stood at ``path``."""
        return [Raw(part.raw) for part in self.kept.parts.get(path, ())] if self.same else []

    def resource(self, kind: str, item: ContactPoint | MuteTiming | TemplateFile) -> Printed:
        """The beginning of a resource: its header and its name."""
        block = Printed(header("resource", f"grafana_{kind}", self.labels[id(item)]))
        block.attributes["name"] = self.told((*item.path, "name"), "", item.name)
        return block

    def template(self, file: TemplateFile) -> Iterable[Printed]:
        path = (*file.path, "template")
        if file.text is None and path not in self.sources:
            why = "the file's text was not given; say where it is with --templates"
            self.report.lose(("templates", file.name), "dropped", why, file.path)
            return
        block = self.resource("message_template", file)
        block.attributes["template"] = self.told(path, "", file.text)
        block.inner += self.rest(file.path)
        yield block

    def mute_timing(self, timing: MuteTiming) -> Printed:
        block = self.resource("mute_timing", timing)
        for interval in timing.time_intervals:
            inner = self.sourced(write_interval(interval), interval.path)
            inner.inner += self.rest(interval.path)
            block.inner.append(inner)
        for key in timing.extra:
            why = "Terraform's provider has no such key"
            self.report.lose(("mute_timings", timing.name, key), "dropped", why, timing.path)
        block.inner += self.rest(timing.path)
        return block

    def contact_point(self, point: ContactPoint) -> Printed:
        block = self.resource("contact_point", point)
        organisation = point.extra.get("orgId")
        if organisation not in (None, "1"):
            block.attributes["org_id"] = str(organisation)
        for key in point.extra.keys() - {"orgId"}:
            self.lose(point, (key,), "Terraform's provider has no such key")
        for index, integration in enumerate(point.integrations):
            block.inner += self.integration(point, index, integration)
        block.inner += self.rest(point.path)
        if not block.inner:
            block.inner.append(Printed("webhook", {"url": NOOP}))
            why = f"a webhook to {NOOP}, which Grafana sends nothing to: a contact point needs one"
            self.report.lose((point.name,), "added", why, is_of_contact_point=True)
        if point.labels:
            self.lose(point, ("labels",), "Grafana's contact points have no labels")
        return block

    def lose(self, point: ContactPoint, where: tuple[str, ...], why: str) -> None:
        path = (*point.path, *where)
        self.report.lose((point.name, *where), "dropped", why, path, is_of_contact_point=True)

    def integration(self, point: ContactPoint, index: int, integration: Integration) -> Parts:
        def lose(setting: str, what: Any, why: str) -> None:
            end = (setting,) if setting else ()
            where, path = (point.name, label_of(point, index), *end), (*integration.path, *end)
            self.report.lose(where, what, why, path, is_of_contact_point=True)

        name = block_of(type(integration))
        if isinstance(name, Absent):
            lose("", "dropped", name.why)
            return []
        if integration.uid and not self.same:
            lose("uid", "changed", "the provider takes none: Grafana gives it one")
        block = self.sourced(SettingsBlock(integration, lose).write(), integration.path)
        block.inner += self.rest(integration.path)
        return [block]

    def sourced(self, block: Printed, path: Path) -> Printed:
        """A block with the expressions that were read in the place of what they gave."""
        for key, value in block.attributes.items():
            block.attributes[key] = self.told((*path, key), "", value)
        counts: dict[str, int] = {}
        for inner in block.inner:
            if isinstance(inner, Printed):
                number = counts[inner.header] = counts.get(inner.header, -1) + 1
                self.sourced(inner, (*path, inner.header, number))
        return block

    def variables(self, parts: Parts) -> Parts:
        """A declaration for every variable that was put into the parts."""
        declared = {part.path[1] for part in self.kept.blocks if part.path[0] == "variable"}
        names = dict.fromkeys(name for part in parts for name in used(part))
        return [
            Printed(header("variable", name), {"type": Expression("string"), "sensitive": True})
            for name in names
            if name not in declared
        ]


def slug(name: str, kind: str, taken: set[str]) -> str:
    """A label made of a name, and not among ``taken``."""
    made = re.sub(r"\W+", "_", name, flags=re.A).strip("_").lower() or kind
    made = f"_{made}" if made[0].isdigit() else made
    label, turn = made, 1
    while label in taken:
        turn += 1
        label = f"{made}_{turn}"
    return label


def used(part: Printed | Raw) -> Iterator[str]:
    """The variables that were put into a block."""
    if isinstance(part, Printed):
        for _, leaf in leaves(part.attributes):
            if isinstance(leaf, Variables):
                yield from leaf.names
        for inner in part.inner:
            yield from used(inner)
