"""Facts of X.509 certificates (RFC 5280).

asn1crypto reads them, because `cryptography` refuses certificates on the SM2 curve.
"""

import hashlib
import re
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from asn1crypto import x509

from sbom.crypto.der_guard import guarded
from sbom.crypto.der_keys import KeyFacts, public_key_facts
from sbom.crypto.oid_names import name_oid

_MOST_TEXT = 1000
_PSS = "1.2.840.113549.1.1.10"


@dataclass(frozen=True, slots=True)
class CertificateFacts:
    """What a certificate says of itself; times are UTC, null where they are not a time."""

    subject: str | None
    """As RFC 4514 writes it; what tells of a person (address, user id, given and family name) is `…`."""
    issuer: str | None
    """Likewise."""
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


def read_certificate(der: bytes) -> CertificateFacts:
    """Facts of one certificate; raises `Malformed` if it is none."""
    return guarded(_certificate, der, "a certificate")


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
        key=public_key_facts(body["subject_public_key_info"].dump()),
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
_OF_PERSONS = frozenset(
    {
        *("email_address", "user_id", "given_name", "surname", "initials", "generation_qualifier"),
        *("pseudonym", "dn_qualifier", "telephone_number", "unique_identifier", "name", "title"),
        "serial_number",  # of an identity card, as often as of a register of companies
    }
)
"""Attributes of a name that are about a person whatever their value."""
_ADDRESS = re.compile(r"[^\s@<>,;/=]+@[^\s@<>,;/=]+\.[^\s@<>,;/=]+")
_LEFT_OUT = "…"
_ESCAPED = re.compile(r'[,+"\\<>;=]|^[# ]| $')


def _name(name: Any) -> str | None:
    """A name as RFC 4514 writes it: the last part first."""
    try:
        parts = [
            "+".join(
                f"{_SHORT_NAMES.get(kind.native, kind.dotted)}={_escaped(_impersonal(kind, value.native))}"
                for kind, value in ((pair["type"], pair["value"]) for pair in relative)
            )
            for relative in reversed(list(name.chosen))
        ]
    except Exception:  # a text that is not in its encoding
        return None
    return ",".join(parts)[:_MOST_TEXT] or None


def _impersonal(kind: Any, value: object) -> str:
    """The value without e-mail addresses; only a mark where the attribute is about a person."""
    return _LEFT_OUT if kind.native in _OF_PERSONS else _ADDRESS.sub(_LEFT_OUT, str(value))


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
