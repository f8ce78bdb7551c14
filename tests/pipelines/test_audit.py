"""An audit of a real repository: findings, policy, baseline, VEX and the forms that others read."""

import csv
import json
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest
from click.testing import CliRunner, Result
from made_repositories import make_repository

from pipelines.audit.vex import normal_purl
from pipelines.cli import main
from sbom.bom_validation import validate_bom

SARIF_SCHEMA = Path(__file__).parents[1] / "fixtures" / "audit" / "sarif-schema-2.1.0.json"
LOCK = """\
# yarn lockfile v1


lib@^1.1.0:
  version "1.2.0"

top@1.0.0:
  version "1.0.0"
  dependencies:
    lib "^1.1.0"

evil@1.0.0:
  version "1.0.0"
"""
MANIFEST = {
    "name": "shop",
    "version": "1.0.0",
    "license": "Apache-2.0",
    "dependencies": {"top": "1.0.0"},
    "devDependencies": {"evil": "1.0.0"},
}
ADVISORIES = [
    {
        "id": "GHSA-aaaa-bbbb-cccc",
        "aliases": ["CVE-2026-0001"],
        "modified": "2026-01-01T00:00:00Z",
        "published": "2026-01-01T00:00:00Z",
        "summary": "lib can be made to do anything",
        "severity": [{"type": "CVSS_V3", "score": "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H"}],
        "affected": [
            {
                "package": {"ecosystem": "npm", "name": "lib"},
                "ranges": [{"type": "SEMVER", "events": [{"introduced": "0"}, {"fixed": "1.2.5"}]}],
            }
        ],
    },
    {
        "id": "MAL-2026-1",
        "modified": "2026-01-01T00:00:00Z",
        "summary": "Malicious code in evil",
        "affected": [{"package": {"ecosystem": "npm", "name": "evil"}, "versions": ["1.0.0"]}],
    },
]


