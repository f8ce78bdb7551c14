"""Which site of a file an expression is: itself, or through variables, fields, functions and parameters."""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field

from ast_grep_py import SgNode

from sbom.crypto.algorithms import Algorithm
from sbom.crypto.catalogue import resolve_algorithm
from sbom.crypto.declarations import Function
from sbom.crypto.draft import Draft
from sbom.crypto.flow import assigned_values, is_hidden, values_of_parameter
from sbom.crypto.kinds import kinds
from sbom.crypto.objects import elements_of, pairs_of
from sbom.crypto.owners import of_class_around
from sbom.crypto.paths import path_of
from sbom.crypto.sites import Site
from sbom.crypto.source_file import SourceFile
from sbom.crypto.syntax import call_site

_DEPTH = 7
_OWN_FIELD = re.compile(r"(?:(?:this|self|cls)\.)?[\w$@]+")
_KEY_TYPE = re.compile(
    r"(?i)(rsa|dsa|ecdsa|ellipticcurve|ec|ed25519|ed448)(?:\.|_)?(?:Private|Public)Key", re.ASCII
)
_CLASS = re.compile(r"[A-Z]\w*")
_OVERLOADS = 4
_SELVES = frozenset({"this", "self", "cls"})
_SEVERAL = frozenset({"expression_list", "tuple"})
_OPERATIONS = kinds("operations") | {"boolean_operator"}
_OR = frozenset({"or", "||", "??", "?:"})
_OPENERS = frozenset(
    {"unwrap", "expect", "ok_or", "ok_or_else", "unwrap_or", "unwrap_or_else", "unwrap_or_default"}
)
_LOOKUPS = kinds("lookups")
_STRINGS = kinds("strings")


