"""Scan one commit or folder: which components it names, which edges, and what could not be read."""

import time
from collections.abc import Callable, Hashable, Iterable, Sequence
from functools import cache as remembered
from itertools import groupby
from pathlib import Path
from typing import TypeVar

from sbom.errors import LimitReached, ScanError, SourceError
from sbom.licences import MAX_BYTES, PARSER, PARSER_VERSION, is_licence_path, match_licence
from sbom.limits import DEFAULT_LIMITS, Limits
from sbom.lockfiles import Findings, Format, SourceFile, formats, match_formats
from sbom.lockfiles.folder import Tree
from sbom.lockfiles.jvm.local_repository import local_repository
from sbom.lockfiles.reading import Malformed
from sbom.model import LicenceFile, ScanResult, Unknown, UnknownKind
from sbom.parse_cache import Footprint, ParseCache, Parsed, Recorder
from sbom.source import Listing, Source, open_source

SCANNER = "chainatlas-sbom"
SCANNER_VERSION = "2"
_LINK_DEPTH = 5
_Row = TypeVar("_Row")


def scanner_fingerprint() -> str:
    """Changes whenever any parser changes, so that a repository is scanned again exactly then."""
    return ";".join(
        [
            f"{SCANNER}/{SCANNER_VERSION}",
            f"{PARSER}/{PARSER_VERSION}",
            *(f"{fmt.name}/{fmt.version}" for fmt in formats()),
        ]
    )


def scan_path(
    path: Path,
    rev: str | None = None,
    limits: Limits = DEFAULT_LIMITS,
    *,
    maven_repository: Path | None = None,
) -> ScanResult:
    """Scan the commit `rev` (default HEAD) of a repository, or a plain folder.

    `maven_repository` is a local Maven repository whose poms tell what parents and BOMs outside of the
    scanned repository manage; without it they stay unknown.

    Raises:
        ScanError: the repository as a whole cannot be read.
    """
    with open_source(path, rev, limits) as source:
        return scan_source(source, limits, maven_repository=maven_repository)


def scan_source(
    source: Source,
    limits: Limits = DEFAULT_LIMITS,
    cache: ParseCache | None = None,
    maven_repository: Path | None = None,
) -> ScanResult:
    """Scan an open source; a file that cannot be read or parsed becomes an unknown and the others go through.

    `cache` spares the parsing of what an earlier scan has parsed; it is for commits only, whose files have
    the ids of their contents as keys. One cache serves one `maven_repository` (see `scan_path`).

    Raises:
        ScanError: the files cannot be listed.
    """
    listing = source.listing()
    published = local_repository(maven_repository, limits) if maven_repository is not None else None
    recorder = Recorder(listing, _loader(source, listing), limits, published)
    plan = _files_to_read(source, listing, recorder.tree())
    scan = _Scan(source, limits, recorder, cache)
    tasks: dict[str, list[_Task]] = {}
    for path, (location, found) in sorted(plan.items()):
        for fmt in found:
            tasks.setdefault(fmt.ecosystem, []).append((path, location, fmt))
    for ecosystem in sorted(tasks):
        scan.read_ecosystem(ecosystem, tasks[ecosystem])
    sheets = _without_covered([_unlisted_folders(listing, limits), *scan.sheets])
    licences, unknown_licences = _read_licences(source, listing, limits)
    return _result(source, [*sheets, unknown_licences], len(scan.paths_read), licences)


_Task = tuple[str, str | ScanError, Format]
"""Path of a file, its key or why it has none, and a format that reads it."""


