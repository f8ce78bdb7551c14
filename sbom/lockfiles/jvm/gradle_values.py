"""What expressions of Gradle build scripts come to, as far as they are written out; null if computed.

A value is a text that knows where it stands, a list, a mapping, a library of a version catalog, or null.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from sbom.lockfiles.jvm.gradle_catalog import Catalog
from sbom.lockfiles.jvm.script_tree import Group, Node, Statement, Token

_INTERPOLATION = re.compile(r"\\(.)|\$\{([^{}]*)\}|\$([A-Za-z_][\w]*(?:\.[A-Za-z_]\w*)*)", re.DOTALL)
_INDEXED = re.compile(r"([\w.]+?)\s*\[\s*[\"']([^\"']+)[\"']\s*\]")
_GETTER = re.compile(r"([\w.]+?)\(\s*[\"']([^\"']+)[\"']\s*\)(?:\.get\(\))?")
_OWNERS = re.compile(r"(?:(?:project|rootProject|this|gradle|settings|ext|extra|parent)\.)+")
_LISTS = frozenset({"listOf", "arrayOf", "setOf", "mutableListOf", "arrayListOf", "List.of", "Arrays.asList"})
_MAPS = frozenset({"mapOf", "mutableMapOf", "hashMapOf"})
_GETTERS = frozenset(
    {"property", "findProperty", "properties", "ext", "extra", "extra.get", "ext.get", "gradleProperty"}
)
_FILES = frozenset({"file", "project.file", "uri", "rootProject.file", "layout.settingsDirectory.file"})
_ROOTS = frozenset({"rootDir", "rootProject.projectDir", "rootProject.rootDir", "project.rootDir"})
ROOT = "@root"
"""Stands for the folder of the build in the paths that scripts name."""
_ENDINGS = frozenset({"get", "asProvider", "toString", "trim", "getOrNull", "orNull", "requiredVersion"})
_LONGEST_TEXT = 2000
_MOST_ITEMS = 5000
_DEEPEST = 40

Value = Any
"""`Written`, a list or mapping of values, `Library`, or null for what is not known."""


class Written(str):
    """A text and where it is written."""

    __slots__ = ("line", "path")
    path: str
    line: int

    @classmethod
    def at(cls, text: str, path: str, line: int) -> "Written":
        written = cls(text)
        written.path, written.line = path, line
        return written


@dataclass(slots=True)
class Environment:
    """Variables that a part of a script sees: its own, then those of what surrounds it."""

    path: str
    catalogs: Mapping[str, Catalog] = field(default_factory=dict)
    outer: "Environment | None" = None
    values: dict[str, Value] = field(default_factory=dict)

    def inner(self) -> "Environment":
        """The environment of a block."""
        return Environment(self.path, self.catalogs, self)

    def assign(self, name: str, value: Value, *, is_conditional: bool) -> None:
        """Set a variable where it is defined, else here. What a condition may change is not known."""
        name = _OWNERS.sub("", name, count=1)
        head, *rest = name.split(".")
        holder: Environment | None = self
        while holder is not None and head not in holder.values and name not in holder.values:
            holder = holder.outer
        holder = holder if holder is not None and holder.path == self.path else self
        values = holder.values
        for key in rest:
            if not isinstance(values.get(head), dict):
                values[head] = {}
            values, head = values[head], key
        if is_conditional and head in values and values[head] != value:
            value = None
        values[head] = value

    def lookup(self, name: str) -> Value:
        """The value of a dotted name; null if it is not known."""
        if name in _ROOTS:
            return Written.at(ROOT, self.path, 1)
        return self._find(_OWNERS.sub("", name, count=1))

    def _find(self, name: str) -> Value:
        parts = name.split(".")
        while len(parts) > 1 and parts[-1] in _ENDINGS:
            parts.pop()
        holder: Environment | None = self
        while holder is not None:
            if name in holder.values:
                return holder.values[name]
            if parts[0] in holder.values:
                return _member(holder.values[parts[0]], parts[1:])
            holder = holder.outer
        catalog = self.catalogs.get(parts[0])
        return catalog.accessor(parts[1:]) if catalog is not None and parts[1:] else None


def _member(value: Value, keys: list[str]) -> Value:
    for key in keys:
        value = value.get(key) if isinstance(value, dict) else None
    return value


def evaluate(nodes: Statement, env: Environment, depth: int = 0) -> Value:
    """The value of an expression; null for what is computed or nested deeper than people write."""
    if not nodes or depth > _DEEPEST:
        return None
    for operator, joined in (("?:", _first), ("+", _sum)):
        pieces = split_at(nodes, operator)
        if len(pieces) > 1:
            return joined([evaluate(piece, env, depth + 1) for piece in pieces[:_MOST_ITEMS]])
    first, rest = nodes[0], _without_cast(nodes[1:])
    if isinstance(first, Token) and first.kind == "name" and rest:
        return _call(first.text, rest, env, depth)
    if rest and not (isinstance(first, Token) and first.kind == "text" and _is_ending(rest)):
        return None
    return _group(first, env, depth) if isinstance(first, Group) else _word(first, env)


def _word(token: Token, env: Environment) -> Value:
    if token.kind == "text":
        return expand(token, env)
    if token.kind == "number":
        return Written.at(token.text, env.path, token.line)
    return env.lookup(token.text) if token.kind == "name" else None


def _group(group: Group, env: Environment, depth: int) -> Value:
    if group.bracket == "[":
        return _collection(group, env, depth)
    is_single = group.bracket == "(" and len(group.parts) == 1
    return evaluate(group.parts[0], env, depth + 1) if is_single else None


def _call(name: str, rest: Statement, env: Environment, depth: int) -> Value:
    """`listOf(…)`, `mapOf(…)`, `property("x")`, `versions["x"]`, `libs.x.get()`, `libs.findLibrary("x")`."""
    group, *after = rest
    if not isinstance(group, Group) or group.bracket == "{" or not (not after or _is_ending(after)):
        return None
    if group.bracket == "(":
        if name in _LISTS:
            return _list(group.parts, env, depth)
        if name in _MAPS:
            return _pairs(group, "to", env, depth)
        if not group.parts and name.rpartition(".")[2] in _ENDINGS:
            return env.lookup(name)
    argument = evaluate(group.parts[0], env, depth + 1) if len(group.parts) == 1 else None
    if not isinstance(argument, str):
        return None
    return _member_of(name, argument, env, group)


def _member_of(name: str, argument: str, env: Environment, group: Group) -> Value:
    """What `name["argument"]` or `name("argument")` gives."""
    owner, _, method = name.rpartition(".")
    if method in _GETTERS or name in _GETTERS:
        return env.lookup(argument)
    if group.bracket == "[":
        return _member(env.lookup(name), [argument])
    if name in _FILES:
        prefix = f"{ROOT}/" if name.startswith(("rootProject", "layout")) else ""
        return Written.at(f"{prefix}{argument}", env.path, group.line)
    catalog = env.catalogs.get(owner)
    return catalog.find(method, argument) if catalog is not None else None


def _collection(group: Group, env: Environment, depth: int) -> Value:
    if group.parts and split_at(group.parts[0], ":")[1:]:
        return _pairs(group, ":", env, depth)
    return {} if any(_is_colon(part) for part in group.parts) else _list(group.parts, env, depth)


def _is_colon(part: Statement) -> bool:
    return len(part) == 1 and isinstance(part[0], Token) and part[0].text == ":"


def _list(parts: Iterable[Statement], env: Environment, depth: int) -> list[Value]:
    return [evaluate(part, env, depth + 1) for part in list(parts)[:_MOST_ITEMS]]


def _pairs(group: Group, separator: str, env: Environment, depth: int) -> dict[str, Value]:
    pairs = (split_at(part, separator) for part in group.parts[:_MOST_ITEMS])
    return {
        key: evaluate(pair[1], env, depth + 1)
        for pair in pairs
        if len(pair) == 2 and (key := _key(pair[0], env)) is not None
    }


def _key(nodes: Statement, env: Environment) -> str | None:
    """A mapping's key: a bare name stands for itself."""
    node = nodes[0] if len(nodes) == 1 else None
    if isinstance(node, Token) and node.kind in ("name", "number"):
        return node.text
    return expand(node, env) if isinstance(node, Token) and node.kind == "text" else None


