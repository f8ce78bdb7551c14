"""Which OSV package a purl means, by the data of `ecosystems.toml`.

Both sides are folded to one match key, `<ecosystem>:<name>` in the form of its ecosystem: `PyPI:django`,
`Maven:org.apache.tomcat:tomcat`. It is finer than `core.package_key`, which joins packages that are the same
to an industry chain but not to an advisory, such as a Go module and its next major version.
"""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path
from typing import Literal, NamedTuple
from urllib.parse import parse_qs, unquote

DATA = Path(__file__).with_name("ecosystems.toml")

_PYPI_RUN = re.compile(r"[-_.]+")
_ADDRESS = re.compile(r"^[a-z][a-z0-9+.-]*://|\.git$|/$")
_SOURCE_RPM = re.compile(r"-[^-]+-[^-]+\.src\.rpm$")
_RELEASE_WORDS = re.compile(
    r"(?<![0-9])(?!20[0-9]{6}\b)[0-9]+(?:\.[0-9]+)*|lts|sp[0-9]+|edge|sid|rolling|tumbleweed"
)
_SERVICE_PACK = re.compile(r"([0-9]) sp([0-9]+)")


class OsvPackage(NamedTuple):
    """A package as advisories name it."""

    match_key: str
    ecosystem: str
    scheme: str
    release: str | None
    """Release of the distribution, folded; null where there are none or it is not said."""


@dataclass(frozen=True, slots=True)
class Ecosystem:
    """One entry of `ecosystems.toml`, where its fields are described."""

    name: str
    scheme: str
    purl: tuple[str, ...]
    join: str = ""
    fold: Literal["none", "lower", "pypi", "url"] = "none"
    suffix: Literal["none", "ignored", "release"] = "none"
    release_parts: int = 0
    source: bool = False

    def match_key(self, name: str) -> str:
        return f"{self.name}:{self._folded(name)}"

    def release(self, text: str) -> str | None:
        """What tells a release apart: `v3.18` and `alpine-3.18.6` give `3.18`; null where there are none.

        Ubuntu's 22.04 is the same with and without `LTS`, openEuler's 22.03 has one release with and one
        without. SUSE calls one release `15 SP6` and `15.6`, and a day's Tumbleweed `20241105`.
        """
        if self.suffix != "release":
            return None
        words = _RELEASE_WORDS.findall(text.lower())
        if self.release_parts:
            words = [".".join(word.split(".")[: self.release_parts]) for word in words if word != "lts"]
        return _SERVICE_PACK.sub(r"\1.\2", " ".join(words)) or None

    def _folded(self, name: str) -> str:
        if self.fold == "pypi":
            return _PYPI_RUN.sub("-", name).lower()
        if self.fold == "url":
            return _ADDRESS.sub("", _ADDRESS.sub("", name.lower()))
        return name.lower() if self.fold == "lower" else name


@cache
def ecosystems() -> Mapping[str, Ecosystem]:
    """All ecosystems by name.

    Raises:
        ValueError: two entries share a name or a purl type.
    """
    entries = tomllib.loads(DATA.read_text("utf-8"))["ecosystem"]
    found = {entry["name"]: Ecosystem(**entry | {"purl": tuple(entry["purl"])}) for entry in entries}
    types = [purl for entry in entries for purl in entry["purl"]]
    if len(found) < len(entries) or len(set(types)) < len(types):
        raise ValueError(f"{DATA}: an ecosystem or a purl type stands there twice")
    return found


@cache
def _by_purl() -> Mapping[str, Ecosystem]:
    return {purl: ecosystem for ecosystem in ecosystems().values() for purl in ecosystem.purl}


@lru_cache(maxsize=1 << 16)
def named_package(ecosystem: str, name: str) -> OsvPackage | None:
    """The package that an advisory names; null for an ecosystem of which we know no order or purl."""
    base, _, suffix = ecosystem.partition(":")
    known = ecosystems().get(base)
    if known is None:
        return None
    return OsvPackage(known.match_key(name), base, known.scheme, known.release(suffix))


def purl_package(purl: str) -> OsvPackage | None:
    """The package that a purl means to advisories; null for a type that no ecosystem has."""
    rest, _, _ = purl.removeprefix("pkg:").lstrip("/").partition("#")
    rest, _, query = rest.partition("?")
    path, at, _ = rest.rpartition("@")
    kind, _, path = (path if at else rest).strip("/").partition("/")
    kind = kind.lower()
    namespace, _, name = (unquote(part) for part in path.rpartition("/"))
    known = _by_purl().get(kind) or _by_purl().get(f"{kind}/{namespace.lower()}")
    if known is None or not name:
        return None
    qualifiers = parse_qs(query) if query else {}
    if known.source:
        source = _first(qualifiers, "upstream", "source") or name
        name = _SOURCE_RPM.sub("", source).partition("@")[0] or name
    if namespace and known.join:
        name = f"{namespace}{known.join}{name}"
    release = known.release(_first(qualifiers, "distro") or "")
    return OsvPackage(known.match_key(name), known.name, known.scheme, release)


def _first(qualifiers: Mapping[str, list[str]], *names: str) -> str | None:
    return next((qualifiers[name][0] for name in names if name in qualifiers), None)
