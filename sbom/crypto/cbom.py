"""Cryptography as a part of a CycloneDX BOM (CBOM): algorithms, certificates, keys and protocols.

The entries have the shape of CycloneDX JSON. cyclonedx-python-lib 11 drops `algorithmFamily`,
`ellipticCurve`, `provides` and `relatedCryptographicAssets` on a round trip, so they are written as they
stand in the schema of 1.7, against which the document is validated; 1.6 has their predecessors. Values
outside an enumeration of the standard are `other`; what is not known is left out.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from functools import partial
from typing import Any

from sbom.bom import PARTS, build_document, seal_document, write_document
from sbom.bom_draft import DraftGraph, Part
from sbom.crypto import cbom_facts as facts
from sbom.crypto.catalogue import full_name, resolve_algorithm
from sbom.crypto.cbom_facts import AlgorithmKey, key_of
from sbom.crypto.cbom_libraries import add_libraries, protocol_ref
from sbom.crypto.model import AssetType, Certificate, CryptoOccurrence, CryptoResult, KeyMaterial
from sbom.crypto.tls_suites import Suite, find_suite
from sbom.model import ScanResult

_PROTOCOLS = {"TLS": "tls", "SSL": "tls", "SSH": "ssh", "DTLS": "dtls", "IPsec": "ipsec"}
_MOST_OCCURRENCES = 5000
_SEAL = frozenset({"$schema", "bomFormat", "specVersion", "serialNumber"})
"""What a document has around its body."""


def build_cbom(
    crypto: CryptoResult,
    scan: ScanResult,
    tool_version: str,
    *,
    supplier: str | None = None,
    author: str | None = None,
    spec_version: str = "1.7",
) -> bytes:
    """The CycloneDX document of one commit: its packages and its cryptography, the same bytes every time."""
    parts: tuple[Part, ...] = (*PARTS, partial(add_cryptography, crypto=crypto))
    document = build_document(scan, tool_version, None, supplier, spec_version, author=author, parts=parts)
    return write_document(document, "json")


def join_cryptography(document: dict[str, Any], crypto: CryptoResult) -> dict[str, Any]:
    """A document of packages with the cryptography of the same commit, as `build_cbom` gives it."""
    body = {name: value for name, value in document.items() if name not in _SEAL}
    draft = DraftGraph(
        document["specVersion"],
        document["metadata"]["component"]["bom-ref"],
        {entry["bom-ref"]: entry for entry in document["components"]},
        {entry["ref"]: entry for entry in document["dependencies"]},
    )
    add_cryptography(draft, crypto)
    body["components"] = [draft.components[ref] for ref in sorted(draft.components)]
    body["dependencies"] = draft.dependencies_json()
    return seal_document(body, document["specVersion"])


def add_cryptography(draft: DraftGraph, crypto: CryptoResult) -> None:
    """Add the cryptographic assets, who provides them and that the repository depends on them."""
    algorithms = _algorithms(crypto.occurrences)
    entries = {key.ref: _algorithm(key, rows, draft.spec_version) for key, rows in algorithms.items()}
    entries |= _protocols(crypto.occurrences, entries.keys(), draft.spec_version)
    entries |= _keys(crypto, entries.keys(), draft.spec_version)
    entries |= _certificates(crypto.certificates, entries.keys(), draft.spec_version)
    libraries = add_libraries(draft, crypto.occurrences)
    draft.add_components(dict(sorted(entries.items())))
    draft.depend(draft.root, [*entries, *libraries])
    for ref, refs in libraries.items():
        draft.depend(ref, sorted(refs & entries.keys()), "provides")


def _algorithms(rows: Iterable[CryptoOccurrence]) -> dict[AlgorithmKey, list[CryptoOccurrence]]:
    """Occurrences by algorithm; those of protocols are told by their protocol."""
    found: dict[AlgorithmKey, list[CryptoOccurrence]] = defaultdict(list)
    for row in rows:
        if row.asset_type is not AssetType.PROTOCOL:
            found[key_of(row)].append(row)
    return found


def _algorithm(key: AlgorithmKey, rows: Sequence[CryptoOccurrence], spec_version: str) -> dict[str, Any]:
    known = facts.facts_of(key)
    wraps = key.primitive == "key-wrap" and spec_version != "1.6"
    primitive = key.primitive if key.primitive in facts.PRIMITIVES or wraps else None
    properties: dict[str, Any] = {"primitive": primitive or ("other" if key.primitive else "unknown")}
    if spec_version != "1.6" and (family := facts.registered_family(key.family)):
        properties["algorithmFamily"] = family
    if known.parameter_set:
        properties["parameterSetIdentifier"] = known.parameter_set
    if key.curve and spec_version == "1.6":
        properties["curve"] = key.curve.rpartition("/")[2]
    elif curve := facts.registered_curve(key.curve):
        properties["ellipticCurve"] = curve
    if key.mode:
        properties["mode"] = key.mode if key.mode in facts.MODES else "other"
    if key.padding:
        properties["padding"] = key.padding if key.padding in facts.PADDINGS else "other"
    functions = sorted({row.function for row in rows if row.function in facts.FUNCTIONS})
    if functions:
        properties["cryptoFunctions"] = functions
    if known.classical_bits is not None:
        properties["classicalSecurityLevel"] = known.classical_bits
    if known.nist_level is not None:
        properties["nistQuantumSecurityLevel"] = known.nist_level
    crypto: dict[str, Any] = {"assetType": "algorithm", "algorithmProperties": properties}
    if known.oid:
        crypto["oid"] = known.oid
    return _component(key.ref, key.algorithm or "unknown", crypto, rows)


def _component(
    ref: str, name: str, crypto: dict[str, Any], rows: Iterable[CryptoOccurrence]
) -> dict[str, Any]:
    entry: dict[str, Any] = {
        "type": "cryptographic-asset",
        "bom-ref": ref,
        "name": name,
        "cryptoProperties": crypto,
    }
    places = sorted({(row.path, row.line, row.offset, row.api, row.context.value) for row in rows})
    if places:
        entry["evidence"] = {
            "occurrences": [
                {
                    "location": path,
                    "line": line,
                    "offset": offset,
                    "symbol": symbol,
                    "additionalContext": context,
                }
                for path, line, offset, symbol, context in places[:_MOST_OCCURRENCES]
            ]
        }
    findings = sorted({code for row in rows for code in row.findings})
    if findings:
        entry["properties"] = [{"name": "chainatlas:finding", "value": code} for code in findings]
    return entry


def _protocols(
    rows: Iterable[CryptoOccurrence], refs: Iterable[str], spec_version: str
) -> dict[str, dict[str, Any]]:
    groups: dict[tuple[str, str], list[CryptoOccurrence]] = defaultdict(list)
    for row in rows:
        if row.asset_type is AssetType.PROTOCOL and row.protocol:
            groups[row.protocol, row.protocol_version or ""].append(row)
    known = frozenset(refs)
    entries = {}
    for (protocol, version), members in groups.items():
        kind = _PROTOCOLS.get(protocol, "other")
        if kind == "dtls" and spec_version == "1.6":
            kind = "other"
        properties: dict[str, Any] = {"type": kind}
        if version:
            properties["version"] = version
        names = sorted({row.algorithm for row in members if row.algorithm})
        suites = [suite for name in names if (suite := find_suite(name)) is not None]
        if suites:
            properties["cipherSuites"] = [_suite(suite, known) for suite in suites]
        ref = protocol_ref(members[0])
        crypto = {"assetType": "protocol", "protocolProperties": properties}
        entries[ref] = _component(ref, f"{protocol} {version}".strip(), crypto, members)
    return entries


def _suite(suite: Suite, refs: frozenset[str]) -> dict[str, Any]:
    parts = [
        AlgorithmKey(
            part.algorithm,
            part.family,
            part.mode,
            None,
            part.key_size,
            part.curve,
            part.digest,
            part.primitive,
        ).ref
        for part in suite.algorithms
    ]
    entry: dict[str, Any] = {"name": suite.name}
    algorithms = sorted(set(parts) & refs)
    if algorithms:
        entry["algorithms"] = algorithms
    entry["identifiers"] = [f"0x{suite.code[2:4]}", f"0x{suite.code[4:6]}"]
    return entry


def _certificates(
    rows: Iterable[Certificate], refs: Iterable[str], spec_version: str
) -> dict[str, dict[str, Any]]:
    by_print: dict[str, list[Certificate]] = defaultdict(list)
    for row in rows:
        by_print[row.sha256].append(row)
    known = frozenset(refs)
    return {
        f"crypto/certificate/{digest}": _certificate(members, known, spec_version)
        for digest, members in by_print.items()
    }


def _certificate(rows: Sequence[Certificate], refs: frozenset[str], spec_version: str) -> dict[str, Any]:
    first = rows[0]
    properties: dict[str, Any] = {"subjectName": first.subject, "issuerName": first.issuer}
    for name, seconds in (("notValidBefore", first.not_before), ("notValidAfter", first.not_after)):
        if (text := _iso(seconds)) is not None:
            properties[name] = text
    properties["certificateFormat"] = "X.509"
    related = []
    signature = _signature_ref(first)
    if signature in refs:
        related.append(("algorithm", signature))
    public = f"crypto/key/public-key/{first.key_fingerprint}"
    if public in refs:
        related.append(("publicKey", public))
    if spec_version == "1.6":
        names = {"algorithm": "signatureAlgorithmRef", "publicKey": "subjectPublicKeyRef"}
        properties |= {names[kind]: ref for kind, ref in related}
    else:
        properties["serialNumber"] = first.serial
        properties["fingerprint"] = {"alg": "SHA-256", "content": first.sha256}
        properties["relatedCryptographicAssets"] = [{"type": kind, "ref": ref} for kind, ref in related]
    name = first.subject or first.sha256
    entry = _component(
        f"crypto/certificate/{first.sha256}",
        name,
        {"assetType": "certificate", "certificateProperties": properties, "oid": first.signature_oid},
        (),
    )
    entry["evidence"] = {"occurrences": _places(rows)}
    return entry


def _signature_ref(row: Certificate) -> str | None:
    found = resolve_algorithm(row.signature_algorithm) if row.signature_algorithm else None
    if found is None:
        return None
    return AlgorithmKey(
        full_name(found), found.family, None, found.padding, None, found.curve, found.digest, "signature"
    ).ref


def _iso(seconds: int | None) -> str | None:
    if seconds is None:
        return None
    try:
        return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    except (OverflowError, ValueError, OSError):
        return None


def _places(rows: Iterable[Certificate | KeyMaterial]) -> list[dict[str, Any]]:
    places = sorted({(row.path, row.line or 0, row.context.value) for row in rows})
    return [
        {"location": path, **({"line": line} if line else {}), "additionalContext": context}
        for path, line, context in places
    ]


def _keys(crypto: CryptoResult, refs: Iterable[str], spec_version: str) -> dict[str, dict[str, Any]]:
    groups: dict[str, list[KeyMaterial]] = defaultdict(list)
    for row in crypto.keys:
        name = row.fingerprint or f"{row.path}:{row.line or 0}:{row.format}"
        groups[f"crypto/key/{row.kind}/{name}"].append(row)
    known = frozenset(refs)
    entries = {ref: _key(ref, rows, known, spec_version) for ref, rows in groups.items()}
    for certificate in crypto.certificates:
        ref = f"crypto/key/public-key/{certificate.key_fingerprint}"
        if certificate.key_fingerprint and ref not in entries:
            entries[ref] = _public_key(ref, certificate, known, spec_version)
    return entries


def _key(ref: str, rows: Sequence[KeyMaterial], refs: frozenset[str], spec_version: str) -> dict[str, Any]:
    first = rows[0]
    properties: dict[str, Any] = {"type": first.kind}
    if first.key_size is not None:
        properties["size"] = first.key_size
    properties["format"] = first.format
    if first.encrypted:
        properties["securedBy"] = {"mechanism": "passphrase"}
    _relate(properties, first.algorithm, first, refs, spec_version)
    if first.fingerprint and spec_version != "1.6":
        properties["fingerprint"] = {"alg": "SHA-256", "content": first.fingerprint}
    name = f"{first.algorithm or 'unknown'} {first.kind}"
    crypto = {"assetType": "related-crypto-material", "relatedCryptoMaterialProperties": properties}
    entry = _component(ref, name, crypto, ())
    entry["evidence"] = {"occurrences": _places(rows)}
    return entry


def _public_key(ref: str, row: Certificate, refs: frozenset[str], spec_version: str) -> dict[str, Any]:
    properties: dict[str, Any] = {"type": "public-key"}
    if row.key_size is not None:
        properties["size"] = row.key_size
    properties["format"] = "X.509"
    _relate(properties, row.key_algorithm, row, refs, spec_version)
    if row.key_fingerprint and spec_version != "1.6":
        properties["fingerprint"] = {"alg": "SHA-256", "content": row.key_fingerprint}
    crypto = {"assetType": "related-crypto-material", "relatedCryptoMaterialProperties": properties}
    return _component(ref, f"{row.key_algorithm} public-key", crypto, ())


def _relate(
    properties: dict[str, Any],
    algorithm: str | None,
    row: Certificate | KeyMaterial,
    refs: frozenset[str],
    spec_version: str,
) -> None:
    """The algorithm of a key, as either version of the standard says it."""
    found = resolve_algorithm(algorithm) if algorithm else None
    if found is None:
        return
    size, curve = row.key_size or found.size, row.curve or found.curve
    ref = AlgorithmKey(found.name, found.family, None, None, size, curve, None, found.primitive).ref
    if ref not in refs:
        return
    if spec_version == "1.6":
        properties["algorithmRef"] = ref
    else:
        properties["relatedCryptographicAssets"] = [{"type": "algorithm", "ref": ref}]
