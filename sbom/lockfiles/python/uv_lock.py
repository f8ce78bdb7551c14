"""uv.lock and `<script>.py.lock`: a universal lock of one workspace or script.

The members of the workspace (`editable`, `virtual` and `directory` sources) are the developer's own: they are
no components, and what they require the project requires. Their `dependencies` are required and their
`optional-dependencies` optional, and so is what these reach. Dependency groups (`dev-dependencies`) of a
member that is built into a distribution are excluded; of one that is not (`virtual`), only the group `dev`
is, and nothing is said of the others. An edge of an extra (`foo[bar]`) stands in the file only if something
asks for it, so it holds. Where one name has several versions for several environments, edges name version
and source.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from sbom.lockfiles import Findings, Format, Knows, SourceFile
from sbom.lockfiles.digests import digests
from sbom.lockfiles.origins import git_url, split_git_source, without_credentials
from sbom.lockfiles.python.python_project import group_scope
from sbom.lockfiles.python.python_requirement import PURL_TYPE
from sbom.lockfiles.reachability import MOST_VERSIONS, only_certain, reached_scopes
from sbom.lockfiles.toml_file import TomlFile, read_toml
from sbom.lockfiles.toml_values import as_array, as_strings, as_table
from sbom.lockfiles.version_ranges import allows
from sbom.model import Scope, UnknownKind

_FOLDER_SOURCES = ("editable", "virtual", "directory")
_NEWEST_VERSION = 1

_Node = tuple[int, str]
"""A package by its index in the file, and one of its extras or the empty string for the package itself."""


@dataclass(frozen=True, slots=True)
class _Edge:
    target: int
    extras: tuple[str, ...]
    line: int | None


class _Lock:
    """The packages of the file and the edges between them."""

    def __init__(self, toml: TomlFile) -> None:
        self.toml = toml
        self.packages = toml.tables("package")
        self._by_name: dict[str, list[int]] = {}
        for index, package in enumerate(self.packages):
            if isinstance(package.get("name"), str):
                self._by_name.setdefault(package["name"], []).append(index)

    def folder(self, index: int) -> str | None:
        """The folder of the developer's own package; null for a package from elsewhere."""
        source = as_table(self.packages[index].get("source"))
        return next((source[kind] for kind in _FOLDER_SOURCES if isinstance(source.get(kind), str)), None)

    def edges(self, path: tuple[str | int, ...], entries: Any) -> Iterator[_Edge]:
        """The edges that an array of `{ name, version?, source?, extra? }` at `path` stands for."""
        rows = entries if isinstance(entries, list) else []
        for position, row in enumerate(rows):
            line = self.toml.lines.item(path, position, len(rows))
            for target in self._select(as_table(row)):
                yield _Edge(target, tuple(as_strings(as_table(row).get("extra"))), line)

    def required(self, index: int, extra: str = "") -> Iterator[_Edge]:
        """What a package, or one of its extras, requires."""
        package = self.packages[index]
        if not extra:
            yield from self.edges(("package", index, "dependencies"), package.get("dependencies"))
        else:
            entries = as_table(package.get("optional-dependencies")).get(extra)
            yield from self.edges(("package", index, "optional-dependencies", extra), entries)

    def _select(self, row: dict[str, Any]) -> list[int]:
        candidates = self._by_name.get(str(row.get("name")), [])
        for key in ("version", "source"):
            if key in row and len(candidates) > 1:
                candidates = [i for i in candidates if self.packages[i].get(key) == row[key]] or candidates
        return candidates if len(candidates) <= MOST_VERSIONS else []

    def missing(self, index: int) -> Iterator[tuple[str, int | None]]:
        """Names that a package requires and the file does not hold, with their lines."""
        rows = self.packages[index].get("dependencies")
        rows = rows if isinstance(rows, list) else []
        for position, row in enumerate(rows):
            name = str(as_table(row).get("name"))
            if name not in self._by_name:
                yield name, self.toml.lines.item(("package", index, "dependencies"), position, len(rows))


def parse(file: SourceFile, findings: Findings) -> None:
    """Record each locked package with its scope and hashes, and all edges."""
    toml = read_toml(file, findings)
    if toml.data.get("version", _NEWEST_VERSION) != _NEWEST_VERSION:
        reason = f"lock version {toml.data['version']} is not known"
        findings.unknown(UnknownKind.UNSUPPORTED, reason, toml.lines.line("version"))
    lock = _Lock(toml)
    _cover_members(lock, file, findings)
    roots = [*_member_edges(lock), *_manifest_edges(lock, toml)]
    scopes = _scopes(lock, roots) if toml.is_whole else only_certain(_scopes(lock, roots))
    direct = {edge.target for edge, _, _ in roots}
    not_direct = False if roots and toml.is_whole else None
    purls = [
        _record(lock, index, scopes.get((index, "")), index in direct or not_direct, findings)
        for index in range(len(lock.packages))
    ]
    for edge, scope, constraint in roots:
        if purls[edge.target] is not None:
            findings.edge(None, str(purls[edge.target]), constraint=constraint, scope=scope, line=edge.line)
    for index, purl in enumerate(purls):
        if purl is not None:
            for edge in _all_edges(lock, index):
                if edge.target != index and purls[edge.target] is not None:
                    findings.edge(purl, str(purls[edge.target]), scope=Scope.REQUIRED, line=edge.line)
        for name, line in lock.missing(index) if toml.is_whole else ():
            package = lock.packages[index].get("name")
            reason = f"{package} depends on {name}, which the lock file does not pin"
            findings.unknown(UnknownKind.UNRESOLVED, reason, line)


