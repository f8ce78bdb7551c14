"""Paket's two files as written: groups, and in them what is asked for or locked.

Formats: https://fsprojects.github.io/Paket/dependencies-file.html, …/lock-file.html
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from sbom.model import Scope

MAIN = "main"
_SOURCES = frozenset({"NUGET", "GITHUB", "GIT", "HTTP", "GIST"})
_LOCKED = re.compile(r"(?P<name>[^\s()][^()]*?)?\s*(?:\((?P<version>[^()]*)\))?(?:\s+-\s+.*)?")
_ASKED = re.compile(r"nuget\s+(?P<name>[^\s:]+)\s*(?P<rest>[^#]*)", re.IGNORECASE)
_FROM_FORGE = re.compile(r"github\s+(?P<name>[^\s:]+/[^\s:]+)(?::(?P<revision>\S+))?", re.IGNORECASE)
_FROM_GIT = re.compile(r"git\s+(?P<url>\S+)(?:\s+(?P<revision>[^\s\"]+))?", re.IGNORECASE)
_VERSION = re.compile(r"(?:[<>=~!@]+\s*)?\d[^\s,:]*")
_TESTS = frozenset(
    {"test", "tests", "build", "builds", "dev", "docs", "benchmarks", "tools", "fake", "format"}
)


@dataclass(slots=True)
class Locked:
    """A package, or a file of a repository, that is locked. `source` is NUGET, GITHUB, GIT or HTTP."""

    group: str
    source: str
    remote: str
    name: str
    version: str | None
    line: int
    wants: list[tuple[str, str | None, int]] = field(default_factory=list)
    """Name, constraint and line of each dependency."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What paket.dependencies asks for; `url` where that is a repository."""

    group: str
    name: str
    constraint: str | None
    line: int
    url: str | None = None


def group_scope(group: str) -> Scope:
    """Groups of tests and build tools are not shipped."""
    words = {word.lower() for word in re.findall(r"[A-Z]?[a-z]+|[A-Z]+", group)}
    return Scope.EXCLUDED if words & _TESTS else Scope.REQUIRED


def read_locked(text: str, broken: list[int]) -> Iterator[Locked]:
    """Entries of paket.lock: two levels below the source a package, below that what it wants."""
    group, source, remote = MAIN, "", ""
    entry: Locked | None = None
    entry_indent = 0
    for number, raw in enumerate(text.split("\n"), 1):
        line = raw.rstrip()
        stripped = line.strip()
        indent = len(line) - len(line.lstrip())
        if not stripped:
            continue
        if indent == 0:
            if entry is not None:
                yield entry
            entry = None
            if stripped.upper().startswith("GROUP "):
                group = stripped[6:].strip().lower()
            elif stripped in _SOURCES:
                source, remote = stripped, ""
            elif ":" not in stripped:
                broken.append(number)
        elif stripped.startswith("remote:"):
            if entry is not None:
                yield entry
            entry, remote = None, stripped[7:].strip()
        elif stripped.startswith(("specs:", "path:", "operating system:", "build:")):
            continue
        elif not source:
            broken.append(number)
        else:
            found = _LOCKED.fullmatch(stripped)
            if found is None or not (found["name"] or found["version"]):
                broken.append(number)
            elif entry is None or indent <= entry_indent:
                if entry is not None:
                    yield entry
                entry = Locked(group, source, remote, found["name"] or "", found["version"] or None, number)
                entry_indent = indent
            else:
                entry.wants.append((found["name"] or "", found["version"], number))
    if entry is not None:
        yield entry


def read_asked(text: str) -> Iterator[Asked]:
    """Lines of paket.dependencies that ask for something; settings and sources are passed over."""
    group = MAIN
    for number, raw in enumerate(text.split("\n"), 1):
        line = raw.partition("//")[0].strip() if "://" not in raw else raw.strip()
        if line.lower().startswith("group "):
            group = line[6:].strip().lower()
        elif found := _ASKED.match(line):
            versions = _VERSION.findall(found["rest"].partition(":")[0])
            yield Asked(group, found["name"], " ".join(versions) or None, number)
        elif found := _FROM_FORGE.match(line):
            url = f"https://github.com/{found['name']}"
            yield Asked(group, found["name"], found["revision"], number, url)
        elif found := _FROM_GIT.match(line):
            yield Asked(group, found["url"].rpartition("/")[2], found["revision"], number, found["url"])
