"""The parts of statements in Gradle build scripts: names, arguments, closures."""

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from sbom.lockfiles.jvm.gradle_catalog import Rich
from sbom.lockfiles.jvm.gradle_values import Environment, Value, evaluate
from sbom.lockfiles.jvm.script_tree import Group, Node, Statement, Token

_EACH = frozenset({"each", "forEach"})


def name_of(node: Node) -> str:
    return node.text if isinstance(node, Token) and node.kind == "name" else ""


def line_of(node: Node | None) -> int:
    return node.line if node is not None else 1


def target(nodes: Statement, env: Environment) -> str | None:
    """The variable on the left of `=`: `x`, `String x`, `val x: String`, `ext.x`, `ext["x"]`."""
    if len(nodes) == 2 and isinstance(nodes[1], Group) and nodes[1].bracket == "[" and nodes[1].parts:
        key = evaluate(nodes[1].parts[0], env)
        owner = name_of(nodes[0])
        if not isinstance(key, str) or not owner:
            return None
        return key if owner.rpartition(".")[2] in ("ext", "extra") else f"{owner}.{key}"
    tokens = [node for node in nodes if isinstance(node, Token)]
    if any(token.text == "fun" for token in tokens):
        return None
    colon = next((place for place, token in enumerate(tokens) if token.text == ":"), len(tokens))
    names = [token.text for token in tokens[:colon] if token.kind == "name"]
    return names[-1] if names and len(tokens) == len(nodes) else None


def project_env(env: Environment, name: str) -> Environment:
    """`ext.x = …` and assignments in `ext { … }` of any block define a property of the project."""
    if not name.startswith(("ext.", "extra.", "project.ext.", "rootProject.ext.")):
        return env
    while env.outer is not None and env.outer.path == env.path:
        env = env.outer
    return env


def arguments_of(statement: Statement) -> tuple[list[Statement], Group | None]:
    """Arguments of `head(a, b) { … }` or `head a, b { … }`, and the closure behind them."""
    rest = statement[1:]
    closure = None
    if rest and isinstance(rest[-1], Group) and rest[-1].bracket == "{":
        closure, rest = rest[-1], rest[:-1]
    call = rest[0] if rest and isinstance(rest[0], Group) and rest[0].bracket == "(" else None
    if call is not None and (len(rest) == 1 or token_text(rest[1]) in (".", "version", "apply")):
        return call.parts, closure
    arguments: list[Statement] = [[]]
    for node in rest:
        if isinstance(node, Token) and node.kind == "op" and node.text == ",":
            arguments.append([])
        else:
            arguments[-1].append(node)
    return [argument for argument in arguments if argument], closure


def token_text(node: Node) -> str:
    return node.text if isinstance(node, Token) else ""


def first_argument(statement: Statement) -> Statement:
    if len(statement) > 1 and isinstance(statement[1], Group) and statement[1].bracket == "(":
        return statement[1].parts[0] if statement[1].parts else []
    return statement[1:2]


def text_after(statement: Statement, word: str, env: Environment) -> str | None:
    """The text behind `version` in a plugin's request: empty if it is computed, null if there is none."""
    for position, node in enumerate(statement[:-1]):
        if token_text(node) in (word, f".{word}"):
            follower = statement[position + 1]
            if isinstance(follower, Group):
                value = evaluate(follower.parts[0], env) if follower.parts else None
            else:
                value = evaluate([follower], env)
            return value if isinstance(value, str) else ""
    return None


def rich_closure(closure: Group, env: Environment) -> Rich | None:
    """`version { strictly "…"; prefer "…" }` behind a notation."""
    for statement in closure.parts:
        if name_of(statement[0]) != "version" or not isinstance(statement[-1], Group):
            continue
        found: dict[str, str] = {}
        for part in statement[-1].parts if statement[-1].bracket == "{" else ():
            value = evaluate(first_argument(part), env)
            if isinstance(value, str):
                found[name_of(part[0])] = str(value)
        return Rich(found.get("strictly"), found.get("require"), found.get("prefer"))
    return None


