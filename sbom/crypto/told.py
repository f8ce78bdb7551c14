"""Where a site is told that is not told where it stands: at an argument, or where a check is declared."""

from ast_grep_py import SgNode

from sbom.crypto.objects import given
from sbom.crypto.pattern import Pattern
from sbom.crypto.rulebook import Rule
from sbom.crypto.sites import Site
from sbom.crypto.source_file import SourceFile


def told_at(rule: Rule, pattern: Pattern, site: Site, file: SourceFile) -> int | None:
    """Where the argument begins at which a rule tells its sites; null for rules without one."""
    for argument in pattern.arguments if rule.told_at else ():
        if argument.role == rule.told_at and (node := given(site, argument, file)) is not None:
            return int(node.range().start.index)
    if rule.body == "accepts" and (around := file.function_at(site.start)) is not None:
        return around.start
    if {"always-true", "may-accept"} & set(rule.when.get("VALUE", ())):
        return _defined_at(pattern, site, file)
    return None


def _defined_at(pattern: Pattern, site: Site, file: SourceFile) -> int | None:
    """Where what agrees to everything is defined, if it is handed over by its name."""
    for argument in pattern.arguments:
        node = given(site, argument, file) if argument.role == "VALUE" else None
        name = own_name(node) if node is not None else ""
        for definition in file.definitions.get(name, ())[:1]:
            return int(definition.value.range().start.index)
        for function in file.functions_by_name.get(name, ())[:1]:
            given_by = (
                file.returned_nodes(function) if node is not None and node.text().endswith("()") else []
            )
            return int(given_by[0].range().start.index) if given_by else function.start
    return None


def own_name(node: SgNode) -> str:
    """The name of what the file itself may define; empty for other expressions."""
    name = node.text().removeprefix("this.").removeprefix("this::").removeprefix("self.")
    name = name.removesuffix("()")
    return name if name.isidentifier() else ""
