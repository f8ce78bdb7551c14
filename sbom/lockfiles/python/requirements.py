"""pip requirements files: a flat list of what `pip install -r` installs.

A version is known where `==` or `===` without wildcard fixes it, in the file or in a constraints file that it
names (`-c`), or where an archive's name does. The format does not tell scopes, nor which packages the project
itself asks for; files that pip-compile or uv wrote tell the latter, and edges, in their `# via` comments.
What `-r` includes is read where it stands: as a file of its own if its name is one of a requirements file,
else through the file that includes it.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from packaging.utils import canonicalize_name

from sbom.lockfiles import Findings, Format, Knows, SourceFile, match_formats
from sbom.lockfiles.digests import digests
from sbom.lockfiles.python.pip_lines import PipLine, decode_requirements, pip_lines
from sbom.lockfiles.python.python_requirement import (
    PURL_TYPE,
    PythonRequirement,
    archive_name,
    extra_names,
    from_url,
    is_archive,
    parse_requirement,
)
from sbom.model import UnknownKind

_EGG = re.compile(r"[#&]egg=([A-Za-z0-9._-]+)(?:\[([^\]]*)\])?")
_URL = re.compile(r"(?:git|hg|svn|bzr)\+|[A-Za-z][A-Za-z0-9+.-]*://|file:")
_NAMED_LOCATION = re.compile(r"[A-Za-z0-9._-]+\s*(?:\[[^\]]*\]\s*)?@\s*[A-Za-z./]")
_PATH = re.compile(r"\.{1,2}(?:$|\[)|[^@;\s]*[/\\]")
_URL_HASH = re.compile(r"[#&](md5|sha1|sha256|sha384|sha512)=([0-9A-Fa-f]+)")
_CONSTRAINTS_FILE = re.compile(r"constraints?[^/]*\.txt$")
_PROJECT = re.compile(r"(?:-r|--requirement)\b|.*\((?:pyproject\.toml|setup\.py|setup\.cfg)[^)]*\)$")
_FOLDER = "folder"
"""A folder of the developer's own, whatever its package is called."""
_LONGEST_NAME = 300


@dataclass(frozen=True, slots=True)
class _Entry:
    requirement: PythonRequirement
    hashes: tuple[str, ...]
    line: int
    requirers: tuple[str, ...]
    """What the `# via` comments name."""


class _Reader:
    """Reads one file, and what it includes and nothing else reads."""

    def __init__(self, file: SourceFile, findings: Findings) -> None:
        self._file = file
        self._findings = findings
        self._pins: dict[str, str] = {}
        self._broken: list[tuple[int, str]] = []

    def read(self, lines: Iterable[PipLine] | None = None) -> None:
        """Read the file, or lines that stand in another one."""
        entries = []
        for line in pip_lines(decode_requirements(self._file.content)) if lines is None else lines:
            if included := line.option("-r", "--requirement"):
                self._include(included, line.line)
            elif constraints := line.option("-c", "--constraint"):
                self._read_pins(constraints, line.line)
            elif (entry := self._entry(line)) is not None:
                entries.append(entry)
        self._findings.alike(UnknownKind.BROKEN, self._broken)
        _record([self._pinned(entry) for entry in entries], self._findings)

    def _entry(self, line: PipLine) -> _Entry | None:
        location = line.option("-e", "--editable")
        if location is None and not line.text:
            return None  # --index-url and the like
        try:
            requirement = _parse(location or line.text, is_editable=location is not None)
        except ValueError as error:
            self._broken.append((line.line, str(error)[:300]))
            return None
        if requirement is None:
            reason = f"names no package: {location or line.text!r}"
            self._findings.unknown(UnknownKind.UNRESOLVED, reason, line.line)
            return None
        if requirement.is_local:
            return None
        hashes = [*line.values("--hash"), *(":".join(found) for found in _URL_HASH.findall(line.text))]
        return _Entry(requirement, digests(hashes), line.line, tuple(_via(line.comments)))

    def _pinned(self, entry: _Entry) -> _Entry:
        requirement = entry.requirement
        pin = self._pins.get(requirement.name)
        if pin is None or requirement.version is not None or requirement.source_url is not None:
            return entry
        return replace(entry, requirement=replace(requirement, version=pin))

    def _include(self, target: str, line: int) -> None:
        path = self._file.resolve(target)
        if path is not None and FORMAT in match_formats(path) and not _CONSTRAINTS_FILE.search(path):
            found = path in self._file.tree.paths
        else:
            content = self._file.tree.read(path) if path is not None else None
            found = content is not None
            if path is not None and content is not None:
                self._read_included(SourceFile(path, content, self._file.tree))
        if not found:
            reason = f"includes {target!r}, which is not in the repository"
            self._findings.unknown(UnknownKind.UNRESOLVED, reason, line)

    def _read_included(self, file: SourceFile) -> None:
        """Rows of an included file carry its own path; it is read once, however often it is included."""
        already: set[str] = file.tree.memo.setdefault("requirements-included", set())
        if file.path in already:
            return
        already.add(file.path)
        outer = self._findings
        inner = Findings(file.path, outer.parser, outer.parser_version, outer.limits)
        inner.components, inner.dependencies = outer.components, outer.dependencies
        inner.unknowns = outer.unknowns
        _Reader(file, inner).read()

    def _read_pins(self, target: str, line: int) -> None:
        """Exact versions of a constraints file: they hold for what the requirements name without version."""
        content = self._file.read_sibling(target)
        if content is None:
            reason = f"is constrained by {target!r}, which is not in the repository"
            self._findings.unknown(UnknownKind.UNRESOLVED, reason, line)
            return
        for entry in pip_lines(decode_requirements(content)):
            try:
                requirement = parse_requirement(entry.text)
            except ValueError:
                continue
            if requirement.version is not None and requirement.marker is None:
                self._pins.setdefault(requirement.name, requirement.version)