def named_arguments(parts: Iterable[Statement], env: Environment) -> dict[str, Value] | None:
    """`group: 'a', name: 'b'` or `group = "a", name = "b"`; null if the arguments have no names."""
    found: dict[str, Value] = {}
    for part in parts:
        for separator in (":", "="):
            pair = split_at(part, separator)
            if len(pair) == 2 and (key := _key(pair[0], env)) is not None:
                found[key] = evaluate(pair[1], env)
                break
    return found or None


def expand(token: Token, env: Environment) -> Written | None:
    """A string with its `$name` and `${…}` put in; null if one of them is not known."""
    if not token.is_template or ("$" not in token.text and "\\" not in token.text):
        return Written.at(token.text, env.path, token.line)
    is_known, length = True, 0

    def replaced(found: re.Match[str]) -> str:
        nonlocal is_known, length
        if found[1]:
            return found[1]
        value = _simple(found[2].strip(), env) if found[2] is not None else _longest(found[3], env)
        is_known = is_known and isinstance(value, str)
        length += len(value) if isinstance(value, str) else 0
        return value if isinstance(value, str) and length <= _LONGEST_TEXT else ""

    text = _INTERPOLATION.sub(replaced, token.text)
    if not is_known or length > _LONGEST_TEXT:
        return None
    return Written.at(text, env.path, token.line)