def block_words(statement: Statement) -> Iterator[str]:
    """Names in front of a block: `val commonTest by getting {`, `project(":a") {`, `create("libs") {`."""
    for node in statement:
        if isinstance(node, Token):
            if node.kind == "name":
                yield node.text
        elif node.bracket == "(" and len(node.parts) == 1 and len(node.parts[0]) == 1:
            inner = node.parts[0][0]
            if isinstance(inner, Token) and inner.kind == "text":
                yield inner.text
        elif node.bracket == "{":
            return


def texts_within(arguments: list[Statement]) -> Iterator[str]:
    """Texts in nested calls: `from(files("../libs.versions.toml"))`."""
    pending = [node for argument in arguments for node in argument]
    while pending:
        node = pending.pop(0)
        if isinstance(node, Group):
            pending += [inner for part in node.parts for inner in part]
        elif node.kind == "text":
            yield node.text


def flat(values: Iterable[Value]) -> Iterator[Value]:
    for value in values:
        if isinstance(value, list):
            yield from (item for item in flat(value))
        else:
            yield value


def assignment(statement: Statement) -> tuple[int, str]:
    """Where `=` or `by` stands, before any block; 0 if the statement assigns nothing."""
    for position, node in enumerate(statement):
        if isinstance(node, Group):
            if node.bracket == "{":
                break
        elif (node.kind == "op" and node.text == "=") or (node.kind == "name" and node.text == "by"):
            return position, node.text
    return 0, ""


def delegated(name: str, source: Statement, env: Environment) -> Value:
    """`by project`, `by extra("1")`; null for other delegates."""
    if not source or name_of(source[0]) not in ("project", "settings", "rootProject", "extra"):
        return None
    if len(source) == 1:
        return env.outer.lookup(name) if env.outer else None
    call = source[1]
    return evaluate(call.parts[0], env) if isinstance(call, Group) and call.parts else None


class Loop(NamedTuple):
    """A block that is run for each of some values."""

    variable: str
    values: list[Value]
    body: Group
    statements: list[Statement]


def is_loop(statement: Statement) -> bool:
    """`for (…) {`, `….each {`, `….forEach {`."""
    words = [node.text for node in statement if isinstance(node, Token) and node.kind == "name"]
    return bool(words) and (words[0] == "for" or words[-1].rpartition(".")[2] in _EACH)


def loop_over(statement: Statement, env: Environment) -> Loop | None:
    """A loop over values that are written out; null for others."""
    body = statement[-1]
    if not is_loop(statement) or not isinstance(body, Group) or body.bracket != "{":
        return None
    head = statement[1] if len(statement) > 1 else None
    if name_of(statement[0]) == "for":
        if not isinstance(head, Group) or not head.parts:
            return None
        nodes = head.parts[0]
        place = next((place for place, node in enumerate(nodes) if token_text(node) in ("in", ":")), 0)
        variable = token_text(nodes[place - 1]) if place else ""
        values, statements = evaluate(nodes[place + 1 :], env), body.parts
    else:
        variable, statements = _closure_parameter(body)
        values = evaluate(_before_each(statement[:-1]), env)
    if not variable or not isinstance(values, list):
        return None
    return Loop(variable, values, body, statements)


def _closure_parameter(body: Group) -> tuple[str, list[Statement]]:
    """The parameter's name, `it` if there is none, and the statements behind the arrow."""
    first = body.parts[0] if body.parts else []
    arrow = next((place for place, node in enumerate(first[:4]) if token_text(node) == "->"), 0)
    if not arrow:
        return "it", body.parts
    rest = first[arrow + 1 :]
    return token_text(first[arrow - 1]), [rest, *body.parts[1:]] if rest else body.parts[1:]


def _before_each(nodes: Statement) -> Statement:
    """`names.each` and `[…].each` without the call."""
    last = nodes[-1]
    assert isinstance(last, Token)
    owner = last.text.rpartition(".")[0]
    if owner:
        return [*nodes[:-1], Token("name", owner, last.line)]
    return nodes[:-2] if len(nodes) > 1 and token_text(nodes[-2]) == "." else nodes[:-1]
