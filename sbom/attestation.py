"""Signed attestations: an in-toto Statement about a bill of materials, in a DSSE envelope, with a local key.

Formats: DSSE 1.0 (secure-systems-lab/dsse, protocol.md), in-toto Statement v1 (in-toto/attestation), and the
predicate types of CycloneDX and SPDX. Keys as PEM: Ed25519, ECDSA on P-256 (SHA-256) and P-384 (SHA-384), RSA
of 2048 bits or more (PKCS#1 v1.5, SHA-256).
"""

import base64
import binascii
import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import orjson
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding, rsa
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    PublicFormat,
    load_pem_private_key,
    load_pem_public_key,
)

from sbom.errors import ScanError
from sbom.imports import decode_bom
from sbom.limits import DEFAULT_LIMITS
from sbom.lockfiles.reading import load_json

PAYLOAD_TYPE = "application/vnd.in-toto+json"
_STATEMENT = "https://in-toto.io/Statement/v1"
_PREDICATES = {"CycloneDX": "https://cyclonedx.org/bom", "SPDX": "https://spdx.dev/Document"}
_COMMIT = re.compile(r"[0-9a-f]{40}(?:[0-9a-f]{24})?")
_SMALLEST_RSA = 2048
_CURVES: Mapping[str, hashes.HashAlgorithm] = {"secp256r1": hashes.SHA256(), "secp384r1": hashes.SHA384()}

PrivateKey = ed25519.Ed25519PrivateKey | ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey
PublicKey = ed25519.Ed25519PublicKey | ec.EllipticCurvePublicKey | rsa.RSAPublicKey


class AttestationError(ScanError):
    """A key cannot be used, or an envelope is none."""


@dataclass(frozen=True, slots=True)
class Verified:
    """What a valid signature vouches for: subjects as name and digest by algorithm, and the BOM."""

    subjects: tuple[tuple[str, Mapping[str, str]], ...]
    predicate_type: str
    predicate: Any


def load_private_key(pem: bytes, password: bytes | None = None) -> PrivateKey:
    """A signing key.

    Raises:
        AttestationError: it is no PEM key of a kind that we sign with, or the password is wrong.
    """
    try:
        key = load_pem_private_key(pem, password)
    except (ValueError, TypeError, UnsupportedAlgorithm) as error:
        raise AttestationError(f"not a private key in PEM that can be opened: {error}") from None
    if not isinstance(key, PrivateKey):
        raise AttestationError("not an Ed25519, ECDSA or RSA key")
    _check(key.public_key())
    return key


def load_public_key(pem: bytes) -> PublicKey:
    """A key to verify with; raises as `load_private_key` does."""
    try:
        key = load_pem_public_key(pem)
    except (ValueError, UnsupportedAlgorithm) as error:
        raise AttestationError(f"not a public key in PEM: {error}") from None
    if not isinstance(key, PublicKey):
        raise AttestationError("not an Ed25519, ECDSA or RSA key")
    _check(key)
    return key


def _check(key: PublicKey) -> None:
    if isinstance(key, rsa.RSAPublicKey) and key.key_size < _SMALLEST_RSA:
        raise AttestationError(f"an RSA key of {key.key_size} bits; take one of {_SMALLEST_RSA} or more")
    if isinstance(key, ec.EllipticCurvePublicKey) and key.curve.name not in _CURVES:
        raise AttestationError(f"a key on {key.curve.name}; take one on P-256 or P-384, or an Ed25519 key")


def sign_bom(content: bytes, name: str, key: PrivateKey) -> bytes:
    """The envelope around a statement about a BOM, in JSON.

    The subject is the commit that the BOM is about, if it names one, and the BOM file itself.

    Raises:
        ScanError: the content is no CycloneDX or SPDX document.
    """
    payload = orjson.dumps(_statement(content, name))
    signature = _sign(key, pre_authentication_encoding(PAYLOAD_TYPE, payload))
    envelope = {
        "payloadType": PAYLOAD_TYPE,
        "payload": base64.b64encode(payload).decode("ascii"),
        "signatures": [
            {"keyid": key_id(key.public_key()), "sig": base64.b64encode(signature).decode("ascii")}
        ],
    }
    return orjson.dumps(envelope, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE)


def _statement(content: bytes, name: str) -> dict[str, Any]:
    document = decode_bom(content)
    subjects: list[dict[str, Any]] = [
        {"name": name, "digest": {"sha256": hashlib.sha256(content).hexdigest()}}
    ]
    standard = "CycloneDX" if document.get("bomFormat") == "CycloneDX" else "SPDX"
    root = document.get("metadata", {}).get("component", {}) if standard == "CycloneDX" else {}
    if _COMMIT.fullmatch(str(root.get("version"))):
        subjects.insert(0, {"name": root.get("name", name), "digest": {"gitCommit": root["version"]}})
    return {
        "_type": _STATEMENT,
        "subject": subjects,
        "predicateType": _PREDICATES[standard],
        "predicate": document,
    }


def verify_envelope(content: bytes, key: PublicKey) -> Verified | None:
    """What the envelope says, if the key signed it; null if no signature is the key's.

    Raises:
        ScanError: it is no DSSE envelope around an in-toto statement, or over a limit.
    """
    envelope = load_json(content, DEFAULT_LIMITS)
    try:
        payload_type = envelope["payloadType"]
        payload = base64.b64decode(envelope["payload"], validate=True)
        signatures = [base64.b64decode(row["sig"], validate=True) for row in envelope["signatures"]]
    except (KeyError, TypeError, binascii.Error, ValueError):
        raise AttestationError("not a DSSE envelope: needs payloadType, payload and signatures") from None
    if payload_type != PAYLOAD_TYPE:
        raise AttestationError(f"the payload is {payload_type!r}, not {PAYLOAD_TYPE}")
    message = pre_authentication_encoding(PAYLOAD_TYPE, payload)
    if not any(_is_signed(key, signature, message) for signature in signatures):
        return None
    statement = load_json(payload, DEFAULT_LIMITS)
    try:
        subjects = tuple((str(row["name"]), dict(row["digest"])) for row in statement["subject"])
        return Verified(subjects, str(statement["predicateType"]), statement["predicate"])
    except (KeyError, TypeError, ValueError):
        raise AttestationError("signed, but not an in-toto statement") from None


def pre_authentication_encoding(payload_type: str, payload: bytes) -> bytes:
    """What DSSE signs: type and payload, each after its length in bytes."""
    kind = payload_type.encode("utf-8")
    return b"DSSEv1 %d %b %d %b" % (len(kind), kind, len(payload), payload)


def key_id(key: PublicKey) -> str:
    """SHA-256 of the key's SubjectPublicKeyInfo; a hint only, never trusted."""
    return hashlib.sha256(key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)).hexdigest()


def _sign(key: PrivateKey, message: bytes) -> bytes:
    if isinstance(key, ed25519.Ed25519PrivateKey):
        return key.sign(message)
    if isinstance(key, ec.EllipticCurvePrivateKey):
        return key.sign(message, ec.ECDSA(_CURVES[key.curve.name]))
    return key.sign(message, padding.PKCS1v15(), hashes.SHA256())


def _is_signed(key: PublicKey, signature: bytes, message: bytes) -> bool:
    try:
        if isinstance(key, ed25519.Ed25519PublicKey):
            key.verify(signature, message)
        elif isinstance(key, ec.EllipticCurvePublicKey):
            key.verify(signature, message, ec.ECDSA(_CURVES[key.curve.name]))
        else:
            key.verify(signature, message, padding.PKCS1v15(), hashes.SHA256())
    except InvalidSignature:
        return False
    return True
