"""etc/os-release of a root file system: which distribution its packages belong to.

Format: https://www.freedesktop.org/software/systemd/man/os-release.html
"""

import posixpath
import re
from typing import NamedTuple

from sbom.lockfiles.folder import Tree
from sbom.lockfiles.reading import decode_text

_SETTING = re.compile(r"([A-Z_]+)=[\"']?([^\"'\n]*)[\"']?")
_PLACES = ("etc/os-release", "usr/lib/os-release")


class Distribution(NamedTuple):
    """`id` as the distribution calls itself (`debian`, `openEuler`), and its version; null if not told."""

    id: str | None
    version: str | None

    def qualifiers(self, architecture: str | None) -> dict[str, str] | None:
        """Qualifiers of a purl: architecture, and `distro` as the purl specification writes it."""
        found = {"arch": architecture} if architecture else {}
        if self.id and self.version:
            found["distro"] = f"{self.id.lower()}-{self.version}"
        return found or None

    @property
    def namespace(self) -> str | None:
        """The vendor of a purl."""
        return self.id.lower() if self.id else None


def read_distribution(tree: Tree, root: str) -> Distribution:
    """The distribution of the root file system in a folder."""
    for place in _PLACES:
        content = tree.read(posixpath.join(root, place))
        if content is not None:
            settings = dict(_SETTING.findall(decode_text(content[:20_000])))
            return Distribution(settings.get("ID") or None, settings.get("VERSION_ID") or None)
    return Distribution(None, None)


def root_of(path: str, place: str) -> str:
    """The folder that a file's path within a root file system starts from."""
    return path.removesuffix(place).rstrip("/")
