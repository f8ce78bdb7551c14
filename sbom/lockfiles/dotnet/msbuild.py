"""MSBuild projects as far as they can be evaluated without MSBuild: properties and package items.

Read in MSBuild's order: the nearest Directory.Build.props and Directory.Packages.props above the project, the
project, the nearest Directory.Build.targets; imports with a literal path inside the repository are followed.
Conditions are not evaluated: items under a condition count, and a property that a condition may change is not
known, unless the condition only gives it a default.
(https://learn.microsoft.com/visualstudio/msbuild/customize-by-directory)
"""

import posixpath
import re
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field, replace

from lxml import etree

from sbom.errors import ScanError
from sbom.lockfiles.folder import Tree
from sbom.lockfiles.reading import load_xml

_PROPERTY = re.compile(r"\$\(([A-Za-z_][\w.-]*)\)")
_FILE_ABOVE = re.compile(
    r"\$\(\[MSBuild\]::GetPathOfFileAbove\(\s*'?([^',()]+)'?\s*(?:,[^()]*(?:\([^()]*\)[^()]*)*)?\)\)"
)
_DEFAULT = re.compile(r"\s*'\$\(([\w.-]+)\)'\s*==\s*''\s*")
_MOST_IMPORTS = 50
_LONGEST_VALUE = 2000


@dataclass(frozen=True, slots=True)
class PackageReference:
    """A PackageReference, PackageVersion or GlobalPackageReference item.

    `version` is as written, null if there is none; `line` is null where another file holds the item.
    """

    name: str
    version: str | None
    private_assets: str
    include_assets: str | None
    exclude_assets: str
    line: int | None


@dataclass(slots=True)
class Project:
    """An evaluated project: properties (null if not known) and items, by lower-case name."""

    path: str
    properties: dict[str, str | None] = field(default_factory=dict)
    property_lines: dict[str, int] = field(default_factory=dict)
    references: dict[str, PackageReference] = field(default_factory=dict)
    more_references: list[PackageReference] = field(default_factory=list)
    """References to a package that another condition references in another version."""
    central: dict[str, PackageReference] = field(default_factory=dict)
    global_references: dict[str, PackageReference] = field(default_factory=dict)

    def property(self, name: str) -> str | None:
        """A property's text; null if it is empty, not set, or holds what cannot be evaluated."""
        value = self.properties.get(name.lower())
        return value.strip() or None if value is not None and "$(" not in value else None

    def is_true(self, name: str) -> bool:
        return (self.property(name) or "").lower() == "true"

    def expand(self, text: str) -> str:
        """Text with the properties that are known; `$(…)` stays where one is not, or in a text that grows."""
        parts, length, position = [], 0, 0
        for found in _PROPERTY.finditer(text):
            value = self.properties.get(found[1].lower())
            part = text[position : found.start()] + (found[0] if value is None else value)
            parts.append(part)
            length += len(part)
            position = found.end()
            if length > _LONGEST_VALUE:
                return text
        return "".join([*parts, text[position:]])


def evaluate_project(tree: Tree, path: str, root: etree._Element) -> Project:
    """Evaluate a project with what surrounds it in the repository."""
    evaluation = _Evaluation(tree, Project(path))
    folder = posixpath.dirname(path)
    for name in ("Directory.Build.props", "Directory.Packages.props"):
        evaluation.read_file(find_above(tree, folder, name))
    evaluation.read(root, path)
    evaluation.read_file(find_above(tree, folder, "Directory.Build.targets"))
    evaluation.read_items()
    return evaluation.project


def find_above(tree: Tree, folder: str, name: str) -> str | None:
    """The nearest file of this name in the folder or above it; null if there is none in the repository."""
    while True:
        path = posixpath.join(folder, name)
        if path in tree.paths:
            return path
        if not folder:
            return None
        folder = posixpath.dirname(folder)


