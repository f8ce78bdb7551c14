"""A history as a whole: the rows are those of plain git, whatever the repository is like."""

import stat

import pytest
from history_rows import lines, read
from made_history import lines_of

from pipelines.crawl import history
from sbom.errors import SourceError


def test_history_when_it_is_read_whole_then_counts_are_those_of_plain_git(winding):
    _, commits, _ = read(winding)
    listed = winding.git("rev-list", "HEAD").split()
    assert list(commits) == listed
    assert [sha for sha in commits if commits[sha]["first_parent"]] == winding.git(
        "rev-list", "--first-parent", "HEAD"
    ).split()
    plain = winding.git("rev-list", "--no-merges", "HEAD").split()
    assert {sha: lines(commits[sha]) for sha in plain} == {sha: lines_of(winding, sha) for sha in plain}
    shortlog = winding.git("-c", "mailmap.blob=HEAD:.mailmap", "shortlog", "-sne", "--no-merges", "HEAD")
    emails = {line.rpartition("<")[2].rstrip(">").lower() for line in shortlog.splitlines()}
    assert (
        {commits[sha]["author_email"].lower() for sha in plain}
        == emails
        == {"ada@one.example", "bo@two.example"}
    )


def test_history_when_windows_are_small_and_processes_many_then_rows_and_their_order_are_the_same(
    winding, monkeypatch
):
    _, commits, languages = read(winding)
    monkeypatch.setattr(history, "_LARGEST_WINDOW", 3)
    for processes in (1, 2, 3):
        _, again, languages_again = read(winding, processes=processes)
        assert list(again.items()) == list(commits.items())
        assert list(languages_again.items()) == list(languages.items())


def test_history_when_a_revision_is_named_then_it_is_read_from_there(winding):
    reading, commits, _ = read(winding, rev="side")
    assert reading.head == winding.tip("side")
    assert len(commits) == 2


def test_history_when_there_is_no_such_revision_then_it_cannot_be_read(winding):
    with pytest.raises(SourceError, match="no commit 'nope'"):
        read(winding, rev="nope")


def test_history_when_the_repository_is_empty_then_there_are_no_rows(repository):
    reading, commits, _ = read(repository)
    assert (reading.mode, reading.head, commits, reading.unknowns) == ("replace", None, {}, [])
    assert read(repository, reading.state)[0].mode == "unchanged"


def test_history_when_object_ids_are_sha256_then_it_is_read_all_the_same(make_repository):
    repository = make_repository("sha256", "--object-format=sha256")
    first = repository.commit({"a.py": "1\n"})
    second = repository.commit({"a.py": "2\n"})
    _, commits, _ = read(repository)
    assert len(first) == 64
    assert [(row["sha"], row["parents"], lines(row)) for row in commits.values()] == [
        (second, [first], (1, 1, 1)),
        (first, [], (1, 1, 0)),
    ]


def test_history_when_attributes_call_files_binary_then_their_lines_count(repository):
    repository.commit({".gitattributes": "* binary\n"})
    commit = repository.commit({"a.py": "1\n2\n"})
    assert lines(read(repository)[1][commit]) == (1, 2, 0)


def test_history_when_the_configuration_names_commands_then_none_is_run(winding, tmp_path):
    canary = tmp_path / "canary"
    command = tmp_path / "command"
    command.write_text(f"#!/bin/sh\ntouch {canary}\n")
    command.chmod(command.stat().st_mode | stat.S_IXUSR)
    for key in ("core.fsmonitor", "core.pager", "diff.external", "diff.evil.textconv", "diff.evil.command"):
        winding.git("config", key, str(command))
    winding.git("config", "mailmap.file", "/dev/zero")
    winding.git("config", "log.diffMerges", "separate")
    (winding.git_dir / "info" / "attributes").write_text("* diff=evil\n")
    commits = read(winding)[1]
    assert not canary.exists()
    assert all(lines(row) == (None, None, None) for row in commits.values() if len(row["parents"]) > 1)
