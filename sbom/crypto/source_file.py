"""One parsed source file with what is looked up in it again and again: imports, definitions, functions."""

import re
from bisect import bisect_right
from collections.abc import Iterable
from functools import cached_property

from ast_grep_py import SgNode, SgRoot

from sbom.crypto.declarations import (
    Definition,
    Function,
    definitions_of,
    function_of,
    is_primary,
    primary_constructor,
    returned_nodes,
)
from sbom.crypto.imports import Imports, read_imports
from sbom.crypto.kinds import kinds
from sbom.crypto.languages import Language
from sbom.crypto.readable import line_starts
from sbom.crypto.slow_errors import refuse_what_is_slow
from sbom.crypto.syntax import find_kinds, find_leaves
from sbom.crypto.templates import ENDING, code_of_template

_DEFINITIONS = kinds("definitions")
_FUNCTIONS = kinds("functions")
_FIELDS = frozenset({"keyed_element"})
_PRIMARY = frozenset({"primary_constructor", "parameter_list", "class_parameters"})
_WORD_BYTES = bytes(byte if byte < 128 and (chr(byte).isalnum() or byte == 95) else 32 for byte in range(256))
_DECLARED = re.compile(
    r"^[ \t]*(?:(?:export|default|public|(?:private|protected)(?:\[\w+\])?|internal|abstract|final|sealed|"
    r"static|open|data|case|implicit|enum(?=[ \t]+class\b)|pub|partial|inner|declare|pub\(crate\))[ \t]+)*"
    r"(?:class|interface|enum|object|module|struct|trait|mod|actor|record|namespace)[ \t]+([A-Za-z_]\w*)",
    re.MULTILINE,
)
_FILLS = re.compile(
    r"(?i)(?:rand|fill|entropy|nextbytes|secure|getrandom|read|generate)(?=\w*\s*\(?([^;\n]{0,80}\w*))"
)
_DEFINE = re.compile(r"""\bdefine\(\s*['"]([^'"\n]*)['"]\s*,\s*['"]([^'"\n]*)['"]""")
_INJECTED = re.compile(
    r'@Value\(\s*"\$\{([\w.\-]+)(?::([^}"]*))?\}"\s*\)\s*(?:[\w<>]+\s+){1,5}?(\w+)\s*[;:=,)]'
)
_TYPE_THEN_NAME = re.compile(
    r"\b([A-Z][\w.]*)(?:<[^<>;]*>)?(?:\[\])?\??[ \t]+([a-z_]\w*)[ \t]*(?=[=;,){]|in\b)"
)
_NAME_THEN_TYPE = re.compile(r"\b([a-zA-Z_]\w*)[ \t]*:[ \t]*&?(?:mut[ \t]+)?([A-Za-z][\w.:]*)")
_GO_TYPE = re.compile(r"\b([a-zA-Z_]\w*)[ \t]+\*?([a-z]\w*\.[A-Z]\w*)")
_PHP_TYPE = re.compile(r"(\\?[A-Z][\w\\]*)[ \t]+\$(\w+)")
_TYPED: dict[str, tuple[re.Pattern[str], bool]] = (
    dict.fromkeys(("java", "groovy", "csharp", "c", "cpp", "objc", "solidity"), (_TYPE_THEN_NAME, False))
    | dict.fromkeys(
        ("kotlin", "scala", "swift", "typescript", "tsx", "vue", "arkts", "rust", "python"),
        (_NAME_THEN_TYPE, True),
    )
    | {"go": (_GO_TYPE, True), "php": (_PHP_TYPE, False)}
)
"""How a variable's type is written: the expression, and whether the name stands before the type."""


