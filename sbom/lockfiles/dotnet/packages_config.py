"""NuGet's packages.config, of projects before PackageReference: every installed package with its version.

It lists direct and transitive packages alike, so `direct` and the edges are not known.
"""

from sbom.lockfiles import Findings, Format, Knows, SourceFile
from sbom.lockfiles.dotnet.dotnet_project import PURL_TYPE
from sbom.lockfiles.dotnet.msbuild import local_name
from sbom.lockfiles.reachability import strongest
from sbom.lockfiles.reading import Malformed, load_xml
from sbom.model import Scope, UnknownKind


def parse(file: SourceFile, findings: Findings) -> None:
    """Write each package; one that is listed for several target frameworks is one row."""
    root = load_xml(file.content)
    if local_name(root) != "packages":
        raise Malformed("not a packages.config: no element <packages>", root.sourceline)
    packages: dict[tuple[str, str | None], list[tuple[Scope, str | None, int | None]]] = {}
    for element in root:
        name, version = (element.get("id") or "").strip(), (element.get("version") or "").strip()
        if local_name(element) != "package" or not name or not version:
            findings.unknown(
                UnknownKind.BROKEN, "an element without a package's id and version", element.sourceline
            )
            continue
        is_development = (element.get("developmentDependency") or "").lower() == "true"
        scope = Scope.EXCLUDED if is_development else Scope.REQUIRED
        row = scope, element.get("allowedVersions"), element.sourceline
        packages.setdefault((name, version), []).append(row)
    for (name, version), rows in packages.items():
        findings.component(
            PURL_TYPE,
            None,
            name,
            version,
            constraint=rows[0][1],
            scope=strongest(scope for scope, _, _ in rows),
            line=rows[0][2],
        )


FORMAT = Format(
    name="packages-config",
    version="1",
    globs=("packages.config", "packages.*.config"),
    purl_type=PURL_TYPE,
    parse=parse,
    knows=frozenset({Knows.VERSION, Knows.SCOPE, Knows.LINE}),
    title="NuGet packages.config",
)
