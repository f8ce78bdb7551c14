"""What a pom means: inheritance, interpolation and dependency management.

Follows Maven's model builder (maven-model-builder 3.8) on the poms that the repository holds; of their
profiles only those that are `activeByDefault` count. What the command line, the machine or settings would add
is left out.
"""

import re
from collections.abc import Callable, Iterator
from typing import NamedTuple

from sbom.lockfiles.maven_pom import PLUGIN, Pom, Requirement, Section

_EXPRESSION = re.compile(r"\$\{([^${}]+)\}")
_LONGEST_VALUE = 1024

FindBom = Callable[[str, str, str], "Model | None"]
"""The model of a group, artifact and version, if the repository holds it."""


class Key(NamedTuple):
    """What Maven tells managed dependencies apart by."""

    group: str
    artifact: str
    type: str
    classifier: str


class Absent(NamedTuple):
    """A parent or BOM that the repository does not hold, and where it is named."""

    what: str
    group: str
    artifact: str
    version: str
    path: str
    line: int
    why: str = "is not in the repository"

    def __str__(self) -> str:
        return f"{self.what} {self.group}:{self.artifact}:{self.version}"


class Resolved(NamedTuple):
    """A requirement in its module: text that is still `${…}` is defined nowhere in the repository."""

    group: str
    artifact: str
    version: str
    scope: str
    is_optional: bool


class Managed(NamedTuple):
    """An entry of `<dependencyManagement>`, the model to interpolate it in, and the file it stands in."""

    entry: Requirement
    model: "Model"
    path: str