class SourceFile:
    """A file of source code. Positions are in characters of its text."""

    def __init__(self, path: str, language: Language, text: str) -> None:
        self.path = path
        self.language = language
        self.text = text
        self.grammar = language.parser
        self._held: dict[str, bool] = {}
        self._leaves: dict[str, list[SgNode]] = {}
        self._around: dict[int, list[Function]] = {}
        self._returned: dict[int, list[SgNode]] = {}

    @cached_property
    def code(self) -> str:
        """The text as the parser is given it."""
        is_template = self.path.endswith(ENDING)
        return code_of_template(self.text) if is_template else self.language.code_of(self.text)

    @cached_property
    def words(self) -> frozenset[str]:
        """Every name of the code that is written in ASCII, and other words; letters beyond it part words."""
        return frozenset(self.code.encode("utf-8", "replace").translate(_WORD_BYTES).decode("ascii").split())

    def holds(self, text: str) -> bool:
        """Whether a text stands anywhere in the file."""
        if text not in self._held:
            self._held[text] = text in self.words or text in self.text or text in self.code
        return self._held[text]

    @cached_property
    def root(self) -> SgNode:
        """The syntax tree, made when it is first asked for.

        Raises:
            LimitReached: the text is none that its grammar reads in time.
        """
        if self.language.slow_errors:
            refuse_what_is_slow(self.code, self.grammar)
        self._tree = SgRoot(self.code, self.grammar)
        return self._tree.root()

    @property
    def is_parsed(self) -> bool:
        """Whether the syntax tree was asked for."""
        return "root" in self.__dict__

    @cached_property
    def imports(self) -> Imports:
        return read_imports(self.language.name, self.text)

    @cached_property
    def line_starts(self) -> list[int]:
        return line_starts(self.text)

    def place(self, offset: int) -> tuple[int, int]:
        """Line and column of an offset, both from 1."""
        line = bisect_right(self.line_starts, offset)
        return line, offset - self.line_starts[line - 1] + 1

    @cached_property
    def definitions(self) -> dict[str, list[Definition]]:
        """Values by the name that they are given to, in the order of the file."""
        found: dict[str, list[Definition]] = {}
        for node in find_kinds(self.root, self.grammar, _DEFINITIONS):
            for definition in definitions_of(node):
                found.setdefault(definition.name, []).append(definition)
        return found

    @cached_property
    def fields(self) -> dict[str, list[SgNode]]:
        """Values by the field of a struct of Go that a literal gives them to."""
        found: dict[str, list[SgNode]] = {}
        nodes = find_kinds(self.root, self.grammar, _FIELDS) if self.language.name == "go" else ()
        for node in nodes:
            parts = [child for child in node.children() if child.is_named()]
            if len(parts) == 2:
                found.setdefault(parts[0].text(), []).append(parts[1])
        return found

    @cached_property
    def functions(self) -> list[Function]:
        """All functions, by where they begin."""
        return [
            function_of(node, self.language.name) for node in find_kinds(self.root, self.grammar, _FUNCTIONS)
        ]

    @cached_property
    def primary_constructors(self) -> list[Function]:
        """Constructors whose parameters stand behind the name of the class (Kotlin, C#)."""
        lists = [node for node in find_kinds(self.root, self.grammar, _PRIMARY) if is_primary(node)]
        return [primary_constructor(node, self.language.name) for node in lists]

    @cached_property
    def functions_by_parameter(self) -> dict[str, list[Function]]:
        """Functions by the names of their parameters."""
        found: dict[str, list[Function]] = {}
        for function in self.functions:
            for name in function.parameters:
                found.setdefault(name, []).append(function)
        return found

    @cached_property
    def functions_by_name(self) -> dict[str, list[Function]]:
        """Functions by their names."""
        found: dict[str, list[Function]] = {}
        for function in self.functions:
            found.setdefault(function.name, []).append(function)
        return found

    @cached_property
    def filled_names(self) -> dict[str, list[int]]:
        """Places of functions that read or make random bytes, by the names they may give them to."""
        found: dict[str, list[int]] = {}
        for match in _FILLS.finditer(self.text):
            for name in re.findall(r"\w+", match[1]):
                found.setdefault(name, []).append(match.start())
        return found

    @cached_property
    def defined_texts(self) -> dict[str, str]:
        """Texts that `define("NAME", "text")` of PHP gives to names."""
        if "define(" not in self.text:
            return {}
        return {match[1]: match[2] for match in reversed(list(_DEFINE.finditer(self.text)))}

    @cached_property
    def injected_settings(self) -> dict[str, tuple[str, str | None]]:
        """Keys of the configuration with their defaults, by the fields that Spring fills."""
        if "@Value(" not in self.text:
            return {}
        matches = reversed(list(_INJECTED.finditer(self.text)))
        return {match[3]: (match[1], match[2]) for match in matches}

    def leaves_named(self, name: str) -> list[SgNode]:
        """Leaves with this text, looked for once."""
        if name not in self._leaves:
            self._leaves[name] = find_leaves(self.root, self.grammar, re.escape(name))
        return self._leaves[name]

    def gather_leaves(self, names: Iterable[str]) -> None:
        """Look for the leaves with several texts at once; `leaves_named` then has them."""
        wanted = sorted({*names} - self._leaves.keys())
        if len(wanted) < 2:
            return
        self._leaves |= {name: [] for name in wanted}
        for leaf in find_leaves(self.root, self.grammar, "|".join(map(re.escape, wanted))):
            self._leaves[leaf.text()].append(leaf)

    def returned_nodes(self, function: Function) -> list[SgNode]:
        """The expressions that a function returns, looked for once."""
        if function.start not in self._returned:
            self._returned[function.start] = returned_nodes(function, self.grammar)
        return self._returned[function.start]

    def functions_around(self, offset: int) -> list[Function]:
        """The functions around an offset, the innermost first."""
        around = self._around.get(offset)
        if around is None:
            before = self.functions[: bisect_right(self.functions, offset, key=lambda item: item.start)]
            around = [function for function in reversed(before) if offset < function.end]
            self._around[offset] = around
        return around

    def function_at(self, offset: int) -> Function | None:
        """The innermost function around an offset."""
        return next(iter(self.functions_around(offset)), None)

    @cached_property
    def own_names(self) -> frozenset[str]:
        """Classes and modules that the file itself declares: what is called like them is not a library's."""
        return frozenset(match[1] for match in _DECLARED.finditer(self.text))

    @cached_property
    def types(self) -> dict[str, list[str]]:
        """Declared types by the variable, field or parameter that has them, as dotted paths."""
        found: dict[str, list[str]] = {}
        typed, name_first = _TYPED.get(self.language.name, (None, False))
        for match in typed.finditer(self.text) if typed is not None else ():
            first, second = match.groups()
            name, declared = (first, second) if name_first else (second, first)
            found.setdefault(name, []).append(re.sub(r"::|\\\\", ".", declared).lstrip("."))
        return found
