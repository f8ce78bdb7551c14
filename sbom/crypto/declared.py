"""Declarations of C and C++: what a variable is made with, and types that a function gives or takes."""

from ast_grep_py import SgNode

_MADE_WITH = frozenset({"argument_list", "initializer_list", "parameter_list"})
_TYPE_DEPTH = 3
_NAMED_TYPES = frozenset({"type_identifier", "qualified_identifier", "template_type"})


def is_type_of_function(parent: SgNode, node: SgNode) -> bool:
    """Whether a name is the type that a function of C++ gives or takes, which makes nothing."""
    if parent.kind() not in ("declaration", "function_definition", "parameter_declaration"):
        return False
    children = [child for child in parent.children() if child.is_named()]
    if node not in children[:-1]:
        return False
    after = children[children.index(node) + 1]
    if parent.kind() == "parameter_declaration":
        return "declarator" in after.kind() or after.kind() == "identifier"
    while after.kind() in ("pointer_declarator", "reference_declarator") and after.children():
        after = after.children()[-1]
    if after.kind() != "function_declarator":
        return False
    parameters = [
        item for child in after.children() if child.kind() == "parameter_list" for item in child.children()
    ]
    made = (
        "abstract_function_declarator" in (part.kind() for part in item.children()) for item in parameters
    )
    return not any(made)  # ECDH<ECP>::Domain domain(secp256r1()) makes one


def template_around(node: SgNode) -> SgNode | None:
    """The template whose type argument a name is: `Digest<EVP_sha256>`; null for every other name."""
    above = node.parent()
    for _ in range(_TYPE_DEPTH):
        if above is None or above.kind() == "template_argument_list":
            return above.parent() if above is not None else None
        above = above.parent()
    return None


def made_with(declaration: SgNode, named_type: SgNode) -> list[SgNode]:
    """What a variable of C++ is made with: `HMAC<SHA256> mac(key, 32)`; none of a declared function."""
    children = [child for child in declaration.children() if child.is_named()]
    if len(children) < 2 or children[-2] != named_type:
        return []
    declarator = children[-1]
    given = next((child for child in declarator.children() if child.kind() in _MADE_WITH), None)
    if given is None or declarator.kind() not in ("init_declarator", "function_declarator"):
        return []
    nodes = [child for child in given.children() if child.is_named() and child.kind() != "comment"]
    if declarator.kind() == "function_declarator":  # names alone, which the grammar takes for types
        parts = [[child for child in node.children() if child.is_named()] for node in nodes]
        if not all(len(part) == 1 and part[0].kind() in _NAMED_TYPES for part in parts):
            return []
        nodes = [part[0] for part in parts]
    return nodes
