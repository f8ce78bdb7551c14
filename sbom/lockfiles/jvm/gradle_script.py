"""One Gradle build script as written: what it declares, defines and applies.

Blocks are read wherever they stand: under a condition, in `allprojects`, for one project of many. Scripts are
read from top to bottom, so that a variable has the value it has there.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

from sbom.lockfiles.jvm.gradle_catalog import Library, Rich, plugin_marker, rich_version
from sbom.lockfiles.jvm.gradle_statements import (
    arguments_of,
    assignment,
    block_words,
    delegated,
    first_argument,
    flat,
    is_loop,
    line_of,
    loop_over,
    name_of,
    project_env,
    rich_closure,
    target,
    text_after,
    texts_within,
)
from sbom.lockfiles.jvm.gradle_values import (
    Environment,
    Value,
    Written,
    evaluate,
    expand,
    named_arguments,
)
from sbom.lockfiles.jvm.script_tree import Group, Node, Script, Statement, Token

_DEFINES = frozenset({"def", "val", "var", "const", "final", "private", "static", "public", "internal"})
_CONDITIONS = frozenset({"if", "else", "for", "while", "when", "switch", "case", "try", "catch", "each"})
_PLATFORMS = frozenset({"platform", "enforcedPlatform"})
_PROJECTS = frozenset({"project", "projects", "rootProject", "dependencies"})
_WRAPPERS = frozenset({"testFixtures", "create", "variantOf", "enforced", "provider", "dependencies.create"})
_LOCAL = frozenset(
    {
        *("files", "fileTree", "gradleApi", "gradleKotlinDsl", "gradleTestKit", "localGroovy"),
        *("sourceSets", "configurations", "tasks", "zipTree", "rootProject.files", "project.files"),
        *("project.fileTree", "rootProject.fileTree", "layout"),
    }
)
_NO_DEPENDENCY = frozenset(
    {
        *("exclude", "because", "println", "print", "modules", "components", "return", "artifactTypes"),
        *("attributesSchema", "registerTransform", "version", "transitive", "isTransitive", "ext", "extra"),
        *("import", "apply", "throw", "assert", "repositories", "it", "project", "mavenBom", "changing"),
        *("registerFactory", "break", "logger", "attributes", "capabilities", "force", "isForce", "set"),
    }
)
_IDENTITY = frozenset({"group", "version", "description"})
_MANAGED_BLOCKS = frozenset({"constraints"})
_MOST_ROUNDS = 2000
"""Of all loops of a script together."""
_LONGEST_PATH = 60


class Notation(NamedTuple):
    """A module that a script names; `line` is null where another file holds the text."""

    group: str
    name: str
    version: Rich
    line: int | None
    is_platform: bool = False


class Request(NamedTuple):
    """A module that a configuration asks for, and the blocks around the declaration, outermost first."""

    configuration: str
    notation: Notation
    around: tuple[str, ...]


@dataclass(slots=True)
class Facts:
    """What a script says."""

    path: str
    env: Environment
    requests: list[Request] = field(default_factory=list)
    managed: dict[tuple[str, str], Rich] = field(default_factory=dict)
    """Versions of constraints, of the dependency-management plugin, and forced ones."""
    projects: set[str] = field(default_factory=set)
    """Paths of the projects that it depends on."""
    plugins: list[Notation] = field(default_factory=list)
    identity: dict[str, str] = field(default_factory=dict)
    """Group, version and description of the project itself."""
    shared_identity: dict[str, str] = field(default_factory=dict)
    """The same as this script sets them for all projects below."""
    open: list[int] = field(default_factory=list)
    """Lines of dependencies that the script computes."""
    local: list[tuple[str, int]] = field(default_factory=list)
    """Modules without group: files beside the build."""
    project_name: str | None = None
    catalogs: dict[str, str] = field(default_factory=dict)
    """Files of further version catalogs by their name in scripts."""


Apply = Callable[[str], Environment | None]
"""The variables of another script by the path that `apply from:` names; null if there is none."""


def read_facts(script: Script, path: str, env: Environment, apply: Apply) -> Facts:
    """Read what the statements of a script say; `env` gains the variables that it defines."""
    facts = Facts(path, env)
    _Reader(facts, apply).block(script.statements, env, (), is_conditional=False)
    return facts


class _Reader:
    def __init__(self, facts: Facts, apply: Apply) -> None:
        self._facts = facts
        self._apply = apply
        self._rounds_left = _MOST_ROUNDS

    def block(
        self, statements: list[Statement], env: Environment, around: tuple[str, ...], *, is_conditional: bool
    ) -> None:
        for statement in statements:
            self._statement(statement, env, around, is_conditional=is_conditional)

    def _statement(
        self, statement: Statement, env: Environment, around: tuple[str, ...], *, is_conditional: bool
    ) -> None:
        if self._assign(statement, env, around, is_conditional=is_conditional):
            return
        head = name_of(statement[0])
        self._settings(head, statement, env, around)
        words = tuple(block_words(statement))
        is_under = is_conditional or bool(_CONDITIONS & {part for word in words for part in word.split(".")})
        last = head.rpartition(".")[2]
        for group in statement:
            if not isinstance(group, Group) or group.bracket != "{":
                continue
            if "dependencyManagement" in around and last in ("dependencies", "imports"):
                self._management(group, env.inner(), around)
            elif last == "dependencies":
                self._dependencies(group, env.inner(), (*around, *words), is_conditional=is_under)
            elif last == "plugins":
                self._plugins(group, env)
            elif head in ("ext", "extra"):
                self.block(group.parts, project_env(env, "ext."), around, is_conditional=is_under)
            elif len(around) < _LONGEST_PATH:
                self.block(group.parts, env.inner(), (*around, *words), is_conditional=is_under)

    def _assign(
        self, statement: Statement, env: Environment, around: tuple[str, ...], *, is_conditional: bool
    ) -> bool:
        """`def x = …`, `ext.x = …`, `ext["x"] = …`, `val x by extra(…)`, `val x: String by project`."""
        is_definition = name_of(statement[0]) in _DEFINES
        position, operator = assignment(statement)
        name = target(statement[:position], env) if position else None
        if name is None or not (operator == "=" or is_definition):
            return False
        right = statement[position + 1 :]
        if operator == "by":
            found = delegated(name, right, env)
            if found is not None:
                env.values[name] = found
            return found is not None
        value = evaluate(right, env)
        if is_definition:
            env.values[name] = value
        else:
            holder = project_env(env, name) if position == 1 else env
            holder.assign(name, value, is_conditional=is_conditional)
        self._identify(name, value, around)
        return not any(isinstance(part, Group) and part.bracket == "{" for part in right)

    def _identify(self, name: str, value: Value, around: tuple[str, ...]) -> None:
        """What the project is called, if this says so; a version is a variable too."""
        key = name.removeprefix("project.")
        if name == "rootProject.name" and isinstance(value, str):
            self._facts.project_name = str(value)
        elif key in _IDENTITY and isinstance(value, str):
            if not around:
                self._facts.identity[key] = str(value)
            elif around[-1] in ("allprojects", "subprojects"):
                self._facts.shared_identity[key] = str(value)
            else:
                return
            self._facts.env.values[key] = value

    def _settings(self, head: str, statement: Statement, env: Environment, around: tuple[str, ...]) -> None:
        """`group 'x'`, `set('x', '1')`, `apply from: …`, catalogs of a settings script."""
        arguments, _ = arguments_of(statement)
        if head in _IDENTITY and len(arguments) == 1:
            self._identify(head, evaluate(arguments[0], env), around)
        elif head.rpartition(".")[2] == "set" and len(arguments) == 2:
            name = evaluate(arguments[0], env)
            if isinstance(name, str):
                env.assign(name, evaluate(arguments[1], env), is_conditional=False)
        elif head == "apply" and arguments:
            named = named_arguments(arguments, env) or {}
            other = self._apply(named["from"]) if isinstance(named.get("from"), str) else None
            if other is not None and other is not self._facts.env:
                self._facts.env.values.update(other.values)
        elif head in ("resolutionStrategy.force", "force") and arguments:
            self._manage(arguments, env)
        elif head == "from" and "versionCatalogs" in around:
            for path in texts_within(arguments):
                self._facts.catalogs[around[-1]] = path

    def _management(self, block: Group, env: Environment, around: tuple[str, ...]) -> None:
        """Blocks of the dependency-management plugin: BOMs, versions, sets of versions."""
        for statement in block.parts:
            if self._assign(statement, env, around, is_conditional=False):
                continue
            head = name_of(statement[0])
            arguments, closure = arguments_of(statement)
            if head == "mavenBom":
                for notation, _ in self._notations(arguments, env, statement[0]):
                    if notation is not None:
                        platform = notation._replace(is_platform=True)
                        self._facts.requests.append(Request("mavenBom", platform, around))
            elif head == "dependency":
                self._manage(arguments, env)
            elif head == "dependencySet":
                named = named_arguments(arguments, env) or {}
                for entry in closure.parts if closure else ():
                    inner, _ = arguments_of(entry)
                    name = evaluate(inner[0], env) if inner else None
                    if isinstance(named.get("group"), str) and isinstance(name, str):
                        version = named.get("version")
                        rich = rich_version(version) if isinstance(version, str) else Rich()
                        self._facts.managed[named["group"], name] = rich

    def _manage(self, arguments: list[Statement], env: Environment) -> None:
        for notation, _ in self._notations(arguments, env, None):
            if notation is not None and notation.version.text:
                self._facts.managed[notation.group, notation.name] = notation.version

    def _plugins(self, block: Group, env: Environment) -> None:
        """`id("x") version "1"`, `kotlin("jvm") version "1"`, `alias(libs.plugins.x)`."""
        for statement in block.parts:
            head, line = name_of(statement[0]), line_of(statement[0])
            argument = first_argument(statement)
            value = evaluate(argument, env) if argument else None
            if head == "alias" and isinstance(value, Library) and value.is_plugin:
                self._facts.plugins.append(Notation(value.group, value.name, value.version, line))
            elif head in ("id", "kotlin") and isinstance(value, str):
                id = value if head == "id" else f"org.jetbrains.kotlin.{value}"
                version = text_after(statement, "version", env)
                if version is not None:
                    rich = rich_version(version) if version else Rich()
                    self._facts.plugins.append(Notation(*plugin_marker(id), rich, line))

    def _dependencies(
        self, block: Group, env: Environment, around: tuple[str, ...], *, is_conditional: bool
    ) -> None:
        for statement in block.parts:
            if self._assign(statement, env, around, is_conditional=is_conditional):
                continue
            head = name_of(statement[0])
            first = head.partition(".")[0]
            closures = [node for node in statement if isinstance(node, Group) and node.bracket == "{"]
            if first in _MANAGED_BLOCKS or head.endswith((".constraints", "Constraints")):
                for closure in closures:
                    self._constraints(closure, env.inner(), around)
            elif (loop := loop_over(statement, env)) is not None:
                for value in loop.values[: self._rounds_left]:
                    self._rounds_left -= 1
                    inner = env.inner()
                    inner.values[loop.variable] = value
                    body = Group("{", loop.body.line, loop.statements)
                    self._dependencies(body, inner, around, is_conditional=True)
            elif first in _CONDITIONS or is_loop(statement):
                for closure in closures:
                    self._dependencies(closure, env.inner(), around, is_conditional=True)
            elif first not in _NO_DEPENDENCY:
                self._declaration(statement, env, around, self._facts.requests)

    def _constraints(self, block: Group, env: Environment, around: tuple[str, ...]) -> None:
        found: list[Request] = []
        for statement in block.parts:
            if not self._assign(statement, env, around, is_conditional=False):
                self._declaration(statement, env, around, found)
        for request in found:
            if request.notation.version.text:
                self._facts.managed[request.notation.group, request.notation.name] = request.notation.version

    def _declaration(
        self, statement: Statement, env: Environment, around: tuple[str, ...], into: list[Request]
    ) -> None:
        """`configuration notation, …` in one of its forms."""
        first = statement[0]
        if not isinstance(first, Token) or first.kind not in ("name", "text"):
            if isinstance(first, Group) and first.bracket == "[":
                self._facts.open.append(first.line)
            return
        configuration = (expand(first, env) or "") if first.kind == "text" else first.text
        arguments, closure = arguments_of(statement)
        if configuration.rpartition(".")[2] == "add" and len(arguments) > 1:
            name = evaluate(arguments[0], env)
            configuration, arguments = (name if isinstance(name, str) else ""), arguments[1:]
        if not arguments:
            return
        override = rich_closure(closure, env) if closure is not None else None
        for notation, line in self._notations(arguments, env, first):
            if notation is None:
                self._facts.open.append(line)
            else:
                is_overridden = override is not None and notation.version.text is None
                exact = notation._replace(version=override) if is_overridden and override else notation
                into.append(Request(configuration, exact, around))

    def _notations(
        self, arguments: list[Statement], env: Environment, first: Node | None
    ) -> Iterator[tuple[Notation | None, int]]:
        """The modules that arguments name; null for what is computed. Files and projects give none."""
        line = line_of(first) if first is not None else 1
        named = named_arguments(arguments, env)
        if named is not None and ("name" in named or "group" in named):
            yield self._from_names(named, line), line
            return
        if named is not None and "path" in named:
            self._facts.projects |= {named["path"]} if isinstance(named["path"], str) else set()
            return
        for argument in arguments:
            yield from self._argument(argument, env, line)

    def _argument(
        self, argument: Statement, env: Environment, line: int
    ) -> Iterator[tuple[Notation | None, int]]:
        name = name_of(argument[0])
        first, last = name.partition(".")[0], name.rpartition(".")[2]
        call = argument[1] if len(argument) > 1 and isinstance(argument[1], Group) else None
        parts = call.parts if call is not None and call.bracket == "(" else None
        if parts is not None and last in _WRAPPERS:
            yield from self._notations(parts, env, argument[0])
        elif last in _PLATFORMS and len(argument) > 1:
            inner = [argument[1:]] if parts is None else parts
            for notation, where in self._notations(inner, env, argument[0]):
                yield (notation and notation._replace(is_platform=True)), where
        elif (first in _PROJECTS and self._project(name, parts, env)) or first in _LOCAL or last in _LOCAL:
            return
        elif name == "kotlin" and parts:
            yield _kotlin(parts, env, line_of(argument[0])), line
        else:
            where = line_of(argument[0])
            for value in flat([evaluate(argument, env)]):
                yield from self._from_value(value, where)

    def _project(self, name: str, parts: list[Statement] | None, env: Environment) -> bool:
        """`project(":a")`, `project(path: ":a")`, `projects.a`, files of one; whether it is one of these."""
        if name.startswith("projects."):
            self._facts.projects.add(name)
        elif name.rpartition(".")[2] == "project" and parts:
            named = named_arguments(parts, env) or {}
            path = named.get("path", evaluate(parts[0], env))
            self._facts.projects |= {str(path)} if isinstance(path, str) else set()
        else:
            return name.rpartition(".")[2] in _LOCAL
        return True

    def _from_value(self, value: Value, line: int) -> Iterator[tuple[Notation | None, int]]:
        if isinstance(value, Library) and not value.is_plugin:
            yield Notation(value.group, value.name, value.version, line), line
        elif isinstance(value, dict) and "name" in value:
            yield self._from_names(value, line), line
        elif isinstance(value, str):
            parts = value.partition("@")[0].split(":")
            own = self._line_of(value, line)
            if len(parts) > 1 and not parts[0] and parts[1]:
                self._facts.local.append((str(value), own))
            elif len(parts) < 2 or not all(part.strip() for part in parts[:2]):
                yield None, line
            else:
                rich = rich_version(parts[2]) if len(parts) > 2 else Rich()
                yield Notation(parts[0].strip(), parts[1].strip(), rich, own), own
        else:
            yield None, line

    def _from_names(self, named: dict[str, Value], line: int) -> Notation | None:
        group, name, version = named.get("group"), named.get("name"), named.get("version")
        if not isinstance(name, str) or not name.strip():
            return None
        if not isinstance(group, str) or not group.strip():
            if "group" not in named:
                self._facts.local.append((name, line))
            return None
        rich = rich_version(version) if isinstance(version, str) else Rich()
        return Notation(group, name, rich, self._line_of(name, line))

    def _line_of(self, value: Value, line: int) -> int:
        """Where a text stands if it stands in this file, else where it is used."""
        return value.line if isinstance(value, Written) and value.path == self._facts.path else line


def _kotlin(parts: list[Statement], env: Environment, line: int) -> Notation | None:
    """`kotlin("stdlib", "1.9.0")`: a module of Kotlin's own group."""
    values = [evaluate(part, env) for part in parts]
    if not isinstance(values[0], str):
        return None
    version = next((value for value in values[1:] if isinstance(value, str)), None)
    rich = rich_version(version) if version else Rich()
    return Notation("org.jetbrains.kotlin", f"kotlin-{values[0]}", rich, line)
