"""Cargo.toml: a package's dependencies, what it inherits from its workspace, and a workspace's members."""

import posixpath
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from sbom.lockfiles.folder import SourceFile, Tree
from sbom.lockfiles.origins import git_url
from sbom.lockfiles.toml_file import TomlFile, read_manifest
from sbom.lockfiles.toml_values import as_string, as_strings
from sbom.model import Scope

PURL_TYPE = "cargo"
MANIFEST = "Cargo.toml"
_KINDS = (
    ("dependencies", Scope.REQUIRED),
    ("build-dependencies", Scope.EXCLUDED),
    ("build_dependencies", Scope.EXCLUDED),
    ("dev-dependencies", Scope.EXCLUDED),
    ("dev_dependencies", Scope.EXCLUDED),
)
_WILDCARD = re.compile(r"(\*\*|\*|\?)")
_MOST_WILDCARDS = 4
_EXACT = re.compile(r"=\s*(\d+\.\d+\.\d+[0-9A-Za-z.+-]*)")


@dataclass(frozen=True, slots=True)
class CargoDependency:
    """One dependency of a package. `name` is the crate's own name, whatever the package calls it."""

    name: str
    constraint: str | None
    version: str | None
    """The version that `=1.2.3` fixes."""
    scope: Scope
    """Required; optional where only features that are not default ask for it; excluded for dev and build."""
    folder: str | None
    """Where a path dependency stands, relative to the manifest that names it."""
    source_url: str | None
    line: int | None


def workspace_of(file: SourceFile, toml: TomlFile) -> TomlFile | None:
    """The manifest of the workspace that a package belongs to: its own, the one it names, or one above it."""
    if "workspace" in toml.data:
        return toml
    named = toml.table("package").get("workspace")
    if isinstance(named, str):
        return read_manifest(file.tree, file.resolve(f"{named}/{MANIFEST}"))
    folder = file.folder
    while folder:
        folder = posixpath.dirname(folder)
        above = read_manifest(file.tree, posixpath.join(folder, MANIFEST))
        if above is not None and "workspace" in above.data:
            return above
    return None


def inherited(toml: TomlFile, workspace: TomlFile | None, key: str) -> Any:
    """A key of `[package]`; `key.workspace = true` takes it from `[workspace.package]`."""
    value = toml.table("package").get(key)
    if isinstance(value, dict) and value.get("workspace") is True:
        return workspace.table("workspace", "package").get(key) if workspace is not None else None
    return value


def dependencies(toml: TomlFile, workspace: TomlFile | None) -> list[CargoDependency]:
    """The dependencies of a manifest's package, those of single targets included."""
    prefixes: list[tuple[str, ...]] = [(), *(("target", target) for target in toml.table("target"))]
    default = _enabled_by_default(toml)
    return [
        dependency
        for prefix in prefixes
        for table, scope in _KINDS
        for dependency in _read_table(toml, (*prefix, table), scope, workspace, default)
    ]


def _read_table(
    toml: TomlFile, path: tuple[str, ...], scope: Scope, workspace: TomlFile | None, default: set[str]
) -> Iterator[CargoDependency]:
    shared = workspace.table("workspace", "dependencies") if workspace is not None else {}
    for key, value in toml.table(*path).items():
        spec = {"version": value} if isinstance(value, str) else value
        if not isinstance(spec, dict):
            continue
        if spec.get("workspace") is True:
            inherited_spec = shared.get(key)
            if isinstance(inherited_spec, str):
                inherited_spec = {"version": inherited_spec}
            spec = {**(inherited_spec if isinstance(inherited_spec, dict) else {}), **spec}
        is_optional = spec.get("optional") is True and key not in default
        constraint = as_string(spec.get("version"))
        exact = _EXACT.fullmatch(constraint.strip()) if constraint else None
        yield CargoDependency(
            as_string(spec.get("package")) or key,
            constraint,
            exact[1] if exact else None,
            Scope.OPTIONAL if is_optional and scope is Scope.REQUIRED else scope,
            as_string(spec.get("path")),
            _git_location(spec),
            toml.lines.line(*path, key),
        )


