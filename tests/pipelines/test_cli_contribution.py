"""The give-back ledger and the health card, over real repositories."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from made_repositories import ALICE, BOB, make_repository, package_lock, write_small_taxonomy

from pipelines.cli import main

pytestmark = pytest.mark.slow

_WORKSPACE = """\
as_of = 2024-06-01

[[enterprises]]
id = "one"
domains = ["one.example"]
repositories = ["one"]

[[enterprises]]
id = "two"
domains = ["two.example"]
repositories = ["two"]

[[communities]]
id = "upstream"
repositories = ["upstream"]

[taxonomy]
packaged = false
folders = ["taxonomy"]
"""


def call(*words: object, code: int = 0) -> Result:
    result = CliRunner().invoke(main, [str(word) for word in words])
    assert result.exit_code == code, (result.output, result.exception)
    return result


@pytest.fixture(scope="module")
def region(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two enterprises use a library; people of `two` made three of its four commits, those of `one` none."""
    folder = tmp_path_factory.mktemp("giveback")
    write_small_taxonomy(folder / "taxonomy")
    (folder / "workspace.toml").write_text(_WORKSPACE, "utf-8")
    lock = {"package-lock.json": package_lock("app", {"@up/lib": "1.0.0"})}
    make_repository(folder / "one" / "app", [lock], authors=[ALICE])
    make_repository(folder / "two" / "app", [lock], authors=[BOB])
    manifest = {"package.json": '{"name": "@up/lib", "version": "1.0.0"}'}
    commits = [manifest, {"a.js": "1\n"}, {"a.js": "2\n"}, {"a.js": "3\n"}]
    make_repository(folder / "upstream" / "lib", commits, authors=["Up <up@up.example>", BOB, BOB, BOB])
    call("run", folder, "--jobs", "1", "--quiet", "--no-report")
    return folder


def test_contributions_when_one_only_takes_and_two_gives_then_the_balances_say_so(region: Path) -> None:
    told = json.loads(call("contributions", region, "--format", "json").stdout)
    rows = {row["enterprise_id"]: row for row in told}
    assert rows.keys() == {"one", "two"}
    wanted = ("dependence", "contribution", "balance")
    assert [rows["one"][name] for name in wanted] == [1.0, 0.0, -1.0]
    assert [rows["two"][name] for name in wanted] == [1.0, 0.75, -0.25]
    assert [rows["two"][name] for name in ("commits", "contribution_rests_on")] == [3, ["commit"]]
    assert [rows["two"][name] for name in ("change_requests", "reviews", "issues", "releases")] == [None] * 4
    assert rows["two"]["joined_by"] == "declared package"
    assert rows["one"]["people"] == "0"
    assert rows["two"]["people"] == "<5"


def test_contributions_when_one_enterprise_is_asked_for_then_only_its_rows_come(region: Path) -> None:
    told = json.loads(call("contributions", region, "--enterprise", "two", "--format", "json").stdout)
    assert [row["enterprise_id"] for row in told] == ["two"]


def test_contributions_when_the_enterprise_is_not_known_then_the_known_ones_are_named(region: Path) -> None:
    assert "there are one, two, upstream" in call("contributions", region, "--enterprise", "x", code=2).stderr


@pytest.mark.parametrize("subject", ["pkg:npm/%40up/lib@1.0.0", "local/upstream/lib"])
def test_community_when_asked_by_package_or_repository_then_the_card_is_the_same(
    region: Path, subject: str
) -> None:
    card = json.loads(call("community", subject, region, "--format", "json").stdout)
    assert [row["repo_id"] for row in card] == ["local/upstream/lib"]
    assert card[0]["commits_year"] == 4
    assert card[0]["contributor_absence_factor"] == 1
    assert card[0]["contributors_year"] == "<5"
    assert card[0]["development_distribution_score"] == 0.25
    assert card[0]["unaffiliated"] == 0.25


def test_contributions_when_opportunities_are_asked_for_then_the_parts_of_the_score_are_told(
    region: Path,
) -> None:
    [told] = json.loads(call("contributions", region, "--opportunities", "--format", "json").stdout)
    assert told["upstream_repo_id"] == "local/upstream/lib"
    assert (told["place"], told["dependence"], told["contributor_absence_factor"]) == (1, 1.0, 1)
    assert (told["score"], told["responsiveness_is_prior"], told["times"]) == (0.5, True, 3)


def test_community_when_a_forge_was_not_read_then_its_warnings_cannot_be_told(region: Path) -> None:
    [card] = json.loads(call("community", "pkg:npm/%40up/lib", region, "--format", "json").stdout)
    assert card["standing"] == "watch"
    assert card["warnings"] == ["no-release", "one-employer", "one-person"]
    assert {"slow-changes", "unreviewed", "archived"} < set(card["cannot_be_told"])
    assert card["issue_response_hours"] is None


def test_community_when_shown_in_a_terminal_then_facts_are_read_downwards(region: Path) -> None:
    shown = call("community", "pkg:npm/%40up/lib", region)
    lines = shown.stdout.splitlines()
    assert any("commits_year" in line and line.rstrip().endswith("4") for line in lines)
    assert f"next: chainatlas blast pkg:npm/%40up/lib {region}" in shown.stderr


def test_community_when_nothing_declares_the_package_then_the_error_says_what_to_do(region: Path) -> None:
    assert "under communities" in call("community", "pkg:npm/nobody", region, code=2).stderr
    assert "not a package URL" in call("community", "pkg:", region, code=2).stderr
