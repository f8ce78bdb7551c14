"""vcpkg.json: the ports that a project asks for.

Versions come from the registry at a baseline, a commit, which the repository does not hold. So a version is
known only where `overrides` fix it, or where an overlay port of the repository is used; `version>=` is a
constraint. Ports for the host are excluded like those of features named for tests; other features are
optional. A vcpkg.json beside a portfile.cmake is the recipe of an overlay port: a component itself, whose
dependencies are its own. Format: https://learn.microsoft.com/vcpkg/reference/vcpkg-json
"""

import posixpath
from collections.abc import Iterator
from typing import NamedTuple

from sbom.lockfiles import Findings, Format, Knows, SourceFile
from sbom.lockfiles.documents import read_root
from sbom.lockfiles.folder import Tree
from sbom.lockfiles.located import LocatedMap, as_list, as_map, as_text, load_located_json
from sbom.lockfiles.merging import merge_components
from sbom.makers import authors
from sbom.model import Scope, UnknownKind

PURL_TYPE = "vcpkg"
_VERSIONS = ("version", "version-semver", "version-string", "version-date")
_TESTS = frozenset({"test", "tests", "testing", "unittest", "unit-tests", "benchmark", "benchmarks", "dev"})
_NAMES_SHOWN = 3


class _Version(NamedTuple):
    """An upstream version and the revision of the port, null if it is the first."""

    text: str
    port_version: str | None

    @property
    def qualifiers(self) -> dict[str, str] | None:
        return {"port_version": self.port_version} if self.port_version else None


class _Request(NamedTuple):
    name: str
    minimum: str | None
    scope: Scope
    line: int | None


def parse(file: SourceFile, findings: Findings) -> None:
    """Write the ports that are asked for, and the project or port that asks."""
    root, _ = read_root(
        load_located_json(file.content, findings.limits, entry_depth=2), findings, "a vcpkg.json"
    )
    is_port = posixpath.join(file.folder, "portfile.cmake") in file.tree.paths
    source = _own(root, findings, is_port=is_port)
    exact = {**_overlay_versions(file.tree), **_overrides(root)}
    open_ports: list[str] = []
    for request in _requests(root, findings):
        version = exact.get(request.name)
        constraint = f">={request.minimum}" if request.minimum else None
        purl = findings.component(
            PURL_TYPE,
            None,
            request.name,
            version.text if version else None,
            constraint=constraint,
            scope=request.scope,
            direct=not is_port,
            qualifiers=version.qualifiers if version else None,
            line=request.line,
        )
        findings.edge(source, purl, constraint=constraint, scope=request.scope, line=request.line)
        if version is None:
            open_ports.append(request.name)
    merge_components(findings)
    if open_ports:
        names = ", ".join(list(dict.fromkeys(open_ports))[:_NAMES_SHOWN])
        more = " …" if len(set(open_ports)) > _NAMES_SHOWN else ""
        baseline = as_text(root.get("builtin-baseline")) or _baseline(file.tree, file.folder)
        where = f"the registry at {baseline}" if baseline else "a registry that is not named"
        reason = f"versions of {len(set(open_ports))} ports are those of {where}: {names}{more}"
        findings.unknown(UnknownKind.NO_EXACT_VERSION, reason, root.line("dependencies"))


def _own(root: LocatedMap, findings: Findings, *, is_port: bool) -> str | None:
    """The purl of an overlay port; a project of one's own is declared instead."""
    name = as_text(root.get("name"))
    if name is None:
        return None
    version, line = _version(root), root.line("name")
    licence = as_text(root.get("license"))
    if is_port:
        return findings.component(
            PURL_TYPE,
            None,
            name,
            version.text if version else None,
            licence=licence,
            qualifiers=version.qualifiers if version else None,
            line=line,
            authors=authors(root.get("maintainers")),
        )
    description = root.get("description")
    text = description if isinstance(description, str) else " ".join(map(str, as_list(description)))
    findings.declares(
        PURL_TYPE,
        None,
        name,
        version.text if version else None,
        licence=licence,
        description=text or None,
        line=line,
        authors=authors(root.get("maintainers")),
    )
    return None


def _version(root: LocatedMap) -> _Version | None:
    text = next((found for key in _VERSIONS if (found := as_text(root.get(key)))), None)
    if text is None:
        return None
    upstream, _, revision = text.partition("#")
    own = root.get("port-version")
    port_version = revision or (str(own) if isinstance(own, int) and own else None)
    return _Version(upstream, port_version) if upstream else None


def _overrides(root: LocatedMap) -> dict[str, _Version]:
    found = {}
    for item in map(as_map, as_list(root.get("overrides"))):
        name, version = as_text(item.get("name")), _version(item)
        if name is not None and version is not None:
            found[name] = version
    return found


def _requests(root: LocatedMap, findings: Findings) -> Iterator[_Request]:
    yield from _dependencies(root, None, findings)
    for feature, value in as_map(root.get("features")).items():
        scope = Scope.EXCLUDED if feature.lower() in _TESTS else Scope.OPTIONAL
        yield from _dependencies(as_map(value), scope, findings)


def _dependencies(holder: LocatedMap, scope: Scope | None, findings: Findings) -> Iterator[_Request]:
    line = holder.line("dependencies")
    for item in as_list(holder.get("dependencies")):
        entry = as_map(item)
        name = as_text(item) or as_text(entry.get("name"))
        if name is None:
            findings.unknown(UnknownKind.BROKEN, "a dependency without name", line)
            continue
        default = scope or Scope.REQUIRED
        yield _Request(
            name,
            as_text(entry.get("version>=")),
            Scope.EXCLUDED if entry.get("host") is True else default,
            entry.line("name") or line,
        )


def _overlay_versions(tree: Tree) -> dict[str, _Version]:
    """Versions of the ports whose recipes the repository holds; they win over every registry."""
    if __name__ not in tree.memo:
        found: dict[str, _Version] = {}
        tree.memo[__name__] = found
        for path in sorted(tree.paths):
            folder, _, name = path.rpartition("/")
            if name != "portfile.cmake":
                continue
            root = _read(tree, posixpath.join(folder, "vcpkg.json"))
            port, version = as_text(root.get("name")), _version(root)
            if port is not None and version is not None:
                found.setdefault(port, version)
    return tree.memo[__name__]  # type: ignore[no-any-return]


def _baseline(tree: Tree, folder: str) -> str | None:
    configuration = _read(tree, posixpath.join(folder, "vcpkg-configuration.json"))
    return as_text(as_map(configuration.get("default-registry")).get("baseline"))


def _read(tree: Tree, path: str) -> LocatedMap:
    content = tree.read(path)
    if content is None:
        return LocatedMap()
    return load_located_json(content, tree.limits, entry_depth=2).root


FORMAT = Format(
    name="vcpkg",
    version="2",
    globs=("vcpkg.json",),
    purl_type=PURL_TYPE,
    parse=parse,
    knows=frozenset({Knows.VERSION, Knows.EDGES, Knows.SCOPE, Knows.DIRECT, Knows.LICENCE, Knows.LINE}),
    title="vcpkg.json (with vcpkg-configuration.json and overlay ports)",
)
