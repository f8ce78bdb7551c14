"""Values that constants of an enum are made with, and those that methods which set a property are given."""

import re

from ast_grep_py import SgNode

from sbom.crypto.declarations import Function
from sbom.crypto.kinds import kinds
from sbom.crypto.sites import Site
from sbom.crypto.source_file import SourceFile
from sbom.crypto.syntax import call_site, find_kinds, site_at

ENUM_CONSTANTS = frozenset({"enum_constant", "enum_entry", "enum_member_declaration"})
_ARGUMENTS = frozenset({"argument_list", "value_arguments"})
_CLASSES = kinds("classes")
_DEFAULTS = kinds("defaults")
_GETTER = re.compile(r"(?:get|is)([A-Z])(\w*)")
_MOST = 20


def property_of_getter(name: str) -> str | None:
    """The property that a method gives by its name: `getKeySize` gives `keySize`; null of other methods."""
    match = _GETTER.fullmatch(name)
    return match[1].lower() + match[2] if match else None


def setter_of(name: str) -> str | None:
    """The method that sets what another one gives: `setKeySize` of `getKeySize`; null of other methods."""
    match = _GETTER.fullmatch(name)
    return f"set{match[1]}{match[2]}" if match else None


def given_to_setters(setter: str, owner: str, file: SourceFile) -> list[SgNode]:
    """What calls of a setter in the file give, on an object of the same name."""
    sites = [site_at(leaf) for leaf in file.leaves_named(setter)[:_MOST]]
    return [
        site.arguments[0].node
        for site in sites
        if site is not None
        and site.kind == "call"
        and site.path == f"{owner}.{setter}"
        and len(site.arguments) == 1
    ]


def default_of(site: Site) -> SgNode | None:
    """What a chain of calls that declares an option gives it for a default value."""
    at: Site | None = site
    for _ in range(_MOST):
        if at is None or at.path.rpartition(".")[2] in _DEFAULTS:
            break
        at = call_site(at.receiver) if at.receiver is not None else None
    return at.arguments[0].node if at is not None and len(at.arguments) == 1 else None


def enum_arguments(constant: SgNode) -> list[SgNode]:
    """What a constant of an enum is made with."""
    lists = [child for child in constant.children() if child.kind() in _ARGUMENTS]
    return [_value(item) for child in lists for item in child.children() if item.is_named()]


def made_by_constants(function: Function, file: SourceFile, place: int) -> list[SgNode]:
    """What the constants of an enum give to a parameter of its constructor; none of other functions."""
    around = function.node.parent()
    while around is not None and around.kind() not in _CLASSES:
        around = around.parent()
    if around is None or "enum" not in around.text()[:200]:
        return []
    given = [enum_arguments(item) for item in find_kinds(around, file.grammar, ENUM_CONSTANTS)]
    return [items[place] for items in given if place < len(items)][:_MOST]


def _value(argument: SgNode) -> SgNode:
    named = [child for child in argument.children() if child.is_named()]
    return named[-1] if argument.kind() == "value_argument" and named else argument
