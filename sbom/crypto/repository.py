"""Values that stand in another file of the repository: constants, callers, returned values, configuration.

The first look at the files collects what is asked for. Only files that hold one of those names are then
parsed, as many as `MOST_FILES`, and the files with open questions are looked at again with the answers.
"""

import re
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar

from ast_grep_py import SgNode

from sbom.crypto.accessors import property_of_getter
from sbom.crypto.context import context_of
from sbom.crypto.elsewhere import module_name, own_constants
from sbom.crypto.held import held_values
from sbom.crypto.key_texts import text_bits
from sbom.crypto.kinds import kinds
from sbom.crypto.languages import Language, language_of
from sbom.crypto.lengths import declared_arrays, given_bits, returned_bits
from sbom.crypto.model import Context
from sbom.crypto.noting import Noting, constants_of_package
from sbom.crypto.own_modules import OwnModules
from sbom.crypto.owners import Called, argument_at, base_calls, is_call_of, owners_of
from sbom.crypto.paths import path_of
from sbom.crypto.readable import Unparsable, guarded, readable
from sbom.crypto.searched import Search
from sbom.crypto.settings import Settings, is_configuration
from sbom.crypto.source_file import SourceFile
from sbom.crypto.syntax import site_at
from sbom.crypto.values import Evaluator

_T = TypeVar("_T")
_Length = tuple[Called, int, str | None, str]
"""Function, place, property of what is handed over there, and what is done to it on the way."""
MOST_FILES = 200
"""Files that are parsed for the answers to all questions of one repository."""
MOST_NAMES = 500
MOST_FILES_FOR_LENGTHS = 24
"""Further files that are parsed for the key sizes that callers tell; they settle no algorithm."""
_SETTINGS = ("settings", "base", "common")
_STRINGS = kinds("strings")
_OWN = frozenset({"this", "self", "super", "cls", "base"})
_CONSTANT = re.compile(r"[A-Z]\w*(?:\.\w+)+|[A-Z][A-Z0-9_]+")


class Repository:
    """What the files of one repository are asked, and what they answered, apart for each kin of languages."""

    def __init__(self) -> None:
        self.own_modules = OwnModules()
        self._questions: dict[str, Questions] = {}
        self._parsed = 0
        self._parsed_for_lengths = 0
        self._settings = Settings()

    def of(self, language: Language) -> "Questions":
        """What files of a language ask and are answered: a `Project` of the evaluator."""
        if language.kin not in self._questions:
            self._questions[language.kin] = Questions(self._settings, self, language)
        return self._questions[language.kin]

    def looks_into(self, file_name: str) -> bool:
        """Whether a file of this name may hold an answer."""
        language = language_of(file_name)
        if language is not None:
            return language.kin in self._questions and bool(self._questions[language.kin].names)
        return bool(self._settings.keys) and is_configuration(file_name)

    def begin_round(self) -> bool:
        """Make what was asked and not looked for yet what `answer` looks for; false if there is nothing."""
        begun = [questions.begin_round() for questions in self._questions.values()]
        return any(begun)

    def answer(self, files: Iterable[tuple[str, bytes]], parsed: Mapping[str, SourceFile]) -> None:
        """Look for the answers in all files of the repository, some of which may be parsed already."""
        searches = {
            kin: Search(questions, made=kin == "csharp") for kin, questions in self._questions.items()
        }
        sizes = {kin: Search(questions, lengths=True) for kin, questions in self._questions.items()}
        for path, content in files:
            name = path.rpartition("/")[2]
            language = language_of(name)
            if language is None:
                self._settings.read(name, content)
            elif language.kin in searches and self._is_wanted(
                searches[language.kin], sizes[language.kin], path, content
            ):
                with suppress(Unparsable), guarded():
                    file = parsed.get(path) or SourceFile(path, language, readable(content))
                    self._questions[language.kin].read(file)

    def _is_wanted(self, search: Search, sizes: Search, path: str, content: bytes) -> bool:
        """Whether a file may hold an answer and may still be parsed."""
        if self._parsed < MOST_FILES and search.hits(path, content):
            self._parsed += 1
            return True
        if self._parsed_for_lengths < MOST_FILES_FOR_LENGTHS and sizes.hits(path, content):
            self._parsed_for_lengths += 1
            return True
        return False


