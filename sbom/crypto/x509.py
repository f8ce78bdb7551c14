"""Facts of X.509 certificates and of keys in DER, without the key itself.

asn1crypto reads them, because `cryptography` refuses certificates on the SM2 curve and keys of algorithms
that it does not know. Nothing here returns bytes of a private key: what leaves is its algorithm, its size
and the SHA-256 of the public key that belongs to it, by which a certificate finds its key (RFC 5280,
4.1.2.7).
"""

import hashlib
import re
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar, TypeVar

from asn1crypto import algos, core, keys, x509
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_der_private_key

from sbom.crypto.oid_names import SM2_CURVE, name_oid
from sbom.lockfiles.reading import Malformed

MOST_DER_BYTES = 256 * 1024
"""Size of one certificate or key; a certificate takes some 2 KiB, a post-quantum one 20 KiB."""

_MOST_TEXT = 1000
_Facts = TypeVar("_Facts")
_EC = "1.2.840.10045.2.1"
_RSA = frozenset({"1.2.840.113549.1.1.1", "1.2.840.113549.1.1.7", "1.2.840.113549.1.1.10"})
_DSA = "1.2.840.10040.4.1"
_PBES2 = "1.2.840.113549.1.5.13"
_PSS = "1.2.840.113549.1.1.10"


@dataclass(frozen=True, slots=True)
class KeyFacts:
    """What can be told of a key: `algorithm` as RSA, EC, SM2, Ed25519 …, or the dotted identifier."""

    algorithm: str | None
    oid: str | None
    size: int | None
    """Bits of the modulus, of the field of the curve, or of the symmetric key."""
    curve: str | None
    public_key_sha256: str | None
    """Of the SubjectPublicKeyInfo in DER; null where the public key is not to be seen."""


@dataclass(frozen=True, slots=True)
class CertificateFacts:
    """What a certificate says of itself; times are UTC, null where they are not a time."""

    subject: str | None
    issuer: str | None
    serial: str
    """Hexadecimal."""
    not_before: datetime | None
    not_after: datetime | None
    signature_algorithm: str
    signature_oid: str
    signature_hash: str | None
    key: KeyFacts
    self_signed: bool
    """Issuer and subject are the same, and the key identifiers, where both are there, do not contradict."""
    is_ca: bool
    sha256: str


@dataclass(frozen=True, slots=True)
class Protection:
    """How an encrypted key or store is protected: scheme, key derivation and cipher by name."""

    scheme: str
    oid: str
    kdf: str | None = None
    cipher: str | None = None
    iterations: int | None = None


def read_certificate(der: bytes) -> CertificateFacts:
    """Facts of one certificate; raises `Malformed` if it is none."""
    return _guarded(_certificate, der, "a certificate")


def read_public_key(der: bytes) -> KeyFacts:
    """Facts of a SubjectPublicKeyInfo; raises `Malformed` if it is none."""
    return _guarded(_public_key, der, "a public key")


def read_rsa_public_key(der: bytes) -> KeyFacts:
    """Facts of a PKCS#1 RSAPublicKey; raises `Malformed` if it is none."""
    return _guarded(lambda data: _rsa_key(keys.RSAPublicKey.load(data, strict=True)), der, "an RSA key")


def read_private_key(der: bytes, kind: str = "pkcs8") -> KeyFacts:
    """Facts of a private key in `pkcs8`, `rsa` (PKCS#1), `ec` (SEC 1) or `dsa` form; `Malformed` if none."""
    readers = {"pkcs8": _pkcs8_key, "rsa": _pkcs1_key, "ec": _sec1_key, "dsa": _dsa_private_key}
    return _guarded(readers[kind], der, "a private key")


def read_request(der: bytes) -> KeyFacts:
    """Facts of the public key of a PKCS#10 certificate request; raises `Malformed` if it is none."""

    def key(data: bytes) -> KeyFacts:
        request = core.Sequence.load(data, strict=True)
        return _public_key(_Request.load(request[0].dump())["key"].dump())

    return _guarded(key, der, "a certificate request")


