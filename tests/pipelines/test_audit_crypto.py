"""An audit whose policy speaks of cryptography."""

import json
from pathlib import Path

import pytest
from audited_shop import ADVISORIES
from click.testing import CliRunner, Result

from pipelines.cli import main

pytestmark = pytest.mark.slow


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
