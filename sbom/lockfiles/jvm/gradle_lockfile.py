"""Gradle's lock files: which versions each configuration of a build was resolved to.

A package is required if a runtime class path of the product holds it. It is excluded if only configurations
of tests and build tools hold it, or only a compile class path whose runtime counterpart is locked too and
does not. Otherwise the scope is left open. Edges between packages are not recorded. Which of them the project
asks for is told by the build script beside the file, whose rows these replace; a script that computes some of
its dependencies, or none beside, leaves it open for the others.

`gradle.lockfile` names the configurations on each line (Gradle 6.8 and newer). Before, each configuration had
a file of its own in `gradle/dependency-locks`; those of one folder are judged together. What a build script
loads is excluded.
"""

import posixpath
from dataclasses import dataclass, field

from sbom.lockfiles import Findings, Format, Knows, SourceFile
from sbom.lockfiles.jvm.gradle_build import GradleBuilds
from sbom.lockfiles.jvm.gradle_configurations import serves_the_build
from sbom.lockfiles.jvm.maven_pom import PURL_TYPE
from sbom.lockfiles.reading import decode_text
from sbom.model import Scope, UnknownKind

_BUILD_SCRIPTS = ("buildscript-gradle.lockfile", "settings-gradle.lockfile", "buildscript-classpath.lockfile")
_OLD_FOLDER = "gradle/dependency-locks"
_SHIPPED = frozenset({"compile", "runtime", "default"})
"""Until Gradle 7: what `runtimeClasspath` is made of."""

_Coordinates = tuple[str, str, str]


@dataclass(slots=True)
class _Lock:
    """What lock files say: the configurations that hold each package, and all that are locked."""

    holders: dict[_Coordinates, set[str]] = field(default_factory=dict)
    lines: dict[_Coordinates, int] = field(default_factory=dict)
    configurations: set[str] = field(default_factory=set)
    broken_lines: list[int] = field(default_factory=list)


def parse(file: SourceFile, findings: Findings) -> None:
    """Record each locked package; lines that lock none are counted in one unknown."""
    lock = _Lock()
    _read(lock, file.path, file.content)
    together = _read_folder(file) if _is_old(file.path) else lock
    asked = _Asked.by_script(file, findings)
    for coordinates, line in lock.lines.items():
        holders = together.holders.get(coordinates, lock.holders[coordinates])
        scope = _scope(holders, together.configurations)
        is_build = file.name in _BUILD_SCRIPTS
        constraint, direct = asked.look_up(coordinates) if not is_build else (None, None)
        purl = findings.component(
            PURL_TYPE,
            *coordinates,
            constraint=constraint,
            scope=Scope.EXCLUDED if is_build else scope,
            direct=direct,
            line=line,
        )
        if direct:
            findings.edge(None, purl, constraint=constraint, scope=scope, line=line)
    if lock.broken_lines:
        reason = f"{len(lock.broken_lines)} lines lock no group:artifact:version"
        findings.unknown(UnknownKind.BROKEN, reason, lock.broken_lines[0])


@dataclass(slots=True)
class _Asked:
    """What the build script of the folder asks for; `is_whole` if that is all that the project asks for."""

    constraints: dict[tuple[str, str], str | None] = field(default_factory=dict)
    is_whole: bool = False

    @classmethod
    def by_script(cls, file: SourceFile, findings: Findings) -> "_Asked":
        """Read the script beside the file, and let the file replace its rows."""
        folder = posixpath.dirname(posixpath.dirname(file.folder)) if _is_old(file.path) else file.folder
        paths = (posixpath.join(folder, name) for name in ("build.gradle", "build.gradle.kts"))
        path = next((path for path in paths if path in file.tree.paths), None)
        if path is None or file.name in _BUILD_SCRIPTS:
            return cls()
        builds = GradleBuilds.of(file.tree)
        facts = builds.facts(path)
        if facts is None:
            return cls()
        findings.covers(path)
        found = {
            (request.notation.group, request.notation.name): version.text
            for request, version in builds.requests(path)
        }
        return cls(found, not facts.open and not builds.has_parent(path))

    def look_up(self, coordinates: _Coordinates) -> tuple[str | None, bool | None]:
        key = coordinates[0], coordinates[1]
        return (
            (self.constraints[key], True)
            if key in self.constraints
            else (None, False if self.is_whole else None)
        )


def _is_old(path: str) -> bool:
    return posixpath.dirname(path).endswith(_OLD_FOLDER)


def _read(lock: _Lock, path: str, content: bytes) -> None:
    """Add lines `group:artifact:version=configurations` or `empty=configurations`; of old, without `=`."""
    own = posixpath.basename(path).removesuffix(".lockfile")
    if _is_old(path):
        lock.configurations.add(own)
    for number, line in enumerate(decode_text(content).split("\n"), start=1):
        text = line.strip()
        if not text or text.startswith("#"):
            continue
        package, _, names = text.partition("=")
        configurations = (
            {own} if _is_old(path) else {name.strip() for name in names.split(",") if name.strip()}
        )
        lock.configurations |= configurations
        parts = package.split(":")
        if len(parts) == 3 and all(parts):
            coordinates = parts[0], parts[1], parts[2]
            lock.holders.setdefault(coordinates, set()).update(configurations)
            lock.lines.setdefault(coordinates, number)
        elif package != "empty":
            lock.broken_lines.append(number)


def _read_folder(file: SourceFile) -> _Lock:
    """All old lock files beside this one, read once."""
    key = __name__, file.folder
    if key not in file.tree.memo:
        file.tree.memo[key] = lock = _Lock()
        for path in sorted(file.tree.paths):
            if posixpath.dirname(path) == file.folder and path.endswith(".lockfile"):
                _read(lock, path, file.tree.read(path) or b"")
    return file.tree.memo[key]  # type: ignore[no-any-return]


def _scope(holders: set[str], locked: set[str]) -> Scope | None:
    product = [name for name in holders if not serves_the_build(name)]
    if any(name in _SHIPPED or name.endswith(("runtimeClasspath", "RuntimeClasspath")) for name in product):
        return Scope.REQUIRED
    is_excluded = holders and all(_runtime_counterpart(name) in locked for name in product)
    return Scope.EXCLUDED if is_excluded else None


def _runtime_counterpart(configuration: str) -> str | None:
    prefix = configuration.removesuffix("compileClasspath").removesuffix("CompileClasspath")
    if prefix == configuration:
        return None
    return f"{prefix}RuntimeClasspath" if prefix else "runtimeClasspath"


FORMAT = Format(
    name="gradle.lockfile",
    version="2",
    globs=(
        "gradle.lockfile",
        "buildscript-gradle.lockfile",
        "settings-gradle.lockfile",
        f"{_OLD_FOLDER}/*.lockfile",
        f"*/{_OLD_FOLDER}/*.lockfile",
    ),
    purl_type=PURL_TYPE,
    parse=parse,
    knows=frozenset({Knows.VERSION, Knows.SCOPE, Knows.DIRECT, Knows.LINE}),
    title="gradle.lockfile, gradle/dependency-locks/*.lockfile (with build.gradle)",
)
