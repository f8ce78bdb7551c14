"""What a scan finds: the rows that every parser produces and every consumer reads.

A row never guesses: what a format cannot tell is `None`. Paths are repository-relative with `/`; lines count
from 1. `parser` and `parser_version` name the code that produced the row, so that a better parser can replace
exactly its own rows.
"""

from dataclasses import dataclass, replace
from enum import StrEnum


class Scope(StrEnum):
    """CycloneDX component scope: `excluded` is what the product does not ship (development, test, build)."""

    REQUIRED = "required"
    OPTIONAL = "optional"
    EXCLUDED = "excluded"


class UnknownKind(StrEnum):
    """Why something is not known: the first five are unreadable input, the last two are unresolved facts."""

    BROKEN = "broken"
    """The file does not follow its format."""
    LIMIT = "limit"
    """A limit of `sbom.limits.Limits` was hit."""
    UNREADABLE = "unreadable"
    """The object is missing, corrupt, or not a regular file (a symlink out of the tree)."""
    UNSUPPORTED = "unsupported"
    """A variant of the format which this parser does not read."""
    SHALLOW = "shallow"
    """The history of the repository is cut off."""
    UNRESOLVED = "unresolved"
    """Needs something outside the repository, or a name that nothing in the file defines."""
    NO_EXACT_VERSION = "no_exact_version"
    """A manifest only constrains the version."""

    @property
    def is_unreadable(self) -> bool:
        return self not in (UnknownKind.UNRESOLVED, UnknownKind.NO_EXACT_VERSION)


@dataclass(frozen=True, slots=True)
class Component:
    """A package that a file names: one row per source file and package.

    `version` is null where a manifest only constrains it (`constraint` then holds the text as written).
    `direct` is true if the project itself asks for the package, false if only another package does, null
    where the format does not tell.
    """

    purl: str
    type: str
    namespace: str | None
    name: str
    version: str | None
    constraint: str | None
    scope: Scope | None
    direct: bool | None
    licence: str | None
    """SPDX expression as declared in the file, null if none is."""
    hashes: tuple[str, ...]
    """`algorithm:hexdigest`, algorithms as CycloneDX spells them (`SHA-256`)."""
    source_url: str | None
    """Where the file says the package comes from: archive or VCS URL, without credentials."""
    path: str
    line: int | None
    parser: str
    parser_version: str
    supplier: str | None = None
    """The organisation that the file says supplies the package."""
    authors: tuple[str, ...] = ()
    """Who the file says made or maintains it, as `sbom.makers` spells them. People: personal data."""


@dataclass(frozen=True, slots=True)
class Dependency:
    """An edge of the dependency graph; `from_purl` is null where the project itself depends."""

    from_purl: str | None
    to_purl: str
    constraint: str | None
    scope: Scope | None
    path: str
    line: int | None
    parser: str
    parser_version: str


@dataclass(frozen=True, slots=True)
class DeclaredPackage:
    """A package that the repository itself is the source of, as its manifest declares it."""

    purl: str
    type: str
    namespace: str | None
    name: str
    version: str | None
    licence: str | None
    description: str | None
    keywords: tuple[str, ...]
    private: bool | None
    """True where the manifest forbids publishing; null where the format cannot say."""
    path: str
    line: int | None
    parser: str
    parser_version: str
    supplier: str | None = None
    authors: tuple[str, ...] = ()
    """As of a component."""


@dataclass(frozen=True, slots=True)
class LicenceFile:
    """A file of the repository that holds the wording of a licence."""

    licence: str
    """SPDX expression."""
    similarity: float
    """Of the wording to the licence's, 0–1."""
    path: str
    line: int | None
    parser: str
    parser_version: str


@dataclass(frozen=True, slots=True)
class Unknown:
    """Something that could not be read or resolved, with the reason."""

    kind: UnknownKind
    reason: str
    path: str
    line: int | None
    parser: str
    parser_version: str


@dataclass(frozen=True, slots=True)
class ScanResult:
    """All that one commit (or folder) of one repository tells, each list in a stable order."""

    name: str
    """What to call the scanned subject: the folder's name."""
    commit: str | None
    """Full object id; null for a plain folder."""
    committed_at: int | None
    """Epoch seconds of the commit; null for a plain folder."""
    components: tuple[Component, ...]
    dependencies: tuple[Dependency, ...]
    declared: tuple[DeclaredPackage, ...]
    unknowns: tuple[Unknown, ...]
    files_read: int
    """Files that a parser was given."""
    licences: tuple[LicenceFile, ...] = ()
    """What the repository's own licence files hold."""

    def without_people(self) -> "ScanResult":
        """The same without the authors of packages."""
        return replace(
            self,
            components=tuple(replace(row, authors=()) if row.authors else row for row in self.components),
            declared=tuple(replace(row, authors=()) if row.authors else row for row in self.declared),
        )
