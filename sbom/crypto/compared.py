"""Whether an expression is only compared with: in an operation, a case, a test of a type or an assertion."""

from ast_grep_py import SgNode

from sbom.crypto.kinds import kinds
from sbom.crypto.syntax import CALLS, call_name

_ARGUMENT_LISTS = kinds("argument_lists")
_PATHS = kinds("paths")
_FUNCTIONS = kinds("functions")
_EXPECTED_DEPTH = 10
_SERIES = kinds("series")
_TRANSPARENT = kinds("transparent")
_MEMBERSHIP = frozenset({"in", "not in"})
_SEARCHES = frozenset({"includes", "indexOf", "contains", "include?", "Contains"})
_CHOICES = frozenset({"choices", "enum"})
_SAYS_WHICH = frozenset({"Params", "String", "Name", "name", "toString"})
_TO_TEXT = frozenset({"string", "str", "String"})
_ASSERTIONS = kinds("assertions")
_SCHEMA_CHECKS = frozenset({"parse", "safeParse", "parseAsync", "safeParseAsync", "object", "strictObject"})
"""Methods that describe objects, or hold one against a description and give it back."""
_TYPE_TESTS = frozenset({"isinstance", "issubclass"})
_EQUALS = frozenset({"==", "!=", "===", "!=="})
_CASES = kinds("cases")
_CASES_WITH_BODY = frozenset({"case_clause", "case_statement"})
_EQUALITY = frozenset({"equals", "equalsIgnoreCase", "Equals"})


def is_compared(node: SgNode) -> bool:
    """Whether an expression is a side of a comparison, a type that is asked for or what a case stands for."""
    parent = _asked_of(node).parent()
    while parent is not None and (parent.kind() in _TRANSPARENT or _is_converted(parent)):
        parent = parent.parent()
    if parent is None:
        return False
    if parent.kind() in _ARGUMENT_LISTS and call_name(parent).rpartition(".")[2] in _ASSERTIONS | _EQUALITY:
        return True
    if parent.kind() == "instanceof_expression":
        return True
    if parent.kind() in _ARGUMENT_LISTS and call_name(parent) in _TYPE_TESTS:
        return True
    if parent.kind() in _CASES_WITH_BODY and (before := parent.children()[1:2]) and before[0] == node:
        return True
    return parent.kind() in _CASES or any(child.text() in _EQUALS for child in parent.children())


def is_expected(node: SgNode) -> bool:
    """Whether an expression is part of what an assertion of a test expects, or of an object to be checked."""
    above = node.parent()
    for _ in range(_EXPECTED_DEPTH):
        if above is None or above.kind() in _FUNCTIONS:
            return False
        if above.kind() in _ARGUMENT_LISTS:
            called = call_name(above).rpartition(".")[2]
            if called not in _TO_TEXT:
                return called in _ASSERTIONS or called in _SCHEMA_CHECKS
        above = above.parent()
    return False


def is_listed_as_text(node: SgNode) -> bool:
    """Whether a constant is one of a list of names: `[]string{string(jose.RS256)}` says what is known."""
    arguments = node.parent()
    call = arguments.parent() if arguments is not None and _is_converted(arguments) else None
    above = call.parent() if call is not None else None
    if above is not None and above.kind() == "literal_element":
        above = above.parent()
    return above is not None and above.kind() in _SERIES


def is_choice(node: SgNode) -> bool:
    """Whether a text is one of a list that something is looked for in, or of the choices that there are."""
    above = node.parent()
    while above is not None and (above.kind() in _SERIES or above.kind() in _TRANSPARENT):
        node, above = above, above.parent()
    if above is None:
        return False
    parts = above.children()
    if any(part.text() in _MEMBERSHIP for part in parts) or parts[-1].text() in _SEARCHES:
        return True
    return len(parts) > 1 and parts[-1] == node and parts[0].text().strip("\"'") in _CHOICES


def is_annotation(node: SgNode) -> bool:
    """Whether a name stands in the annotation of a type."""
    above = node.parent()
    for _ in range(_EXPECTED_DEPTH):
        if above is None or above.kind() in CALLS or above.kind() in _FUNCTIONS:
            return False
        if above.kind() == "type":
            return True
        above = above.parent()
    return False


def _asked_of(node: SgNode) -> SgNode:
    """What a call asks of an expression that only says which it is: `elliptic.P256().Params()`."""
    path = node.parent()
    call = path.parent() if path is not None and path.kind() in _PATHS else None
    if path is None or call is None or call.kind() not in CALLS or path.children()[0] != node:
        return node
    return call if path.children()[-1].text() in _SAYS_WHICH else node


def _is_converted(node: SgNode) -> bool:
    """Whether a node is a conversion to text, or the argument list of one: `string(jose.RS256)`."""
    call = node.parent() if node.kind() in _ARGUMENT_LISTS else node
    return call is not None and call.kind() in CALLS and call.children()[0].text() in _TO_TEXT