@pytest.fixture(scope="module")
def given(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a repository `shop` and a folder `osv` of advisories."""
    folder = tmp_path_factory.mktemp("audit")
    make_repository(folder / "shop", [{"package.json": json.dumps(MANIFEST), "yarn.lock": LOCK}])
    (folder / "osv").mkdir()
    lines = "".join(json.dumps(advisory) + "\n" for advisory in ADVISORIES)
    (folder / "osv" / "npm.jsonl").write_text(lines)
    return folder


def audit(given: Path, *words: str | Path) -> Result:
    fixed = ["audit", given / "shop", "--advisories", given / "osv", "--as-of", "2026-06-30"]
    return CliRunner().invoke(main, [str(word) for word in (*fixed, *words)])


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


def test_policy_when_it_is_that_of_the_documentation_then_is_accepted(given: Path, tmp_path: Path) -> None:
    page = (Path(__file__).parents[2] / "docs" / "audit.md").read_text("utf-8")
    policy = tmp_path / "policy.toml"
    policy.write_text(page.partition("```toml\n")[2].partition("```")[0], "utf-8")
    done = audit(given, "--policy", policy, "--format", "json")
    assert done.exit_code == 1
    rules = {violation["rule"] for violation in json.loads(done.stdout)["violations"]}
    assert rules == {"vulnerabilities.malicious", "vulnerabilities.severity", "licences.max_unknown_share"}


def test_baseline_when_written_then_only_what_is_new_fails(given: Path, tmp_path: Path) -> None:
    policy, baseline = tmp_path / "policy.toml", tmp_path / "known.json"
    policy.write_text("[vulnerabilities]\nseverity = 'high'\n")
    by = ("--policy", policy)
    assert audit(given, *by, "--write-baseline", baseline).exit_code == 0
    assert audit(given, *by, "--baseline", baseline).exit_code == 0
    document = json.loads(baseline.read_text())
    document["violations"] = [e for e in document["violations"] if e["subject"] != "MAL-2026-1"]
    baseline.write_text(json.dumps(document))
    done = audit(given, *by, "--baseline", baseline, "--format", "json")
    assert done.exit_code == 1
    flags = {v["message"].split(": ")[1]: v["in_baseline"] for v in json.loads(done.stdout)["violations"]}
    assert flags == {"CVE-2026-0001": True, "MAL-2026-1": False}


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"baseline": 9, "violations": []}', "\xff"])
def test_baseline_when_it_is_none_then_one_line_says_so(given: Path, tmp_path: Path, text: str) -> None:
    baseline = tmp_path / "known.json"
    baseline.write_bytes(text.encode("latin-1"))
    done = audit(given, "--baseline", baseline)
    assert done.exit_code == 2
    assert str(baseline) in done.output


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


def test_policy_when_it_names_licences_and_bans_then_these_are_violations(
    given: Path, tmp_path: Path
) -> None:
    policy = tmp_path / "policy.yaml"
    policy.write_text(
        "vulnerabilities: {act_within_days: null, known_exploited: false, malicious: false}\n"
        "licences: {deny_categories: [unknown]}\n"
        "components: {ban: ['pkg:npm/lib@1.*']}\n"
    )
    done = audit(given, "--policy", policy, "--format", "json")
    rules = sorted((v["rule"], v["purl"]) for v in json.loads(done.stdout)["violations"])
    assert rules == [
        ("components.ban", "pkg:npm/lib@1.2.0"),
        ("licences.deny_categories", "pkg:npm/lib@1.2.0"),
        ("licences.deny_categories", "pkg:npm/top@1.0.0"),
    ]


@pytest.mark.parametrize(
    ("name", "text", "expected"),
    [
        (
            "p.toml",
            "[vulnerabilities]\nseverty = 'high'\n",
            ":2: unknown key 'severty'; did you mean 'severity'?",
        ),
        ("p.toml", "\n[licenses]\n", ":2: unknown key 'licenses'; did you mean 'licences'?"),
        (
            "p.toml",
            "[vulnerabilities]\nepss = 2\n",
            ":2: vulnerabilities.epss: 2 should be less than or equal to 1",
        ),
        ("p.toml", "[components]\nban = ['left-pad']\n", "'left-pad' is no purl; write pkg:npm/left-pad"),
        ("p.toml", "[vulnerabilities\n", "is not TOML"),
        (
            "p.yaml",
            "vulnerabilities:\n  severty: high\n",
            ":2: unknown key 'severty'; did you mean 'severity'?",
        ),
        ("p.yaml", "a: [\n", "not YAML"),
    ],
)
def test_policy_when_it_has_a_mistake_then_file_line_and_advice_are_told(
    given: Path, tmp_path: Path, name: str, text: str, expected: str
) -> None:
    policy = tmp_path / name
    policy.write_text(text)
    done = audit(given, "--policy", policy)
    assert done.exit_code == 2
    assert f"{policy}" in done.output
    assert expected in done.output


def test_audit_when_a_path_and_a_bom_are_named_then_usage_is_told(given: Path) -> None:
    assert audit(given, "--bom", "x.json").exit_code == 2
    done = CliRunner().invoke(main, ["audit", str(given / "shop")])
    assert done.exit_code == 2
    assert "--advisories DIR is needed" in done.output


@pytest.fixture(scope="module")
def signing(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder that uses MD5 in its product, and in a test."""
    folder = tmp_path_factory.mktemp("crypto") / "signing"
    for name in ("sign.py", "tests/test_sign.py"):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text("import hashlib\n\nprint(hashlib.md5(b'x').hexdigest())\n")
    return folder


def judge_crypto(signing: Path, policy: str, output_format: str) -> Result:
    (signing.parent / "osv").mkdir(exist_ok=True)
    (signing.parent / "osv" / "a.jsonl").write_text(json.dumps(ADVISORIES[0]))
    (signing.parent / "policy.toml").write_text(policy)
    words = ["--advisories", str(signing.parent / "osv"), "--policy", str(signing.parent / "policy.toml")]
    return CliRunner().invoke(main, ["audit", str(signing), *words, "--format", output_format])


def test_crypto_when_a_policy_calls_it_weak_then_every_form_says_where_and_why(signing: Path) -> None:
    policy = '[crypto]\nverdicts = ["weak"]\npolicies = ["international", "national"]'
    done = judge_crypto(signing, policy, "json")
    assert done.exit_code == 1
    report = json.loads(done.stdout)
    assert report["coverage"]["crypto_uses"] == 1
    found = [(v["rule"], v["path"], v["line"], v["policy"]) for v in report["violations"]]
    assert sorted(found) == [("crypto.weak", "sign.py", 3, name) for name in ("international", "national")]
    assert all("MD5" in v["message"] and v["source"] for v in report["violations"])
    [run] = json.loads(judge_crypto(signing, policy, "sarif").stdout)["runs"]
    assert [result["ruleId"] for result in run["results"]] == ["crypto.weak"] * 2
    bom = json.loads(judge_crypto(signing, policy, "cyclonedx").stdout)
    told = [p["value"] for p in bom["metadata"]["properties"] if p["name"] == "chainatlas:violation"]
    assert len(told) == 2
    assert all(text.startswith("crypto.weak: sign.py:3: MD5") for text in told)
    assert "violation crypto.weak: sign.py:3" in judge_crypto(signing, policy, "table").stdout


def test_sarif_when_a_baseline_holds_violations_without_a_vulnerability_then_they_are_unchanged(
    signing: Path, tmp_path: Path
) -> None:
    judge_crypto(signing, '[crypto]\nverdicts = ["weak"]', "json")
    by = ["--advisories", signing.parent / "osv", "--policy", signing.parent / "policy.toml"]
    words = ["audit", signing, *by]
    known = ["--write-baseline", tmp_path / "known.json"]
    CliRunner().invoke(main, list(map(str, words + known)))
    again = [*words, "--baseline", tmp_path / "known.json", "--format", "sarif"]
    done = CliRunner().invoke(main, list(map(str, again)))
    assert done.exit_code == 0, done.output
    [run] = json.loads(done.stdout)["runs"]
    assert [result["baselineState"] for result in run["results"]] == ["unchanged"]


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


def test_crypto_when_nothing_is_asked_then_it_is_not_looked_for(signing: Path) -> None:
    done = judge_crypto(signing, "[crypto]\nverdicts = []", "json")
    assert done.exit_code == 0
    assert json.loads(done.stdout)["coverage"]["crypto_uses"] is None
    both = judge_crypto(signing, '[crypto]\nverdicts = ["weak"]\ndevelopment = true', "json")
    assert len(json.loads(both.stdout)["violations"]) == 2


@pytest.mark.parametrize(
    ("policy", "said"),
    [
        ('[crypto]\nverdicts = ["feeble"]', "policy.toml:2"),
        ('[crypto]\nverdicts = ["weak"]\npolicies = ["lunar"]', "no policy is called lunar"),
    ],
)
def test_crypto_when_the_policy_is_wrong_then_one_line_says_so(signing: Path, policy: str, said: str) -> None:
    done = judge_crypto(signing, policy, "json")
    assert done.exit_code == 2
    assert said in done.output
