"""composer.json: what a PHP project calls itself and what it asks for."""

import posixpath
import re
from collections.abc import Iterator
from dataclasses import dataclass
from fnmatch import fnmatchcase

from sbom.errors import ScanError
from sbom.lockfiles.folder import SourceFile, Tree
from sbom.lockfiles.located import LocatedMap, as_list, as_map, as_text, load_located_json
from sbom.lockfiles.reading import Malformed
from sbom.model import Scope

MANIFEST = "composer.json"
PURL_TYPE = "composer"
_SECTIONS = (("require", Scope.REQUIRED), ("require-dev", Scope.EXCLUDED))
_EXACT = re.compile(r"=?(v?\d+(?:\.\d+){2,3}(?:-[A-Za-z0-9.]+)?)")
_MOST_GLOBS = 100


@dataclass(frozen=True, slots=True)
class Requirement:
    """A package that a manifest asks for; `constraint` is as written, null if it is not text."""

    name: str
    constraint: str | None
    scope: Scope
    line: int | None

    @property
    def version(self) -> str | None:
        """The version if the constraint allows only one: a full version without operator."""
        exact = _EXACT.fullmatch(self.constraint or "")
        return exact[1] if exact else None


def is_platform(name: str) -> bool:
    """PHP itself, its extensions, system libraries and Composer's own interfaces are no packages.

    They are told by having no vendor (https://getcomposer.org/doc/articles/composer-platform-dependencies.md).
    """
    return "/" not in name


def is_vendored(path: str) -> bool:
    """Installed packages are not the project's own: their manifests and lock files describe somebody else."""
    return "/vendor/" in f"/{path}"


def read_section(entry: LocatedMap, section: str, scope: Scope) -> Iterator[Requirement]:
    """The packages of one section (`require`, `require-dev`), without the platform's."""
    wanted = as_map(entry.get(section))
    for name, constraint in wanted.items():
        if not is_platform(name):
            yield Requirement(name.strip().lower(), as_text(constraint), scope, wanted.line(name))


def read_requirements(document: LocatedMap) -> list[Requirement]:
    """All that a manifest asks for. Composer lets `require` win over `require-dev`."""
    found = [row for section, scope in _SECTIONS for row in read_section(document, section, scope)]
    required = {row.name for row in found if row.scope is Scope.REQUIRED}
    return [row for row in found if row.scope is Scope.REQUIRED or row.name not in required]


def stands_for(entry: LocatedMap) -> Iterator[str]:
    """Names of other packages that a package provides or replaces."""
    for section in ("provide", "replace"):
        for name in as_map(entry.get(section)):
            if not is_platform(name):
                yield name.strip().lower()


def parse_manifest(file: SourceFile) -> tuple[LocatedMap, Malformed | None]:
    """Read a composer.json, as far as it is not broken.

    Raises:
        Malformed: it is no JSON object.
        LimitReached: nested too deeply.
    """
    reading = load_located_json(file.content, file.tree.limits, entry_depth=2)
    if reading.error is None and not isinstance(reading.documents[0], LocatedMap):
        raise Malformed("not a composer.json: no JSON object", 1)
    return reading.root, reading.error


def find_manifest(tree: Tree, path: str | None) -> LocatedMap | None:
    """Another manifest of the repository; null if it is absent or broken, which its own scan reports."""
    content = tree.read(path) if path is not None else None
    if path is None or content is None:
        return None
    key = PURL_TYPE, path
    if key not in tree.memo:
        tree.memo[key] = None
        try:
            document, error = parse_manifest(SourceFile(path, content, tree))
            tree.memo[key] = document if error is None else None
        except ScanError:
            pass
    return tree.memo[key]  # type: ignore[no-any-return]


def path_packages(file: SourceFile, document: LocatedMap) -> dict[str, str]:
    """Packages of the repository that `repositories` of type `path` offer: name → manifest."""
    repositories = document.get("repositories")
    listed = repositories.values() if isinstance(repositories, LocatedMap) else as_list(repositories)
    globs = [
        glob
        for entry in map(as_map, listed)
        if entry.get("type") == "path"
        and (url := as_text(entry.get("url")))
        and (glob := file.resolve(posixpath.join(url, MANIFEST))) is not None
    ]
    found: dict[str, str] = {}
    for path in _manifests(file.tree) if globs else ():
        if any(_matches(path, glob) for glob in globs[:_MOST_GLOBS]):
            name = as_text((find_manifest(file.tree, path) or LocatedMap()).get("name"))
            if name:
                found.setdefault(name.lower(), path)
    return found


def _manifests(tree: Tree) -> list[str]:
    key = PURL_TYPE, None
    if key not in tree.memo:
        tree.memo[key] = sorted(
            path for path in tree.paths if posixpath.basename(path) == MANIFEST and not is_vendored(path)
        )
    return tree.memo[key]  # type: ignore[no-any-return]


def _matches(path: str, glob: str) -> bool:
    """A star stands for one folder's name, as in PHP's glob()."""
    parts, patterns = path.split("/"), glob.split("/")
    return len(parts) == len(patterns) and all(map(fnmatchcase, parts, patterns))