def read_protection(der: bytes) -> Protection:
    """How an EncryptedPrivateKeyInfo is protected; raises `Malformed` if it is none."""
    return _guarded(
        lambda data: protection(keys.EncryptedPrivateKeyInfo.load(data, strict=True)["encryption_algorithm"]),
        der,
        "an encrypted private key",
    )


def read_curve(der: bytes) -> KeyFacts:
    """The curve that EC PARAMETERS name; raises `Malformed` if they are none."""

    def facts(data: bytes) -> KeyFacts:
        name, bits = _curve(keys.ECDomainParameters.load(data, strict=True))
        return KeyFacts("SM2" if name == "oscaa/SM2" else "EC", _EC, bits, name, None)

    return _guarded(facts, der, "curve parameters")


def read_dh_parameters(der: bytes) -> KeyFacts:
    """Size of the prime of DH PARAMETERS; raises `Malformed` if they are none."""

    def facts(data: bytes) -> KeyFacts:
        prime = algos.DHParameters.load(data, strict=True)["p"].native
        return KeyFacts("DH", "1.2.840.113549.1.3.1", prime.bit_length(), None, None)

    return _guarded(facts, der, "Diffie-Hellman parameters")


class _Request(core.Sequence):  # type: ignore[misc]  # asn1crypto has no types
    """CertificationRequestInfo, of which only the key matters."""

    _fields: ClassVar[list[Any]] = [
        ("version", core.Any),
        ("subject", core.Any),
        ("key", core.Any),
        ("rest", core.Any),
    ]


class _Algorithm(core.Sequence):  # type: ignore[misc]
    """AlgorithmIdentifier with its parameters unread: asn1crypto's own refuse unknown ones."""

    _fields: ClassVar[list[Any]] = [
        ("algorithm", core.ObjectIdentifier),
        ("parameters", core.Any, {"optional": True}),
    ]


class _PublicKeyInfo(core.Sequence):  # type: ignore[misc]
    """SubjectPublicKeyInfo of whatever algorithm."""

    _fields: ClassVar[list[Any]] = [("algorithm", _Algorithm), ("key", core.BitString)]


class _Pkcs8(core.Sequence):  # type: ignore[misc]
    """PrivateKeyInfo of whatever algorithm."""

    _fields: ClassVar[list[Any]] = [
        ("version", core.Integer),
        ("algorithm", _Algorithm),
        ("key", core.OctetString),
        ("attributes", core.Any, {"optional": True}),
        ("public", core.Any, {"optional": True}),
    ]


def _guarded(read: Callable[[bytes], _Facts], der: bytes, what: str) -> _Facts:
    """asn1crypto raises whatever its Python raises: on hostile input any exception means *not this form*."""
    if len(der) > MOST_DER_BYTES:
        raise Malformed(f"not {what}: {len(der)} bytes, over {MOST_DER_BYTES}")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return read(der)
    except Malformed:
        raise
    except Exception as error:
        # the message may quote the input, which may be a key
        raise Malformed(f"not {what}: {type(error).__name__}") from None


def _certificate(der: bytes) -> CertificateFacts:
    certificate = x509.Certificate.load(der, strict=True)
    body = certificate["tbs_certificate"]
    oid, name, hashed = _signature(certificate["signature_algorithm"])
    subject, issuer = body["subject"], body["issuer"]
    return CertificateFacts(
        subject=_name(subject),
        issuer=_name(issuer),
        serial=f"{body['serial_number'].native:x}",
        not_before=_time(body["validity"]["not_before"]),
        not_after=_time(body["validity"]["not_after"]),
        signature_algorithm=name,
        signature_oid=oid,
        signature_hash=hashed,
        key=_public_key(body["subject_public_key_info"].dump()),
        self_signed=_is_self_signed(certificate, subject, issuer),
        is_ca=_is_ca(certificate),
        sha256=hashlib.sha256(der).hexdigest(),
    )


