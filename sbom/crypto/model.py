"""What a scan for cryptography finds: occurrences in source and configuration, certificates, key material.

As everywhere in `sbom`, a row never guesses: what a site does not tell is null. Names of families and curves
are those of the CycloneDX cryptography registry, of primitives and functions those of CycloneDX 1.7.
"""

from dataclasses import dataclass
from enum import StrEnum

from sbom.model import Unknown


class AssetType(StrEnum):
    """CycloneDX `cryptoProperties.assetType`."""

    ALGORITHM = "algorithm"
    CERTIFICATE = "certificate"
    PROTOCOL = "protocol"
    KEY_MATERIAL = "related-crypto-material"


class Confidence(StrEnum):
    """How the stated values were come by."""

    HIGH = "high"
    """Written at the site, or a constant of the same file."""
    MEDIUM = "medium"
    """Followed through a call, another file or a configuration key; or one of several possible values."""
    LOW = "low"
    """The API is certain, its algorithm is not known."""


class Context(StrEnum):
    """What kind of file an occurrence stands in, by `contexts.yaml`."""

    MAIN = "main"
    TEST = "test"
    EXAMPLE = "example"
    VENDORED = "vendored"


@dataclass(frozen=True, slots=True)
class CryptoOccurrence:
    """One site that uses cryptography: a call, a reference to a named algorithm, or a setting."""

    path: str
    line: int
    """From 1."""
    column: int
    """In characters, from 1."""
    offset: int
    """In characters of the decoded file, from 0."""
    language: str
    """Language of the file as the rules name it: java, python, …; `config` for configuration files."""
    rule: str
    library: str
    api: str
    """The API symbol with its full name: `javax.crypto.Cipher.getInstance`."""
    asset_type: AssetType
    algorithm: str | None
    """Name in the catalogue where it is there, else as composed from the site; null where not resolved."""
    family: str | None
    mode: str | None
    """Lower-case: cbc, gcm, ecb, … as in CycloneDX."""
    padding: str | None
    """As in CycloneDX: pkcs5, pkcs7, pkcs1v15, oaep, raw; null where none is stated."""
    key_size: int | None
    """Bits."""
    curve: str | None
    """Name in the CycloneDX registry: `nist/P-256`, `oscaa/SM2`."""
    digest: str | None
    """The hash inside a signature, MAC or KDF, as the catalogue names it."""
    iterations: int | None
    protocol: str | None
    """`TLS`, `SSH`, … for asset type protocol."""
    protocol_version: str | None
    primitive: str | None
    function: str | None
    """CycloneDX `cryptoFunctions` value that the site performs: encrypt, decrypt, digest, sign, keygen, …"""
    confidence: Confidence
    context: Context
    findings: tuple[str, ...]
    """Codes of `findings.yaml`: what is wrong at this site, sorted."""
    parser: str
    parser_version: str


@dataclass(frozen=True, slots=True)
class Certificate:
    """One X.509 certificate: a file of its own, one of a store, or embedded in a text."""

    path: str
    line: int | None
    format: str
    """pem, der, pkcs12, jks, pkcs7."""
    subject: str
    issuer: str
    serial: str
    """Hexadecimal, lower-case."""
    sha256: str
    """Fingerprint of the DER form, hexadecimal."""
    not_before: int | None
    """Epoch seconds; null where it is no date."""
    not_after: int | None
    signature_algorithm: str | None
    signature_oid: str
    key_algorithm: str | None
    """Family of the public key."""
    key_size: int | None
    curve: str | None
    is_ca: bool | None
    self_signed: bool
    key_fingerprint: str | None
    """SHA-256 over the SubjectPublicKeyInfo, hexadecimal, as in `KeyMaterial.fingerprint`."""
    key_in_repository: bool
    """The private key to it lies in the same repository."""
    context: Context
    parser: str
    parser_version: str


@dataclass(frozen=True, slots=True)
class KeyMaterial:
    """A key, parameter set, store or secret that lies in the repository. Its secret part is never kept."""

    path: str
    line: int | None
    format: str
    """pem, der, pkcs8, pkcs12, jks, openssh, jwk, literal …"""
    kind: str
    """CycloneDX related-crypto-material type: private-key, public-key, secret-key, password, keystore …"""
    algorithm: str | None
    key_size: int | None
    curve: str | None
    encrypted: bool | None
    """Protected by a passphrase; null where the form does not tell."""
    fingerprint: str | None
    """SHA-256 over the public key's SubjectPublicKeyInfo, hexadecimal; null for symmetric secrets."""
    context: Context
    parser: str
    parser_version: str


@dataclass(frozen=True, slots=True)
class CryptoResult:
    """All cryptography that one commit or folder shows, each list in a stable order."""

    name: str
    commit: str | None
    committed_at: int | None
    occurrences: tuple[CryptoOccurrence, ...]
    certificates: tuple[Certificate, ...]
    keys: tuple[KeyMaterial, ...]
    unknowns: tuple[Unknown, ...]
    files_listed: int
    """Source files that a language's name pattern matches."""
    files_parsed: int
    """Those of them that the prefilter let through."""
