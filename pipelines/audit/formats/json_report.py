"""An audit as JSON, the shape that scripts rely on."""

from typing import Any

import orjson

from pipelines.audit.finding import Audit, Finding, Violation


def json_report(audit: Audit) -> bytes:
    """The audit as indented JSON in UTF-8."""
    known = audit.known
    document = {
        "subject": audit.subject,
        "as_of": audit.as_of,
        "coverage": audit.coverage,
        "findings": [finding_json(finding) for finding in audit.findings],
        "violations": [
            _violation(violation, violation.fingerprint in known) for violation in audit.violations
        ],
    }
    options = orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE
    return orjson.dumps(document, option=options, default=str)


def finding_json(finding: Finding) -> dict[str, Any]:
    """One finding: what, where, how bad, what to do first and why."""
    return {
        "purl": finding.purl,
        "advisory": finding.advisory,
        "aliases": finding.aliases,
        "group": finding.group_id,
        "severity": finding.severity,
        "cvss": {"score": finding.cvss_score, "vector": finding.cvss_vector},
        "decision": finding.decision,
        "act_within_days": finding.act_within_days,
        "inputs": finding.inputs,
        "score": round(finding.score, 2),
        "factors": finding.factors,
        "assumed": finding.assumed,
        "known_exploited": finding.kev_date,
        "epss": finding.epss,
        "malicious": finding.malicious,
        "fixed": finding.fixed_versions,
        "repository": finding.repo_id,
        "path": finding.path,
        "line": finding.line,
        "scope": finding.scope,
        "direct": finding.direct,
        "paths": finding.paths,
        "path_count": finding.path_count,
        "suppressed": finding.suppressed,
        "vex": _vex(finding),
        "summary": finding.summary,
        "fingerprint": finding.fingerprint,
    }


def _vex(finding: Finding) -> dict[str, Any] | None:
    if finding.vex_status is None:
        return None
    return {
        "status": finding.vex_status,
        "justification": finding.vex_justification,
        "expires": finding.vex_expires,
        "source": finding.vex_source,
    }


def _violation(violation: Violation, known: bool) -> dict[str, Any]:
    return {
        "rule": violation.rule,
        "message": violation.message,
        "purl": violation.purl,
        "repository": violation.repo_id,
        "path": violation.path,
        "line": violation.line,
        "in_baseline": known,
        "fingerprint": violation.fingerprint,
        **violation.facts,
    }
