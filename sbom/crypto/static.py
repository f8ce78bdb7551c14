"""Whether bytes in source code are a constant."""

import re

from ast_grep_py import SgNode

from sbom.crypto.kinds import kinds
from sbom.crypto.paths import path_of
from sbom.crypto.syntax import call_site
from sbom.crypto.values import Evaluator

_TEXTS = kinds("texts")
_LISTS = kinds("lists")
_ENCODERS = kinds("encoders")
_BYTES_LAST = frozenset({"GCMParameterSpec", "ParametersWithIV"})
_METHODS = kinds("text_methods")
_ALLOCATED = re.compile(r"new\s+(?:byte|Uint8Array|sbyte|char)\s*[\[(]\s*(\d{1,4})\s*[\])]")
_OF_CLASS = re.compile(r"(?:\w+\.)*[A-Z]\w*\.\w+")


def is_static(node: SgNode, evaluator: Evaluator, depth: int = 5) -> bool:
    """Whether an expression is bytes that stand in the source code; false where that cannot be told."""
    if depth <= 0:
        return False
    kind = node.kind()
    if kind in _TEXTS:
        return "interpolation" not in {c.kind() for c in node.children()} and len(node.text()) > 2
    if kind in _LISTS:
        return _is_number_list(node.text())
    if site := call_site(node):
        name = site.path.rpartition(".")[2].rstrip("()")
        if name not in _ENCODERS:
            return False
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
    if kind == "array_creation_expression" or re.match(r"new\s+byte\s*\[", node.text()):
        return bool(_ALLOCATED.match(node.text()))
    return is_static(named[-1], evaluator, depth - 1) if named and len(named) <= 2 else False


def _is_module(receiver: SgNode, evaluator: Evaluator) -> bool:
    """Whether a function is called on a module or class, so that its arguments are what it works on."""
    first = path_of(receiver.text()).partition(".")[0]
    return first in evaluator.file.imports.names or first[:1].isupper()


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
        local = [d for d in definitions if function.start <= d.start < offset]
        if not local and any(name in around.parameters for around in file.functions_around(offset)):
            return False
        definitions = local or [d for d in definitions if file.function_at(d.start) is None]
    if not definitions:
        return bool(_OF_CLASS.fullmatch(path) and evaluator.key_texts(path))
    if name in file.filled_names:
        return False
    return all(
        is_static(d.value, evaluator, depth - 1) and not _ALLOCATED.fullmatch(d.value.text().strip())
        for d in definitions
    )
