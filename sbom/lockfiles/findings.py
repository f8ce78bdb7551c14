"""Where a parser writes what it finds; stamps path, parser and version on every row."""

from collections.abc import Iterable, Mapping, Sequence

from sbom.errors import LimitReached
from sbom.limits import Limits
from sbom.lockfiles.origins import without_secrets
from sbom.model import Component, DeclaredPackage, Dependency, Scope, Unknown, UnknownKind
from sbom.purl import Identity, identify, with_version

MOST_ALIKE = 20
"""Unknowns of one cause that are listed before they are only counted."""
MOST_UNKNOWNS = 5_000
"""Unknowns of one file: a file may be made of nothing else."""
LONGEST_REASON = 500
"""Characters of a reason, which may quote a line of any length."""


class Findings:
    """Rows of one file. Rows written before a parser fails are kept."""

    def __init__(self, path: str, parser: str, parser_version: str, limits: Limits) -> None:
        self.path = path
        self.parser = parser
        self.parser_version = parser_version
        self.limits = limits
        self.components: list[Component] = []
        self.dependencies: list[Dependency] = []
        self.declared: list[DeclaredPackage] = []
        self.unknowns: list[Unknown] = []
        self.covered: set[str] = set()

    @property
    def is_empty(self) -> bool:
        """Whether nothing was written: no rows and no manifest that is covered."""
        rows = (self.components, self.dependencies, self.declared, self.unknowns, self.covered)
        return not any(rows)

    def covers(self, manifest: str | None) -> None:
        """A lock file names a manifest (repository-relative) that it pins; it wins over its constraints."""
        if manifest is not None:
            self.covered.add(manifest)

    def component(
        self,
        type: str,
        namespace: str | None,
        name: str,
        version: str | None,
        *,
        constraint: str | None = None,
        scope: Scope | None = None,
        direct: bool | None = None,
        licence: str | None = None,
        hashes: Iterable[str] = (),
        source_url: str | None = None,
        qualifiers: Mapping[str, str] | None = None,
        line: int | None = None,
        supplier: str | None = None,
        authors: tuple[str, ...] = (),
    ) -> str:
        """Record a component and return its purl, for edges; `qualifiers` become part of it.

        A name that no purl can carry becomes an unknown of kind `broken`, and the empty string is returned.

        Raises:
            LimitReached: the file names more packages than `Limits.packages`.
        """
        if len(self.components) >= self.limits.packages:
            raise LimitReached(
                f"more than {self.limits.packages} packages; the rest of the file was not read"
            )
        identity = self.identify(type, namespace, name, line)
        if identity is None:
            return ""
        purl = with_version(identity, version, qualifiers)
        self.components.append(
            Component(
                purl,
                identity.type,
                identity.namespace,
                identity.name,
                version or None,
                constraint,
                scope,
                direct,
                licence,
                tuple(hashes),
                source_url,
                self.path,
                line,
                self.parser,
                self.parser_version,
                supplier,
                authors,
            )
        )
        return purl

    def identify(
        self, type: str, namespace: str | None, name: str, line: int | None = None
    ) -> Identity | None:
        """Normalised coordinates, or null with an unknown of kind `broken` if no purl can carry the name."""
        try:
            return identify(type, namespace, name)
        except (ValueError, TypeError) as error:
            self.unknown(UnknownKind.BROKEN, f"no package can be named {name!r}: {error}", line)
            return None

    def edge(
        self,
        from_purl: str | None,
        to_purl: str,
        *,
        constraint: str | None = None,
        scope: Scope | None = None,
        line: int | None = None,
    ) -> None:
        """Record an edge; `from_purl` null means that the project itself depends. Empty purls are ignored."""
        if to_purl and from_purl != "":
            self.dependencies.append(
                Dependency(
                    from_purl, to_purl, constraint, scope, self.path, line, self.parser, self.parser_version
                )
            )

    def declares(
        self,
        type: str,
        namespace: str | None,
        name: str,
        version: str | None = None,
        *,
        licence: str | None = None,
        description: str | None = None,
        keywords: Iterable[str] = (),
        private: bool | None = None,
        line: int | None = None,
        supplier: str | None = None,
        authors: tuple[str, ...] = (),
    ) -> None:
        """Record a package that this repository is the source of."""
        identity = self.identify(type, namespace, name, line)
        if identity is not None:
            self.declared.append(
                DeclaredPackage(
                    with_version(identity, version),
                    identity.type,
                    identity.namespace,
                    identity.name,
                    version or None,
                    licence,
                    description,
                    tuple(keywords),
                    private,
                    self.path,
                    line,
                    self.parser,
                    self.parser_version,
                    supplier,
                    authors,
                )
            )

    def unknown(self, kind: UnknownKind, reason: str, line: int | None = None) -> None:
        """Record that something could not be read or resolved; at most `MOST_UNKNOWNS` are kept.

        A reason may quote the file as it stands: here addresses in it lose their credentials and query, and
        only then is it cut, because a token that is cut before its `@` cannot be told from a host.
        """
        if len(self.unknowns) == MOST_UNKNOWNS:
            kind, line = UnknownKind.LIMIT, None
            reason = f"more than {MOST_UNKNOWNS} things are unknown; the others are not listed"
        if len(self.unknowns) <= MOST_UNKNOWNS:
            reason = without_secrets(reason)[:LONGEST_REASON]
            self.unknowns.append(Unknown(kind, reason, self.path, line, self.parser, self.parser_version))

    def alike(self, kind: UnknownKind, places: Sequence[tuple[int | None, str]]) -> None:
        """Record unknowns of one cause, each by line and reason: the first of them, and how many more."""
        for line, reason in places[:MOST_ALIKE]:
            self.unknown(kind, reason, line)
        if len(places) > MOST_ALIKE:
            self.unknown(kind, f"{len(places) - MOST_ALIKE} more like: {places[0][1]}")

    def without_packages(self) -> "Findings":
        """What the file tells apart from the packages it wants: those it declares, and what is unreadable."""
        rest = Findings(self.path, self.parser, self.parser_version, self.limits)
        rest.declared = self.declared
        rest.unknowns = [row for row in self.unknowns if row.kind.is_unreadable]
        return rest
