"""What a pixi project asks for, in pixi.toml or below `tool.pixi` of pyproject.toml.

Requirements stand in tables of the project, of its features and of target platforms.
https://pixi.sh/latest/reference/pixi_manifest/
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from packaging.utils import canonicalize_name

from sbom.lockfiles.conda.conda_package import PURL_TYPE, parse_match_spec
from sbom.lockfiles.origins import git_url
from sbom.lockfiles.toml_file import TomlFile
from sbom.model import Scope

MANIFEST = "pixi.toml"
_TABLES = {
    "dependencies": (PURL_TYPE, Scope.REQUIRED),
    "host-dependencies": (PURL_TYPE, Scope.EXCLUDED),
    "build-dependencies": (PURL_TYPE, Scope.EXCLUDED),
    "pypi-dependencies": ("pypi", Scope.REQUIRED),
}


@dataclass(frozen=True, slots=True)
class PixiRequirement:
    """One requirement; scope is null for a feature, of which only the environments tell what it serves."""

    purl_type: str
    name: str
    version: str | None
    constraint: str | None
    scope: Scope | None
    source_url: str | None
    is_local: bool
    line: int | None


def read_requirements(toml: TomlFile, root: tuple[str, ...] = ()) -> Iterator[PixiRequirement]:
    """All requirements below a key path of the document, in the order of its tables."""
    yield from _tables(toml, root, is_feature=False)
    for feature in toml.table(*root, "feature"):
        yield from _tables(toml, (*root, "feature", feature), is_feature=True)


def _tables(toml: TomlFile, path: tuple[str, ...], *, is_feature: bool) -> Iterator[PixiRequirement]:
    targets = [(*path, "target", target) for target in toml.table(*path, "target")]
    for place in (path, *targets):
        for table, (purl_type, scope) in _TABLES.items():
            for name, value in toml.table(*place, table).items():
                line = toml.lines.line(*place, table, name)
                yield _requirement(purl_type, name, value, None if is_feature else scope, line)


def _requirement(
    purl_type: str, name: str, value: Any, scope: Scope | None, line: int | None
) -> PixiRequirement:
    table = value if isinstance(value, dict) else {"version": value}
    constraint, git, revision = table.get("version"), table.get("git"), table.get("rev")
    constraint = constraint if isinstance(constraint, str) and constraint != "*" else None
    spec = parse_match_spec(f"x {constraint}") if constraint else None
    return PixiRequirement(
        purl_type,
        canonicalize_name(name) if purl_type == "pypi" else name.lower(),
        spec.version if spec else None,
        constraint,
        scope,
        git_url(git, revision if isinstance(revision, str) else None) if isinstance(git, str) else None,
        isinstance(table.get("path"), str),
        line,
    )
