"""`chainatlas taxonomy check`: mistakes by file and line, and how the rules fit a workspace."""

import json
from pathlib import Path

from click.testing import CliRunner, Result
from made_repositories import make_repository

from pipelines.cli import main


def call(*words: object, code: int = 0) -> Result:
    result = CliRunner().invoke(main, [str(word) for word in words])
    assert result.exit_code == code, (result.output, result.exception)
    return result


def test_check_when_workspace_was_run_then_unclaimed_components_are_sorted_by_use(region: Path) -> None:
    found = json.loads(call("taxonomy", "check", region, "--format", "json").stdout)
    uses = [row["repositories"] for row in found["unclaimed"]]
    assert uses == sorted(uses, reverse=True)
    fit = found["fit"]
    assert found["claimed_share"] == (fit["claimed"] or 0) / fit["direct"]
    assert fit["direct"] == (fit["claimed"] or 0) + sum(uses)
    said = call("taxonomy", "check", region).stdout
    assert "no mistakes in the files" in said
    assert "direct dependencies are claimed" in said


def test_check_when_less_is_claimed_than_asked_for_then_exit_code_is_one(region: Path) -> None:
    assert "claim less than 100%" in call("taxonomy", "check", region, "--min-claimed", "1", code=1).stderr


def test_check_when_an_owner_is_unknown_then_file_and_line_are_named(tmp_path: Path) -> None:
    make_repository(tmp_path / "one" / "app")
    (tmp_path / "own").mkdir()
    (tmp_path / "own" / "additions.yaml").write_text(
        "additions:\n"
        "  - segment: cry-sm\n"
        "    rules:\n"
        "      - {purl: pkg:npm/x, owner: nobody, weight: 1.0, verified: true}\n"
        "      - {purl: 'pkg:npm/Y%2f*', owner: pku, weight: 1.0, verified: true}\n"
    )
    (tmp_path / "workspace.toml").write_text(
        '[taxonomy]\nfolders = ["own"]\n[[enterprises]]\nid = "one"\nrepositories = ["one"]\n'
    )
    said = call("taxonomy", "check", tmp_path, code=2).stderr
    assert "own/additions.yaml:4: unknown owner nobody" in said
    assert "own/additions.yaml:5: pkg:npm/Y%2f* covers no package that is written canonically" in said


def test_check_when_nothing_was_run_then_that_is_said(tmp_path: Path) -> None:
    make_repository(tmp_path / "one" / "app")
    assert "no run yet" in call("taxonomy", "check", tmp_path).stdout