class _Evaluation:
    """Properties in the order of the files, then items, which see the last value of each property."""

    def __init__(self, tree: Tree, project: Project) -> None:
        self._tree = tree
        self.project = project
        self._seen: set[str] = set()
        self._items: list[tuple[etree._Element, str]] = []

    def read_file(self, path: str | None) -> None:
        if path is None or path in self._seen or len(self._seen) >= _MOST_IMPORTS:
            return
        root = self._root(path)
        if root is not None:
            self.read(root, path)

    def _root(self, path: str) -> etree._Element | None:
        """A file that projects share, decoded once; null if it is absent or broken."""
        memo, key = self._tree.memo, (__name__, path)
        if key not in memo:
            content = self._tree.read(path)
            memo[key] = None
            if content is not None:
                with suppress(ScanError):
                    memo[key] = load_xml(content)
        return memo[key]

    def read(self, root: etree._Element, path: str) -> None:
        self._seen.add(path)
        for element, is_conditional in _elements(root, is_conditional=False):
            kind = local_name(element)
            if kind == "Import":
                self.read_file(self._import_path(element.get("Project") or "", path))
            elif kind == "PropertyGroup":
                for item in element:
                    self._set(item, path, is_conditional)
            elif kind == "ItemGroup":
                self._items += [(item, path) for item in element]

    def _import_path(self, target: str, path: str) -> str | None:
        if len(target) > _LONGEST_VALUE:
            return None
        folder = posixpath.dirname(path)
        above = _FILE_ABOVE.search(target)
        if above is not None:
            is_same = posixpath.basename(path) == above[1]
            if is_same and not folder:
                return None
            return find_above(self._tree, posixpath.dirname(folder) if is_same else folder, above[1])
        target = re.sub(r"\$\(MSBuildThisFileDirectory\)", "./", target, flags=re.IGNORECASE)
        target = self.project.expand(target).replace("\\", "/")
        if not target or "$(" in target:
            return None
        return posixpath.normpath(posixpath.join(folder, target))

    def _set(self, element: etree._Element, path: str, is_conditional: bool) -> None:
        properties, name = self.project.properties, local_name(element).lower()
        value = self.project.expand(element.text or "")
        condition = element.get("Condition")
        default = _DEFAULT.fullmatch(condition or "")
        if default is not None and default[1].lower() == name and not is_conditional:
            properties.setdefault(name, value)
        elif condition is None and not is_conditional:
            properties[name] = value
        else:
            properties[name] = value if properties.get(name, value) == value else None
        if path == self.project.path:
            self.project.property_lines[name] = element.sourceline or 1

    def read_items(self) -> None:
        project = self.project
        targets = {
            "PackageReference": project.references,
            "PackageVersion": project.central,
            "GlobalPackageReference": project.global_references,
        }
        for element, path in self._items:
            found = targets.get(local_name(element))
            if found is None:
                continue
            line = (element.sourceline or None) if path == project.path else None
            for name in _names(project.expand(element.get("Include") or "")):
                item = self._item(name, element, line)
                old = found.get(name.lower())
                if old is not None and old.version != item.version and found is project.references:
                    project.more_references.append(old)
                found[name.lower()] = item
            for name in _names(project.expand(element.get("Update") or "")):
                old = found.get(name.lower())
                if old is not None:
                    found[name.lower()] = _updated(old, self._item(name, element, line))
            for name in _names(project.expand(element.get("Remove") or "")):
                found.pop(name.lower(), None)

    def _item(self, name: str, element: etree._Element, line: int | None) -> PackageReference:
        def metadata(key: str) -> str | None:
            value = element.get(key)
            if value is None:
                value = next((child.text or "" for child in element if local_name(child) == key), None)
            return self.project.expand(value).strip() if value is not None else None

        return PackageReference(
            name,
            metadata("VersionOverride") or metadata("Version") or None,
            metadata("PrivateAssets") or "",
            metadata("IncludeAssets"),
            metadata("ExcludeAssets") or "",
            line,
        )


def _updated(old: PackageReference, new: PackageReference) -> PackageReference:
    return replace(
        old,
        version=new.version or old.version,
        private_assets=new.private_assets or old.private_assets,
        include_assets=new.include_assets or old.include_assets,
        exclude_assets=new.exclude_assets or old.exclude_assets,
    )


def _elements(parent: etree._Element, *, is_conditional: bool) -> Iterator[tuple[etree._Element, bool]]:
    """Groups and imports in document order, through Choose; and whether a condition holds them."""
    for element in parent:
        under = is_conditional or element.get("Condition") is not None
        if local_name(element) in ("Choose", "When", "Otherwise", "ImportGroup"):
            yield from _elements(element, is_conditional=under or local_name(element) == "Otherwise")
        else:
            yield element, under


def local_name(element: etree._Element) -> str:
    """The name without namespace, which projects before the .NET SDK have and newer ones have not."""
    return str(element.tag).rpartition("}")[2]


def _names(text: str) -> list[str]:
    return [name for part in text.split(";") if (name := part.strip())]
