"""Requests of people, from the command line over real repositories, through later runs."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from made_repositories import ALICE, BOB, add_commits, make_repository, write_small_taxonomy

from pipelines.cli import main

_WORKSPACE = """\
as_of = 2024-06-01
undone_merges = {undone}

[[enterprises]]
id = "one"
domains = ["one.example"]
repositories = ["one"]

[[identities]]
emails = ["{alice}", "alice@home.example"]
on = 2024-01-01

[taxonomy]
packaged = false
folders = ["taxonomy"]

[privacy]
show_people = true
"""
_HOME = "Alice <alice@home.example>"


def address(person: str) -> str:
    return person.partition("<")[2].rstrip(">")


def call(*words: object, code: int = 0) -> Result:
    result = CliRunner().invoke(main, [str(word) for word in words])
    assert result.exit_code == code, (result.output, result.exception)
    return result


def run(region: Path) -> None:
    call("run", region, "--jobs", "1", "--quiet", "--no-report")


def people(region: Path) -> list[int]:
    query = "select count(*) as n from core.commit where person_id is not null group by person_id order by n"
    return [row["n"] for row in json.loads(call("query", region, query, "--format", "json").stdout)]


def state_bytes(region: Path) -> bytes:
    return b"".join(path.read_bytes() for path in (region / ".chainatlas").rglob("*") if path.is_file())


def write_workspace(region: Path, *undone: str) -> None:
    text = _WORKSPACE.format(alice=address(ALICE), undone=json.dumps(undone))
    (region / "workspace.toml").write_text(text, "utf-8")


@pytest.fixture
def region(tmp_path: Path) -> Path:
    write_small_taxonomy(tmp_path / "taxonomy")
    write_workspace(tmp_path)
    files = [{"a.js": f"{number}\n"} for number in range(4)]
    make_repository(tmp_path / "one" / "app", files, authors=[ALICE, _HOME, BOB, BOB])
    run(tmp_path)
    return tmp_path


@pytest.mark.slow
def test_erase_when_the_person_commits_again_then_no_byte_of_them_comes_back(region: Path) -> None:
    assert b"alice@home.example" in state_bytes(region)
    assert people(region) == [2, 2]
    told = call("privacy", "erase", address(ALICE), region, "--yes").stdout
    assert told.startswith("erased: 2 names")
    assert people(region) == [2]
    add_commits(region / "one" / "app", [{"a.js": "later\n"}], authors=[_HOME])
    run(region)
    assert people(region) == [2]
    content = state_bytes(region)
    assert b"alice" not in content.lower()
    assert address(BOB).encode() in content


@pytest.mark.slow
def test_opt_out_when_withdrawn_then_the_person_is_observed_again(region: Path) -> None:
    call("privacy", "opt-out", "alice@home.example", region)
    run(region)
    assert people(region) == [2]
    assert "2 addresses" in call("privacy", "opt-out", address(ALICE), region, "--withdraw").stdout
    assert people(region) == [2, 2]


@pytest.mark.slow
def test_identities_when_a_merge_is_undone_then_they_are_two_people_and_a_suggestion_tells_of_them(
    region: Path,
) -> None:
    [merge] = json.loads(call("identities", region, "--format", "json").stdout)
    assert (merge["rule"], merge["stated_on"][:10], merge["is_undone"]) == ("stated", "2024-01-01", False)
    assert "alice@home.example" in call("identities", region, "--names", "--format", "csv").stdout
    write_workspace(region, merge["merge_id"])
    run(region)
    assert people(region) == [1, 1, 2]
    [merge] = json.loads(call("identities", region, "--format", "json").stdout)
    assert merge["is_undone"]


def test_request_when_nothing_was_run_or_nobody_is_named_then_it_fails_with_2(tmp_path: Path) -> None:
    make_repository(tmp_path / "one" / "app", [{"a.js": "1\n"}])
    assert "chainatlas run" in call("privacy", "erase", "x@y.example", tmp_path, "--yes", code=2).stderr
