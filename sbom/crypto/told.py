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
    """Where what agrees to everything is defined, where its name is handed over or an object without one."""
    for argument in pattern.arguments:
        node = given(site, argument, file) if argument.role == "VALUE" else None
        if node is not None and (method := _method_within(node, file)) is not None:
            return method
        name = own_name(node) if node is not None else ""
        for definition in file.definitions.get(name, ())[:1]:
            method = _method_within(definition.value, file)
            return int(definition.value.range().start.index) if method is None else method
        for function in file.functions_by_name.get(name, ())[:1]:
            given_by = (
                file.returned_nodes(function) if node is not None and node.text().endswith("()") else []
            )
            return int(given_by[0].range().start.index) if given_by else function.start
    return None


def _method_within(node: SgNode, file: SourceFile) -> int | None:
    """Where the one method of an anonymous object of Java begins."""
    if node.kind() != "object_creation_expression" or file.language.name != "java":
        return None
    span = node.range()
    within = [item for item in file.functions if span.start.index <= item.start < span.end.index]
    name = within[0].node.field("name") if len(within) == 1 else None
    return int(name.range().start.index) if name is not None else None


def own_name(node: SgNode) -> str:
    """The name of what the file itself may define; empty for other expressions."""
    name = node.text().removeprefix("this.").removeprefix("this::").removeprefix("self.")
    name = name.removesuffix("()")
    return name if name.isidentifier() else ""
