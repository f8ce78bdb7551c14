"""Cryptography that is not code: certificates, keys, stores and configuration, one module per kind of file.

A module in a folder below defines `FORMAT`, an `AssetFormat`; it is found by discovery. Its `parse`
function is given the file and an `AssetFindings` to write rows into; rows written before an exception are
kept. To add a kind, add one module and its fixtures under `tests/fixtures/crypto_assets/`.

The scan asks `wants_asset` by name and `has_embedded` by content, and calls `read_assets` where one says yes.
"""

import importlib
import pkgutil
import re
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, replace
from functools import cache

from sbom.crypto.assets.findings import AssetFile, AssetFindings
from sbom.crypto.assets.names import file_names
from sbom.crypto.model import AssetType, Certificate, Context, KeyMaterial
from sbom.crypto.readable import line_starts
from sbom.errors import LimitReached
from sbom.limits import DEFAULT_LIMITS, Limits
from sbom.lockfiles.reading import Malformed, decode_text
from sbom.model import UnknownKind

__all__ = [
    "AssetFile",
    "AssetFindings",
    "AssetFormat",
    "asset_fingerprint",
    "asset_formats",
    "has_embedded",
    "link_keys",
    "read_assets",
    "wants_asset",
]

MOST_BYTES = 8 * 1024 * 1024
"""Size of one file of assets; the largest bundles of root certificates take 1 MiB."""


@dataclass(frozen=True, slots=True)
class AssetFormat:
    """How one kind of file is recognised and read.

    `globs` match the file's name, or its whole path where they contain `/`, both in lower case. Where there
    is a `marker`, the content must hold it too. A format with `embedded` is looked for in every file that is
    read and holds this literal.
    """

    name: str
    version: str
    parse: Callable[[AssetFile, AssetFindings], None]
    globs: tuple[str, ...] = ()
    marker: re.Pattern[bytes] | None = None
    embedded: bytes | None = None
    title: str = ""

    def reads(self, path: str, content: bytes) -> bool:
        if self.embedded is not None:
            if self.embedded not in content:
                return False
        elif not self.matches(path):
            return False
        return self.marker is None or self.marker.search(content) is not None

    def matches(self, path: str) -> bool:
        return file_names(self.globs).match(path)


@cache
def asset_formats() -> tuple[AssetFormat, ...]:
    """All formats, sorted by name.

    Raises:
        ValueError: two modules define formats of the same name.
    """
    found: dict[str, AssetFormat] = {}
    for module in pkgutil.walk_packages(__path__, f"{__name__}."):
        candidate = getattr(importlib.import_module(module.name), "FORMAT", None)
        if candidate is None:
            continue
        if candidate.name in found:
            raise ValueError(f"two asset formats are named {candidate.name!r}")
        found[candidate.name] = candidate
    return tuple(found[name] for name in sorted(found))


def asset_fingerprint() -> str:
    """Changes whenever a format changes."""
    return ";".join(f"{fmt.name}/{fmt.version}" for fmt in asset_formats())


@cache
def _all_globs() -> tuple[str, ...]:
    return tuple(sorted({glob for fmt in asset_formats() for glob in fmt.globs}))


@cache
def _embedded() -> tuple[tuple[bytes, re.Pattern[bytes]], ...]:
    return tuple(
        (fmt.embedded, fmt.marker or re.compile(b"")) for fmt in asset_formats() if fmt.embedded is not None
    )


def wants_asset(path: str) -> bool:
    """Whether a format reads files of this name."""
    return file_names(_all_globs()).match(path)


def has_embedded(content: bytes) -> bool:
    """Whether the content of any file holds what an embedded format looks for."""
    return any(literal in content and marker.search(content) is not None for literal, marker in _embedded())


def read_assets(
    path: str, content: bytes, context: Context, limits: Limits = DEFAULT_LIMITS
) -> AssetFindings:
    """Everything that the formats find in one file; whatever goes wrong is an unknown beside it."""
    findings = AssetFindings(path, context)
    if len(content) > MOST_BYTES:
        findings.unknown(UnknownKind.LIMIT, f"{len(content)} bytes, over the limit of {MOST_BYTES}")
        return findings
    for fmt in asset_formats():
        if fmt.reads(path, content):
            findings.parser, findings.parser_version = fmt.name, fmt.version
            _parse(fmt, AssetFile(path, content, limits), findings)
    _place_on_lines(findings, content)
    _drop_repeated(findings)
    return findings


def _place_on_lines(findings: AssetFindings, content: bytes) -> None:
    """The offset of what is only known by its line: the start of that line."""
    unplaced = [row for row in findings.occurrences if row.line > 1 and row.offset == 0]
    if not unplaced:
        return
    starts = line_starts(decode_text(content))
    findings.occurrences[:] = [
        replace(row, offset=starts[row.line - 1]) if 1 < row.line <= len(starts) and not row.offset else row
        for row in findings.occurrences
    ]


def _drop_repeated(findings: AssetFindings) -> None:
    """What two formats read at one place is told once, by the first: a manifest is settings too."""
    first: dict[tuple[object, ...], str] = {}
    place: tuple[object, ...]
    kept = []
    for row in findings.occurrences:
        place = (row.offset, row.algorithm, row.protocol, row.protocol_version, row.api)
        if row.asset_type in (AssetType.ALGORITHM, AssetType.PROTOCOL):
            place = place[:-1]
        if first.setdefault(place, row.parser) == row.parser:
            kept.append(row)
    findings.occurrences[:] = kept


def _parse(fmt: AssetFormat, file: AssetFile, findings: AssetFindings) -> None:
    try:
        fmt.parse(file, findings)
    except LimitReached as error:
        findings.unknown(UnknownKind.LIMIT, str(error))
    except Malformed as error:
        findings.unknown(UnknownKind.BROKEN, str(error), error.line)
    except RecursionError:
        findings.unknown(UnknownKind.LIMIT, "nested too deeply")
    except Exception as error:  # untrusted input; the message may quote a key, so only its kind is told
        findings.unknown(UnknownKind.BROKEN, f"not what {fmt.name} looks like: {type(error).__name__}")


def link_keys(certificates: Sequence[Certificate], keys: Collection[KeyMaterial]) -> list[Certificate]:
    """The certificates, with `key_in_repository` set where a private key has the same public key."""
    private = {key.fingerprint for key in keys if key.kind == "private-key" and key.fingerprint}
    return [replace(row, key_in_repository=row.key_fingerprint in private) for row in certificates]
