"""Vulnerabilities that fail a build: by decision, severity, score, exploitation or age."""

from collections.abc import Iterator
from typing import Annotated, Literal

from pydantic import Field

from pipelines.audit.finding import SEVERITIES, Finding, Violation
from pipelines.audit.rules import RuleSettings, Subject

SECTION = "vulnerabilities"
Severity = Literal["low", "medium", "high", "critical"]


class Settings(RuleSettings):
    """A finding that any key which is set covers is a violation."""

    act_within_days: Literal[3, 14, 60] | None = 14
    """Decisions that ask for action within so many days."""
    severity: Severity | None = None
    """This severity or a worse one."""
    score: Annotated[float, Field(ge=0, le=100, strict=False)] | None = None
    """This risk score or a higher one."""
    known_exploited: bool = True
    """Everything in CISA's list of known exploited vulnerabilities."""
    malicious: bool = True
    """Packages that are malware themselves."""
    epss: Annotated[float, Field(ge=0, le=1, strict=False)] | None = None
    """This probability of exploitation or a higher one."""
    max_age_days: Annotated[int, Field(ge=0)] | None = None
    """Vulnerabilities that have a fix and were published longer ago."""
    development: bool = True
    """False leaves out what is for development only, malware excepted."""
    allow: list[str] = Field(default_factory=list)
    """Ids of vulnerabilities, any alias, that never fail. Prefer VEX, which says why and until when."""


def check(subject: Subject, settings: Settings) -> Iterator[Violation]:
    """One violation per finding, with every key that it breaks."""
    published = {
        row["group_id"]: row["published"]
        for row in subject.rows("select distinct group_id, published from mart.vulnerability_exposure")
    }
    for finding in subject.findings:
        if finding.suppressed or {finding.group_id, *finding.aliases} & set(settings.allow):
            continue
        if finding.scope == "excluded" and not settings.development and not finding.malicious:
            continue
        when = published.get(finding.group_id)
        age = (subject.as_of - when).days if when is not None else None
        if broken := list(_broken(finding, settings, age)):
            yield Violation(
                rule=f"{SECTION}.{broken[0][0]}",
                message=f"{finding.purl}: {finding.group_id}: " + "; ".join(text for _, text in broken),
                repo_id=finding.repo_id,
                path=finding.path,
                line=finding.line,
                purl=finding.purl,
                package_key=finding.package_key,
                subject=finding.group_id,
                facts={"finding": finding.fingerprint, "broken": [key for key, _ in broken]},
            )


def _broken(finding: Finding, settings: Settings, age: int | None) -> Iterator[tuple[str, str]]:
    """The keys that the finding breaks, each with what is wrong."""
    days, rank = finding.act_within_days, SEVERITIES.index
    if settings.malicious and finding.malicious:
        yield "malicious", "known malware"
    if settings.known_exploited and finding.kev_date is not None:
        yield "known_exploited", f"known to be exploited since {finding.kev_date}"
    if settings.act_within_days is not None and days is not None and days <= settings.act_within_days:
        yield "act_within_days", finding.decision
    if settings.severity and finding.severity and rank(finding.severity) >= rank(settings.severity):
        yield "severity", f"severity {finding.severity}"
    if settings.score is not None and finding.score >= settings.score:
        yield "score", f"score {finding.score:.1f}"
    if settings.epss is not None and finding.epss is not None and finding.epss >= settings.epss:
        yield "epss", f"EPSS {finding.epss:.3f}"
    late = settings.max_age_days is not None and age is not None and age > settings.max_age_days
    if late and finding.fixed_versions:
        yield "max_age_days", f"published {age} days ago and fixed in {finding.fixed_versions[0]}"
