"""Version catalogs of Gradle: what `libs.x.y` in a build script stands for.

Aliases are written with `-`, `_` or `.`, which all become `.` in a script
(https://docs.gradle.org/current/userguide/version_catalogs.html).
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from sbom.lockfiles.toml_file import TomlFile

_SEPARATOR = re.compile(r"[-_.]")
_EXACT = re.compile(r"\[\s*([^\s,\[\]()]+)\s*\]|([^\s,\[\]()+]+)")
_FLOATING = ("latest.", "LATEST", "RELEASE")


class Rich(NamedTuple):
    """A version as Gradle's rich versions write it; all null where nothing tells one."""

    strictly: str | None = None
    require: str | None = None
    prefer: str | None = None

    @property
    def exact(self) -> str | None:
        """The version that is chosen unless another package asks for more; null for ranges."""
        return next(filter(None, map(exact_version, (self.strictly, self.require, self.prefer))), None)

    @property
    def text(self) -> str | None:
        """The constraint as written."""
        base = self.strictly or self.require
        if base and self.prefer and self.prefer != base:
            return f"{base} (prefer {self.prefer})"
        return base or self.prefer


def exact_version(text: str | None) -> str | None:
    """`1.0`, `1.0!!` and `[1.0]`; null for ranges and versions that change."""
    found = _EXACT.fullmatch(text.strip().removesuffix("!!")) if text else None
    version = (found[1] or found[2]) if found else None
    return None if version is None or version.startswith(_FLOATING) or "$" in version else version


class Library(NamedTuple):
    """A library, or a plugin by its marker artifact, that a catalog names."""

    group: str
    name: str
    version: Rich
    alias: str
    line: int | None
    is_plugin: bool = False


@dataclass(slots=True)
class Catalog:
    """Entries by their alias in dots; `broken` are lines of entries that name nothing."""

    path: str
    versions: dict[str, Rich] = field(default_factory=dict)
    libraries: dict[str, Library] = field(default_factory=dict)
    plugins: dict[str, Library] = field(default_factory=dict)
    bundles: dict[str, list[str]] = field(default_factory=dict)
    broken: list[tuple[str, int | None]] = field(default_factory=list)
    """What is wrong, and the line."""
    used: set[tuple[str, str]] = field(default_factory=set)
    """Names that scripts looked up: (`library` or `plugin`, alias)."""

    def accessor(self, parts: list[str]) -> Any:
        """What `libs.<parts>` stands for: a version's text, a library, or the list of a bundle."""
        kind, rest = parts[0], parts[1:]
        methods = {"versions": "findVersion", "bundles": "findBundle", "plugins": "findPlugin"}
        if kind in methods and rest:
            return self.find(methods[kind], ".".join(rest))
        return self.find("findLibrary", ".".join(parts))

    def find(self, method: str, alias: str) -> Any:
        """What `libs.findLibrary("alias")` and its like give; null if there is none."""
        key = dotted(alias)
        if method == "findVersion":
            rich = self.versions.get(key)
            return rich.exact or rich.text if rich else None
        if method == "findBundle":
            names = self.bundles.get(key)
            return None if names is None else [self.find("findLibrary", name) for name in names]
        kind, found = (
            ("plugin", self.plugins.get(key))
            if method == "findPlugin"
            else ("library", self.libraries.get(key))
        )
        if found is not None:
            self.used.add((kind, key))
        return found

    def entries(self) -> Iterator[tuple[str, Library]]:
        """All libraries, then all plugins."""
        yield from (("library", found) for found in self.libraries.values())
        yield from (("plugin", found) for found in self.plugins.values())


def dotted(alias: str) -> str:
    """An alias as scripts write it."""
    return _SEPARATOR.sub(".", alias)


def plugin_marker(id: str) -> tuple[str, str]:
    """Group and name of the artifact by which Gradle finds a plugin."""
    return id, f"{id}.gradle.plugin"


def read_catalog(path: str, toml: TomlFile) -> Catalog:
    """The catalog that a TOML file holds."""
    catalog = Catalog(path)
    for alias, value in toml.table("versions").items():
        catalog.versions[dotted(alias)] = _rich(value)
    for alias, value in toml.table("libraries").items():
        line = toml.lines.line("libraries", alias)
        found = _library(alias, value, catalog, line)
        if found is None:
            catalog.broken.append((f"the library {alias} names no group and name", line))
        else:
            catalog.libraries[dotted(alias)] = found
    for alias, value in toml.table("plugins").items():
        line = toml.lines.line("plugins", alias)
        id, version = _plugin(value, catalog, line)
        if id is None:
            catalog.broken.append((f"the plugin {alias} names no id", line))
        else:
            catalog.plugins[dotted(alias)] = Library(*plugin_marker(id), version, alias, line, True)
    for alias, value in toml.table("bundles").items():
        names = [dotted(name) for name in value if isinstance(name, str)] if isinstance(value, list) else []
        for name in names:
            if name not in catalog.libraries:
                line = toml.lines.line("bundles", alias)
                catalog.broken.append((f"the bundle {alias} names an unknown library: {name}", line))
        catalog.bundles[dotted(alias)] = names
    return catalog


def _rich(value: object) -> Rich:
    if isinstance(value, str):
        return rich_version(value)
    if not isinstance(value, dict):
        return Rich()
    parts = [value.get(key) for key in ("strictly", "require", "prefer")]
    return Rich(*(part if isinstance(part, str) and part else None for part in parts))


def rich_version(text: str) -> Rich:
    """A version in short notation: `1.0!!` is strict, `[1,2)!!1.5` also prefers one."""
    strict, mark, preferred = text.partition("!!")
    return Rich(strictly=strict or None, prefer=preferred or None) if mark else Rich(require=text or None)


def _version(value: object, catalog: Catalog, line: int | None) -> Rich:
    reference = value.get("ref") if isinstance(value, dict) else None
    if isinstance(reference, str):
        found = catalog.versions.get(dotted(reference))
        if found is None:
            catalog.broken.append((f"no version is named {reference!r}", line))
        return found or Rich()
    return _rich(value)


def _library(alias: str, value: object, catalog: Catalog, line: int | None) -> Library | None:
    if isinstance(value, str):
        parts = value.split(":")
        if len(parts) != 3 or not all(parts):
            return None
        return Library(parts[0], parts[1], rich_version(parts[2]), alias, line)
    if not isinstance(value, dict):
        return None
    group, name = value.get("group"), value.get("name")
    module = value.get("module")
    if isinstance(module, str):
        group, _, name = module.partition(":")
    if not (isinstance(group, str) and isinstance(name, str) and group and name):
        return None
    return Library(group, name, _version(value.get("version"), catalog, line), alias, line)


def _plugin(value: object, catalog: Catalog, line: int | None) -> tuple[str | None, Rich]:
    if isinstance(value, str):
        id, _, version = value.partition(":")
        return id or None, rich_version(version)
    if not isinstance(value, dict) or not isinstance(value.get("id"), str):
        return None, Rich()
    return value["id"] or None, _version(value.get("version"), catalog, line)
