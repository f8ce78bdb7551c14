"""The directives of go.mod, go.work and the lists beside them (https://go.dev/ref/mod)."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

PURL_TYPE = "golang"
_TOKEN = re.compile(r'"(?:\\.|[^"\\])*(?:"|$)|`[^`]*(?:`|$)|=>|[()]|[^\s"`()]+')
_SEMVER = re.compile(r"v(\d{1,18})\.(\d{1,18})\.(\d{1,18})(?:-([0-9A-Za-z.-]+))?(?:\+[0-9A-Za-z.-]+)?")
_GO_VERSION = re.compile(r"(\d{1,9})\.(\d{1,9})")
_WITHOUT_ROWS = frozenset({"retract", "toolchain", "godebug", "ignore"})
_BLOCKS = _WITHOUT_ROWS | {"module", "require", "replace", "exclude", "tool", "use"}

Replacements = dict[tuple[str, str | None], tuple[str, str | None]]
"""(module, version or null for all) → (module or folder, version or null for a folder)."""


@dataclass(frozen=True, slots=True)
class Requirement:
    """A module that go.mod requires."""

    module: str
    version: str
    is_indirect: bool
    line: int


@dataclass(slots=True)
class Manifest:
    """What go.mod or go.work says; `broken` are lines that say nothing."""

    module: str | None = None
    module_line: int | None = None
    go: tuple[int, int] | None = None
    required: list[Requirement] = field(default_factory=list)
    replaced: Replacements = field(default_factory=dict)
    excluded: set[tuple[str, str]] = field(default_factory=set)
    tools: list[str] = field(default_factory=list)
    """Package paths of the tools that the project runs."""
    used: list[tuple[str, int]] = field(default_factory=list)
    """Folders of the modules of a workspace, and the lines."""
    replaced_lines: dict[tuple[str, str | None], int] = field(default_factory=dict)
    broken: list[int] = field(default_factory=list)

    def replacement(self, module: str, version: str) -> tuple[str, str | None]:
        """What is built in place of a module: itself, another module, or a folder (version null)."""
        for key in ((module, version), (module, None)):
            if key in self.replaced:
                return self.replaced[key]
        return module, version


def read_manifest(text: str) -> Manifest:
    """Read the directives; what is none is a broken line."""
    manifest = Manifest()
    for line, verb, arguments, comment in _directives(text):
        if verb == "module" and len(arguments) == 1:
            manifest.module, manifest.module_line = arguments[0], line
        elif verb == "go" and (found := _GO_VERSION.match(arguments[0] if arguments else "")):
            manifest.go = int(found[1]), int(found[2])
        elif verb == "require" and len(arguments) == 2:
            is_indirect = comment == "indirect" or comment.startswith("indirect;")
            manifest.required.append(Requirement(arguments[0], arguments[1], is_indirect, line))
        elif verb == "replace" and "=>" in arguments:
            position = arguments.index("=>")
            old, new = arguments[:position], arguments[position + 1 :]
            if len(old) in (1, 2) and len(new) in (1, 2):
                manifest.replaced_lines[old[0], old[1] if old[1:] else None] = line
                manifest.replaced[old[0], old[1] if old[1:] else None] = (new[0], new[1] if new[1:] else None)
            else:
                manifest.broken.append(line)
        elif verb == "exclude" and len(arguments) == 2:
            manifest.excluded.add((arguments[0], arguments[1]))
        elif verb == "use" and len(arguments) == 1:
            manifest.used.append((arguments[0], line))
        elif verb == "tool" and len(arguments) == 1:
            manifest.tools.append(arguments[0])
        elif verb not in _WITHOUT_ROWS:
            manifest.broken.append(line)
    return manifest


def _directives(text: str) -> Iterator[tuple[int, str, list[str], str]]:
    """(line, verb, arguments, comment) of each directive; in a block the verb stands before the bracket."""
    block: str | None = None
    opened = 0
    for number, raw in enumerate(text.split("\n"), 1):
        body, _, comment = raw.partition("//")
        if "`" in body or '"' in body:
            body, comment = _split_quoted(raw)
        tokens = [token.strip('"`') for token in _TOKEN.findall(body)]
        if tokens[1:] == ["("] and block is None:
            block, opened = tokens[0], number
            if block not in _BLOCKS:
                yield number, block, [], ""
        elif tokens == [")"] and block is not None:
            block = None
        elif tokens and block is None:
            yield number, tokens[0], tokens[1:], comment.strip()
        elif tokens and block in _BLOCKS:
            yield number, str(block), tokens, comment.strip()
    if block is not None:
        yield opened, "unclosed block", [], ""


def _split_quoted(line: str) -> tuple[str, str]:
    """A line and its comment where a quoted path may hold `//`."""
    masked = _TOKEN.sub(lambda found: "x" * len(found[0]) if found[0][0] in '"`' else found[0], line)
    start = masked.find("//")
    return (line, "") if start < 0 else (line[:start], line[start + 2 :])


class Sum(NamedTuple):
    """A version of a module whose content go.sum vouches for, and the line."""

    module: str
    version: str
    line: int


def read_sum(text: str) -> Iterator[Sum]:
    """What go.sum holds, without the lines that vouch for a go.mod file alone."""
    for number, line in enumerate(text.split("\n"), 1):
        fields = line.split()
        if len(fields) == 3 and not fields[1].endswith("/go.mod"):
            yield Sum(fields[0], fields[1], number)


def highest_versions(sums: Iterable[Sum]) -> dict[str, Sum]:
    """The highest version of each module, by its path."""
    highest: dict[str, Sum] = {}
    for found in sums:
        known = highest.get(found.module)
        if known is None or version_order(known.version) < version_order(found.version):
            highest[found.module] = found
    return highest


def version_order(version: str) -> tuple[object, ...]:
    """Semantic versioning's order, pre-releases before releases; what is no version comes first."""
    found = _SEMVER.fullmatch(version)
    if found is None:
        return (0,)
    pre = found[4]
    identifiers = [_identifier(part) for part in (pre.split(".") if pre else ())]
    return (1, int(found[1]), int(found[2]), int(found[3]), pre is None, identifiers)


def _identifier(part: str) -> tuple[int, int, str]:
    """Numbers come before words, and a number with more digits after one with fewer."""
    if not part.isdigit():
        return (1, 0, part)
    digits = part.lstrip("0")
    return (0, len(digits), digits)
