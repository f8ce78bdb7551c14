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
_MOST_BYTES = 20_000
_SUPPORT = re.compile(r"[\d.]+ \(?(LTS(?:-SP\d+)?)\)?")
"""openEuler tells releases of one number apart in `VERSION` alone: `22.03 (LTS-SP1)`, `22.03 LTS`."""


class Distribution(NamedTuple):
    """`id` as the distribution calls itself (`debian`, `openEuler`), and its version; null if not told."""

    id: str | None
    version: str | None

    def qualifiers(self, architecture: str | None, upstream: str | None = None) -> dict[str, str]:
        """Qualifiers of a purl: architecture, `distro` as the purl specification writes it, source package.

        `upstream` is the name by which advisories know a package that was built from another one's source.
        """
        found = {"arch": architecture, "upstream": upstream}
        if self.id and self.version:
            found["distro"] = f"{self.id.lower()}-{self.version}"
        return {name: value for name, value in found.items() if value}

    @property
    def namespace(self) -> str | None:
        """The vendor of a purl."""
        return self.id.lower() if self.id else None


def read_distribution(tree: Tree, root: str) -> Distribution:
    """The distribution of the root file system in a folder."""
    for place in _PLACES:
        content = tree.read(posixpath.join(root, place))
        if content is not None:
            settings = dict(_SETTING.findall(decode_text(content[:_MOST_BYTES])))
            support = _SUPPORT.fullmatch(settings.get("VERSION", ""))
            numbers = settings.get("VERSION_ID") or None
            version = f"{numbers}-{support[1]}" if numbers and support else numbers
            return Distribution(settings.get("ID") or None, version)
    return Distribution(None, None)


def root_of(path: str, *places: str) -> str:
    """The folder that a root file system starts from, by the first of the folders that `path` lies in."""
    for place in places:
        root, found, _ = f"/{path}".rpartition(f"/{place}/")
        if found:
            return root.removeprefix("/")
    return ""
