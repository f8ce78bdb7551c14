"""Ready-made builds of packages that lock files name: for which platforms a dependency is published.

Only file names of wheels and the fields `os` and `cpu` are read (`builds.yaml`); nothing is fetched. A build
that a file does not name was not published only where the file lists all builds of that version.
"""

import fnmatch
import re
from collections.abc import Iterable, Iterator
from functools import cache
from typing import Any, NamedTuple

from sbom.platforms.marker import ALL_BUILDS, PORTABLE, SOME_BUILDS, PlatformMarker, data_of, kinds
from sbom.platforms.npm_builds import NpmPackage, read_npm, read_pnpm, read_yarn
from sbom.platforms.wheels import find_wheels, limited_names
from sbom.purl import identify, split_npm, with_version

_READERS = {"npm": read_npm, "pnpm": read_pnpm, "yarn": read_yarn}


class _Build(NamedTuple):
    purl: str
    platform: str
    word: str
    line: int | None
    lists_all: bool


def form_of_file(path: str) -> str | None:
    """How a file names builds: wheels, npm, pnpm or yarn; null if it names none."""
    entry = _entry(path.rpartition("/")[2])
    return None if entry is None else str(entry["form"])


def find_builds(path: str, content: bytes) -> Iterator[PlatformMarker]:
    """One marker for each package and platform that the file names, at the first build for it."""
    entry = _entry(path.rpartition("/")[2])
    if entry is None:
        return
    text = content.decode("utf-8", "replace")
    lists_all = _lists_all(entry["all"], text)
    if entry["form"] == "wheels":
        limited = limited_names(text) if entry.get("limited") else frozenset()
        found = _wheels(text, lists_all, limited)
    else:
        found = _npm(_READERS[entry["form"]](text), lists_all)
    seen: set[tuple[str, str]] = set()
    for build in found:
        if (build.purl, build.platform) not in seen:
            seen.add((build.purl, build.platform))
            kind, is_domestic = kinds()[build.platform]
            context = ALL_BUILDS if build.lists_all else SOME_BUILDS
            yield PlatformMarker(
                path, build.platform, kind, context, is_domestic, build.word, build.line, build.purl
            )


def _wheels(text: str, lists_all: bool, limited: frozenset[str]) -> Iterator[_Build]:
    for wheel in find_wheels(text):
        purl = with_version(identify("pypi", None, wheel.name), wheel.version)
        platforms = {platform for tag in wheel.tags for platform in _wheel_platforms(tag)}
        for platform in sorted(platforms):
            yield _Build(purl, platform, wheel.file, wheel.line, lists_all and wheel.name not in limited)


def _wheel_platforms(tag: str) -> tuple[str, ...]:
    data = data_of("builds.yaml")["wheel"]
    if tag in data["portable"]:
        return (PORTABLE,)
    for system, heads in data["os"].items():
        for head in heads:
            if match := re.fullmatch(f"{head}(?:_(?P<cpu>.+))?", tag):
                return _platforms(system, match["cpu"])
    return ()


def _npm(packages: Iterable[NpmPackage], lists_all: bool) -> Iterator[_Build]:
    packages = tuple(packages)
    versions: dict[str, list[NpmPackage]] = {}
    for package in packages:
        versions.setdefault(package.name, []).append(package)
    claimed: set[tuple[str, str]] = set()
    for package in packages:
        parts = [part for name in package.optional if (part := _part(versions.get(name, ()), package, name))]
        complete = lists_all and len(parts) == len(package.optional)
        for part in parts:
            if part.cpu or _is_portable(part):
                claimed.add((part.name, part.version))
                yield from _npm_builds(package, part, complete)
    for package in packages:
        if (package.os or package.cpu) and (package.name, package.version) not in claimed:
            yield from _npm_builds(package, package, False)


def _part(candidates: Iterable[NpmPackage], package: NpmPackage, name: str) -> NpmPackage | None:
    """The optional package of that name, of the version that is asked for if that is among them."""
    wanted = package.optional[name].removeprefix("npm:").lstrip("^~=v")
    return max(candidates, key=lambda part: part.version == wanted, default=None)


def _is_portable(part: NpmPackage) -> bool:
    data = data_of("builds.yaml")["npm"]
    if not part.cpu and not part.os:
        return any(word in part.name.lower() for word in data["portable_names"])
    return any(name in data["portable"] or name.startswith("!") for name in part.cpu)


def _npm_builds(package: NpmPackage, part: NpmPackage, lists_all: bool) -> Iterator[_Build]:
    data = data_of("builds.yaml")["npm"]
    purl = with_version(identify("npm", *split_npm(package.name)), package.version)
    systems = {name: system for system, names in data["os"].items() for name in names}
    known = [systems[name] for name in part.os if name in systems]
    found: set[str] = set()
    if _is_portable(part):
        found.add(PORTABLE)
    elif part.os:
        found.update(
            platform for system in known for cpu in part.cpu or [None] for platform in _platforms(system, cpu)
        )
    else:
        found.update(platform for cpu in part.cpu for platform in _platforms(None, cpu))
    for platform in sorted(found):
        yield _Build(purl, platform, part.name, part.line, lists_all)


def _platforms(system: str | None, cpu: str | None) -> tuple[str, ...]:
    """The system, and the CPU where Linux or no system is named."""
    of_cpu = _cpus().get(cpu or "") if system in (None, "linux") else None
    return tuple(platform for platform in (system, of_cpu) if platform is not None)


@cache
def _cpus() -> dict[str, str]:
    return {tag: platform for platform, tags in data_of("builds.yaml")["cpu"].items() for tag in tags}


def _lists_all(condition: Any, text: str) -> bool:
    if isinstance(condition, dict):
        pattern = condition.get("if") or condition["unless"]
        return (re.search(pattern, text, re.MULTILINE) is not None) == ("if" in condition)
    return bool(condition == "always")


def _entry(name: str) -> Any:
    for entry in data_of("builds.yaml")["files"]:
        if any(fnmatch.fnmatchcase(name, glob) for glob in entry["globs"]):
            return entry
    return None
