"""What is read of a history that was read before: nothing, what is new, or all of it."""

import shutil
from dataclasses import replace

import pytest
from history_rows import KEY, lines, read, read_rows, reasons
from made_history import ADA

from pipelines.crawl.history import read_history
from pipelines.crawl.history_state import HistoryState
from sbom.model import UnknownKind


def test_history_when_nothing_changed_then_nothing_is_read(winding):
    state = read(winding)[0].state
    reading, commits, _ = read(winding, state)
    assert (reading.mode, reading.reason, commits) == ("unchanged", None, {})
    assert reading.state == state


def test_history_when_commits_were_added_then_only_they_are_read(winding):
    state = read(winding)[0].state
    side = winding.commit({"side.c": "int y;\n"}, branch="side", parents=[winding.tip("side")])
    merge = winding.commit(parents=[winding.tip(), side])
    last = winding.commit({"a.py": "1\n"})
    reading, commits, _ = read(winding, state)
    assert reading.mode == "append"
    assert {sha: row["first_parent"] for sha, row in commits.items()} == {
        side: False,
        merge: True,
        last: True,
    }


def test_history_when_the_reader_is_another_version_then_all_is_read(winding):
    state = replace(read(winding)[0].state, fingerprint="chainatlas-history/0")
    reading, commits, _ = read(winding, state)
    assert (reading.mode, reading.reason) == ("replace", "another version of the reader")
    assert len(commits) == len(winding.git("rev-list", "HEAD").split())


def mapped(rows):
    return {row["email"]: row["canonical_email"] for row in rows["identity"]}


def test_history_when_the_mailmap_changes_then_everybody_is_mapped_anew_and_no_commit_read_again(winding):
    state = read(winding)[0].state
    winding.commit({".mailmap": "Bo Example <bo@new.example> <bo@two.example>\n"}, author=ADA)
    reading, rows = read_rows(winding, state)
    assert reading.mode == "append"
    assert [row["sha"] for row in rows["commit"]] == [winding.tip()]
    assert mapped(rows) == {
        "ada@one.example": "ada@one.example",
        "bo@two.example": "bo@new.example",
        "BO@old.example": "BO@old.example",
    }
    at_once = {row["identity_id"]: row for row in read_rows(winding)[1]["identity"]}
    assert {row["identity_id"]: row for row in rows["identity"]} == at_once


def test_history_when_the_mailmap_is_removed_then_names_are_as_committed(winding):
    state = read(winding)[0].state
    winding.commit({".mailmap": None})
    reading, rows = read_rows(winding, state)
    assert reading.mode == "append"
    assert mapped(rows)["BO@old.example"] == "BO@old.example"
    assert not any(row["is_mapped"] for row in rows["identity"])


def test_history_when_the_mailmap_is_missing_then_names_are_as_committed_and_that_is_said(winding):
    winding.explode()
    winding.remove_object("HEAD:.mailmap")
    reading, rows = read_rows(winding)
    assert not any(row["is_mapped"] for row in rows["identity"])
    assert ".mailmap" in [row.path for row in reading.unknowns]


def test_history_when_it_was_forced_back_then_vanished_commits_are_marked(repository):
    kept = repository.commit({"a.py": "1\n"})
    lost = [repository.commit({"a.py": f"{n}\n"}) for n in range(2, 4)]
    state = read(repository)[0].state
    new = repository.commit({"a.py": "9\n"}, parents=[kept])
    reading, commits, languages = read(repository, state)
    assert reading.mode == "replace"
    assert reading.reason == "the first-parent line does not lead to the former head"
    assert set(reading.vanished) == set(lost)
    assert {sha: row["vanished"] for sha, row in commits.items()} == {
        kept: False,
        new: False,
    } | dict.fromkeys(lost, True)
    assert all(not commits[sha]["first_parent"] and lines(commits[sha]) == (1, 1, 1) for sha in lost)
    assert {sha for sha, _ in languages} == set(commits)


def test_history_when_vanished_commits_come_back_then_they_are_vanished_no_more(repository):
    kept = repository.commit({"a.py": "1\n"})
    old = repository.commit({"a.py": "2\n"})
    state = read(repository)[0].state
    new = repository.commit({"a.py": "9\n"}, parents=[kept])
    state = read(repository, state)[0].state
    repository.set_head(old)
    reading, commits, _ = read(repository, state)
    assert {sha: row["vanished"] for sha, row in commits.items()} == {kept: False, old: False, new: True}
    state = reading.state
    merge = repository.commit(parents=[old, new])
    reading, commits, _ = read(repository, state)
    assert reading.mode == "append"
    assert {sha: row["vanished"] for sha, row in commits.items()} == {merge: False, new: False}


def test_history_when_it_is_forced_again_then_what_vanished_before_is_still_known(repository):
    kept = repository.commit({"a.py": "1\n"})
    state, gone = None, set()
    for number in range(3):
        state = read(repository, state)[0].state
        gone |= {repository.tip()} - {kept}
        repository.commit({"a.py": f"new {number}\n"}, parents=[kept])
    reading, commits, _ = read(repository, state)
    assert {sha for sha, row in commits.items() if row["vanished"]} == gone
    assert len(gone) == 2
    assert len(reading.state.former_heads) == 2


def test_history_when_head_leads_nowhere_any_more_then_all_commits_are_vanished(repository):
    commit = repository.commit({"a.py": "1\n"})
    state = read(repository)[0].state
    repository.git("symbolic-ref", "HEAD", "refs/heads/renamed")
    reading, commits, _ = read(repository, state)
    assert (reading.mode, reading.head) == ("replace", None)
    assert {sha: row["vanished"] for sha, row in commits.items()} == {commit: True}
    repository.commit({"a.py": "1\n"}, branch="renamed", parents=[])
    _, commits, _ = read(repository, reading.state)
    assert {sha: row["vanished"] for sha, row in commits.items()} == {
        commit: True,
        repository.tip("renamed"): False,
    }


def test_history_when_the_former_head_is_gone_then_that_is_said(repository):
    kept = repository.commit({"a.py": "1\n"})
    lost = repository.commit({"a.py": "2\n"})
    state = read(repository)[0].state
    repository.commit({"a.py": "9\n"}, parents=[kept])
    repository.git("reflog", "expire", "--expire=now", "--all")
    repository.git("gc", "--quiet", "--prune=now")
    shutil.rmtree(repository.git_dir / "lost-found", ignore_errors=True)
    reading, commits, _ = read(repository, state)
    assert (reading.mode, reading.reason) == ("replace", "the former head is gone")
    assert set(commits) == {kept, repository.tip()}
    assert reasons(reading, UnknownKind.UNREADABLE) == [
        f"the former head {lost} is gone, and commits that only it reached"
    ]


def test_state_when_written_as_json_then_it_is_read_back(winding):
    state = replace(read(winding)[0].state, missing=("a", "b"), stopped_after=1.5, former_heads=("c",))
    assert HistoryState.from_json(state.to_json()) == state


@pytest.mark.parametrize("text", ["", "null", "[]", "{}", '{"head": 1}'])
def test_state_when_the_text_is_of_another_reader_then_it_is_null(text):
    assert HistoryState.from_json(text) is None


def test_history_when_batches_were_not_read_then_its_state_is_not_known(winding):
    reading = read_history(winding.git_dir, repo_id="x", person_key=KEY)
    with pytest.raises(RuntimeError):
        _ = reading.state
    next(reading.batches())
    with pytest.raises(RuntimeError):
        _ = reading.unknowns
