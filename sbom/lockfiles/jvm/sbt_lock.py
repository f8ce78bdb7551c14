"""build.sbt.lock of the plugin sbt-dependency-lock: resolved modules of a Scala build.

The configurations that hold a module tell its scope. Which modules the build asks for, and edges, are not
told. The digest is the module's where it has one archive.
"""

from sbom.lockfiles import Findings, Format, Knows, SourceFile
from sbom.lockfiles.digests import digests
from sbom.lockfiles.documents import read_root
from sbom.lockfiles.jvm.maven_pom import PURL_TYPE
from sbom.lockfiles.located import LocatedMap, as_list, as_map, as_text, load_located_json
from sbom.lockfiles.merging import merge_components
from sbom.model import Scope, UnknownKind

_KNOWN_VERSION = 1
_SHIPPED = frozenset({"compile", "runtime"})
_NOT_SHIPPED = frozenset({"test", "provided", "it", "integrationtest", "scala-tool", "plugin", "docs"})


def parse(file: SourceFile, findings: Findings) -> None:
    """Write the locked modules."""
    root, _ = read_root(
        load_located_json(file.content, findings.limits, entry_depth=2), findings, "a build.sbt.lock"
    )
    version = root.get("lockVersion")
    if isinstance(version, int) and version != _KNOWN_VERSION:
        reason = f"version {version} is not known; it was read as version {_KNOWN_VERSION}"
        findings.unknown(UnknownKind.UNSUPPORTED, reason, root.line("lockVersion"))
    for entry in map(as_map, as_list(root.get("dependencies"))):
        group, name, line = as_text(entry.get("org")), as_text(entry.get("name")), entry.line("name")
        if group is None or name is None:
            reason = "a module without org or name"
            findings.unknown(UnknownKind.BROKEN, reason, line or root.line("dependencies"))
            continue
        artifacts = [as_map(item) for item in as_list(entry.get("artifacts"))]
        findings.component(
            PURL_TYPE,
            group,
            name,
            as_text(entry.get("version")),
            scope=_scope(entry),
            hashes=digests(item.get("hash") for item in artifacts) if len(artifacts) == 1 else (),
            line=line,
        )
    merge_components(findings)


def _scope(entry: LocatedMap) -> Scope | None:
    names = {text.lower() for text in map(as_text, as_list(entry.get("configurations"))) if text}
    if names & _SHIPPED:
        return Scope.REQUIRED
    if names and names <= _NOT_SHIPPED:
        return Scope.EXCLUDED
    return Scope.OPTIONAL if names == {"optional"} else None


FORMAT = Format(
    name="sbt-lock",
    version="1",
    globs=("build.sbt.lock",),
    purl_type=PURL_TYPE,
    parse=parse,
    knows=frozenset({Knows.VERSION, Knows.SCOPE, Knows.HASH, Knows.LINE}),
    title="sbt build.sbt.lock",
)
