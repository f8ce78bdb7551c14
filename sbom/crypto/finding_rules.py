"""What the codes of findings mean, and from which number on something is one; all in `findings.yaml`."""

import re
from collections.abc import Mapping
from functools import cache
from typing import Any

from sbom.crypto.data import read_data

_LARGEST_EXPONENT = 31
"""What is more is the number itself: N of scrypt."""


@cache
def finding_rules() -> Mapping[str, Mapping[str, Any]]:
    """Severity (low, medium, high), text in both languages and source, by code."""
    rules: Mapping[str, Mapping[str, Any]] = read_data("findings.yaml")
    return rules


@cache
def weak_suite_words() -> frozenset[str]:
    """Words of OpenSSL's cipher lists that let broken suites in."""
    return frozenset(finding_rules()["weak-suites"]["words"])


def allows_weak_suites(listed: str) -> bool:
    """Whether a list of OpenSSL's words (`HIGH:!aNULL`, `ECDH+3DES`) adds a broken suite."""
    words = [word for word in re.split(r"[:,;\s]+", listed) if word[:1] not in ("!", "-")]
    return any(piece in weak_suite_words() for word in words for piece in re.split(r"[+-]", word))


def has_few_iterations(iterations: int, family: str | None) -> bool:
    """Whether a key derivation repeats too little; the cost of bcrypt and scrypt is a power of two."""
    rule = finding_rules()["few-iterations"]
    exponent = rule["exponents"].get(family)
    if exponent is None:
        return iterations < int(rule["threshold"])
    return (iterations if iterations <= _LARGEST_EXPONENT else iterations.bit_length() - 1) < int(exponent)
