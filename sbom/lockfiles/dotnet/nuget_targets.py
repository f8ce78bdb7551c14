"""What project.assets.json and *.deps.json share: the packages of each target, by `name/version`."""

from sbom.lockfiles.dotnet.dotnet_project import PURL_TYPE
from sbom.lockfiles.located import LocatedMap, as_map, as_text
from sbom.lockfiles.package_graph import Edge, Package, PackageGraph
from sbom.model import Scope

_OWN = frozenset({"project", "msbuildproject"})
_PACKAGES = frozenset({"package", "runtimepack"})
_RUNTIME_PACK = "runtimepack."


def read_targets(graph: PackageGraph, root: LocatedMap, *, is_whole: bool) -> dict[str, dict[str, str]]:
    """Add the packages of all targets and who asks for whom; keys of packages by target and lower-case name.

    What is neither a package nor a project (an assembly of the machine) is left out.
    """
    libraries = as_map(root.get("libraries"))
    keys: dict[str, dict[str, str]] = {}
    for target, value in as_map(root.get("targets")).items():
        entries = as_map(value)
        names = keys.setdefault(target, {})
        for key, item in entries.items():
            name, _, version = key.partition("/")
            kind = as_text(as_map(item).get("type")) or as_text(as_map(libraries.get(key)).get("type"))
            if kind is None and not is_whole and _is_unpacked(as_map(item)):
                kind = "package"
            if kind is None or kind.lower() not in _PACKAGES | _OWN or not name:
                continue
            names[name.lower()] = key
            graph.packages.setdefault(
                key,
                Package(
                    name.removeprefix(_RUNTIME_PACK),
                    version or None,
                    libraries.line(key) or entries.line(key),
                    first_party=kind.lower() in _OWN,
                    purl_type=PURL_TYPE,
                ),
            )
        for key, item in entries.items():
            if key in graph.packages:
                _connect(graph, key, as_map(as_map(item).get("dependencies")), names, is_whole=is_whole)
    return keys


def _is_unpacked(item: LocatedMap) -> bool:
    """Its files lie in the folders of a package, and not beside the program."""
    return any("/" in path for assets in item.values() for path in as_map(assets))


def _connect(
    graph: PackageGraph, key: str, wanted: LocatedMap, names: dict[str, str], *, is_whole: bool
) -> None:
    seen = {edge.key for edge in graph.edges.get(key, ())}
    for name, constraint in wanted.items():
        other = names.get(name.lower()) or names.get(f"{_RUNTIME_PACK}{name}".lower())
        if other is None:
            if is_whole:
                graph.missing.append((name, wanted.line(name)))
        elif other not in seen:
            scope = Scope.REQUIRED
            graph.connect(key, Edge(other, as_text(constraint), scope, wanted.line(name)))
