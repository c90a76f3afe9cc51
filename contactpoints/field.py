"""Field: one setting in every dialect. Schema: a group of them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any, ClassVar

from alertmanager_configs.problems import Path, Problems
from contactpoints.spelling import Family, PerFamily, Spelling, as_spelling, terraform_name
from contactpoints.values import AS_WRITTEN, InvalidError

Draw = Callable[[str, "Field"], str]
"""Draws one template text of a field: what :meth:`Field.render` calls for each."""

Lose = Callable[[str, str, str], None]
"""What a crossing calls for each loss: setting, what became of it (dropped, changed, added), why.
"""


class Schema:
    """A group of settings, one a line. Those of the class above come first."""

    declared: ClassVar[Mapping[str, Field]] = {}

    def __init_subclass__(cls) -> None:
        super().__init_subclass__()
        own = {name: value for name, value in vars(cls).items() if not name.startswith("_")}
        for name, value in own.items():
            if not isinstance(value, Field):
                where = f"{cls.__qualname__}.{name}"
                raise TypeError(f"{where}: a setting is one of contactpoints.fields")
        above = [each.declared for each in cls.__mro__[:0:-1] if issubclass(each, Schema)]
        cls.declared = {name: each for group in (*above, own) for name, each in group.items()}


class Field:
    """One setting.

    ``default`` is what the family does when the setting is left out (:class:`PerFamily` when they
    differ); ``limit`` is the most characters that the vendor takes (with its source in a comment on
    the line); ``file`` says that Alertmanager has a twin key ``…_file``, ``file_wins`` that it
    takes both and uses the file; ``empty_counts`` that an empty text is one to it; ``help`` is one
    sentence for a form and the documentation. ``terraform`` is a mark for Terraform's provider,
    where its attribute's name does not follow from Grafana's
    (:func:`contactpoints.spelling.terraform_name`) or there is none. ``go`` is the Go type that
    Alertmanager names when the value is of another one.
    """

    setting: str
    """Our name: that of the line."""

    is_secret = False
    is_template = False
    go = "string"
    zero: Any = None
    """What Alertmanager takes ``null`` for; ``None`` where that is the same as leaving it out."""
    is_checked_late = False
    """Whether Alertmanager looks at the value only when it has read the whole integration."""

    def __init__(
        self,
        *,
        grafana: str | Spelling | None = None,
        alertmanager: str | Spelling | None = None,
        terraform: str | Spelling | None = None,
        required: bool = False,
        default: Any = None,
        limit: int = 0,
        file: bool = False,
        file_wins: bool = False,
        html: bool = False,
        empty_counts: bool = False,
        go: str = "",
        label: str = "",
        help: str = "",
    ) -> None:
        self.required, self.label, self.help = required, label, help
        self.empty_counts = empty_counts
        if go:
            self.go = go
        self.spellings = {
            "grafana": as_spelling(grafana),
            "alertmanager": as_spelling(alertmanager),
        }
        self.terraform = as_spelling(terraform)
        self.defaults = default
        self.limit = limit
        self.file = file or file_wins
        self.file_wins = file_wins
        self.html = html
        self._reading: dict[str, Mapping[str, str]] = {}
        self.is_any_text: dict[str, bool] = {}
        """By family: whether every text that is not empty is read and written as it stands."""

    def bind(self, name: str) -> None:
        """Called once, when the declaration is made: the rule spells what no mark did."""
        self.setting = name
        for family, spelling in self.spellings.items():
            self.spellings[family] = spelling.named(name)
            self._reading[family] = spelling.reading()
            self.is_any_text[family] = (
                self.takes_any_text() and not spelling.kind and not spelling.values
            )
        self.terraform = self.terraform.named(terraform_name(self.spellings["grafana"].name))

    def takes_any_text(self) -> bool:
        """Whether it is a kind that takes every text as it stands."""
        return False

    def spelling(self, family: Family) -> Spelling:
        """How ``family`` says this setting."""
        return self.spellings[family]

    def is_drawn(self, family: Family) -> bool:
        """Whether templates are drawn here: not where ``family`` has another kind of value."""
        kind = self.spellings[family].kind
        return kind is None or kind.is_template

    def default(self, family: Family) -> Any:
        """What ``family`` does when the setting is left out; ``None`` for nothing."""
        if isinstance(self.defaults, PerFamily):
            return getattr(self.defaults, family)
        return self.defaults

    def read(self, raw: Any, family: Family, path: Path, problems: Problems) -> Any:
        """Our value for what a dialect of ``family`` says; ``None`` and a problem when it is not
        one.
        """
        if isinstance(raw, AS_WRITTEN):
            return raw
        kind = self.spellings[family].kind
        if kind is None:
            value = self.decode(raw, family, path, problems)
        else:
            value = kind.decode(raw, family, path, problems)
            value = None if value is None else self.taken(value)
        reading = self._reading[family]
        return reading.get(value, value) if reading and isinstance(value, str) else value

    def decode(self, raw: Any, family: Family, path: Path, problems: Problems) -> Any:
        """One raw value in the type that ``family`` wants it in; ``None`` and problems when it is
        another one.
        """
        try:
            return self.parse(raw)
        except InvalidError as error:
            problems.error((*path, *error.path), str(error), error.kind)
            return None

    def write(self, value: Any, family: Family) -> Any:
        """What ``family`` says for our ``value``. :raises InvalidError: when it cannot say
        it.
        """
        spelling = self.spellings[family]
        if spelling.values and isinstance(value, str):
            value = spelling.values.get(value, value)
        return spelling.kind.parse(value) if spelling.kind else value

    def parse(self, raw: Any) -> Any:
        """Check one raw value and give it its type."""
        raise NotImplementedError

    def taken(self, value: Any) -> Any:
        """Our value for one of another kind, which a family has in this one's place."""
        return value

    def render(self, value: Any, draw: Draw) -> Any:
        """``value`` with every template in it drawn."""
        return value

    def cross(self, value: Any, to: Family, lose: Lose) -> Any:
        """``value`` in the shape that the family ``to`` has; ``None`` when nothing is left."""
        return value

    def templates(self, value: Any) -> Iterator[tuple[Path, str]]:
        """Every template text in ``value``, with the way to it."""
        return iter(())

    def secrets(self, value: Any) -> Iterator[Path]:
        """The ways to every secret in ``value``."""
        return iter([()] if self.is_secret and value else [])
