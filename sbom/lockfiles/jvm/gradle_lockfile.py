"""Gradle's lock files: which versions each configuration of a build was resolved to.

A package is required if a runtime class path of the product holds it. It is excluded if only configurations
of tests and build tools hold it, or only a compile class path whose runtime counterpart is locked too and
does not. Otherwise the scope is left open. Direct and transitive packages are not told apart, and edges are
not recorded.

`gradle.lockfile` names the configurations on each line (Gradle 6.8 and newer). Before, each configuration had
a file of its own in `gradle/dependency-locks`; those of one folder are judged together. What a build script
loads is excluded.
"""

import posixpath
import re
from dataclasses import dataclass, field

from sbom.lockfiles import Findings, Format, Knows, SourceFile
from sbom.lockfiles.reading import decode_text
from sbom.model import Scope, UnknownKind

_BUILD_SCRIPTS = ("buildscript-gradle.lockfile", "settings-gradle.lockfile", "buildscript-classpath.lockfile")
_OLD_FOLDER = "gradle/dependency-locks"
_WORD = re.compile(r"[A-Z]?[a-z0-9]+|[A-Z]+(?![a-z])")
_NOT_SHIPPED = frozenset(
    {
        *("benchmark", "checker", "checkstyle", "codegen", "codenarc", "compiler", "coverage", "detekt"),
        *("development", "errorprone", "jacoco", "jmh", "kapt", "ksp", "ktlint", "lint", "pmd", "processor"),
        *("spotbugs", "spotless", "test", "tools"),
    }
)
"""A configuration with one of these words in its name serves tests or the build."""
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
    for coordinates, line in lock.lines.items():
        holders = together.holders.get(coordinates, lock.holders[coordinates])
        scope = _scope(holders, together.configurations)
        is_build = file.name in _BUILD_SCRIPTS
        findings.component("maven", *coordinates, scope=Scope.EXCLUDED if is_build else scope, line=line)
    if lock.broken_lines:
        reason = f"{len(lock.broken_lines)} lines lock no group:artifact:version"
        findings.unknown(UnknownKind.BROKEN, reason, lock.broken_lines[0])


def _is_old(path: str) -> bool:
    return posixpath.dirname(path).endswith(_OLD_FOLDER)


def _read(lock: _Lock, path: str, content: bytes) -> None:
    """Add lines `group:artifact:version=configurations` or `empty=configurations`; of old, without `=`."""
    own = posixpath.basename(path).removesuffix(".lockfile")
    if _is_old(path):
        lock.configurations.add(own)
    for number, line in enumerate(decode_text(content).splitlines(), start=1):
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
    product = [name for name in holders if not _NOT_SHIPPED.intersection(map(str.lower, _WORD.findall(name)))]
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
    version="1",
    globs=(
        "gradle.lockfile",
        "buildscript-gradle.lockfile",
        "settings-gradle.lockfile",
        f"{_OLD_FOLDER}/*.lockfile",
        f"*/{_OLD_FOLDER}/*.lockfile",
    ),
    purl_type="maven",
    parse=parse,
    knows=frozenset({Knows.VERSION, Knows.SCOPE, Knows.LINE}),
    title="gradle.lockfile, gradle/dependency-locks/*.lockfile",
)
