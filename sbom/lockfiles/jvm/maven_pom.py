"""One pom.xml as written: nothing inherited, nothing interpolated."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import compress
from typing import NamedTuple

from lxml import etree

from sbom.lockfiles.reading import Malformed, load_xml

PURL_TYPE = "maven"
OUTSIDE = "\0"
"""Begins the path of a pom that is no file of the scanned tree; its coordinates follow."""
PLUGIN = "maven-plugin"
"""Type of a build plugin."""
_PLUGIN_GROUP = "org.apache.maven.plugins"


class Parent(NamedTuple):
    """`<parent>`; `relative_path` is empty where the parent is not to be looked for beside the pom."""

    group: str
    artifact: str
    version: str
    relative_path: str
    line: int

    def __str__(self) -> str:
        return f"{self.group}:{self.artifact}:{self.version}"


class Key(NamedTuple):
    """What Maven tells managed dependencies apart by."""

    group: str
    artifact: str
    type: str
    classifier: str


class Requirement(NamedTuple):
    """A dependency, plugin or extension; text is empty where none is written."""

    group: str
    artifact: str
    version: str
    type: str
    classifier: str
    scope: str
    optional: str
    line: int

    @property
    def key(self) -> Key:
        return Key(self.group, self.artifact, self.type, self.classifier)

    @property
    def may_import(self) -> bool:
        """It is a BOM, or a property would tell."""
        return self.type == "pom" and (self.scope == "import" or "${" in self.scope)


@dataclass(slots=True)
class Section:
    """What a project and each of its profiles can hold."""

    properties: dict[str, str] = field(default_factory=dict)
    dependencies: list[Requirement] = field(default_factory=list)
    managed: list[Requirement] = field(default_factory=list)
    plugins: list[Requirement] = field(default_factory=list)
    managed_plugins: list[Requirement] = field(default_factory=list)
    is_default: bool = True
    """Active in a plain build: the project itself, and profiles that are `activeByDefault`."""
    managed_by_key: dict[Key, Requirement] = field(init=False)
    """Those entries of `managed` whose key holds no `${…}`; of two with one key, Maven takes the last."""
    other_managed: list[Requirement] = field(init=False)

    def __post_init__(self) -> None:
        keys = [entry.key for entry in self.managed]
        is_plain = ["${" not in "".join(key) for key in keys]
        self.managed_by_key = dict(compress(zip(keys, self.managed, strict=True), is_plain))
        self.other_managed = [entry for entry, plain in zip(self.managed, is_plain, strict=True) if not plain]


@dataclass(slots=True, eq=False)
class Pom:
    """A pom file. `group` and `version` are empty where they are inherited."""

    path: str
    parent: Parent | None
    group: str
    artifact: str
    version: str
    description: str | None
    licences: list[tuple[str, str]]
    """Name and URL of each."""
    organization: str
    developers: list[dict[str, str]]
    """What is said of each: `name`, `email` and more."""
    sections: list[Section]
    """The project itself first, then its profiles."""
    line: int
    """Where the pom names itself."""

    @property
    def is_outside(self) -> bool:
        """Read from a local Maven repository, and not part of what is scanned."""
        return self.path.startswith(OUTSIDE)

    @property
    def active_sections(self) -> list[Section]:
        """What a plain build uses, later ones over earlier ones: the project and its default profiles."""
        return [section for section in self.sections if section.is_default]


def read_pom(path: str, content: bytes) -> Pom:
    """Decode one pom.

    Raises:
        Malformed: not XML, or not a project.
        LimitReached: nested too deeply, or it declares entities.
    """
    root = load_xml(content)
    if _name(root) != "project":
        raise Malformed(f"the root element is <{_name(root)}>, not <project>", root.sourceline)
    fields = _fields(root)
    parent = _child(root, "parent")
    return Pom(
        path,
        _parent(parent) if parent is not None else None,
        fields.get("groupId", ""),
        fields.get("artifactId", ""),
        fields.get("version", ""),
        " ".join(fields.get("description", "").split()) or None,
        [
            (_fields(found).get("name", ""), _fields(found).get("url", ""))
            for found in _list(root, "licenses")
        ],
        _fields(_child(root, "organization")).get("name", ""),
        [_fields(found) for found in _list(root, "developers")],
        [_section(root), *map(_profile, _list(root, "profiles"))],
        _line(_child(root, "artifactId")) or _line(root) or 1,
    )


def _parent(element: etree._Element) -> Parent:
    fields = _fields(element)
    return Parent(
        fields.get("groupId", ""),
        fields.get("artifactId", ""),
        fields.get("version", ""),
        fields.get("relativePath", "../pom.xml"),
        _line(element) or 1,
    )


def _section(element: etree._Element) -> Section:
    build, properties = _child(element, "build"), _child(element, "properties")
    return Section(
        {_name(found): _text(found) for found in _elements(properties)},
        _requirements(element, "dependencies"),
        _requirements(_child(element, "dependencyManagement"), "dependencies"),
        _plugins(build) + _requirements(build, "extensions"),
        _plugins(_child(build, "pluginManagement")),
    )


def _profile(element: etree._Element) -> Section:
    section = _section(element)
    activation = _child(element, "activation")
    section.is_default = _fields(activation).get("activeByDefault") == "true"
    return section


def _plugins(element: etree._Element | None) -> list[Requirement]:
    """Plugins and what they are given to run with."""
    found = []
    for plugin in _list(element, "plugins"):
        found.append(_requirement(plugin, _PLUGIN_GROUP, PLUGIN))
        found += _requirements(plugin, "dependencies")
    return found


def _requirements(element: etree._Element | None, name: str) -> list[Requirement]:
    return [_requirement(found) for found in _list(element, name)]


def _requirement(element: etree._Element, group: str = "", type: str = "jar") -> Requirement:
    fields = _fields(element)
    return Requirement(
        fields.get("groupId") or group,
        fields.get("artifactId", ""),
        fields.get("version", ""),
        fields.get("type") or type,
        fields.get("classifier", ""),
        fields.get("scope", ""),
        fields.get("optional", ""),
        _line(element) or 1,
    )


def _elements(element: etree._Element | None) -> Iterator[etree._Element]:
    """Child elements; nothing else stands in a pom, but it is untrusted."""
    return (child for child in element if isinstance(child.tag, str)) if element is not None else iter(())


def _name(element: etree._Element) -> str:
    """Local name: poms stand in a namespace or in none."""
    return str(element.tag).rpartition("}")[2]


def _text(element: etree._Element) -> str:
    return (element.text or "").strip()


def _line(element: etree._Element | None) -> int | None:
    return None if element is None else element.sourceline


def _fields(element: etree._Element | None) -> dict[str, str]:
    return {_name(child): _text(child) for child in _elements(element)}


def _child(element: etree._Element | None, name: str) -> etree._Element | None:
    return next((child for child in _elements(element) if _name(child) == name), None)


def _list(element: etree._Element | None, name: str) -> list[etree._Element]:
    return list(_elements(_child(element, name)))
