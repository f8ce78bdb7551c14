import base64
import hashlib
import json

import pytest
from bom_rows import COMMIT, component, scan
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
)

from sbom.attestation import (
    AttestationError,
    load_private_key,
    load_public_key,
    pre_authentication_encoding,
    sign_bom,
    verify_envelope,
)
from sbom.bom import build_bom
from sbom.errors import ScanError

BOM = build_bom(scan(component("a")), "1")
KEYS = {
    "ed25519": ed25519.Ed25519PrivateKey.generate(),
    "p-256": ec.generate_private_key(ec.SECP256R1()),
    "p-384": ec.generate_private_key(ec.SECP384R1()),
    "rsa": rsa.generate_private_key(65537, 2048),
}


def private_pem(key, password=None):
    encryption = BestAvailableEncryption(password) if password else NoEncryption()
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, encryption)


def public_pem(key):
    return key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)


def test_encoding_when_the_example_of_the_standard_then_as_there():
    encoded = pre_authentication_encoding("http://example.com/HelloWorld", b"hello world")
    assert encoded == b"DSSEv1 29 http://example.com/HelloWorld 11 hello world"


@pytest.mark.parametrize("kind", KEYS)
def test_bom_when_signed_then_verified_by_its_key_and_by_no_other(kind):
    envelope = sign_bom(BOM, "shop.cdx.json", load_private_key(private_pem(KEYS[kind])))
    verified = verify_envelope(envelope, load_public_key(public_pem(KEYS[kind])))
    assert verified.predicate == json.loads(BOM)
    assert verified.predicate_type == "https://cyclonedx.org/bom"
    assert dict(verified.subjects) == {
        "shop": {"gitCommit": COMMIT},
        "shop.cdx.json": {"sha256": hashlib.sha256(BOM).hexdigest()},
    }
    other = ed25519.Ed25519PrivateKey.generate()
    assert verify_envelope(envelope, load_public_key(public_pem(other))) is None


@pytest.mark.parametrize("kind", KEYS)
def test_envelope_when_its_payload_is_changed_then_not_verified(kind):
    envelope = json.loads(sign_bom(BOM, "shop.cdx.json", KEYS[kind]))
    payload = base64.b64decode(envelope["payload"]).replace(b"pkg:npm/a@1.0.0", b"pkg:npm/a@1.0.1")
    envelope["payload"] = base64.b64encode(payload).decode()
    assert verify_envelope(json.dumps(envelope).encode(), KEYS[kind].public_key()) is None


def test_spdx_when_signed_then_its_own_predicate():
    content = build_bom(scan(component("a")), "1", encoding="spdx")
    key = KEYS["ed25519"]
    verified = verify_envelope(sign_bom(content, "shop.spdx.json", key), key.public_key())
    assert verified.predicate_type == "https://spdx.dev/Document"
    assert [name for name, _ in verified.subjects] == ["shop.spdx.json"]


def test_key_when_encrypted_then_the_password_opens_it():
    pem = private_pem(KEYS["p-256"], b"secret")
    assert load_private_key(pem, b"secret")
    for password in (None, b"wrong"):
        with pytest.raises(AttestationError, match="not a private key in PEM that can be opened"):
            load_private_key(pem, password)


@pytest.mark.parametrize(
    "key", [rsa.generate_private_key(65537, 1024), ec.generate_private_key(ec.SECP224R1())], ids=["rsa", "ec"]
)
def test_key_when_weak_then_refused(key):
    with pytest.raises(AttestationError, match="take one"):
        load_private_key(private_pem(key))
    with pytest.raises(AttestationError, match="take one"):
        load_public_key(public_pem(key))


@pytest.mark.parametrize(
    "content",
    [
        b"{",
        b"[]",
        b"{}",
        b'{"payloadType": "text/plain", "payload": "", "signatures": []}',
        b'{"payloadType": "application/vnd.in-toto+json", "payload": "*", "signatures": []}',
        b'{"payloadType": "application/vnd.in-toto+json", "payload": "", "signatures": [{"sig": 1}]}',
    ],
)
def test_envelope_when_it_is_none_then_refused(content):
    with pytest.raises(ScanError):
        verify_envelope(content, KEYS["ed25519"].public_key())


def test_document_when_it_is_no_bom_then_not_signed():
    with pytest.raises(ScanError, match="neither CycloneDX nor SPDX"):
        sign_bom(b"{}", "x", KEYS["ed25519"])
    with pytest.raises(AttestationError, match="not a public key"):
        load_public_key(b"words")
