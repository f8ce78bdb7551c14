"""What CycloneDX may say of an algorithm: its registry's names, and strengths from the catalogue."""

import json
from collections.abc import Iterable
from functools import cache
from importlib.resources import files
from typing import NamedTuple

from sbom.crypto.algorithms import CatalogueRow, catalogue
from sbom.crypto.model import CryptoOccurrence

MODES = frozenset({"cbc", "ecb", "ccm", "gcm", "cfb", "ofb", "ctr"})
PADDINGS = frozenset({"pkcs5", "pkcs7", "pkcs1v15", "oaep", "raw"})
FUNCTIONS = frozenset(
    {
        *("generate", "keygen", "encrypt", "decrypt", "digest", "tag", "keyderive", "sign", "verify"),
        *("encapsulate", "decapsulate"),
    }
)
PRIMITIVES = frozenset(
    {
        *("drbg", "mac", "block-cipher", "stream-cipher", "signature", "hash", "pke", "xof", "kdf"),
        *("key-agree", "kem", "ae", "combiner"),
    }
)
"""Values of CycloneDX 1.6; 1.7 adds the primitive `key-wrap`."""


class AlgorithmKey(NamedTuple):
    """What tells one algorithm component of a CBOM from another."""

    algorithm: str | None
    family: str | None
    mode: str | None
    padding: str | None
    key_size: int | None
    curve: str | None
    digest: str | None
    primitive: str | None

    @property
    def ref(self) -> str:
        """bom-ref; it begins like no purl and holds a `/`, unlike the repository's."""
        parts = ("-" if part is None else str(part) for part in self)
        return "crypto/algorithm/" + "/".join(part.replace("/", "-") or "-" for part in parts)


class Facts(NamedTuple):
    """What the catalogue knows of an algorithm; null where its rows do not agree."""

    oid: str | None
    parameter_set: str | None
    classical_bits: int | None
    nist_level: int | None


def key_of(occurrence: CryptoOccurrence) -> AlgorithmKey:
    """The component to which an occurrence belongs."""
    return AlgorithmKey(
        occurrence.algorithm,
        occurrence.family,
        occurrence.mode,
        occurrence.padding,
        occurrence.key_size,
        occurrence.curve,
        occurrence.digest,
        occurrence.primitive,
    )


@cache
def _registry() -> tuple[frozenset[str], frozenset[str]]:
    resource = files("cyclonedx.schema") / "_res" / "cryptography-defs.SNAPSHOT.schema.json"
    definitions = json.loads(resource.read_text("utf-8"))["definitions"]
    return (
        frozenset(definitions["algorithmFamiliesEnum"]["enum"]),
        frozenset(definitions["ellipticCurvesEnum"]["enum"]),
    )


def registered_family(family: str | None) -> str | None:
    """The family, if the registry of CycloneDX 1.7 names it."""
    return family if family in _registry()[0] else None


def registered_curve(curve: str | None) -> str | None:
    """The curve, if the registry of CycloneDX 1.7 names it."""
    return curve if curve in _registry()[1] else None


@cache
def facts_of(key: AlgorithmKey) -> Facts:
    """Of the row of the same name, else what all rows of the family (with this key size) agree on."""
    named = [row for row in catalogue() if row.algorithm == key.algorithm]
    family = [row for row in catalogue() if row.family == key.family and key.family is not None]
    sized = [row for row in family if key.key_size is not None and row.parameter_set == str(key.key_size)]
    rows = named or sized or family
    size = str(key.key_size) if key.key_size is not None else _agreed(row.parameter_set for row in named)
    return Facts(
        _agreed(row.oid for row in named),
        size,
        _number(rows, "classical_bits"),
        _number(rows, "nist_level"),
    )


def _agreed(values: Iterable[str | None]) -> str | None:
    found = set(values)
    return found.pop() if len(found) == 1 else None


def _number(rows: Iterable[CatalogueRow], column: str) -> int | None:
    """The first number of a text such as `128 coll.`; none of `<=64` or `by key`, which is not one number."""
    text = _agreed(getattr(row, column) for row in rows)
    first = (text or "").split(" ")[0]
    return int(first) if first.isdigit() and (text == first or "coll" in (text or "")) else None
