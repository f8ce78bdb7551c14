"""One Gradle build script as written: what it declares, defines and applies.

Blocks are read wherever they stand: under a condition, in `allprojects`, for one project of many. Scripts are
read from top to bottom, so that a variable has the value it has there.
"""

from collections.abc import Callable

from sbom.lockfiles.jvm.gradle_catalog import Library, Rich, plugin_marker, rich_version
from sbom.lockfiles.jvm.gradle_facts import Facts, Notation, Request
from sbom.lockfiles.jvm.gradle_notations import Notations
from sbom.lockfiles.jvm.gradle_statements import (
    arguments_of,
    assignment,
    block_words,
    delegated,
    first_argument,
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
    evaluate,
    expand,
    named_arguments,
)
from sbom.lockfiles.jvm.script_tree import Group, Script, Statement, Token

_DEFINES = frozenset({"def", "val", "var", "const", "final", "private", "static", "public", "internal"})
_CONDITIONS = frozenset({"if", "else", "for", "while", "when", "switch", "case", "try", "catch", "each"})
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
        self._notations = Notations(facts)
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
                for notation, _ in self._notations.read(arguments, env, statement[0]):
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
        for notation, _ in self._notations.read(arguments, env, None):
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
        for notation, line in self._notations.read(arguments, env, first):
            if notation is None:
                self._facts.open.append(line)
            else:
                is_overridden = override is not None and notation.version.text is None
                exact = notation._replace(version=override) if is_overridden and override else notation
                into.append(Request(configuration, exact, around))
