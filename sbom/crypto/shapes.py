"""What single grammars shape in a way of their own: calls without brackets or lists, local variables."""

from ast_grep_py import SgNode

from sbom.crypto.paths import path_of
from sbom.crypto.sites import Given, Site, first_named


def bracketless_call(node: SgNode) -> Site | None:
    """The call without arguments or brackets that a member of an object may be: `text.getBytes` of Scala."""
    children = [child for child in node.children() if child.is_named()]
    if node.kind() != "field_expression" or len(children) != 2:
        return None
    return Site(node, "call", path_of(node.text()), receiver=children[0])


def member_within(leaf: SgNode) -> Site | None:
    """The member that a name is the end of, where it has a further member: `Hashing.sha256.bits`."""
    member = leaf.parent()
    around = member.parent() if member is not None else None
    if member is None or around is None or {member.kind(), around.kind()} != {"field_expression"}:
        return None
    if member.children()[-1] != leaf or around.children()[0] != member:
        return None
    start = int(leaf.range().start.index)
    return Site(member, "name", path_of(member.text()), receiver=first_named(member), name_start=start)


def is_local(assignment: SgNode) -> bool:
    """Whether an assignment of Lua makes a local variable, which sets nothing."""
    above = assignment.parent()
    return above is not None and above.kind() == "variable_declaration" and above.text().startswith("local")


def between_operands(operation: SgNode, name: SgNode) -> Site | None:
    """The call of a method between its object and its argument: `MessageDigest getInstance "MD5"`."""
    children = operation.children()
    if len(children) != 3 or children[1] != name:
        return None
    path = f"{path_of(children[0].text())}.{name.text()}"
    return Site(operation, "call", path, [Given(None, children[2])], children[0])


def bracket_of(call: SgNode) -> SgNode | None:
    """The bracket before the arguments, where no node is around these (Solidity)."""
    return next((child for child in call.children()[1:2] if child.text() == "("), None)
