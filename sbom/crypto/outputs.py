"""Occurrences as JSON lines and as SARIF 2.1.0; both are the same for the same input."""

from collections.abc import Iterable, Mapping
from dataclasses import fields
from functools import cache
from importlib.resources import files
from typing import Any

import orjson
import yaml

from sbom.crypto.model import Context, CryptoOccurrence, CryptoResult

_SEVERITIES = ("low", "medium", "high")
_LEVELS = {"high": "error", "medium": "warning", "low": "note"}
_SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"


def to_jsonl(rows: Iterable[CryptoOccurrence]) -> bytes:
    """One JSON object per occurrence, with all attributes of `CryptoOccurrence` by their names."""
    names = [field.name for field in fields(CryptoOccurrence)]
    return b"".join(orjson.dumps({name: getattr(row, name) for name in names}) + b"\n" for row in rows)


def has_finding(rows: Iterable[CryptoOccurrence], severity: str) -> bool:
    """Whether a finding of at least this severity stands in the product's own code."""
    enough = _SEVERITIES.index(severity)
    return any(
        _SEVERITIES.index(finding_rules()[code]["severity"]) >= enough
        for row in rows
        if row.context is Context.MAIN
        for code in row.findings
    )


def to_sarif(result: CryptoResult, tool_version: str) -> bytes:
    """A SARIF log: one result per finding, and one note per occurrence without."""
    codes = ["crypto-occurrence", *finding_rules()]
    run = {
        "tool": {
            "driver": {
                "name": "chainatlas",
                "version": tool_version,
                "rules": [_rule(code) for code in codes],
            }
        },
        "columnKind": "unicodeCodePoints",
        "results": [entry for row in result.occurrences for entry in _results(row, codes)],
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


def _results(row: CryptoOccurrence, codes: list[str]) -> Iterable[dict[str, Any]]:
    for code in row.findings or ("crypto-occurrence",):
        name = row.algorithm or (row.protocol and f"{row.protocol} {row.protocol_version or ''}".strip())
        text = finding_rules()[code]["en"] if code in finding_rules() else "use of cryptography"
        yield {
            "ruleId": code,
            "ruleIndex": codes.index(code),
            "level": _LEVELS[finding_rules()[code]["severity"]] if code in finding_rules() else "note",
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
            "properties": {"family": row.family, "confidence": row.confidence, "context": row.context},
        }


@cache
def finding_rules() -> Mapping[str, Mapping[str, Any]]:
    """What the codes of findings mean, by code."""
    rules: Mapping[str, Mapping[str, Any]] = yaml.load(
        files("sbom.crypto").joinpath("findings.yaml").read_bytes(), yaml.CSafeLoader
    )
    return rules