class Questions:
    """What the files of one kin of languages ask each other; a `Project` of the evaluator."""

    def __init__(self, settings: Settings, repository: Repository, language: Language) -> None:
        self._repository = repository
        self._capital_owners = language.capital_owners
        self._shortest_owner = 2 if language.kin == "javascript" else 1
        """One letter is the name of everything in minified code."""
        self.names: set[str] = set()
        self.owners: set[str] = set()
        """Classes, modules and packages whose constants or functions are asked for."""
        self._members: set[tuple[str, str]] = set()
        """The owners with what is asked for of each."""
        self.places: set[tuple[Called, int]] = set()
        """Parameters whose values are asked for: function and place."""
        self._asked_settings = settings
        self._constants: dict[tuple[str, str], list[str | int]] = {}
        self._calls: dict[tuple[Called, int], _Given[str | int]] = {}
        self._lengths: dict[_Length, _Given[int]] = {}
        self.asked_lengths: set[tuple[str, int, str | None, str]] = set()
        self.makers: set[tuple[str, str]] = set()
        """Functions whose length of what they return is asked for: owner and name."""
        self._made: dict[tuple[str, str], list[int | None]] = {}
        self.asked_arguments: set[tuple[str, int]] = set()
        self.asks = 0
        """How often a file asked for what its rows do not show to be open: lengths, what is usual."""
        self._usual: set[str] = set()
        self._returned: dict[tuple[str, str], list[str | int]] = {}
        self.bases: set[str] = set()
        """Classes and interfaces of which the methods of derived classes are asked for."""
        self._begun: frozenset[Any] = frozenset()
        self._done: frozenset[Any] = frozenset()

    def constant(self, path: str) -> Iterable[str | int]:
        """Values of a constant by its full path, of which the last two names count: class and constant."""
        self._ask(path)
        return self._constants.get(_owner(path), ())

    def key_text(self, path: str) -> Iterable[str | int]:
        """The text of a key that is a constant; the row of its site does not show that it is asked for."""
        self.asks += 1
        return self.constant(path)

    def arguments(self, function: Called, place: int) -> Iterable[str | int]:
        """What callers in other files give a function at a place."""
        if len(self.names) < MOST_NAMES and len(function.name) > 2:
            self.names.add(function.name)
            self.asked_arguments.add((function.name, place))
            self.places.add((function, place))
            if function.name in function.owners:  # a constructor, which derived classes call
                self.bases.add(function.name)
        given = self._calls.get((function, place))
        if given is None:
            return ()
        for values, named in ((given.sure, given.named), (given.perhaps, given.perhaps_named)):
            constants = [value for owner in named for value in self._constants.get(owner, ())]
            if values or constants:
                return [*values, *constants]
        return ()

    def lengths(self, function: Called, place: int, part: str | None, reading: str) -> Iterable[int]:
        """Bits of what callers in other files give a function at a place, or of a property of that."""
        self.asks += 1
        if len(self.names) < MOST_NAMES and len(function.name) > 2:
            self.names.add(function.name)
            self.places.add((function, place))
            self.asked_lengths.add((function.name, place, part, reading))
        given = self._lengths.get((function, place, part, reading))
        if given is None:
            return ()
        if known := given.likeliest():
            return known
        texts = [text for owner in given.named for text in self._constants.get(owner, ())]
        return [bits for text in texts if (bits := text_bits(str(text), reading))]

    def made_bits(self, path: str) -> Iterable[int | None]:
        """Bits of what a function of another file returns, null of an unknown length."""
        maker = _owner(path)
        if self._may_be_elsewhere(path) and len(self.makers) < MOST_NAMES:
            self.asks += 1
            self.makers.add(maker)
            self.names.add(maker[1])
        return self._made.get(maker, ())

    def returned(self, path: str) -> Iterable[str | int]:
        """What a function of another class returns."""
        self._ask(path)
        return self._returned.get(_owner(path), ())

    def leave_open(self) -> None:
        """Have a file looked at again of which the rows do not show that something is open."""
        self.asks += 1

    def owns(self, module: str) -> bool:
        """Whether an imported module is the repository's own."""
        return self._repository.own_modules.owns(module)

    def declares(self, language: str, path: str) -> bool:
        """Whether the repository itself is the source of what a full path leads into."""
        return self._repository.own_modules.declares(language, path)

    def overridden(self, base: str, name: str) -> Iterable[str | int]:
        """What a method returns in the classes that are derived from its own."""
        if len(self.names) < MOST_NAMES:
            self.names.add(name)
            self.bases.add(base)
        return self._returned.get((base, name), ())

    def begin_round(self) -> bool:
        """Whether anything is asked for that no earlier round looked for; that is looked for now."""
        self._done |= self._begun
        asked: set[tuple[Any, ...]] = {("owner", *member) for member in self._members}
        asked |= {("base", name) for name in self.bases}
        asked |= {("argument", *item) for item in self.asked_arguments}
        asked |= {("length", *item) for item in self.asked_lengths}
        asked |= {("maker", *item) for item in self.makers}
        self._begun = frozenset(asked) - self._done
        return bool(self._begun)

    def begun(self, kind: str) -> set[str]:
        """Names of what this round looks for."""
        return {item[1] for item in self._begun if item[0] == kind}

    def setting(self, key: str) -> Iterable[str]:
        """Values of a configuration key in the repository's files."""
        found = [*self._asked_settings.values(key)]
        if not self._capital_owners and re.fullmatch(r"\w+(?:\.\w+)+", key):
            found += map(str, self.constant(key))
        return found

    def usual(self, name: str) -> Iterable[str | int]:
        """Values of a constant of the modules that settings stand in."""
        self.asks += 1
        self._usual.add(name)
        return next(filter(None, [list(self.constant(f"{module}.{name}")) for module in _SETTINGS]), ())

    def _ask(self, path: str) -> None:
        owner, name = _owner(path)
        if self._may_be_elsewhere(path) and len(self.names) < MOST_NAMES:
            self.names.add(name)
            self.owners.add(owner)
            self._members.add((owner, name))

    def _may_be_elsewhere(self, path: str) -> bool:
        """Whether a path may name what another file holds: no variable, nothing of the platform."""
        owner, _ = _owner(path)
        if len(owner) < self._shortest_owner or owner in _OWN:
            return False
        if self._capital_owners and not owner[0].isupper():
            return False
        return not path.startswith(("java.", "javax."))

    def read(self, file: SourceFile) -> None:
        """Take the answers of one file."""
        evaluator = Evaluator(file)
        owners = set(
            re.findall(r"\b(?:class|interface|enum|object|module|struct|trait|type)\s+(\w+)", file.text)
        )
        owners.add(module_name(file.path))
        owners |= own_constants(file) & self.owners
        owners |= {
            match[1] for match in re.finditer(r"^package\s+(?:[\w.]*\.)?(\w+)", file.text, re.MULTILINE)
        }
        if file.language.name == "csharp":  # new Options { Hash = "MD5" }
            owners |= {owner for owner in self.owners if re.search(rf"\bnew {owner}\b", file.text)}
        for name in self.names & file.definitions.keys():
            nodes = [definition.value for definition in file.definitions[name][:4]]
            if name in self._usual and not _settles(file, nodes):
                continue
            values = [value.text for node in nodes for value in evaluator.values(node)]
            self._keep(self._constants, owners, name, values)
        for name in self.names & file.fields.keys() - file.definitions.keys():  # Go: what literals hold
            values = [value.text for node in file.fields[name][:4] for value in evaluator.values(node)]
            self._keep(self._constants, owners, name, values)
        for owner, name in self._members:
            if owner in owners and name not in file.definitions:
                found = [value.text for value in evaluator.property_of(owner, name)]
                self._keep(self._constants, {owner}, name, found)
        for function in file.functions:
            if function.name in self.names:
                nodes = file.returned_nodes(function)[:4]
                values = [value.text for node in nodes for value in evaluator.values(node)]
                self._keep(self._returned, owners, function.name, values)
                for base in owners_of(function, file) & self.bases - owners:
                    self._returned.setdefault((base, function.name), []).extend(values)
        for owner, name in self.makers:
            functions = file.functions_by_name.get(name, ()) if owner in owners else ()
            for function in functions:
                self._made.setdefault((owner, name), []).extend(returned_bits(function, evaluator))
            if owner in owners and file.language.name == "go":
                self._made.setdefault((owner, name), []).extend(declared_arrays(name, evaluator))
        for name in self.names:
            given = property_of_getter(name)
            if given is not None and name not in file.functions_by_name:
                values = [
                    value.text
                    for item in file.definitions.get(given, ())[:4]
                    for value in evaluator.values(item.value)
                ]
                self._keep(self._returned, owners, name, values)
        for owner, name, values in held_values(file, evaluator, self.owners, self.names):
            self._keep(self._constants, {owner}, name, values)
        called = [item for item in self.places if item[0].name in file.text and item[0].path != file.path]
        file.gather_leaves(function.name for function, _ in called)
        for asked, place in called:
            self._read_calls(file, evaluator, asked, place)

    def _keep(
        self,
        store: dict[tuple[str, str], list[str | int]],
        owners: set[str],
        name: str,
        values: list[str | int],
    ) -> None:
        for owner in owners & self.owners:
            store.setdefault((owner, name), []).extend(values)

    def _read_calls(self, file: SourceFile, evaluator: Evaluator, function: Called, place: int) -> None:
        name = function.name
        calls = [
            site for leaf in file.leaves_named(name)[:50] if (site := site_at(leaf)) and site.kind == "call"
        ]
        for site in (*calls, *base_calls(function, file)):
            sure = is_call_of(site, function, file)
            given = argument_at(function, site, place, file.language.name)
            if sure is False or given is None:
                continue
            found = [value.text for value in evaluator.values(given.node)]
            known: _Given[str | int] = self._calls.setdefault((function, place), _Given())
            known.add(found, sure)
            path = path_of(given.node.text())
            if not found and _CONSTANT.fullmatch(path):  # of a third file
                full = next(iter(file.imports.full_paths(path)))
                self._ask(full)
                (known.named if sure else known.perhaps_named).append(_owner(full))
            for full in constants_of_package(file, given.node) if not found else ():
                self._ask(full)
                (known.named if sure else known.perhaps_named).append(_owner(full))
            for asked in self.asked_lengths:
                if asked[:2] == (name, place):
                    self._read_length(file, given.node, (function, *asked[1:]), sure)

    def _read_length(self, file: SourceFile, node: SgNode, asked: "_Length", sure: bool | None) -> None:
        """What a call tells of a key's length, or which constant of a third file tells it."""
        evaluator = Noting(file)
        bits = given_bits(node, evaluator, part=asked[2], reading=asked[3])
        if bits is None and not evaluator.keys:
            return
        known = self._lengths.setdefault(asked, _Given())
        if bits is not None:
            known.add([bits], sure)
        for full in evaluator.keys if bits is None else ():
            self._ask(full)
            known.named.append(_owner(full))


