"""Conan's conan.lock: of Conan 1 a graph of packages, of Conan 2 three lists without edges.

What a package needs to be built, and extensions of recipes, are excluded. Which packages the project asks for
is told by Conan 1 alone, as node 0 is the project. Revisions are kept out of versions: they are no part of
what a package is published as. Format: https://docs.conan.io/2/tutorial/versioning/lockfiles.html
"""

import posixpath

from sbom.lockfiles import Findings, Format, Knows, SourceFile
from sbom.lockfiles.cpp.conan_reference import PURL_TYPE, Reference, read_reference
from sbom.lockfiles.documents import read_root
from sbom.lockfiles.located import LocatedMap, as_list, as_map, as_text, load_located_json
from sbom.lockfiles.merging import merge_components
from sbom.lockfiles.reachability import only_certain, reached_scopes
from sbom.model import Scope, UnknownKind

_LISTS = {
    "requires": Scope.REQUIRED,
    "build_requires": Scope.EXCLUDED,
    "python_requires": Scope.EXCLUDED,
    "config_requires": Scope.EXCLUDED,
}
_PROJECT = "0"


def parse(file: SourceFile, findings: Findings) -> None:
    """Write the packages of either form."""
    root, is_whole = read_root(
        load_located_json(file.content, findings.limits, entry_depth=3), findings, "a conan.lock"
    )
    for name in ("conanfile.txt", "conanfile.py"):
        findings.covers(posixpath.join(file.folder, name))
    if "graph_lock" in root:
        nodes = as_map(as_map(root["graph_lock"]).get("nodes"))
        _record_graph(nodes, is_whole, findings)
    else:
        _record_lists(root, findings)
    merge_components(findings)


def _record_lists(root: LocatedMap, findings: Findings) -> None:
    seen: set[Reference] = set()
    for section, scope in _LISTS.items():
        for item in as_list(root.get(section)):
            reference = _read(item, root.line(section), findings)
            if reference is not None and reference not in seen:
                seen.add(reference)
                reference.record(findings, scope, None, root.line(section))


def _read(value: object, line: int | None, findings: Findings) -> Reference | None:
    text = as_text(value)
    found = read_reference(text) if text else None
    if found is None:
        findings.unknown(UnknownKind.BROKEN, f"no package reference: {str(value)[:200]!r}", line)
    return found


def _record_graph(nodes: LocatedMap, is_whole: bool, findings: Findings) -> None:
    edges = {
        key: [
            (target, scope)
            for section, scope in (("requires", Scope.REQUIRED), ("build_requires", Scope.EXCLUDED))
            for target in map(as_text, as_list(as_map(node).get(section)))
            if target is not None
        ]
        for key, node in nodes.items()
    }
    reached = reached_scopes([(_PROJECT, Scope.REQUIRED)], lambda key: edges.get(key, ()))
    scopes = reached if is_whole else only_certain(reached)
    direct = {target for target, _ in edges.get(_PROJECT, ())}
    purls: dict[str, str] = {}
    for key, node in nodes.items():
        if key == _PROJECT:
            continue
        line = nodes.line(key)
        reference = _read(as_map(node).get("ref"), line, findings)
        if reference is not None:
            purls[key] = reference.record(
                findings, scopes.get(key), key in direct if is_whole else None, line
            )
    for key, targets in edges.items():
        source = None if key == _PROJECT else purls.get(key, "")
        for target, scope in targets:
            findings.edge(source, purls.get(target, ""), scope=scope, line=nodes.line(key))


FORMAT = Format(
    name="conan-lock",
    version="2",
    globs=("conan.lock",),
    purl_type=PURL_TYPE,
    parse=parse,
    knows=frozenset({Knows.VERSION, Knows.EDGES, Knows.SCOPE, Knows.DIRECT, Knows.LINE}),
    title="Conan conan.lock (Conan 1 and 2)",
)
