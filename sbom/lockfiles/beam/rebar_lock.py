"""Erlang's rebar.lock: locked Hex packages and repositories, each with its depth below the project.

Depth 0 is what the project asks for. `pkg_hash_ext` holds the SHA-256 of the archives; `pkg_hash` is of
something else and is left out. There are no edges between packages, and no scopes.
(https://rebar3.org/docs/configuration/dependencies)
"""

from typing import Any

from sbom.lockfiles import Findings, Format, Knows, SourceFile
from sbom.lockfiles.beam.beam_terms import Term, read_terms, text_at
from sbom.lockfiles.digests import digests
from sbom.lockfiles.origins import origin_url
from sbom.lockfiles.reading import Malformed, decode_text
from sbom.model import UnknownKind

PURL_TYPE = "hex"
_HASHES = "pkg_hash_ext"


def parse(file: SourceFile, findings: Findings) -> None:
    """Write the locked packages, and an edge from the project for each of depth 0."""
    terms, error = read_terms(decode_text(file.content), findings.limits)
    if error is not None:
        findings.unknown(UnknownKind.BROKEN, str(error), error.line)
    elif not terms or not isinstance(terms[0], Term):
        raise Malformed("not a rebar.lock: no list of packages", 1)
    hashes = _hashes(terms[1:])
    seen: set[tuple[str, str | None]] = set()
    for entry in _entries(terms):
        name = text_at(entry.items, 0)
        if name is None or len(entry.items) < 3 or not isinstance(entry.items[1], Term):
            findings.unknown(UnknownKind.BROKEN, "a package is locked in an unknown form", entry.line)
        else:
            _record(findings, name, entry, hashes.get(name), seen)


def _entries(terms: list[Any]) -> list[Term]:
    """`{"1.2.0", [packages]}`, or only the list as before rebar 3.0."""
    first = terms[0] if terms else None
    if isinstance(first, Term) and first.kind == "{" and len(first.items) > 1:
        first = first.items[1]
    items = first.items if isinstance(first, Term) and first.kind == "[" else []
    return [item for item in items if isinstance(item, Term)]


def _hashes(terms: list[Any]) -> dict[str, str]:
    found = {}
    for section in (item for term in terms if isinstance(term, Term) for item in term.items):
        is_section = isinstance(section, Term) and text_at(section.items, 0) == _HASHES
        listed = section.items[1] if is_section and len(section.items) > 1 else None
        for pair in listed.items if isinstance(listed, Term) else ():
            name, value = (
                (text_at(pair.items, 0), text_at(pair.items, 1)) if isinstance(pair, Term) else (None, None)
            )
            if name is not None and value is not None:
                found[name] = value
    return found


def _record(
    findings: Findings, name: str, entry: Term, checksum: str | None, seen: set[tuple[str, str | None]]
) -> None:
    source = entry.items[1].items
    kind = text_at(source, 0)
    version = origin = None
    if kind == "pkg":
        name, version = text_at(source, 1) or name, text_at(source, 2)
    elif kind is not None and kind.startswith("git"):
        reference = source[2].items if len(source) > 2 and isinstance(source[2], Term) else []
        version = text_at(reference, 1)
        origin = origin_url(f"git+{text_at(source, 1)}#{version or ''}") if text_at(source, 1) else None
    if (name, version) in seen:
        return
    seen.add((name, version))
    if version is None:
        findings.unknown(UnknownKind.UNRESOLVED, f"no version is locked for {name}", entry.line)
    depth = entry.items[2]
    is_direct = depth == 0 if isinstance(depth, int) else None
    purl = findings.component(
        PURL_TYPE,
        None,
        name,
        version,
        direct=is_direct,
        hashes=digests([f"sha256:{checksum or ''}"]) if kind == "pkg" else (),
        source_url=origin,
        line=entry.line,
    )
    if is_direct:
        findings.edge(None, purl, line=entry.line)


FORMAT = Format(
    name="rebar-lock",
    version="2",
    globs=("rebar.lock",),
    purl_type=PURL_TYPE,
    parse=parse,
    knows=frozenset({Knows.VERSION, Knows.DIRECT, Knows.HASH, Knows.LINE, Knows.SOURCE_URL}),
    title="Erlang rebar.lock",
)
