"""Statements on whether a vulnerability matters here: CycloneDX and OpenVEX, read and written."""

import json
from pathlib import Path
from typing import Any

import pytest
from audited_shop import LOCK, audit
from click.testing import CliRunner

from pipelines.audit.vex import normal_purl
from pipelines.cli import main

pytestmark = pytest.mark.slow


def test_openvex_when_it_says_not_affected_then_suppresses_until_it_expires(
    given: Path, tmp_path: Path
) -> None:
    vex = tmp_path / "vex.json"
    statement = {
        "vulnerability": {"name": "GHSA-aaaa-bbbb-cccc"},
        "products": [{"@id": "pkg:npm/shop", "subcomponents": [{"@id": "pkg:npm/lib"}]}],
        "status": "not_affected",
        "justification": "vulnerable_code_not_in_execute_path",
        "chainatlas:expires": "2026-06-30",
    }
    document = {"@context": "https://openvex.dev/ns/v0.2.0", "@id": "urn:x", "author": "us", "version": 1}
    vex.write_text(json.dumps(document | {"timestamp": "2026-01-01T00:00:00Z", "statements": [statement]}))
    report = json.loads(audit(given, "--vex", vex, "--format", "json").stdout)
    found = {finding["group"]: finding for finding in report["findings"]}
    assert found["CVE-2026-0001"]["suppressed"]
    assert found["CVE-2026-0001"]["vex"]["justification"] == "vulnerable_code_not_in_execute_path"
    assert [v["message"].split(": ")[1] for v in report["violations"]] == ["MAL-2026-1"]
    sarif = json.loads(audit(given, "--vex", vex, "--format", "sarif").stdout)
    suppressed = [r["ruleId"] for r in sarif["runs"][0]["results"] if "suppressions" in r]
    assert suppressed == ["CVE-2026-0001"]
    statement["chainatlas:expires"] = "2026-06-29"
    vex.write_text(json.dumps(document | {"timestamp": "2026-01-01T00:00:00Z", "statements": [statement]}))
    assert "VEX vex.json has expired: not_affected, vuln" in audit(given, "--vex", vex).stdout
    late = json.loads(audit(given, "--vex", vex, "--format", "json").stdout)["findings"]
    assert [(f["suppressed"], f["vex"]["expires"]) for f in late if f["vex"]] == [(False, "2026-06-29")]


def test_vex_when_written_as_cyclonedx_or_openvex_and_read_back_then_says_the_same(
    given: Path, tmp_path: Path
) -> None:
    first = tmp_path / "first.json"
    statement = {
        "vulnerability": {"name": "CVE-2026-0001"},
        "products": [{"@id": "pkg:npm/lib@1.2.0"}],
        "status": "not_affected",
        "justification": "vulnerable_code_not_present",
        "chainatlas:expires": "2027-01-01",
    }
    document = {"@context": "https://openvex.dev/ns/v0.2.0", "@id": "urn:x", "author": "us", "version": 1}
    first.write_text(json.dumps(document | {"timestamp": "2026-01-01T00:00:00Z", "statements": [statement]}))
    for form in ("cyclonedx", "openvex"):
        written = tmp_path / f"{form}.json"
        audit(given, "--vex", first, "--format", form, "-o", written)
        report = json.loads(audit(given, "--vex", written, "--format", "json").stdout)
        found = {finding["group"]: finding for finding in report["findings"]}
        assert found["CVE-2026-0001"]["suppressed"], form
        assert found["CVE-2026-0001"]["vex"]["expires"] == "2027-01-01"
        assert not found["MAL-2026-1"]["suppressed"]


def judged_by(given: Path, tmp_path: Path, document: dict[str, Any]) -> dict[str, Any]:
    """What an audit with one VEX document says of CVE-2026-0001."""
    (tmp_path / "vex.json").write_text(json.dumps(document))
    done = audit(given, "--vex", tmp_path / "vex.json", "--format", "json")
    [found] = [f for f in json.loads(done.stdout)["findings"] if f["group"] == "CVE-2026-0001"]
    return found


def cyclonedx_vex(root: dict[str, str], ref: str, **analysis: str) -> dict[str, Any]:
    vulnerability = {
        "id": "VENDOR-7",
        "references": [{"id": "CVE-2026-0001", "source": {"name": "NVD"}}],
        "analysis": {"state": "not_affected", **analysis},
        "affects": [{"ref": ref}],
    }
    metadata = {"component": root} if root else {}
    return {"bomFormat": "CycloneDX", "metadata": metadata, "vulnerabilities": [vulnerability]}


