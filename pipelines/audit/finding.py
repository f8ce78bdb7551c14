"""What an audit finds: the vulnerabilities of a subject, and where it breaks a policy."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from hashlib import sha256
from typing import Any

SEVERITIES = ("none", "low", "medium", "high", "critical")
"""From the least to the worst."""
INPUTS = ("in_kev", "publicly_exposed", "automatable", "technical_impact")
"""Inputs of the decision, in the order of CISA's table."""
FACTORS = ("exploitation", "severity", "exposure", "reach", "blast")
"""Factors of the score."""


@dataclass(frozen=True, slots=True)
class Finding:
    """A vulnerability that a component has, as a row of `mart.risk_score` with its paths."""

    row: Mapping[str, Any]
    paths: tuple[tuple[str, ...], ...] = ()
    """Shortest paths from a direct dependency, as many as are listed."""
    path_count: int | None = None
    first_hop_line: int | None = None

    def __getattr__(self, name: str) -> Any:
        try:
            return self.row[name]
        except KeyError:
            raise AttributeError(name) from None

    @property
    def advisory(self) -> str:
        """The record that says so: the one that bears the group's id, else the first."""
        ids: list[str] = self.row["advisory_ids"]
        return self.row["group_id"] if self.row["group_id"] in ids else ids[0]

    @property
    def decision(self) -> str:
        """The decision in words: `act within 3 days, look for intrusion`, `fix on upgrade` …"""
        days = self.row["act_within_days"]
        if days is None:
            return "fix on upgrade"
        return (
            f"act within {days} days, look for intrusion"
            if self.row["forensics"]
            else f"act within {days} days"
        )

    @property
    def inputs(self) -> dict[str, str]:
        """What the decision rests on."""
        return {name: self.row[name] for name in INPUTS}

    @property
    def factors(self) -> dict[str, float]:
        """What the score is the product of, times 100."""
        return {name: round(self.row[f"{name}_factor"], 4) for name in FACTORS}

    @property
    def fingerprint(self) -> str:
        """The same for the same vulnerability of the same package in the same file, whatever the version."""
        return fingerprint("vulnerability", self.repo_id, self.path, self.package_key, self.group_id)


@dataclass(frozen=True, slots=True)
class Violation:
    """Something that a rule of the policy forbids, with the evidence for it."""

    rule: str
    """`section.key` of the policy."""
    message: str
    repo_id: str
    path: str | None
    line: int | None
    purl: str | None
    package_key: str | None
    subject: str
    """What tells it from others of the same rule, file and package: a vulnerability, a licence …"""
    level: str = "error"
    facts: Mapping[str, Any] = field(default_factory=dict)

    @property
    def fingerprint(self) -> str:
        return fingerprint(self.rule, self.repo_id, self.path or "", self.package_key or "", self.subject)


@dataclass(frozen=True, slots=True)
class Audit:
    """What was found in one subject on one day."""

    subject: str
    as_of: date
    findings: tuple[Finding, ...]
    violations: tuple[Violation, ...]
    known: frozenset[str] = frozenset()
    """Fingerprints of the baseline, which do not fail anything."""
    coverage: Mapping[str, Any] = field(default_factory=dict)
    """Counts of what could not be judged: components without version, advisories rejected …"""
    products: Mapping[str, str] = field(default_factory=dict)
    """By repository the purl of the one package that it declares at its root; without one it is left out."""

    @property
    def new_violations(self) -> tuple[Violation, ...]:
        return tuple(violation for violation in self.violations if violation.fingerprint not in self.known)


def fingerprint(kind: str, repo_id: str, *parts: str) -> str:
    """A short digest of the parts, in which no part runs into the next.

    The id of a workspace's repository counts, `host/owner/name`; the name of a single folder does not, for it
    differs from one checkout to the next.
    """
    repository = repo_id if "/" in repo_id else ""
    return sha256("\0".join((kind, repository, *parts)).encode("utf-8", "surrogatepass")).hexdigest()[:32]
