"""All poms of a repository: read once, found by path or by coordinates."""

import posixpath
from contextlib import suppress
from itertools import chain

from sbom.errors import LimitReached
from sbom.lockfiles.folder import SourceFile, Tree
from sbom.lockfiles.jvm.maven_model import Absent, Model
from sbom.lockfiles.jvm.maven_pom import OUTSIDE, Parent, Pom, read_pom
from sbom.lockfiles.reading import Malformed

_MOST_OUTSIDE = 20_000
"""Poms that one scan looks for in a local Maven repository."""


def is_published(path: str) -> bool:
    """A pom that describes a package as it was published: kept beside its archive, or unpacked from it."""
    return path.endswith(".pom") or "META-INF/maven/" in path


class Reactor:
    """The poms of one repository and their models."""

    def __init__(self, tree: Tree) -> None:
        self._tree = tree
        self._poms: dict[str, Pom | None] = {}
        self._outside: dict[str, Pom | None] = {}
        self._models: dict[str, Model] = {}
        self._in_progress: set[str] = set()
        self._modules: dict[tuple[str, str], set[str]] | None = None
        self._paths: dict[tuple[str, str], list[str]] = {}
        for path in sorted(tree.paths):
            pom = self.pom(path) if path.endswith((".pom", "pom.xml")) else None
            if pom is not None:
                self._paths.setdefault((_group(pom), pom.artifact), []).append(path)

    @classmethod
    def of(cls, tree: Tree) -> "Reactor":
        """The reactor of a tree, the same for each of its files."""
        if cls not in tree.memo:
            tree.memo[cls] = cls(tree)
        return tree.memo[cls]  # type: ignore[no-any-return]

    def pom(self, path: str) -> Pom | None:
        """The pom at `path`; null if there is none or it is broken, which its own parsing says."""
        if path not in self._poms:
            self._poms[path] = None
            content = self._tree.read(path)
            if content is not None:
                with suppress(Malformed, LimitReached):
                    self._poms[path] = read_pom(path, content)
        return self._poms[path]

    def model(self, pom: Pom) -> Model:
        """The pom with what it inherits inside the repository."""
        if pom.path not in self._models:
            self._in_progress.add(pom.path)
            lineage, absent = [pom], None
            while (parent := lineage[-1].parent) is not None:
                found = self._find_parent(lineage[-1], parent)
                if found is None:
                    absent = Absent("parent", *parent[:3], lineage[-1].path, parent.line)
                    break
                if found in lineage or len(lineage) == self._tree.limits.nesting_depth:
                    absent = Absent(
                        "parent", *parent[:3], pom.path, pom.line, "is one too many above this pom"
                    )
                    break
                lineage.append(found)
            self._models[pom.path] = Model(lineage, absent, self.bom)
            self._in_progress.remove(pom.path)
        return self._models[pom.path]

    def _find_parent(self, pom: Pom, parent: Parent) -> Pom | None:
        """The parent beside the pom if it has the right coordinates, else the only pom that has them."""
        path = SourceFile(pom.path, b"", self._tree).resolve(parent.relative_path)
        if parent.relative_path and path is not None and not pom.is_outside:
            found = self.pom(path if path in self._tree.paths else posixpath.join(path, "pom.xml"))
            if found is not None and _is_named(found, parent):
                return found
        return self._find(*parent[:3])

    def _find(self, group: str, artifact: str, version: str) -> Pom | None:
        """The only pom of these coordinates; a module wins over published copies of it."""
        poms = [self._poms[path] for path in self._paths.get((group, artifact), ())]
        found = [pom for pom in poms if pom is not None and self._has_version(pom, version)]
        candidates = [pom for pom in found if not is_published(pom.path)] or found
        if not found:
            return self._published(group, artifact, version)
        return candidates[0] if len(candidates) == 1 else None

    def _published(self, group: str, artifact: str, version: str) -> Pom | None:
        """The pom in the local Maven repository, if the scan was given one."""
        if self._tree.published_pom is None or len(self._outside) >= _MOST_OUTSIDE:
            return None
        path = f"{OUTSIDE}{group}:{artifact}:{version}"
        if path not in self._outside:
            self._outside[path] = None
            content = self._tree.published_pom(group, artifact, version)
            if content is not None:
                with suppress(Malformed, LimitReached):
                    self._outside[path] = read_pom(path, content)
        return self._outside[path]

    def bom(self, group: str, artifact: str, version: str) -> Model | None:
        """The model of the only pom of these coordinates, here or in the local Maven repository."""
        pom = self._find(group, artifact, version)
        return None if pom is None else self.model(pom)

    def _has_version(self, pom: Pom, version: str) -> bool:
        written = _version(pom)
        if written == version:
            return True
        return "${" in written and pom.path not in self._in_progress and self.model(pom).version == version

    def versions(self, group: str, artifact: str) -> set[str]:
        """Versions of a package that the repository is the source of; empty if it is not."""
        if self._modules is None:
            self._modules = {}
            for path in chain.from_iterable(self._paths.values()):
                pom = self._poms[path]
                if pom is not None and not is_published(path):
                    model = self.model(pom)
                    self._modules.setdefault((model.group, model.artifact), set()).add(model.version)
        return self._modules.get((group, artifact), set())


def _is_named(pom: Pom, parent: Parent) -> bool:
    names = _group(pom), pom.artifact
    return names == (parent.group, parent.artifact) and parent.version in ("", _version(pom))


def _group(pom: Pom) -> str:
    return pom.group or (pom.parent.group if pom.parent else "")


def _version(pom: Pom) -> str:
    return pom.version or (pom.parent.version if pom.parent else "")
