"""Integration: one way to send, declared once. Everything else is derived from the declaration."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, ClassVar, TypeAlias

from alertmanager_configs.loading import Quoted
from alertmanager_configs.problems import Path, Problem, Problems
from alertmanager_configs.scalars import mismatch
from alertmanager_configs.writing import as_written
from contactpoints.declaring import declare
from contactpoints.fields import Field, FromFile, Lose, Schema, Text
from contactpoints.said import Absent, Notice, Receiver, SaidAs
from contactpoints.spelling import Family
from contactpoints.values import Within

if TYPE_CHECKING:
    from contactpoints.delivery.http import Http
    from contactpoints.notification import Notification

__all__ = ["Absent", "Declared", "Integration", "Notice", "Receiver", "SaidAs"]

TEXTS = (str, Quoted)

Declared: TypeAlias = "type[Integration]"


class Integration:
    """A class is one way to send; an instance is one configured use of it in a contact point.

    A class says, in this order: a docstring with one sentence and the address of the vendor's
    documentation, ``label``, ``alertmanager`` (its :class:`Receiver`, or :class:`Absent`),
    ``Settings``, and ``send``. It may add ``check``, ``check_inherited``, ``inherit``,
    ``to_grafana`` and ``to_alertmanager``. The two last may put ``send_resolved`` into what they
    give when that says a setting of the other family.

    A subclass of an integration without ``Settings`` of its own is a *form* of it: dialects read
    and write it as what it is a form of; it has a label, a documentation and a row of its own, and
    ``recognises`` says which values mean it.

    An instance holds ``values``: what was written, under our names, nothing else. A setting that is
    not there means the default of ``family``. ``inherited`` are values from Alertmanager's
    ``global`` section; ``extra`` are settings that we do not know, as they stood.
    """

    type: ClassVar[str]
    label: ClassVar[str]
    alertmanager: ClassVar[Receiver | Absent]
    grafana: ClassVar[Absent | SaidAs | None] = None
    aliases: ClassVar[tuple[str, ...]] = ()
    """Other names that Grafana takes for the type."""
    terraform: ClassVar[str | Absent] = ""
    """The block of Terraform's provider, when it is not the type in small letters."""
    notice: ClassVar[Notice | None] = None
    form_of: ClassVar[Declared | None] = None
    forms: ClassVar[list[Declared]]

    class Settings(Schema):
        """The settings, one a line."""

    fields: ClassVar[Mapping[str, Field]]
    spelled: ClassVar[Mapping[Family, Mapping[str, tuple[Field, bool]]]]

    __slots__ = (
        *("extra", "family", "inherited", "path", "quiet", "told_resolved", "twice", "uid"),
        "values",
    )

    def __init__(
        self,
        values: dict[str, Any],
        *,
        family: Family,
        uid: str = "",
        send_resolved: bool | None = None,
        inherited: Mapping[str, Any] | None = None,
        extra: dict[str, Any] | None = None,
        path: Path = (),
    ) -> None:
        self.values = values
        self.family = family
        self.uid = uid
        self.told_resolved = send_resolved
        self.inherited = inherited or {}
        self.extra = extra or {}
        self.path = path
        self.quiet: str = ""
        """The text with variables that tells whether resolved alerts are kept silent of, as a file
        of Grafana's has it."""
        self.twice: Sequence[str] = ()
        """Settings that were written both as they are and as a file, where only one may be."""

    @property
    def send_resolved(self) -> bool:
        """Whether resolved alerts are told; the family's default when nothing was said."""
        if self.told_resolved is not None:
            return self.told_resolved
        return self.resolved_default(self.family)

    @classmethod
    def resolved_default(cls, family: Family) -> bool:
        """Whether ``family`` tells of resolved alerts when nothing is said."""
        if family == "alertmanager" and isinstance(cls.alertmanager, Receiver):
            return cls.alertmanager.send_resolved
        return True

    def value(self, name: str) -> Any:
        """The effective value of a setting: written, inherited, or the family's default.

        To Grafana an empty text is the same as none.
        """
        if name in self.values and not (self.family == "grafana" and self.values[name] == ""):
            return self.own(name)
        if name in self.inherited:
            return self.inherited[name]
        return self.fields[name].default(self.family)

    def own(self, name: str) -> Any:
        """A setting that was written; where ``global`` has a say in it as well, what comes of
        both.
        """
        return self.values[name]

    def effective(self) -> dict[str, Any]:
        """Every setting that was written or inherited; no defaults."""
        if not self.inherited:
            return dict(self.values)
        return {**self.inherited, **{name: self.own(name) for name in self.values}}

    def check(self) -> Iterable[tuple[str, str]]:
        """What is wrong with the settings together, as (setting or "", sentence), in the family's
        own words.
        """
        return ()

    def check_inherited(self) -> Iterable[tuple[str, str]]:
        """What is still missing or wrong once Alertmanager's ``global`` section is taken in."""
        return ()

    def check_twice(self, name: str) -> Iterator[tuple[str, str]]:
        """What is wrong when a setting stands both as it is and as a file; for a ``check`` whose
        order matters, else it comes first.
        """
        if name in self.twice:
            key = self.fields[name].spelling("alertmanager").name
            yield "", f"at most one of {key} & {key}_file must be configured"

    @classmethod
    def inherit(cls, values: Mapping[str, Any], inherited: Mapping[str, Any]) -> Mapping[str, Any]:
        """Which of the ``global`` section's values really come in beside ``values``."""
        return inherited

    @classmethod
    def to_grafana(cls, values: dict[str, Any], lose: Lose) -> dict[str, Any]:
        """Change the shape of Alertmanager's ``values`` for Grafana, beyond new names."""
        return values

    @classmethod
    def to_alertmanager(cls, values: dict[str, Any], lose: Lose) -> dict[str, Any]:
        """Change the shape of Grafana's ``values`` for Alertmanager, beyond new names."""
        return values

    @classmethod
    def recognises(cls, values: Mapping[str, Any]) -> bool:
        """Whether ``values`` of the integration that this is a form of mean this form."""
        return False

    def sends_nothing(self) -> bool:
        """Whether it only fills the place of an integration, so that no contact point is empty."""
        return False

    def told(self, notification: Notification) -> Notification:
        """The part of ``notification`` that it tells of, which its templates see: what fires, and
        what is resolved when that is wanted.
        """
        return notification if self.send_resolved else notification.without_resolved()

    def send(self, notification: Notification, settings: Any, http: Http) -> None:
        """Send once. ``settings`` has an attribute for each setting: effective, rendered and cut to
        length.

        :raises DeliveryError: when the target did not take it.
        """
        raise NotImplementedError

    @classmethod
    def read(
        cls,
        raw: Mapping[str, Any],
        family: Family,
        path: Path,
        problems: Problems,
        *,
        inherited: Mapping[str, Any] | None = None,
        send_resolved: bool | None = None,
        uid: str = "",
        any_case: bool = False,
        since: int | None = None,
    ) -> Integration:
        """One configured use, from the settings that a dialect of ``family`` says. Problems are
        collected; ``since`` as :meth:`Problems.error` takes it.
        """
        spelled = cls.spelled[family]
        values: dict[str, Any] = {}
        extra: dict[str, Any] = {}
        twice: list[str] = []
        late: list[Problem] = []
        before = problems.type_errors if since is None else since
        for key, item in raw.items():
            if item is None:
                continue
            found = spelled.get(key) or (any_case and spelled.get(key.lower())) or None
            if found is None:
                extra[key] = item
                continue
            field, is_file = found
            if item and item.__class__ in TEXTS and field.is_any_text[family] and not is_file:
                value: Any = str(item)  # what nearly all are
            elif is_file:
                value = cls._file(item, (*path, key), problems)
            elif isinstance(item, FromFile):
                value = item
            elif field.is_checked_late:
                value = field.read(item, family, (*path, key), problems)
                late += problems.take_back_value() if value is None else ()
            else:
                value = field.read(item, family, (*path, key), problems)
            if value is None and isinstance(field, Text) and not is_file:
                value = str(item)  # wrong, which is said, but not missing
            if value is None or (value == "" and cls._is_left_out(field, family)):
                continue
            if field.setting not in values:
                values[field.setting] = value
            elif not cls._keep(values, field, value):
                twice.append(field.setting)
        inherited = cls.inherit(values, inherited) if inherited else None
        form = cls
        if cls.forms:
            form = next((form for form in cls.forms if form.recognises(values)), cls)
        made = form(
            values,
            family=family,
            uid=uid,
            send_resolved=send_resolved,
            inherited=inherited,
            extra=extra,
            path=path,
        )
        made.twice = twice
        wrong = list(made.check())
        if twice:
            first = [found for name in twice for found in made.check_twice(name)]
            wrong = [*(each for each in first if each not in wrong), *wrong]
        for name, message in wrong:
            place = (*path, cls.fields[name].spelling(family).name) if name in values else path
            problems.error(place, message, since=before)
        for problem in late:
            problems.error(problem.path, problem.message, since=before)
        return made

    @staticmethod
    def _file(item: Any, path: Path, problems: Problems) -> FromFile | None:
        if isinstance(item, dict | list):
            problems.error(path, mismatch(item, "string"), "type")
            return None
        return FromFile(str(item)) if item else None

    @staticmethod
    def _is_left_out(field: Field, family: Family) -> bool:
        """Whether an empty text is the same as none at all: ``global`` takes its place."""
        return bool(field.spelling(family).inherits) and not field.empty_counts

    @staticmethod
    def _keep(values: dict[str, Any], field: Field, value: Any) -> bool:
        """Keep another value; False when it stands both as it is and as a file, and may not."""
        name = field.setting
        empty = () if field.empty_counts else ("",)
        if values[name] in empty:
            values[name] = value
        elif value not in empty and (field.file_wins or not field.file):
            if not isinstance(values[name], FromFile):
                values[name] = value
        elif value not in empty:
            values[name] = value
            return False
        return True

    def write(self, family: Family) -> dict[str, Any]:
        """The settings as a dialect of ``family`` (this integration's own) spells them, in the
        declaration's order.
        """
        written: dict[str, Any] = {}
        order = self._order
        for name in sorted(self.values, key=order.__getitem__):
            field = self.fields[name]
            spelling = field.spellings[family]
            value = self.values[name]
            if value.__class__ is str and field.is_any_text[family] and not spelling.why:
                written[spelling.name] = value
            elif isinstance(value, FromFile):
                if family == "alertmanager":
                    written[spelling.name + "_file"] = value.path
                else:
                    written[spelling.name] = value
            elif spelling.exists:
                written[spelling.name] = field.write(value, family)
        for key, item in self.extra.items():
            place, last = written, key
            if isinstance(key, Within):
                *above, last = key.steps
                for step in above:
                    place = place.setdefault(step, {})
            place[last] = as_written(item)
        return written

    _order: ClassVar[Mapping[str, int]]

    def __init_subclass__(cls) -> None:
        super().__init_subclass__()
        declare(cls, Integration)

    def __repr__(self) -> str:
        return (
            f"{type(self).__name__}({', '.join(self.values)})"  # names only: values may be secret
        )
