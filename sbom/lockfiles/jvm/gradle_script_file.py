"""Gradle's build scripts, *.gradle and *.gradle.kts, read without running them.

What a script writes out becomes a component: modules in the string, map and catalog notations, in any
configuration, wherever the block stands; plugins with a version, by their marker artifact. Versions come from
the notation, from variables (of the script, its parents, scripts that it applies, gradle.properties, Kotlin
objects of buildSrc), from version catalogs and from constraints of the build. What is computed, or left to a
BOM outside the repository, is an unknown. As NuGet and Cargo, Gradle reads a plain version as "at least", and
takes it unless another package asks for more.

A configuration's name tells the scope: tests, annotation processors and `compileOnly` are excluded like the
build's own plugins and BOMs (https://docs.gradle.org/current/userguide/dependency_configurations.html). The
edges between modules stand in the modules' own metadata, so only those of the project are known. Rows of a
script that holds for many projects (`subprojects`) stand once, where they are written.
"""

from sbom.lockfiles import Findings, Format, Knows, SourceFile
from sbom.lockfiles.constrained import ConstrainedPackage, record_constrained
from sbom.lockfiles.jvm.gradle_build import SUFFIXES, GradleBuilds
from sbom.lockfiles.jvm.gradle_catalog import Rich
from sbom.lockfiles.jvm.gradle_configurations import declared_scope
from sbom.lockfiles.jvm.gradle_facts import Request
from sbom.lockfiles.jvm.maven_pom import PURL_TYPE
from sbom.lockfiles.jvm.script_tree import read_script
from sbom.lockfiles.reading import decode_text
from sbom.model import Scope, UnknownKind

_BUILD_NAMES = ("build.gradle", "build.gradle.kts")


def parse(file: SourceFile, findings: Findings) -> None:
    """Write the declared project, what it asks for and builds with, and what is computed."""
    builds = GradleBuilds.of(file.tree)
    script = builds.script(file.path)
    if script is None:
        script = read_script(decode_text(file.content), findings.limits.nesting_depth)
    findings.alike(UnknownKind.BROKEN, script.broken)
    facts = builds.facts(file.path)
    if facts is None:
        return
    own = _declare(file, builds, findings)
    rows = [
        _row(request, version)
        for request, version in builds.requests(file.path)
        if (request.notation.group, request.notation.name) not in own
    ]
    rows += [
        ConstrainedPackage(
            plugin.name,
            plugin.version.exact,
            plugin.version.text,
            Scope.EXCLUDED,
            None,
            plugin.line,
            plugin.group,
        )
        for plugin in facts.plugins
    ]
    record_constrained(PURL_TYPE, rows, findings)
    computed = [(line, "a dependency that the script computes") for line in sorted(set(facts.open))]
    findings.alike(UnknownKind.UNRESOLVED, computed)
    reason = "names no group: a file from a folder of the build"
    findings.alike(UnknownKind.UNRESOLVED, [(line, f"{text[:200]} {reason}") for text, line in facts.local])


def _row(request: Request, version: Rich) -> ConstrainedPackage:
    notation = request.notation
    return ConstrainedPackage(
        notation.name,
        version.exact,
        version.text,
        request_scope(request),
        None,
        notation.line,
        notation.group,
    )


def request_scope(request: Request) -> Scope | None:
    """Scope of a module by the configuration and the source set that ask for it; a BOM is not shipped."""
    around = tuple(word for word in request.around if ":" not in word and "/" not in word)
    return Scope.EXCLUDED if request.notation.is_platform else declared_scope(request.configuration, around)


def _declare(file: SourceFile, builds: GradleBuilds, findings: Findings) -> set[tuple[str, str]]:
    """Write the project whose script this is; the coordinates of all projects of its build."""
    if file.name in _BUILD_NAMES:
        identity = builds.identity(file.path)
        group, name, version = (identity.get(key) for key in ("group", "name", "version"))
        if group and name:
            description = identity.get("description")
            findings.declares(PURL_TYPE, group, name, version, description=description)
    return builds.coordinates(file.path)


FORMAT = Format(
    name="gradle-script",
    version="2",
    globs=tuple(f"*{suffix}" for suffix in SUFFIXES),
    purl_type=PURL_TYPE,
    parse=parse,
    knows=frozenset({Knows.VERSION, Knows.SCOPE, Knows.DIRECT, Knows.LINE}),
    title="Gradle build scripts: *.gradle, *.gradle.kts",
    listed=("*buildSrc/src/main/*.kt",),  # constants that scripts name
)
