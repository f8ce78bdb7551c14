"""How pnpm names packages in its lock file, which changed with each of its generations.

    lockfileVersion   key in `packages`           reference in `dependencies`
    5.x               /name/1.0.0_peer@2.0.0      1.0.0_peer@2.0.0, /other/1.0.0 for an alias
    6.x               /name@1.0.0(peer@2.0.0)     1.0.0(peer@2.0.0), /other@1.0.0
    9.x               name@1.0.0(peer@2.0.0)      1.0.0(peer@2.0.0), other@1.0.0

Packages that are not from the default registry stand under an address (`github.com/owner/name/commit`,
`name@https://…`, `file:…`). In 9.x `packages` leaves the peers away, which only `snapshots` has.
"""

import re
from collections.abc import Iterator
from typing import NamedTuple

from sbom.lockfiles.javascript.npm_package import names_folder, split_reference

_VERSION = re.compile(r"\d+\.\d+\.\d+")


class Coordinates(NamedTuple):
    """Name and version that a key tells; null where it is only an address."""

    name: str | None
    version: str | None


def without_peers(key: str) -> str:
    """The key without the peers (or patch) in round brackets behind it."""
    return key.partition("(")[0]


def candidate_keys(name: str, reference: str) -> Iterator[str]:
    """The keys under which the package may stand that `name` refers to, of any generation."""
    yield f"{name}@{reference}"
    yield reference
    yield f"/{name}@{reference}"
    yield f"/{name}/{reference}"


def is_folder(key: str) -> bool:
    """Whether the key is the address of a folder of the project, not of an archive or a version."""
    key = without_peers(key)
    address = key if key.startswith("file:") else split_reference(key)[1]
    return address.startswith("file:") and names_folder(address)


def parse_key(key: str) -> Coordinates:
    """Name and version of a package's key, of any generation."""
    key = without_peers(key)
    if ":" in key:  # an address, whose version only the package's own entry knows
        name, address = split_reference(key)
        return Coordinates(name if address else None, None)
    without_host = key.partition("/")[2]
    found = _parse_path(key.removeprefix("/")) or _parse_path(without_host)
    return found or Coordinates(None, None)


def _parse_path(path: str) -> Coordinates | None:
    """`name@1.0.0`, or `name/1.0.0_peers` as 5.x writes it."""
    name, version = split_reference(path)
    if _VERSION.match(version) and name.count("/") == name.startswith("@"):
        return Coordinates(name, version)
    parts = path.split("/")
    length = 2 if path.startswith("@") else 1
    name, versions = "/".join(parts[:length]), parts[length : length + 1]
    if name and versions and _VERSION.match(versions[0]):
        return Coordinates(name, versions[0].partition("_")[0])
    return None
