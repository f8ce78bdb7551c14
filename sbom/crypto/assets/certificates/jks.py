"""Java keystores: JKS and JCEKS, whose certificates and aliases are not encrypted; BKS is recognised only.

The form is that of the JDK's `JavaKeyStore`: magic, version, count, and for each entry its tag, alias and
date, then an encrypted key with its chain, or a trusted certificate. Numbers are big-endian, texts
`modified UTF-8`.
"""

import re
import struct
from collections.abc import Iterator

from asn1crypto import keys

from sbom.crypto import der_protection, x509
from sbom.crypto.assets import AssetFormat
from sbom.crypto.assets.certificates.der_objects import LOCKED, write_certificate
from sbom.crypto.assets.findings import AssetFile, AssetFindings
from sbom.crypto.der_keys import KeyFacts
from sbom.lockfiles.reading import Malformed
from sbom.model import UnknownKind

STORE_GLOBS = ("*.jks", "*.jceks", "*.keystore", "*.truststore", "*.ks", "*.bks", "cacerts")
"""Names under which stores of any kind go."""

_JKS, _JCEKS = b"\xfe\xed\xfe\xed", b"\xce\xce\xce\xce"
_PRIVATE_KEY, _TRUSTED, _SECRET_KEY = 1, 2, 3
_MOST_ENTRIES = 5000


def parse(file: AssetFile, findings: AssetFindings) -> None:
    """Write the store, its certificates, and its keys with the public key of their certificate."""
    magic = file.content[:4]
    if magic not in (_JKS, _JCEKS):
        findings.key("credential", "bks", None, None, True)
        findings.unknown(UnknownKind.UNSUPPORTED, "a BouncyCastle keystore: what is inside is not known")
        return
    form = "jks" if magic == _JKS else "jceks"
    findings.key("credential", form, None, None, True)
    reader = _Reader(file.content, 4)
    version, count = reader.number(), reader.number()
    if version not in (1, 2):
        raise Malformed(f"a Java keystore of version {version}")
    if count < 0:
        raise Malformed(f"a Java keystore with {count} entries")
    for number in range(count):
        if number == _MOST_ENTRIES:
            findings.unknown(UnknownKind.LIMIT, f"only {_MOST_ENTRIES} entries of the store were read")
            return
        if not _write_entry(reader, version, form, findings):
            return


def _write_entry(reader: "_Reader", version: int, form: str, findings: AssetFindings) -> bool:
    """Write the next entry; false where what follows it cannot be found."""
    tag = reader.number()
    reader.text()
    reader.skip(8)
    if tag == _TRUSTED:
        write_certificate(reader.certificate(version), form, None, findings)
    elif tag == _PRIVATE_KEY:
        protected = reader.block()
        chain = list(reader.chain(version))
        facts: KeyFacts | None = None
        if chain:
            facts = x509.read_certificate(chain[0]).key
        findings.key("private-key", form, None, facts, True)
        _write_protection(protected, findings)
        for certificate in chain:
            write_certificate(certificate, form, None, findings)
    elif tag == _SECRET_KEY:
        findings.key("secret-key", form, None, None, True)
        findings.unknown(UnknownKind.UNRESOLVED, f"a secret key {LOCKED}; the rest was not read")
        return False
    else:
        raise Malformed(f"a Java keystore with an entry of kind {tag}")
    return True


def _write_protection(protected: bytes, findings: AssetFindings) -> None:
    try:
        info = keys.EncryptedPrivateKeyInfo.load(protected, strict=True)
        protection = der_protection.protection(info["encryption_algorithm"])
    except Exception:  # asn1crypto raises whatever its Python raises
        findings.unknown(UnknownKind.BROKEN, "a key of the store is not an EncryptedPrivateKeyInfo")
        return
    findings.protected(protection, 1)


class _Reader:
    def __init__(self, content: bytes, position: int) -> None:
        self._content = content
        self._position = position

    def _take(self, length: int) -> bytes:
        end = self._position + length
        if length < 0 or end > len(self._content):
            raise Malformed("a Java keystore that is cut off")
        piece = self._content[self._position : end]
        self._position = end
        return piece

    def skip(self, length: int) -> None:
        self._take(length)

    def number(self) -> int:
        return int(struct.unpack(">i", self._take(4))[0])

    def text(self) -> str:
        return self._take(struct.unpack(">H", self._take(2))[0]).decode("utf-8", "replace")

    def block(self) -> bytes:
        return self._take(self.number())

    def certificate(self, version: int) -> bytes:
        if version == 2:
            self.text()
        return self.block()

    def chain(self, version: int) -> Iterator[bytes]:
        for _ in range(min(self.number(), _MOST_ENTRIES)):
            yield self.certificate(version)


FORMAT = AssetFormat(
    name="jks",
    version="3",
    parse=parse,
    globs=STORE_GLOBS,
    marker=re.compile(rb"\A(?:\xfe\xed\xfe\xed|\xce\xce\xce\xce|\x00\x00\x00[\x01\x02])"),
    title="Java keystores",
)