class _Scan:
    """The parsing of one commit or folder, ecosystem by ecosystem."""

    def __init__(self, source: Source, limits: Limits, recorder: Recorder, cache: ParseCache | None) -> None:
        self.sheets: list[Findings] = []
        self.paths_read: set[str] = set()
        self._source = source
        self._limits = limits
        self._recorder = recorder
        self._cache = cache
        self._deadline = time.monotonic() + limits.seconds
        self._packages = 0
        self._last: tuple[str, bytes | ScanError] = "", b""
        """Path and content of the file that was read last: several formats may read it."""

    def read_ecosystem(self, ecosystem: str, tasks: list[_Task]) -> None:
        """Parse the files of an ecosystem, or take what is known of them."""
        tasks = [task for task in tasks if not self._is_barren(task)]
        subject = (ecosystem, tuple((path, str(key), fmt.name, fmt.version) for path, key, fmt in tasks))
        known = self._find((subject, self._limits))
        if known is not None:
            self._take(known.sheets)
            return
        tree, footprint, all_read = self._recorder.tree(), Footprint(), True
        for path, location, fmt in tasks:
            told = self._read_file(path, location, fmt, tree)
            if told is None:
                all_read = False
            else:
                footprint.add(told)
        if footprint.shared and all_read:
            self._keep((subject, self._limits), footprint, tuple(self.sheets[-len(tasks) :]))

    def _read_file(self, path: str, location: str | ScanError, fmt: Format, tree: Tree) -> Footprint | None:
        """Parse a file, or take what is known of it; null if it cannot be read."""
        subject = (path, location, fmt.name, fmt.version, self._limits)
        known = self._find(subject)
        if known is not None:
            self._take(known.sheets)
            return known.footprint
        findings = Findings(path, fmt.name, fmt.version, self._limits)
        self._recorder.footprint = footprint = Footprint()
        content = self._content(path, location)
        if isinstance(content, ScanError):
            findings.unknown(_kind(content), str(content))
            self.sheets.append(findings)
            return None
        parse_file(fmt, SourceFile(path, content, tree), findings)
        self._take((findings,))
        if fmt.is_source and findings.is_empty and footprint == Footprint():
            self._note_barren(location, fmt)
        elif not footprint.shared:
            self._keep(subject, footprint, (findings,))
        return footprint

    def _is_barren(self, task: _Task) -> bool:
        """Whether the content is known to hold nothing, wherever it stands: most source files do."""
        _, location, fmt = task
        return self._cache is not None and (fmt.name, location) in self._cache.barren

    def _note_barren(self, location: str | ScanError, fmt: Format) -> None:
        if self._cache is not None and isinstance(location, str):
            self._cache.barren.add((fmt.name, location))

    def _content(self, path: str, location: str | ScanError) -> bytes | ScanError:
        if path != self._last[0]:
            content: bytes | ScanError
            try:
                content = _read(self._source, location, self._packages, self._deadline, self._limits)
            except ScanError as error:
                content = error
            self._last = path, content
        return self._last[1]

    def _take(self, sheets: tuple[Findings, ...]) -> None:
        self.sheets += sheets
        self.paths_read.update(sheet.path for sheet in sheets if sheet.parser not in _source_formats())
        self._packages += sum(len(sheet.components) for sheet in sheets)

    def _find(self, subject: Hashable) -> Parsed | None:
        return self._cache.find(subject, self._recorder) if self._cache is not None else None

    def _keep(self, subject: Hashable, footprint: Footprint, sheets: tuple[Findings, ...]) -> None:
        if self._cache is not None:
            self._cache.keep(subject, Parsed(footprint, sheets))


@remembered
def _source_formats() -> frozenset[str]:
    return frozenset(fmt.name for fmt in formats() if fmt.is_source)


def _read_licences(source: Source, listing: Listing, limits: Limits) -> tuple[list[LicenceFile], Findings]:
    """The repository's own licence files, and what could not be told of them."""
    found, sheet = [], Findings(".", PARSER, PARSER_VERSION, limits)
    for path in sorted(path for path in listing.files if is_licence_path(path)):
        match, kind, reason = None, UnknownKind.UNRESOLVED, "the text of no licence that is known"
        try:
            content = source.read(listing.files[path])
            match = match_licence(content) if len(content) <= MAX_BYTES else None
        except ScanError as error:
            kind, reason = _kind(error), str(error)
        if match is not None:
            found.append(LicenceFile(*match, path, None, PARSER, PARSER_VERSION))
        else:
            sheet.unknowns.append(Unknown(kind, reason, path, None, PARSER, PARSER_VERSION))
    return found, sheet


def _unlisted_folders(listing: Listing, limits: Limits) -> Findings:
    findings = Findings(".", SCANNER, SCANNER_VERSION, limits)
    for folder, error in listing.unread.items():
        findings.unknowns.append(Unknown(_kind(error), str(error), folder, None, SCANNER, SCANNER_VERSION))
    return findings


