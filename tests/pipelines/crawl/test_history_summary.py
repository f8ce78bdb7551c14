import json

import pytest
from click.testing import CliRunner
from made_history import ADA, BO

from pipelines.cli import main
from pipelines.crawl.history import read_history
from pipelines.crawl.history_summary import contributor_absence_factor, summarise_history


@pytest.mark.parametrize(
    ("contributions", "factor"),
    [
        ([1000, 202, 90, 33, 332, 343, 42, 433], 2),  # the example of CHAOSS
        ([5], 1),
        ([1, 1], 1),
        ([1, 1, 1], 2),
        ([3, 1, 1, 1], 1),
        ([1] * 101, 51),
        ([], None),
        ([0, 0], None),
    ],
)
def test_absence_factor_when_contributions_are_given_then_it_is_the_fewest_who_made_half(
    contributions, factor
):
    assert contributor_absence_factor(contributions) == factor


@pytest.fixture
def shop(repository):
    repository.commit({".mailmap": "Bo <bo@two.example> <bo@old.example>\n", "a.py": "1\n2\n"})
    base = repository.commit({"a.py": "1\n"}, author="Bo <BO@old.example>")
    side = repository.commit({"b.py": "1\n"}, author=BO, branch="side", parents=[base])
    repository.commit({"b.py": "1\n"}, parents=[base, side], author="Cy <cy@three.example>")
    repository.commit({"c.png": b"\0"}, author="Nobody <>")
    return repository


def test_summary_when_there_are_merges_and_a_mailmap_then_counts_are_those_of_plain_git(shop):
    summary = summarise_history(read_history(shop.git_dir, repo_id="x", person_key=b"k"))
    assert summary.head == shop.tip()
    assert (summary.commits, summary.commits_no_merges, summary.commits_first_parent) == (5, 4, 4)
    assert summary.authors == 3  # Ada, Bo under two addresses, and one without an address
    assert (summary.added, summary.deleted) == (4, 1)
    assert summary.contributor_absence_factor == 1
    assert (summary.shallow, summary.unknowns) == (False, ())


def test_summary_when_the_repository_is_empty_then_there_are_no_commits_and_no_factor(repository):
    summary = summarise_history(read_history(repository.git_dir, repo_id="x", person_key=b"k"))
    assert (summary.commits, summary.authors, summary.added) == (0, 0, 0)
    assert summary.contributor_absence_factor is None


def test_summary_when_no_lines_can_be_read_then_they_are_null(repository):
    repository.commit({"a.py": "1\n"})
    repository.explode()
    repository.remove_object("HEAD:a.py")
    summary = summarise_history(read_history(repository.git_dir, repo_id="x", person_key=b"k"))
    assert (summary.commits, summary.added, summary.deleted) == (1, None, None)
    assert len(summary.unknowns) == 1


def test_command_when_asked_for_json_then_it_prints_the_documented_shape(shop):
    result = CliRunner().invoke(main, ["history", str(shop.path), "--rev", "side", "--format", "json"])
    assert result.exit_code == 0
    assert json.loads(result.stdout) == {
        "head": shop.tip("side"),
        "commits": 3,
        "commits_no_merges": 3,
        "commits_first_parent": 3,
        "authors": 2,
        "added": 4,
        "deleted": 1,
        "contributor_absence_factor": 1,
        "shallow": False,
        "unknowns": [],
    }


def test_command_when_asked_for_a_table_then_every_count_has_its_row(shop):
    result = CliRunner().invoke(main, ["history", str(shop.path), "--format", "csv"])
    counts = [line.split(",")[-1] for line in result.stdout.splitlines()]
    assert counts == ["value", "5", "4", "4", "3", "4", "1", "1"]
    shown = CliRunner().invoke(main, ["history", str(shop.path)])
    assert "contributor absence factor" in shown.stdout
    assert "next: chainatlas exposure" in shown.stderr


def test_command_when_lines_cannot_be_read_then_that_is_told_and_not_zero(repository):
    repository.commit({"a.py": "1\n"}, author=ADA)
    repository.explode()
    repository.remove_object("HEAD:a.py")
    result = CliRunner().invoke(main, ["history", str(repository.path), "--format", "csv"])
    assert result.exit_code == 0
    assert "lines added," in result.stdout.splitlines()
    assert f"unknown: commit {repository.tip()}: no lines" in result.stderr


@pytest.mark.parametrize("arguments", [["{path}"], ["{repository}", "--rev", "nope"], []])
def test_command_when_there_is_nothing_to_read_then_it_fails_with_2(repository, tmp_path, arguments):
    repository.commit()
    filled = [word.format(path=tmp_path, repository=repository.path) for word in arguments]
    result = CliRunner().invoke(main, ["history", *filled])
    assert result.exit_code == 2
    assert "Traceback" not in result.output


def test_command_when_asked_for_policies_then_lines_are_those_of_git_under_each(repository):
    base = repository.commit({"old.py": "1\n2\n3\n4\n", "a.py": "x\n"})
    side = repository.commit({"b.py": "1\n"}, branch="side", parents=[base])
    renamed = repository.commit({"old.py": None, "new.py": "1\n2\n3\n4\n"})
    merge = repository.commit({"b.py": "1\n"}, parents=[renamed, side])
    repository.commit({"a.py": "  x\n\n"}, parents=[merge])
    result = CliRunner().invoke(main, ["history", str(repository.path), "--policies", "--format", "json"])
    found = json.loads(result.stdout)
    counts = {
        row["policy"]["id"]: (row["files"], row["added"], row["deleted"]) for row in found["line_policies"]
    }
    assert counts == {
        "no-merges-no-renames": (6, 12, 5),
        "renames": (5, 8, 1),
        "merges-first-parent": (7, 13, 5),
        "first-parent-line": (6, 12, 5),
        "no-whitespace": (5, 10, 4),
    }
    assert counts["no-merges-no-renames"][1:] == (found["added"], found["deleted"])