def _simple(expression: str, env: Environment) -> Value:
    if indexed := _INDEXED.fullmatch(expression):
        if indexed[1] in _GETTERS or indexed[1].rpartition(".")[2] in _GETTERS:
            return env.lookup(indexed[2])
        return _member(env.lookup(indexed[1]), [indexed[2]])
    if getter := _GETTER.fullmatch(expression):
        return env.lookup(getter[2]) if getter[1].rpartition(".")[2] in _GETTERS else None
    return env.lookup(expression.replace("()", ""))


def _longest(name: str, env: Environment) -> Value:
    """Groovy takes `$a.b` as a path, Kotlin as `$a` and the text `.b`."""
    value = env.lookup(name)
    if isinstance(value, str):
        return value
    head, _, rest = name.partition(".")
    value = env.lookup(head)
    return f"{value}.{rest}" if isinstance(value, str) and rest else value


def split_at(nodes: Statement, operator: str) -> list[Statement]:
    """The parts of an expression between an operator that stands outside of brackets."""
    pieces: list[Statement] = [[]]
    kind = "name" if operator.isalpha() else "op"
    for node in nodes:
        if isinstance(node, Token) and node.kind == kind and node.text == operator:
            pieces.append([])
        else:
            pieces[-1].append(node)
    return pieces


def _first(values: list[Value]) -> Value:
    return next((value for value in values if value is not None), None)


def _sum(values: list[Value]) -> Value:
    if all(isinstance(value, str) for value in values):
        total = "".join(values)
        first = values[0]
        place = (first.path, first.line) if isinstance(first, Written) else ("", 0)
        return Written.at(total, *place) if len(total) <= _LONGEST_TEXT else None
    if all(isinstance(value, list) for value in values):
        return [item for value in values for item in value][:_MOST_ITEMS]
    return None


def _without_cast(nodes: Statement) -> Statement:
    for position, node in enumerate(nodes):
        if isinstance(node, Token) and node.text in ("as", "!"):
            return nodes[:position]
    return nodes


def _is_ending(nodes: list[Node]) -> bool:
    """Nothing but calls that leave the value as it is: `.get()`, `.toString()`."""
    for node in nodes:
        if isinstance(node, Group):
            if node.parts:
                return False
        elif node.text != "." and node.text not in _ENDINGS:
            return False
    return True
