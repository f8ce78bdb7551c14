"""For which CPU architectures, operating systems and databases a repository builds or ships.

Recognised by words in files that build, deliver or configure (`markers.yaml`); nothing is run. A word proves
that the file names the platform, not that what is built for it works.
"""

import fnmatch
import hashlib
import re
import time
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

import yaml

from sbom.errors import LimitReached, ScanError
from sbom.limits import DEFAULT_LIMITS, Limits
from sbom.model import Unknown, UnknownKind
from sbom.source import Source, open_source

PARSER = "platforms"
PARSER_VERSION = "1"
_FILE_BYTES = 1024 * 1024
_LINE_CHARACTERS = 2000
_COMMENT = re.compile(r"\s*(#|//|<!--|;|--)")


@dataclass(frozen=True, slots=True, order=True)
class PlatformMarker:
    """The first word of a file that names a platform."""

    path: str
    platform: str
    kind: str
    """cpu, os or database."""
    context: str
    """What the file is for: ci, image, build, packaging or configuration."""
    is_domestic: bool
    word: str
    line: int
    parser: str = PARSER
    parser_version: str = PARSER_VERSION


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
    return f"{PARSER}/{PARSER_VERSION};{hashlib.sha256(_text().encode()).hexdigest()[:16]}"


def context_of_file(path: str) -> str | None:
    """What a file is for; null if it is none that is read."""
    name = path.rpartition("/")[2]
    for entry in _data()["files"]:
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
        if context is None:
            continue
        try:
            if time.monotonic() > deadline:
                raise LimitReached(f"not read: the scan took longer than {limits.seconds:.0f} s")
            content = source.read(key)
        except ScanError as error:
            kind = UnknownKind.LIMIT if isinstance(error, LimitReached) else UnknownKind.UNREADABLE
            unknowns.append(Unknown(kind, str(error), path, None, PARSER, PARSER_VERSION))
            continue
        markers += find_markers(path, context, content[:_FILE_BYTES])
    return PlatformResult(tuple(sorted(markers)), tuple(unknowns))


def find_markers(path: str, context: str, content: bytes) -> Iterator[PlatformMarker]:
    """One marker for each platform that a file of that context names, at the first line that does."""
    waiting = [platform for platform in _platforms() if context in platform.contexts]
    for number, line in enumerate(content.decode("utf-8", "replace").splitlines(), 1):
        if not waiting:
            return
        if _COMMENT.match(line):
            continue
        found = []
        for platform in waiting:
            if match := platform.pattern.search(line[:_LINE_CHARACTERS]):
                found.append(platform)
                yield PlatformMarker(
                    path, platform.platform, platform.kind, context, platform.is_domestic, match[0], number
                )
        waiting = [platform for platform in waiting if platform not in found]


@cache
def _text() -> str:
    return files(__name__).joinpath("markers.yaml").read_text("utf-8")


@cache
def _data() -> Any:
    return yaml.load(_text(), Loader=yaml.CSafeLoader)


@cache
def _platforms() -> tuple[_Platform, ...]:
    contexts = frozenset(entry["context"] for entry in _data()["files"])
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
        for entry in _data()["platforms"]
    )
