"""The file that a parser reads, and the other files of the repository that it may look at."""

import posixpath
from collections.abc import Callable, Mapping, MutableMapping, Set
from dataclasses import dataclass, field
from typing import Any

from sbom.limits import Limits


@dataclass(slots=True)
class Tree:
    """Files of the scanned subject by path, for formats that span several files (a parent pom, go.sum).

    `paths` tells of every path whether it is there, but iterating shows those only that some format reads or
    looks for (`Format.listed`; see `sbom.parse_cache`). `memo` serves the formats of one ecosystem during the
    scan of one commit: a format keeps what it parsed of shared files there.
    """

    load: Callable[[str], bytes | None]
    paths: Set[str]
    limits: Limits
    memo: MutableMapping[Any, Any] = field(default_factory=dict)
    submodules: Mapping[str, str] = field(default_factory=dict)
    """The commits that the scanned tree pins for git submodules, by path."""
    published_pom: Callable[[str, str, str], bytes | None] | None = None
    """The pom of a group, artifact and version outside the repository, if the caller gave such a source."""

    def read(self, path: str) -> bytes | None:
        """Content of another file of the repository; null if there is none or it cannot be read."""
        return self.load(path) if path in self.paths else None


@dataclass(frozen=True, slots=True)
class SourceFile:
    """One file to parse. `path` is repository-relative; `content` is untrusted."""

    path: str
    content: bytes
    tree: Tree

    @property
    def name(self) -> str:
        return posixpath.basename(self.path)

    @property
    def folder(self) -> str:
        """Repository-relative folder, empty at the root."""
        return posixpath.dirname(self.path)

    def resolve(self, relative: str) -> str | None:
        """Repository-relative path of a file named relative to this one; null if it leaves the repository."""
        joined = posixpath.normpath(posixpath.join(self.folder, relative))
        return None if joined.startswith(("../", "/")) or joined == ".." else joined

    def siblings(self, ending: str) -> list[str]:
        """Paths of the files beside this one whose names end so, sorted."""
        return sorted(
            path
            for path in self.tree.paths
            if path.endswith(ending) and posixpath.dirname(path) == self.folder
        )

    def read_sibling(self, relative: str) -> bytes | None:
        """Content of a file named relative to this one; null if there is none or it leaves the repository."""
        path = self.resolve(relative)
        return self.tree.read(path) if path is not None else None
