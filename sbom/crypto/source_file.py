"""One parsed source file with what is looked up in it again and again: imports, definitions, functions."""

import re
from bisect import bisect_right
from dataclasses import dataclass
from functools import cached_property

from ast_grep_py import SgNode, SgRoot

from sbom.crypto.imports import Imports, read_imports
from sbom.crypto.kinds import kinds
from sbom.crypto.languages import Language
from sbom.crypto.readable import line_starts
from sbom.crypto.slow_errors import refuse_what_is_slow
from sbom.crypto.syntax import find_kinds, find_leaves

_DEFINITIONS = kinds("definitions")
_FUNCTIONS = kinds("functions")
_PARAMETER_LISTS = kinds("parameter_lists")
_RETURNS = kinds("returns")
_BLOCKS = kinds("blocks")
_FIELDS = frozenset({"keyed_element"})
_CLASSES = kinds("classes")
_PRIMARY = frozenset({"primary_constructor", "parameter_list", "class_parameters"})
_TYPE_FIRST = frozenset({"java", "groovy", "csharp", "c", "cpp", "objc", "solidity"})
_NAME_LAST = _TYPE_FIRST | {"swift", "php", "rust", "scala"}
"""Languages in which a parameter's name stands at the end, or before a colon."""
_BESIDE = frozenset({"modifiers", "modifier", "accessor_list"})
"""What stands in a declaration beside the name and its type."""
_SELVES = frozenset({"this", "self", "cls", "super", "base"})
_SIGNS = frozenset({"=", ":", ":=", "||=", "??="})
_PAIRS = frozenset({"pair", "field_initializer"})
_WORD_BYTES = bytes(byte if byte < 128 and (chr(byte).isalnum() or byte == 95) else 32 for byte in range(256))
_NAME = re.compile(r"[A-Za-z_$@][\w$]*")
_DECLARED = re.compile(
    r"^[ \t]*(?:(?:export|default|public|(?:private|protected)(?:\[\w+\])?|internal|abstract|final|sealed|"
    r"static|open|data|case|implicit|enum(?=[ \t]+class\b)|pub|partial|inner|declare|pub\(crate\))[ \t]+)*"
    r"(?:class|interface|enum|object|module|struct|trait|mod|actor|record|namespace)[ \t]+([A-Za-z_]\w*)",
    re.MULTILINE,
)
_FILLS = re.compile(
    r"(?i)(?:rand|fill|entropy|nextbytes|secure|getrandom|read|generate)(?=\w*\s*\(?([^;\n]{0,80}\w*))"
)
_KEY_PAIR = re.compile(r"\bed25519\.GenerateKey\(|\b(?:box|sign)\.GenerateKey\(")
"""Calls of Go whose second value is the private key."""
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


@dataclass(frozen=True, slots=True)
class Definition:
    """A value that a name is given somewhere in the file."""

    name: str
    value: SgNode
    node: SgNode
    """The assignment, declaration or pair."""
    owner: str = ""
    """What stands before the name, where that is another object's: `aes` of `aes.KeySize = 256`."""

    @property
    def start(self) -> int:
        """Offset in characters, which the parser counts from the start of the text each time it is asked."""
        return int(self.node.range().start.index)


@dataclass(frozen=True, slots=True)
class Function:
    """A function with the names of its parameters, in order; `defaults` are their default values."""

    name: str
    parameters: tuple[str, ...]
    defaults: tuple[SgNode | None, ...]
    node: SgNode
    start: int
    end: int


