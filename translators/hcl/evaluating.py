"""Expressions to values, as far as the names in them are known: literals, templates, references,
conditions, and the functions that only change values.

Source of the meanings: https://developer.hashicorp.com/terraform/language/expressions
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

from lark import Token, Tree

from contactpoints.fields import FromFile
from translators.hcl.functions import FUNCTIONS, UnknownError
from translators.hcl.parsing import LITERALS, grammar, tokens, trees
from translators.hcl.texts import heredoc, show, split_template, unescape

if TYPE_CHECKING:
    from translators.hcl.scopes import Scope


def unknown(tree: Tree[Token], scope: Scope) -> Any:
    raise UnknownError


def _term(tree: Tree[Token], scope: Scope) -> Any:
    return scope.value(trees(tree)[0])


def _literal(tree: Tree[Token], scope: Scope) -> Any:
    return {"true": True, "false": False, "null": None}[str(tree.children[0])]


def _number(tree: Tree[Token], scope: Scope) -> Any:
    text = "".join(tokens(tree))
    is_whole = text.lstrip("-").isdigit() and len(text) < 400  # Python converts no more than 4300
    return int(text) if is_whole else float(text)


def _string(tree: Tree[Token], scope: Scope) -> Any:
    parts: list[Any] = []
    for part in trees(tree):
        child = part.children[0]
        if isinstance(child, Token):
            parts.append(unescape(restored(str(child))))
        elif child.data == "interpolation":
            parts.append(scope.value(trees(child)[0]))
        else:  # a directive, such as %{ if }
            raise UnknownError
    if len(parts) == 1 and isinstance(trees(tree)[0].children[0], Tree):
        return parts[0]
    return "".join(map(show, parts))


def _heredoc(tree: Tree[Token], scope: Scope) -> Any:
    lines = heredoc(str(tree.children[0]))
    parts = []
    for text, is_code in split_template(lines):
        if not is_code:
            parts.append(restored(text))
            continue
        try:
            inner = grammar(f"x = ({text})")
        except Exception:  # the grammar's errors have no common class
            raise UnknownError from None
        parts.append(show(scope.value(trees(trees(trees(inner)[0])[0])[-1])))
    return "".join(parts)


def restored(text: str) -> str:
    """``text`` with what stands for an escape made what it means."""
    for held, meant in LITERALS.items():
        text = text.replace(held, meant)
    return text


def _tuple(tree: Tree[Token], scope: Scope) -> Any:
    return [scope.value(child) for child in trees(tree)]


def _object(tree: Tree[Token], scope: Scope) -> Any:
    return {key: scope.value(child) for key, child in elements(tree, scope)}


def elements(tree: Tree[Token], scope: Scope) -> list[tuple[str, Tree[Token]]]:
    """The keys of an object, and the expressions of its values."""
    return [
        (_key(trees(element)[0], scope), trees(element)[-1])
        for element in trees(tree)
        if element.data == "object_elem"
    ]


def _key(tree: Tree[Token], scope: Scope) -> str:
    plain = "".join(str(token) for token in tokens(tree))
    if re.fullmatch(r"[A-Za-z_][\w-]*", plain):
        return plain
    return show(scope.value(trees(tree)[0]))


def _reference(tree: Tree[Token], scope: Scope) -> Any:
    return scope.known(path_of(tree, scope))


def path_of(tree: Tree[Token], scope: Scope) -> list[Any]:
    """The steps of a reference. :raises UnknownError: when it does not start with a name."""
    if tree.data == "expr_term":
        return path_of(trees(tree)[0], scope)
    if tree.data == "identifier":
        return [str(tree.children[0])]
    if tree.data == "get_attr_expr_term":
        below, step = trees(tree)
        return [*path_of(below, scope), "".join(tokens(trees(step)[0]))]
    if tree.data == "index_expr_term":
        below, step = trees(tree)
        try:
            index = scope.value(trees(step)[0]) if trees(step) else str(step.children[-1])
        except UnknownError:
            index = "*"  # such as count.index
        return [*path_of(below, scope), index]
    raise UnknownError


def _conditional(tree: Tree[Token], scope: Scope) -> Any:
    condition, yes, no = trees(tree)
    return scope.value(yes if scope.value(condition) is True else no)


OPERATORS: Mapping[str, Callable[[Any, Any], Any]] = {
    "==": lambda left, right: left == right,
    "!=": lambda left, right: left != right,
    "&&": lambda left, right: left and right,
    "||": lambda left, right: left or right,
}


def _operation(tree: Tree[Token], scope: Scope) -> Any:
    left, term = trees(tree)[:2]
    sign, right = trees(term)
    operator = OPERATORS.get("".join(tokens(sign)))
    if operator is None:
        raise UnknownError
    return operator(scope.value(left), scope.value(right))


def _sign(tree: Tree[Token], scope: Scope) -> Any:
    value = scope.value(trees(tree)[0])
    if str(tree.children[0]) == "!" and isinstance(value, bool):
        return not value
    if isinstance(value, int | float) and not isinstance(value, bool):
        return -value
    raise UnknownError


def _call(tree: Tree[Token], scope: Scope) -> Any:
    name = str(trees(tree)[0].children[0])
    arguments = trees(trees(tree)[1]) if len(trees(tree)) > 1 else []
    if name == "try":
        for argument in arguments:
            try:
                return scope.value(argument)
            except UnknownError:
                continue
        raise UnknownError
    values = [scope.value(argument) for argument in arguments]
    if name == "file" and len(values) == 1:
        return FromFile(re.sub(r"^(\./)+", "", str(values[0])))
    if name in ("chomp", "trimspace") and isinstance(values[0], FromFile):
        return values[0]
    if name not in FUNCTIONS or any(isinstance(value, FromFile) for value in values):
        raise UnknownError
    return FUNCTIONS[name](*values)


def _for_list(tree: Tree[Token], scope: Scope) -> Any:
    _, result, *_ = trees(tree)
    return [inside.value(result) for inside in _turns(tree, scope)]


def _for_object(tree: Tree[Token], scope: Scope) -> Any:
    _, key, result, *_ = trees(tree)
    is_grouping = any(isinstance(each, Token) and each == "..." for each in tree.children)
    found: dict[str, Any] = {}
    for inside in _turns(tree, scope):
        name, value = show(inside.value(key)), inside.value(result)
        if is_grouping:
            found.setdefault(name, []).append(value)
        elif name in found:
            raise UnknownError  # Terraform refuses it
        else:
            found[name] = value
    return found


def _turns(tree: Tree[Token], scope: Scope) -> Iterator[Scope]:
    """What names mean in each turn of a ``for`` expression whose condition holds."""
    intro = trees(tree)[0]
    *names, source = trees(intro)
    words = [str(name.children[0]) for name in names]
    condition = next((each for each in trees(tree) if each.data == "for_cond"), None)
    for key, item in scope.turns(source):
        inside = scope.inside(words[-1], item)
        if len(words) > 1:
            inside = inside.inside(words[0], key)
        holds = condition is None or inside.value(trees(condition)[0])
        if holds not in (True, False):
            raise UnknownError
        if holds:
            yield inside


GROWING = frozenset(
    [
        *("string", "heredoc_template", "heredoc_template_trim", "tuple", "object"),
        *("function_call", "for_tuple_expr", "for_object_expr"),
    ]
)
"""The expressions whose value may be larger than what stands there."""

EVALUATE: Mapping[str, Callable[[Tree[Token], Scope], Any]] = {
    "expr_term": _term,
    "literal_value": _literal,
    "int_lit": _number,
    "float_lit": _number,
    "string": _string,
    "heredoc_template": _heredoc,
    "heredoc_template_trim": _heredoc,
    "tuple": _tuple,
    "object": _object,
    "identifier": _reference,
    "get_attr_expr_term": _reference,
    "index_expr_term": _reference,
    "conditional": _conditional,
    "binary_op": _operation,
    "unary_op": _sign,
    "function_call": _call,
    "for_tuple_expr": _for_list,
    "for_object_expr": _for_object,
}