@dataclass(frozen=True, slots=True)
class Parts:
    """The drafts of one file by the expressions that they are."""

    file: SourceFile
    placed: Mapping[tuple[int, int, str], Draft]
    """Drafts by start, end and kind of their sites."""
    read: Callable[[Draft], None]
    """Reads a draft before another one takes it over."""
    told: dict[tuple[int, int, int, int], Draft | None] = field(default_factory=dict)
    """What expressions are, by begin, end, depth and the number of drafts; else variables that are given each
    other in many places would be followed on every way."""

    def at(self, node: SgNode, depth: int = _DEPTH) -> Draft | None:
        """The draft that an expression is, directly or through a variable."""
        if node.kind() == "reference_expression":
            node = node.children()[-1]
        span = node.range()
        start, end = int(span.start.index), int(span.end.index)
        for kind in ("call", "name"):
            if draft := self.placed.get((start, end, kind)):
                self.read(draft)
                return draft
        if depth <= 0 or node.kind() in _STRINGS:
            return None
        asked = (start, end, depth, len(self.placed))
        if asked not in self.told:
            self.told[asked] = self._at(node, start, depth)
        return self.told[asked]

    def _at(self, node: SgNode, start: int, depth: int) -> Draft | None:
        if node.kind() in ("cast_expression", "closure_expression"):  # Rust: LazyLock::new(|| made())
            return self.at(node.children()[-1], depth - 1)
        if node.kind() == "type_assertion_expression":  # Go: made().(cipher.Block)
            return self.at(node.children()[0], depth - 1)
        site = call_site(node)
        looked_up = node.children()[0] if site is not None and not site.arguments else node
        if looked_up.kind() in _LOOKUPS:  # or one that is called: hashes["a"]()
            item = self._looked_up(looked_up)
            return self.at(item, depth - 1) if item is not None else None
        if site is not None:
            if made := self._returned(site, depth):
                return made
            if not site.arguments and (named := self._called(site, depth)):
                return named
            receiver = site.receiver
            is_module = receiver is not None and receiver.text() in self.file.imports.names
            if receiver is not None and not is_module and not _CLASS.fullmatch(receiver.text()):
                return self.at(receiver, depth - 1)  # a builder: what the chain began with
            if len(site.arguments) == 1:  # a conversion of type
                return self.at(site.arguments[0].node, depth - 1)
            return None
        path = path_of(node.text())
        if _OWN_FIELD.fullmatch(path) or self._is_field(path):
            of_self = node if path.partition(".")[0] in _SELVES else None
            name = path.rpartition(".")[2].lstrip("$@")
            return self._named(name, start, depth, local="." not in path, of_self=of_self)
        children = [child for child in node.children() if child.is_named()]
        return self.at(children[-1], depth - 1) if len(children) == 1 else None

    def _looked_up(self, node: SgNode) -> SgNode | None:
        """What a list or table that is written out holds at a place or key: `curves[1]`, `curves["a"]`."""
        children = [child for child in node.children() if child.is_named()]
        if len(children) < 2:
            return None
        key = children[-1].text().strip("\"'`:")
        table = self._written(children[0])
        if table is None:
            return None
        if key.isdecimal() and (items := _items(table)):
            return items[int(key)] if int(key) < len(items) else None
        return next((value for name, value in pairs_of(table) if name.text().strip("\"'`:") == key), None)

    def _written(self, node: SgNode) -> SgNode | None:
        """The list or table that an expression is: written out, of a variable, or what a function returns."""
        for _ in range(_OVERLOADS):
            if _items(node) or any(True for _ in pairs_of(node)):
                return node
            site = call_site(node)
            start = int(node.range().start.index)
            if site is not None:
                functions = self.file.functions_by_name.get(site.path, ())
                values = self.file.returned_nodes(functions[0]) if len(functions) == 1 else []
            else:
                name = node.text().lstrip("$")
                before = [d.value for d in self.file.definitions.get(name, ()) if d.start < start]
                values = assigned_values(self.file, name, start) or before
            if not values:
                return None
            node = values[-1]
        return None

    def _called(self, site: Site, depth: int) -> Draft | None:
        """What a variable was given that is called: `make = hashes.SHA256`, `make()`."""
        if not _OWN_FIELD.fullmatch(site.path) or site.path.rpartition(".")[2] not in self.file.definitions:
            return None
        place = site.path.rpartition(".")
        found = self._named(place[2].lstrip("$@"), site.start, depth, local=not place[1])
        return found if found is not None and found.site.kind == "name" else None

    def _returned(self, site: Site, depth: int) -> Draft | None:
        """What the only function of that name in the file returns; of several values the first."""
        if not _OWN_FIELD.fullmatch(site.path):
            return None
        functions = self.file.functions_by_name.get(site.path.rpartition(".")[2], ())
        found: list[Draft] = []  # of functions of the same name those that hand on to one make the same
        for function in functions[:_OVERLOADS]:
            for node in self.file.returned_nodes(function)[:2]:
                first = next((child for child in node.children() if child.is_named()), node)
                value = first if node.kind() in _SEVERAL else node
                if part := self.at(_given_back(value, function, site), depth - 2):
                    found.append(part)
                    break
        return found[0] if found and all(part is found[0] for part in found) else None

    def _all_returned(self, node: SgNode, part: Draft) -> list[Draft]:
        """What the only function of that name returns one of, if the first of them is the part."""
        site = call_site(node)
        if site is None or not _OWN_FIELD.fullmatch(site.path) or site.start == part.site.start:
            return []
        functions = self.file.functions_by_name.get(site.path.rpartition(".")[2], ())
        returned = self.file.returned_nodes(functions[0]) if len(functions) == 1 else []
        firsts = [next((child for child in item.children() if child.is_named()), item) for item in returned]
        nodes = [
            first if item.kind() in _SEVERAL else item for item, first in zip(returned, firsts, strict=True)
        ]
        found = [made for item in nodes if (made := self.at(item, _DEPTH - 2))]
        return list({id(made): made for made in found}.values()) if part in found[:1] else []

    def _returned_choices(self, node: SgNode) -> list[SgNode]:
        """The operands of the choice that the only function of that name in the file is worth."""
        site = call_site(_opened(node))
        if site is None or not _OWN_FIELD.fullmatch(site.path):
            return []
        functions = self.file.functions_by_name.get(site.path.rpartition(".")[2], ())
        returned = self.file.returned_nodes(functions[0]) if len(functions) == 1 else []
        return _choices(returned[0]) if len(returned) == 1 else []

    def others_at(self, node: SgNode, draft: Draft) -> list[Draft]:
        """The drafts one of which an argument is; a site is not its own part: `self.x = seal(x)`."""
        return [part for part in self.all_at(node) if part is not draft]

    def all_at(self, node: SgNode, depth: int = 3) -> list[Draft]:
        """The drafts one of which an expression is: of a variable that branches set, or of a parameter."""
        if depth > 0 and (choices := _choices(node) or self._returned_choices(node)):
            made_by = {id(part): part for choice in choices for part in self.all_at(choice, depth - 1)}
            return list(made_by.values())
        part = self.at(node)
        path = path_of(node.text()).removesuffix("()")
        if part and (made := self._all_returned(node, part)):
            return made
        if depth <= 0 or not re.fullmatch(r"[\w$]+", path) or node.kind() in _STRINGS:
            return [part] if part else []
        start = int(node.range().start.index)
        values = assigned_values(self.file, path.lstrip("$"), start)
        function = self.file.function_at(start)
        if not values and function is not None and path in function.parameters:
            values = values_of_parameter(self.file, function, path)
        found: list[Draft] = []
        for value in values:
            if not _holds(value, start):
                found += [other for other in self.all_at(value, depth - 1) if other not in found]
        return found or ([part] if part else [])

    def owner_of(self, node: SgNode, depth: int = 2) -> Draft | None:
        """The draft that made the object of which an expression is a field: `pair.privateKey`."""
        path, start = path_of(node.text().lstrip("&")), int(node.range().start.index)
        owner, dot, _ = path.rpartition(".")
        if not dot and depth > 0 and _OWN_FIELD.fullmatch(path):  # Go: public := &private.PublicKey
            values = assigned_values(self.file, path.lstrip("$@"), start)
            return self.owner_of(values[0], depth - 1) if len(values) == 1 else None
        if not dot or not _OWN_FIELD.fullmatch(owner):
            return None
        return self._named(owner.rpartition(".")[2].lstrip("$@"), start, _DEPTH, local="." not in owner)

    def algorithms_of_type(self, node: SgNode) -> Iterator[Algorithm]:
        """Algorithms that the declared type of a key says: `rsa.RSAPrivateKey`, `ECPrivateKey`."""
        for declared in self.file.types.get(path_of(node.text()).rpartition(".")[2].lstrip("$@"), ()):
            if match := _KEY_TYPE.search(declared):
                name = match[1].lower()
                if found := resolve_algorithm("EC" if name.startswith(("ec", "ell")) else name):
                    yield found

    def _named(
        self, name: str, start: int, depth: int, *, local: bool, of_self: SgNode | None = None
    ) -> Draft | None:
        function = self.file.function_at(start) if local else None
        definitions = self.file.definitions.get(name, [])
        if function is not None:
            inside = [item for item in definitions if function.start <= item.start < start]
            if not inside and name in function.parameters:
                return None
            definitions = inside or [d for d in definitions if not is_hidden(d, start, self.file)]
        elif local:  # of a script: what it was last given above
            seen = [d for d in definitions if d.start < start and not is_hidden(d, start, self.file)]
            definitions = seen or definitions
        elif of_self is not None:
            definitions = of_class_around(definitions, of_self)
        values = [definition.value for definition in reversed(definitions)]
        for value in values if local else [*values, *self.file.fields.get(name, ())]:
            if not _holds(value, start) and (part := self.at(value, depth - 1)):
                return part
        return None

    def _is_field(self, path: str) -> bool:
        """Whether a path is a field of Go's receiver, or of another variable of the file."""
        owner, dot, field_name = path.partition(".")
        return bool(dot) and field_name in self.file.fields and owner not in self.file.imports.names


