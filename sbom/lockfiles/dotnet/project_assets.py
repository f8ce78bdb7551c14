"""NuGet's obj/project.assets.json: what a restore resolved, for each target framework of one project.

`project.frameworks` tells what the project itself asks for, and which of that serves the build alone
(`suppressParent` with nothing included at run time): excluded with all that only it reaches. The project file
beside the folder `obj` is covered by these rows. `sha512` is no digest of the archive (see `nuget_lock`).
"""

import posixpath
import re

from sbom.lockfiles import Findings, Format, Knows, SourceFile
from sbom.lockfiles.documents import read_root
from sbom.lockfiles.dotnet.dotnet_project import PURL_TYPE
from sbom.lockfiles.dotnet.nuget_targets import read_targets
from sbom.lockfiles.located import LocatedMap, as_list, as_map, as_text, load_located_json
from sbom.lockfiles.package_graph import Edge, PackageGraph
from sbom.model import Scope, UnknownKind
from sbom.purl import split_path

_KNOWN_VERSIONS = (2, 3, 4)
_GROUP_ITEM = re.compile(r"(?P<name>[^\s<>=]+)(?:\s+(?P<constraint>.+))?")
_Requests = dict[str, tuple[str | None, Scope | None, int | None]]
"""Constraint, scope and line, by lower-case name."""
_RUNTIME = frozenset({"all", "runtime", "compile"})


def parse(file: SourceFile, findings: Findings) -> None:
    """Write what each target resolves to."""
    root, is_whole = read_root(
        load_located_json(file.content, findings.limits, entry_depth=3), findings, "a project.assets.json"
    )
    version = root.get("version")
    if isinstance(version, int) and version not in _KNOWN_VERSIONS:
        reason = f"version {version} is not known; it was read as version {_KNOWN_VERSIONS[-2]}"
        findings.unknown(UnknownKind.UNSUPPORTED, reason, root.line("version"))
    graph = PackageGraph(split_name=split_path)
    keys = read_targets(graph, root, is_whole=is_whole)
    requests = _requests(root)
    for target, names in keys.items():
        for name, (constraint, scope, line) in _of_target(requests, target).items():
            if name in names:
                graph.connect(None, Edge(names[name], constraint, scope, line))
    graph.derive_scopes()
    is_known = bool(requests) and is_whole
    if not is_known:
        graph.keep_certain_scopes()
    project = as_text(as_map(as_map(root.get("project")).get("restore")).get("projectPath"))
    if project is not None:
        name = re.split(r"[\\/]", project)[-1]
        findings.covers(posixpath.join(posixpath.dirname(file.folder), name))
    graph.write(findings, direct_known=is_known)


def _requests(root: LocatedMap) -> dict[str, _Requests]:
    """What the project asks for in each target framework."""
    found: dict[str, _Requests] = {}
    for framework, value in as_map(as_map(root.get("project")).get("frameworks")).items():
        wanted = as_map(as_map(value).get("dependencies"))
        for name, item in wanted.items():
            entry = as_map(item)
            scope = Scope.EXCLUDED if _serves_the_build(entry) else Scope.REQUIRED
            wish = as_text(entry.get("version")), scope, wanted.line(name)
            found.setdefault(framework, {})[name.lower()] = wish
    if found:
        return found
    groups = as_map(root.get("projectFileDependencyGroups"))
    for group, items in groups.items():
        for item in as_list(items):
            matched = _GROUP_ITEM.fullmatch(item.strip()) if isinstance(item, str) else None
            if matched is not None:
                request = matched["constraint"], None, groups.line(group)
                found.setdefault(group, {}).setdefault(matched["name"].lower(), request)
    return found


def _of_target(requests: dict[str, _Requests], target: str) -> _Requests:
    """Requests of a target's framework; of all together where the target goes by another name."""
    own = requests.get(target) or requests.get(target.partition("/")[0])
    if own is not None:
        return own
    return {name: request for each in requests.values() for name, request in each.items()}


def _serves_the_build(entry: LocatedMap) -> bool:
    """Nothing reaches those who use the project, and nothing is used at run time."""
    suppressed = (as_text(entry.get("suppressParent")) or "").lower()
    included = as_text(entry.get("include"))
    words = {word.strip().lower() for word in included.split(",")} if included else {"all"}
    return suppressed == "all" and not _RUNTIME & words


FORMAT = Format(
    name="nuget-assets",
    version="1",
    globs=("project.assets.json",),
    purl_type=PURL_TYPE,
    parse=parse,
    knows=frozenset({Knows.VERSION, Knows.EDGES, Knows.SCOPE, Knows.DIRECT, Knows.LINE}),
    title="NuGet project.assets.json",
)