_SHORT_NAMES = {
    "common_name": "CN",
    "organization_name": "O",
    "organizational_unit_name": "OU",
    "country_name": "C",
    "state_or_province_name": "ST",
    "locality_name": "L",
    "street_address": "STREET",
    "domain_component": "DC",
    "user_id": "UID",
}
_ESCAPED = re.compile(r'[,+"\\<>;=]|^[# ]| $')


def _name(name: Any) -> str | None:
    """A name as RFC 4514 writes it: the last part first."""
    try:
        parts = [
            "+".join(
                f"{_SHORT_NAMES.get(kind.native, kind.dotted)}={_escaped(value.native)}"
                for kind, value in ((pair["type"], pair["value"]) for pair in relative)
            )
            for relative in reversed(list(name.chosen))
        ]
    except Exception:  # a text that is not in its encoding
        return None
    return ",".join(parts)[:_MOST_TEXT] or None


def _escaped(value: object) -> str:
    return _ESCAPED.sub(lambda match: "\\" + match[0], str(value))


def _time(choice: Any) -> datetime | None:
    try:
        moment = choice.native
    except Exception:  # a month 13, a year 0
        return None
    return moment if isinstance(moment, datetime) else None


def _is_self_signed(certificate: Any, subject: Any, issuer: Any) -> bool:
    if subject.dump() != issuer.dump():
        return False
    try:
        own, authority = certificate.key_identifier, certificate.authority_key_identifier
    except Exception:
        return True
    return own is None or authority is None or own == authority


def _is_ca(certificate: Any) -> bool:
    try:
        return bool(certificate.ca)
    except Exception:
        return False


def _signature(algorithm: Any) -> tuple[str, str, str | None]:
    oid = algorithm["algorithm"].dotted
    known = name_oid("signature", oid)
    if known is None:
        return oid, oid, None
    hashed = known.hash
    if oid == _PSS:
        try:
            digest = name_oid("hash", algorithm["parameters"]["hash_algorithm"]["algorithm"].dotted)
            hashed = digest.hash if digest else None
        except Exception:
            hashed = None
    return oid, known.name, hashed


def _public_key(der: bytes) -> KeyFacts:
    info = _PublicKeyInfo.load(der, strict=True)
    oid = info["algorithm"]["algorithm"].dotted
    parameters = info["algorithm"]["parameters"]
    bits = info["key"].contents[1:]  # after the count of unused bits, which is 0
    fingerprint = hashlib.sha256(der).hexdigest()
    if oid in _RSA:
        modulus = keys.RSAPublicKey.load(bits, strict=True)["modulus"].native
        return KeyFacts(_key_name(oid), oid, modulus.bit_length(), None, fingerprint)
    if oid == _EC:
        return _ec_key(keys.ECDomainParameters.load(parameters.dump()), fingerprint)
    if oid == SM2_CURVE:
        return KeyFacts("SM2", oid, 256, "oscaa/SM2", fingerprint)
    if oid == _DSA:
        return KeyFacts("DSA", oid, _dsa_size(parameters), None, fingerprint)
    known = name_oid("key", oid)
    return KeyFacts(_key_name(oid), oid, known.bits if known else None, None, fingerprint)


def _dsa_size(parameters: Any) -> int | None:
    """Bits of the prime; null where the parameters are inherited from the issuer (RFC 3279, 2.3.2)."""
    if not isinstance(parameters, core.Any) or parameters.native is None:
        return None
    return int(keys.DSAParams.load(parameters.dump())["p"].native.bit_length())


def _key_name(oid: str) -> str:
    known = name_oid("key", oid)
    return known.name if known else oid


def _curve(parameters: Any) -> tuple[str | None, int | None]:
    """Name of a curve and bits of its field; the name is null where the curve is written out."""
    if parameters.name == "named":
        oid = parameters.chosen.dotted
        known = name_oid("curve", oid)
        return (known.name, known.bits) if known else (oid, None)
    if parameters.name == "specified":
        field = parameters.chosen["field_id"]["parameters"].native
        return None, field.bit_length() if isinstance(field, int) else None
    return None, None


