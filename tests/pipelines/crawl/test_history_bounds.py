"""Bounds of time and memory for histories that would take without end."""

import os
import shutil
import tempfile
import time
from dataclasses import replace

import pytest
from history_rows import KEY, lines, read, reasons, without_lines

from pipelines.crawl import commit_windows, git_log, history
from pipelines.crawl.history import read_history
from sbom.limits import DEFAULT_LIMITS
from sbom.model import UnknownKind


def test_commit_when_a_name_is_longer_than_any_real_one_then_the_other_facts_are_read(repository):
    before = repository.commit({"a.py": "1\n"})
    long = repository.store_commit(b"A" * 2_000_000 + b" <ada@one.example> 1000 +0800", parents=[before])
    after = repository.commit({"b.py": "1\n"}, parents=[long])
    reading, commits, _ = read(repository)
    assert [(sha, row["author_name"], row["authored_at"], lines(row)) for sha, row in commits.items()] == [
        (after, "Ada Example", 1_700_000_000, (1, 1, 0)),
        (long, None, 1000, (None, None, None)),
        (before, "Ada Example", 1_700_000_000, (1, 1, 0)),
    ]
    assert commits[long]["parents"] == [before]
    assert len(reasons(reading, UnknownKind.UNREADABLE)) == 1


@pytest.mark.slow
def test_history_when_a_tree_holds_itself_many_times_then_memory_is_bounded(repository, monkeypatch):
    monkeypatch.setattr(git_log, "_GIT_MEMORY_BYTES", 32 * 1024 * 1024)
    before = repository.commit({"a.py": "1\n"})
    mode, object_id = b"100644", repository.store(b"x\n", "blob")
    for _ in range(10):
        entry = bytes.fromhex(object_id)
        object_id = repository.store(b"".join(b"%s %d\0%s" % (mode, n, entry) for n in range(10)), "tree")
        mode = b"40000"
    bomb = repository.git("commit-tree", object_id, "-p", before, "-m", "bomb")
    after = repository.git("commit-tree", f"{before}^{{tree}}", "-p", bomb, "-m", "defused")
    last = repository.git("commit-tree", f"{before}^{{tree}}", "-p", after, "-m", "calm")
    repository.set_head(last)
    reading, commits, _ = read(repository, limits=replace(DEFAULT_LIMITS, seconds=60))
    assert {sha: lines(row) for sha, row in commits.items()} == {
        last: (0, 0, 0),
        after: (None, None, None),
        bomb: (None, None, None),
        before: (1, 1, 0),
    }
    assert len(reasons(reading, UnknownKind.UNREADABLE)) == 2


@pytest.fixture
def hanging_git(tmp_path, monkeypatch):
    """Make git hang from the given time on that it is asked for lines."""

    def hang(first):
        real, calls = shutil.which("git"), tmp_path / "calls"
        fake = tmp_path / "bin" / "git"
        fake.parent.mkdir()
        fake.write_text(
            "#!/bin/sh\n"
            f'case "$*" in *--numstat*) echo >>{calls}\n'
            f"[ $(wc -l <{calls}) -lt {first} ] || exec sleep 300;; esac\n"
            f'exec {real} "$@"\n'
        )
        fake.chmod(0o755)
        monkeypatch.setenv("PATH", f"{fake.parent}{os.pathsep}{os.environ['PATH']}")

    return hang


def test_history_when_git_hangs_then_commits_are_read_without_lines_in_time(loose, hanging_git):
    hanging_git(first=1)
    started = time.monotonic()
    reading, commits, _ = read(loose, limits=replace(DEFAULT_LIMITS, seconds=2))
    assert time.monotonic() - started < 10
    assert len(without_lines(commits)) == len(commits) == 5
    assert all(row["author_name"] == "Ada Example" for row in commits.values())
    assert reasons(reading, UnknownKind.LIMIT) == ["5 commits without lines: over 2 s for the history"]


def test_history_when_there_is_more_time_than_before_then_all_is_read_again(loose, monkeypatch):
    with monkeypatch.context() as context:
        context.setattr(commit_windows, "_LINES_SHARE", 0.0)
        state = read(loose)[0].state
        assert state.stopped_after == DEFAULT_LIMITS.seconds
    assert read(loose, state)[0].mode == "unchanged"
    reading, commits, _ = read(loose, state, limits=replace(DEFAULT_LIMITS, seconds=301))
    assert reading.reason == "there is more time to count lines than before"
    assert without_lines(commits) == []
    assert reading.state.stopped_after is None


def test_history_when_its_reader_goes_away_then_git_is_ended(loose, hanging_git, monkeypatch, tmp_path):
    monkeypatch.setattr(history, "_LARGEST_WINDOW", 2)
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    hanging_git(first=2)
    batches = read_history(loose.git_dir, repo_id="x", person_key=KEY).batches()
    table, batch = next(batches)
    assert (table, len(batch)) == ("commit", 2)
    started = time.monotonic()
    batches.close()
    assert time.monotonic() - started < 10
    assert not list(tmp_path.glob("chainatlas-view-*"))
