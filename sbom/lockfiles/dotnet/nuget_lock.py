"""NuGet's packages.lock.json: resolved packages and edges for each target framework of a project.

One package resolved alike for several frameworks is one component. `Project` entries are other projects of
the solution: no components, and what they require, the projects require. The file does not tell scopes; those
of the references in the project beside it are used where that is one project.

`contentHash` is a SHA-512 over the package without its signature (signed packages are the rule): as SHA-512
of the archive it would be false, so no hashes are recorded.
"""

import posixpath
from dataclasses import dataclass

from sbom.errors import ScanError
from sbom.lockfiles import Findings, Format, Knows, SourceFile
from sbom.lockfiles.documents import read_root
from sbom.lockfiles.dotnet.dotnet_project import PURL_TYPE, SUFFIXES, package_references
from sbom.lockfiles.dotnet.msbuild import evaluate_project
from sbom.lockfiles.folder import Tree
from sbom.lockfiles.located import LocatedMap, as_map, as_text, load_located_json
from sbom.lockfiles.package_graph import Edge, Package, PackageGraph
from sbom.lockfiles.reachability import strongest
from sbom.lockfiles.reading import load_xml
from sbom.model import Scope, UnknownKind
from sbom.purl import split_path

_KNOWN_VERSIONS = (1, 2)


@dataclass(frozen=True, slots=True)
class _Requests:
    """Scopes of what the project beside the lock references, by lower-case name."""

    scopes: dict[str, Scope | None]
    is_known: bool

    def scope(self, name: str) -> Scope | None:
        return self.scopes.get(name.lower()) if self.is_known else None


def parse(file: SourceFile, findings: Findings) -> None:
    """Write what each framework's section names."""
    root, is_whole = read_root(
        load_located_json(file.content, findings.limits, entry_depth=3), findings, "a packages.lock.json"
    )
    version = root.get("version")
    if isinstance(version, int) and version not in _KNOWN_VERSIONS:
        reason = f"version {version} is not known; it was read as version {_KNOWN_VERSIONS[-1]}"
        findings.unknown(UnknownKind.UNSUPPORTED, reason, root.line("version"))
    projects = _projects(file)
    for path in projects:
        findings.covers(path)
    requests = _read_requests(file, projects)
    graph = PackageGraph(split_name=split_path)
    for framework, value in as_map(root.get("dependencies")).items():
        _read_framework(graph, framework, as_map(value), requests, is_whole=is_whole)
    graph.derive_scopes()
    if not is_whole:
        graph.keep_certain_scopes()
    graph.write(findings, direct_known=is_whole)


def _projects(file: SourceFile) -> list[str]:
    """Projects that the lock belongs to: the one it is named for, else those of its folder."""
    stem = file.name.removeprefix("packages.").removesuffix("lock.json").rstrip(".")
    beside = _projects_by_folder(file.tree).get(file.folder, [])
    return [path for path in beside if not stem or posixpath.splitext(posixpath.basename(path))[0] == stem]


def _projects_by_folder(tree: Tree) -> dict[str, list[str]]:
    """All projects of the repository, looked for once."""
    if __name__ not in tree.memo:
        folders: dict[str, list[str]] = {}
        tree.memo[__name__] = folders
        for path in sorted(tree.paths):
            if path.endswith(SUFFIXES):
                folders.setdefault(posixpath.dirname(path), []).append(path)
    return tree.memo[__name__]  # type: ignore[no-any-return]


def _read_requests(file: SourceFile, projects: list[str]) -> _Requests:
    content = file.tree.read(projects[0]) if len(projects) == 1 else None
    if content is None:
        return _Requests({}, is_known=False)
    try:
        project = evaluate_project(file.tree, projects[0], load_xml(content))
    except ScanError:
        return _Requests({}, is_known=False)
    scopes: dict[str, list[Scope]] = {}
    for reference, scope in package_references(project):
        scopes.setdefault(reference.name.lower(), []).append(scope)
    return _Requests({name: strongest(found) for name, found in scopes.items()}, is_known=True)


def _read_framework(
    graph: PackageGraph, framework: str, entries: LocatedMap, requests: _Requests, *, is_whole: bool
) -> None:
    # a section for a runtime (`net8.0/win-x64`) only adds to its framework
    base = framework.partition("/")[0]

    def key(name: str) -> str:
        own = f"{framework} {name.lower()}"
        return own if own in graph.packages else f"{base} {name.lower()}"

    for name, value in entries.items():
        entry = as_map(value)
        graph.packages[f"{framework} {name.lower()}"] = Package(
            name,
            as_text(entry.get("resolved")),
            entries.line(name),
            first_party=entry.get("type") == "Project",
            purl_type=PURL_TYPE,
        )
    for name, value in entries.items():
        entry = as_map(value)
        own = f"{framework} {name.lower()}"
        if entry.get("type") == "Direct":
            constraint = as_text(entry.get("requested"))
            graph.connect(None, Edge(own, constraint, requests.scope(name), entries.line(name)))
        elif entry.get("type") == "Project":
            graph.connect(None, Edge(own, None, None, entries.line(name)))
        wanted = as_map(entry.get("dependencies"))
        for other, constraint in wanted.items():
            if key(other) in graph.packages:
                graph.connect(own, Edge(key(other), as_text(constraint), None, wanted.line(other)))
            elif is_whole:
                graph.missing.append((other, wanted.line(other)))


FORMAT = Format(
    name="nuget-lock",
    version="1",
    globs=("packages.lock.json", "packages.*.lock.json"),
    purl_type=PURL_TYPE,
    parse=parse,
    knows=frozenset({Knows.VERSION, Knows.EDGES, Knows.SCOPE, Knows.DIRECT, Knows.LINE}),
    title="NuGet packages.lock.json",
)
