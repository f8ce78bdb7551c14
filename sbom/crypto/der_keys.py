"""Facts of keys in DER, without the key itself: algorithm, size, curve and the hash of the public key.

asn1crypto reads them, because `cryptography` refuses keys of algorithms that it does not know. Nothing here
returns bytes of a private key: what leaves is its algorithm, its size and the SHA-256 of the public key that
belongs to it, by which a certificate finds its key (RFC 5280, 4.1.2.7).
"""

import hashlib
from dataclasses import dataclass
from typing import Any, ClassVar

from asn1crypto import algos, core, keys
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_der_private_key

from sbom.crypto.der_guard import guarded
from sbom.crypto.oid_names import SM2_CURVE, name_oid

_EC = "1.2.840.10045.2.1"
_RSA = frozenset({"1.2.840.113549.1.1.1", "1.2.840.113549.1.1.7", "1.2.840.113549.1.1.10"})
_DSA = "1.2.840.10040.4.1"


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


def read_public_key(der: bytes) -> KeyFacts:
    """Facts of a SubjectPublicKeyInfo; raises `Malformed` if it is none."""
    return guarded(public_key_facts, der, "a public key")


def read_rsa_public_key(der: bytes) -> KeyFacts:
    """Facts of a PKCS#1 RSAPublicKey; raises `Malformed` if it is none."""
    return guarded(lambda data: _rsa_key(keys.RSAPublicKey.load(data, strict=True)), der, "an RSA key")


def read_private_key(der: bytes, kind: str = "pkcs8") -> KeyFacts:
    """Facts of a private key in `pkcs8`, `rsa` (PKCS#1), `ec` (SEC 1) or `dsa` form; `Malformed` if none."""
    readers = {"pkcs8": _pkcs8_key, "rsa": _pkcs1_key, "ec": _sec1_key, "dsa": _dsa_private_key}
    return guarded(readers[kind], der, "a private key")


def read_request(der: bytes) -> KeyFacts:
    """Facts of the public key of a PKCS#10 certificate request; raises `Malformed` if it is none."""

    def key(data: bytes) -> KeyFacts:
        request = core.Sequence.load(data, strict=True)
        return public_key_facts(_Request.load(request[0].dump())["key"].dump())

    return guarded(key, der, "a certificate request")


def read_curve(der: bytes) -> KeyFacts:
    """The curve that EC PARAMETERS name; raises `Malformed` if they are none."""

    def facts(data: bytes) -> KeyFacts:
        name, bits = _curve(keys.ECDomainParameters.load(data, strict=True))
        return KeyFacts("SM2" if name == "oscaa/SM2" else "EC", _EC, bits, name, None)

    return guarded(facts, der, "curve parameters")


def read_dh_parameters(der: bytes) -> KeyFacts:
    """Size of the prime of DH PARAMETERS; raises `Malformed` if they are none."""

    def facts(data: bytes) -> KeyFacts:
        prime = algos.DHParameters.load(data, strict=True)["p"].native
        return KeyFacts("DH", "1.2.840.113549.1.3.1", prime.bit_length(), None, None)

    return guarded(facts, der, "Diffie-Hellman parameters")


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


def public_key_facts(der: bytes) -> KeyFacts:
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
