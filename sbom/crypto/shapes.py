"""What single grammars shape in a way of their own: calls without a list of arguments."""

from ast_grep_py import SgNode

from sbom.crypto.paths import path_of
from sbom.crypto.syntax import Site


def bracketless_call(node: SgNode) -> Site | None:
    """The call without arguments or brackets that a member of an object may be: `text.getBytes` of Scala."""
    children = [child for child in node.children() if child.is_named()]
    if node.kind() != "field_expression" or len(children) != 2:
        return None
    return Site(node, "call", path_of(node.text()), receiver=children[0])
