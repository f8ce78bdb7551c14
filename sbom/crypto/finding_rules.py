"""What the codes of findings mean, and from which number on something is one; all in `findings.yaml`."""

from collections.abc import Mapping
from functools import cache
from typing import Any

from sbom.crypto.data import read_data


@cache
def finding_rules() -> Mapping[str, Mapping[str, Any]]:
    """Severity (low, medium, high), text in both languages and source, by code."""
    rules: Mapping[str, Mapping[str, Any]] = read_data("findings.yaml")
    return rules


def threshold(code: str) -> int:
    """The number below which a finding is one."""
    return int(finding_rules()[code]["threshold"])
