"""How an encrypted key or store in DER is protected: scheme, key derivation and cipher."""

from dataclasses import dataclass
from typing import Any

from asn1crypto import keys

from sbom.crypto.der_guard import guarded
from sbom.crypto.oid_names import name_oid

_PBES2 = "1.2.840.113549.1.5.13"


@dataclass(frozen=True, slots=True)
class Protection:
    """How an encrypted key or store is protected: scheme, key derivation and cipher by name."""

    scheme: str
    oid: str
    kdf: str | None = None
    cipher: str | None = None
    iterations: int | None = None


def read_protection(der: bytes) -> Protection:
    """How an EncryptedPrivateKeyInfo is protected; raises `Malformed` if it is none."""
    return guarded(
        lambda data: protection(keys.EncryptedPrivateKeyInfo.load(data, strict=True)["encryption_algorithm"]),
        der,
        "an encrypted private key",
    )


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
