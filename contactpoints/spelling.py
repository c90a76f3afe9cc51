"""How one setting is spelled in a family of dialects: the marks on a line of a declaration.

There are two families. Grafana's is spoken by Grafana's files, HTTP API and Terraform;
Alertmanager's by alertmanager.yml, Mimir and the Kubernetes resources. A line without a mark has
its own name in both.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Literal, get_args

if TYPE_CHECKING:
    from contactpoints.fields import Field

Family = Literal["grafana", "alertmanager"]
FAMILIES: tuple[Family, ...] = get_args(Family)


@dataclass(frozen=True)
class Spelling:
    """The form of one setting in one family.

    ``name`` is empty until the declaration is made and the rule fills it in. ``why`` is set when
    the family has no such setting, and says so in a sentence for people. ``since`` is the first
    version of Alertmanager (or Grafana) that knows it. ``inherits`` names the key of Alertmanager's
    ``global`` section that stands in when it is left out; ``inherits_since`` is when that came, if
    later, and ``file_since`` when the twin key ``…_file`` came. ``kind`` reads and writes it where
    this family's type differs. ``values`` maps our value to this family's. ``form`` is for
    Terraform alone, where an attribute does not have the shape that its Grafana setting has: a
    "map" instead of a block, a "list" instead of a text with separators.
    """

    name: str = ""
    why: str = ""
    since: str = ""
    inherits: str = ""
    inherits_since: str = ""
    file_since: str = ""
    kind: Field | None = None
    values: Mapping[str, str] = field(default_factory=dict)
    form: Literal["", "map", "list"] = ""

    @property
    def exists(self) -> bool:
        """Whether the family has the setting at all."""
        return not self.why

    def named(self, name: str) -> Spelling:
        """The same spelling, under ``name`` unless it has one."""
        return self if self.name or self.why else replace(self, name=name)

    def reading(self) -> Mapping[str, str]:
        """``values`` the other way round: this family's value to ours."""
        return {theirs: ours for ours, theirs in self.values.items()}


def nowhere(why: str) -> Spelling:
    """The family has no such setting; ``why`` is what a loss report says."""
    if not why:
        raise TypeError("nowhere() needs the reason that the loss report will show")
    return Spelling(why=why)


NO_ATTRIBUTE = nowhere("Terraform's provider has no attribute for it")
"""A mark for a setting that Grafana has and Terraform's provider does not."""


def spelled(
    name: str = "",
    *,
    since: str = "",
    inherits: str = "",
    inherits_since: str = "",
    file_since: str = "",
    kind: Field | None = None,
    values: Mapping[str, str] | None = None,
    form: Literal["", "map", "list"] = "",
) -> Spelling:
    """The family spells it so; see :class:`Spelling` for the words."""
    return Spelling(
        name=name,
        since=since,
        inherits=inherits,
        inherits_since=inherits_since,
        file_since=file_since,
        kind=kind,
        values=values or {},
        form=form,
    )


def since(version: str) -> Spelling:
    """Same name, known since ``version``."""
    return Spelling(since=version)


@dataclass(frozen=True)
class PerFamily:
    """A default that differs between the families."""

    grafana: Any = None
    alertmanager: Any = None


def terraform_name(grafana: str) -> str:
    """How Terraform's provider spells Grafana's key when no mark says otherwise: in small letters,
    with ``_`` between the words.

    >>> terraform_name("insecureSkipVerify")
    'insecure_skip_verify'
    """
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", grafana).lower()


def template(name: str) -> str:
    """The call of a named template, as a default value.

    >>> template("default.title")
    '{{ template "default.title" . }}'
    """
    return f'{{{{ template "{name}" . }}}}'


def named(alertmanager: str = "", grafana: str = "") -> PerFamily:
    """Defaults that are calls of named templates, one for each family that has one."""
    return PerFamily(
        template(grafana) if grafana else None, template(alertmanager) if alertmanager else None
    )


def as_spelling(mark: str | Spelling | None) -> Spelling:
    """A mark as it stands on a line, made a :class:`Spelling`."""
    if mark is None:
        return Spelling()
    return Spelling(name=mark) if isinstance(mark, str) else mark
