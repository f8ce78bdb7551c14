"""package.json: what the project calls itself and what it asks for."""

import posixpath
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase

from sbom.errors import LimitReached, ScanError
from sbom.lockfiles.folder import SourceFile, Tree
from sbom.lockfiles.located import LocatedMap, as_list, as_map, as_text, load_located_json
from sbom.lockfiles.reading import Malformed
from sbom.model import Scope

MANIFEST = "package.json"
_BRACES = re.compile(r"\{([^{}]*,[^{}]*)\}")
_MOST_GLOBS = 1000
_MOST_MATCHES = 500_000
_SECTIONS = (
    ("optionalDependencies", Scope.OPTIONAL),
    ("dependencies", Scope.REQUIRED),
    ("devDependencies", Scope.EXCLUDED),
    ("peerDependencies", Scope.REQUIRED),
)


@dataclass(frozen=True, slots=True)
class Requirement:
    """A package that a manifest asks for. `constraint` is as written, null if it is not text."""

    name: str
    constraint: str | None
    scope: Scope
    is_peer: bool
    line: int | None
    """In the file that was read; what another file says of a package has no line there."""


@dataclass(frozen=True, slots=True)
class Manifest:
    """A package.json."""

    document: LocatedMap
    requirements: tuple[Requirement, ...]
    workspaces: tuple[str, ...]
    """Globs of the folders of workspace members, relative to the manifest."""

    @property
    def name(self) -> str | None:
        return as_text(self.document.get("name"))


def read_requirements(entry: LocatedMap, *, development: bool = True) -> Iterator[Requirement]:
    """The packages that a manifest (or a lock file's copy of one) asks for.

    A name in several sections counts once: as optional, required, development or peer, in this order.
    """
    optional_peers = as_map(entry.get("peerDependenciesMeta"))
    seen: set[str] = set()
    for section, section_scope in _SECTIONS:
        if section == "devDependencies" and not development:
            continue
        wanted = as_map(entry.get(section))
        is_peer = section == "peerDependencies"
        for name, constraint in wanted.items():
            if name and name not in seen:
                seen.add(name)
                is_optional = is_peer and as_map(optional_peers.get(name)).get("optional") is True
                scope = Scope.OPTIONAL if is_optional else section_scope
                yield Requirement(name, as_text(constraint), scope, is_peer, wanted.line(name))


def parse_manifest(file: SourceFile) -> tuple[Manifest, Malformed | None]:
    """Read a package.json, as far as it is not broken; other formats find it through `find_manifest`.

    Raises:
        LimitReached: nested too deeply.
        Malformed: not a JSON object at all.
    """
    reading = load_located_json(file.content, file.tree.limits, entry_depth=1)
    if reading.error is None and not isinstance(reading.documents[0], LocatedMap):
        raise Malformed("not a package.json: no JSON object", 1)
    document = reading.root
    members = document.get("workspaces")
    globs = as_list(members) or as_list(as_map(members).get("packages"))
    manifest = Manifest(
        document,
        tuple(read_requirements(document)),
        tuple(glob for glob in globs if isinstance(glob, str)),
    )
    file.tree.memo[MANIFEST, file.path] = manifest
    return manifest, reading.error


def find_manifest(tree: Tree, path: str | None) -> Manifest | None:
    """The package.json at a repository-relative path; null if there is none that can be read."""
    if path is None:
        return None
    key = (MANIFEST, path)
    if key not in tree.memo:
        tree.memo[key] = None
        content = tree.read(path)
        if content is not None:
            try:
                parse_manifest(SourceFile(path, content, tree))
            except ScanError:  # the row of the file itself says what is wrong with it
                tree.memo[key] = None
    found: Manifest | None = tree.memo[key]
    return found


def find_members(tree: Tree, folder: str, globs: Sequence[str]) -> list[str]:
    """Paths of the workspace members' package.json files below `folder`, sorted; `!` in front excludes.

    Raises:
        LimitReached: more globs and manifests than any real project has.
    """
    key = (MANIFEST, "all")
    if key not in tree.memo:
        paths = sorted(path for path in tree.paths if path.endswith("/" + MANIFEST))
        tree.memo[key] = [path for path in paths if not in_node_modules(path)]
    patterns = [(glob.startswith("!"), _segments(glob.removeprefix("!"))) for glob in _expand_braces(globs)]
    if len(patterns) * len(tree.memo[key]) > _MOST_MATCHES:
        raise LimitReached(f"{len(patterns)} workspace globs for {len(tree.memo[key])} manifests")
    prefix = f"{folder}/" if folder else ""
    members = []
    for path in tree.memo[key]:
        parts = posixpath.dirname(path[len(prefix) :]).split("/")
        if path.startswith(prefix) and parts != [""]:
            verdicts = [excluded for excluded, pattern in patterns if _matches(parts, pattern)]
            if verdicts and not verdicts[-1]:
                members.append(path)
    return members


def in_node_modules(path: str) -> bool:
    """Installed packages are not the project's own: their manifests and lock files describe somebody else."""
    return "/node_modules/" in f"/{path}"


def _expand_braces(globs: Sequence[str]) -> list[str]:
    expanded = []
    waiting = list(reversed(globs))
    while waiting:
        glob = waiting.pop()
        braces = _BRACES.search(glob)
        if braces is None:
            expanded.append(glob)
        else:
            start, end = braces.span()
            waiting.extend(glob[:start] + choice + glob[end:] for choice in reversed(braces[1].split(",")))
        if len(expanded) + len(waiting) > _MOST_GLOBS:
            raise LimitReached(f"more than {_MOST_GLOBS} workspace globs")
    return expanded


def _segments(glob: str) -> list[str]:
    parts = [part for part in glob.split("/") if part not in ("", ".")]
    return [part for i, part in enumerate(parts) if part != "**" or parts[i - 1 : i] != ["**"]]


def _matches(parts: Sequence[str], pattern: Sequence[str]) -> bool:
    """Match the folders of a path with a glob, in which `**` stands for any number of folders."""
    reached = {0}  # how much of the pattern the folders so far may have used
    for part in parts:
        reached = _skip_any_depth(reached, pattern)
        reached = {
            position if pattern[position] == "**" else position + 1
            for position in reached
            if position < len(pattern) and (pattern[position] == "**" or fnmatchcase(part, pattern[position]))
        }
    return len(pattern) in _skip_any_depth(reached, pattern)


def _skip_any_depth(reached: set[int], pattern: Sequence[str]) -> set[int]:
    return reached | {position + 1 for position in reached if pattern[position : position + 1] == ["**"]}
