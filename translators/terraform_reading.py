"""From a Terraform file to a setup."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import PurePath
from typing import Any

from alertmanager_configs.mute_timings import MuteTiming
from alertmanager_configs.problems import Path, Problems, SetupError
from contactpoints.base import Integration
from contactpoints.fields import Expression, FromFile
from contactpoints.setup import ContactPoint, Setup, TemplateFile
from translators.dialect import Find
from translators.grafana_types import is_unseen
from translators.hcl.documents import HclDocument, values_of
from translators.hcl.functions import UnknownError
from translators.hcl.parsing import Block, Body, parse
from translators.hcl.scopes import Scope, scope_of
from translators.secrets import leaves
from translators.terraform_kept import Kept
from translators.terraform_routes import INTERVALS, POLICY, read_intervals, read_policy
from translators.terraform_settings import blocks, read_settings

VALUES = ("terraform.tfvars", "*.auto.tfvars")  # what Terraform itself reads beside the files
NAMED = re.compile(r"(grafana_(?:contact_point|mute_timing))\.([\w-]+)")
QUIET = "disable_resolve_message"
REPEATED = frozenset(["count", "for_each"])
Read = Callable[[Block, dict[str, Any], Path], None]
WORD = re.compile(r"[A-Za-z_][\w-]*")


class Reading:
    """One file on its way in. :meth:`run` gives the setup."""

    def __init__(self, document: HclDocument, dialect: str, problems: Problems, find: Find) -> None:
        self.document, self.problems, self.find = document, problems, find
        self.kept = Kept()
        self.setup = Setup("grafana", dialect, document=document, kept={"terraform": self.kept})
        self.scope = scope_of(document.body, self.values())

    def values(self) -> dict[str, Body]:
        """The files with values of variables that stand beside the file."""
        found = {}
        for pattern in VALUES:
            for name, text in self.find(pattern):
                try:
                    found[name] = parse(text, name)
                except SetupError as error:
                    self.problems.warn((), f"{name} is not read: {error.problems[0].message}")
        return found

    def run(self) -> Setup:
        readers = {
            "grafana_contact_point": self.contact_point,
            "grafana_notification_policy": self.policy,
            "grafana_mute_timing": self.mute_timing,
            "grafana_message_template": self.template,
        }
        for name in self.document.body.attributes:
            self.problems.error((), f'An argument named "{name}" is not expected here')
        for block in self.document.body.blocks:
            path = (block.type, *block.labels)
            kind = block.labels[0] if block.type == "resource" and len(block.labels) == 2 else ""
            again = kind == "grafana_notification_policy" and self.setup.policy is not None
            if kind in readers and not again:
                self.instances(readers[kind], block, path)
                continue
            self.kept.block(block)
            if again:
                self.problems.warn(path, "a second policy tree is kept as it is, not read")
        return self.setup

    def instances(self, read: Read, block: Block, path: Path) -> None:
        """Read a resource, or every instance of it when the file tells which there are."""
        scopes: dict[str, Scope] | None = None
        if REPEATED & block.body.attributes.keys():
            scopes = self.scope.instances(block.body)
        if scopes is None:
            read(block, values_of(self.document, block, path, self.scope), path)
        else:
            for key, scope in scopes.items():
                place = (*path, key)
                self.document.marks[place] = block.mark
                read(block, values_of(self.document, block, place, scope), place)
        made = (place[: len(path)] for place in self.document.generated)
        if scopes is not None or (self.document.generated and path in made):
            self.kept.block(block)
            self.kept.whole.add(path)

    def read_of(self, path: Path) -> frozenset[str]:
        """The attributes that were worked out in an instance of a resource."""
        return REPEATED if len(path) > 3 else frozenset()

    def known(self, value: Any, path: Path, can_stand_in: bool = True) -> str:
        """A text; what is not known is written down, and a stand-in given, or nothing."""
        if value is None:
            return ""
        if isinstance(value, str) and not isinstance(value, Expression):
            return str(value)
        told = self.stand_in(value) if can_stand_in and isinstance(value, Expression) else ""
        self.kept.stand_ins.append((path, told))
        return told

    def stand_in(self, source: Expression) -> str:
        """A name for what only Terraform knows: that of the resource that is mentioned, or the last
        word.
        """
        for kind, label in NAMED.findall(source):
            body = self.scope.resources.get((kind, label))
            if body is None or "name" not in body.attributes:
                return str(label)
            try:
                return str(self.scope.value(body.attributes["name"].tree))
            except UnknownError:
                return str(label)
        return str((WORD.findall(source) or ["unknown"])[-1])

    def name(self, data: dict[str, Any], path: Path) -> str:
        """The name of a resource; its label when only Terraform knows it."""
        told = data.get("name")
        if isinstance(told, Expression):
            self.kept.stand_ins.append(((*path, "name"), str(path[-1])))
            return str(path[-1])
        name = self.known(told, (*path, "name"))
        if not name:
            self.problems.error(path, 'The argument "name" is required')
        return name

    def contact_point(self, block: Block, data: dict[str, Any], path: Path) -> None:
        point = ContactPoint(self.name(data, path), path=path)
        for place in self.document.inner.get(path, ()):
            kind, index = str(place[-2]), int(place[-1])
            if (declared := blocks().get(kind)) is not None:
                inner = self.document.blocks[place]
                point.integrations.append(
                    self.integration(declared, inner, data[kind][index], place)
                )
        read = {"name", *blocks(), *self.read_of(path)}
        others = self.kept.rest(self.document, block, path, read)
        if not point.integrations and not any(name.startswith("dynamic") for name in others):
            self.problems.warn(path, "a contact point needs at least one integration")
        self.setup.contact_points.append(point)

    def integration(
        self, declared: type[Integration], block: Block, data: dict[str, Any], path: Path
    ) -> Integration:
        settings, others = read_settings(declared, data, self.read_file)
        quiet = data.get(QUIET)
        kept = set(others)
        if isinstance(quiet, Expression):  # kept as it is written
            kept.add(QUIET)
            quiet = None
        for name in others:
            if not isinstance(data[name], Expression):
                self.problems.warn((*path, name), f"the provider has no {name!r} here")
        self.kept.rest(self.document, block, path, data.keys() - kept)
        found = Problems()
        made = declared.read(
            settings,
            "grafana",
            path,
            found,
            send_resolved=False if self.known(quiet, path) == "true" else None,
            any_case=True,
        )
        if others or any(isinstance(leaf, Expression) for _, leaf in leaves(settings)):
            for problem in found.errors:  # with the values that Terraform knows, it may be right
                self.problems.warn(problem.path, problem.message)
        else:
            for problem in found.errors:
                key = str((*problem.path[len(path) :], "")[0])
                if is_unseen(declared, key, settings.get(key), problem.message):
                    self.problems.warn(problem.path, problem.message)
                else:
                    self.problems.extend([problem])
        return made

    def read_file(self, file: FromFile) -> Any:
        """The text of a file beside this one; the :class:`FromFile` itself when it is not there."""
        if PurePath(file.path).is_absolute():
            return file
        return next((text for _, text in self.find(file.path)), file)

    def policy(self, block: Block, data: dict[str, Any], path: Path) -> None:
        self.setup.policy = read_policy(data, path, self.problems, self.known)
        self.keep_below(block, path, {"policy": POLICY}, POLICY | self.read_of(path))

    def mute_timing(self, block: Block, data: dict[str, Any], path: Path) -> None:
        intervals = read_intervals(data, path, self.problems, self.known)
        timing = MuteTiming(self.name(data, path), intervals, path)
        self.setup.mute_timings.append(timing)
        read = {"name", "intervals"} | self.read_of(path)
        self.keep_below(block, path, {"intervals": INTERVALS}, read)

    def keep_below(
        self, block: Block, path: Path, below: dict[str, set[str]], read: set[str]
    ) -> None:
        """Keep what is not read of a block and of the blocks in it."""
        self.kept.rest(self.document, block, path, read)
        for place in self.document.inner.get(path, ()):
            if (inner_read := below.get(str(place[-2]))) is not None:
                self.keep_below(self.document.blocks[place], place, below, inner_read)

    def template(self, block: Block, data: dict[str, Any], path: Path) -> None:
        name, text = self.name(data, path), data.get("template")
        if isinstance(text, FromFile):
            text = self.read_file(text)
        if text is None:
            self.problems.error(path, 'The argument "template" is required')
        known = isinstance(text, str) and not isinstance(text, Expression)
        self.setup.templates.append(TemplateFile(name, str(text) if known else None, path))
        read = {"name", "template"} | self.read_of(path)
        self.kept.rest(self.document, block, path, read)
