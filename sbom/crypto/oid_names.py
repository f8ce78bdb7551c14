"""Object identifiers of certificates and keys by name: `x509_oids.tsv`.

Sources of the table: RFC 8017, 3279, 5480, 5758, 8018, 8410 and 7292 for international algorithms, GM/T 0006
and GB/T 33560 for Chinese ones, the NIST register of algorithm objects for AES, SHA-2 and post-quantum ones.
"""

from dataclasses import dataclass
from functools import cache

from sbom.crypto.data import FOLDER

SM2_CURVE = "1.2.156.10197.1.301"
"""As the parameters of an elliptic-curve key it names the SM2 curve, as an algorithm the key itself."""


@dataclass(frozen=True, slots=True)
class OidName:
    """What an object identifier stands for; `bits` where the identifier itself fixes a size."""

    name: str
    family: str
    hash: str | None
    bits: int | None


@cache
def _names() -> dict[tuple[str, str], OidName]:
    text = FOLDER.joinpath("x509_oids.tsv").read_text("utf-8")
    rows = (line.split("\t") for line in text.splitlines()[1:])
    return {
        (kind, oid): OidName(name, family, hash or None, int(bits) if bits else None)
        for kind, oid, name, family, hash, bits in rows
    }


def name_oid(kind: str, oid: str) -> OidName | None:
    """The name of `oid` as a key, signature, hash, mac, curve, cipher, scheme or kdf; null if it has none."""
    return _names().get((kind, oid))