class Model:
    """A pom with all that it inherits.

    `chain` is the pom and its ancestors, as far as the repository holds them; `absent_parent` is the first
    that it does not hold. `extra` is a profile to activate on top.
    """

    def __init__(
        self,
        chain: list[Pom],
        absent_parent: Absent | None,
        find_bom: FindBom,
        extra: Section | None = None,
    ) -> None:
        self.pom = chain[0]
        self.chain = chain
        self.absent_parent = absent_parent
        self._find_bom = find_bom
        self._lineage = [(pom, pom.active_sections) for pom in chain]
        if extra is not None:
            self._lineage[0][1].append(extra)
        self._nearest_first = [part for _, sections in self._lineage for part in reversed(sections)]
        self._built_in = _built_in(self.pom)
        self._values: dict[str, str | None] = {}
        self._management: tuple[dict[Key, Managed], list[Absent]] | None = None
        self._versions_of_plugins: dict[tuple[str, str], str] | None = None
        self.group = self.resolve(self._built_in["groupId"])
        self.artifact = self.resolve(self._built_in["artifactId"])
        self.version = self.resolve(self._built_in["version"])

    def with_profile(self, profile: Section) -> "Model":
        """The same pom built with one more profile."""
        return Model(self.chain, self.absent_parent, self._find_bom, profile)

    def resolve(self, text: str) -> str:
        """The text with its `${…}` replaced; those that nothing in the repository defines stay."""
        if "${" not in text or len(text) > _LONGEST_VALUE:
            return text
        resolved = _EXPRESSION.sub(lambda found: self.value(found[1]) or found[0], text)
        return resolved if len(resolved) <= _LONGEST_VALUE else text

    def value(self, name: str) -> str | None:
        """The interpolated value of a property; null if nothing in the repository defines it."""
        if name not in self._values:
            self._values[name] = None  # for a property that needs itself
            written = self._written(name)
            self._values[name] = None if written is None else self.resolve(written)
        return self._values[name]

    def _written(self, name: str) -> str | None:
        prefix, _, rest = name.partition(".")
        if prefix in ("project", "pom") and rest in self._built_in:
            return self._built_in[rest]
        for section in self._nearest_first:
            if name in section.properties:
                return section.properties[name]
        return self._built_in.get(name)

    def key(self, requirement: Requirement) -> Key:
        """The management key of a dependency in this module."""
        return Key(*map(self.resolve, requirement[:2]), *map(self.resolve, requirement[3:5]))

    @property
    def managed(self) -> dict[Key, Managed]:
        """What the chain manages, nearest first, then the BOMs that it imports."""
        return self._manage()[0]

    @property
    def absent(self) -> list[Absent]:
        """Parents and BOMs outside the repository, which could manage more."""
        parent = [self.absent_parent] if self.absent_parent else []
        return [*parent, *self._manage()[1]]

    def _manage(self) -> tuple[dict[Key, Managed], list[Absent]]:
        if self._management is None:
            managed: dict[Key, Managed] = {}
            absent: list[Absent] = []
            self._management = managed, absent  # for BOMs that import each other
            for pom, sections in self._lineage:
                # of two entries with one key in one pom, Maven takes the last, in the place of the first
                entries = {self.key(entry): entry for part in sections for entry in part.managed}
                for key, entry in entries.items():
                    managed.setdefault(key, Managed(entry, self, pom.path))
            for key in [key for key, found in managed.items() if self._is_import(key, found.entry)]:
                self._import(key, managed.pop(key), managed, absent)
        return self._management

    def _is_import(self, key: Key, entry: Requirement) -> bool:
        return key.type == "pom" and self.resolve(entry.scope) == "import"

    def _import(self, key: Key, found: Managed, managed: dict[Key, Managed], absent: list[Absent]) -> None:
        version = self.resolve(found.entry.version)
        bom = self._find_bom(key.group, key.artifact, version)
        if bom is None:
            place = found.path, found.entry.line
            absent.append(Absent("imported BOM", key.group, key.artifact, version, *place))
            return
        absent += [other for other in bom.absent if other not in absent]
        for other_key, other in bom.managed.items():
            managed.setdefault(other_key, other)

    def dependencies(self) -> list[Requirement]:
        """What the pom itself depends on; of two dependencies with one key, Maven takes the last."""
        sections = self.pom.active_sections
        return list({self.key(entry): entry for part in sections for entry in part.dependencies}.values())

    def inherited(self) -> Iterator[tuple[Pom, Requirement]]:
        """Dependencies of the ancestors that the pom does not state itself, with the ancestor."""
        seen = {self.key(entry) for entry in self.dependencies()}
        for ancestor in self.chain[1:]:
            for section in reversed(ancestor.active_sections):
                for entry in reversed(section.dependencies):
                    key = self.key(entry)
                    if key not in seen:
                        seen.add(key)
                        yield ancestor, entry

    def dependency(self, written: Requirement) -> Resolved:
        """A dependency with the version and scope that management gives it."""
        key = self.key(written)
        version, scope = self.resolve(written.version), self.resolve(written.scope)
        if key in self.managed and not (version and scope):
            entry, model, _ = self.managed[key]
            version = version or model.resolve(entry.version)
            scope = scope or model.resolve(entry.scope)
        is_optional = self.resolve(written.optional) == "true"
        return Resolved(key.group, key.artifact, version, scope or "compile", is_optional)

    def build_tool(self, written: Requirement) -> Resolved:
        """A plugin with the version that plugin management gives it, an extension, a plugin's dependency."""
        key = self.key(written)
        version = self.resolve(written.version)
        if not version and written.type == PLUGIN:
            version = self._plugin_versions().get((key.group, key.artifact), "")
        return Resolved(key.group, key.artifact, version, "build", False)

    def _plugin_versions(self) -> dict[tuple[str, str], str]:
        if self._versions_of_plugins is None:
            self._versions_of_plugins = {}
            for section in self._nearest_first:
                for plugin in (*section.plugins, *section.managed_plugins):
                    if plugin.type == PLUGIN and plugin.version:
                        coordinates = self.resolve(plugin.group), self.resolve(plugin.artifact)
                        self._versions_of_plugins.setdefault(coordinates, self.resolve(plugin.version))
        return self._versions_of_plugins


def _built_in(pom: Pom) -> dict[str, str]:
    """What `${project.…}` can name; group and version come from the parent where the pom leaves them out."""
    built_in = {"groupId": pom.group, "artifactId": pom.artifact, "version": pom.version}
    if pom.parent is not None:
        parent = {
            "groupId": pom.parent.group,
            "artifactId": pom.parent.artifact,
            "version": pom.parent.version,
        }
        built_in["groupId"] = pom.group or parent["groupId"]
        built_in["version"] = pom.version or parent["version"]
        built_in |= {f"parent.{name}": text for name, text in parent.items()}
    return built_in
