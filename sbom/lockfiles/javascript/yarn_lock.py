"""yarn.lock of Yarn 1 (classic). The format is Yarn's own: neither YAML nor JSON.

    "@scope/name@^1.0.0", "@scope/name@^1.1.0":
      version "1.2.0"
      resolved "https://registry.example/@scope/name/-/name-1.2.0.tgz#<sha1>"
      integrity sha512-<base64>
      dependencies:
        other "^2.0.0"

It names packages by what was asked for; what the project itself asks for is read from package.json.
"""

import posixpath
import re
from collections.abc import Iterator
from dataclasses import dataclass, field

import orjson

from sbom.errors import LimitReached
from sbom.lockfiles import Findings, Format, Knows, SourceFile
from sbom.lockfiles.javascript.npm_manifest import (
    MANIFEST,
    Manifest,
    find_manifest,
    find_members,
    in_node_modules,
)
from sbom.lockfiles.javascript.npm_package import (
    PURL_TYPE,
    alias_target,
    integrity_digests,
    names_folder,
    registry_name,
    split_reference,
)
from sbom.lockfiles.origins import origin_url
from sbom.lockfiles.package_graph import Edge, Package, PackageGraph
from sbom.lockfiles.reading import decode_text
from sbom.model import Scope, UnknownKind
from sbom.purl import split_npm

_BERRY = re.compile(rb"^(?:\xef\xbb\xbf)?__metadata:", re.MULTILINE)
_WORD = r'(?:"(?:[^"\\]|\\.)*+"|[^\s:,"]++)'
_PATTERNS = re.compile(rf"{_WORD}(?:,\s*{_WORD})*+:")
_SECTION = re.compile(rf"\s+({_WORD}):")
_PAIR = re.compile(rf"(\s+)({_WORD})\s+({_WORD})")
_EACH_WORD = re.compile(_WORD)
_FIELD_INDENT = 2
_SECTIONS = {"dependencies": Scope.REQUIRED, "optionalDependencies": Scope.OPTIONAL}


@dataclass(slots=True)
class _Entry:
    """One locked package: the patterns (`name@range`) that it answers, its fields, and what it asks for."""

    patterns: list[str]
    line: int
    fields: dict[str, str] = field(default_factory=dict)
    wanted: list[tuple[str, Edge]] = field(default_factory=list)
    """Name of each dependency with its edge, whose key is the pattern asked for."""

    @property
    def key(self) -> str:
        """What the entry is called in the graph; patterns stand twice after a careless merge."""
        return str(self.line)


def is_berry(content: bytes) -> bool:
    """Whether Yarn 2 or later wrote the file, which is YAML."""
    return _BERRY.search(content) is not None


def parse(file: SourceFile, findings: Findings) -> None:
    """Write what the lock file names; nothing if it is one of Yarn 2 or later, or inside node_modules."""
    if is_berry(file.content) or in_node_modules(file.path):
        return
    entries = _read_entries(decode_text(file.content), findings)
    if not entries:
        return
    by_pattern = {pattern: entry for entry in entries for pattern in entry.patterns}
    graph = PackageGraph(split_name=split_npm)
    for entry in entries:
        graph.packages[entry.key] = _package(entry)
        if graph.packages[entry.key].first_party:
            folder = split_reference(entry.patterns[0])[1].removeprefix("file:")
            findings.covers(file.resolve(posixpath.join(folder, MANIFEST)))
    for entry in entries:
        for name, edge in entry.wanted:
            target = by_pattern.get(edge.key)
            if target is not None:
                graph.connect(entry.key, Edge(target.key, edge.constraint, edge.scope, edge.line))
            elif edge.scope is not Scope.OPTIONAL:
                graph.missing.append((name, edge.line))
    project = dict(_find_project(file, findings))
    _read_requests(project, by_pattern, graph)
    for path in project:
        findings.covers(path)
    if project:
        graph.derive_scopes()
    graph.write(findings, direct_known=bool(project))


