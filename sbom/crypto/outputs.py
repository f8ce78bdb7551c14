"""Occurrences as JSON lines and as SARIF 2.1.0; both are the same for the same input."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import fields
from typing import Any

import orjson

from sbom.crypto.changes import CryptoChange
from sbom.crypto.finding_rules import finding_rules
from sbom.crypto.model import Context, CryptoOccurrence, CryptoResult
from sbom.crypto.policy import Policy, Rule, judge, load_policies, site_of
from sbom.crypto.verdicts import severities_of, verdict_severities

_SEVERITIES = ("low", "medium", "high")
_LEVELS = {"high": "error", "medium": "warning", "low": "note"}
_SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"


def to_jsonl(rows: Iterable[CryptoOccurrence], policies: Sequence[Policy] = ()) -> bytes:
    """One JSON object per occurrence, with all attributes of `CryptoOccurrence` by their names.

    Where policies are asked for, `verdicts` holds every rule of theirs that the site is under.
    """
    names = [field.name for field in fields(CryptoOccurrence)]

    def verdicts(row: CryptoOccurrence) -> dict[str, Any]:
        if not policies:
            return {}
        return {
            "verdicts": [
                {
                    "policy": policy.policy,
                    "rule": rule.id,
                    "verdict": rule.verdict,
                    "deprecated_after": rule.deprecated_after,
                    "disallowed_after": rule.disallowed_after,
                    "source": rule.source,
                }
                for policy, rule in judge(site_of(row), policies)
            ]
        }

    return b"".join(
        orjson.dumps({name: getattr(row, name) for name in names} | verdicts(row)) + b"\n" for row in rows
    )


def to_changes_jsonl(changes: Iterable[CryptoChange]) -> bytes:
    """One JSON object per change: what kind it is, the site before and after, findings gained and lost."""
    names = [field.name for field in fields(CryptoOccurrence)]

    def row(occurrence: CryptoOccurrence | None) -> dict[str, Any] | None:
        return None if occurrence is None else {name: getattr(occurrence, name) for name in names}

    return b"".join(
        orjson.dumps(
            {
                "change": item.change,
                "before": row(item.before),
                "after": row(item.after),
                "worse": item.worse,
                "better": item.better,
            }
        )
        + b"\n"
        for item in changes
    )


def has_finding(rows: Iterable[CryptoOccurrence], severity: str, policies: Sequence[Policy] = ()) -> bool:
    """Whether a finding, or a verdict of these policies, of at least this severity stands in main code."""
    enough = {*_SEVERITIES[_SEVERITIES.index(severity) :]}
    return any(
        enough & ({finding_rules()[code]["severity"] for code in row.findings} | severities_of(row, policies))
        for row in rows
        if row.context is Context.MAIN
    )


def to_sarif(result: CryptoResult, tool_version: str, policies: Sequence[Policy] = ()) -> bytes:
    """A SARIF log: one result per finding and per verdict of a policy, one note per site without either.

    A verdict is `policy/rule`; its level is that of its severity in `verdicts.yaml`.
    """
    verdicts = {f"{policy.policy}/{rule.id}": rule for policy in policies for rule in policy.rules}
    codes = ["crypto-occurrence", *finding_rules(), *verdicts]
    rules = [_rule(code) for code in codes if code not in verdicts]
    rules += [_verdict_rule(code, rule) for code, rule in verdicts.items()]
    places = {code: index for index, code in enumerate(codes)}
    run = {
        "tool": {"driver": {"name": "chainatlas", "version": tool_version, "rules": rules}},
        "columnKind": "unicodeCodePoints",
        "results": [entry for row in result.occurrences for entry in _results(row, places, policies)],
    }
    log = {"$schema": _SCHEMA, "version": "2.1.0", "runs": [run]}
    return orjson.dumps(log, option=orjson.OPT_INDENT_2) + b"\n"


def _rule(code: str) -> dict[str, Any]:
    if code == "crypto-occurrence":
        return {
            "id": code,
            "shortDescription": {"text": "use of cryptography"},
            "properties": {"zh": "密码应用"},
        }
    facts = finding_rules()[code]
    return {
        "id": code,
        "shortDescription": {"text": facts["en"]},
        "properties": {"zh": facts["zh"], "source": facts["source"]},
        "defaultConfiguration": {"level": _LEVELS[facts["severity"]]},
    }


def _verdict_rule(code: str, rule: Rule) -> dict[str, Any]:
    return {
        "id": code,
        "shortDescription": {"text": rule.why.en},
        "properties": {
            "zh": rule.why.zh,
            "source": rule.source,
            "verdict": rule.verdict,
            "deprecated_after": rule.deprecated_after,
            "disallowed_after": rule.disallowed_after,
        },
        "defaultConfiguration": {"level": _LEVELS[verdict_severities()[rule.verdict]]},
    }


def _results(
    row: CryptoOccurrence, places: Mapping[str, int], policies: Sequence[Policy]
) -> Iterable[dict[str, Any]]:
    name = row.algorithm or (row.protocol and f"{row.protocol} {row.protocol_version or ''}".strip())
    rules = finding_rules()
    told = [(code, rules[code]["en"], _LEVELS[rules[code]["severity"]]) for code in row.findings]
    for policy, rule in judge(site_of(row), policies):
        level = _LEVELS[verdict_severities()[rule.verdict]]
        told.append((f"{policy.policy}/{rule.id}", f"{rule.verdict}: {rule.why.en}", level))
    for code, text, level in told or [("crypto-occurrence", "use of cryptography", "note")]:
        yield {
            "ruleId": code,
            "ruleIndex": places[code],
            "level": level,
            "message": {"text": f"{name or 'unknown algorithm'}: {text} ({row.api})"},
            "locations": [
                {
                    "physicalLocation": {
                        "artifactLocation": {"uri": row.path},
                        "region": {
                            "startLine": row.line,
                            "startColumn": row.column,
                            "charOffset": row.offset,
                        },
                    }
                }
            ],
            "properties": {
                "family": row.family,
                "confidence": row.confidence,
                "context": row.context,
                "verdicts": [
                    f"{policy.policy}/{rule.id}: {rule.verdict}"
                    for policy, rule in judge(site_of(row), load_policies())
                ],
            },
        }