def _holds(value: SgNode, start: int) -> bool:
    """Whether a place stands in a value: `engine = Padded(engine)` is given what it was before."""
    span = value.range()
    return int(span.start.index) <= start < int(span.end.index)


def _given_back(value: SgNode, function: Function, site: Site) -> SgNode:
    """What a function returns of what it is given: of a parameter the argument."""
    if value.text() not in function.parameters:
        return value
    place = function.parameters.index(value.text())
    named = [given.node for given in site.arguments if given.name == value.text()]
    positional = [given.node for given in site.arguments if given.name is None]
    return next(iter(named or positional[place : place + 1]), value)


def _items(node: SgNode) -> list[SgNode]:
    """The elements of a list that is written out, or of several values that are returned."""
    if node.kind() in _SEVERAL:
        return [child for child in node.children() if child.is_named()]
    return elements_of(node)


def _opened(node: SgNode) -> SgNode:
    """What Rust takes out of an option or result: of `known(name).unwrap()` and `known(name)?` the call."""
    if node.kind() == "try_expression":
        return _opened(node.children()[0])
    site = call_site(node)
    if site is None or site.receiver is None or site.path.rpartition(".")[2] not in _OPENERS:
        return node
    return _opened(site.receiver)


def _choices(node: SgNode) -> list[SgNode]:
    """The operands of an expression that is one of them: `signing_key or key`, `given ?? own`, a match."""
    if node.kind() == "expression_statement":  # Rust: what a block is worth
        node = node.children()[0]
    children = node.children()
    if node.kind() == "match_expression" and children[-1].kind() == "match_block":
        arms = [arm for arm in children[-1].children() if arm.kind() == "match_arm"]
        return [[child for child in arm.children() if child.is_named()][-1] for arm in arms]
    if node.kind() not in _OPERATIONS or len(children) != 3 or children[1].text() not in _OR:
        return []
    return children[::2]
