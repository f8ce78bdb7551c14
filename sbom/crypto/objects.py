"""Arguments of a site, and properties of the objects, hashes and arrays that are given as arguments."""

import re
from collections.abc import Iterator, Sequence

from ast_grep_py import SgNode

from sbom.crypto.kinds import kinds
from sbom.crypto.paths import path_of
from sbom.crypto.pattern import Argument
from sbom.crypto.sites import Site
from sbom.crypto.source_file import SourceFile
from sbom.crypto.syntax import call_site

_OBJECTS = kinds("objects")
_SERIES = kinds("series")
_TYPED_SERIES = kinds("typed_series")
_NAMES = kinds("names")
_TRANSPARENT = kinds("transparent")
_NO_PAIRS = kinds("calls") | kinds("paths") | {"map_type", "slice_type"}


_OWN = ("self.", "this.", "cls.")
_NAME = re.compile(r"(?:(?:self|this|cls)\.|[A-Z]\w*\.)?[\w$@]+")


def given(site: Site, argument: Argument, file: SourceFile) -> SgNode | None:
    """The expression that a site gives for an argument of the pattern."""
    if argument.name is not None:
        for item in site.arguments:
            if item.name == argument.name:
                return item.node
        for item in site.arguments:
            if found := property_of(item.node, (argument.name,), file):
                return found
    if argument.place is None:
        return None
    positional = [item.node for item in site.arguments if item.name is None]
    return positional[argument.place] if argument.place < len(positional) else None


def options_untold(site: Site, arguments: Sequence[Argument], file: SourceFile) -> bool:
    """Whether options of unknown content are given behind the arguments that have a place."""
    places = 1 + max((argument.place for argument in arguments if argument.place is not None), default=-1)
    behind = [item.node for item in site.arguments if item.name is None][places:]
    return any(node.kind() in _NAMES and literal_of(node, file) is None for node in behind)


def property_of(node: SgNode, names: tuple[str, ...], file: SourceFile) -> SgNode | None:
    """The value of a property of an object, which may stand elsewhere in the file as a constant."""
    literal = literal_of(node, file)
    parts = list(literal.children()) if literal is not None else []
    parts = [
        part for item in parts for part in (item.children() if item.kind() == "literal_value" else [item])
    ]
    for index, sign in enumerate(parts[1:-1], 1):  # Swift: no node around name and value
        if sign.text() == ":" and parts[index - 1].text().partition(" as ")[0].strip("\"'") in names:
            return parts[index + 1]
    for pair in parts:
        if pair.kind() == "shorthand_property_identifier" and pair.text() in names:
            return pair
        children = [child for child in pair.children() if child.is_named()]
        if len(children) == 2 and children[0].text().strip("\"':") in names:
            return children[1]
    return None


def elements_of(node: SgNode) -> list[SgNode]:
    """The elements of a list that is written out; none of every other expression."""
    if node.kind() in _TYPED_SERIES and node.children():
        node = node.children()[-1]
    if node.kind() not in _SERIES:
        return []
    items = [child for child in node.children() if child.is_named()]
    return [item.children()[0] if item.kind() == "literal_element" else item for item in items]


def pairs_of(literal: SgNode) -> Iterator[tuple[SgNode, SgNode]]:
    """Keys and values of an object, hash, map or array."""
    for pair in literal.children():
        if pair.kind() == "literal_value":  # Go: below the type
            yield from pairs_of(pair)
            continue
        children = [child for child in pair.children() if child.is_named()]
        if len(children) == 2 and pair.kind() not in _NO_PAIRS:
            yield children[0], children[1]


def names_beside(setting: SgNode) -> set[str]:
    """Names of the settings of the object, call or block in which a setting stands, its own too."""
    above = setting.parent()
    found = set()
    for item in above.children() if above is not None else ():
        named = [child for child in item.children() if child.is_named()]
        found.add((named[0] if named else item).text().strip("\"':"))
    return found


def literal_of(node: SgNode, file: SourceFile, depth: int = 4) -> SgNode | None:
    """The object, hash or map that an expression is, directly or as a constant of the file."""
    kind = node.kind()
    if kind in _OBJECTS:
        return node
    if depth <= 0:
        return None
    if kind == "unary_expression" and node.text().startswith("&"):
        return literal_of(node.children()[-1], file, depth - 1)
    if kind in _TRANSPARENT:
        inner = [child for child in node.children() if child.is_named() and "type" not in child.kind()]
        return (
            literal_of(inner[0 if "as_" in kind or "satisfies" in kind else -1], file, depth - 1)
            if inner
            else None
        )
    site = call_site(node)
    path = site.path if site is not None else path_of(node.text())
    if not _NAME.fullmatch(path):
        return None
    name = path.rpartition(".")[2].lstrip("$@")
    definitions = file.definitions.get(name, ()) if site is None else ()
    if not definitions and (site is None or path == name or path.startswith(_OWN)):  # or what a getter gives
        for function in file.functions_by_name.get(name, ()):
            for returned in file.returned_nodes(function)[:2]:
                if found := literal_of(returned, file, depth - 1):
                    return found
    for definition in definitions[:4]:
        if definition.value.range().start.index == node.range().start.index:
            continue
        if found := literal_of(definition.value, file, depth - 1):
            return found
    return None
