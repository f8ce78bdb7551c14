"""What a file declares: the values that names are given, and its functions with their parameters."""

import re
from dataclasses import dataclass

from ast_grep_py import SgNode

from sbom.crypto.kinds import kinds
from sbom.crypto.syntax import find_kinds

_PARAMETER_LISTS = kinds("parameter_lists")
_RETURNS = kinds("returns")
_BLOCKS = kinds("blocks")
_CLASSES = kinds("classes")
_TYPE_FIRST = frozenset({"java", "groovy", "csharp", "c", "cpp", "objc", "solidity"})
_NAME_LAST = _TYPE_FIRST | {"swift", "php", "rust", "scala"}
"""Languages in which a parameter's name stands at the end, or before a colon."""
_BESIDE = frozenset({"modifiers", "modifier", "accessor_list"})
"""What stands in a declaration beside the name and its type."""
_SELVES = frozenset({"this", "self", "cls", "super", "base"})
_SIGNS = frozenset({"=", ":", ":=", "||=", "??="})
_LOOPS = frozenset(
    {
        "for_statement",
        "for_in_clause",
        "for_in_statement",
        "foreach_statement",
        "enhanced_for_statement",
        "range_clause",
    }
)
_WORDS_OF_LOOPS = frozenset({"in", "of", "as", ":", "range"})
_LISTS = kinds("text_lists") | kinds("objects") | {"implicit_array_creation_expression"}
_LIST_MAKERS = kinds("list_makers") | {"List.of", "Set.of"}
_NAMES = frozenset({"identifier", "variable_name", "simple_identifier"})
_PAIRS = frozenset({"pair", "field_initializer"})
_NAME = re.compile(r"[A-Za-z_$@][\w$]*")
_KEY_PAIR = re.compile(r"\bed25519\.GenerateKey\(|\b(?:box|sign)\.GenerateKey\(")
"""Calls of Go whose second value is the private key."""


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


def returned_nodes(function: Function, grammar: str) -> list[SgNode]:
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


def definitions_of(node: SgNode) -> list[Definition]:
    kind = node.kind()
    children = node.children()
    if kind in ("enum_constant", "enum_entry") or (kind == "enum_member_declaration" and len(children) == 1):
        name = next((child.text() for child in children if "identifier" in child.kind()), "")
        return [Definition(name, node, node)] if name else []
    if kind == "preproc_def":
        named = [child for child in children if child.is_named()]
        return [Definition(named[0].text(), named[1], node)] if len(named) > 1 else []
    if kind in _LOOPS:
        return _looped(node, children)
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


def _looped(node: SgNode, children: list[SgNode]) -> list[Definition]:
    """The variable of a loop over a list that stands in it or has a name: each element is its value."""
    word = next((index for index, child in enumerate(children[:7]) if child.text() in _WORDS_OF_LOOPS), 0)
    if not 0 < word < len(children) - 1:
        return []
    before, after = children[word - 1], children[word + 1]
    if before.text() == ":=":  # Go: `_, name := range names`
        before = children[0].children()[-1]
    variable, values = (after, before) if children[word].text() == "as" else (before, after)
    if variable.kind() in _PAIRS:  # PHP: `$key => $name`
        variable = variable.children()[-1]
    maker = re.match(r"(?:\w+\.)?\w+(?=\()", values.text()[:60])
    listed = values.kind() in _LISTS or values.kind() in _NAMES or (maker and maker[0] in _LIST_MAKERS)
    if not listed or not _NAME.fullmatch(variable.text()):
        return []
    above = node.parent() if node.kind() == "for_in_clause" else None  # what uses it stands before it
    return [Definition(variable.text().lstrip("$@"), values, above or variable)]


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


def function_of(node: SgNode, language: str) -> Function:
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
        elif node.kind() == "arrow_function" and kind == "identifier":  # without brackets: `name => …`
            parameters.append(child.text())
            defaults.append(None)
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


def is_primary(node: SgNode) -> bool:
    above = node.parent()
    return node.kind() == "primary_constructor" or (above is not None and above.kind() in _CLASSES)


def primary_constructor(node: SgNode, language: str) -> Function:
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
