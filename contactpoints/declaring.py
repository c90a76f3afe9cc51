"""Declaring an integration: what a class must say, and what follows from it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from contactpoints.fields import Field
from contactpoints.spelling import FAMILIES, Family

if TYPE_CHECKING:
    from contactpoints.base import Integration


def declare(cls: type[Integration], base: type[Integration]) -> None:
    """Check a class of an integration as it is made, and fill in what follows from it.

    :raises TypeError: when something is missing.
    """
    cls.forms = []
    above: Any = cls.__bases__[0]
    if above is not base and "Settings" not in cls.__dict__:
        cls.form_of = above
        above.forms.append(cls)
    else:
        cls.form_of = None
        if "type" not in cls.__dict__:
            cls.type = cls.__module__.rpartition(".")[2]
    for wanted in ("label",) if cls.form_of else ("label", "alertmanager", "Settings", "send"):
        if wanted not in cls.__dict__:
            raise TypeError(f"{cls.__name__}: an integration declares {wanted!r}")
    if not cls.__doc__ or not re.search(r"https?://", cls.__doc__):
        raise TypeError(
            f"{cls.__name__}: the docstring ends with the address of the vendor's documentation"
        )
    cls.fields = cls.Settings.declared
    for name, field in cls.fields.items():
        field.bind(name)
    cls._order = {name: position for position, name in enumerate(cls.fields)}
    cls.spelled = {family: _spelled(cls, family) for family in FAMILIES}


def _spelled(cls: type[Integration], family: Family) -> Mapping[str, tuple[Field, bool]]:
    found: dict[str, tuple[Field, bool]] = {}
    for field in cls.fields.values():
        spelling = field.spelling(family)
        if not spelling.exists:
            continue
        keys = [(spelling.name, False)]
        if field.file and family == "alertmanager":
            keys.append((spelling.name + "_file", True))
        for key, is_file in keys:
            if key in found:
                raise TypeError(f"{cls.__name__}: two settings are spelled {key!r} in {family}")
            found[key] = (field, is_file)
    if family == "grafana":  # Go's JSON finds keys in any case
        found |= {key.lower(): value for key, value in found.items() if key.lower() not in found}
    return found
