"""What a bill of materials of either standard says, gathered as the rows of a scan."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from packageurl import PackageURL

from sbom.limits import Limits
from sbom.lockfiles.findings import Findings
from sbom.lockfiles.origins import without_credentials
from sbom.model import ScanResult, Scope, UnknownKind

PARSER, PARSER_VERSION = "bom-import", "4"
_NO_STATEMENT = ("NOASSERTION", "NONE")

NO_PACKAGES = frozenset({"cryptographic-asset", "file"})
"""CycloneDX types of components that are not obtained as packages."""


class Subject:
    """The rows of one BOM. Elements of the document are known by their reference in it."""

    def __init__(self, path: str, limits: Limits) -> None:
        self.findings = Findings(path, PARSER, PARSER_VERSION, limits)
        self.name = path
        self.committed_at: int | None = None
        self._purls: dict[str, str] = {}
        self._roots: set[str] = set()
        self._limits = limits

    def root(
        self,
        ref: str,
        name: str | None,
        purl: str | None,
        licence: str | None,
        *,
        supplier: str | None = None,
        authors: tuple[str, ...] = (),
    ) -> None:
        """An element that stands for the product itself."""
        if ref:
            self._roots.add(ref)
        self.name = name or self.name
        url = _parse_purl(purl)
        if url is not None:
            self.findings.declares(
                url.type,
                url.namespace,
                url.name,
                url.version,
                licence=licence,
                supplier=supplier,
                authors=authors,
            )

    def package(
        self,
        ref: str,
        name: str | None,
        version: str | None,
        purl: str | None,
        *,
        group: str | None = None,
        scope: Scope | None = None,
        licence: str | None = None,
        hashes: tuple[str, ...] = (),
        source_url: str | None = None,
        supplier: str | None = None,
        authors: tuple[str, ...] = (),
    ) -> None:
        """A component. One without purl cannot be matched with anything, but it is there: `pkg:generic`."""
        if not self._has_room():
            return
        url = _parse_purl(purl)
        if url is None:
            if not name:
                self.unresolved(f"a component without purl and name ({ref[:200]!r}) is left out")
                return
            self.unresolved(
                f"{name}: no purl, taken as pkg:generic" if not purl else f"not a purl: {purl[:200]}"
            )
            type_, namespace, own_name, qualifiers = "generic", group, name, None
        else:
            type_, namespace, own_name, qualifiers = url.type, url.namespace, url.name, url.qualifiers or None
            version = url.version or version
        written = self.findings.component(
            type_,
            namespace,
            own_name,
            version,
            scope=scope,
            licence=licence,
            hashes=hashes,
            source_url=source_url and without_credentials(source_url),
            qualifiers=qualifiers and {key: without_credentials(text) for key, text in qualifiers.items()},
            supplier=supplier,
            authors=authors,
        )
        if written and ref:
            self._purls[ref] = written

    def edge(self, source: str, target: str, scope: Scope | None = None) -> None:
        """`source` depends on `target`, both by reference."""
        to_purl = self._purls.get(target)
        if to_purl is None:
            if target not in self._roots:
                self.unresolved(
                    f"an edge to {target[:200]!r}, which the document does not describe as a package"
                )
        elif source in self._roots:
            self.findings.edge(None, to_purl, scope=scope)
        elif source in self._purls:
            self.findings.edge(self._purls[source], to_purl, scope=scope)

    def unreadable(self, reason: str) -> None:
        """The maker of the BOM says that it could not read something."""
        self.findings.unknown(UnknownKind.UNREADABLE, reason)

    def unresolved(self, reason: str) -> None:
        """The BOM lacks something, by its own word or by what it refers to."""
        self.findings.unknown(UnknownKind.UNRESOLVED, reason)

    def _has_room(self) -> bool:
        if len(self.findings.components) < self._limits.packages:
            return True
        reason = f"more than {self._limits.packages} packages; the rest of the document was not read"
        if not any(row.reason == reason for row in self.findings.unknowns[-1:]):
            self.findings.unknown(UnknownKind.LIMIT, reason)
        return False

    def result(self) -> ScanResult:
        """The rows, each list without repetitions and in a stable order."""
        found = self.findings
        asked_for = {row.to_purl for row in found.dependencies if row.from_purl is None}
        components = {replace(row, direct=True) if row.purl in asked_for else row for row in found.components}
        return ScanResult(
            name=self.name,
            commit=None,
            committed_at=self.committed_at,
            components=tuple(sorted(components, key=repr)),
            dependencies=tuple(sorted(set(found.dependencies), key=repr)),
            declared=tuple(sorted(set(found.declared), key=repr)),
            unknowns=tuple(sorted(set(found.unknowns), key=repr)),
            files_read=1,
        )


def _parse_purl(text: str | None) -> PackageURL | None:
    try:
        return PackageURL.from_string(text) if text else None
    except ValueError:
        return None


def as_text(value: Any) -> str | None:
    """A text that is not empty, else null: documents made elsewhere hold anything."""
    return value.strip() or None if isinstance(value, str) else None


def as_statement(value: Any) -> str | None:
    """A text that states something, which SPDX's `NOASSERTION` and `NONE` do not; else null."""
    text = as_text(value)
    return None if text in _NO_STATEMENT else text


def as_object(value: Any) -> dict[str, Any]:
    """An object, empty if it is none."""
    return value if isinstance(value, dict) else {}


def as_objects(value: Any) -> list[dict[str, Any]]:
    """The objects of a list."""
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []


def as_texts(value: Any) -> list[str]:
    """The texts of a list."""
    return [item for item in value if isinstance(item, str)] if isinstance(value, list) else []


def join_licences(texts: list[str]) -> str | None:
    """Several licences of one package all apply: an SPDX conjunction."""
    distinct = list(dict.fromkeys(texts))
    if len(distinct) < 2:
        return distinct[0] if distinct else None
    return " AND ".join(f"({text})" if " OR " in text else text for text in distinct)


def nested_components(*holders: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """The `components` of CycloneDX objects at any depth, in the order of the document."""
    pending = [component for holder in holders for component in as_objects(holder.get("components"))][::-1]
    while pending:
        component = pending.pop()
        yield component
        pending += as_objects(component.get("components"))[::-1]


def seconds_of(text: str | None) -> int | None:
    """Epoch seconds of an ISO 8601 time, in UTC if it names no zone; null if it is none."""
    try:
        moment = datetime.fromisoformat(text) if text else None
        if moment is None:
            return None
        return int((moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp())
    except (ValueError, OverflowError, OSError):
        return None
