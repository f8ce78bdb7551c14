"""Histories of which something is missing or corrupt, shallow clones among them."""

import pytest
from history_rows import facts, lines, read, reasons, without_lines
from made_history import Repository

from pipelines.crawl import history
from sbom.errors import SourceError
from sbom.model import UnknownKind


@pytest.fixture
def shallow(winding, tmp_path):
    winding.git("clone", "--quiet", "--depth=3", f"file://{winding.path}", str(tmp_path / "shallow"))
    return Repository(tmp_path / "shallow")


def test_history_when_a_clone_is_shallow_then_its_edge_has_parents_and_no_lines(shallow, winding):
    reading, commits, languages = read(shallow)
    whole = facts(read(winding)[1])
    first, second, edge = commits
    assert reading.is_shallow
    assert len(reasons(reading, UnknownKind.SHALLOW)) == 1
    assert facts(commits)[edge] == whole[edge] | {"files": None, "added": None, "deleted": None}
    assert all(facts(commits)[sha] == whole[sha] for sha in (first, second))
    assert {sha for sha, _ in languages} == {first, second}


def test_history_when_a_shallow_clone_is_completed_then_all_is_read_again(shallow, winding):
    state = read(shallow)[0].state
    shallow.git("fetch", "--quiet", "--unshallow")
    reading, commits, _ = read(shallow, state)
    assert (reading.mode, reading.is_shallow, reading.unknowns) == ("replace", False, [])
    assert facts(commits) == facts(read(winding)[1])


def test_history_when_a_shallow_clone_gets_commits_then_they_are_appended(shallow, winding):
    state = read(shallow)[0].state
    winding.commit({"late.py": "1\n"})
    shallow.git("pull", "--quiet")
    reading, commits, _ = read(shallow, state)
    assert reading.mode == "append"
    assert [lines(row) for row in commits.values()] == [(1, 1, 0)]


@pytest.mark.parametrize(
    "what", ["HEAD~2:dir/2.py", "HEAD~2:dir", "HEAD~2^{tree}"], ids=["blob", "tree", "root"]
)
@pytest.mark.parametrize("how", ["remove_object", "damage_object"])
def test_history_when_an_object_is_unreadable_then_only_commits_that_need_it_have_no_lines(loose, what, how):
    complete = facts(read(loose)[1])
    shas = list(complete)
    getattr(loose, how)(what)
    reading, commits, languages = read(loose)
    needing = [shas[2]] if what.endswith(".py") else [shas[1], shas[2]]
    assert without_lines(commits) == needing
    for sha in shas:
        unknown = {"files": None, "added": None, "deleted": None} if sha in needing else {}
        assert facts(commits)[sha] == complete[sha] | unknown
    told = reasons(reading, UnknownKind.UNREADABLE)
    assert sorted(reason.split(":")[0] for reason in told) == sorted(f"commit {sha}" for sha in needing)
    assert not {sha for sha, _ in languages} & set(needing)


def test_history_when_missing_objects_come_then_all_is_read_again(loose):
    complete = facts(read(loose)[1])
    path = loose.object_path("HEAD~2:dir/2.py")
    content = loose.remove_object("HEAD~2:dir/2.py")
    state = read(loose)[0].state
    assert read(loose, state)[0].mode == "unchanged"
    path.write_bytes(content)
    reading, commits, _ = read(loose, state)
    assert (reading.mode, reading.reason) == ("replace", "objects that were missing have come")
    assert facts(commits) == complete
    assert reading.state.missing == ()


def test_history_when_commits_are_added_over_missing_objects_then_they_are_appended(loose):
    loose.remove_object("HEAD~2:dir/2.py")
    state = read(loose)[0].state
    loose.commit({"b.py": "1\n"})
    reading, commits, _ = read(loose, state)
    assert reading.mode == "append"
    assert [lines(row) for row in commits.values()] == [(1, 1, 0)]
    assert reading.state.missing == state.missing
    assert len(state.missing) == 1


@pytest.mark.parametrize("how", ["remove_object", "damage_object"])
def test_history_when_a_commit_is_unreadable_then_what_leads_to_it_is_read(loose, how):
    complete = facts(read(loose)[1])
    shas = list(complete)
    getattr(loose, how)("HEAD~3")
    reading, commits, _ = read(loose)
    assert list(commits) == shas[:3]
    assert facts(commits)[shas[2]] == complete[shas[2]] | {"files": None, "added": None, "deleted": None}
    assert facts(commits)[shas[1]] == complete[shas[1]]
    [reason] = reasons(reading, UnknownKind.UNREADABLE)
    assert reason.startswith(f"commit {shas[3]}: ")
    loose.commit({"b.py": "1\n"})
    assert read(loose, reading.state)[0].reason == "commits were missing or corrupt"


def test_history_when_one_side_of_a_merge_is_missing_then_the_other_is_read(repository):
    base = repository.commit({"a.py": "1\n"})
    side = repository.commit({"b.py": "1\n"}, branch="side", parents=[base])
    main = repository.commit({"c.py": "1\n"})
    merge = repository.commit({"b.py": "1\n"}, parents=[main, side])
    repository.explode()
    repository.remove_object(side)
    _, commits, _ = read(repository)
    assert set(commits) == {base, main, merge}
    assert commits[merge]["parents"] == [main, side]
    assert lines(commits[main]) == (1, 1, 0)


def test_history_when_the_commit_of_head_is_missing_then_it_cannot_be_read(loose):
    loose.remove_object("HEAD")
    with pytest.raises(SourceError, match="the commit of HEAD cannot be read"):
        read(loose)


@pytest.mark.parametrize("lost", ["blob", "tree"])
def test_history_when_a_clone_has_commits_only_then_they_are_read_without_lines(winding, lost):
    complete = facts(read(winding)[1])
    winding.explode()
    kinds = winding.git("cat-file", "--batch-all-objects", "--batch-check=%(objecttype) %(objectname)")
    for line in kinds.splitlines():
        if line.startswith(lost):
            winding.remove_object(line.split()[1])
    reading, commits, _ = read(winding)
    assert list(commits) == list(complete)
    assert {sha: row["parents"] for sha, row in commits.items()} == {
        sha: row["parents"] for sha, row in complete.items()
    }
    changed = [sha for sha, row in complete.items() if row["files"]]
    assert all(commits[sha]["files"] is None for sha in changed)
    assert len(reasons(reading, UnknownKind.UNREADABLE)) >= len(changed)


def test_history_when_very_many_commits_have_no_lines_then_the_rest_is_counted(loose, monkeypatch):
    monkeypatch.setattr(history, "_UNKNOWN_ROWS", 1)
    for number in range(5):
        loose.remove_object(f"HEAD~{number}:dir/{4 - number}.py")
    told = reasons(read(loose)[0], UnknownKind.UNREADABLE)
    assert len(told) == 2
    assert told[1] == "4 more commits without lines"