def _files_to_read(
    source: Source, listing: Listing, tree: Tree
) -> dict[str, tuple[str | ScanError, Sequence[Format]]]:
    """Files that a format matches: path → key or why there is none, and the formats.

    A link to a file of the tree is read through under its own name, unless that file is read where it stands.
    """
    files: dict[str, tuple[str | ScanError, Sequence[Format]]] = {}
    for path, key in listing.files.items():
        if found := match_formats(path):
            files[path] = key, found
    for path in listing.links:
        if not (found := match_formats(path)):
            continue
        try:
            target = _link_target(source, listing, tree, path)
        except ScanError as error:
            files[path] = error, found
        else:
            _, read_there = files.get(target, ("", []))
            if only_here := [fmt for fmt in found if fmt not in read_there]:
                files[path] = listing.files[target], only_here
    return files


def _link_target(source: Source, listing: Listing, tree: Tree, path: str) -> str:
    for _ in range(_LINK_DEPTH):
        target = source.read_link(listing.links[path])
        resolved = SourceFile(path, b"", tree).resolve(target)
        if resolved is None:
            raise SourceError(f"a symbolic link that leaves the tree: {target}")
        if resolved in listing.files:
            return resolved
        if resolved not in listing.links:
            break
        path = resolved
    raise SourceError(f"a symbolic link to no file of the tree: {target}")


def _read(source: Source, location: str | ScanError, packages: int, deadline: float, limits: Limits) -> bytes:
    if isinstance(location, ScanError):
        raise location
    if time.monotonic() > deadline:
        raise LimitReached(f"not read: the scan took longer than {limits.seconds:.0f} s")
    if packages >= limits.packages:
        raise LimitReached(f"not read: more than {limits.packages} packages in this repository")
    return source.read(location)


def _kind(error: ScanError) -> UnknownKind:
    return UnknownKind.LIMIT if isinstance(error, LimitReached) else UnknownKind.UNREADABLE


def parse_file(fmt: Format, file: SourceFile, findings: Findings) -> None:
    """Run one parser; whatever goes wrong ends as an unknown beside the rows already found."""
    try:
        fmt.parse(file, findings)
    except LimitReached as error:
        findings.unknown(UnknownKind.LIMIT, str(error))
    except Malformed as error:
        findings.unknown(UnknownKind.BROKEN, str(error), error.line)
    except RecursionError:
        findings.unknown(UnknownKind.LIMIT, "nested too deeply")
    except Exception as error:  # untrusted input: any shape a parser did not expect
        findings.unknown(
            UnknownKind.BROKEN, f"not what {fmt.name} looks like: {type(error).__name__}: {error}"
        )


def _loader(source: Source, listing: Listing) -> Callable[[str], bytes | None]:
    def load(path: str) -> bytes | None:
        try:
            return source.read(listing.files[path])
        except ScanError:
            return None

    return load


def _without_covered(sheets: list[Findings]) -> list[Findings]:
    """A lock file wins over the manifests that it pins, unless it gave nothing (it may be broken)."""
    covered = {path for sheet in sheets if sheet.components for path in sheet.covered}
    return [
        sheet.without_packages() if sheet.path in covered and not sheet.covered else sheet for sheet in sheets
    ]


def _result(
    source: Source, sheets: list[Findings], files_read: int, licences: Iterable[LicenceFile]
) -> ScanResult:
    return ScanResult(
        name=source.name,
        commit=source.commit,
        committed_at=source.committed_at,
        components=_in_order(
            (row for sheet in sheets for row in sheet.components),
            lambda row: (row.path, row.parser, row.purl, row.line or 0),
        ),
        dependencies=_in_order(
            (row for sheet in sheets for row in sheet.dependencies),
            lambda row: (row.path, row.parser, row.from_purl or "", row.to_purl, row.line or 0),
        ),
        declared=_in_order(
            (row for sheet in sheets for row in sheet.declared),
            lambda row: (row.path, row.parser, row.purl, row.line or 0),
        ),
        unknowns=_in_order(
            (row for sheet in sheets for row in sheet.unknowns),
            lambda row: (row.path, row.line or 0, row.reason),
        ),
        files_read=files_read,
        licences=tuple(licences),
    )


def _in_order(rows: Iterable[_Row], key: Callable[[_Row], tuple[str | int, ...]]) -> tuple[_Row, ...]:
    """Distinct rows by key; rows that only differ elsewhere stand in the order of their text."""
    ordered: list[_Row] = []
    for _, group in groupby(sorted(rows, key=key), key):
        first, *others = group
        ordered += sorted({first, *others}, key=repr) if others else [first]
    return tuple(ordered)