def parse(file: SourceFile, findings: Findings) -> None:
    """Record each requirement; a constraints file only limits others and gives no rows."""
    if not _CONSTRAINTS_FILE.search(file.name):
        _Reader(file, findings).read()


def read_pip_items(file: SourceFile, items: list[tuple[str, int]], findings: Findings) -> None:
    """Record requirements that stand in another file, each with its line, as pip reads them there."""
    lines = (replace(line, line=number) for text, number in items for line in pip_lines(text))
    _Reader(file, findings).read(lines)


def _parse(text: str, *, is_editable: bool) -> PythonRequirement | None:
    """A requirement, a URL or a path; null for a location that does not name its package."""
    is_url = bool(_URL.match(text))
    location, _, fragment = text.partition(" ;")[0].strip().partition("#")
    is_path = is_editable or bool(_PATH.match(text)) or is_archive(location)
    if _NAMED_LOCATION.match(text) or not (is_url or is_path):
        return parse_requirement(text)
    egg = _EGG.search(f"#{fragment}")
    if egg is not None:
        return from_url(location, egg[1], extra_names(egg[2] or ""))
    name = archive_name(location)
    if name is None and not is_url and not is_archive(location):
        return from_url(location, _FOLDER)
    return from_url(location, name) if name is not None else None


def _via(comments: list[str]) -> Iterator[str]:
    """The names in pip-compile's comments: `# via a, b`, or `# via` and one name per line."""
    is_listing = False
    for comment in comments:
        text = comment.lstrip("#").strip()
        if text == "via" or text.startswith("via "):
            is_listing = text == "via"
            text = text.removeprefix("via").strip()
        elif not is_listing:
            continue
        yield from (name.strip() for name in text.split(",") if 0 < len(name) <= _LONGEST_NAME)


def _record(entries: list[_Entry], findings: Findings) -> None:
    """One component for each name and version, and the edges that `# via` comments tell."""
    purls: dict[tuple[str, str | None], str] = {}
    by_name: dict[str, str] = {}
    for entry in entries:
        requirement = entry.requirement
        key = (requirement.name, requirement.version)
        if key in purls:
            continue
        purls[key] = findings.component(
            PURL_TYPE,
            None,
            requirement.name,
            requirement.version,
            constraint=requirement.constraint,
            direct=any(map(_PROJECT.match, entry.requirers)) if entry.requirers else None,
            hashes=entry.hashes,
            source_url=requirement.source_url,
            line=entry.line,
        )
        by_name.setdefault(requirement.name, purls[key])
    for entry in entries:
        purl = purls[entry.requirement.name, entry.requirement.version]
        for requirer in entry.requirers:
            requiring = by_name.get(canonicalize_name(requirer.partition("[")[0]))
            if _PROJECT.match(requirer):
                findings.edge(None, purl, line=entry.line)
            elif requiring is not None and requiring != purl:
                findings.edge(requiring, purl, line=entry.line)
    without_version = sum(version is None for _, version in purls)
    if without_version:
        reason = f"no exact version for {without_version} of {len(purls)} requirements"
        findings.unknown(UnknownKind.NO_EXACT_VERSION, reason)


FORMAT = Format(
    name="requirements",
    version="2",
    globs=("requirements*.txt", "*requirements.txt", "requirements/*.txt", "*/requirements/*.txt"),
    purl_type=PURL_TYPE,
    parse=parse,
    knows=frozenset({Knows.VERSION, Knows.EDGES, Knows.DIRECT, Knows.HASH, Knows.LINE, Knows.SOURCE_URL}),
    title="requirements.txt",
)
