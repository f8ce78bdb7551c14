"""pubspec.yaml: what a Dart package calls itself and what it asks for."""

from collections.abc import Iterator
from dataclasses import dataclass

from sbom.errors import ScanError
from sbom.lockfiles.folder import Tree
from sbom.lockfiles.located import LocatedMap, as_map, as_text, load_located_yaml
from sbom.lockfiles.origins import origin_url
from sbom.model import Scope

MANIFEST = "pubspec.yaml"
PURL_TYPE = "pub"
_SECTIONS = (
    ("dependencies", Scope.REQUIRED),
    ("dev_dependencies", Scope.EXCLUDED),
)


@dataclass(frozen=True, slots=True)
class Requirement:
    """A package that a manifest asks for; `constraint` is as written, null for any version."""

    name: str
    constraint: str | None
    scope: Scope
    source_url: str | None
    is_path: bool
    line: int | None


def read_requirements(document: LocatedMap) -> Iterator[Requirement]:
    """What stands in `dependencies` and `dev_dependencies`, with the overrides of the project itself."""
    overrides = as_map(document.get("dependency_overrides"))
    for section, scope in _SECTIONS:
        wanted = as_map(document.get(section))
        for name, written in wanted.items():
            asked = overrides.get(name, written)
            entry = as_map(asked)
            constraint = entry.get("version") if isinstance(asked, LocatedMap) else asked
            yield Requirement(
                name,
                as_text(constraint),
                scope,
                git_origin(entry.get("git")),
                "path" in entry,
                wanted.line(name),
            )


def git_origin(description: object) -> str | None:
    """The repository that a `git` source names, as URL or as mapping with `url` and `ref`."""
    entry = as_map(description)
    url = as_text(description) or as_text(entry.get("url"))
    revision = as_text(entry.get("resolved-ref")) or as_text(entry.get("ref"))
    return origin_url(f"git+{url}#{revision or ''}") if url else None


def find_manifest(tree: Tree, path: str | None) -> LocatedMap | None:
    """Another manifest of the repository; null if it is absent or broken, which its own scan reports."""
    content = tree.read(path) if path is not None else None
    if content is None:
        return None
    try:
        reading = load_located_yaml(content, tree.limits, entry_depth=2)
    except ScanError:
        return None
    if reading.error is not None or not reading.documents:
        return None
    return as_map(reading.documents[0])
