"""Apache Ivy's ivy.xml: the modules that a project depends on.

The left side of a dependency's `conf` names the project's configurations that need it, which tell the scope.
Revisions that Ivy chooses itself (`1.+`, `latest.release`, ranges) leave the version open; so do properties,
which Ant sets. Format: https://ant.apache.org/ivy/history/latest-milestone/ivyfile.html
"""

from lxml import etree

from sbom.lockfiles import Findings, Format, Knows, SourceFile
from sbom.lockfiles.constrained import ConstrainedPackage, record_constrained
from sbom.lockfiles.jvm.gradle_catalog import exact_version
from sbom.lockfiles.jvm.maven_pom import PURL_TYPE
from sbom.lockfiles.reading import Malformed, load_xml
from sbom.model import Scope, UnknownKind

_REQUIRED = frozenset({"compile", "runtime", "default", "master", "core", "*"})
_EXCLUDED = frozenset({"test", "provided", "build", "system", "sources", "javadoc", "docs", "checkstyle"})


def parse(file: SourceFile, findings: Findings) -> None:
    """Write the module itself and what it depends on."""
    root = load_xml(file.content)
    if root.tag != "ivy-module":
        raise Malformed(f"the root element is <{root.tag}>, not <ivy-module>", root.sourceline)
    info = root.find("info")
    organisation = (info.get("organisation") or "") if info is not None else ""
    if info is not None and organisation and info.get("module"):
        revision, line = info.get("revision"), info.sourceline or None
        findings.declares(PURL_TYPE, organisation, info.get("module") or "", revision, line=line)
    rows = []
    for element in root.iterfind("dependencies/dependency"):
        group, name = element.get("org") or organisation, element.get("name") or ""
        line = element.sourceline or None
        if not group or not name or "${" in f"{group}{name}":
            reason = f"no module can be told from {group}#{name}"
            findings.unknown(UnknownKind.UNRESOLVED, reason, line)
            continue
        revision = element.get("rev")
        version = None if revision and "${" in revision else exact_version(revision)
        rows.append(ConstrainedPackage(name, version, revision, _scope(element), None, line, group))
    record_constrained(PURL_TYPE, rows, findings)


def _scope(element: etree._Element) -> Scope | None:
    """Required if a shipped configuration needs it, excluded if only those of tests and the build do."""
    conf = element.get("conf")
    if conf is None:
        default = element.getparent()
        conf = default.get("defaultconf") if default is not None else None
    parts = [part.partition("->")[0] for part in (conf or "").split(";")]
    names = {name.strip().lower() for part in parts for name in part.split(",") if name.strip()}
    if names & _REQUIRED:
        return Scope.REQUIRED
    if names and names <= _EXCLUDED:
        return Scope.EXCLUDED
    return Scope.OPTIONAL if names == {"optional"} else None


FORMAT = Format(
    name="ivy",
    version="1",
    globs=("ivy.xml",),
    purl_type=PURL_TYPE,
    parse=parse,
    knows=frozenset({Knows.VERSION, Knows.SCOPE, Knows.DIRECT, Knows.LINE}),
    title="Ivy ivy.xml",
)
