"""Which rules a site is one of: by its name, its full path, the type it is called on, its literals."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from ast_grep_py import SgNode

from sbom.crypto.bodies import (
    accepts_errors,
    body_of,
    is_always_nil,
    is_always_true,
    is_parameter_type,
    is_switched_off,
    may_accept,
)
from sbom.crypto.catalogue import resolve_algorithm
from sbom.crypto.compared import is_annotation, is_choice, is_compared
from sbom.crypto.constants import known_constant
from sbom.crypto.declared import template_around
from sbom.crypto.defaults import default_of
from sbom.crypto.index import Index
from sbom.crypto.kinds import kinds
from sbom.crypto.known_lists import is_in_known_list
from sbom.crypto.objects import given, names_beside
from sbom.crypto.own_calls import is_handed_on, is_handed_to_own
from sbom.crypto.own_settings import (
    is_in_constant_list,
    is_in_own_struct,
    is_in_table,
    is_of_own_object,
    is_of_own_type,
    is_own_setting,
)
from sbom.crypto.paths import path_of
from sbom.crypto.pattern import UNTELLING, Pattern
from sbom.crypto.receivers import is_own, origins, says_of_type
from sbom.crypto.rulebook import Rule, crates
from sbom.crypto.sites import Site, is_attribute_of_class
from sbom.crypto.source_file import SourceFile
from sbom.crypto.standing import (
    around_wrapped,
    is_csharp_value,
    is_only_named,
    is_stub,
    loaded_module,
    path_in_module,
)
from sbom.crypto.switches import SwitchValues, finding_of, is_switch
from sbom.crypto.symbols import api_of
from sbom.crypto.syntax import call_name, call_site, list_around
from sbom.crypto.tls_suites import named_tables
from sbom.crypto.told import own_name
from sbom.crypto.values import Evaluator

_LISTS = kinds("lists")
_ARGUMENT_LISTS = kinds("argument_lists")
_TEXTS = kinds("strings")
_FUNCTIONS = kinds("functions")
_OBJECTS = kinds("objects")
_HOLDERS = frozenset(
    {"short_var_declaration", "var_spec", "const_spec", "assignment_statement", "return_statement"}
    | {"const_item", "static_item", "let_declaration", "match_arm"}
)
_LITERAL_PARTS = frozenset({"literal_element", "keyed_element", "literal_value", "composite_literal"})
_SCHEMA = re.compile(r"(?:z|zod|[jJ]oi|[yY]up|vine|v|t|Type|Schema|schema)\.[Bb]ool(?:ean)?\(")
"""A value that describes what a setting may be, in libraries that check objects."""
_VARIABLES = frozenset({"identifier", "field_expression", "conditional_expression", "call_expression"})
"""What a switch of C is set to that is no constant."""
_PRINTER = re.compile(r"(?:[A-Z]\w*f|\w*Print|\w*Println)")
_APPENDED = re.compile(r'append\([^()]*"')
_CAST = re.compile(r"\([\w\s*:]+\)\s*(\w+)")
_CONVERTED = re.compile(r"(?:\w+\()?(\w+(?:\.\w+)+)\)?")
_MOST_NAME = 100
_MOST_LINE = 1000
_WORD = re.compile(r"\w+")
_VERSION = re.compile(r"v\d+")


@dataclass(frozen=True, slots=True)
class Match:
    """A site that is one of a rule."""

    rule: Rule
    pattern: Pattern
    path: re.Match[str]
    api: str
    """The symbol of what is used, with its full name."""
    says: Mapping[str, Any]
    """What the type of the object says, that the site is called on."""
    is_held: bool = False
    """It is told where it is used, not where it is kept."""
    finding: str | None = None
    """The rule's, or what the value of a switch makes of it."""


