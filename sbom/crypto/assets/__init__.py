"""Cryptography outside source code: one module per kind of file, found by discovery.

A module defines `READER`, an `AssetReader`. Its `read` is given a file and an `AssetFindings` to write rows
into; rows written before an exception are kept.
"""

import importlib
import pkgutil
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from fnmatch import translate
from functools import cache

from sbom.crypto.model import Certificate, CryptoOccurrence, KeyMaterial
from sbom.model import Unknown


@dataclass(slots=True)
class AssetFindings:
    """The rows that the readers of one repository add."""

    occurrences: list[CryptoOccurrence] = field(default_factory=list)
    certificates: list[Certificate] = field(default_factory=list)
    keys: list[KeyMaterial] = field(default_factory=list)
    unknowns: list[Unknown] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class AssetReader:
    """How one kind of file is recognised and read.

    A file is given to `read` if its name matches one of `globs` (in lower case), or if it is source code that
    holds one of `literals`.
    """

    name: str
    version: str
    globs: tuple[str, ...]
    literals: tuple[bytes, ...]
    read: Callable[[str, bytes, AssetFindings], None]


@cache
def readers() -> tuple[AssetReader, ...]:
    """All readers, sorted by name.

    Raises:
        ValueError: two modules define readers of the same name.
    """
    found: dict[str, AssetReader] = {}
    for module in pkgutil.walk_packages(__path__, f"{__name__}."):
        reader = getattr(importlib.import_module(module.name), "READER", None)
        if reader is None:
            continue
        if reader.name in found:
            raise ValueError(f"two asset readers are named {reader.name!r}")
        found[reader.name] = reader
    return tuple(found[name] for name in sorted(found))


def readers_by_name(file_name: str) -> tuple[AssetReader, ...]:
    """Readers whose globs match a file's name."""
    if not _any_glob().fullmatch(file_name.lower()):
        return ()
    name = file_name.lower()
    return tuple(reader for reader, pattern in _patterns() if pattern is not None and pattern.fullmatch(name))


@cache
def _any_glob() -> re.Pattern[str]:
    return re.compile("|".join(translate(glob) for reader in readers() for glob in reader.globs) or "(?!)")


@cache
def _patterns() -> tuple[tuple[AssetReader, re.Pattern[str] | None], ...]:
    return tuple(
        (reader, re.compile("|".join(map(translate, reader.globs))) if reader.globs else None)
        for reader in readers()
    )
