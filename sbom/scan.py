"""Scan one commit or folder: which components it names, which edges, and what could not be read."""

import time
from collections.abc import Callable, Iterable
from itertools import groupby
from pathlib import Path
from typing import TypeVar

from sbom.errors import LimitReached, ScanError, SourceError
from sbom.limits import DEFAULT_LIMITS, Limits
from sbom.lockfiles import Findings, Format, SourceFile, formats, match_formats
from sbom.lockfiles.folder import Tree
from sbom.lockfiles.reading import Malformed
from sbom.model import ScanResult, Unknown, UnknownKind
from sbom.source import Listing, Source, open_source

SCANNER = "chainatlas-sbom"
SCANNER_VERSION = "1"
_LINK_DEPTH = 5
_Row = TypeVar("_Row")


def scanner_fingerprint() -> str:
    """Changes whenever any parser changes, so that a repository is scanned again exactly then."""
    return ";".join([f"{SCANNER}/{SCANNER_VERSION}", *(f"{fmt.name}/{fmt.version}" for fmt in formats())])


def scan_path(path: Path, rev: str | None = None, limits: Limits = DEFAULT_LIMITS) -> ScanResult:
    """Scan the commit `rev` (default HEAD) of a repository, or a plain folder.

    Raises:
        ScanError: the repository as a whole cannot be read.
    """
    with open_source(path, rev, limits) as source:
        return scan_source(source, limits)


def scan_source(source: Source, limits: Limits = DEFAULT_LIMITS) -> ScanResult:
    """Scan an open source; a file that cannot be read or parsed becomes an unknown and the others go through.

    Raises:
        ScanError: the files cannot be listed.
    """
    deadline = time.monotonic() + limits.seconds
    listing = source.listing()
    tree = Tree(_loader(source, listing), frozenset(listing.files), limits, submodules=listing.submodules)
    sheets = [_unlisted_folders(listing, limits)]
    files_read = packages = 0
    for path, (location, found) in sorted(_files_to_read(source, listing, tree).items()):
        content: bytes | ScanError
        try:
            content = _read(source, location, packages, deadline, limits)
            files_read += 1
        except ScanError as error:
            content = error
        for fmt in found:
            findings = Findings(path, fmt.name, fmt.version, limits)
            sheets.append(findings)
            if isinstance(content, ScanError):
                findings.unknown(_kind(content), str(content))
            else:
                parse_file(fmt, SourceFile(path, content, tree), findings)
                packages += len(findings.components)
    _drop_covered(sheets)
    return _result(source, sheets, files_read)


def _unlisted_folders(listing: Listing, limits: Limits) -> Findings:
    findings = Findings(".", SCANNER, SCANNER_VERSION, limits)
    for folder, error in listing.unread.items():
        findings.unknowns.append(Unknown(_kind(error), str(error), folder, None, SCANNER, SCANNER_VERSION))
    return findings


def _files_to_read(
    source: Source, listing: Listing, tree: Tree
) -> dict[str, tuple[str | ScanError, list[Format]]]:
    """Files that a format matches: path → key or why there is none, and the formats.

    A link to a file of the tree is read through under its own name, unless that file is read where it stands.
    """
    files: dict[str, tuple[str | ScanError, list[Format]]] = {}
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


def _drop_covered(sheets: list[Findings]) -> None:
    """A lock file wins over the manifests that it pins, unless it gave nothing (it may be broken)."""
    covered = {path for sheet in sheets if sheet.components for path in sheet.covered}
    for sheet in sheets:
        if sheet.path in covered and not sheet.covered:
            sheet.components.clear()
            sheet.dependencies.clear()
            sheet.unknowns[:] = [row for row in sheet.unknowns if row.kind.is_unreadable]


def _result(source: Source, sheets: list[Findings], files_read: int) -> ScanResult:
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
    )


def _in_order(rows: Iterable[_Row], key: Callable[[_Row], tuple[str | int, ...]]) -> tuple[_Row, ...]:
    """Distinct rows by key; rows that only differ elsewhere stand in the order of their text."""
    ordered: list[_Row] = []
    for _, group in groupby(sorted(rows, key=key), key):
        first, *others = group
        ordered += sorted({first, *others}, key=repr) if others else [first]
    return tuple(ordered)
