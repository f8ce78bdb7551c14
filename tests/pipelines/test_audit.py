"""An audit of a real repository: findings, and the forms that others read."""

import csv
import json
from pathlib import Path

import jsonschema_rs
import pytest
from audited_shop import audit
from click.testing import CliRunner

from pipelines.cli import main
from sbom.bom_validation import validate_bom

SARIF_SCHEMA = Path(__file__).parents[1] / "fixtures" / "audit" / "sarif-schema-2.1.0.json"


def test_audit_when_there_are_vulnerabilities_then_json_tells_where_how_bad_and_what_first(
    given: Path,
) -> None:
    done = audit(given, "--format", "json")
    assert done.exit_code == 1, done.output
    first, second = json.loads(done.stdout)["findings"]
    assert (first["purl"], first["line"]) == ("pkg:npm/evil@1.0.0", 12)
    assert first["decision"] == "act within 3 days, look for intrusion"
    assert first["malicious"]
    told = {
        name: second[name] for name in ("purl", "advisory", "aliases", "group", "severity", "fixed", "path")
    }
    assert told == {
        "purl": "pkg:npm/lib@1.2.0",
        "advisory": "GHSA-aaaa-bbbb-cccc",
        "aliases": ["CVE-2026-0001", "GHSA-aaaa-bbbb-cccc"],
        "group": "CVE-2026-0001",
        "severity": "critical",
        "fixed": ["1.2.5"],
        "path": "yarn.lock",
    }
    assert second["paths"] == [["pkg:npm/top@1.0.0", "pkg:npm/lib@1.2.0"]]
    factors = second["factors"].values()
    product = 100.0
    for factor in factors:
        product *= factor
    assert abs(product - second["score"]) < 0.01


def test_table_when_written_then_says_what_decision_score_and_answer_rest_on(given: Path) -> None:
    lines = audit(given).stdout.splitlines()
    assert lines[0].split() == [
        *("act", "within", "3", "days", "10.0", "unrated", "npm/evil@1.0.0", "MAL-2026-1"),
        *("no", "known", "fix", "yarn.lock:12"),
    ]
    assert "known exploited yes*, exposed no, automatable yes, impact total; exploitation 1.00" in lines[1]
    assert lines[2:4] == ["    known malware", "    look for intrusion: somebody may be in already"]
    assert lines[5].endswith("exploitation 0.10* × severity 0.98 × exposure 0.50 × reach 0.90 × blast 1.00")
    assert lines[6] == "    via npm/top@1.0.0 (line 7)"
    assert "EPSS not loaded" in lines[-1]
    assert "2 advisories, the latest changed on 2026-01-01" in lines[-1]


def test_rows_when_written_then_each_holds_what_decision_and_score_rest_on(given: Path) -> None:
    first, second = csv.DictReader(audit(given, "--format", "csv").stdout.splitlines())
    assert (first["vulnerability"], first["in_kev"]) == ("MAL-2026-1", "yes")
    assert (second["technical_impact"], second["severity"], second["reach_factor"]) == (
        "total",
        "critical",
        "0.9",
    )
    assert "publicly_exposed=no: no deployment file" in second["assumed"]


@pytest.mark.slow
def test_audit_when_asked_twice_then_gives_the_same_bytes(given: Path) -> None:
    for form in ("json", "sarif", "cyclonedx", "openvex"):
        assert audit(given, "--format", form).stdout_bytes == audit(given, "--format", form).stdout_bytes


def test_sarif_when_written_then_follows_its_schema_and_names_the_line(given: Path) -> None:
    report = json.loads(audit(given, "--format", "sarif").stdout)
    schema = json.loads(SARIF_SCHEMA.read_text("utf-8"))
    validator = jsonschema_rs.validator_for(schema, validate_formats=True)
    assert [error.message for error in validator.iter_errors(report)] == []
    results = {result["ruleId"]: result for result in report["runs"][0]["results"]}
    place = results["CVE-2026-0001"]["locations"][0]["physicalLocation"]
    assert place["artifactLocation"]["uri"] == "yarn.lock"
    assert place["region"]["startLine"] == 4
    assert results["MAL-2026-1"]["level"] == "error"


def test_cyclonedx_when_written_then_is_valid_and_refers_to_components(given: Path) -> None:
    content = audit(given, "--format", "cyclonedx").stdout_bytes
    assert validate_bom(content) == []
    document = json.loads(content)
    refs = {component["bom-ref"] for component in document["components"]}
    vulnerabilities = {entry["id"]: entry for entry in document["vulnerabilities"]}
    assert vulnerabilities.keys() == {"CVE-2026-0001", "MAL-2026-1"}
    assert {entry["affects"][0]["ref"] for entry in vulnerabilities.values()} <= refs


def test_bom_when_judged_instead_of_its_repository_then_finds_the_same(given: Path, tmp_path: Path) -> None:
    bom = tmp_path / "shop.cdx.json"
    CliRunner().invoke(main, ["sbom", str(given / "shop"), "-o", str(bom), "-q"])
    words = ["--advisories", str(given / "osv"), "--as-of", "2026-06-30", "--format", "json"]
    done = CliRunner().invoke(main, ["audit", "--bom", str(bom), *words])
    assert done.exit_code == 1
    found = {(f["purl"], f["group"]) for f in json.loads(done.stdout)["findings"]}
    assert found == {("pkg:npm/evil@1.0.0", "MAL-2026-1"), ("pkg:npm/lib@1.2.0", "CVE-2026-0001")}


def test_audit_when_a_path_and_a_bom_are_named_then_usage_is_told(given: Path) -> None:
    assert audit(given, "--bom", "x.json").exit_code == 2
    done = CliRunner().invoke(main, ["audit", str(given / "shop")])
    assert done.exit_code == 2
    assert "--advisories DIR is needed" in done.output
