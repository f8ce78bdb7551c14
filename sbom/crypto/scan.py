"""Scan one commit or folder for cryptography: source code by rules, and files that are themselves assets."""

import time
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import chain
from pathlib import Path
from typing import TypeVar

from sbom.crypto.assets import asset_fingerprint, has_embedded, link_keys, read_assets, wants_asset
from sbom.crypto.context import context_of
from sbom.crypto.data import scan_data_digest
from sbom.crypto.detect import detect
from sbom.crypto.languages import Language, language_of
from sbom.crypto.model import Certificate, Confidence, CryptoOccurrence, CryptoResult, KeyMaterial
from sbom.crypto.own_modules import MOST_DECLARATIONS, OwnModules
from sbom.crypto.prefilter import active_libraries
from sbom.crypto.readable import BINARY, Unparsable, guarded, is_binary, readable
from sbom.crypto.repository import Repository
from sbom.crypto.rows import DETECTOR, DETECTOR_VERSION
from sbom.crypto.source_file import SourceFile
from sbom.crypto.wrappers import WRAPPERS, may_wrap
from sbom.errors import LimitReached, ScanError
from sbom.limits import DEFAULT_LIMITS, Limits
from sbom.model import Unknown, UnknownKind
from sbom.source import Source, open_source

SCANNER = "chainatlas-crypto"
SCANNER_VERSION = "1"
_COMPOSER = "composer.json"
_KEPT_BYTES = 48 * 1024 * 1024
"""Source code kept from the first look for the second, which most repositories fit into."""
_KEPT_LETTERS = 512 * 1024
"""Letters of files whose syntax trees are kept, which take many times their room."""
_Row = TypeVar("_Row")


def crypto_fingerprint() -> str:
    """Changes whenever the detector, a data file or a reader does: then a repository is scanned again."""
    return f"{SCANNER}/{SCANNER_VERSION};data/{scan_data_digest()};{asset_fingerprint()}"


def looks_into(path: str) -> bool:
    """Whether a scan would read the file at a repository-relative path."""
    return language_of(path.rpartition("/")[2]) is not None or wants_asset(path)


def scan_crypto(path: Path, rev: str | None = None, limits: Limits = DEFAULT_LIMITS) -> CryptoResult:
    """Scan the commit `rev` (default HEAD) of a repository, or a plain folder.

    Raises:
        ScanError: the repository as a whole cannot be read.
    """
    with open_source(path, rev, limits) as source:
        return scan_crypto_source(source, limits)


def scan_crypto_source(source: Source, limits: Limits = DEFAULT_LIMITS) -> CryptoResult:
    """Scan an open source; a file that cannot be read becomes an unknown and the others go through.

    Raises:
        ScanError: the files cannot be listed.
    """
    listing = source.listing()
    found = _Found(time.monotonic() + limits.seconds)
    for folder, error in listing.unread.items():
        found.unknowns.append(_unknown(folder, error))
    assets = {path for path in listing.files if wants_asset(path)}
    wanted = {
        path: key
        for path, key in sorted(listing.files.items())
        if path in assets or language_of(path.rpartition("/")[2]) is not None
    }
    found.repository.own_modules = _own_modules(source, listing.files)
    for path, content in _read_all(source, wanted, found.deadline, limits):
        if isinstance(content, ScanError):
            found.unknowns.append(_unknown(path, content))
            continue
        if (language := language_of(path.rpartition("/")[2])) is not None:
            _look_for_code(path, language, content, found)
            found.keep(path, content)
        if path in assets or has_embedded(content):
            _look_for_assets(path, content, found, limits)
    _look_again(source, listing.files, found, limits)
    return CryptoResult(
        name=source.name,
        commit=source.commit,
        committed_at=source.committed_at,
        occurrences=_in_order(found.occurrences),
        certificates=_in_order(link_keys(found.certificates, found.keys)),
        keys=_in_order(found.keys),
        unknowns=_in_order(found.unknowns),
        files_listed=found.files_listed,
        files_parsed=found.files_parsed,
    )


def _own_modules(source: Source, files: Mapping[str, str]) -> OwnModules:
    """The repository's own modules, by its listing, the `go.mod` files in it and its `composer.json`."""
    own = OwnModules(files)
    declarations = sorted((path.count("/"), path) for path in files if path.rpartition("/")[2] == "go.mod")
    keys = [files[path] for _, path in declarations[:MOST_DECLARATIONS]]
    for content in source.read_all(keys):
        if isinstance(content, bytes):
            own.add_go_module(content)
    for content in source.read_all([files[_COMPOSER]] if _COMPOSER in files else []):
        if isinstance(content, bytes):
            own.add_php_package(content)
    return own


