"""Lists that are made of other ones: what passes a filter, what is taken over element by element."""

import re

from ast_grep_py import SgNode

from sbom.crypto.sites import Site
from sbom.crypto.syntax import call_site

_COMPREHENSIONS = frozenset({"list_comprehension", "set_comprehension", "generator_expression"})
_MEMBER_OF = re.compile(r"\b([\w.]+)\.(?:includes|has|indexOf|contains|include\?)\(")
_OF_FILTERS = frozenset({"filter", "select"})
_MOST_TEXT = 400


def filtered_list(node: SgNode) -> SgNode | None:
    """The list whose elements are all that a comprehension may hold: `[a for a in given if a in KNOWN]`.

    It is the one that its condition asks for membership in, else the one that it goes through; null where
    its elements are something made of those of the list, and for other expressions.
    """
    if node.kind() not in _COMPREHENSIONS:
        return None
    parts = [child for child in node.children() if child.is_named()]
    source = next((part for part in parts if part.kind() == "for_in_clause"), None)
    if source is None or len(source.children()) < 4 or parts[0].text() != source.children()[1].text():
        return None
    for condition in parts:
        if condition.kind() == "if_clause" and (known := _asked_in(condition, parts[0].text())) is not None:
            return known
    return source.children()[-1]


def filtered_call(site: Site) -> SgNode | None:
    """The list whose elements are all that `list.filter(…)` may hold: `given.filter(a => KNOWN.has(a))`."""
    if site.path.rpartition(".")[2] not in _OF_FILTERS or site.receiver is None or not site.arguments:
        return None
    condition = site.arguments[0].node
    asked = _MEMBER_OF.search(condition.text()[:_MOST_TEXT])
    return _named(condition, asked[1]) if asked else site.receiver


def _asked_in(node: SgNode, name: str) -> SgNode | None:
    """The list in which a condition looks for a variable: `name in KNOWN`."""
    children = node.children()
    if len(children) == 3 and children[1].text() == "in" and children[0].text() == name:
        return children[2]
    return next((found for child in children if (found := _asked_in(child, name)) is not None), None)


def _named(node: SgNode, path: str) -> SgNode | None:
    """The expression below a node on which a method is called."""
    site = call_site(node)
    if site is not None and site.receiver is not None and site.receiver.text() == path:
        return site.receiver
    return next((found for child in node.children() if (found := _named(child, path)) is not None), None)
