"""Write down one object in DER by what it claims to be, or by what it turns out to be."""

from collections.abc import Callable

from asn1crypto import cms

from sbom.crypto import der_keys, der_protection, x509
from sbom.crypto.assets.findings import AssetFindings
from sbom.crypto.der_keys import KeyFacts
from sbom.lockfiles.reading import Malformed
from sbom.model import UnknownKind

LOCKED = "protected by a passphrase: what is inside is not known"

_PRIVATE_KINDS = ("pkcs8", "ec", "rsa", "dsa")


def write_certificate(der: bytes, form: str, line: int | None, findings: AssetFindings) -> None:
    findings.certificate(x509.read_certificate(der), form, line)


def write_public_key(der: bytes, form: str, line: int | None, findings: AssetFindings) -> None:
    findings.key("public-key", form, line, der_keys.read_public_key(der), None)


def write_rsa_public_key(der: bytes, form: str, line: int | None, findings: AssetFindings) -> None:
    findings.key("public-key", form, line, der_keys.read_rsa_public_key(der), None)


def write_request(der: bytes, form: str, line: int | None, findings: AssetFindings) -> None:
    findings.key("public-key", form, line, der_keys.read_request(der), None)


def write_private_key(kind: str) -> Callable[[bytes, str, int | None, AssetFindings], None]:
    """A writer of private keys in a form of `der_keys.read_private_key`; many files claim another one."""

    def write(der: bytes, form: str, line: int | None, findings: AssetFindings) -> None:
        for other in (kind, *_PRIVATE_KINDS):
            try:
                facts = der_keys.read_private_key(der, other)
            except Malformed as error:
                reason = error
            else:
                findings.key("private-key", form, line, facts, False)
                return
        raise reason

    return write


def write_encrypted_key(der: bytes, form: str, line: int | None, findings: AssetFindings) -> None:
    protection = der_protection.read_protection(der)
    findings.key("private-key", form, line, None, True)
    findings.protected(protection, line or 1)
    findings.unknown(UnknownKind.UNRESOLVED, LOCKED, line)


def write_curve(der: bytes, form: str, line: int | None, findings: AssetFindings) -> None:
    findings.key("other", form, line, der_keys.read_curve(der), None)


def write_dh_parameters(der: bytes, form: str, line: int | None, findings: AssetFindings) -> None:
    findings.key("other", form, line, der_keys.read_dh_parameters(der), None)


def write_signed_data(der: bytes, _form: str, line: int | None, findings: AssetFindings) -> None:
    """The certificates that a PKCS#7 or CMS SignedData carries."""
    try:
        content = cms.ContentInfo.load(der, strict=True)
        held = content["content"]["certificates"] if content["content_type"].native == "signed_data" else ()
        certificates = [choice.chosen.dump() for choice in held]
    except Exception as error:  # asn1crypto raises whatever its Python raises
        raise Malformed(f"not PKCS #7: {type(error).__name__}") from None
    for certificate in certificates:
        write_certificate(certificate, "pkcs7", line, findings)


def write_whatever(der: bytes, form: str, line: int | None, findings: AssetFindings) -> None:
    """An object that does not say what it is: the first reading that fits.

    Raises:
        Malformed: none does.
    """
    readers: list[tuple[str, Callable[[bytes], KeyFacts]]] = [
        ("public-key", der_keys.read_public_key),
        *(
            ("private-key", lambda data, kind=kind: der_keys.read_private_key(data, kind))
            for kind in _PRIVATE_KINDS
        ),
        ("public-key", der_keys.read_rsa_public_key),
        ("public-key", der_keys.read_request),
    ]
    for write in (write_certificate, write_encrypted_key, write_signed_data):
        try:
            write(der, form, line, findings)
        except Malformed:
            continue
        return
    for kind, read in readers:
        try:
            facts = read(der)
        except Malformed:
            continue
        findings.key(kind, form, line, facts, False if kind == "private-key" else None)
        return
    raise Malformed("neither a certificate nor a key in DER")
