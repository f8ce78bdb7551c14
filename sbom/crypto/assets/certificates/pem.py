"""PEM (RFC 7468): certificates and keys in files of their own, and embedded in source and configuration.

Embedded ones are written as string literals, one or several that are joined, with `\\n` spelt out, indented
or commented; the payload of a line is what looks like Base64 in it. A text that only holds the first or the
last line, as code that writes PEM does, holds no object.
"""

import base64
import binascii
import re
from collections.abc import Callable, Iterator
from typing import NamedTuple

from sbom.crypto.assets import AssetFormat
from sbom.crypto.assets.certificates import der_objects as der
from sbom.crypto.assets.certificates.openssh_key import write_openssh_private_key
from sbom.crypto.assets.findings import AssetFile, AssetFindings
from sbom.lockfiles.reading import Malformed
from sbom.model import UnknownKind

_FRAME = re.compile(r"-----(?P<side>BEGIN|END) (?P<label>[A-Z0-9][A-Z0-9 ]{1,40}?)-----")
_MOST_TEXT = 512 * 1024
_LEAST_PAYLOAD = 40  # characters of Base64; an Ed25519 public key takes 60
_LITERAL_BREAK = re.compile(r"\\{1,2}r\\{1,2}n|\\{1,2}n|\\{1,2}r|&#10;|&#xA;")
_QUOTED = re.compile(r"""["'`]([A-Za-z0-9+/=]+)["'`]""")
_QUOTED_END = re.compile(r"""^\s*(?:[+.]\s*)?([A-Za-z0-9+/=]+)["'`]|["'`]([A-Za-z0-9+/=]+)$""")
_RUN = re.compile(r"[A-Za-z0-9+/=]{4,}")
_HEADER = re.compile(r"\s*(?:Proc-Type|DEK-Info|Comment|Version|Hash|Charset|MessageID|Bag Attributes)\s*:")
_PLACEHOLDER = re.compile(r"\.\.\.|…|<[\w -]+>|\{\{|\$\{|xxxx|\*\*\*", re.IGNORECASE)

_Writer = Callable[[bytes, str, int | None, AssetFindings], None]
_WRITERS: dict[str, _Writer] = {
    "CERTIFICATE": der.write_certificate,
    "X509 CERTIFICATE": der.write_certificate,
    "CERTIFICATE REQUEST": der.write_request,
    "NEW CERTIFICATE REQUEST": der.write_request,
    "PUBLIC KEY": der.write_public_key,
    "RSA PUBLIC KEY": der.write_rsa_public_key,
    "PRIVATE KEY": der.write_private_key("pkcs8"),
    "RSA PRIVATE KEY": der.write_private_key("rsa"),
    "EC PRIVATE KEY": der.write_private_key("ec"),
    "DSA PRIVATE KEY": der.write_private_key("dsa"),
    "ENCRYPTED PRIVATE KEY": der.write_encrypted_key,
    "EC PARAMETERS": der.write_curve,
    "DH PARAMETERS": der.write_dh_parameters,
    "PKCS7": der.write_signed_data,
    "CMS": der.write_signed_data,
    "OPENSSH PRIVATE KEY": write_openssh_private_key,
}


class _Block(NamedTuple):
    label: str
    line: int
    payload: str
    encrypted: bool
    text: str


def parse(file: AssetFile, findings: AssetFindings) -> None:
    """Write every object; one that is broken is an unknown, and the others go through."""
    text = file.content.decode("latin-1")
    if (cut := _cut_off(text)) is not None and FORMAT.matches(file.path):
        findings.unknown(UnknownKind.BROKEN, f"{cut['label']} in PEM: cut off", _line_at(text, cut.start()))
    for block in _blocks(text):
        if block.encrypted:
            findings.key("private-key", "pem", block.line, None, True)
            findings.unknown(UnknownKind.UNRESOLVED, der.LOCKED, block.line)
        elif block.label.startswith("PGP PRIVATE KEY"):
            findings.key("private-key", "pgp", block.line, None, None)
        elif (writer := _WRITERS.get(block.label)) is not None:
            _write(writer, block, findings)


def _write(writer: _Writer, block: _Block, findings: AssetFindings) -> None:
    try:
        content = base64.b64decode(block.payload, validate=True)
    except (binascii.Error, ValueError):
        if not _PLACEHOLDER.search(block.text):
            findings.unknown(UnknownKind.BROKEN, f"{block.label} in PEM: not Base64", block.line)
        return
    try:
        writer(content, "pem", block.line, findings)
    except Malformed as error:
        if not _PLACEHOLDER.search(block.text):
            findings.unknown(UnknownKind.BROKEN, f"{block.label} in PEM: {error}", block.line)


def _blocks(text: str) -> Iterator[_Block]:
    """First lines that the last line of their label follows; others are cut off, or code that writes PEM."""
    line, counted = 1, 0
    begin: re.Match[str] | None = None
    for frame in _FRAME.finditer(text):
        if frame["side"] == "BEGIN":
            begin = frame
            continue
        if begin is None or begin["label"] != frame["label"] or frame.start() - begin.end() > _MOST_TEXT:
            begin = None
            continue
        line += text.count("\n", counted, begin.start())
        counted = begin.start()
        body = text[begin.end() : frame.start()]
        payload, encrypted = _payload(body)
        if encrypted or len(payload) >= _LEAST_PAYLOAD:
            yield _Block(begin["label"], line, payload, encrypted, body)
        begin = None


def _cut_off(text: str) -> re.Match[str] | None:
    """The last first line, if no last line of its label follows."""
    begins = [frame for frame in _FRAME.finditer(text) if frame["side"] == "BEGIN"]
    if not begins or f"-----END {begins[-1]['label']}-----" in text[begins[-1].end() :]:
        return None
    return begins[-1]


def _line_at(text: str, offset: int) -> int:
    return text.count("\n", 0, offset) + 1


def _payload(body: str) -> tuple[str, bool]:
    """The Base64 of a block, and whether a header says that it is encrypted (RFC 1421)."""
    pieces: list[str] = []
    encrypted = False
    for line in _LITERAL_BREAK.sub("\n", body).split("\n"):
        if _HEADER.match(line) or "DEK-Info" in line or "Proc-Type" in line:
            encrypted = encrypted or "ENCRYPTED" in line
        elif any(quote in line for quote in "\"'`"):
            pieces += _QUOTED.findall(line) or ["".join(found) for found in _QUOTED_END.findall(line)]
        else:
            pieces += _RUN.findall(line)
    return "".join(pieces), encrypted


FORMAT = AssetFormat(
    name="pem",
    version="3",
    parse=parse,
    globs=("*.pem", "*.crt", "*.cer", "*.key", "*.pub", "*.csr", "*.p7b", "*.p7c", "*.p8"),
    marker=re.compile(rb"-----BEGIN [A-Z0-9]"),
    embedded=b"-----BEGIN ",
    title="PEM",
)
