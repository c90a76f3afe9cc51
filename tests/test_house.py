"""The house: which room may know which, and what every file in it promises."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
MAY_KNOW = {
    "alertmanager_configs": {"alertmanager_configs"},
    "contactpoints": {"contactpoints", "alertmanager_configs"},
    "translators": {"translators", "contactpoints", "alertmanager_configs"},
    "translators.gotemplate": {"translators.gotemplate"},
}
OURS = ("alertmanager_configs", "contactpoints", "translators", "app", "wsgi")
ONLY_ONE_MAY = {
    "requests": "contactpoints.delivery",
    "sqlalchemy": "contactpoints.storage",
    "alembic": "contactpoints.storage",
    "argon2": "contactpoints.access",
}


def modules() -> Iterator[tuple[str, Path]]:
    """Every module of the three packages, by its dotted name."""
    for package in ("alertmanager_configs", "contactpoints", "translators"):
        for path in sorted((ROOT / package).rglob("*.py")):
            name = ".".join(path.relative_to(ROOT).with_suffix("").parts)
            yield name.removesuffix(".__init__"), path


def imports(name: str, path: Path) -> Iterator[str]:
    """The dotted names that a module imports, relative ones made absolute."""
    is_package = path.name == "__init__.py"
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = name.split(".")
            base = base[: len(base) - node.level + is_package] if node.level else []
            yield ".".join([*base, *([node.module] if node.module else [])])


def room(name: str) -> str:
    """The part of the house a module belongs to."""
    return max((known for known in MAY_KNOW if f"{name}.".startswith(f"{known}.")), key=len)


@pytest.mark.parametrize(("name", "path"), list(modules()), ids=lambda value: str(value))
def test_a_room_knows_only_the_rooms_below_it(name: str, path: Path) -> None:
    for imported in imports(name, path):
        if imported.partition(".")[0] in OURS:
            allowed = MAY_KNOW[room(name)]
            assert any(f"{imported}.".startswith(f"{known}.") for known in allowed), imported


@pytest.mark.parametrize("library", ONLY_ONE_MAY)
def test_a_library_with_a_room_of_its_own_is_used_nowhere_else(library: str) -> None:
    users = {
        name
        for name, path in modules()
        for imported in imports(name, path)
        if imported.partition(".")[0] == library
    }
    assert users
    assert all(name.startswith(ONLY_ONE_MAY[library]) for name in users), users


@pytest.mark.parametrize(("name", "path"), list(modules()), ids=lambda value: str(value))
def test_a_module_begins_by_saying_its_job(name: str, path: Path) -> None:
    said = ast.get_docstring(ast.parse(path.read_text()))
    assert said, name
    assert len(said.partition("\n")[0]) >= 12, f"{name}: {said!r} says nothing"
