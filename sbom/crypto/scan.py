"""Scan one commit or folder for cryptography."""

import time
from collections.abc import Iterable
from pathlib import Path
from typing import TypeVar

from sbom.crypto.assets import AssetFindings, AssetReader, readers, readers_by_name
from sbom.crypto.model import CryptoResult
from sbom.errors import LimitReached, ScanError
from sbom.limits import DEFAULT_LIMITS, Limits
from sbom.model import Unknown, UnknownKind
from sbom.source import Source, open_source

SCANNER = "chainatlas-crypto"
SCANNER_VERSION = "1"
_Row = TypeVar("_Row")


def crypto_fingerprint() -> str:
    """Changes whenever the detector, a rule or a reader does: a repository is scanned again exactly then."""
    return ";".join(
        [f"{SCANNER}/{SCANNER_VERSION}", *(f"{reader.name}/{reader.version}" for reader in readers())]
    )


def looks_into(path: str) -> bool:
    """Whether a scan would read the file at a repository-relative path."""
    return bool(readers_by_name(path.rpartition("/")[2]))


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
    deadline = time.monotonic() + limits.seconds
    listing = source.listing()
    found = AssetFindings()
    for folder, error in listing.unread.items():
        found.unknowns.append(_unknown(folder, error))
    for path, key in sorted(listing.files.items()):
        named = readers_by_name(path.rpartition("/")[2])
        if not named:
            continue
        try:
            if time.monotonic() > deadline:
                raise LimitReached(f"not read: the scan took longer than {limits.seconds:.0f} s")
            content = source.read(key)
        except ScanError as error:
            found.unknowns.append(_unknown(path, error))
            continue
        for reader in named:
            _read(reader, path, content, found)
    return CryptoResult(
        name=source.name,
        commit=source.commit,
        committed_at=source.committed_at,
        occurrences=_in_order(found.occurrences),
        certificates=_in_order(found.certificates),
        keys=_in_order(found.keys),
        unknowns=_in_order(found.unknowns),
        files_listed=0,
        files_parsed=0,
    )


def _read(reader: AssetReader, path: str, content: bytes, found: AssetFindings) -> None:
    try:
        reader.read(path, content, found)
    except LimitReached as error:
        found.unknowns.append(Unknown(UnknownKind.LIMIT, str(error), path, None, reader.name, reader.version))
    except Exception as error:  # untrusted input: any shape a reader did not expect
        reason = f"not what {reader.name} looks like: {type(error).__name__}: {error}"
        found.unknowns.append(Unknown(UnknownKind.BROKEN, reason, path, None, reader.name, reader.version))


def _unknown(path: str, error: ScanError) -> Unknown:
    kind = UnknownKind.LIMIT if isinstance(error, LimitReached) else UnknownKind.UNREADABLE
    return Unknown(kind, str(error), path, None, SCANNER, SCANNER_VERSION)


def _in_order(rows: Iterable[_Row]) -> tuple[_Row, ...]:
    """Distinct rows by path, line and the rest."""
    return tuple(
        sorted(set(rows), key=lambda row: (row.path, row.line or 0, repr(row)))  # type: ignore[attr-defined]
    )
