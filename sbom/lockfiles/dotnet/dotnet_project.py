"""*.csproj, *.fsproj, *.vbproj: the NuGet packages that a .NET project references.

Versions come from the project, from central package management (Directory.Packages.props) and from
properties, as far as the repository holds them. NuGet takes a reference's own version if it exists, although
it reads `1.0.0` as "at least", so a plain version counts as the version; ranges and floating versions do not
(https://learn.microsoft.com/nuget/concepts/dependency-resolution#lowest-applicable-version).

A package is excluded if the project is a test project, if it is a GlobalPackageReference, or if its private
assets serve the build only. A packages.lock.json beside the file replaces these rows.
"""

import re
from collections.abc import Iterator
from dataclasses import replace

from sbom.lockfiles import Findings, Format, Knows, SourceFile
from sbom.lockfiles.constrained import ConstrainedPackage, record_constrained
from sbom.lockfiles.dotnet.msbuild import PackageReference, Project, evaluate_project
from sbom.lockfiles.reading import load_xml
from sbom.makers import authors, listed, organisation
from sbom.model import Scope, UnknownKind

PURL_TYPE = "nuget"
SUFFIXES = (".csproj", ".fsproj", ".vbproj")
_PLAIN = re.compile(r"\[?\s*(\d+(?:\.\d+){0,3}(?:-[0-9A-Za-z.-]+)?(?:\+[0-9A-Za-z.-]+)?)\s*\]?")
_WORD = re.compile(r"[^\s;,]+")
_NAMES_SHOWN = 3


def parse(file: SourceFile, findings: Findings) -> None:
    """Write the declared package, the references, and one unknown for each way to leave a version open."""
    project = evaluate_project(file.tree, file.path, load_xml(file.content))
    _declare(file, project, findings)
    references = list(package_references(project))
    rows = []
    open_properties = []
    for reference, scope in references:
        version = exact_version(reference.version)
        if reference.version is not None and "$(" in reference.version:
            open_properties.append(reference)
        rows.append(
            ConstrainedPackage(reference.name, version, reference.version, scope, None, reference.line)
        )
    record_constrained(PURL_TYPE, rows, findings)
    if open_properties:
        names = ", ".join(reference.name for reference in open_properties[:_NAMES_SHOWN])
        more = " …" if len(open_properties) > _NAMES_SHOWN else ""
        findings.unknown(
            UnknownKind.UNRESOLVED,
            f"properties of {len(open_properties)} versions are not known in the repository: {names}{more}",
            open_properties[0].line,
        )


def package_references(project: Project) -> Iterator[tuple[PackageReference, Scope]]:
    """The packages that a project references, each with its central version where it names none."""
    is_test = project.is_true("IsTestProject")
    for reference in (*project.references.values(), *project.more_references):
        central = project.central.get(reference.name.lower())
        version = reference.version or (central.version if central else None)
        scope = Scope.EXCLUDED if is_test or _serves_the_build(reference) else Scope.REQUIRED
        yield replace(reference, version=version), scope
    for reference in project.global_references.values():
        yield reference, Scope.EXCLUDED


def exact_version(text: str | None) -> str | None:
    """`1.0.0` and `[1.0.0]`; null for ranges, floating versions and unknown properties."""
    found = _PLAIN.fullmatch(text.strip()) if text else None
    if found is None or text is None or text.count("[") != text.count("]"):
        return None
    return found[1]


def _serves_the_build(reference: PackageReference) -> bool:
    """Nothing of it reaches the output: its assets are private, and the compiler and program use none."""
    if "all" not in _words(reference.private_assets):
        return False
    included = _words(reference.include_assets) if reference.include_assets else {"all"}
    excluded = _words(reference.exclude_assets)
    return not {"all", "compile"} & included or bool({"all", "runtime", "compile"} & excluded)


def _words(text: str) -> set[str]:
    return {word.lower() for word in _WORD.findall(text)}


def _declare(file: SourceFile, project: Project, findings: Findings) -> None:
    """A project that is meant to be packed; the others are programs and tests."""
    is_packed = project.is_true("IsPackable") or project.is_true("GeneratePackageOnBuild")
    name = project.property("PackageId") or (_own_name(file, project) if is_packed else None)
    if name is None:
        return
    findings.declares(
        PURL_TYPE,
        None,
        name,
        _own_version(project),
        licence=project.property("PackageLicenseExpression"),
        description=project.property("PackageDescription") or project.property("Description"),
        keywords=_WORD.findall(project.property("PackageTags") or ""),
        private=(project.property("IsPackable") or "").lower() == "false" or None,
        line=project.property_lines.get("packageid"),
        supplier=organisation(project.property("Company")),
        authors=authors(listed((project.property("Authors") or "").replace(";", ","))),
    )


def _own_name(file: SourceFile, project: Project) -> str:
    return project.property("AssemblyName") or file.name.rpartition(".")[0]


def _own_version(project: Project) -> str | None:
    written = project.property("PackageVersion") or project.property("Version")
    prefix, suffix = project.property("VersionPrefix"), project.property("VersionSuffix")
    return written or (f"{prefix}-{suffix}" if prefix and suffix else prefix)


FORMAT = Format(
    name="dotnet-project",
    version="2",
    globs=tuple(f"*{suffix}" for suffix in SUFFIXES),
    purl_type=PURL_TYPE,
    parse=parse,
    knows=frozenset({Knows.VERSION, Knows.SCOPE, Knows.DIRECT, Knows.LINE}),
    title="*.csproj, *.fsproj, *.vbproj with Directory.Build.props and Directory.Packages.props",
)
