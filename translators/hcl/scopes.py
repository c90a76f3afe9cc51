"""What the names in a file mean, as far as the file itself tells: variables with defaults, locals,
other resources, and the instances of what is repeated.

Source of the meanings: https://developer.hashicorp.com/terraform/language/expressions
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from lark import Token, Tree

from translators.hcl.evaluating import EVALUATE, GROWING, unknown
from translators.hcl.functions import UnknownError
from translators.hcl.parsing import Body

MODULE = {"module", "root", "cwd"}  # path.module and its neighbours: all mean "here"
MOST = 1000  # instances of one resource or dynamic block
UNKNOWN: Any = object()
MOST_TURNS = 20_000  # of all "for" expressions in a file together
LARGEST = 1_000_000  # characters and parts of one value: what is larger is not worked out


@dataclass(slots=True)
class Scope:
    """What names mean: ``variables`` by name (only those that have a value), the expressions of
    ``locals``, the resources that other expressions may name, by type and label, and what
    ``each``, ``count`` and the iterators of dynamic blocks stand for.
    """

    variables: dict[str, Any] = field(default_factory=dict)
    locals: dict[str, Tree[Token]] = field(default_factory=dict)
    resources: dict[tuple[str, str], Body] = field(default_factory=dict)
    iterators: Mapping[str, Any] = field(default_factory=dict)
    _turned: list[int] = field(default_factory=lambda: [0])
    """The turns that were taken, in one place for all scopes of a file."""
    _busy: set[Any] = field(default_factory=set)
    _known: dict[Any, Any] = field(default_factory=dict)

    def inside(self, name: str, meaning: Any) -> Scope:
        """The same names, and one more."""
        return replace(self, iterators={**self.iterators, name: meaning})

    def value(self, tree: Tree[Token]) -> Any:
        """What an expression means: text, number, bool, None, lists and dicts of these, or
        :class:`FromFile`.

        :raises UnknownError: when the file alone does not tell.
        """
        try:
            value = EVALUATE.get(tree.data, unknown)(tree, self)
        except RecursionError:
            raise UnknownError from None
        if tree.data in GROWING and weight(value) > LARGEST:
            raise UnknownError
        return value

    def known(self, path: list[Any]) -> Any:
        """What a reference means, such as ``var.url`` or ``grafana_contact_point.ops.name``."""
        kind, *rest = path
        if kind in self.iterators:
            return _below(self.iterators[kind], rest)
        if kind == "path" and rest and rest[0] in MODULE:
            return "."
        if not rest:
            raise UnknownError
        if kind == "var" and rest[0] in self.variables:
            return _below(self.variables[rest[0]], rest[1:])
        if kind == "local" and rest[0] in self.locals:
            return _below(self.once(("local", rest[0]), self.locals[rest[0]]), rest[1:])
        if (body := self.resources.get((kind, rest[0]))) is not None:
            steps, scope, key = rest[1:], self, ""
            if steps and {"count", "for_each"} & body.attributes.keys():
                key, *steps = map(str, steps)
                scope = (self.instances(body) or {}).get(
                    key, self
                )  # else the same in all, or not known
            if steps and (attribute := body.attributes.get(steps[0])):
                whole = (kind, rest[0], key, steps[0])
                return _below(scope.once(whole, attribute.tree), steps[1:])
        raise UnknownError

    def once(self, key: Any, tree: Tree[Token]) -> Any:
        """The value of what a name stands for; a circle of names has none."""
        if key in self._busy:
            raise UnknownError
        if key not in self._known:
            self._busy.add(key)
            try:
                self._known[key] = self.value(tree)
            except UnknownError:
                self._known[key] = UNKNOWN
            finally:
                self._busy.discard(key)
        if self._known[key] is UNKNOWN:
            raise UnknownError
        return self._known[key]

    def instances(self, body: Body) -> dict[str, Scope] | None:
        """What names mean in each instance of a resource with ``count`` or ``for_each``, by its
        key; ``None`` when the file alone does not tell.
        """
        try:
            if (attribute := body.attributes.get("count")) is not None:
                number = min(int(self.value(attribute.tree)), MOST + 1)
                found = {str(at): self.inside("count", {"index": at}) for at in range(number)}
                return found if number <= MOST else None
            pairs = self.pairs(body.attributes["for_each"].tree, of_set=True)
        except (UnknownError, ValueError, TypeError, KeyError):
            return None
        if len(pairs) > MOST:
            return None
        return {str(key): self.inside("each", {"key": key, "value": item}) for key, item in pairs}

    def pairs(self, tree: Tree[Token], *, of_set: bool = False) -> list[tuple[Any, Any]]:
        """What a ``for_each`` goes through: keys and values. :raises UnknownError: when the file
        alone does not tell, or what it tells is neither a list nor a map.
        """
        value = self.value(tree)
        if isinstance(value, dict):
            return list(value.items())
        if not isinstance(value, list):
            raise UnknownError
        return [(item, item) for item in value] if of_set else list(enumerate(value))

    def turns(self, tree: Tree[Token]) -> Iterator[tuple[Any, Any]]:
        """What a ``for`` expression goes through, a map in the order of its keys. :raises
        UnknownError: as :meth:`pairs`, and after too many turns.
        """
        pairs = self.pairs(tree)
        if pairs and isinstance(pairs[0][0], str):
            pairs.sort(key=lambda pair: str(pair[0]))
        for pair in pairs:
            self._turned[0] += 1
            if self._turned[0] > MOST_TURNS:
                raise UnknownError
            yield pair


def weight(value: Any, room: int = LARGEST) -> int:
    """The characters and parts of a value, counted until there is no ``room`` for more."""
    if isinstance(value, str):
        return len(value) + 1
    if not isinstance(value, dict | list):
        return 1
    total = 1
    for item in value.values() if isinstance(value, dict) else value:
        total += weight(item, room - total)
        if total > room:
            break
    return total


def _below(value: Any, steps: list[Any]) -> Any:
    for step in steps:
        try:
            value = value[int(step)] if isinstance(value, list) else value[step]
        except (KeyError, IndexError, TypeError, ValueError):
            raise UnknownError from None
    return value


def scope_of(body: Body, values: Mapping[str, Body] | None = None) -> Scope:
    """The scope of a file. ``values`` are files with values of variables, read in order."""
    scope = Scope()
    for block in body.blocks:
        if block.type == "variable" and block.labels and "default" in block.body.attributes:
            tree = block.body.attributes["default"].tree
            try:
                scope.variables[block.labels[0]] = Scope().value(tree)
            except UnknownError:
                continue
        elif block.type == "locals":
            scope.locals |= {name: each.tree for name, each in block.body.attributes.items()}
        elif block.type == "resource" and len(block.labels) == 2:
            scope.resources[(block.labels[0], block.labels[1])] = block.body
    for file in (values or {}).values():
        for name, attribute in file.attributes.items():
            try:
                scope.variables[name] = Scope().value(attribute.tree)
            except UnknownError:
                continue
    return scope
