"""What an object is, as far as the file tells: by its declared type, or by what it was made with."""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from ast_grep_py import SgNode

from sbom.crypto.flow import values_of_parameter
from sbom.crypto.paths import path_of
from sbom.crypto.source_file import SourceFile
from sbom.crypto.syntax import call_site

_DEPTH = 5
_MOST_LINKS = 40
"""Calls of one chain that are gone through."""
_OVERLOADS = 2
_MOST_GIVEN = 4
"""Callers whose argument is looked at."""
_SELVES = frozenset({"this", "self", "cls", "super"})


@dataclass(frozen=True, slots=True)
class TypeSays:
    """What a rule says of sites on objects of a type; the type is a dotted path, `*` any part of a name."""

    notation: str
    path: re.Pattern[str]
    says: Mapping[str, Any]


def type_says(notation: str, says: Mapping[str, Any]) -> TypeSays:
    """Compile the notation of a type: `a.b.{RSA,RSACng}` also stands for what it makes, `a.b.RSA.Create`."""
    parts = re.split(r"(\*|\{[^{}]*\})", notation)
    regex = "".join(
        r"\w*"
        if part == "*"
        else "(?:" + "|".join(map(re.escape, part[1:-1].split(","))) + ")"
        if part.startswith("{")
        else re.escape(part)
        for part in parts
    )
    return TypeSays(notation, re.compile(rf"{regex}(?:\..*)?"), says)


def says_of_type(
    receiver: SgNode | None,
    types: tuple[TypeSays, ...],
    file: SourceFile,
    is_own_class: Callable[[str], bool],
) -> Mapping[str, Any] | None:
    """What the first of the types that the receiver has says; null where it has none of them.

    Classes that the repository itself declares are none of a library's.
    """
    if receiver is None:
        return None
    for origin in origins(receiver, file):
        for item in types:
            if item.path.fullmatch(origin) and not is_own_class(origin):
                return item.says
    return None


def is_own(receiver: SgNode | None, path: str, file: SourceFile) -> bool:
    """Whether a method is called on an object of a class that the file itself declares."""
    first = path.partition(".")[0]
    if first in file.own_names and first not in file.imports.names:
        return True
    if receiver is None or not file.own_names:
        return False
    if path_of(receiver.text()) in _SELVES:
        method = path.rpartition(".")[2]
        return any(function.name == method for function in file.functions)
    found = list(origins(receiver, file))
    return bool(found) and all(origin.partition(".")[0] in file.own_names for origin in found)


def origins(node: SgNode, file: SourceFile, depth: int = _DEPTH) -> Iterator[str]:
    """Full dotted paths of the type of an expression, or of what makes it; several where names are reused."""
    if depth <= 0:
        return
    for _ in range(_MOST_LINKS):  # what a method gives belongs to what it is called on
        site = call_site(node)
        if site is None:
            break
        if site.path == "new" and len(site.arguments) == 1:  # Go: new(jwt.Parser)
            yield from _full(path_of(site.arguments[0].node.text()), file)
        if "()" not in site.path:
            yield from _full(site.path, file)
        if site.receiver is None:
            yield from _returned(site.path, file, depth)
            return
        if path_of(site.receiver.text()) in _SELVES:
            yield from _returned(site.path.rpartition(".")[2], file, depth)
        node = site.receiver
    path = path_of(node.text())
    children = [child for child in node.children() if child.is_named()]
    if re.fullmatch(r"[\w$@.]+", path):
        name = path.rpartition(".")[2].lstrip("$@")
        offset = int(node.range().start.index)
        for declared in file.types.get(name, ()):
            yield from _full(declared, file)
        definitions = file.definitions.get(name, [])
        function = file.function_at(offset)
        if function is not None and "." not in path:
            local = [item for item in definitions if function.start <= item.start < offset]
            begun = [item for item in local if not _goes_on(item.value, name)]
            definitions = begun[-1:] or local[-1:] or definitions
            if not local and name in function.parameters:  # not what other functions call so
                for given in values_of_parameter(file, function, name)[:_MOST_GIVEN]:
                    yield from origins(given, file, depth - 1)
                return
        for definition in definitions[:4]:
            if definition.value.range().start.index != offset:
                yield from origins(definition.value, file, depth - 1)
        if not definitions and name not in file.types:
            yield from _full(path, file)
        return
    for child in children:
        if "type" in child.kind():  # a cast
            yield from _full(path_of(child.text()), file)
    if children:
        yield from origins(children[-1], file, depth - 1)


def _returned(name: str, file: SourceFile, depth: int) -> Iterator[str]:
    """What a function of the file gives: by its declared type, else by what it returns."""
    for function in file.functions_by_name.get(name, ())[:_OVERLOADS]:
        head = function.node.text()[:200].partition("(")[0]
        if declared := re.search(rf"([A-Z][\w.]*)(?:<[^<>]*>)?\s+{re.escape(name)}\s*$", head):
            yield from _full(declared[1], file)
            continue
        for node in file.returned_nodes(function)[:2]:
            yield from origins(node, file, depth - 1)


def _goes_on(value: SgNode, name: str) -> bool:
    """Whether a value is made of the variable's former one: `made = made.issuer(n)`, `b = f(b)`."""
    return re.match(rf"(?:[\w.]+\(\s*)?{re.escape(name)}\s*[.,)]", value.text()[:200]) is not None


def _full(path: str, file: SourceFile) -> Iterator[str]:
    yield from file.imports.full_paths(path)
