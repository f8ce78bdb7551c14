"""Where a variable's value comes from: the assignments that may reach a place, the callers of a function."""

import re

from ast_grep_py import SgNode

from sbom.crypto.declarations import Definition, Function
from sbom.crypto.source_file import SourceFile
from sbom.crypto.syntax import site_at

_MOST = 8
_CALLERS = 20
_FOR_EACH = frozenset({"forEach", "map", "flatMap", "filter", "some", "every", "each"})
_DECLARATIONS = frozenset({"short_var_declaration", "variable_declarator", "let_declaration"})
_BRANCH = re.compile(
    r"if|else|case|switch|when|match|catch|try|for|while|default|elif|rescue|ternary|expression_case"
)


def assigned_values(file: SourceFile, name: str, start: int) -> list[SgNode]:
    """What is assigned to a local variable before a place, back to an assignment that no branch avoids."""
    function = file.function_at(start)
    found: list[SgNode] = []
    for definition in reversed(file.definitions.get(name, [])):
        if function is None or not function.start <= definition.start < start or len(found) == _MOST:
            continue
        found.append(definition.value)
        if not _is_in_branch(definition.value, start):
            break
    return found


def _is_in_branch(node: SgNode, start: int) -> bool:
    """Whether a branch that does not hold the place stands between an assignment and what holds both."""
    above = node.parent()
    while above is not None:
        span = above.range()
        if span.start.index <= start < span.end.index:
            return False
        if _BRANCH.match(above.kind()):
            return True
        above = above.parent()
    return False


def is_hidden(definition: Definition, start: int, file: SourceFile) -> bool:
    """Whether a definition declares a variable of a function that a place stands outside of."""
    above = definition.value.parent()
    if above is not None and above.kind() == "expression_list":
        above = above.parent()
    owner = file.function_at(definition.start)
    if above is None or owner is None or above.kind() not in _DECLARATIONS:
        return False
    return not owner.start <= start < owner.end


def values_of_parameter(file: SourceFile, function: Function, name: str) -> list[SgNode]:
    """What the callers in the same file give for a parameter, and its default value."""
    place = function.parameters.index(name)
    if not function.name:
        return elements_for(function) if place == 0 else []
    found: list[SgNode] = []
    for leaf in file.leaves_named(function.name)[:_CALLERS]:
        site = site_at(leaf)
        if site is None or site.kind != "call" or site.path.rpartition(".")[2] != function.name:
            continue
        positional = [given.node for given in site.arguments if given.name is None]
        named = [given.node for given in site.arguments if given.name == name]
        found += named or positional[place : place + 1]
    default = function.defaults[place] if place < len(function.defaults) else None
    return [*found[:_MOST], *([default] if default is not None else [])]


def elements_for(function: Function) -> list[SgNode]:
    """The list whose elements a nameless function is called with: `['md5', 'sha1'].map(name => …)`."""
    listed = function.node.parent()
    call = listed.parent() if listed is not None and listed.kind() == "arguments" else None
    method = call.children()[0] if call is not None and call.kind() == "call_expression" else None
    if method is None or method.kind() != "member_expression":
        return []
    of, name = method.children()[0], method.children()[-1].text()
    return [of] if name in _FOR_EACH and of.kind() in ("array", "identifier") else []
