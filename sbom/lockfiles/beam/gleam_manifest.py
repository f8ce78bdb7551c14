"""Gleam's manifest.toml: locked Hex packages and repositories, edges and what the project asks for.

gleam.toml beside it tells development requirements from the others: what only they reach is excluded.
Packages of a path are the project's own. A manifest.toml of another tool is left alone.
"""

from collections.abc import Iterator
from typing import Any

from sbom.lockfiles import Findings, Format, Knows, SourceFile
from sbom.lockfiles.digests import digests
from sbom.lockfiles.origins import origin_url
from sbom.lockfiles.package_graph import Edge, Package, PackageGraph
from sbom.lockfiles.reading import Malformed, decode_text, load_toml
from sbom.lockfiles.toml_file import TomlFile, read_manifest
from sbom.lockfiles.toml_lines import TomlLines
from sbom.lockfiles.toml_values import as_string, as_strings
from sbom.model import Scope, UnknownKind
from sbom.purl import split_path

PURL_TYPE = "hex"
_PROJECT = "gleam.toml"
_MARK = b"build_tools"
"""Stands in every package of the file, and hardly in another tool's."""
_SECTIONS = (
    ("dependencies", Scope.REQUIRED),
    ("dev-dependencies", Scope.EXCLUDED),
    ("dev_dependencies", Scope.EXCLUDED),
)


def parse(file: SourceFile, findings: Findings) -> None:
    """Write the locked packages, their edges and those of the project."""
    path = file.resolve(_PROJECT)
    if _MARK not in file.content and path not in file.tree.paths:
        return
    toml = _read(file, findings)
    graph = PackageGraph(split_name=split_path)
    tables = list(_packages(toml, findings))
    for name, line, table in tables:
        graph.packages[name] = _package(name, table, line)
    for name, line, table in tables:
        for required in as_strings(table.get("requirements")):
            if required in graph.packages:
                graph.connect(name, Edge(required, None, None, line))
            elif toml.is_whole:
                graph.missing.append((required, line))
    scopes = _requested_scopes(read_manifest(file.tree, path))
    for name, wanted in toml.table("requirements").items():
        line = toml.lines.line("requirements", name)
        constraint = wanted.get("version") if isinstance(wanted, dict) else wanted
        if name in graph.packages:
            edge = Edge(name, constraint if isinstance(constraint, str) else None, scopes.get(name), line)
            graph.connect(None, edge)
        elif toml.is_whole:
            graph.missing.append((name, line))
    if toml.is_whole:
        graph.derive_scopes()
    graph.write(findings, direct_known=toml.is_whole)


def _read(file: SourceFile, findings: Findings) -> TomlFile:
    """Decode the file; all packages are one array, of which a broken file still has the lines before."""
    text = decode_text(file.content)
    try:
        return TomlFile(load_toml(file.content, findings.limits), TomlLines(text))
    except Malformed as error:
        lines = text.split("\n")
        line = error.line or len(lines)
        kept = "\n".join([*lines[: line - 1], "]"])
        try:
            toml = TomlFile(load_toml(kept.encode(), findings.limits), TomlLines(kept), is_whole=False)
        except Malformed:
            raise error from None
        findings.unknown(UnknownKind.BROKEN, str(error), line)
        return toml


def _packages(toml: TomlFile, findings: Findings) -> Iterator[tuple[str, int | None, dict[str, Any]]]:
    """Each table with a name, once, with the line that it stands on."""
    tables = toml.tables("packages")
    seen = set()
    for index, table in enumerate(tables):
        line = toml.lines.item(("packages",), index, len(tables)) or toml.lines.line("packages", index)
        name = table.get("name")
        if not isinstance(name, str) or not name:
            findings.unknown(UnknownKind.BROKEN, "a package without a name", line)
        elif name not in seen:
            seen.add(name)
            yield name, line, table


def _package(name: str, table: dict[str, Any], line: int | None) -> Package:
    source, repository, commit = (as_string(table.get(key)) for key in ("source", "repo", "commit"))
    is_git = source == "git" and repository is not None
    return Package(
        name,
        as_string(table.get("version")),
        line,
        hashes=digests([f"sha256:{as_string(table.get('outer_checksum')) or ''}"]),
        source_url=origin_url(f"git+{repository}#{commit or ''}") if is_git else None,
        first_party=source == "local",
        purl_type=PURL_TYPE,
    )


def _requested_scopes(project: TomlFile | None) -> dict[str, Scope]:
    """Scopes of what gleam.toml asks for; a package of both sections is required."""
    scopes: dict[str, Scope] = {}
    if project is None:
        return scopes
    for section, scope in _SECTIONS:
        for name in project.table(section):
            scopes.setdefault(name, scope)
    return scopes


FORMAT = Format(
    name="gleam-manifest",
    version="1",
    globs=("manifest.toml",),
    purl_type=PURL_TYPE,
    parse=parse,
    knows=frozenset(Knows) - {Knows.SUPPLIER, Knows.LICENCE},
    title="Gleam manifest.toml",
)
