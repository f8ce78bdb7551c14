"""Packages of npm lock files with the systems and CPUs that they are bound to, and their optional packages.

Native code comes as optional packages, one for each platform, of the package that people ask for. Lock files
of yarn 1 hold neither field.
"""

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

_KEY = re.compile(r'\s*"((?:[^"]*/)?node_modules/[^"]+)": \{')
_PNPM_PACKAGE = re.compile(
    r"  ['\"]?/?(?P<name>@?[^@'\"(/]+(?:/[^@'\"(/]+)?)[@/](?P<version>[0-9][^'\"(:_]*)[^:]*:\s*$"
)
_PNPM_FIELD = re.compile(r"    (os|cpu): \[([^\]]*)\]")
_PNPM_OPTIONAL = re.compile(r"      ['\"]?([^'\":]+)['\"]?: ['\"]?([^'\"(\s]+)")
_YARN_PACKAGE = re.compile(r'"?(@?[^@"]+)@')
_YARN_VALUE = re.compile(r'    "?([^":]+)"?: "?([^"\s]+)')
_YARN_CONDITION = re.compile(r"\b(os|cpu)=([A-Za-z0-9_]+)")


@dataclass(slots=True)
class NpmPackage:
    """One version of a package in one lock file."""

    name: str
    version: str
    line: int | None
    os: tuple[str, ...] = ()
    cpu: tuple[str, ...] = ()
    optional: dict[str, str] = field(default_factory=dict)
    """Versions of its optional packages, as the lock file asks for them, by name."""


def read_npm(text: str) -> Iterable[NpmPackage]:
    """Packages of a package-lock.json from version 2; none of one that cannot be read."""
    try:
        packages = json.loads(text).get("packages")
    except (ValueError, RecursionError, AttributeError):
        return ()
    if not isinstance(packages, dict):
        return ()
    lines: dict[str, int] = {}
    for number, line in enumerate(text.splitlines(), 1):
        if match := _KEY.match(line):
            lines.setdefault(match[1], number)
    return [
        NpmPackage(
            str(entry.get("name") or path.rpartition("node_modules/")[2]),
            entry["version"],
            lines.get(path),
            _texts(entry.get("os")),
            _texts(entry.get("cpu")),
            _versions(entry.get("optionalDependencies")),
        )
        for path, entry in packages.items()
        if "node_modules/" in path and isinstance(entry, dict) and isinstance(entry.get("version"), str)
    ]


def read_pnpm(text: str) -> Iterable[NpmPackage]:
    """Packages of a pnpm-lock.yaml, by the lines that pnpm writes."""
    found: dict[tuple[str, str], NpmPackage] = {}
    section, optional = "", False
    package: NpmPackage | None = None
    for number, line in enumerate(text.splitlines(), 1):
        if line[:1] not in ("", " "):
            section, package = line.partition(":")[0], None
        elif section not in ("packages", "snapshots"):
            continue
        elif line.startswith("  ") and line[2:3] not in ("", " "):
            match = _PNPM_PACKAGE.match(line)
            package = match and found.setdefault(
                (match["name"], match["version"]), NpmPackage(match["name"], match["version"], number)
            )
            optional = False
        elif package is not None:
            if match := _PNPM_FIELD.match(line):
                values = tuple(value.strip(" '\"") for value in match[2].split(","))
                package.os, package.cpu = (values, package.cpu) if match[1] == "os" else (package.os, values)
            elif line.startswith("    ") and line[4:5] not in ("", " "):
                optional = line.startswith("    optionalDependencies:")
            elif optional and (match := _PNPM_OPTIONAL.match(line)):
                package.optional[match[1]] = match[2]
    return found.values()


def read_yarn(text: str) -> Iterable[NpmPackage]:
    """Packages of a yarn.lock of yarn 2 or later, by the lines that yarn writes."""
    found: list[NpmPackage] = []
    package: NpmPackage | None = None
    wanted: dict[str, str] = {}
    section = ""
    for number, line in enumerate(text.splitlines(), 1):
        if line[:1] not in ("", " ", "#"):
            match = _YARN_PACKAGE.match(line)
            package, wanted = (NpmPackage(match[1], "", number) if match else None), {}
        elif package is None:
            continue
        elif line.startswith("  version: "):
            package.version = line.removeprefix("  version: ").strip(' "')
            found.append(package)
        elif line.startswith("  conditions: "):
            pairs = _YARN_CONDITION.findall(line)
            package.os = tuple(value for key, value in pairs if key == "os")
            package.cpu = tuple(value for key, value in pairs if key == "cpu")
        elif line.startswith("  ") and line[2:3] not in ("", " "):
            section = line.strip(" :")
        elif section == "dependencies" and (match := _YARN_VALUE.match(line)):
            wanted[match[1]] = match[2]
        elif section == "dependenciesMeta" and line.startswith("    ") and line[4:5] not in ("", " "):
            name = line.strip(' ":')
            if name in wanted:
                package.optional[name] = wanted[name]
    return found


def _texts(value: Any) -> tuple[str, ...]:
    values = value if isinstance(value, list) else [value]
    return tuple(item for item in values if isinstance(item, str))


def _versions(value: Any) -> dict[str, str]:
    items = value.items() if isinstance(value, Mapping) else ()
    return {name: version for name, version in items if isinstance(version, str)}
