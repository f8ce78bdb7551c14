"""PKCS#12 stores (RFC 7292), as far as they can be seen without their password.

What a store encrypts (its certificates, as a rule) is told as unknown. A key is always encrypted by itself;
the schemes of both, and of the checksum, stand outside and are written down.
"""

import re
from typing import Any

from asn1crypto import pkcs12

from sbom.crypto import der_keys, der_protection
from sbom.crypto.assets import AssetFormat
from sbom.crypto.assets.certificates.der_objects import write_certificate
from sbom.crypto.assets.certificates.jks import STORE_GLOBS
from sbom.crypto.assets.findings import AssetFile, AssetFindings, Setting
from sbom.crypto.catalogue import hmac_name
from sbom.crypto.oid_names import name_oid
from sbom.errors import ScanError
from sbom.lockfiles.reading import Malformed
from sbom.model import UnknownKind

_MOST_BAGS = 2000


def parse(file: AssetFile, findings: AssetFindings) -> None:
    """Write the store, what it shows of its keys and certificates, and how it is protected."""
    try:
        _write_store(file.content, findings)
    except ScanError:
        raise
    except Exception as error:  # asn1crypto decodes parts late and raises whatever Python raises
        raise Malformed(f"not PKCS #12: {type(error).__name__}") from None


def _write_store(content: bytes, findings: AssetFindings) -> None:
    store = pkcs12.Pfx.load(content, strict=True)
    safes = list(store.authenticated_safe)
    findings.key("credential", "pkcs12", None, None, True)
    _write_mac(store, findings)
    hidden = False
    for safe in safes[:_MOST_BAGS]:
        if _is_data(safe):
            _write_bags(pkcs12.SafeContents.load(safe["content"].native), findings)
        elif safe["content_type"].native == "encrypted_data":
            hidden = True
            algorithm = safe["content"]["encrypted_content_info"]["content_encryption_algorithm"]
            findings.protected(der_protection.protection(algorithm), 1)
        else:
            hidden = True
    if hidden:
        findings.unknown(
            UnknownKind.UNRESOLVED, "the store asks for a password: the certificates in it are not known"
        )


def _is_data(content: Any) -> bool:
    return bool(content["content_type"].native == "data")


def _write_mac(store: Any, findings: AssetFindings) -> None:
    mac = store["mac_data"]
    if mac.native is None:
        return
    oid = mac["mac"]["digest_algorithm"]["algorithm"].dotted
    digest = name_oid("hash", oid)
    name = digest.name if digest else None
    findings.occurrence(
        Setting(0, 1, 1, "PKCS12 MAC", "PKCS #12"),
        algorithm=hmac_name(name) if name else None,
        family="HMAC",
        digest=name,
        iterations=mac["iterations"].native,
        primitive="mac",
        function="tag",
    )


def _write_bags(bags: Any, findings: AssetFindings) -> None:
    for number, bag in enumerate(bags):
        if number == _MOST_BAGS:
            findings.unknown(UnknownKind.LIMIT, f"only {_MOST_BAGS} entries of the store were read")
            return
        kind, value = bag["bag_id"].native, bag["bag_value"]
        if kind == "pkcs8_shrouded_key_bag":
            findings.key("private-key", "pkcs12", None, None, True)
            findings.protected(der_protection.protection(value["encryption_algorithm"]), 1)
        elif kind == "key_bag":
            findings.key(
                "private-key", "pkcs12", None, der_keys.read_private_key(value.untag().dump()), False
            )
        elif kind == "cert_bag" and value["cert_id"].native == "x509":
            write_certificate(bytes(value["cert_value"]), "pkcs12", None, findings)
        elif kind == "safe_contents":
            findings.unknown(UnknownKind.UNSUPPORTED, "a store within the store was not read")


FORMAT = AssetFormat(
    name="pkcs12",
    version="2",
    parse=parse,
    globs=("*.p12", "*.pfx", "*.pkcs12", *STORE_GLOBS),
    marker=re.compile(rb"\A\x30[\x80-\x84]"),
    title="PKCS #12 stores",
)
