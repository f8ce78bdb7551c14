"""How conda names packages: match specifications (`channel::name=1.2=build`) and URLs of archives.

https://docs.conda.io/projects/conda/en/stable/user-guide/concepts/pkg-specs.html
"""

import re
from dataclasses import dataclass

PURL_TYPE = "conda"
_LONGEST = 1000
_VIRTUAL = "__"
_SPEC = re.compile(
    r"(?:(?P<channel>[^\s:\[\]]+)::?)?"
    r"(?P<name>[A-Za-z0-9_][A-Za-z0-9_.-]*)"
    r"\s*(?P<rest>[^\[\]]*?)\s*"
    r"(?:\[(?P<fields>[^\]]*)\])?"
)
_FIELD = re.compile(r"(\w+)\s*=\s*(?:'([^']*)'|\"([^\"]*)\"|([^,\s]+))")
_PLAIN = re.compile(r"[0-9A-Za-z][0-9A-Za-z.+!_-]*")
_ARCHIVE = re.compile(
    r"(?P<channel>[^\s?#]*?)/?(?P<subdir>[a-z0-9]+-[a-z0-9_]+|noarch)/"
    r"(?P<name>[^/\s]+)-(?P<version>[^/\s-]+)-(?P<build>[^/\s-]+)\.(?P<type>conda|tar\.bz2)"
)


@dataclass(frozen=True, slots=True)
class MatchSpec:
    """What a specification asks for; `version` is set only where it allows exactly one."""

    name: str
    channel: str | None
    constraint: str | None
    version: str | None


@dataclass(frozen=True, slots=True)
class CondaArchive:
    """What the URL of a package's archive tells."""

    name: str
    version: str
    qualifiers: dict[str, str]
    """Those of the purl: build, channel, subdir (the platform) and type of the archive."""


def is_virtual(name: str) -> bool:
    """Whether a name stands for what the machine itself has: `__glibc`, `__cuda`."""
    return name.startswith(_VIRTUAL)


def parse_match_spec(text: str) -> MatchSpec | None:
    """A specification; null if it is none. A single `=` allows all versions that start so (`=1.2`: 1.2.3)."""
    found = _SPEC.fullmatch(text.partition("#")[0].strip()) if len(text) <= _LONGEST else None
    if found is None:
        return None
    fields = {key: one or two or bare for key, one, two, bare in _FIELD.findall(found["fields"] or "")}
    constraint = found["rest"] or fields.get("version") or None
    channel = found["channel"] or fields.get("channel")
    return MatchSpec(
        found["name"].lower(),
        channel.partition("/")[0] if channel and "://" not in channel else None,
        constraint,
        _exact(constraint),
    )


def _exact(constraint: str | None) -> str | None:
    """`==1.2`, `=1.2=build`, `1.2 build` and `1.2` name one version; `=1.2` and `1.2.*` do not."""
    if constraint is None:
        return None
    text = constraint.strip()
    if text.startswith("=="):
        version = text.removeprefix("==").strip().replace(" ", "=").partition("=")[0]
    elif text.startswith("="):
        version, has_build, _ = text.removeprefix("=").strip().partition("=")
        version = version if has_build else ""
    else:
        version = text.replace("=", " ").partition(" ")[0]
    return version if _PLAIN.fullmatch(version) else None


def parse_archive_url(url: str) -> CondaArchive | None:
    """Name, version and build in the URL of an archive; null if it is none of a channel."""
    found = _ARCHIVE.fullmatch(url.partition("#")[0]) if len(url) <= _LONGEST else None
    if found is None:
        return None
    qualifiers = {"build": found["build"], "subdir": found["subdir"], "type": found["type"]}
    channel = found["channel"].rpartition("/")[2]
    if channel:
        qualifiers["channel"] = channel
    return CondaArchive(found["name"].lower(), found["version"], qualifiers)
