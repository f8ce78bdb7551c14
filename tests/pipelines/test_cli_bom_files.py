"""The commands on BOM files: sbom-quality, sbom-sign, sbom-verify, sbom-merge."""

import json
import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from cryptography.hazmat.primitives.asymmetric import ed25519
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat

from pipelines.cli import main
from sbom.bom_validation import validate_bom

pytestmark = pytest.mark.slow

BOM = Path(__file__).parents[1] / "fixtures" / "boms" / "npm_shop.cdx.json"


def run(*words: object) -> Result:
    return CliRunner().invoke(main, [str(word) for word in words])


def test_quality_when_asked_then_a_score_for_each_profile_and_what_is_missing() -> None:
    found = json.loads(run("sbom-quality", BOM, "--format", "json").stdout)
    assert [one["profile"] for one in found] == ["ntia-2021", "cisa-2025", "bsi-tr-03183-2", "gbt-47020-2026"]
    assert all(0 < one["score"] < 100 for one in found)
    shown = run("sbom-quality", BOM, "--profile", "ntia-2021")
    assert shown.stdout.startswith("ntia-2021: ")
    assert "0.0  known unknowns: missing" in shown.stdout
    assert f"next: chainatlas audit --bom {BOM}" in shown.stderr


def test_quality_when_below_the_minimum_then_exit_code_1() -> None:
    assert run("sbom-quality", BOM, "--minimum", "99").exit_code == 1
    assert run("sbom-quality", BOM, "--minimum", "10").exit_code == 0


def test_quality_when_the_profile_or_file_is_wrong_then_exit_code_2(tmp_path: Path) -> None:
    done = run("sbom-quality", BOM, "--profile", "iso")
    assert (done.exit_code, "there are ntia-2021" in done.stderr) == (2, True)
    (tmp_path / "x.json").write_text("{}")
    done = run("sbom-quality", tmp_path / "x.json")
    assert (done.exit_code, "neither CycloneDX nor SPDX" in done.stderr) == (2, True)


@pytest.fixture
def keys(tmp_path: Path) -> tuple[Path, Path]:
    key = ed25519.Ed25519PrivateKey.generate()
    private, public = tmp_path / "key.pem", tmp_path / "key.pub"
    private.write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    public.write_bytes(key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo))
    return private, public


def test_bom_when_signed_then_verified_and_another_file_is_not(
    tmp_path: Path, keys: tuple[Path, Path]
) -> None:
    private, public = keys
    envelope = tmp_path / "shop.intoto.json"
    assert run("sbom-sign", BOM, "--key", private, "-o", envelope).exit_code == 0
    done = run("sbom-verify", envelope, "--key", public, "--bom", BOM)
    assert (done.exit_code, "signature is valid" in done.stdout) == (0, True)
    assert f"next: chainatlas audit --bom {BOM}" in done.stderr
    other = tmp_path / "other.cdx.json"
    other.write_bytes(BOM.read_bytes() + b"\n")
    done = run("sbom-verify", envelope, "--key", public, "--bom", other)
    assert (done.exit_code, "not the file that was signed" in done.stderr) == (1, True)


def test_envelope_when_of_another_key_then_exit_code_1(tmp_path: Path, keys: tuple[Path, Path]) -> None:
    private, _ = keys
    envelope, stranger = tmp_path / "shop.intoto.json", tmp_path / "stranger.pub"
    run("sbom-sign", BOM, "--key", private, "-o", envelope)
    key = ed25519.Ed25519PrivateKey.generate().public_key()
    stranger.write_bytes(key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo))
    done = run("sbom-verify", envelope, "--key", stranger)
    assert (done.exit_code, "not signed by this key" in done.stderr) == (1, True)
    assert run("sbom-verify", BOM, "--key", stranger).exit_code == 2
    assert run("sbom-sign", BOM, "--key", stranger).exit_code == 2


def test_enterprise_when_merged_then_a_legal_bom_of_its_repositories(region: Path, tmp_path: Path) -> None:
    rows = run("query", region, "--format", "json", "select enterprise_id, repo_id from raw.repository")
    owners: dict[str, list[str]] = {}
    for row in json.loads(rows.stdout):
        owners.setdefault(row["enterprise_id"], []).append(row["repo_id"])
    owner, repositories = max(owners.items(), key=lambda item: len(item[1]))
    out = tmp_path / "owner.cdx.json"
    done = run("sbom-merge", region, "--enterprise", owner, "-o", out)
    assert done.exit_code == 0, done.stderr
    assert validate_bom(out.read_bytes()) == []
    document = json.loads(out.read_bytes())
    top = {row["ref"]: row.get("dependsOn", []) for row in document["dependencies"]}[f"owner:{owner}"]
    absent = {repo_id for repo_id in repositories if f"not in it: {repo_id}" in done.stderr}
    assert absent == {"local/two/broken"}
    assert {ref.partition("@")[0] for ref in top} == set(repositories) - absent


def test_enterprise_when_unknown_then_the_known_ones_are_named(region: Path) -> None:
    done = run("sbom-merge", region, "--enterprise", "nobody")
    assert (done.exit_code, "enterprises with some: " in done.stderr) == (2, True)


def test_enterprise_when_its_boms_are_gone_then_says_what_writes_them(region: Path, tmp_path: Path) -> None:
    copy = tmp_path / "copy"
    shutil.copytree(region, copy)
    shutil.rmtree(copy / ".chainatlas" / "boms", ignore_errors=True)
    rows = json.loads(
        run("query", copy, "--format", "json", "select enterprise_id from raw.repository").stdout
    )
    done = run("sbom-merge", copy, "--enterprise", rows[0]["enterprise_id"])
    assert (done.exit_code, "chainatlas run" in done.stderr) == (2, True)


def test_export_when_nothing_of_an_enterprise_could_be_read_then_the_others_have_their_boms(
    region: Path, tmp_path: Path
) -> None:
    copy = tmp_path / "copy"
    shutil.copytree(region, copy)
    for folder in (copy / ".chainatlas" / "boms").glob("local+one+*"):
        shutil.rmtree(folder)
    done = run("export", copy, "-o", tmp_path / "out", "--part", "boms")
    assert done.exit_code == 0, done.stderr
    assert "no BOM of 'one'" in done.stderr
    assert [path.name for path in (tmp_path / "out" / "boms").iterdir()] == ["two.cdx.json"]
