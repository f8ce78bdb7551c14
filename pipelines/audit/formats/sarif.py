"""An audit as SARIF 2.1.0, which code hosts show beside the lines of the lock file.

Findings are results of one rule per vulnerability, violations without a vulnerability results of one rule
per key of the policy. A result that VEX suppresses stays, with an accepted suppression; one of the baseline
is `unchanged`.
"""

from collections.abc import Iterable
from typing import Any
from urllib.parse import quote

import orjson

from pipelines.audit.finding import Audit, Finding, Violation

SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"
_SEVERITY_SCORE = {"critical": "9.5", "high": "8.0", "medium": "5.5", "low": "2.5", "none": "0.0"}
_LEVELS = {"critical": "error", "high": "error", "medium": "warning", "low": "note", "none": "note"}
_MOST_TEXT = 1000


def sarif_report(audit: Audit, tool_version: str) -> bytes:
    """The audit as one SARIF run, indented JSON in UTF-8."""
    broken = {str(v.facts["finding"]) for v in audit.violations if "finding" in v.facts}
    known = {
        str(v.facts["finding"])
        for v in audit.violations
        if v.fingerprint in audit.known and "finding" in v.facts
    }
    others = [violation for violation in audit.violations if "finding" not in violation.facts]
    rules = [*_finding_rules(audit.findings), *_violation_rules(others)]
    index = {rule["id"]: number for number, rule in enumerate(rules)}
    results = [
        *(_finding_result(finding, index, broken, known) for finding in audit.findings),
        *(_violation_result(violation, index, audit.known) for violation in others),
    ]
    driver = {"name": "chainatlas", "version": tool_version, "semanticVersion": tool_version, "rules": rules}
    run = {
        "tool": {"driver": driver},
        "columnKind": "unicodeCodePoints",
        "originalUriBaseIds": {"ROOT": {"description": {"text": "the root of the repository"}}},
        "results": results,
        "properties": {"subject": audit.subject, "asOf": str(audit.as_of), **audit.coverage},
    }
    document = {"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}
    return orjson.dumps(document, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE, default=str)


def _finding_rules(findings: Iterable[Finding]) -> Iterable[dict[str, Any]]:
    seen: dict[str, Finding] = {}
    for finding in findings:
        seen.setdefault(finding.group_id, finding)
    for group_id, finding in sorted(seen.items()):
        score = f"{finding.cvss_score:.1f}" if finding.cvss_score else _SEVERITY_SCORE.get(finding.severity)
        tags = ["security", "malware" if finding.malicious else "vulnerability"]
        yield {
            "id": group_id,
            "name": group_id.replace("-", ""),
            "shortDescription": {"text": _cut(finding.summary or group_id)},
            "fullDescription": {"text": _cut(finding.summary or group_id)},
            "help": {"text": f"Aliases: {', '.join(finding.aliases)}"},
            "properties": {"tags": tags, **({"security-severity": score} if score else {})},
        }


def _violation_rules(violations: Iterable[Violation]) -> Iterable[dict[str, Any]]:
    for rule in sorted({violation.rule for violation in violations}):
        yield {
            "id": rule,
            "shortDescription": {"text": f"policy: {rule}"},
            "properties": {"tags": ["policy", rule.partition(".")[0]]},
        }


def _finding_result(
    finding: Finding, index: dict[str, int], broken: set[str], known: set[str]
) -> dict[str, Any]:
    print_ = finding.fingerprint
    fails = print_ in broken or finding.malicious
    fix = f"; fixed in {finding.fixed_versions[0]}" if finding.fixed_versions else "; no fix is known"
    way = f"; through {finding.paths[0][0]}" if finding.paths and len(finding.paths[0]) > 1 else ""
    text = f"{finding.purl} has {finding.group_id}: {finding.decision}, score {finding.score:.1f}{fix}{way}"
    result = {
        "ruleId": finding.group_id,
        "ruleIndex": index[finding.group_id],
        "level": "error" if fails else _LEVELS.get(finding.severity, "warning"),
        "message": {"text": _cut(text)},
        "locations": [_location(finding.path, finding.line)],
        "partialFingerprints": {"chainatlas/v1": print_},
        "rank": round(min(max(finding.score, 0.0), 100.0), 2),
        "properties": {
            "purl": finding.purl,
            "repository": finding.repo_id,
            "decision": finding.decision,
            "inputs": finding.inputs,
            "factors": finding.factors,
            "assumed": finding.assumed,
            "violatesPolicy": print_ in broken,
        },
    }
    if print_ in broken:
        result["baselineState"] = "unchanged" if print_ in known else "new"
    if finding.suppressed:
        why = finding.vex_justification or finding.vex_status
        until = f" until {finding.vex_expires}" if finding.vex_expires else ""
        said = f"VEX {finding.vex_source}: {why}{until}"
        result["suppressions"] = [{"kind": "external", "status": "accepted", "justification": said}]
    return result


def _violation_result(violation: Violation, index: dict[str, int], known: frozenset[str]) -> dict[str, Any]:
    return {
        "ruleId": violation.rule,
        "ruleIndex": index[violation.rule],
        "level": violation.level,
        "message": {"text": _cut(violation.message)},
        "locations": [_location(violation.path, violation.line)] if violation.path else [],
        "partialFingerprints": {"chainatlas/v1": violation.fingerprint},
        "baselineState": "unchanged" if violation.fingerprint in known else "new",
        "properties": {"purl": violation.purl, "repository": violation.repo_id},
    }


def _location(path: str, line: int | None) -> dict[str, Any]:
    place: dict[str, Any] = {
        "artifactLocation": {"uri": quote(path, safe="/", errors="replace"), "uriBaseId": "ROOT"}
    }
    if line is not None:
        place["region"] = {"startLine": max(line, 1)}
    return {"physicalLocation": place}


def _cut(text: str) -> str:
    text = text.encode("utf-8", "replace").decode("utf-8")
    return text if len(text) <= _MOST_TEXT else text[: _MOST_TEXT - 1] + "…"