class SourceFile:
    """A file of source code. Positions are in characters of its text."""

    def __init__(self, path: str, language: Language, text: str) -> None:
        self.path = path
        self.language = language
        self.text = text
        self.grammar = language.parser
        self._leaves: dict[str, list[SgNode]] = {}
        self._around: dict[int, list[Function]] = {}
        self._returned: dict[int, list[SgNode]] = {}

    @cached_property
    def code(self) -> str:
        """The text as the parser is given it."""
        return self.language.code_of(self.text)

    @cached_property
    def words(self) -> frozenset[str]:
        """Every name of the code that is written in ASCII, and other words; letters beyond it part words."""
        return frozenset(self.code.encode("utf-8", "replace").translate(_WORD_BYTES).decode("ascii").split())

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
            for definition in _definitions(node):
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
            _function(node, self.language.name) for node in find_kinds(self.root, self.grammar, _FUNCTIONS)
        ]

    @cached_property
    def primary_constructors(self) -> list[Function]:
        """Constructors whose parameters stand behind the name of the class (Kotlin, C#)."""
        lists = [node for node in find_kinds(self.root, self.grammar, _PRIMARY) if _is_primary(node)]
        return [_primary(node, self.language.name) for node in lists]

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
    def filled_names(self) -> frozenset[str]:
        """Names behind a function that reads or makes random bytes, to which it may give them."""
        return frozenset(
            name for match in _FILLS.finditer(self.text) for name in re.findall(r"\w+", match[1])
        )

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

    def returned_nodes(self, function: Function) -> list[SgNode]:
        """The expressions that a function returns, looked for once."""
        if function.start not in self._returned:
            self._returned[function.start] = _returned_nodes(function, self.grammar)
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


def _returned_nodes(function: Function, grammar: str) -> list[SgNode]:
    found = []
    for node in find_kinds(function.node, grammar, _RETURNS):
        inner = [child for child in node.children() if child.is_named()]
        if inner and node.text().startswith("return"):
            found.append(inner[-1])
    if found:
        return found
    parts = [child for child in function.node.children() if child.is_named()]
    if not parts:
        return []
    if grammar == "scala":
        return _last_of(function.node)
    body = parts[-1]
    inner = [child for child in body.children() if child.is_named()]
    if function.node.kind() == "arrow_function" and body.kind() != "statement_block":
        return [body]
    return inner[-1:] if len(inner) == 1 else []


def _last_of(function: SgNode) -> list[SgNode]:
    """What a function of Scala is worth: what stands behind its sign, of a block the last expression."""
    children = function.children()
    sign = next((index for index, child in enumerate(children) if child.text() == "="), len(children))
    body = next((child for child in children[sign + 1 :] if child.is_named()), None)
    if body is None or body.kind() not in _BLOCKS:
        return [body] if body is not None else []
    return [child for child in body.children() if child.is_named()][-1:]


def _definitions(node: SgNode) -> list[Definition]:
    kind = node.kind()
    children = node.children()
    if kind in ("enum_constant", "enum_entry") or (kind == "enum_member_declaration" and len(children) == 1):
        name = next((child.text() for child in children if "identifier" in child.kind()), "")
        return [Definition(name, node, node)] if name else []
    if kind == "preproc_def":
        named = [child for child in children if child.is_named()]
        return [Definition(named[0].text(), named[1], node)] if len(named) > 1 else []
    for index, child in enumerate(children):
        if child.text() in _SIGNS and index:
            if child.text() == ":" and kind not in _PAIRS:  # a type annotation
                continue
            lefts = [left for left in children[:index] if left.is_named() and "type" not in left.kind()]
            if not lefts:
                return []
            values = [right for right in children[index + 1 :] if right.is_named()]
            return _paired(lefts, values, node)
    if kind == "field_initializer" and len(children) == 2:  # C++: name_(value)
        values = [child for child in children[1].children() if child.is_named()]
        return _paired(children[:1], values, node) if len(values) == 1 else []
    if kind in ("variable_declarator", "init_declarator") and len(children) == 2 and children[1].is_named():
        return _paired(children[:1], children[1:], node)  # C# without a node for the sign
    return []


def _paired(lefts: list[SgNode], values: list[SgNode], node: SgNode) -> list[Definition]:
    """Names on the left with values on the right; the first name takes the only value of a call."""
    if not values:
        return []
    left = next((item for item in reversed(lefts) if item.kind() not in _BESIDE), lefts[-1])
    targets = [left]
    if left.kind() in (
        "expression_list",
        "pattern_list",
        "tuple_pattern",
        "left_assignment_list",
        "variable_list",
    ):
        targets = [child for child in left.children() if child.is_named()]
    value = values[0]
    if left.kind() == "object_pattern":  # { privateKey } = …: each name is a part of the value
        return [
            Definition(_NAME.findall(child.text())[-1], value, node)
            for child in left.children()
            if child.is_named() and _NAME.search(child.text())
        ]
    sources = [value]
    if value.kind() in ("expression_list", "right_assignment_list"):
        sources = [child for child in value.children() if child.is_named()]
    if len(sources) != len(targets):
        targets = targets[:2] if _KEY_PAIR.search(value.text()[:80]) else targets[:1]
        sources *= len(targets)
    found = []
    for target, source in zip(targets, sources, strict=False):
        names = _NAME.findall(re.sub(r"\[[^\]]*\]|:.*", "", target.text().strip("\"'")))
        if names:
            before = target.text().strip("\"'").rpartition(".")[0]
            owner = "" if before in _SELVES else before
            found.append(Definition(names[-1].lstrip("$@"), source, node, owner))
    return found


