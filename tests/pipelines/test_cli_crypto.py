"""`chainatlas crypto` as a script would call it."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner
from made_repositories import make_repository

from pipelines.cli import main
from pipelines.cli._messages import messages
from sbom.crypto.finding_rules import finding_rules

KEYS = {
    *("path", "line", "language", "family", "algorithm", "mode", "padding", "key_size", "curve"),
    *("primitive", "function", "api", "library", "rule", "confidence", "context"),
}
CODE = 'import hashlib\nprint(hashlib.md5(b"x").hexdigest())\n'
ECB = "from Crypto.Cipher import AES\n\nAES.new(key, AES.MODE_ECB)\n"


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    make_repository(tmp_path / "shop", [{"app/a.py": CODE}, {"app/b.py": ECB, "tests/test_b.py": ECB}])
    return tmp_path / "shop"


def test_crypto_when_asked_for_jsonl_then_one_object_per_occurrence(shop: Path) -> None:
    result = CliRunner().invoke(main, ["crypto", str(shop), "--format", "jsonl"])
    assert result.exit_code == 0
    rows = [json.loads(line) for line in result.stdout.splitlines()]
    assert all(row.keys() >= KEYS for row in rows)
    assert [(row["path"], row["line"], row["family"], row["mode"], row["context"]) for row in rows] == [
        ("app/a.py", 2, "MD5", None, "main"),
        ("app/b.py", 3, "AES", "ecb", "main"),
        ("tests/test_b.py", 3, "AES", "ecb", "test"),
    ]
    assert "3 occurrences of 2 families" in result.stderr
    assert CliRunner().invoke(main, ["crypto", str(shop), "--format", "jsonl"]).stdout == result.stdout


def test_crypto_when_a_revision_is_named_then_reads_that(shop: Path) -> None:
    words = ["crypto", str(shop), "--rev", "HEAD~1", "-q", "--format", "csv"]
    result = CliRunner().invoke(main, words)
    assert result.stdout.splitlines()[1].startswith("app/a.py:2,MD5,weak,,hashlib.md5,")


def test_crypto_when_asked_for_sarif_then_names_rule_and_place(shop: Path) -> None:
    result = CliRunner().invoke(main, ["crypto", str(shop), "--format", "sarif", "-q"])
    log = json.loads(result.stdout)
    [run] = log["runs"]
    assert log["version"] == "2.1.0"
    found = [(item["ruleId"], item["level"]) for item in run["results"]]
    assert found == [("crypto-occurrence", "note"), ("ecb-mode", "error"), ("ecb-mode", "error")]
    for item in run["results"]:
        assert run["tool"]["driver"]["rules"][item["ruleIndex"]]["id"] == item["ruleId"]


@pytest.mark.parametrize(("rev", "code"), [("HEAD", 1), ("HEAD~1", 0)])
def test_crypto_when_told_to_fail_on_findings_then_does_so_for_the_products_own(
    shop: Path, rev: str, code: int
) -> None:
    call = ["crypto", str(shop), "--rev", rev, "--fail-on", "high"]
    assert CliRunner().invoke(main, call).exit_code == code


def test_crypto_when_there_is_no_such_folder_then_says_so(tmp_path: Path) -> None:
    result = CliRunner().invoke(main, ["crypto", str(tmp_path / "none")])
    assert result.exit_code == 2
    assert "no such folder" in result.stderr


def test_crypto_when_asked_since_a_commit_then_tells_what_is_new_gone_and_changed(tmp_path: Path) -> None:
    weak = "import hashlib\n\n\nhashlib.md5(b'x')\nhashlib.sha1(b'y')\n"
    moved = "import hashlib\n# a line more\n\nhashlib.sha1(b'y')\n"
    ecb, cbc = ECB, ECB.replace("MODE_ECB", "MODE_CBC, iv")
    make_repository(
        tmp_path / "shop", [{"a.py": weak, "b.py": ecb}, {"a.py": moved, "b.py": cbc, "c.py": ecb}]
    )
    call = ["crypto", str(tmp_path / "shop"), "--since", "HEAD~1", "-q", "--format", "jsonl"]
    rows = [json.loads(line) for line in CliRunner().invoke(main, call).stdout.splitlines()]
    assert [(row["change"], (row["after"] or row["before"])["path"]) for row in rows] == [
        ("gone", "a.py"),
        ("changed", "b.py"),
        ("new", "c.py"),
    ]
    assert (rows[1]["better"], rows[2]["worse"]) == (["ecb-mode"], ["ecb-mode"])
    table = CliRunner().invoke(main, [*call[:-1], "csv"]).stdout.splitlines()
    assert [line.split(",")[0] for line in table] == ["change", "gone", "changed", "new"]
    assert table[2].split(",")[-1].startswith("AES")


def test_crypto_when_a_policy_is_named_then_sarif_holds_its_verdicts(shop: Path) -> None:
    call = ["crypto", str(shop), "--format", "sarif", "-q", "--policy", "international"]
    [run] = json.loads(CliRunner().invoke(main, call).stdout)["runs"]
    found = {(item["ruleId"], item["level"]) for item in run["results"]}
    assert {("international/broken-hash", "error"), ("ecb-mode", "error")} <= found
    for item in run["results"]:
        assert run["tool"]["driver"]["rules"][item["ruleIndex"]]["id"] == item["ruleId"]
    unknown = CliRunner().invoke(main, [*call[:-1], "nowhere"])
    assert (unknown.exit_code, "no policy 'nowhere'" in unknown.stderr) == (2, True)


@pytest.fixture(scope="module")
def hashes(tmp_path_factory: pytest.TempPathFactory) -> Path:
    code = "import hashlib\n\n\nhashlib.md5(b'x')\nhashlib.sha256(b'y')\nhashlib.new('sm3', b'z')\n"
    return make_repository(tmp_path_factory.mktemp("hashes") / "hashes", [{"a.py": code}])


def test_crypto_when_no_policy_is_named_then_rows_tell_the_verdicts_of_the_international_one(
    hashes: Path,
) -> None:
    result = CliRunner().invoke(main, ["crypto", str(hashes), "--format", "json"])
    told = [(row["algorithm"], row["verdicts"]) for row in json.loads(result.stdout)]
    assert told == [("MD5", ["weak"]), ("SHA-256", []), ("SM3", ["not-approved"])]
    assert "policy international, tests and copies aside: 1 weak, 1 not-approved" in result.stderr


def test_crypto_when_policies_are_named_then_rows_and_objects_tell_whose_verdict_it_is(hashes: Path) -> None:
    named = ["--policy", "international", "--policy", "national"]
    rows = json.loads(CliRunner().invoke(main, ["crypto", str(hashes), *named, "--format", "json"]).stdout)
    assert [row["verdicts"] for row in rows] == [
        ["international: weak", "national: weak", "national: international"],
        ["national: international"],
        ["international: not-approved", "national: national"],
    ]
    call = ["crypto", str(hashes), *named, "--format", "jsonl", "-q"]
    objects = [json.loads(line) for line in CliRunner().invoke(main, call).stdout.splitlines()]
    told = [(item["policy"], item["rule"], item["verdict"]) for item in objects[0]["verdicts"]]
    assert ("international", "broken-hash", "weak") in told
    assert ("national", "high-risk-hash", "weak") in told
    plain = CliRunner().invoke(main, ["crypto", str(hashes), "--format", "jsonl", "-q"]).stdout
    assert "verdicts" not in json.loads(plain.splitlines()[0])


@pytest.mark.parametrize(("named", "code"), [([], 0), (["--policy", "international"], 1)])
def test_crypto_when_asked_to_fail_then_verdicts_of_named_policies_count(
    hashes: Path, named: list[str], code: int
) -> None:
    call = ["crypto", str(hashes), "--fail-on", "high", "-q", *named]
    assert CliRunner().invoke(main, call).exit_code == code


def test_crypto_when_the_locale_is_chinese_then_verdicts_and_findings_are_told_in_it(
    shop: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LC_ALL", "zh_CN.UTF-8")
    told = CliRunner().invoke(main, ["crypto", str(shop), "--format", "markdown"]).stdout
    assert "| 弱 |" in told
    assert "| 误用, 过渡期 | ECB 模式 |" in told
    assert finding_rules().keys() <= messages()["values"].keys()


def test_crypto_when_no_standard_names_an_algorithm_then_sarif_warns_and_calls_it_no_error(
    hashes: Path,
) -> None:
    named = ["--policy", "international", "--policy", "national"]
    sarif = CliRunner().invoke(main, ["crypto", str(hashes), *named, "--format", "sarif", "-q"]).stdout
    [run] = json.loads(sarif)["runs"]
    sm3 = {(item["ruleId"], item["level"]) for item in run["results"] if "SM3" in item["message"]["text"]}
    assert sm3 == {("international/not-approved", "warning"), ("national/sm-algorithm", "note")}


def test_crypto_when_a_bom_is_asked_with_a_policy_then_says_that_it_holds_none(hashes: Path) -> None:
    call = ["crypto", str(hashes), "--format", "cyclonedx", "--policy", "national"]
    result = CliRunner().invoke(main, call)
    assert (result.exit_code, "holds no verdicts" in result.stderr) == (2, True)


def test_sbom_when_asked_for_cryptography_then_one_document_holds_both(tmp_path: Path) -> None:
    lock = '[[package]]\nname = "pycryptodome"\nversion = "3.20.0"\n'
    make_repository(tmp_path / "shop", [{"a.py": ECB, "poetry.lock": lock}])
    result = CliRunner().invoke(main, ["sbom", str(tmp_path / "shop"), "--with-crypto", "-q"])
    document = json.loads(result.stdout)
    assert {component["type"] for component in document["components"]} == {"library", "cryptographic-asset"}
    [library] = [item["bom-ref"] for item in document["components"] if item["type"] == "library"]
    [edge] = [item for item in document["dependencies"] if item["ref"] == library]
    assert edge["provides"]
