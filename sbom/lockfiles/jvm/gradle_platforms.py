"""Versions that Maven BOMs give to modules of Gradle builds: `platform(…)` and `mavenBom`.

The BOM is a pom of the repository itself, or of the local Maven repository that the scan was given; without
either the version stays open. Gradle would take the highest version that several BOMs ask for; where they
differ, it stays open too.
"""

from collections.abc import Iterable

from sbom.lockfiles.folder import Tree
from sbom.lockfiles.jvm.gradle_catalog import Rich
from sbom.lockfiles.jvm.gradle_facts import Notation
from sbom.lockfiles.jvm.maven_pom import Key
from sbom.lockfiles.jvm.maven_reactor import Reactor


class Platforms:
    """The BOMs that scripts of one repository name."""

    def __init__(self, tree: Tree) -> None:
        self._tree = tree

    def version(self, boms: Iterable[Notation], notation: Notation) -> Rich:
        """What the BOMs say of a module; empty if they say nothing or not the same."""
        found = {self._managed(bom, notation) for bom in boms if bom.version.exact is not None}
        versions = {version for version in found if version}
        if len(versions) != 1:
            return Rich()
        (version,) = versions
        return Rich(require=version)

    def _managed(self, bom: Notation, notation: Notation) -> str | None:
        assert bom.version.exact is not None
        model = Reactor.of(self._tree).bom(bom.group, bom.name, bom.version.exact)
        managed = model.managed(Key(notation.group, notation.name, "jar", "")) if model is not None else None
        version = managed.model.resolve(managed.entry.version) if managed is not None else ""
        return version if version and "${" not in version else None
