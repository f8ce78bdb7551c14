"""What the files of the npm world write about a package: references, aliases, integrity, licence."""

import base64
import binascii
import posixpath
import re
from urllib.parse import unquote

from sbom.lockfiles.digests import digests
from sbom.lockfiles.located import LocatedMap, as_list, as_text
from sbom.lockfiles.origins import GIT_ADDRESS, origin_url

PURL_TYPE = "npm"
_ADDRESS = re.compile(r"https?:|file:|(?:github|gitlab|bitbucket):|" + GIT_ADDRESS.pattern, re.DOTALL)
_OWNER_AND_NAME = re.compile(r"\w[\w-]*/[\w.-]+")
_ARCHIVE = re.compile(r"\.(?:tgz|tar|tar\.gz)$", re.IGNORECASE)
_REGISTRY_ARCHIVE = re.compile(r"(?:@[^/]+/)?[^/]+\.tgz")
_FOLDER_PROTOCOLS = ("link:", "portal:", "workspace:")
_FOLDER_PATHS = ("./", "../", "~/", "/")
_SHA1 = re.compile(r"[0-9a-f]{40}")


def split_reference(reference: str) -> tuple[str, str]:
    """`@scope/name@range` → (`@scope/name`, `range`); the range is empty if there is none."""
    at = reference.find("@", 1)
    return (reference, "") if at < 0 else (reference[:at], reference[at + 1 :])


def alias_target(constraint: str) -> tuple[str, str] | None:
    """`npm:name@range` → (`name`, `range`); null for what is no alias (`npm:^1.0.0` is none)."""
    if not constraint.startswith("npm:"):
        return None
    name, constraint = split_reference(constraint.removeprefix("npm:"))
    is_version = not constraint and re.match(r"v?\d|[\^~<>=*]|latest$", name)
    return None if is_version or not name else (name, constraint)


def names_folder(constraint: str) -> bool:
    """A dependency on a folder of the same project, which is first-party; archives of `file:` are not."""
    if constraint.startswith("file:"):
        return not _ARCHIVE.search(constraint.partition("::")[0].partition("#")[0])
    if constraint.startswith(_FOLDER_PROTOCOLS):
        return True
    return constraint.startswith(_FOLDER_PATHS) and not _ARCHIVE.search(constraint)


def requested_origin(constraint: str) -> str | None:
    """The repository or archive that a constraint names instead of a version range; null if it is a range."""
    address, _, revision = constraint.partition("#")
    if _OWNER_AND_NAME.fullmatch(address):
        constraint = f"github:{constraint}"
    elif not _ADDRESS.match(constraint):
        return None
    return origin_url(constraint.partition("#")[0] if revision.startswith("semver:") else constraint)


def registry_name(resolved: str) -> str | None:
    """The package's name in a registry archive's URL, `…/name/-/name-1.0.0.tgz`; null for other URLs."""
    head, _, tail = unquote(resolved.partition("#")[0].partition("?")[0]).partition("/-/")
    if not _REGISTRY_ARCHIVE.fullmatch(tail):
        return None
    folder, name = posixpath.split(head)
    scope = posixpath.basename(folder)
    return f"{scope}/{name}" if scope.startswith("@") else name or None


def integrity_digests(integrity: str | None, resolved: str | None = None) -> tuple[str, ...]:
    """Digests of the archive: Subresource Integrity (base64), and SHA-1 behind `#` in an archive's URL."""
    texts = []
    for word in (integrity or "").split():
        algorithm, _, encoded = word.partition("?")[0].partition("-")
        try:
            texts.append(f"{algorithm}:{base64.b64decode(encoded, validate=True).hex()}")
        except (binascii.Error, ValueError):
            continue
    fragment = (resolved or "").partition("#")[2]
    if resolved and _SHA1.fullmatch(fragment) and not GIT_ADDRESS.match(resolved):
        texts.append(f"sha1:{fragment}")
    return digests(texts)


def licence(value: object) -> str | None:
    """The licence as declared; npm's old forms `{"type": …}` and a list to choose from are joined by OR."""
    if isinstance(value, LocatedMap):
        return as_text(value.get("type"))
    names = [name for item in as_list(value) if (name := licence(item))]
    return as_text(value) or " OR ".join(names) or None
