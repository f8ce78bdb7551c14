"""For which CPU architectures, operating systems and databases a repository builds or ships.

Recognised by words in files that build, deliver or configure (`markers.yaml`), and for the packages that it
uses by the builds that lock files name (`builds.yaml`); nothing is run. A word proves that the file names the
platform, not that what is built for it works.
"""

import fnmatch
import hashlib
import re
import time
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from sbom.errors import LimitReached, ScanError
from sbom.limits import DEFAULT_LIMITS, Limits
from sbom.model import Unknown, UnknownKind
from sbom.platforms.builds import find_builds, form_of_file
from sbom.platforms.marker import PARSER, PARSER_VERSION, PlatformMarker, data_of, kinds, text_of
from sbom.source import Source, open_source

_FILE_BYTES = 1024 * 1024
_LINE_CHARACTERS = 2000
_OPENS = ("[", "|", ">", "|-", ">-")
"""How the line of a setting ends whose values stand on the lines below it."""
_DATA = ("markers.yaml", "builds.yaml")


@dataclass(frozen=True, slots=True)
class PlatformResult:
    """The markers of one commit or folder in a stable order, and what could not be read."""

    markers: tuple[PlatformMarker, ...]
    unknowns: tuple[Unknown, ...]


@dataclass(frozen=True, slots=True)
class _Platform:
    platform: str
    kind: str
    is_domestic: bool
    contexts: frozenset[str]
    pattern: re.Pattern[str]


def platforms_fingerprint() -> str:
    """Changes whenever the recogniser or its words do."""
    text = "".join(text_of(name) for name in _DATA)
    digest = hashlib.sha256(text.encode()).hexdigest()[:16]
    return f"{PARSER}/{PARSER_VERSION};{digest}"


def context_of_file(path: str) -> str | None:
    """What a file is for; null if it is none that is read."""
    name = path.rpartition("/")[2]
    for entry in data_of("markers.yaml")["files"]:
        for glob in entry["globs"]:
            whole = "/" in glob
            if fnmatch.fnmatchcase(path if whole else name, glob):
                return str(entry["context"])
    return None


def scan_platforms(path: Path, rev: str | None = None, limits: Limits = DEFAULT_LIMITS) -> PlatformResult:
    """Scan the commit `rev` (default HEAD) of a repository, or a plain folder.

    Raises:
        ScanError: the repository as a whole cannot be read.
    """
    with open_source(path, rev, limits) as source:
        return scan_platforms_source(source, limits)


def scan_platforms_source(source: Source, limits: Limits = DEFAULT_LIMITS) -> PlatformResult:
    """Scan an open source; a file that cannot be read becomes an unknown and the others go through.

    Raises:
        ScanError: the files cannot be listed.
    """
    deadline = time.monotonic() + limits.seconds
    markers: list[PlatformMarker] = []
    unknowns: list[Unknown] = []
    for path, key in sorted(source.listing().files.items()):
        context = context_of_file(path)
        if context is None and form_of_file(path) is None:
            continue
        try:
            if time.monotonic() > deadline:
                raise LimitReached(f"not read: the scan took longer than {limits.seconds:.0f} s")
            content = source.read(key)
        except ScanError as error:
            kind = UnknownKind.LIMIT if isinstance(error, LimitReached) else UnknownKind.UNREADABLE
            unknowns.append(Unknown(kind, str(error), path, None, PARSER, PARSER_VERSION))
            continue
        if context is not None:
            markers += find_markers(path, context, content[:_FILE_BYTES])
            if len(content) > _FILE_BYTES:
                reason = f"only the first {_FILE_BYTES} bytes were searched for platforms"
                unknowns.append(Unknown(UnknownKind.LIMIT, reason, path, None, PARSER, PARSER_VERSION))
        markers += find_builds(path, content)
    return PlatformResult(tuple(sorted(markers, key=_order)), tuple(unknowns))


def find_markers(path: str, context: str, content: bytes) -> Iterator[PlatformMarker]:
    """One marker for each platform that a file of that context names, at the first line that does.

    A line that begins as `silent` of markers.yaml says nothing, nor do the values below it.
    """
    waiting = [platform for platform in _platforms() if context in platform.contexts]
    closes_at: int | None = None
    for number, line in enumerate(content.decode("utf-8", "replace").splitlines(), 1):
        if not waiting:
            return
        indent = len(line) - len(line.lstrip())
        if closes_at is not None and (indent > closes_at or line.lstrip()[:1] in ("", "]")):
            continue
        closes_at = None
        if _silent().match(line):
            closes_at = indent if line.rstrip().endswith(_OPENS) else None
            continue
        found: set[str] = set()
        for platform in waiting:
            match = platform.pattern.search(line[:_LINE_CHARACTERS])
            if match is not None and platform.platform not in found:
                found.add(platform.platform)
                yield PlatformMarker(
                    path, platform.platform, platform.kind, context, platform.is_domestic, match[0], number
                )
        waiting = [platform for platform in waiting if platform.platform not in found]


def _order(marker: PlatformMarker) -> tuple[str, str, str, int]:
    return marker.path, marker.purl or "", marker.platform, marker.line or 0


@cache
def _silent() -> re.Pattern[str]:
    return re.compile("|".join(f"(?:{pattern})" for pattern in data_of("markers.yaml")["silent"]))


@cache
def _platforms() -> tuple[_Platform, ...]:
    contexts = frozenset(entry["context"] for entry in data_of("markers.yaml")["files"])
    return tuple(
        _Platform(
            platform=entry["id"],
            kind=entry["kind"],
            is_domestic=entry["domestic"],
            contexts=frozenset(entry.get("contexts", contexts)),
            pattern=re.compile(
                r"(?<![A-Za-z0-9])(?:" + "|".join(map(re.escape, entry["words"])) + r")(?![A-Za-z0-9])",
                re.IGNORECASE,
            ),
        )
        for entry in data_of("markers.yaml")["platforms"]
    ) + tuple(
        _Platform(platform, *kinds()[platform], frozenset(group["contexts"]), re.compile(group["pattern"]))
        for group in data_of("markers.yaml")["groups"]
        for platform in group["platforms"]
    )