class Matcher:
    """The rules that the sites of one file are held against."""

    def __init__(self, file: SourceFile, index: Index, evaluator: Evaluator) -> None:
        self.file = file
        self.index = index
        self._evaluator = evaluator
        self._alone = evaluator.alone()  # conditions are met by what the file says
        self._switches = SwitchValues(file)
        if file.language.name == "rust":
            file.imports.crates = crates()

    def match(self, site: Site, name: str) -> Match | None:
        """The first rule that fits a site with this name; a name that is only compared with uses nothing."""
        if site.kind == "name" and (is_compared(site.node) or is_annotation(site.node)):
            return None
        if site.kind == "name" and self._is_printed(site.node):
            return None
        if site.kind == "text" and (is_choice(site.node) or is_in_known_list(site.node, self.file)):
            return None
        is_go = self.file.language.name == "go"
        if is_go and site.kind == "setting" and is_own_setting(site, self.file, self._evaluator.owns):
            return None
        is_untyped = self.file.language.name in ("python", "ruby") and site.kind == "setting"
        if is_untyped and is_of_own_object(site, self.file, self._evaluator.declares):
            return None
        is_property = self.file.language.name == "csharp" and site.kind == "setting"
        if is_property and is_of_own_type(site, self.file, self._evaluator.declares):
            return None
        for rule, pattern in self.index.candidates(name):
            if not self._is_of_kind(pattern, site) or not _fits(rule, pattern, site):
                continue
            if rule.part and not site.arguments and is_compared(site.node):
                continue
            if not rule.own_functions and self._is_given_to_own(site.node):
                continue
            if not rule.listed and (
                is_in_table(site.node) or is_in_own_struct(site.node, self.file, self._evaluator.owns)
            ):
                continue
            path, full = self._path(pattern, site)
            if path is None or self._is_guess(rule, path):
                continue
            is_own_class = _never if rule.told_at_home else self._evaluator.declares
            if not pattern.is_bare and is_own_class(full):
                continue
            if pattern.any_object and "protocol" in rule.says and self._is_on_own(site.receiver):
                continue
            if pattern.kind == "setting" and (
                is_handed_to_own(site.node, self.file, self._evaluator) or is_handed_on(site.node, self.file)
            ):
                continue
            says: Mapping[str, Any] = {}
            if rule.types:
                of_type = says_of_type(site.receiver, rule.types, self.file, is_own_class)
                if of_type is None:
                    continue
                says = of_type
            if self._meets(rule, pattern, site) and self._has_needed(rule, pattern, site):
                if is_only_named(site) or is_stub(site):
                    return None
                api = api_of(rule, pattern, full, self.file.imports, says)
                if pattern.is_bare and is_own_class(api):
                    continue
                finding = finding_of(rule, pattern, site, self._switches)
                held = not rule.held and self._is_held(site)
                if finding != rule.finding and self._is_minified(site):
                    return None
                return Match(rule, pattern, path, api, says, held, finding)
        return None

    def _is_on_own(self, receiver: SgNode | None) -> bool:
        """Whether a setting is one of an object of the repository's own class, by what the file tells."""
        if receiver is None or self.file.language.kin != "java":
            return False
        found = list(origins(receiver, self.file))
        own = [path for path in found if self._evaluator.declares(path)]
        imported = {full for full in self.file.imports.names.values() if not self._evaluator.declares(full)}
        return bool(own) and not any(path in imported for path in found)

    def aliases(self) -> dict[str, str]:
        """Names that the file's imports give to what a rule asks for, with the name that the rule knows."""
        found = {}
        for alias, full in self.file.imports.names.items():
            owner, _, last = full.rpartition(".")
            owner = owner.rpartition(".")[2]
            if (last in UNTELLING or _VERSION.fullmatch(last)) and self.index.names.match(owner):
                found[alias] = owner  # import { create } from 'ssri', piondtls "github.com/pion/dtls/v3"
            elif alias != last and (self.index.names.match(last) or self.index.later.match(last)):
                found[alias] = last
        return found

    def _is_of_kind(self, pattern: Pattern, site: Site) -> bool:
        """Whether a site has the shape of a pattern.

        A variable of a type is a site of the type's name, too; Scala calls without brackets.
        """
        if pattern.kind == site.kind:
            return True
        if pattern.kind == "call" and site.kind == "name" and self.file.language.bracketless:
            return "." in site.path and not pattern.any_object
        if pattern.kind == "call" and site.node.kind() == "member_access_expression":  # C#: f(SHA1.HashData)
            return site.kind == "name" and not pattern.any_object and is_csharp_value(site.node)
        return pattern.kind == "name" and site.node.kind() == "declaration"

    def _is_given_to_own(self, node: SgNode) -> bool:
        """Whether an expression is an argument of a function of Go that the repository itself declares."""
        above = node.parent()
        path = call_name(above) if above is not None and above.kind() in _ARGUMENT_LISTS else ""
        first, dot, _ = path.partition(".")
        if not dot:
            return bool(path)  # of the own package
        module = self.file.imports.names.get(first)
        return module is not None and self._evaluator.owns(module)

    def _is_printed(self, node: SgNode) -> bool:
        """Whether a name is an argument of Go's formatted printing or logging."""
        above = node.parent()
        call = above.parent() if above is not None and above.kind() in _ARGUMENT_LISTS else None
        if self.file.language.name != "go" or call is None or not call.children():
            return False
        return _PRINTER.fullmatch(call.children()[0].text().rpartition(".")[2]) is not None

    def _is_held(self, site: Site) -> bool:
        """Whether Go or Rust keeps a value in a variable, a result, an own struct or a list."""
        above = site.node.parent()
        if above is not None and above.kind() == "expression_list":
            above = above.parent()
        elif above is not None:
            above = around_wrapped(above) or above
        if above is not None and (above.kind() in _HOLDERS or is_in_constant_list(above)):
            return True
        made: SgNode | None = None
        while above is not None and above.kind() in _LITERAL_PARTS:
            made, above = above, above.parent()
        if made is None or made.kind() != "composite_literal":
            return False
        if above is not None and above.kind() in _ARGUMENT_LISTS:  # a list or struct that a call is given
            return self._is_given_to_own(made)
        first, dot, _ = made.children()[0].text().partition(".")
        module = self.file.imports.names.get(first) if dot else None
        return module is None or self._evaluator.owns(module)

    def _is_guess(self, rule: Rule, path: re.Match[str]) -> bool:
        """Whether a name that should be an algorithm's is none."""
        groups = path.groupdict()
        if rule.known_only and "ALGORITHM" in groups and resolve_algorithm(groups["ALGORITHM"]) is None:
            return True
        name = groups.get("NAME")
        return bool(rule.names) and name is not None and name not in rule.names

    def _path(self, pattern: Pattern, site: Site) -> tuple[re.Match[str] | None, str]:
        """How a pattern fits the path of a site, and this path in full."""
        path = site.path
        if pattern.kind in ("text", "literal"):
            return pattern.path.fullmatch(path), path
        is_of_c = self.file.language.kin == "c" and pattern.kind == "call" and not pattern.any_object
        if is_of_c and path in self.file.functions_by_name:
            return None, path  # a function of the file's own
        if pattern.is_bare:
            if pattern.any_object and is_own(site.receiver, path, self.file):
                return None, path
            segments = pattern.text.removeprefix("$_.").removeprefix("def ").count(".") + 1
            path = ".".join(path.split(".")[-segments:])
            return pattern.path.fullmatch(path), path
        first = path.partition(".")[0]
        if first in self.file.own_names and first not in self.file.imports.names:
            return None, path
        for full in self._full_paths(site):
            if match := pattern.path.fullmatch(self.index.known_path(full)):
                return match, full
        return None, path

    def _full_paths(self, site: Site) -> Iterator[str]:
        if loaded := path_in_module(site):
            yield loaded
            return
        yield from self.file.imports.full_paths(site.path, self.file.language.globals)

    def _meets(self, rule: Rule, pattern: Pattern, site: Site) -> bool:
        """Whether the literals of a pattern and the conditions of its rule hold."""
        if rule.type_argument and template_around(site.node) is None:
            return False
        if rule.body == "accepts":
            around = self.file.function_at(site.start)
            if around is None or not is_parameter_type(site.node) or not accepts_errors(around.node):
                return False
        elif rule.body is not None and body_of(site.node) != rule.body:
            return False
        if (arguments := list_around(site)) is not None and not self._is_taken_by(rule, arguments):
            return False
        if rule.called and arguments is None and is_attribute_of_class(site.node):
            return False
        if rule.unless and not rule.certain and self._is_minified(site):
            return False
        if rule.beside and names_beside(site.node).isdisjoint(rule.beside):
            return False
        is_taken = bool(rule.called) and arguments is not None
        if rule.mentions and not is_taken and self.file.words.isdisjoint(rule.mentions):
            return False
        for argument in pattern.arguments:
            role = argument.role or ""
            if argument.literal is None and role not in rule.when and role not in rule.unless:
                continue
            node = given(site, argument, self.file)
            if node is None:
                return False
            texts = self._texts(node)
            if is_switch(rule):
                texts |= self._switches.constants(node)
            if role in rule.unless:
                injected = (
                    not rule.certain or is_switch(rule)
                ) and node.text() in self.file.injected_settings
                known = texts & set(rule.unless[role])
                if known and not injected and not self._switches.is_mixed(node, rule):
                    return False
                continue
            wanted = {argument.literal} if argument.literal is not None else set(rule.when[role])
            agrees = {"always-true", "always-nil"} & wanted and self._agrees_to_all(node)
            agrees = agrees or ("may-accept" in wanted and self._may_accept(node))
            if not texts & wanted and not agrees:
                return False
        return True

    def _is_minified(self, site: Site) -> bool:
        """Whether a site stands in a line that nobody writes: a bundle only hands on what it is given."""
        line, _ = self.file.place(site.start)
        starts = self.file.line_starts
        end = starts[line] if line < len(starts) else len(self.file.text)
        return end - starts[line - 1] > _MOST_LINE

    def _is_taken_by(self, rule: Rule, arguments: SgNode) -> bool:
        """Whether the call that a setting is an argument of is one that the rule counts, and no own one."""
        path = call_name(arguments)
        if rule.called and path.rpartition(".")[2] not in rule.called:
            return False
        if self.file.language.name != "python":
            return True
        if any(map(self._evaluator.declares, self.file.imports.full_paths(path))):
            return False
        call = arguments.parent()
        site = call_site(call) if call is not None else None
        made_of = origins(site.receiver, self.file) if site is not None and site.receiver is not None else ()
        return not any(map(self._evaluator.declares, made_of))

    def _texts(self, node: SgNode) -> set[str]:
        name = path_of(node.text()).rpartition(".")[2].lower()
        texts = {node.text().strip("\"'"), name, name.lstrip("_"), node.text()}
        values = self._alone.values(node)
        texts |= {str(value.text) for value in values}
        texts |= {"a-number" if isinstance(value.text, int) else "a-text" for value in values}
        if imported := self.file.imports.names.get(node.text()):
            texts.add(imported)
        elif loaded := loaded_module(node.text()):
            texts.add(loaded)
        if (usual := default_of(node, self.file)) is not None:
            texts.add(f"default-{usual.lower()}")
        if any(value.text in named_tables()["ssh_algorithms"] for value in values):
            texts.add("ssh-name")
        if cast := _CAST.fullmatch(node.text()):
            texts.add(cast[1])
        if _SCHEMA.match(node.text()):
            texts.add("a-schema")
        if is_always_true(node):
            texts.add("always-true")
        wraps = node.kind() in ("literal_element", "expression_list") and len(node.children()) == 1
        inner = node.children()[0] if wraps else node
        if inner.kind() in _TEXTS:
            texts.add("literal-text")
        if self._is_constant(inner):
            texts.add("a-constant")
        if inner.kind() in _LISTS or _APPENDED.match(inner.text()[:400]):
            texts.add("literal-list")
        elif self._is_list_of_file(inner):
            texts.add("named-list")
        if inner.kind() in _OBJECTS:
            texts.add("literal-object")
        if node.kind() in _FUNCTIONS:
            texts.add("a-function")
        if inner.kind() in _VARIABLES and not (inner.kind() == "identifier" and inner.text().isupper()):
            texts.add("a-variable")
        if is_always_nil(node):
            texts.add("always-nil")
        if self.file.language.name == "rust" and self._is_of_own_type(inner):
            texts.add("own-type")
        return texts

    def _is_of_own_type(self, node: SgNode) -> bool:
        """Whether an expression, or what the variable was given that it is, names a type of the file."""
        made = [node, *(item.value for item in self.file.definitions.get(node.text(), ()))]
        return any(self.file.own_names.intersection(_WORD.findall(item.text())) for item in made)

    def _is_constant(self, node: SgNode) -> bool:
        """Whether an expression names a constant of a library, perhaps converted: `string(jose.RS256)`."""
        converted = _CONVERTED.fullmatch(node.text()[:_MOST_NAME])
        if converted is None:
            return False
        return any(known_constant(full) for full in self.file.imports.full_paths(converted[1]))

    def _is_list_of_file(self, node: SgNode) -> bool:
        """Whether a name is a list that the file writes out."""
        return any(item.value.kind() in _LISTS for item in self.file.definitions.get(node.text(), ()))

    def _agrees_to_all(self, node: SgNode) -> bool:
        """Whether the variable or function that an expression names answers true to everything."""
        name = own_name(node)
        values = [item.value for item in self.file.definitions.get(name, ())]
        agree = [_is_agreement(value) for value in values]
        called = node.text().endswith("()")
        for function in self.file.functions_by_name.get(name, ()):
            returned = self.file.returned_nodes(function) if called else []
            bodies = [body_of(function.node) in ("true", "nil")]
            agree += [*map(_is_agreement, returned)] if called else bodies
        return bool(agree) and all(agree)

    def _may_accept(self, node: SgNode) -> bool:
        """Whether the function of the file that an expression names may override what it is told first."""
        lambdas = [node, *(item.value for item in self.file.definitions.get(node.text(), ()))]
        if any(map(is_switched_off, lambdas)):
            return True
        functions = self.file.functions_by_name.get(node.text().lstrip("&"), ())
        return any(
            function.parameters and may_accept(function.node, function.parameters[0])
            for function in functions[:1]
        )

    def _has_needed(self, rule: Rule, pattern: Pattern, site: Site) -> bool:
        return rule.needs is None or any(
            argument.role == rule.needs and given(site, argument, self.file) is not None
            for argument in pattern.arguments
        )


def _is_agreement(value: SgNode) -> bool:
    return is_always_true(value) or is_always_nil(value)


def _never(_: str) -> bool:
    return False


def _fits(rule: Rule, pattern: Pattern, site: Site) -> bool:
    return not rule.arity or pattern.kind not in ("call", "definition") or len(site.arguments) in rule.arity
