"""Settings of crypt(3): which hash they ask for, by the prefix that they begin with."""

import re
from collections.abc import Iterable, Mapping
from functools import cache

from ast_grep_py import SgNode

from sbom.crypto.algorithms import Algorithm
from sbom.crypto.catalogue import resolve_algorithm
from sbom.crypto.data import read_data
from sbom.crypto.kinds import kinds
from sbom.crypto.literals import Value
from sbom.crypto.source_file import SourceFile
from sbom.crypto.syntax import call_site

_DEPTH = 7
_PREFIX = re.compile(r"[a-z]?[\"'`]\\?\$(\w+)\\?\$")
_BEGINNING = re.compile(r"\$(\w+)\$")
_OPERATIONS = kinds("operations")


def crypt_algorithm(node: SgNode, file: SourceFile, values: Iterable[Value]) -> Algorithm | None:
    """The hash that a setting asks for, as far as its first piece is written: `"$6$" + salt`.

    `values` are what the whole setting may be worth.
    """
    prefix = _PREFIX.match(_first_piece(node)) or _printed(node, file)
    known = (_BEGINNING.match(str(value.text)) for value in values)
    prefix = prefix or next(filter(None, known), None)
    name = _formats().get(prefix[1]) if prefix else None
    return resolve_algorithm(name) if name else None


def _printed(node: SgNode, file: SourceFile) -> re.Match[str] | None:
    """What C prints into a buffer of this name: `snprintf(setting, n, "$6$%s", salt)`."""
    function = file.function_at(int(node.range().start.index)) if file.language.kin == "c" else None
    if function is None or not node.text().isidentifier():
        return None
    return re.search(rf'\bs\w*printf\s*\(\s*{node.text()}\b[^;"]*"\$(\w+)\$', function.node.text())


@cache
def _formats() -> Mapping[str, str]:
    formats: Mapping[str, str] = read_data("names.yaml")["crypt"]
    return formats


def _first_piece(node: SgNode) -> str:
    """What an expression begins with: of a sum its first summand, of a call its first argument."""
    for _ in range(_DEPTH):
        site = call_site(node)
        if site is not None and site.arguments:
            node = site.arguments[0].node
        elif node.kind() in _OPERATIONS and node.children():
            node = node.children()[0]
        else:
            break
    return node.text()
