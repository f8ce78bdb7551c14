"""By what an audit fails: a policy, and a baseline of what is known."""

import json
from pathlib import Path

import pytest
from audited_shop import audit


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
