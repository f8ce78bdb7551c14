"""Uses of cryptography that fail a build: by how they stand under policies for cryptography."""

from collections.abc import Iterator

from pydantic import Field

from pipelines.audit.finding import Violation
from pipelines.audit.rules import RuleSettings, Subject
from pipelines.errors import PolicyError
from sbom.crypto.policy import Verdict

SECTION = "crypto"

_POLICIES = "select distinct policy from raw.crypto_rule order by policy"
_USES = """
    select
        used.repo_id, used.path, used.line, used."column", used.api, used.is_counted,
        coalesce(
            used.algorithm, used.family, concat_ws(' ', used.protocol, used.protocol_version), 'unknown'
        )
            || coalesce(' ' || cast(used.key_size as varchar), '') as algorithm,
        verdict.policy, verdict.rule, verdict.verdict, verdict.source, verdict.disallowed_after, rule.why_en
    from core.crypto_use as used
    join core.crypto_verdict as verdict using (kind_id)
    join raw.crypto_rule as rule on rule.policy = verdict.policy and rule.rule = verdict.rule
    order by all
"""


class Settings(RuleSettings):
    """Nothing is judged, and no source is read for it, unless `verdicts` names something."""

    verdicts: list[Verdict] = Field(default_factory=list)
    """How a use must not stand: weak, quantum-vulnerable, international …"""
    policies: list[str] = Field(default_factory=lambda: ["international"])
    """Policies that say how it stands: international, national (国密), or a workspace's own."""
    development: bool = False
    """True judges tests, examples and vendored code too."""


def check(subject: Subject, settings: Settings) -> Iterator[Violation]:
    """One violation per use and rule of a policy.

    Raises:
        PolicyError: there is no policy of a name.
    """
    if not settings.verdicts:
        return
    known = [row["policy"] for row in subject.rows(_POLICIES)]
    if known and (unknown := sorted(set(settings.policies) - set(known))):
        raise PolicyError(
            f"crypto.policies: no policy is called {', '.join(unknown)}; there are {', '.join(known)}"
        )
    for row in subject.rows(_USES):
        judged = row["policy"] in settings.policies and row["verdict"] in settings.verdicts
        if judged and (row["is_counted"] or settings.development):
            until = f", allowed until {row['disallowed_after']}" if row["disallowed_after"] else ""
            yield Violation(
                rule=f"{SECTION}.{row['verdict']}",
                message=f"{row['algorithm']} ({row['api']}): {row['verdict']}{until}: {row['why_en']}"
                f" [{row['policy']}/{row['rule']}: {row['source']}]",
                repo_id=row["repo_id"],
                path=row["path"],
                line=row["line"],
                purl=None,
                package_key=None,
                subject=f"{row['policy']}/{row['rule']} {row['algorithm']} {row['api']}",
                facts={name: row[name] for name in ("algorithm", "api", "policy", "verdict", "source")},
            )