def _cover_members(lock: _Lock, file: SourceFile, findings: Findings) -> None:
    if file.name == "uv.lock":
        findings.covers(file.resolve("pyproject.toml"))
    for index, package in enumerate(lock.packages):
        folder = lock.folder(index)
        if folder is None:
            continue
        manifest = file.resolve(f"{folder}/pyproject.toml")
        if manifest is None:
            reason = f"{package.get('name')} stands in a folder outside the repository: {folder}"
            findings.unknown(UnknownKind.UNRESOLVED, reason)
        else:
            findings.covers(manifest)


_Root = tuple[_Edge, Scope | None, str | None]
"""An edge of the project itself: edge, scope (null if not told), constraint as written."""


def _member_edges(lock: _Lock) -> Iterator[_Root]:
    for index, package in enumerate(lock.packages):
        if lock.folder(index) is None:
            continue
        metadata = as_table(package.get("metadata"))
        wanted = _specifiers(metadata.get("requires-dist"))
        for edge in lock.required(index):
            yield edge, Scope.REQUIRED, _constraint(wanted, lock.packages[edge.target])
        for extra in as_table(package.get("optional-dependencies")):
            for edge in lock.required(index, extra):
                yield edge, Scope.OPTIONAL, _constraint(wanted, lock.packages[edge.target])
        is_distributed = "virtual" not in as_table(package.get("source"))
        for group, entries in as_table(package.get("dev-dependencies")).items():
            scope = group_scope(group, is_distributed=is_distributed)
            wanted_by_group = _specifiers(as_table(metadata.get("requires-dev")).get(group))
            for edge in lock.edges(("package", index, "dev-dependencies", group), entries):
                yield edge, scope, _constraint(wanted_by_group, lock.packages[edge.target])


def _manifest_edges(lock: _Lock, toml: TomlFile) -> Iterator[_Root]:
    """What a script, or a workspace root that is no package, asks for."""
    manifest = toml.table("manifest")
    groups: list[tuple[tuple[str, ...], Any, Scope | None]] = [
        (("manifest", "requirements"), manifest.get("requirements"), Scope.REQUIRED)
    ]
    for group, entries in as_table(manifest.get("dependency-groups")).items():
        scope = group_scope(group, is_distributed=False)
        groups.append((("manifest", "dependency-groups", group), entries, scope))
    for path, entries, scope in groups:
        wanted = _specifiers(entries)
        for edge in lock.edges(path, entries):
            yield edge, scope, _constraint(wanted, lock.packages[edge.target])


def _specifiers(entries: Any) -> dict[str, list[str]]:
    """The specifiers of each name; there are several if environments or extras differ."""
    found: dict[str, list[str]] = {}
    for row in entries if isinstance(entries, list) else ():
        specifier = as_table(row).get("specifier")
        if isinstance(specifier, str):
            found.setdefault(str(row.get("name")), []).append(specifier)
    return found


def _constraint(wanted: dict[str, list[str]], package: dict[str, Any]) -> str | None:
    """The specifiers that may have chosen a package, joined by ` || `."""
    specifiers = dict.fromkeys(wanted.get(str(package.get("name")), ()))
    allowing = [text for text in specifiers if allows(text, str(package.get("version")))]
    return " || ".join(allowing) or None


def _scopes(lock: _Lock, roots: Iterable[_Root]) -> dict[_Node, Scope | None]:
    def nodes(edge: _Edge) -> Iterator[_Node]:
        yield edge.target, ""
        for extra in edge.extras:
            yield edge.target, extra

    return reached_scopes(
        ((node, scope) for edge, scope, _ in roots for node in nodes(edge)),
        lambda package: ((node, Scope.REQUIRED) for edge in lock.required(*package) for node in nodes(edge)),
    )


def _all_edges(lock: _Lock, index: int) -> Iterator[_Edge]:
    yield from lock.required(index)
    for extra in as_table(lock.packages[index].get("optional-dependencies")):
        yield from lock.required(index, extra)


def _record(
    lock: _Lock, index: int, scope: Scope | None, is_direct: bool | None, findings: Findings
) -> str | None:
    """The purl of a component; null for the developer's own packages and for what is no package."""
    package = lock.packages[index]
    name, version = package.get("name"), package.get("version")
    if not isinstance(name, str):
        if package:
            line = lock.toml.lines.line("package", index)
            findings.unknown(UnknownKind.BROKEN, "a package without a name", line)
        return None
    if lock.folder(index) is not None:
        return None
    archives = [as_table(package.get("sdist")), *(as_array(package.get("wheels")))]
    return findings.component(
        PURL_TYPE,
        None,
        name,
        version if isinstance(version, str) else None,
        scope=scope,
        direct=is_direct,
        hashes=digests(as_table(archive).get("hash") for archive in archives),
        source_url=_source_url(as_table(package.get("source"))),
        line=lock.toml.lines.line("package", index, "name"),
    )


def _source_url(source: dict[str, Any]) -> str | None:
    if isinstance(source.get("git"), str):
        return git_url(*split_git_source(source["git"]))
    return without_credentials(source["url"]) if isinstance(source.get("url"), str) else None


FORMAT = Format(
    name="uv-lock",
    version="1",
    globs=("uv.lock", "*.py.lock"),
    purl_type=PURL_TYPE,
    parse=parse,
    knows=frozenset(Knows) - {Knows.SUPPLIER, Knows.LICENCE},
    title="uv.lock",
)
