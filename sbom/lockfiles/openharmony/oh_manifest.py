"""What OpenHarmony's oh-package.json5 asks for, for the manifest itself and for the lock file beside it."""

import posixpath
from collections.abc import Iterator
from dataclasses import dataclass

from sbom.errors import ScanError
from sbom.lockfiles.folder import SourceFile, Tree
from sbom.lockfiles.json5_document import load_located_json5
from sbom.lockfiles.located import LocatedMap, as_map, as_text
from sbom.lockfiles.reading import Malformed
from sbom.model import Scope

MANIFEST = "oh-package.json5"
_ARCHIVES = (".har", ".hsp", ".tgz", ".tar.gz")
_FOLDERS = ("file:", "./", "../", "/")
_MODULE = "@module:"
_SECTIONS = (
    ("dependencies", Scope.REQUIRED),
    ("dynamicDependencies", Scope.REQUIRED),
    ("devDependencies", Scope.EXCLUDED),
)
_PARAMETER = "@param:"


@dataclass(frozen=True, slots=True)
class OhRequirement:
    """A package that a manifest or a locked package asks for."""

    name: str
    constraint: str
    scope: Scope
    line: int | None

    @property
    def folder(self) -> str | None:
        """The path of a file or folder of the project, relative to the one who asks; null for a range."""
        if self.constraint.startswith(_FOLDERS):
            return self.constraint.removeprefix("file:")
        return None

    @property
    def is_first_party(self) -> bool:
        """A folder or module of the same project; an archive in the repository is somebody's package."""
        if self.constraint.startswith(_MODULE):
            return True
        return self.folder is not None and not is_archive(self.folder)


@dataclass(frozen=True, slots=True)
class OhManifest:
    document: LocatedMap
    requirements: tuple[OhRequirement, ...]


def is_archive(path: str) -> bool:
    """Whether a path names a packed package."""
    return path.endswith(_ARCHIVES)


def in_oh_modules(path: str) -> bool:
    """Installed packages are not the project's own."""
    return "/oh_modules/" in f"/{path}"


def read_requirements(entry: LocatedMap, parameters: LocatedMap | None = None) -> Iterator[OhRequirement]:
    """The packages that a manifest, or an entry of a lock file, asks for; each name once."""
    seen: set[str] = set()
    for section, scope in _SECTIONS:
        wanted = as_map(entry.get(section))
        for name, written in wanted.items():
            if name and name not in seen:
                seen.add(name)
                constraint = _with_parameter(as_text(written) or "", parameters)
                yield OhRequirement(name, constraint, scope, wanted.line(name))


def _with_parameter(constraint: str, parameters: LocatedMap | None) -> str:
    """`@param:a.b` stands for a value of the file that `parameterFile` names."""
    if parameters is None or not constraint.startswith(_PARAMETER):
        return constraint
    value: object = parameters
    for key in constraint.removeprefix(_PARAMETER).split("."):
        value = as_map(value).get(key)
    return as_text(value) or constraint


def parse_manifest(file: SourceFile) -> tuple[OhManifest, Malformed | None]:
    """Read a manifest as far as it is not broken.

    Raises:
        LimitReached: nested too deeply.
        Malformed: not a JSON5 object at all.
    """
    reading = load_located_json5(file.content, file.tree.limits, entry_depth=1)
    if reading.error is None and not isinstance(reading.documents[0], LocatedMap):
        raise Malformed(f"not an {MANIFEST}: no JSON5 object", 1)
    document = reading.root
    requirements = tuple(read_requirements(document, _parameters(file, document)))
    return OhManifest(document, requirements), reading.error


def _parameters(file: SourceFile, document: LocatedMap) -> LocatedMap | None:
    name = as_text(document.get("parameterFile"))
    content = file.read_sibling(name) if name else None
    if content is None:
        return None
    try:
        reading = load_located_json5(content, file.tree.limits, entry_depth=1)
    except ScanError:
        return None
    return as_map(reading.documents[0]) if reading.documents else None


def find_manifest(tree: Tree, path: str | None) -> OhManifest | None:
    """The manifest at a repository-relative path; null if there is none that can be read as a whole."""
    content = tree.read(path) if path is not None else None
    if path is None or content is None:
        return None
    try:
        manifest, error = parse_manifest(SourceFile(path, content, tree))
    except ScanError:  # the row of the file itself says what is wrong with it
        return None
    return manifest if error is None else None


def manifests_below(tree: Tree, folder: str) -> list[str]:
    """Paths of all manifests in a folder and below it, sorted."""
    prefix = f"{folder}/" if folder else ""
    paths = (path for path in tree.paths if posixpath.basename(path) == MANIFEST and path.startswith(prefix))
    return sorted(path for path in paths if not in_oh_modules(path))