def _read_entries(text: str, findings: Findings) -> list[_Entry]:
    entries: list[_Entry] = []
    section: str | None = None
    broken: list[int] = []
    for number, line in enumerate(text.split("\n"), 1):
        line = line.rstrip()  # noqa: PLW2901
        if not line or line.lstrip().startswith("#"):
            continue
        if len(entries) > findings.limits.packages:
            findings.unknown(UnknownKind.LIMIT, f"more than {findings.limits.packages} packages", number)
            break
        if not line[0].isspace() and _PATTERNS.fullmatch(line):
            patterns = [_unquote(word) for word in _EACH_WORD.findall(line)]
            entries.append(_Entry(patterns, number))
            section = None
        elif not line[0].isspace() or not entries:
            broken.append(number)
        elif found := _SECTION.fullmatch(line):
            section = _unquote(found[1])
        elif found := _PAIR.fullmatch(line):
            name, value = _unquote(found[2]), _unquote(found[3])
            if len(found[1]) <= _FIELD_INDENT:
                entries[-1].fields[name] = value
            elif section in _SECTIONS:
                edge = Edge(f"{name}@{value}", value, _SECTIONS[section], number)
                entries[-1].wanted.append((name, edge))
        else:
            broken.append(number)
    broken += [entry.line for entry in entries if "version" not in entry.fields]
    if broken:
        findings.unknown(
            UnknownKind.BROKEN, f"{len(broken)} lines are not what a yarn.lock holds", min(broken)
        )
    return [entry for entry in entries if "version" in entry.fields]


def _unquote(word: str) -> str:
    if not word.startswith('"'):
        return word
    if "\\" not in word:
        return word[1:-1]
    try:
        return str(orjson.loads(word))
    except orjson.JSONDecodeError:
        return word[1:-1]


def _package(entry: _Entry) -> Package:
    name, wanted = split_reference(entry.patterns[0])
    alias = alias_target(wanted)
    version, resolved = entry.fields["version"], entry.fields.get("resolved")
    # with `resolutions`, patterns of the replaced package stand above the replacement
    served = registry_name(resolved) if resolved else None
    return Package(
        served or (alias[0] if alias else name),
        version,
        entry.line,
        purl_type=PURL_TYPE,
        hashes=integrity_digests(entry.fields.get("integrity"), resolved),
        source_url=origin_url(resolved),
        first_party=all(names_folder(split_reference(pattern)[1]) for pattern in entry.patterns),
    )


def _find_project(file: SourceFile, findings: Findings) -> Iterator[tuple[str, Manifest]]:
    """package.json beside the lock file and those of the workspace members, as path and content."""
    path = file.resolve(MANIFEST)
    root = find_manifest(file.tree, path)
    if root is None or path is None:
        return
    yield path, root
    try:
        members = find_members(file.tree, file.folder, root.workspaces)
    except LimitReached as error:
        findings.unknown(UnknownKind.LIMIT, str(error))
        return
    for member in members:
        manifest = find_manifest(file.tree, member)
        if manifest is not None:
            yield member, manifest


def _read_requests(project: dict[str, Manifest], by_pattern: dict[str, _Entry], graph: PackageGraph) -> None:
    """Add what the project asks for. Yarn 1 installs no peers for it, and links workspace members."""
    members = {manifest.name for manifest in project.values()}
    for manifest in project.values():
        for wanted in manifest.requirements:
            constraint = wanted.constraint or ""
            entry = by_pattern.get(f"{wanted.name}@{constraint}")
            if wanted.is_peer:
                continue
            if entry is not None:
                graph.connect(None, Edge(entry.key, wanted.constraint, wanted.scope, entry.line))
            elif wanted.name not in members and not names_folder(constraint):
                graph.missing.append((wanted.name, None))


FORMAT = Format(
    name="yarn-lock",
    version="2",
    globs=("yarn.lock",),
    purl_type=PURL_TYPE,
    parse=parse,
    knows=frozenset(Knows) - {Knows.SUPPLIER, Knows.LICENCE},
    title="Yarn 1 yarn.lock",
)
