"""What the codes of findings mean, and from which number on something is one; all in `findings.yaml`."""

import re
from collections.abc import Mapping
from functools import cache
from typing import Any

from sbom.crypto.data import read_data


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


def threshold(code: str) -> int:
    """The number below which a finding is one."""
    return int(finding_rules()[code]["threshold"])
