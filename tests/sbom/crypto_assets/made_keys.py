"""Certificates, keys and stores that the tests make, with a canary that no row may hold."""

from datetime import UTC, datetime, timedelta
from functools import cache

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import dsa, ec, ed25519, rsa
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    pkcs12,
)
from cryptography.x509.oid import NameOID

START = datetime(2020, 1, 1, tzinfo=UTC)


@cache
def key_of(kind):
    made = {
        "rsa1024": lambda: rsa.generate_private_key(65537, 1024),
        "rsa2048": lambda: rsa.generate_private_key(65537, 2048),
        "p256": lambda: ec.generate_private_key(ec.SECP256R1()),
        "p384": lambda: ec.generate_private_key(ec.SECP384R1()),
        "ed25519": ed25519.Ed25519PrivateKey.generate,
        "dsa2048": lambda: dsa.generate_private_key(2048),
    }
    return made[kind]()


@cache
def certificate_of(kind, *, days=365, ca=False, issuer=None, more=()):
    """A certificate for the key of a kind, signed by itself or by the key of another kind.

    `more` are attributes of the subject besides its common name.
    """
    key = key_of(kind)
    named = ((NameOID.COMMON_NAME, f"{kind}.example"), *more)
    subject = x509.Name([x509.NameAttribute(attribute, value) for attribute, value in named])
    signer = key_of(issuer) if issuer else key
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, f"{issuer}.example")]) if issuer else subject
    builder = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(0xBEEF)
        .not_valid_before(START)
        .not_valid_after(START + timedelta(days=days))
        .add_extension(x509.BasicConstraints(ca=ca, path_length=None), critical=True)
    )
    return builder.sign(signer, None if kind == "ed25519" else hashes.SHA256())


def pem(kind, **facts):
    return certificate_of(kind, **facts).public_bytes(Encoding.PEM)


def der(kind, **facts):
    return certificate_of(kind, **facts).public_bytes(Encoding.DER)


def private_pem(kind, form=PrivateFormat.PKCS8, password=None):
    encryption = BestAvailableEncryption(password) if password else NoEncryption()
    return key_of(kind).private_bytes(Encoding.PEM, form, encryption)


def private_der(kind):
    return key_of(kind).private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())


def public_pem(kind):
    return key_of(kind).public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)


def store(kind, password=None):
    encryption = BestAvailableEncryption(password) if password else NoEncryption()
    return pkcs12.serialize_key_and_certificates(b"n", key_of(kind), certificate_of(kind), None, encryption)
