"""Findings as CycloneDX vulnerabilities with their analysis (VEX), and as an OpenVEX document."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from hashlib import sha256
from typing import Any
from urllib.parse import quote

import orjson

from pipelines.audit.finding import Audit, Finding, Violation
from pipelines.audit.vex import EXPIRES

_STATES = {
    "not_affected": "not_affected",
    "fixed": "resolved",
    "affected": "exploitable",
    "under_investigation": "in_triage",
}
_JUSTIFICATIONS = {
    "component_not_present": "code_not_present",
    "vulnerable_code_not_present": "code_not_present",
    "vulnerable_code_not_in_execute_path": "code_not_reachable",
    "vulnerable_code_cannot_be_controlled_by_adversary": "requires_environment",
    "inline_mitigations_already_exist": "protected_by_mitigating_control",
}
"""CycloneDX justification by that of OpenVEX."""
_CYCLONEDX_JUSTIFICATIONS = frozenset(
    {
        *("code_not_present", "code_not_reachable", "requires_configuration", "requires_dependency"),
        *("requires_environment", "protected_by_compiler", "protected_at_runtime", "protected_at_perimeter"),
        "protected_by_mitigating_control",
    }
)
_BACK = {
    "code_not_present": "vulnerable_code_not_present",
    "code_not_reachable": "vulnerable_code_not_in_execute_path",
}
_OPENVEX_JUSTIFICATIONS = frozenset(_JUSTIFICATIONS)
_METHODS = (("CVSS:3.0", "CVSSv3"), ("CVSS:3.1", "CVSSv31"), ("CVSS:4.0", "CVSSv4"))


def add_vulnerabilities(
    bom: bytes, findings: Sequence[Finding], violations: Sequence[Violation] = ()
) -> bytes:
    """A CycloneDX document with the findings as its vulnerabilities.

    Violations of the policy that are about no vulnerability are properties `chainatlas:violation` of the
    metadata, `rule: place: message`. A finding about a component that the document does not hold is left
    out: it has nothing to refer to.
    """
    document = orjson.loads(bom)
    refs = {component.get("purl"): component["bom-ref"] for component in document.get("components", ())}
    by_group: dict[str, list[Finding]] = defaultdict(list)
    for finding in findings:
        if finding.purl in refs:
            by_group[finding.group_id].append(finding)
    entries = []
    for group_id in sorted(by_group):
        entries += [_cyclonedx_entry(part, refs) for part in _by_analysis(by_group[group_id])]
    if entries:
        document["vulnerabilities"] = entries
    told = [_told(violation) for violation in violations if "finding" not in violation.facts]
    if told:
        properties = document["metadata"].setdefault("properties", [])
        properties += [{"name": "chainatlas:violation", "value": text} for text in told]
    return orjson.dumps(document, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE)


def _told(violation: Violation) -> str:
    place = violation.path or violation.repo_id
    line = f":{violation.line}" if violation.line is not None else ""
    return f"{violation.rule}: {place}{line}: {violation.message}"


def _by_analysis(findings: Iterable[Finding]) -> list[list[Finding]]:
    """Findings of one vulnerability by what is said of them: an entry has one analysis for all it affects."""
    parts: dict[tuple[Any, ...], list[Finding]] = defaultdict(list)
    for finding in findings:
        said = (finding.vex_status, finding.vex_justification, str(finding.vex_expires or ""))
        parts[tuple(text or "" for text in said)].append(finding)
    return [parts[key] for key in sorted(parts)]


def _cyclonedx_entry(findings: Sequence[Finding], refs: Mapping[str, str]) -> dict[str, Any]:
    first = findings[0]
    affected = sorted({refs[finding.purl] for finding in findings})
    fixed = sorted({version for finding in findings for version in finding.fixed_versions})
    numbers = {
        "chainatlas:decision": first.decision,
        "chainatlas:score": f"{max(finding.score for finding in findings):.2f}",
        **({EXPIRES: str(first.vex_expires)} if first.vex_expires else {}),
    }
    entry: dict[str, Any] = {
        "bom-ref": "vulnerability:" + sha256(repr((first.group_id, affected)).encode()).hexdigest()[:16],
        "id": first.group_id,
        "source": {"name": "OSV"},
        "references": [
            {"id": alias, "source": {"name": _database(alias)}}
            for alias in first.aliases
            if alias != first.group_id
        ],
        "ratings": [_rating(first)] if first.severity or first.cvss_score else [],
        "description": first.summary or "",
        "recommendation": f"Upgrade to {', '.join(fixed)}." if fixed else "No fixed version is known.",
        "affects": [{"ref": ref} for ref in affected],
        "properties": [{"name": name, "value": value} for name, value in sorted(numbers.items())],
    }
    if first.vex_status:
        entry["analysis"] = _analysis(first)
    return {key: value for key, value in entry.items() if value not in ("", [])}


def _rating(finding: Finding) -> dict[str, Any]:
    vector = finding.cvss_vector or ""
    method = next(
        (name for start, name in _METHODS if vector.startswith(start)), "CVSSv2" if vector else "other"
    )
    rating: dict[str, Any] = {"severity": finding.severity or "unknown", "method": method}
    if finding.cvss_score is not None:
        rating["score"] = finding.cvss_score
    return rating | ({"vector": vector} if vector else {})


def _analysis(finding: Finding) -> dict[str, Any]:
    analysis: dict[str, Any] = {"state": _STATES[finding.vex_status]}
    justification = _JUSTIFICATIONS.get(finding.vex_justification, finding.vex_justification)
    if justification in _CYCLONEDX_JUSTIFICATIONS:
        analysis["justification"] = justification
    until = f", until {finding.vex_expires}" if finding.vex_expires else ""
    reason = finding.vex_justification or "no reason given"
    return analysis | {"detail": f"{finding.vex_source}: {reason}{until}"}


def _database(advisory_id: str) -> str:
    return {"CVE": "NVD", "GHSA": "GitHub"}.get(advisory_id.partition("-")[0], "OSV")


def openvex_report(audit: Audit) -> bytes:
    """The findings as OpenVEX 0.2.0 statements; what nobody judged is under investigation.

    The product is the package that the finding's repository declares, else `pkg:generic/` and its name.
    """
    statements = [
        _statement(finding, audit.products.get(finding.repo_id) or f"pkg:generic/{quote(finding.repo_id)}")
        for finding in audit.findings
    ]
    digest = sha256(orjson.dumps(statements)).hexdigest()
    document = {
        "@context": "https://openvex.dev/ns/v0.2.0",
        "@id": f"urn:chainatlas:vex:{digest[:32]}",
        "author": "chainatlas",
        "timestamp": f"{audit.as_of}T00:00:00Z",
        "version": 1,
        "statements": statements,
    }
    return orjson.dumps(document, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE)


def _statement(finding: Finding, product: str) -> dict[str, Any]:
    status = finding.vex_status or "under_investigation"
    statement: dict[str, Any] = {
        "vulnerability": {
            "name": finding.group_id,
            "aliases": [alias for alias in finding.aliases if alias != finding.group_id],
        },
        "products": [{"@id": product, "subcomponents": [{"@id": finding.purl}]}],
        "status": status,
    }
    if status == "not_affected":
        reason = _BACK.get(finding.vex_justification, finding.vex_justification)
        if reason in _OPENVEX_JUSTIFICATIONS:
            statement["justification"] = reason
        else:
            statement["impact_statement"] = reason or "no reason given"
    if status == "affected":
        fix = f"upgrade to {finding.fixed_versions[0]}" if finding.fixed_versions else "no fix is known"
        statement["action_statement"] = fix
    if finding.vex_expires:
        statement[EXPIRES] = str(finding.vex_expires)
    return statement