def _git_location(spec: dict[str, Any]) -> str | None:
    repository = as_string(spec.get("git"))
    if repository is None:
        return None
    revisions = (as_string(spec.get(key)) for key in ("rev", "tag", "branch"))
    return git_url(repository, next(filter(None, revisions), None))


def _enabled_by_default(toml: TomlFile) -> set[str]:
    """Keys of optional dependencies that the feature `default` turns on, by way of other features too."""
    features = toml.table("features")
    enabled: set[str] = set()
    seen: set[str] = set()
    waiting = ["default"]
    while waiting:
        feature = waiting.pop()
        if feature in seen:
            continue
        seen.add(feature)
        entries = features.get(feature)
        if not isinstance(entries, list):
            enabled.add(feature)
            continue
        for entry in entries:
            if isinstance(entry, str) and "?/" not in entry:
                name, slash, _ = entry.removeprefix("dep:").partition("/")
                (enabled.add if slash or entry.startswith("dep:") else waiting.append)(name)
    return enabled


def workspace_manifests(tree: Tree, root: str) -> dict[str, TomlFile]:
    """The manifest `root` and those that belong to it: listed members and the path dependencies of all."""
    found: dict[str, TomlFile] = {}
    waiting = [root]
    while waiting:
        path = waiting.pop()
        toml = read_manifest(tree, path) if path not in found else None
        if toml is None:
            continue
        found[path] = toml
        file = SourceFile(path, b"", tree)
        waiting.extend(_listed_members(file, toml))
        for folder in _named_folders(toml):
            manifest = file.resolve(f"{folder}/{MANIFEST}") if folder else None
            if manifest is not None:
                waiting.append(manifest)
    return found


def _named_folders(toml: TomlFile) -> Iterator[str | None]:
    """Folders of path dependencies, of those that members inherit, and of patched crates."""
    yield from (dependency.folder for dependency in dependencies(toml, None))
    patches = [toml.table("patch", registry) for registry in toml.table("patch")]
    for table in (toml.table("workspace", "dependencies"), toml.table("replace"), *patches):
        yield from (as_string(spec.get("path")) for spec in table.values() if isinstance(spec, dict))


def _listed_members(file: SourceFile, toml: TomlFile) -> Iterator[str]:
    """Manifests that `[workspace] members` lists, by name or glob, without `exclude`."""
    members, excluded = (as_strings(toml.table("workspace").get(key)) for key in ("members", "exclude"))
    unwanted = tuple(posixpath.normpath(folder) + "/" for folder in excluded)
    globs = []
    for pattern in members:
        if _WILDCARD.search(pattern):
            globs.append(_glob(posixpath.normpath(pattern)))
        elif (path := file.resolve(f"{pattern}/{MANIFEST}")) is not None:
            yield path
    prefix = f"{file.folder}/" if file.folder else ""
    for path in _all_manifests(file.tree) if globs else ():
        if path.startswith(prefix):
            folder = path[len(prefix) :].removesuffix(f"/{MANIFEST}")
            if not f"{folder}/".startswith(unwanted) and any(glob.fullmatch(folder) for glob in globs):
                yield path


def _all_manifests(tree: Tree) -> list[str]:
    if "cargo-manifests" not in tree.memo:
        tree.memo["cargo-manifests"] = sorted(path for path in tree.paths if path.endswith(f"/{MANIFEST}"))
    return tree.memo["cargo-manifests"]  # type: ignore[no-any-return]


def _glob(pattern: str) -> re.Pattern[str]:
    """`crates/*` matches one level, `**` any number; a pattern made to match slowly matches nothing."""
    parts = _WILDCARD.split(pattern)
    if len(parts) > 2 * _MOST_WILDCARDS + 1:
        return re.compile(r"(?!)")
    steps = {"**": ".*", "*": "[^/]*", "?": "[^/]"}
    return re.compile("".join(steps.get(part) or re.escape(part) for part in parts))
