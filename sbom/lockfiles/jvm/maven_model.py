"""What a pom means: inheritance, interpolation and dependency management.

Follows Maven's model builder (maven-model-builder 3.8) on the poms that the repository holds; of their
profiles only those that are `activeByDefault` count. What the command line, the machine or settings would add
is left out.
"""

import re
from collections.abc import Callable, Iterator
from itertools import pairwise
from typing import NamedTuple

from sbom.lockfiles.jvm.maven_pom import PLUGIN, Key, Pom, Requirement, Section

_EXPRESSION = re.compile(r"\$\{([^${}]+)\}")
_LONGEST_VALUE = 1024

FindBom = Callable[[str, str, str], "Model | None"]
"""The model of a group, artifact and version, if the repository holds it."""


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
        self.published_parent = _published_parent(chain)
        self._find_bom = find_bom
        self._lineage = [(pom, pom.active_sections) for pom in chain]
        if extra is not None:
            self._lineage[0][1].append(extra)
        self._nearest_first = [(pom, part) for pom, parts in self._lineage for part in reversed(parts)]
        self._built_in = _built_in(self.pom)
        self._values: dict[str, str | None] = {}
        self._managed: dict[Key, Managed | None] = {}
        self._managed_by_resolved_key: list[dict[Key, Requirement]] | None = None
        self._boms: list[Model] | None = None
        self._absent_boms: list[Absent] = []
        self._published_boms: list[Absent] = []
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
        for _, section in self._nearest_first:
            if name in section.properties:
                return section.properties[name]
        return self._built_in.get(name)

    def key(self, requirement: Requirement) -> Key:
        """The management key of a dependency in this module."""
        return Key(*map(self.resolve, requirement.key))

    def managed(self, key: Key) -> Managed | None:
        """What manages a dependency: the nearest pom of the chain, else the first BOM that it imports."""
        if key not in self._managed:
            self._managed[key] = None  # for BOMs that import each other
            found = self._managed_in_chain(key)
            if found is None or self._is_import(found.entry):
                in_boms = (bom.managed(key) for bom in self._imported_boms())
                found = next(filter(None, in_boms), None)
            self._managed[key] = found
        return self._managed[key]

    def _managed_in_chain(self, key: Key) -> Managed | None:
        if self._managed_by_resolved_key is None:
            self._managed_by_resolved_key = [
                {self.key(entry): entry for entry in section.other_managed}
                for _, section in self._nearest_first
            ]
        for (pom, section), others in zip(self._nearest_first, self._managed_by_resolved_key, strict=True):
            entry = section.managed_by_key.get(key) or others.get(key)
            if entry is not None:
                return Managed(entry, self, pom.path)
        return None

    def _is_import(self, entry: Requirement) -> bool:
        return entry.may_import and self.resolve(entry.scope) == "import"

    def _imported_boms(self) -> "list[Model]":
        """BOMs of the repository, nearest first; a profile's come after the project's."""
        if self._boms is None:
            self._boms = []
            sections = [section for _, sections in self._lineage for section in sections]
            keys = [self.key(entry) for part in sections for entry in part.managed if entry.may_import]
            for found in map(self._managed_in_chain, dict.fromkeys(keys)):
                if found is not None and self._is_import(found.entry):
                    name = found.entry.group, found.entry.artifact, found.entry.version
                    group, artifact, version = map(self.resolve, name)
                    bom = self._find_bom(group, artifact, version)
                    named = Absent("imported BOM", group, artifact, version, found.path, found.entry.line)
                    if bom is None:
                        self._absent_boms.append(named)
                        continue
                    self._boms.append(bom)
                    if bom.pom.is_outside:
                        self._published_boms.append(named)
        return self._boms

    @property
    def absent(self) -> list[Absent]:
        """Parents and BOMs outside the repository, which could manage more."""
        absent: dict[Absent, None] = {}
        seen: list[Model] = []
        pending = [self]
        while pending:
            model = pending.pop(0)
            if model not in seen:
                seen.append(model)
                pending += model._imported_boms()
                own = [model.absent_parent] if model.absent_parent else []
                absent |= dict.fromkeys([*own, *model._absent_boms])
        return list(absent)

    @property
    def published(self) -> list[Absent]:
        """The parent and BOMs outside the repository that were read, as the pom or an ancestor names them."""
        self._imported_boms()
        own = [self.published_parent] if self.published_parent else []
        return list(dict.fromkeys([*own, *self._published_boms]))

    def holder(self, ancestor: Pom) -> Pom:
        """The pom whose scan tells what an ancestor states: itself, or who names it from the repository."""
        within = self.chain[: self.chain.index(ancestor) + 1]
        return next(pom for pom in reversed(within) if not pom.is_outside)

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
        if not (version and scope) and (found := self.managed(key)) is not None:
            version = version or found.model.resolve(found.entry.version)
            scope = scope or found.model.resolve(found.entry.scope)
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
            for _, section in self._nearest_first:
                for plugin in (*section.plugins, *section.managed_plugins):
                    if plugin.type == PLUGIN and plugin.version:
                        coordinates = self.resolve(plugin.group), self.resolve(plugin.artifact)
                        self._versions_of_plugins.setdefault(coordinates, self.resolve(plugin.version))
        return self._versions_of_plugins


def _published_parent(chain: list[Pom]) -> Absent | None:
    """The first pom of the chain that is outside the repository, and where it is named."""
    for pom, ancestor in pairwise(chain):
        if ancestor.is_outside and not pom.is_outside and pom.parent is not None:
            return Absent("parent", *pom.parent[:3], pom.path, pom.parent.line)
    return None


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
