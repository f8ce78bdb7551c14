"""What a text is made of: what stands there, and expressions that are put in."""

import re

from ast_grep_py import SgNode

from sbom.crypto.kinds import kinds
from sbom.crypto.literals import unquoted

_STRINGS = kinds("strings")
_MARKS = frozenset({"string_start", "string_end", "interpolation_start"})
_PUT_IN = frozenset({"interpolation", "template_substitution", "interpolated_expression"})
_EXPRESSIONS = re.compile(r"\$\{[^{}]*\}|\$\w+")


def pieces_of(node: SgNode) -> list[str | SgNode]:
    """The pieces of a text in their order: texts, and nodes of what is put in."""
    children = [child for child in node.children() if child.is_named()]
    if not children:
        return [unquoted(node.text())]
    if children[-1].kind() == "interpolated_string":  # Scala: s"AES/$mode"
        return _interpolated(children[-1])
    pieces: list[str | SgNode] = []
    for child in children:
        kind = child.kind()
        if kind in _MARKS:
            continue
        if kind in _PUT_IN:
            pieces.append(_inner(child))
        elif (kind in _STRINGS and child.children()) or kind in ("interpolated_identifier", "variable_name"):
            pieces.append(child)
        else:
            pieces.append(child.text())
    return pieces


def _interpolated(node: SgNode) -> list[str | SgNode]:
    """A text of which the grammar marks the expressions alone."""
    texts = _EXPRESSIONS.split(node.text().strip('"'))
    inner = [child.children()[-1] for child in node.children() if child.kind() == "interpolation"]
    pieces: list[str | SgNode] = [texts[0]]
    for value, text in zip(inner, texts[1:], strict=False):
        pieces += [_inner(value), text]
    return pieces


def _inner(node: SgNode) -> SgNode:
    """The expression in the braces around it; itself where there are none."""
    return next((c for c in node.children() if c.is_named() and "brace" not in c.kind()), node)
