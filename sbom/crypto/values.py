"""What an expression is worth, as far as the file and the repository tell.

A value is followed through constants, assignments, concatenation, enum constants, parameters to their call
sites, return values and configuration keys, each step bounded. Where several values are possible, all are
given; where none can be told, none is.
"""

import re
from dataclasses import replace
from itertools import product

from ast_grep_py import SgNode

from sbom.crypto.accessors import (
    ENUM_CONSTANTS,
    default_of,
    enum_arguments,
    given_to_setters,
    made_by_constants,
    setter_of,
)
from sbom.crypto.constants import known_constant
from sbom.crypto.declarations import Definition, Function
from sbom.crypto.elsewhere import paths_elsewhere
from sbom.crypto.filtered import filtered_call, filtered_list
from sbom.crypto.flow import assigned_values, elements_for
from sbom.crypto.key_algorithms import algorithms_of_key_function, declared_key, function_at, maker_of_key
from sbom.crypto.kinds import kinds
from sbom.crypto.literals import MOST_VALUES, Value, calculate, changed, distinct, joined, number
from sbom.crypto.objects import literal_of, pairs_of
from sbom.crypto.owners import Called, argument_at, called, class_of, is_call_of
from sbom.crypto.paths import path_of
from sbom.crypto.project import Inquirer, Project
from sbom.crypto.receivers import origins
from sbom.crypto.shapes import bracketless_call
from sbom.crypto.sites import Site
from sbom.crypto.source_file import SourceFile
from sbom.crypto.syntax import call_site, site_at
from sbom.crypto.texts import pieces_of

_DEPTH = 8
_MOST_STEPS = 400
"""Expressions looked at for the values of one: a name with many definitions leads to many more."""
_STRINGS = kinds("strings")
_NUMBERS = kinds("numbers")
_NAMES = kinds("names")
_BLOCKS = kinds("blocks")
_TRANSPARENT = kinds("transparent")
_CHOICES = kinds("choices")
_SUMS = kinds("operations") | {"boolean_operator"}
_SAME_TEXT = kinds("same_text")
_LOWER = kinds("lower")
_UPPER = kinds("upper")
_FALLBACKS = kinds("fallbacks")
_GETTERS = kinds("configuration")
_LOOKUPS = kinds("lookups")
_SERIES = kinds("series")
_TYPED_SERIES = kinds("typed_series")
_DEFAULTS = kinds("defaults")
_OTHERWISE = kinds("otherwise")
_LIST_MAKERS = kinds("list_makers")
_CONSTRUCTORS = frozenset({"constructor", "__construct"})
_ENUM_CONSTANT = re.compile(r"(?:\w+\.)*[A-Z]\w*\.[A-Z][A-Z0-9_]*")


