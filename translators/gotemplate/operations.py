"""What a template does to Go values: their fields, their methods, and a range over them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from translators.gotemplate import bounds
from translators.gotemplate.assigning import checked, constant
from translators.gotemplate.errors import GoError
from translators.gotemplate.formatting import sorted_keys, sprint, text
from translators.gotemplate.values import (
    NIL,
    Literal,
    Map,
    Method,
    Slice,
    Struct,
    indirect,
    type_name,
)


def field(value: Any, name: str, node: int) -> Any:
    """value.name without arguments: a method's result, a struct's field or a map's element."""
    if isinstance(value, Struct) and name in value.fields:
        return value.fields[name]  # most of what is asked for; no method has a field's name
    methods = getattr(value, "go_methods", None)
    if methods is not None:
        method = methods.get(name)
        if method is not None:
            if method.params:
                return invoke(method, name, [value], node, (node,))
            try:
                return method.call(value)
            except GoError as error:
                raise _called(error, name, node) from None
        if isinstance(value, Map):
            return value.get(name, value.zero)
    elif value is None:
        return None
    elif value is NIL:
        raise GoError(f"nil pointer evaluating interface {{}}.{name}", node)
    raise GoError(f"can't evaluate field {name} in type {_seen_as(value)}", node)


def get(value: Any, node: int, *names: str) -> Any:
    """A chain of fields whose value a pipeline goes on with."""
    for name in names:
        if isinstance(value, Struct) and name in value.fields:
            value = value.fields[name]
        else:
            value = field(value, name, node)
    return None if value is NIL else value


def arg(value: Any, node: int, *names: str) -> Any:
    """A chain of fields as an argument: a nil inside an `any` stays a nil of that type."""
    for name in names:
        if isinstance(value, Struct) and name in value.fields:
            value = value.fields[name]
        else:
            value = field(value, name, node)
    return value


def call(args: list[Any], node: int, owner: int, name: str, *arg_nodes: int) -> Any:
    """A method with arguments; `args[0]` is what it belongs to, `owner` where that was found."""
    value = args[0]
    if value is None:
        return None
    if value is NIL:
        raise GoError(f"nil pointer evaluating interface {{}}.{name}", owner)
    method = getattr(value, "go_methods", {}).get(name)
    if method is not None:
        result = invoke(method, name, args, node, (owner, *arg_nodes))
        return None if result is NIL else result
    if isinstance(value, Struct) and name in value.fields:
        raise GoError(f"{name} has arguments but cannot be invoked as function", owner)
    if isinstance(value, Map):
        raise GoError(f"{name} is not a method but has arguments", owner)
    raise GoError(f"can't evaluate field {name} in type {_seen_as(value)}", owner)


def _seen_as(value: Any) -> str:
    """The type Go knows a value by: a namespace of functions is only known as an interface."""
    return getattr(value, "seen_as", None) or type_name(value)


def invoke(
    method: Method, name: str, args: list[Any], node: int, arg_nodes: tuple[int, ...]
) -> Any:
    """Calls a method on `args[0]` with the rest, each checked against its parameter."""
    given = len(args) - 1
    params = method.params
    if method.variadic:
        if given < len(params) - 1:
            wanted = len(params) - 1
            raise GoError(
                f"wrong number of args for {name}: want at least {wanted} got {given}", arg_nodes[0]
            )
    elif given != len(params):
        raise GoError(
            f"wrong number of args for {name}: want {len(params)} got {given}", arg_nodes[0]
        )
    converted = args[:1]
    for index in range(given):
        go_type = params[index] if index < len(params) else params[-1]
        value = args[index + 1]
        place = arg_nodes[index + 1] if index + 1 < len(arg_nodes) else node
        make = constant if isinstance(value, Literal) else checked
        try:
            converted.append(make(value, go_type, place))
        except GoError as error:
            error.of_argument = True
            raise
    try:
        return method.call(*converted)
    except GoError as error:
        raise _called(error, name, node) from None


def _called(error: GoError, name: str, node: int | None) -> GoError:
    if type(error) is not GoError:
        return error
    if error.message.startswith(("function ", "invalid function signature")):
        return GoError(error.message, node)
    return GoError(f"error calling {name}: {error.message}", node)


def each(value: Any, node: int) -> Iterator[Any]:
    """range over the elements (of a map: the values in order of the keys)."""
    if not isinstance(value, Slice):
        for _, element in _items(value, node, False):
            yield element
        return
    step = bounds.current.get().step
    for element in list(value):
        step()
        yield element


def pairs(value: Any, node: int) -> Iterator[tuple[Any, Any]]:
    """range with two variables: (index or key, element)."""
    return _items(value, node, True)


def _items(value: Any, node: int, two: bool) -> Iterator[tuple[Any, Any]]:
    budget = bounds.current.get()
    if value.__class__ is not int:
        value, is_nil = indirect(value)
        if value is None:
            return
        if is_nil:
            raise GoError(f"range can't iterate over {sprint([value])}", node)
    if isinstance(value, Slice):
        for place, element in enumerate(list(value)):
            budget.step()
            yield place, element
    elif isinstance(value, Map):
        for key in sorted_keys(value):
            budget.step()
            yield key, value[key]
    elif isinstance(value, int) and not isinstance(value, bool):
        if two:
            raise GoError(
                f"can't use {sprint([value])} to iterate over more than one variable", node
            )
        make = int if type(value) is int else type(value)
        for number in range(value):
            budget.step()
            yield None, make(number)
    else:
        raise GoError(f"range can't iterate over {text(value)}", node)