def _ec_key(parameters: Any, fingerprint: str | None) -> KeyFacts:
    name, bits = _curve(parameters)
    return KeyFacts("SM2" if name == "oscaa/SM2" else "EC", _EC, bits, name, fingerprint)


def _rsa_key(public: Any) -> KeyFacts:
    info = keys.PublicKeyInfo.wrap(public, "rsa")
    size = public["modulus"].native.bit_length()
    return KeyFacts("RSA", "1.2.840.113549.1.1.1", size, None, hashlib.sha256(info.dump()).hexdigest())


def _pkcs1_key(der: bytes) -> KeyFacts:
    private = keys.RSAPrivateKey.load(der, strict=True)
    public = {"modulus": private["modulus"], "public_exponent": private["public_exponent"]}
    return _rsa_key(keys.RSAPublicKey(public))


def _sec1_key(der: bytes, parameters: Any = None) -> KeyFacts:
    private = keys.ECPrivateKey.load(der, strict=True)
    if parameters is None:
        parameters = private["parameters"]
    if not isinstance(parameters, keys.ECDomainParameters):
        return KeyFacts("EC", _EC, None, None, None)
    point = private["public_key"]
    fingerprint = None
    if isinstance(point, keys.ECPointBitString) and point.contents:
        info = keys.PublicKeyInfo(
            {
                "algorithm": {"algorithm": "ec", "parameters": parameters},
                "public_key": keys.ECPointBitString(point.native),
            }
        )
        fingerprint = hashlib.sha256(info.dump()).hexdigest()
    return _ec_key(parameters, fingerprint)


def _dsa_private_key(der: bytes) -> KeyFacts:
    private = keys.DSAPrivateKey.load(der, strict=True)
    return KeyFacts("DSA", _DSA, private["p"].native.bit_length(), None, None)


def _pkcs8_key(der: bytes) -> KeyFacts:
    private = _Pkcs8.load(der, strict=True)
    oid = private["algorithm"]["algorithm"].dotted
    parameters = private["algorithm"]["parameters"]
    content = private["key"].native
    if oid in _RSA:
        return _pkcs1_key(content)
    if oid == _EC:
        return _sec1_key(content, keys.ECDomainParameters.load(parameters.dump()))
    known = name_oid("key", oid)
    size = _dsa_size(parameters) if oid == _DSA else known.bits if known else None
    curve = "oscaa/SM2" if oid == SM2_CURVE else None
    return KeyFacts(_key_name(oid), oid, size, curve, _edwards_fingerprint(oid, der))


def _edwards_fingerprint(oid: str, der: bytes) -> str | None:
    """Of the public key of an Edwards or Montgomery curve, which the private key does not hold."""
    if not oid.startswith("1.3.101."):
        return None
    public = load_der_private_key(der, None).public_key()
    info = public.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    return hashlib.sha256(info).hexdigest()


def protection(algorithm: Any) -> Protection:
    """How an asn1crypto `EncryptionAlgorithm` protects something, by name."""
    oid = algorithm["algorithm"].dotted
    known = name_oid("scheme", oid)
    parameters = algorithm["parameters"]
    if oid == _PBES2:
        kdf_oid = parameters["key_derivation_func"]["algorithm"].dotted
        kdf = name_oid("kdf", kdf_oid)
        cipher_oid = parameters["encryption_scheme"]["algorithm"].dotted
        cipher = name_oid("cipher", cipher_oid)
        derivation = parameters["key_derivation_func"]["parameters"]
        return Protection(
            "PBES2", oid, kdf.name if kdf else kdf_oid, cipher.name if cipher else cipher_oid,
            _iterations(derivation, "iteration_count"),
        )  # fmt: skip
    return Protection(known.name if known else oid, oid, iterations=_iterations(parameters, "iterations"))


def _iterations(parameters: Any, field: str) -> int | None:
    try:
        value = parameters[field].native
    except (KeyError, TypeError, AttributeError, IndexError):
        return None
    return value if isinstance(value, int) else None