class Evaluator(Inquirer):
    """Values of expressions of one file."""

    def __init__(self, file: SourceFile, project: Project | None = None) -> None:
        super().__init__(file, project)
        self._steps = 0
        self.static_answers: dict[tuple[int, int, int], bool] = {}
        """What `is_static` said, by begin and end of the expression and depth."""
        self.handed_bits: dict[tuple[int, str, int, str | None, str], int | None] = {}
        """Bits of what callers give for a parameter, by its function's begin, name, depth, property and
        reading."""
        self._given: dict[tuple[int, str, int], list[Value]] = {}
        """What callers give for a parameter, by its function's begin, name and depth; else functions that
        call each other would be followed on every way."""
        self._alone: Evaluator | None = None

    def alone(self) -> "Evaluator":
        """Values as far as the file itself tells."""
        self._alone = self._alone or Evaluator(self.file)
        return self._alone

    def key_functions(self, node: SgNode) -> list[Value]:
        """Names of the algorithms whose keys a function gives, that an expression names or is."""
        function = function_at(node, self.file)
        for value in assigned_values(self.file, node.text(), int(node.range().start.index)):
            function = function or function_at(value, self.file)
        if function is not None and node.kind() != "func_literal":
            return algorithms_of_key_function(function, self.file, self.values)
        return self.values(node)

    def values(self, node: SgNode, depth: int = _DEPTH) -> list[Value]:
        """All values that an expression may have; empty if none can be told."""
        self._steps = 0 if depth == _DEPTH else self._steps + 1
        if depth <= 0 or self._steps > _MOST_STEPS:
            return []
        return distinct(self._values(node, depth))[:MOST_VALUES]

    def _values(self, node: SgNode, depth: int) -> list[Value]:
        kind = node.kind()
        if kind in _STRINGS:
            return self._string(node, depth)
        if kind in _NUMBERS:
            written = number(node.text())
            return [] if written is None else [Value(written)]
        if kind in _SUMS:
            return self._operation(node, depth)
        if kind in _CHOICES:
            branches = [child for child in node.children() if child.is_named()]
            branches = branches if kind == "elvis_expression" else branches[1:]
            if self.file.language.name == "python" and len(branches) == 2:
                branches = [child for child in node.children() if child.is_named()][::2]
            return [replace(v, certain=False) for branch in branches for v in self.values(branch, depth - 1)]
        if kind in _TYPED_SERIES and (listed := node.children()[-1:]):
            if listed[0].kind() in _SERIES:
                return self._values(listed[0], depth)
            items = [child.children()[0] for child in node.children() if len(child.children()) == 1]
            return [value for item in items[:MOST_VALUES] for value in self.values(item, depth - 1)]
        if kind in _SERIES:
            items = [child for child in node.children() if child.is_named()]
            return [value for item in items[:MOST_VALUES] for value in self.values(item, depth - 1)]
        if kind in _LOOKUPS:
            return self._looked_up(node, depth)
        if (passed := filtered_list(node)) is not None:
            return self._values(passed, depth)
        if kind == "func_literal":  # Go: what gives a check of tokens its key
            function = function_at(node, self.file)
            return algorithms_of_key_function(function, self.file, self.values) if function else []
        if kind == "preproc_arg":
            return self._macro(node.text().strip(), depth)
        if kind in ENUM_CONSTANTS:
            return self._enum_texts(node)
        if site := call_site(node):
            return self._call(site, depth)
        if kind in _NAMES:
            found = self._name(node, depth)
            if not found and self.file.language.bracketless and (site := bracketless_call(node)):
                return self._call(site, depth)
            return found
        if kind in _BLOCKS or kind == "case_clause":
            inner = [child for child in node.children() if child.is_named()]
            return self.values(inner[-1], depth - 1) if inner else []
        if kind == "match_expression" and node.children()[-1].kind() == "case_block":
            clauses = [child for child in node.children()[-1].children() if child.is_named()]
            return [replace(v, certain=False) for clause in clauses for v in self.values(clause, depth - 1)]
        if kind in _TRANSPARENT:
            inner = [child for child in node.children() if child.is_named() and "type" not in child.kind()]
            return self.values(inner[-1], depth - 1) if inner else []
        return []

    def _looked_up(self, node: SgNode, depth: int) -> list[Value]:
        """What a table of the file holds at a key or place: of an unknown one, everything."""
        children = [child for child in node.children() if child.is_named()]
        if len(children) < 2:
            return []
        keys = {str(value.text) for value in self.values(children[-1], depth - 1)}
        return self._held(children[0], keys, depth)

    def _held(self, table: SgNode, keys: set[str], depth: int) -> list[Value]:
        literal = literal_of(table, self.file)
        if literal is None:
            return []
        pairs = list(pairs_of(literal))
        chosen = [value for key, value in pairs if not keys or key.text().strip("\"'`:") in keys]
        found = [value for node in chosen[:MOST_VALUES] for value in self.values(node, depth - 1)]
        return found if len(chosen) == 1 else [replace(value, certain=False) for value in found]

    def _string(self, node: SgNode, depth: int) -> list[Value]:
        return joined(
            [
                [Value(piece)]
                if isinstance(piece, str)
                else self._name(piece, depth - 1)
                if piece.kind() in ("interpolated_identifier", "variable_name")
                else self.values(piece, depth - 1)
                for piece in pieces_of(node)
            ]
        )

    def _operation(self, node: SgNode, depth: int) -> list[Value]:
        children = node.children()
        if len(children) != 3:
            return []
        sign = children[1].text()
        lefts, rights = self.values(children[0], depth - 1), self.values(children[2], depth - 1)
        if sign in ("||", "??", "or"):
            return [replace(value, certain=False) for value in (*lefts, *rights)]
        if sign == "and":
            return [replace(value, certain=False) for value in rights]
        if children[0].kind() in _SERIES or children[2].kind() in _SERIES:  # lists that are joined
            return [*lefts, *rights] if sign == "+" else []
        if not lefts or not rights:
            return []
        found = []
        for left, right in product(lefts, rights):
            certain = left.certain and right.certain
            if isinstance(left.text, int) and isinstance(right.text, int):
                result = calculate(left.text, sign, right.text)
                if result is not None:
                    found.append(Value(result, certain))
            elif sign in ("+", ".", ".."):
                found.append(Value(f"{left.text}{right.text}", certain))
        return found

    def _macro(self, text: str, depth: int) -> list[Value]:
        text = text.strip("() \t")
        if match := re.fullmatch(r'"([^"]*)"', text):
            return [Value(match[1])]
        written = number(text)
        if written is not None:
            return [Value(written)]
        if re.fullmatch(r"[A-Za-z_]\w*", text):
            return self._defined(text, -1, depth - 1)
        return []

    def _enum_texts(self, node: SgNode) -> list[Value]:
        """The first text that an enum constant is made with, else its own name."""
        for item in enum_arguments(node):
            if values := [value for value in self.values(item, 2) if isinstance(value.text, str)]:
                return values[:1]
        return [Value(node.children()[0].text())] if node.children() else []

    def _name(self, node: SgNode, depth: int) -> list[Value]:
        path = path_of(node.text()).lstrip("@.")
        if not path or "()" in path:
            return []
        found = self._defined(path, int(node.range().start.index), depth)
        if not found and (owner := path.rpartition(".")[0]):  # a property of a constant that callers give
            found = self._of_parameter(owner, int(node.range().start.index), depth)
        if not found and "." not in path:
            found = self._returned(path, depth)  # a method that is called without brackets
        full_paths = list(self.file.imports.full_paths(path)) if not found else []
        known = [value for value in map(known_constant, full_paths) if value is not None]
        if known:
            return [Value(known[0])]
        if not found and self.asks_elsewhere() and not self._is_variable(path, node):
            elsewhere = list(paths_elsewhere(path, full_paths[0] if full_paths else path, self.file))
            if "." in path:
                elsewhere += self._paths_of_member(path, elsewhere[0] if elsewhere else path, None)
            if _ENUM_CONSTANT.fullmatch(path.rpartition(".")[0]):  # a property of a constant
                elsewhere += [item.rpartition(".")[0] for item in elsewhere[:1]]
            for full in dict.fromkeys(elsewhere):
                found = found or [Value(v, False) for v in self.constants_at(full)]
        return found or declared_key(node, self.file)

    def _is_variable(self, path: str, node: SgNode) -> bool:
        """Whether a bare name is a variable or parameter of the file, whatever it is worth."""
        if "." in path or path.isupper():
            return False
        function = self.file.function_at(int(node.range().start.index))
        return path in self.file.definitions or (function is not None and path in function.parameters)

    def _paths_of_member(self, path: str, full: str, receiver: SgNode | None) -> list[str]:
        """What a member may be called in full: by the type of the variable that it is a member of, too."""
        before, _, name = path.rpartition(".")
        variable = before.rpartition(".")[2]
        declared = self.file.types.get(variable, ()) if receiver is None else origins(receiver, self.file)
        types = dict.fromkeys(item.rpartition(".")[2] for item in declared)
        return [full, *(f"{item}.{name}" for item in types if item != variable and item[:1].isupper())][:4]

    def _defined(self, path: str, offset: int, depth: int) -> list[Value]:
        before, _, name = path.rpartition(".")
        name = name.lstrip("$")  # PHP: self::$name
        for definition in self.file.definitions.get(before.rpartition(".")[2], ()) if before else ():
            if definition.value.kind() in ENUM_CONSTANTS:  # a property of an enum constant
                return self._enum_texts(definition.value)
        definitions = self.file.definitions.get(name, [])
        around = self.file.functions_around(offset) if offset >= 0 and "." not in path else []
        for function in around:  # of a closure those around it, too
            local = [
                d
                for d in definitions
                if function.start <= d.start < min(function.end, offset)
                and d.value.range().start.index != offset  # the assignment that it stands in
            ]
            if local:
                return self._all_of([d.value for d in local], depth)
            if name in function.parameters:
                return self._parameter(function, name, depth)
        taking = self.file.functions_by_parameter.get(name, ())
        outside = [
            d
            for d in definitions  # this.name = name: a field
            if d.value.text().lstrip("$") == name or not any(f.start <= d.start < f.end for f in taking)
        ]
        if "." not in path:  # what is put into other objects is not the name's
            outside = [d for d in outside if not d.owner] or outside
        if before and (own := self._put_before(before, outside, offset)):
            outside = own
        if outside and ((put := self._all_of([d.value for d in outside], depth)) or "." not in path):
            return put
        if "." in path and (fields := self.file.fields.get(name)):
            return self._all_of(fields, depth)
        if before and (of_type := self._property_of_type(before.rpartition(".")[2], name, depth)):
            return of_type
        for constructor in self.file.primary_constructors if "." not in path.removeprefix("this.") else ():
            if name in constructor.parameters:
                return self._parameter(constructor, name, depth)
        if made := next((f for f in taking if "." in path and f.name in _CONSTRUCTORS), None):
            return self._parameter(made, name, depth)  # a parameter that is a field too
        if defined := self.file.defined_texts.get(name):
            return [Value(defined)]
        return self._annotated(name)

    def _put_before(self, owner: str, definitions: list[Definition], offset: int) -> list[Definition]:
        """Of what objects are given those that the function around an offset gave this one before it."""
        function = self.file.function_at(offset) if offset >= 0 else None
        if function is None:
            return []
        return [d for d in definitions if d.owner == owner and function.start <= d.start < offset]

    def _property_of_type(self, variable: str, name: str, depth: int) -> list[Value]:
        declared = {item.rpartition(".")[2] for item in self.file.types.get(variable, ())}
        for owner in declared & self.file.own_names:
            if found := self.property_of(owner, name, depth):
                return found
        return []

    def property_of(self, owner: str, name: str, depth: int = _DEPTH) -> list[Value]:
        """What a property may be that the constructor behind a class's name takes (Kotlin, Scala, C#)."""
        for constructor in self.file.primary_constructors:
            if constructor.name == owner and name in constructor.parameters:
                return self._parameter(constructor, name, depth)
        return []

    def _all_of(self, nodes: list[SgNode], depth: int) -> list[Value]:
        found = [value for node in nodes[:MOST_VALUES] for value in self.values(node, depth - 1)]
        different = distinct(found)
        if len(different) == 1:
            return different
        return [replace(value, certain=False) for value in different]

    def _annotated(self, name: str) -> list[Value]:
        """A field that Spring fills from the configuration: @Value("${key:default}")."""
        injected = self.file.injected_settings.get(name)
        if injected is None:
            return []
        key, usual = injected
        found = [Value(text, False) for text in self._settings(key)]
        return found or ([Value(usual, False)] if usual else [])

    def _parameter(self, function: Function, name: str, depth: int) -> list[Value]:
        """What the callers of a function give for one of its parameters, or its default value."""
        asked = (function.start, name, depth)
        if asked in self._given:
            return self._given[asked]
        found = self._of_callers(function, name, depth)
        if self._steps <= _MOST_STEPS:  # else some were not asked
            self._given[asked] = found
        return found

    def _of_callers(self, function: Function, name: str, depth: int) -> list[Value]:
        place = function.parameters.index(name)
        found: list[Value] = []
        for listed in elements_for(function) if place == 0 else ():
            found += self.values(listed, depth - 1)
        if function.name and depth > 2:
            asked = called(function, self.file)
            for leaf in self.file.leaves_named(asked.name)[:50]:
                site = site_at(leaf)
                if site is None or site.kind != "call" or site.start == function.start:
                    continue
                if is_call_of(site, asked, self.file) is False:
                    continue
                if given := argument_at(asked, site, place, self.file.language.name):
                    found += self.values(given.node, depth - 2)
            for node in made_by_constants(function, self.file, place):
                found += self.values(node, depth - 2)
            if self._project is not None:
                found += [Value(text) for text in self._project.arguments(asked, place)]
        default = function.defaults[place] if place < len(function.defaults) else None
        if default is not None:
            if not found and function.name:  # what callers elsewhere give stands beside it
                self.leave_open()
            found += self.values(default, depth - 1)
        return [replace(value, certain=False) for value in found]

    def _call(self, site: Site, depth: int) -> list[Value]:
        path, receiver = site.path, site.receiver
        arguments = [given.node for given in site.arguments]
        last = path.rpartition(".")[2]
        for names, change in ((_LOWER, str.lower), (_UPPER, str.upper), (_SAME_TEXT, str)):
            if last in names:
                base = self.values(receiver, depth - 1) if receiver is not None else []
                base = base or (self.values(arguments[0], depth - 1) if arguments else [])
                if base:
                    return [replace(v, text=changed(v.text, change)) for v in base]
        if last in _GETTERS and arguments:
            if receiver is not None and last in ("get", "getOrDefault", "fetch"):
                keys = {str(value.text) for value in self.values(arguments[0], depth - 1)}
                if found := self._held(receiver, keys, depth):
                    return found
            return self._configured(arguments, depth)
        if not _DEFAULTS.isdisjoint(path.replace("()", "").split(".")) and (usual := default_of(site)):
            return [replace(value, certain=False) for value in self.values(usual, depth - 1)]
        if last in _OTHERWISE:
            one_of = [receiver] if receiver is not None and len(arguments) == 1 else []
            one_of += arguments[:2]
            given = [value for item in one_of for value in self.values(item, depth - 1)]
            return [replace(value, certain=False) for value in given]
        if last in _FALLBACKS and arguments:
            return [replace(v, certain=False) for v in self.values(arguments[-1], depth - 1)]
        if (passed := filtered_call(site)) is not None:
            return self._values(passed, depth)
        if last in _LIST_MAKERS:
            return [value for item in arguments[:MOST_VALUES] for value in self._values(item, depth)]
        if found := self._returned(last, depth, site) or maker_of_key(path, self.file):
            return found
        if receiver is not None and not arguments and setter_of(last):
            found = self._of_parameter(receiver.text(), site.start, depth)
        is_of_enum = receiver is not None and _ENUM_CONSTANT.fullmatch(path_of(receiver.text()))
        if not found and receiver is not None and is_of_enum and not arguments:
            found = self.values(receiver, depth - 1)
        if not found and not arguments and "." not in path.removeprefix("this."):
            found = self._overridden(last)
        if found:
            return found
        if self._project is not None and "()" not in path:
            full = next(iter(self.file.imports.full_paths(path)))
            for member in self._paths_of_member(path, full, receiver):
                if texts := list(self._project.returned(member)):
                    return [Value(text, False) for text in texts]
        return self._set_elsewhere(site, depth)

    def _set_elsewhere(self, site: Site, depth: int) -> list[Value]:
        """What setters are given, where a method gives a property: `setName("x")` of `getName()`."""
        owner, _, name = site.path.rpartition(".")
        setter = setter_of(name) if owner and not site.arguments else None
        if setter is None or "()" in site.path:
            return []
        nodes = given_to_setters(setter, owner, self.file)
        found = [replace(value, certain=False) for node in nodes for value in self.values(node, depth - 3)]
        if found or self._project is None:
            return found
        full = next(iter(self.file.imports.full_paths(site.path)))
        owners = [path.split(".")[-2] for path in self._paths_of_member(site.path, full, site.receiver)]
        for item in dict.fromkeys(owners):
            if item[:1].isupper():
                asked = Called(setter, ("value",), 1, frozenset({item}), "")
                found += [Value(text, False) for text in self._project.arguments(asked, 0)]
        return found

    def _of_parameter(self, name: str, offset: int, depth: int) -> list[Value]:
        """Texts that callers give for a parameter of which a property is asked: those of enum constants."""
        function = self.file.function_at(offset)
        if function is None or name not in function.parameters:
            return []
        return [value for value in self._parameter(function, name, depth) if isinstance(value.text, str)]

    def _overridden(self, name: str) -> list[Value]:
        """What classes derived from the file's return for a method that it declares without a body."""
        declared = self.file.functions_by_name.get(name, ())
        if self._project is None or len(declared) != 1 or self.file.returned_nodes(declared[0]):
            return []
        owner = class_of(declared[0], self.file)
        return [Value(text, False) for text in self._project.overridden(owner, name)] if owner else []

    def _configured(self, arguments: list[SgNode], depth: int) -> list[Value]:
        found = []
        keys = self.values(arguments[0], depth - 1)
        for key in keys:
            found += [Value(text, False) for text in self._settings(str(key.text))]
        if not found and arguments[0].kind() in _NAMES:  # an option that is declared with its default
            found = [Value(key.text, False) for key in keys if "." not in str(key.text)]
        if not found and len(arguments) > 1:
            found = [replace(value, certain=False) for value in self.values(arguments[1], depth - 1)]
            if found and keys:  # what configuration says goes before the default
                self.leave_open()
        return found

    def _returned(self, name: str, depth: int, site: Site | None = None) -> list[Value]:
        """What the functions of that name in the file return; a parameter is what this call gives for it."""
        nodes: list[SgNode] = []
        for function in self.file.functions_by_name.get(name, ()):
            nodes += [self._passed(node, function, site) for node in self.file.returned_nodes(function)]
        return [replace(value, certain=False) for node in nodes[:4] for value in self.values(node, depth - 2)]

    def _passed(self, node: SgNode, function: Function, site: Site | None) -> SgNode:
        """What a call gives for a parameter that a function returns as it is; else what is returned."""
        name = node.text()
        if site is None or name not in function.parameters:
            return node
        if any(function.start <= d.start < function.end for d in self.file.definitions.get(name, ())):
            return node
        place = function.parameters.index(name)
        given = argument_at(called(function, self.file), site, place, self.file.language.name)
        return given.node if given is not None else node
