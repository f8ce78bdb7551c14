"""The modules that the arguments of a declaration in a Gradle build script name.

String, map and catalog notations, alone or in calls that wrap one (`platform(…)`, `kotlin(…)`), and the
projects and files that stand where a module could.
"""

from collections.abc import Iterator

from sbom.lockfiles.jvm.gradle_catalog import Library, Rich, rich_version
from sbom.lockfiles.jvm.gradle_facts import Facts, Notation
from sbom.lockfiles.jvm.gradle_statements import flat, line_of, name_of
from sbom.lockfiles.jvm.gradle_values import Environment, Value, Written, evaluate, named_arguments
from sbom.lockfiles.jvm.script_tree import Group, Node, Statement

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


class Notations:
    """Reads the arguments of one script's declarations; projects and files go to its facts."""

    def __init__(self, facts: Facts) -> None:
        self._facts = facts

    def read(
        self, arguments: list[Statement], env: Environment, first: Node | None
    ) -> Iterator[tuple[Notation | None, int]]:
        """The modules that arguments name, each with a line; null for what is computed.

        Files and projects give none. `first` is the node before the arguments, which tells where they stand.
        """
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
            yield from self.read(parts, env, argument[0])
        elif last in _PLATFORMS and len(argument) > 1:
            inner = [argument[1:]] if parts is None else parts
            for notation, where in self.read(inner, env, argument[0]):
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