@dataclass(slots=True)
class _Found:
    """The rows of all files so far, and how many source files were seen and parsed."""

    deadline: float
    occurrences: list[CryptoOccurrence] = field(default_factory=list)
    certificates: list[Certificate] = field(default_factory=list)
    keys: list[KeyMaterial] = field(default_factory=list)
    unknowns: list[Unknown] = field(default_factory=list)
    files_listed: int = 0
    files_parsed: int = 0
    repository: Repository = field(default_factory=Repository)
    open: dict[str, tuple[str, ...]] = field(default_factory=dict)
    """Files with a site of unknown algorithm, with the libraries whose rules apply."""
    parsed: dict[str, SourceFile] = field(default_factory=dict)
    """Those of the open files whose trees are kept for the second look."""
    parsed_letters: int = 0
    kept: dict[str, bytes] = field(default_factory=dict)
    kept_bytes: int = 0

    def keep_open(self, file: SourceFile, libraries: tuple[str, ...]) -> None:
        """Keep a file for the second look, with its tree while there is room."""
        self.open[file.path] = libraries
        if self.parsed_letters + len(file.text) <= _KEPT_LETTERS:
            self.parsed[file.path] = file
            self.parsed_letters += len(file.text)

    def keep(self, path: str, content: bytes) -> None:
        """Keep a content for the second look while there is room."""
        if self.kept_bytes + len(content) <= _KEPT_BYTES:
            self.kept[path] = content
            self.kept_bytes += len(content)


def _read_all(
    source: Source, wanted: Mapping[str, str], deadline: float, limits: Limits
) -> Iterator[tuple[str, bytes | ScanError]]:
    for path, content in zip(wanted, source.read_all(wanted.values()), strict=True):
        if time.monotonic() > deadline:
            yield path, LimitReached(f"not read: the scan took longer than {limits.seconds:.0f} s")
        else:
            yield path, content


def _look_for_code(path: str, language: Language, content: bytes, found: _Found) -> None:
    """Occurrences in a source file, if a literal of a library stands in it."""
    found.files_listed += 1
    if is_binary(content):
        found.unknowns.append(
            Unknown(UnknownKind.UNSUPPORTED, BINARY, path, None, DETECTOR, DETECTOR_VERSION)
        )
        return
    libraries = active_libraries(language.name, content)
    project = found.repository.of(language)
    if libraries == (WRAPPERS,) and not may_wrap(language, content.decode("utf-8", "replace"), project):
        return
    if not libraries:
        return
    try:
        with guarded():
            file = SourceFile(path, language, readable(content))
            asked = project.asks
            rows = detect(file, libraries, project)
    except (Unparsable, LimitReached) as problem:
        kind = problem.kind if isinstance(problem, Unparsable) else UnknownKind.LIMIT
        line = problem.line if isinstance(problem, Unparsable) else None
        found.unknowns.append(Unknown(kind, str(problem), path, line, DETECTOR, DETECTOR_VERSION))
        return
    found.files_parsed += file.is_parsed
    asks = project.asks > asked
    if asks or any(row.confidence is Confidence.LOW for row in rows):
        found.keep_open(file, libraries)
    found.occurrences += rows


def _look_again(source: Source, files: Mapping[str, str], found: _Found, limits: Limits) -> None:
    """Settle what only another file of the repository tells."""
    if not found.open:
        return
    wanted = {
        path: key
        for path, key in sorted(files.items())
        if path not in found.kept and found.repository.looks_into(path.rpartition("/")[2])
    }
    found.repository.begin_round()
    found.repository.answer(found.kept.items(), found.parsed)
    contents = _read_all(source, wanted, found.deadline, limits)
    rest = ((path, content) for path, content in contents if isinstance(content, bytes))
    found.repository.answer(rest, found.parsed)
    if found.repository.begin_round():  # what the answers name
        found.repository.answer(found.kept.items(), found.parsed)
    answered: dict[str, list[CryptoOccurrence]] = {}
    for path, libraries in found.open.items():
        language = language_of(path.rpartition("/")[2])
        if language is None:
            continue
        try:
            with guarded():
                file = found.parsed.pop(path, None)
                if file is None:
                    content = found.kept.get(path) or source.read(files[path])
                    file = SourceFile(path, language, readable(content))
                answered[path] = detect(file, libraries, found.repository.of(language))
        except (ScanError, Unparsable):
            continue  # what the first look found stays
    found.occurrences = [  # certificates and keys in a file are not looked for again
        row for row in found.occurrences if row.path not in answered or row.language == "config"
    ]
    found.occurrences += chain.from_iterable(answered.values())


def _look_for_assets(path: str, content: bytes, found: _Found, limits: Limits) -> None:
    """Certificates, keys and settings: of a file by its name, and those embedded in any other."""
    rows = read_assets(path, content, context_of(path), limits)
    found.occurrences += rows.occurrences
    found.certificates += rows.certificates
    found.keys += rows.keys
    found.unknowns += rows.unknowns


def _unknown(path: str, error: ScanError) -> Unknown:
    kind = UnknownKind.LIMIT if isinstance(error, LimitReached) else UnknownKind.UNREADABLE
    return Unknown(kind, str(error), path, None, SCANNER, SCANNER_VERSION)


def _in_order(rows: Iterable[_Row]) -> tuple[_Row, ...]:
    """Distinct rows by path, line and the rest."""
    return tuple(
        sorted(set(rows), key=lambda row: (row.path, row.line or 0, repr(row)))  # type: ignore[attr-defined]
    )
