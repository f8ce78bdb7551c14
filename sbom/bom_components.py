"""Components of a BOM: one per package, merged from all files that name it.

The JSON objects have the shape in which cyclonedx-python-lib writes its `Component`; see `sbom.bom` for why
they are not built through it.
"""

import re
from collections.abc import Iterable, Sequence
from typing import Any
from urllib.parse import quote

from sbom.bom_draft import Draft
from sbom.bom_licences import licence_choice
from sbom.component_types import component_type
from sbom.lockfiles.reachability import strongest
from sbom.makers import first_supplier, split_author
from sbom.model import Component

HASH_DIGITS = {
    "MD5": 32,
    "SHA-1": 40,
    "SHA-256": 64,
    "SHA-384": 96,
    "SHA-512": 128,
    "SHA3-256": 64,
    "SHA3-384": 96,
    "SHA3-512": 128,
    "BLAKE2b-256": 64,
    "BLAKE2b-384": 96,
    "BLAKE2b-512": 128,
    "BLAKE3": 64,
}
"""Hash algorithms of CycloneDX 1.6 and the hexadecimal digits of their values."""

MAX_VERSION_LENGTH = 1024
"""CycloneDX 1.6, `definitions/version`."""

_HEX = re.compile(r"[0-9a-f]+")
_VCS = re.compile(r"(?:git|hg|svn|bzr)\+|git:|ssh:|svn:|[^?#]*\.git(?:[#?@]|$)", re.IGNORECASE)
_URL = re.compile(
    r"""[A-Za-z][A-Za-z0-9+.-]*:            # scheme
        (?://(?:[^/?\#@]*@)?[^/?\#@:]*(?::[0-9]*)?(?=[/?\#]|$)|(?!//))  # authority
        [^\#]*(?:\#[^\#]*)?""",
    re.VERBOSE,
)
_STRAY_PERCENT = re.compile(r"%(?![0-9A-Fa-f]{2})")


def add_packages(draft: Draft) -> None:
    """The packages that the repository's files name."""
    draft.add_components(component_entries(draft.result.components))


def component_entries(rows: Iterable[Component]) -> dict[str, dict[str, Any]]:
    """CycloneDX components by bom-ref (which is the purl), sorted."""
    by_purl: dict[str, list[Component]] = {}
    for row in rows:
        by_purl.setdefault(row.purl, []).append(row)
    return {purl: _component(by_purl[purl]) for purl in sorted(by_purl)}


def _component(rows: Sequence[Component]) -> dict[str, Any]:
    first = rows[0]
    entry: dict[str, Any] = {"type": component_type(first.type, first.namespace), "bom-ref": first.purl}
    if makers := [row for row in rows if row.supplier or row.authors]:
        makers.sort(key=lambda row: (row.path, row.line or 0, row.authors))
        supplier = first_supplier(row.supplier for row in makers)
        entry |= makers_json(supplier, (row.authors for row in makers))
    properties = [("chainatlas:constraint", row.constraint) for row in rows if row.constraint]
    if first.namespace:
        entry["group"] = first.namespace
    entry["name"] = first.name
    if first.version:
        if len(first.version) <= MAX_VERSION_LENGTH:
            entry["version"] = first.version
        else:
            properties.append(("chainatlas:version", first.version))
    scope = strongest(row.scope for row in rows)
    if scope is not None:
        entry["scope"] = scope.value
    hashes, foreign_hashes = _hashes(rows)
    if hashes:
        entry["hashes"] = hashes
    licences = licence_choice(row.licence for row in rows if row.licence)
    if licences:
        entry["licenses"] = licences
    entry["purl"] = first.purl
    references, foreign_sources = _external_references(rows)
    if references:
        entry["externalReferences"] = references
    entry["evidence"] = {"occurrences": _occurrences(rows)}
    direct = merge_direct([row.direct for row in rows])
    if direct is not None:
        properties.append(("chainatlas:direct", "true" if direct else "false"))
    properties += [("chainatlas:hash", text) for text in foreign_hashes]
    properties += [("chainatlas:source_url", text) for text in foreign_sources]
    if properties:
        entry["properties"] = named_properties(properties)
    return entry


def makers_json(supplier: str | None, authors: Iterable[Sequence[str]]) -> dict[str, Any]:
    """`supplier` and `authors` of a component, as far as they are known."""
    entry: dict[str, Any] = {"supplier": {"name": supplier}} if supplier else {}
    if mailboxes := dict.fromkeys(mailbox for listed in authors for mailbox in listed):
        entry["authors"] = [contact_json(mailbox) for mailbox in mailboxes]
    return entry


def contact_json(mailbox: str) -> dict[str, str]:
    """An author as CycloneDX `organizationalContact`."""
    name, address = split_author(mailbox)
    return ({"name": name} if name else {}) | ({"email": address} if address else {})


def named_properties(properties: Iterable[tuple[str, str]]) -> list[dict[str, str]]:
    """CycloneDX properties without repetitions, sorted by name and value."""
    return [{"name": name, "value": value} for name, value in sorted(set(properties))]


def merge_direct(claims: Sequence[bool | None]) -> bool | None:
    """Direct if any file says so, transitive only if every file says so."""
    if True in claims:
        return True
    return None if None in claims else False


def _hashes(rows: Sequence[Component]) -> tuple[list[dict[str, str]], list[str]]:
    """CycloneDX hashes, and the texts that are none (an algorithm of the package manager's own)."""
    legal, foreign = set(), []
    for row in rows:
        for text in row.hashes:
            algorithm, _, digest = text.partition(":")
            value = digest.lower()
            if len(value) == HASH_DIGITS.get(algorithm) and _HEX.fullmatch(value):
                legal.add((algorithm, value))
            else:
                foreign.append(text)
    return [{"alg": algorithm, "content": value} for algorithm, value in sorted(legal)], foreign


def _external_references(rows: Sequence[Component]) -> tuple[list[dict[str, str]], list[str]]:
    """References to the archive or repository, and the texts that are no URL."""
    legal, foreign = set(), []
    for text in {row.source_url for row in rows if row.source_url}:
        url = legal_url(text)
        if url is None:
            foreign.append(text)
        else:
            legal.add(("vcs" if _VCS.match(url) else "distribution", url))
    return [{"type": kind, "url": url} for kind, url in sorted(legal)], foreign


def legal_url(text: str) -> str | None:
    """The text as an RFC 3986 URI, other characters percent-encoded; null if it has no scheme or is none."""
    url = quote(_STRAY_PERCENT.sub("%25", text), safe="%:/?#@!$&()*+,;=~", errors="backslashreplace")
    return url if _URL.fullmatch(url) else None


def _occurrences(rows: Sequence[Component]) -> list[dict[str, Any]]:
    places = sorted({(row.path, row.line or 0) for row in rows})
    return [{"line": line, "location": path} if line else {"location": path} for path, line in places]
