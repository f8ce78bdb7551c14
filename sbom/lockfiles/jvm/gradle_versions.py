"""Gradle's version catalogs, gradle/libs.versions.toml and other *.versions.toml.

A catalog only says what a name in a build script stands for. An entry that a script of the repository asks
for has that request's scope and is direct; of one that none asks for, both are open, and an unknown counts
these: they may be left over, or asked for by code that is not read. Plugins serve the build: excluded.
"""

from sbom.lockfiles import Findings, Format, Knows, SourceFile
from sbom.lockfiles.jvm.gradle_build import GradleBuilds
from sbom.lockfiles.jvm.gradle_catalog import Catalog, Library, read_catalog
from sbom.lockfiles.jvm.gradle_script_file import request_scope
from sbom.lockfiles.jvm.maven_pom import PURL_TYPE
from sbom.lockfiles.merging import merge_components
from sbom.lockfiles.reachability import strongest
from sbom.lockfiles.toml_file import read_toml
from sbom.model import Scope, UnknownKind

_NAMES_SHOWN = 3


def parse(file: SourceFile, findings: Findings) -> None:
    """Write the libraries and plugins."""
    catalog = read_catalog(file.path, read_toml(file, findings))
    findings.alike(UnknownKind.BROKEN, [(line, reason) for reason, line in catalog.broken])
    builds = GradleBuilds.of(file.tree)
    scopes = _requested(builds)
    used = _used(builds, file.path)
    unasked: list[Library] = []
    open_versions: list[Library] = []
    for kind, library in catalog.entries():
        asked = scopes.get((library.group, library.name, library.version.exact))
        is_direct = bool(asked) or (kind == "plugin" and library.alias in used)
        if not is_direct:
            unasked.append(library)
        if library.version.exact is None:
            open_versions.append(library)
        findings.component(
            PURL_TYPE,
            library.group,
            library.name,
            library.version.exact,
            constraint=library.version.text if library.version.exact is None else None,
            scope=Scope.EXCLUDED if library.is_plugin else strongest(asked) if asked else None,
            direct=True if is_direct else None,
            line=library.line,
        )
    merge_components(findings)
    _count(findings, UnknownKind.UNRESOLVED, "entries that no build script which was read asks for", unasked)
    _count(findings, UnknownKind.NO_EXACT_VERSION, "entries without an exact version", open_versions)


def _requested(builds: GradleBuilds) -> dict[tuple[str, str, str | None], list[Scope | None]]:
    """The scopes in which scripts of the repository ask for each module."""
    if _requested not in builds.memo:
        found: dict[tuple[str, str, str | None], list[Scope | None]] = {}
        for request, version in builds.all_requests():
            notation = request.notation
            scope = request_scope(request)
            found.setdefault((notation.group, notation.name, version.exact), []).append(scope)
        builds.memo[_requested] = found
    return builds.memo[_requested]  # type: ignore[no-any-return]


def _used(builds: GradleBuilds, path: str) -> set[str]:
    """Aliases of plugins that scripts apply."""
    catalog: Catalog | None = builds.catalog(path)
    if catalog is None:
        return set()
    return {catalog.plugins[key].alias for kind, key in catalog.used if kind == "plugin"}


def _count(findings: Findings, kind: UnknownKind, what: str, libraries: list[Library]) -> None:
    if libraries:
        names = ", ".join(library.alias for library in libraries[:_NAMES_SHOWN])
        more = " …" if len(libraries) > _NAMES_SHOWN else ""
        findings.unknown(kind, f"{len(libraries)} {what}: {names}{more}", libraries[0].line)


FORMAT = Format(
    name="gradle-versions",
    version="1",
    globs=("*.versions.toml",),
    purl_type=PURL_TYPE,
    parse=parse,
    knows=frozenset({Knows.VERSION, Knows.SCOPE, Knows.DIRECT, Knows.LINE}),
    title="Gradle version catalogs: libs.versions.toml",
)