def _function(node: SgNode, language: str) -> Function:
    span = node.range()
    name = ""
    parameters: list[str] = []
    defaults: list[SgNode | None] = []
    header = node
    declarator = next((child for child in node.children() if child.kind().endswith("declarator")), None)
    while declarator is not None:  # C: the name and the parameters are below pointer declarators
        header = declarator
        declarator = next(
            (child for child in header.children() if child.kind().endswith("function_declarator")), None
        )
    for child in header.children():
        kind = child.kind()
        if kind in _PARAMETER_LISTS:
            if language == "go" and not name:  # the receiver of a method
                continue
            for parameter in child.children():
                if parameter.is_named():
                    _add_parameters(parameter, language, parameters, defaults)
            if name or kind != "parameter_list":
                break
        elif kind == "parameter":
            _add_parameters(child, language, parameters, defaults)
        elif name and child.text() == "=":
            break
        elif kind == "dot_index_expression":  # Lua
            name = child.children()[-1].text()
        elif kind in ("name", "constant") or ("identifier" in kind and kind != "type_identifier"):
            name = child.text()
    if not name and node.kind() in ("arrow_function", "function_expression", "func_literal"):
        above = node.parent()
        if above is not None and above.kind() in ("variable_declarator", "pair", "assignment_expression"):
            names = _NAME.findall(above.children()[0].text())
            name = names[-1] if names else ""
    return Function(
        name.rpartition("::")[2],
        tuple(parameters),
        tuple(defaults),
        node,
        int(span.start.index),
        int(span.end.index),
    )


def _is_primary(node: SgNode) -> bool:
    above = node.parent()
    return node.kind() == "primary_constructor" or (above is not None and above.kind() in _CLASSES)


def _primary(node: SgNode, language: str) -> Function:
    span, above = node.range(), node.parent()
    siblings = above.children() if above is not None else []
    name = next((child.text() for child in siblings if "identifier" in child.kind()), "")
    parameters: list[str] = []
    defaults: list[SgNode | None] = []
    for child in node.children():
        if child.kind() == "class_parameter":  # val name: Type = value
            parts = child.children()
            parameters += [
                part.text() for part in parts if part.kind() in ("simple_identifier", "identifier")
            ][:1]
            defaults.append(parts[-1] if any(part.text() == "=" for part in parts) else None)
        elif child.kind() == "parameter":
            _add_parameters(child, language, parameters, defaults)
    start, end = int(span.start.index), int(span.end.index)
    return Function(name, tuple(parameters), tuple(defaults), node, start, end)


def _add_parameters(
    node: SgNode, language: str, parameters: list[str], defaults: list[SgNode | None]
) -> None:
    kind = node.kind()
    if kind in ("comment", "attribute", "self_parameter", "line_comment", "block_comment"):
        return
    if language == "python" and not parameters and node.text() in ("self", "cls"):
        return  # no call gives it
    if language == "kotlin" and kind != "parameter":
        if defaults:
            defaults[-1] = node
        return
    children = node.children()
    signs = ("=", ":") if kind == "keyword_parameter" else ("=",)
    sign = next((index for index, child in enumerate(children) if child.text() in signs), None)
    default = children[sign + 1] if sign is not None and sign + 1 < len(children) else None
    text = (
        node.text()
        if sign is None
        else node.text()[: children[sign].range().start.index - node.range().start.index]
    )
    if language == "go":
        names = [child.text() for child in children if child.kind() == "identifier"]
    else:
        head = text if language in _TYPE_FIRST else text.partition(":")[0]
        words = _NAME.findall(re.sub(r"\[[^\]]*\]|<[^<>]*>", "", head))
        names = words[-1:] if language in _NAME_LAST else words[:1]
    for name in names:
        parameters.append(name.lstrip("$@"))
        defaults.append(default)
