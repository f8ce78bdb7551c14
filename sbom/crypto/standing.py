"""How a site stands in its file: described by a test, only named, a value, in a module loaded right there."""

import re

from ast_grep_py import SgNode

from sbom.crypto.compared import is_expected, is_listed_as_text
from sbom.crypto.imports import module_path
from sbom.crypto.sites import Site

_HANDING = frozenset({"argument", "variable_declarator", "equals_value_clause", "arrow_expression_clause"})
_WRAPPERS = frozenset({"Some", "Ok"})
_LOADERS = frozenset({"require()", "import()", "()"})
_LOADED = re.compile(r"(?:new\s+)?\(?\s*(?:await\s+)?(?:require|import)\(\s*['\"]([^'\"\n]+)['\"]\s*\)")
_ANY_ARGUMENT = re.compile(
    r"(?:\w+\.)?(?:any|anyString|anyOrNull|anyObject|IsAny|isA)(?:<[\w.?<> ]*>)?\(.*\)"
)


def is_stub(site: Site) -> bool:
    """Whether a call describes calls, whatever they are given: `every { Cipher.getInstance(any()) }`."""
    return any(_ANY_ARGUMENT.fullmatch(item.node.text()[:100]) for item in site.arguments)


def is_only_named(site: Site) -> bool:
    """Whether a name or setting is expected by a test or one of a list of names, so that nothing uses it."""
    if site.kind == "name" and is_listed_as_text(site.node):
        return True
    return site.kind in ("name", "setting") and is_expected(site.node)


def is_csharp_value(node: SgNode) -> bool:
    """Whether a function of C# is an argument or what a variable is given, not called there."""
    above = node.parent()
    return above is not None and above.kind() in _HANDING


def loaded_module(text: str) -> str | None:
    """The module that an expression loads and is: `require('crypto')`."""
    loaded = _LOADED.fullmatch(text)
    return module_path(loaded[1]) if loaded else None


def around_wrapped(node: SgNode) -> SgNode | None:
    """What stands around `Some(…)` or `Ok(…)` of Rust, in whose argument list a value stands."""
    call = node.parent()
    if node.kind() != "arguments" or call is None or call.children()[0].text() not in _WRAPPERS:
        return None
    return call.parent()


def path_in_module(site: Site) -> str | None:
    """The full path of a site in a module that is loaded right there: `require('crypto').createHash`."""
    first, _, rest = site.path.partition(".")
    loaded = _LOADED.match(site.node.text()) if first in _LOADERS else None
    return f"{module_path(loaded[1])}.{rest}" if loaded and rest else None
