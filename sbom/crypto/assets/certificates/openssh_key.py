"""OpenSSH keys: `id_*` files, public key lines, and the public part of private keys (PROTOCOL.key).

The private part is never looked at: the public key stands before it unencrypted.
"""

import base64
import binascii
import hashlib
import re
import struct

from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_ssh_public_key

from sbom.crypto.assets import AssetFormat
from sbom.crypto.assets.findings import AssetFile, AssetFindings
from sbom.crypto.der_keys import KeyFacts
from sbom.lockfiles.reading import Malformed
from sbom.model import UnknownKind

_MAGIC = b"openssh-key-v1\0"
_CURVES = {"nistp256": ("nist/P-256", 256), "nistp384": ("nist/P-384", 384), "nistp521": ("nist/P-521", 521)}
_LINE = re.compile(
    rb"(?m)^(?:[^\n#]{0,400}[ \t])?"
    rb"(?P<type>ssh-(?:rsa|dss|ed25519)|ecdsa-sha2-nistp(?:256|384|521)|sk-(?:ssh-ed25519|ecdsa-sha2-nistp256)"
    rb"@openssh\.com)[ \t]+(?P<blob>AAAA[A-Za-z0-9+/]{0,12000}={0,2})"
)
_MOST_KEYS = 2000
_LEAST_BLOB = 34
"""Letters of the shortest key; in files of keys what is shorter is one that is cut off."""
_NAMES = (".pub", "authorized_keys", "authorized_keys2", "known_hosts")


def parse(file: AssetFile, findings: AssetFindings) -> None:
    """Write the public keys of `id_*.pub`, `authorized_keys` and `known_hosts`."""
    for number, match in enumerate(_LINE.finditer(file.content)):
        if number == _MOST_KEYS:
            findings.unknown(UnknownKind.LIMIT, f"only {_MOST_KEYS} keys were read")
            return
        line = file.content.count(b"\n", 0, match.start("type")) + 1
        try:
            blob = base64.b64decode(match["blob"], validate=True)
            facts = read_public_blob(blob)
        except (binascii.Error, Malformed):
            if len(match["blob"]) < _LEAST_BLOB and not file.path.endswith(_NAMES):
                continue  # a placeholder in a text
            findings.unknown(UnknownKind.BROKEN, "not a public key of OpenSSH", line)
            continue
        findings.key("public-key", "openssh", line, facts, None)


def write_openssh_private_key(content: bytes, _form: str, line: int | None, findings: AssetFindings) -> None:
    """Write the keys of an `OPENSSH PRIVATE KEY` block; raises `Malformed` if it is none."""
    if not content.startswith(_MAGIC):
        raise Malformed("not a private key of OpenSSH")
    cipher, rest = _string(content[len(_MAGIC) :])
    _, rest = _string(rest)
    _, rest = _string(rest)
    (count,) = struct.unpack_from(">I", rest) if len(rest) >= 4 else (0,)
    if not 1 <= count <= 16:
        raise Malformed("not a private key of OpenSSH")
    rest = rest[4:]
    encrypted = cipher != b"none"
    for _ in range(count):
        blob, rest = _string(rest)
        findings.key("private-key", "openssh", line, read_public_blob(blob), encrypted)


def read_public_blob(blob: bytes) -> KeyFacts:
    """Facts of a public key in the form of RFC 4253, 6.6; raises `Malformed` if it is none."""
    name_bytes, rest = _string(blob)
    name = name_bytes.decode("ascii", "replace").removeprefix("sk-").removesuffix("@openssh.com")
    fingerprint = _fingerprint(name_bytes, blob)
    if name == "ssh-rsa":
        _, rest = _string(rest)
        modulus, _ = _string(rest)
        size = int.from_bytes(modulus, "big").bit_length()
        return KeyFacts("RSA", None, size, None, fingerprint)
    if name == "ssh-dss":
        prime, _ = _string(rest)
        return KeyFacts("DSA", None, int.from_bytes(prime, "big").bit_length(), None, fingerprint)
    if name == "ssh-ed25519":
        return KeyFacts("Ed25519", None, 256, None, fingerprint)
    if name.startswith("ecdsa-sha2-"):
        found = _CURVES.get(name.removeprefix("ecdsa-sha2-"))
        return KeyFacts("EC", None, found[1] if found else None, found[0] if found else None, fingerprint)
    raise Malformed("a key of OpenSSH of an unknown kind")


def _fingerprint(name: bytes, blob: bytes) -> str | None:
    """Of the SubjectPublicKeyInfo, by which keys of all forms are compared; null where it cannot be made."""
    try:
        key = load_ssh_public_key(name + b" " + base64.b64encode(blob))
        info = key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    except Exception:  # a key of a kind that `cryptography` does not take
        return None
    return hashlib.sha256(info).hexdigest()


def _string(data: bytes) -> tuple[bytes, bytes]:
    if len(data) < 4:
        raise Malformed("a key of OpenSSH that is cut off")
    (length,) = struct.unpack_from(">I", data)
    if length > len(data) - 4:
        raise Malformed("a key of OpenSSH that is cut off")
    return data[4 : 4 + length], data[4 + length :]


FORMAT = AssetFormat(
    name="openssh-key",
    version="1",
    parse=parse,
    globs=("*.pub", "authorized_keys", "authorized_keys2", "known_hosts"),
    marker=re.compile(rb"(?:ssh-|ecdsa-sha2-)[a-z0-9-]+(?:@openssh\.com)?[ \t]+AAAA"),
    title="OpenSSH keys",
)
