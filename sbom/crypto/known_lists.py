"""Lists that only say what is known: constants whose texts are nothing but looked for."""

import re

from ast_grep_py import SgNode

from sbom.crypto.source_file import SourceFile

_DECLARATIONS = frozenset({"variable_declarator", "assignment", "property_declaration", "var_spec"})
_DEPTH = 6
_ASKED = re.compile(r"\s*\??\.\s*(?:contains|includes|indexOf|has|include\?|Contains)\s*\(")
_ASKED_IN = re.compile(r"\b(?:in|not in)\s+(?:\w+\.)?$")
_MOST_BEFORE = 40


def is_in_known_list(node: SgNode, file: SourceFile) -> bool:
    """Whether a text stands in a list or set whose every use in the file asks whether it holds something."""
    above = node.parent()
    for _ in range(_DEPTH):
        if above is None:
            return False
        if above.kind() in _DECLARATIONS:
            break
        above = above.parent()
    else:
        return False
    name = above.children()[0].text() if above is not None else ""
    if above is None or not name.isidentifier():
        return False
    start = int(above.range().start.index)
    uses = [leaf for leaf in file.leaves_named(name) if int(leaf.range().start.index) != start]
    return bool(uses) and all(_is_asked(leaf, file.code) for leaf in uses)


def _is_asked(leaf: SgNode, code: str) -> bool:
    start, end = int(leaf.range().start.index), int(leaf.range().end.index)
    if _ASKED.match(code, end):
        return True
    return _ASKED_IN.search(code[max(0, start - _MOST_BEFORE) : start]) is not None
