"""Scan one commit or folder: which components it names, which edges, and what could not be read."""

import time
from collections.abc import Callable
from itertools import groupby
from pathlib import Path

from sbom.errors import LimitReached
from sbom.limits import DEFAULT_LIMITS, Limits
from sbom.lockfiles import Findings, Format, SourceFile, formats, match_formats
from sbom.lockfiles.folder import Tree
from sbom.lockfiles.reading import Malformed
from sbom.model import ScanResult, UnknownKind
from sbom.source import Entry, Source, open_source

SCANNER = "chainatlas-sbom"
SCANNER_VERSION = "1"


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
    entries = source.entries()
    by_path = {entry.path: entry for entry in entries}
    matched = {entry.path: found for entry in entries if (found := match_formats(entry.path))}
    tree = Tree(_loader(source, by_path), frozenset(by_path), limits)
    sheets = [*_report_links(source, limits)]
    files_read = 0
    for entry, content, reason in source.read([by_path[path] for path in matched]):
        for fmt in matched[entry.path]:
            findings = Findings(entry.path, fmt.name, fmt.version, limits)
            sheets.append(findings)
            if content is None:
                kind = UnknownKind.LIMIT if "limit" in reason else UnknownKind.UNREADABLE
                findings.unknown(kind, reason)
            elif time.monotonic() > deadline:
                findings.unknown(
                    UnknownKind.LIMIT, f"not read: the scan took longer than {limits.seconds:.0f} s"
                )
            else:
                files_read += 1
                parse_file(fmt, SourceFile(entry.path, content, tree), findings)
    _drop_covered(sheets)
    return _result(source, sheets, files_read)


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


def _loader(source: Source, by_path: dict[str, Entry]) -> Callable[[str], bytes | None]:
    cache: dict[str, bytes | None] = {}

    def load(path: str) -> bytes | None:
        if path not in cache:
            cache[path] = next(source.read([by_path[path]]))[1]
        return cache[path]

    return load


def _report_links(source: Source, limits: Limits) -> list[Findings]:
    """A link with a lockfile's name is not followed; a target inside the tree is scanned where it stands."""
    sheets = []
    for path, target in sorted(source.links().items()):
        for fmt in match_formats(path):
            file = SourceFile(path, b"", Tree(lambda _: None, frozenset(), limits))
            if target.startswith("/") or file.resolve(target) is None:
                findings = Findings(path, fmt.name, fmt.version, limits)
                findings.unknown(UnknownKind.UNREADABLE, f"a symbolic link that leaves the tree: {target}")
                sheets.append(findings)
    return sheets


def _drop_covered(sheets: list[Findings]) -> None:
    """A lock file wins over the manifests that it pins, unless it gave nothing (it may be broken)."""
    covered = {path for sheet in sheets if sheet.components for path in sheet.covered}
    for sheet in sheets:
        if sheet.path in covered and not sheet.covered:
            sheet.components.clear()
            sheet.dependencies.clear()
            sheet.unknowns[:] = [row for row in sheet.unknowns if row.kind.is_unreadable]


def _result(source: Source, sheets: list[Findings], files_read: int) -> ScanResult:
    components = [row for sheet in sheets for row in sheet.components]
    dependencies = [row for sheet in sheets for row in sheet.dependencies]
    components.sort(key=lambda row: (row.path, row.parser, row.purl, row.line or 0, row.scope or ""))
    dependencies.sort(key=lambda row: (row.path, row.parser, row.from_purl or "", row.to_purl, row.line or 0))
    return ScanResult(
        name=source.name,
        commit=source.commit,
        committed_at=source.committed_at,
        components=tuple(row for _, group in groupby(components) for row in (next(group),)),
        dependencies=tuple(row for _, group in groupby(dependencies) for row in (next(group),)),
        declared=tuple(
            sorted((row for sheet in sheets for row in sheet.declared), key=lambda r: (r.path, r.purl))
        ),
        unknowns=tuple(
            sorted(
                (row for sheet in sheets for row in sheet.unknowns),
                key=lambda r: (r.path, r.line or 0, r.reason),
            )
        ),
        files_read=files_read,
    )