@dataclass(slots=True)
class _Given(Generic[_T]):
    """What calls give: those that are surely the function's, and those on objects of an unknown type."""

    sure: list[_T] = field(default_factory=list)
    perhaps: list[_T] = field(default_factory=list)
    named: list[tuple[str, str]] = field(default_factory=list)
    """Constants of further files among them."""
    perhaps_named: list[tuple[str, str]] = field(default_factory=list)

    def add(self, values: Iterable[_T], sure: bool | None) -> None:
        (self.sure if sure else self.perhaps).extend(values)

    def likeliest(self) -> list[_T]:
        """What sure calls give; where there are none, what the others do."""
        return self.sure or self.perhaps


def _owner(path: str) -> tuple[str, str]:
    """The last two names of a path: the class and what it owns."""
    before, _, name = path.rpartition(".")
    return before.rpartition(".")[2], name.lstrip("$")


def _settles(file: SourceFile, lists: list[SgNode]) -> bool:
    """Whether lists of settings hold for what runs, and begin with a text of their own."""
    return context_of(file.path) is Context.MAIN and all(map(_begins_with_text, lists))


def _begins_with_text(listed: SgNode) -> bool:
    first = next((child for child in listed.children() if child.is_named()), None)
    return first is not None and first.kind() in _STRINGS
