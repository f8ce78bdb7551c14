"""How grave the verdicts of policies are, and those of a site; `verdicts.yaml`."""

from collections.abc import Mapping, Sequence
from functools import cache

from sbom.crypto.data import read_data
from sbom.crypto.model import CryptoOccurrence
from sbom.crypto.policy import Policy, judge, site_of


@cache
def verdict_severities() -> Mapping[str, str]:
    """Severity (low, medium, high) by verdict, the gravest verdict first."""
    severities: Mapping[str, str] = read_data("verdicts.yaml")
    return severities


def verdicts_of(row: CryptoOccurrence, policy: Policy) -> list[str]:
    """The verdicts of one policy on a site, the gravest first; empty where no rule of it applies."""
    told = {rule.verdict for _, rule in judge(site_of(row), [policy])}
    return [verdict for verdict in verdict_severities() if verdict in told]


def severities_of(row: CryptoOccurrence, policies: Sequence[Policy]) -> set[str]:
    """The severities of all verdicts of these policies on a site."""
    return {verdict_severities()[rule.verdict] for _, rule in judge(site_of(row), policies)}
