"""Which class a function belongs to, and whether a call is one of it or of another class's namesake."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from ast_grep_py import SgNode

from sbom.crypto.declarations import Definition, Function
from sbom.crypto.kinds import kinds
from sbom.crypto.receivers import origins
from sbom.crypto.sites import Given, Site
from sbom.crypto.source_file import SourceFile
from sbom.crypto.syntax import find_kinds

_CLASSES = kinds("classes")
_ARGUMENTS = kinds("argument_lists") | {"value_arguments"}
_BASE_CALLS = frozenset(
    {"explicit_constructor_invocation", "constructor_initializer", "constructor_invocation"}
)
_CONSTRUCTORS = frozenset({"__init__", "__construct", "constructor", "init"})
_SELVES = frozenset({"this", "self", "super", "cls", "parent", "static", "base", "Self"})
_HEADER = re.compile(
    r"\b(?:class|interface|enum|record|struct|object|trait|impl|module|protocol|extension|actor)\b([^{\n]*"
    r"(?:\n[^{\n]*){0,3})"
)
_LONGEST_HEADER = 1000
_CLASS_NAME = re.compile(r"\b_?[A-Z]\w*")
_BY_LABELS = frozenset({"swift"})
"""Languages whose calls give every argument a label."""


@dataclass(frozen=True, slots=True)
class Called:
    """A function whose callers are asked for, as they call it."""

    name: str
    parameters: tuple[str, ...]
    least: int
    """Parameters without a default value."""
    owners: frozenset[str]
    """Its class and what that is derived from; none of a function outside of classes."""
    path: str
    """The file that declares it."""


def called(function: Function, file: SourceFile) -> Called:
    """What a call of a function looks like; a constructor is called by the name of its class."""
    owner, owners = _owners(function, file)
    name = owner if function.name in _CONSTRUCTORS and owner else function.name
    least = sum(default is None for default in function.defaults)
    return Called(name, function.parameters, least, owners, file.path)


def class_of(function: Function, file: SourceFile) -> str:
    """The name of the class that a function belongs to; empty of one outside of classes."""
    return _owners(function, file)[0]


def owners_of(function: Function, file: SourceFile) -> frozenset[str]:
    """The class of a function and what that is derived from."""
    return _owners(function, file)[1]


def is_call_of(site: Site, function: Called, file: SourceFile) -> bool | None:
    """Whether a call with the function's name is one of it; null if what it is called on is not told."""
    before, _, name = site.path.rpartition(".")
    if name != function.name:
        return False
    owners = function.owners
    if name in owners:  # a constructor
        return True
    if not before or before in _SELVES:
        if file.path == function.path:
            return True
        own = any(item.name == name for item in file.functions)
        return not own and (not owners or not owners.isdisjoint(file.words))
    first = before.partition(".")[0]
    if not owners:
        is_module = first in file.imports.names or "::" in site.node.text()[: len(site.path) + 40]
        return None if is_module else False
    paths = list(origins(site.receiver, file)) if site.receiver is not None else []
    paths.append(before)
    if any(not owners.isdisjoint(path.split(".")) for path in paths):
        return True
    types = {path.rpartition(".")[2] for path in paths if _CLASS_NAME.fullmatch(path.rpartition(".")[2])}
    if types and not any(_derives(file, item, owners) for item in types):
        return False
    return None


def base_calls(function: Called, file: SourceFile) -> Iterator[Site]:
    """Calls of a constructor by derived classes: `super(…)`, `: base(…)`, `: Base(…)` of Kotlin."""
    if function.name not in function.owners or function.name not in file.words:
        return
    for node in find_kinds(file.root, file.grammar, _BASE_CALLS):
        arguments = next((child for child in node.children() if child.kind() in _ARGUMENTS), None)
        if node.kind() == "constructor_invocation":
            is_base = node.text().startswith(function.name)
        else:
            header = _HEADER.search(_class_text(node))
            is_base = header is not None and function.name in re.findall(r"\w+", header[1])[1:]
        if is_base and arguments is not None:
            given = [Given(None, _inner_value(child)) for child in arguments.children() if child.is_named()]
            yield Site(node, "call", function.name, given)


def _inner_value(argument: SgNode) -> SgNode:
    """The expression of an argument without the node around it."""
    named = [child for child in argument.children() if child.is_named()]
    return named[-1] if argument.kind() in ("argument", "value_argument") and named else argument


def _class_text(node: SgNode) -> str:
    above = _class_around(node)
    return above.text()[:_LONGEST_HEADER] if above is not None else ""


def _class_around(node: SgNode) -> SgNode | None:
    above = node.parent()
    while above is not None and above.kind() not in _CLASSES:
        above = above.parent()
    return above


def of_class_around(definitions: list[Definition], node: SgNode) -> list[Definition]:
    """Those definitions that stand in the class around a node; all where none does."""
    above = _class_around(node)
    if above is None:
        return definitions
    span = above.range()
    return [d for d in definitions if span.start.index <= d.start < span.end.index] or definitions


def argument_at(function: Called, site: Site, place: int, language: str) -> Given | None:
    """What a call gives for a parameter; null where its arguments are not those of the function."""
    named = [given for given in site.arguments if given.name == function.parameters[place]]
    if named:
        return named[0]
    given = [item for item in site.arguments if item.name is None or language in _BY_LABELS]
    if function.least <= len(site.arguments) <= len(function.parameters) and place < len(given):
        return given[place]
    return None


def _owners(function: Function, file: SourceFile) -> tuple[str, frozenset[str]]:
    """The class of a function, and the names by which a variable may be declared that holds one of it."""
    if file.language.name == "go":
        receiver = re.match(r"func\s*\(\s*\w*\s*\*?\s*(\w+)", function.node.text()[:200])
        return (receiver[1], frozenset({receiver[1]})) if receiver else ("", frozenset())
    written = re.search(rf"\b(\w+)::~?{re.escape(function.name)}\s*\(", function.node.text()[:400])
    if written and file.language.kin == "c":
        return written[1], frozenset({written[1]})
    node = function.node.parent()
    while node is not None and node.kind() not in _CLASSES:
        node = node.parent()
    header = _HEADER.search(node.text()[:_LONGEST_HEADER]) if node is not None else None
    if header is None:
        return "", frozenset()
    head = header[1].partition("\n")[0] if file.language.name in ("python", "ruby") else header[1]
    names = [name for name in re.findall(r"\w+", head) if name not in ("for", "where")]
    owner = names[0] if names else ""
    if (
        node is not None
        and node.kind() == "impl_item"
        and (of := re.search(r"\bfor\s+(?:\w+::)*(\w+)", head))
    ):
        owner = of[1]
    return owner, frozenset({owner, *_CLASS_NAME.findall(head)})


def _derives(file: SourceFile, name: str, owners: frozenset[str]) -> bool:
    """Whether a class that the file itself declares is derived from one of the owners."""
    if name not in file.own_names:
        return False
    header = re.search(
        rf"\b(?:class|interface|struct|object|enum)\s+{re.escape(name)}\b([^{{\n]*)", file.text
    )
    return header is not None and not owners.isdisjoint(re.findall(r"\w+", header[1]))