@pytest.mark.parametrize(
    ("root", "ref", "holds"),
    [
        ({"purl": "pkg:npm/shop@1.0.0"}, "pkg:npm/lib@1.2.0", True),
        ({"purl": "pkg:npm/shop"}, "pkg:npm/lib@1.2.0", True),
        ({"name": "shop"}, "pkg:npm/LIB@1.2.0", True),
        ({}, "urn:cdx:3e671687-395b-41f5-a30f-a58921a69b79/1#pkg:npm/lib@1.2.0", True),
        ({"purl": "pkg:npm/lib@1.2.0", "bom-ref": "it"}, "it", True),
        ({"purl": "pkg:npm/shop", "bom-ref": "it"}, "it", True),
        ({"purl": "pkg:npm/solr@1.0.0"}, "pkg:npm/lib@1.2.0", False),
        ({"name": "solr"}, "pkg:npm/lib@1.2.0", False),
        ({"name": "solr", "bom-ref": "it"}, "it", False),
        ({"purl": "pkg:npm/shop@2.0.0"}, "pkg:npm/lib@1.2.0", False),
    ],
)
def test_cyclonedx_vex_when_its_document_describes_another_product_then_it_does_not_hold_here(
    given: Path, tmp_path: Path, root: dict[str, str], ref: str, holds: bool
) -> None:
    assert judged_by(given, tmp_path, cyclonedx_vex(root, ref))["suppressed"] is holds


def test_vex_when_an_earlier_statement_was_taken_back_then_does_not_suppress(
    given: Path, tmp_path: Path
) -> None:
    early = {
        "vulnerability": {"@id": "https://nvd.example/CVE-2026-0001"},
        "products": [{"@id": "pkg:npm/shop"}],
        "status": "not_affected",
        "impact_statement": "lib is not loaded",
        "timestamp": "2026-01-02T00:00:00",
    }
    late = {
        "vulnerability": {"name": "VENDOR-7", "aliases": ["CVE-2026-0001"]},
        "products": ["pkg:npm/lib"],
        "status": "affected",
        "timestamp": "2026-01-01T00:00:00Z",
        "last_updated": "2026-03-01T00:00:00Z",
    }
    document = {"@context": "https://openvex.dev/ns/v0.2.0", "timestamp": "2026-05-01T00:00:00Z"}
    found = judged_by(given, tmp_path, document | {"statements": [early]})
    assert found["suppressed"]
    assert found["vex"]["justification"] == "lib is not loaded"
    found = judged_by(given, tmp_path, document | {"statements": [early, late]})
    assert (found["suppressed"], found["vex"]["status"]) == (False, "affected")


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("pkg:maven/org.example/lib@1.0?type=jar", "pkg:maven/org.example/lib@1.0"),
        ("pkg:maven/org.example/lib@1.0?classifier=x&type=jar", "pkg:maven/org.example/lib@1.0?classifier=x"),
        ("pkg:npm/@scope/lib@1.0", "pkg:npm/%40scope/lib@1.0"),
        ("pkg:pypi/Some_Name@1.0", "pkg:pypi/some-name@1.0"),
        ("pkg:generic/%40ohos/lib@1.0", "pkg:generic/%40ohos/lib@1.0"),
        ("not a purl", "not a purl"),
    ],
)
def test_purl_when_another_tool_wrote_it_then_is_read_as_the_models_write_it(
    written: str, meant: str
) -> None:
    assert normal_purl(written) == meant


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("{", "not JSON"),
        ("[]", "neither a CycloneDX nor an OpenVEX"),
        ('{"bomFormat": "SPDX"}', "neither a CycloneDX nor an OpenVEX"),
        ('{"@context": "https://openvex.dev/ns", "statements": [{"status": "fixed"}]}', "vulnerability"),
        (
            '{"@context": "https://openvex.dev/ns", "statements": [{"vulnerability": "x", "status": "?"}]}',
            "no status",
        ),
    ],
)
def test_vex_when_it_is_wrong_then_one_line_says_where(
    given: Path, tmp_path: Path, text: str, reason: str
) -> None:
    vex = tmp_path / "vex.json"
    vex.write_text(text)
    done = audit(given, "--vex", vex)
    assert done.exit_code == 2
    assert reason in done.output
    assert str(vex) in done.output


def test_openvex_when_a_folder_declares_no_package_then_names_it_and_holds_when_read_back(
    given: Path, tmp_path: Path
) -> None:
    folder, written = tmp_path / "门户 app", tmp_path / "vex.json"
    folder.mkdir()
    (folder / "yarn.lock").write_text(LOCK)
    words = ["audit", folder, "--advisories", given / "osv", "--as-of", "2026-06-30"]
    CliRunner().invoke(main, [*map(str, words), "--format", "openvex", "-o", str(written)])
    document = json.loads(written.read_text("utf-8"))
    for statement in document["statements"]:
        assert statement["products"][0]["@id"] == "pkg:generic/%E9%97%A8%E6%88%B7%20app"
        statement |= {"status": "not_affected", "justification": "component_not_present"}
    written.write_text(json.dumps(document))
    done = CliRunner().invoke(main, [*map(str, words), "--vex", str(written), "--format", "json"])
    assert [finding["suppressed"] for finding in json.loads(done.stdout)["findings"]] == [True, True]
