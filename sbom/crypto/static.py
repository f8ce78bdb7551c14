"""Whether bytes in source code are a constant."""

import re

from ast_grep_py import SgNode

from sbom.crypto.declarations import Function
from sbom.crypto.flow import values_of_parameter
from sbom.crypto.kinds import kinds
from sbom.crypto.paths import path_of
from sbom.crypto.syntax import call_site
from sbom.crypto.values import Evaluator

_TEXTS = kinds("texts")
_LISTS = kinds("lists")
_OPERATIONS = kinds("operations")
_ENCODERS = kinds("encoders")
_BYTES_LAST = frozenset({"GCMParameterSpec", "ParametersWithIV"})
_METHODS = kinds("text_methods")
_ALLOCATED = re.compile(
    r"new\s+(?:byte|Uint8Array|sbyte|char)\s*[\[(]\s*(\d{1,4})\s*[\])]|make\(\[\]byte,\s*\d{1,4}\)"
    r"|bytes\(\d{1,4}\)|Buffer\.alloc\(\d{1,4}(?:,\s*0)?\)|ByteArray\(\d{1,4}\)|(?:vec!)?\[0(?:u8)?;\s*\d{1,4}\]"
)
"""An array of zeros."""
_OF_CLASS = re.compile(r"(?:\w+\.)*[A-Z]\w*\.\w+")


def is_static(node: SgNode, evaluator: Evaluator, depth: int = 9) -> bool:
    """Whether an expression is bytes that stand in the source code; false where that cannot be told."""
    if depth <= 0:
        return False
    span = node.range()
    key = (int(span.start.index), int(span.end.index), depth)
    if key not in evaluator.static_answers:
        evaluator.static_answers[key] = False
        evaluator.static_answers[key] = _is_static(node, evaluator, depth)
    return evaluator.static_answers[key]


def _is_static(node: SgNode, evaluator: Evaluator, depth: int) -> bool:
    kind = node.kind()
    if _is_empty_array(node):
        return True
    if kind in _TEXTS:
        return "interpolation" not in {c.kind() for c in node.children()} and len(node.text()) > 2
    if kind in _OPERATIONS and len(operands := node.children()) == 3 and operands[1].text() in ("*", "+"):
        joined = operands[:1] if operands[1].text() == "*" else operands[::2]  # b"\0" * 16
        return all(is_static(operand, evaluator, depth - 1) for operand in joined)
    if kind in _LISTS:
        listed = node.children()[-1:]  # new byte[] {1, 2}
        if listed and listed[0].kind() in _LISTS and kind != listed[0].kind():
            node = listed[0]
        return _is_number_list(node.text())
    if site := call_site(node):
        name = site.path.rpartition(".")[2].rstrip("()")
        if name not in _ENCODERS:
            return site.path == name and _returns_static(name, evaluator, depth)
        inner = [given.node for given in site.arguments]
        if name not in _BYTES_LAST:  # what comes after the bytes is their encoding or algorithm
            inner = inner[:1]
        if site.receiver is not None:
            if is_static(site.receiver, evaluator, depth - 1):
                return True
            if name in _METHODS and not _is_module(site.receiver, evaluator):
                return False  # secret.encode('utf8'): the text is what it is called on
        return any(is_static(item, evaluator, depth - 1) for item in inner)
    path = path_of(node.text())
    if re.fullmatch(r"[\w$.]+", path) and (
        "identifier" in kind or kind in ("name", "variable_name", "constant")
    ):
        return _named_static(path, node, evaluator, depth)
    named = [child for child in node.children() if child.is_named()]
    if kind in (
        "field_access",
        "member_expression",
        "attribute",
        "member_access_expression",
        "scope_resolution",
    ):
        return _named_static(path, node, evaluator, depth)
    if re.match(r"new\s+byte\s*\[", node.text()):
        return False
    return is_static(named[-1], evaluator, depth - 1) if named and len(named) <= 2 else False


def _is_module(receiver: SgNode, evaluator: Evaluator) -> bool:
    """Whether a function is called on a module or class, so that its arguments are what it works on."""
    first = path_of(receiver.text()).partition(".")[0]
    return first in evaluator.file.imports.names or first[:1].isupper()


def _returns_static(name: str, evaluator: Evaluator, depth: int) -> bool:
    """Whether every function of that name in the file returns nothing but constants."""
    functions = evaluator.file.functions_by_name.get(name, ())
    given = [node for function in functions for node in evaluator.file.returned_nodes(function)]
    return bool(given) and all(is_static(node, evaluator, depth - 1) for node in given)


def _is_empty_array(node: SgNode) -> bool:
    return _ALLOCATED.fullmatch(node.text().strip()) is not None


def _is_number_list(text: str) -> bool:
    inner = re.sub(r"^[^{\[(]*(?:\[[^\]]*\]\s*\w+)?\s*[{\[(]|[}\])]\s*$", "", text.strip(), flags=re.DOTALL)
    items = [item.strip() for item in inner.split(",") if item.strip()]
    if not items and re.match(r"new\s+byte\s*\[\s*\d+\s*\]", text):
        return True
    literal = re.compile(r"(?:\(byte\)\s*)?-?(?:0x[0-9a-fA-F]+|\d+)(?:u8|U|L)?|'.'|\"[^\"]*\"")
    return len(items) > 0 and all(literal.fullmatch(item) for item in items)


def _named_static(path: str, node: SgNode, evaluator: Evaluator, depth: int) -> bool:
    name = path.rpartition(".")[2].lstrip("$@")
    file = evaluator.file
    offset = int(node.range().start.index)
    function = file.function_at(offset)
    definitions = file.definitions.get(name, [])
    if function is not None and "." not in path:
        definitions = [d for d in definitions if not _holds(d.value, offset)]  # k = copyOf(k, 16)
        local = [d for d in definitions if function.start <= d.start < offset]
        taking = next((f for f in file.functions_around(offset) if name in f.parameters), None)
        if not local and taking is not None:
            given = values_of_parameter(file, taking, name) if depth > 2 else []
            return any(is_static(value, evaluator, depth - 2) for value in given)
        definitions = local or [d for d in definitions if file.function_at(d.start) is None]
    if not definitions:
        return bool(_OF_CLASS.fullmatch(path) and evaluator.key_texts(path))
    begin = function.start if function is not None and definitions[0].start >= function.start else None
    if any(begin is None or begin <= filled < offset for filled in file.filled_names.get(name, ())):
        return False
    return all(
        is_static(d.value, evaluator, depth - 1)
        and (
            not _is_empty_array(d.value)
            or (function is not None and _is_left_empty(name, function, evaluator))
        )
        for d in definitions
    )


def _holds(node: SgNode, offset: int) -> bool:
    span = node.range()
    return bool(span.start.index <= offset < span.end.index)


def _is_left_empty(name: str, function: Function, evaluator: Evaluator) -> bool:
    """Whether an array is made and used once, so that nothing can have filled it."""
    leaves = [leaf.range().start.index for leaf in evaluator.file.leaves_named(name)]
    return sum(function.start <= start < function.end for start in leaves) <= 2
