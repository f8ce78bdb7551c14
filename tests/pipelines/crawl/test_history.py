import os
import shutil
import stat
import tempfile
import time
from dataclasses import replace

import pytest
from made_history import ADA, BO, NOON, Repository, lines_of

from pipelines.crawl import commit_windows, git_log, history
from pipelines.crawl.history import read_history
from pipelines.crawl.history_state import HistoryState
from sbom.errors import SourceError
from sbom.limits import DEFAULT_LIMITS
from sbom.model import UnknownKind
from warehouse.people import address_id
from warehouse.store.schema import RAW_TABLES
from warehouse.store.shard import SCANNER_TABLES

PROVENANCE = {"repo_id", "head_sha", "parser", "parser_version"}


KEY = b"key of these tests"


def read(repository, previous=None, **options):
    """The history, its commits by id with the names and addresses of people, and its languages."""
    reading, rows = read_rows(repository, previous, **options)
    people = {row["identity_id"]: row for row in rows["identity"]}
    nobody = {"canonical_name": None, "canonical_email": None}
    commits = {}
    for row in rows["commit"]:
        for role in ("author", "committer"):
            person = people[row[f"{role}_id"]] if row[f"{role}_id"] else nobody
            row |= {f"{role}_name": person["canonical_name"], f"{role}_email": person["canonical_email"]}
            del row[f"{role}_id"]
        commits[row["sha"]] = row
    return reading, commits, {(row["sha"], row["language"]): row for row in rows["commit_language"]}


def read_rows(repository, previous=None, **options):
    """The history, and its rows by table."""
    options = {"person_key": KEY, **options}
    reading = read_history(repository.git_dir, previous, repo_id="local/one/app", **options)
    rows = {table: [] for table in SCANNER_TABLES["history"]}
    for table, batch in reading.batches():
        assert batch.schema.equals(RAW_TABLES[table].schema)
        rows[table] += batch.to_pylist()
    for row in (row for table in rows.values() for row in table):
        assert row["repo_id"] == "local/one/app"
        assert row["head_sha"] == reading.head
    return reading, rows


def facts(rows):
    return {key: {k: v for k, v in row.items() if k not in PROVENANCE} for key, row in rows.items()}


def lines(row):
    return row["files"], row["added"], row["deleted"]


def reasons(reading, kind):
    return [row.reason for row in reading.unknowns if row.kind is kind]


# What a commit tells


def test_commit_when_it_is_a_root_then_all_its_lines_are_added(repository):
    root = repository.commit({"a.py": "1\n2\n", "b.txt": "x"})
    reading, commits, _ = read(repository)
    assert reading.mode == "replace"
    assert facts(commits)[root] == {
        "sha": root,
        "author_name": "Ada Example",
        "author_email": "ada@one.example",
        "committer_name": "Ada Example",
        "committer_email": "ada@one.example",
        "authored_at": 1_700_000_000,
        "author_offset": 800,
        "committed_at": 1_700_000_000,
        "committer_offset": 800,
        "parents": [],
        "first_parent": True,
        "files": 2,
        "added": 3,
        "deleted": 0,
        "vanished": False,
    }


def test_commit_when_it_changes_nothing_then_its_lines_are_zero(repository):
    repository.commit({"a.py": "1\n"})
    empty = repository.commit()
    assert lines(read(repository)[1][empty]) == (0, 0, 0)


def test_commit_when_a_file_is_renamed_then_it_is_deleted_and_added(repository):
    repository.commit({"old.py": "1\n2\n3\n"})
    renamed = repository.commit({"old.py": None, "new.py": "1\n2\n3\n"})
    assert lines(read(repository)[1][renamed]) == (2, 3, 3)


def test_commit_when_a_file_is_binary_then_the_file_counts_and_no_line(repository):
    commit = repository.commit({"logo.png": b"\x89PNG\0\1", "locale.mo": b"\0\1", "a.py": "1\n"})
    _, commits, languages = read(repository)
    assert lines(commits[commit]) == (3, 1, 0)
    assert [language for _, language in languages] == ["Python"]


@pytest.mark.parametrize("sides", [1, 4])
def test_commit_when_it_is_a_merge_then_lines_are_null_and_all_parents_are_named(repository, sides):
    base = repository.commit({"a.py": "1\n"})
    heads = [repository.commit({f"{n}.py": "1\n"}, branch=f"side{n}", parents=[base]) for n in range(sides)]
    main = repository.commit({"main.py": "1\n"})
    merge = repository.commit({f"{n}.py": "1\n" for n in range(sides)}, parents=[main, *heads])
    _, commits, languages = read(repository)
    assert commits[merge]["parents"] == [main, *heads]
    assert lines(commits[merge]) == (None, None, None)
    assert (merge, "Python") not in languages
    assert {sha for sha, row in commits.items() if row["first_parent"]} == {base, main, merge}


def test_languages_when_a_commit_changes_several_then_each_has_its_lines(repository):
    repository.commit({"a.py": "1\n", "b.py": "1\n", "README": "1\n"})
    commit = repository.commit({"a.py": "2\n3\n", "b.py": None, "p/Index.ets": "1\n", "README": "2\n"})
    _, commits, languages = read(repository)
    assert lines(commits[commit]) == (4, 4, 3)
    found = {language: lines(row) for (sha, language), row in languages.items() if sha == commit}
    assert found == {"Python": (2, 2, 2), "ArkTS": (1, 1, 0)}


@pytest.mark.parametrize(
    "path",
    [
        b"tab\tnew\nline.py",
        b'quo"te\\.py',
        b"\xb4\xfa\xc2\xeb.py",
        b"1\t2\tfake.py",
        b"\n9\t9\tfake.py",
        b"c" + b"0" * 40 + b"\n\nx\ny\n1 1 +0000\nx\ny\n1 1 +0000\n.py",
        "目录/文件.py".encode(),
    ],
)
def test_commit_when_a_path_is_odd_then_it_is_one_file(repository, path):
    commit = repository.commit({path: "1\n2\n"})
    _, commits, languages = read(repository)
    assert list(commits) == [commit]
    assert lines(commits[commit]) == (1, 2, 0)
    assert lines(languages[commit, "Python"]) == (1, 2, 0)


@pytest.mark.parametrize("name", ["1\t2\tfake.py", "c0123", "%H%n%x00", "-", 'Q"uote', "Ünï 名字"])
def test_commit_when_an_author_looks_like_output_of_git_then_it_is_the_author(repository, name):
    commit = repository.store_commit(f"{name} <ada@one.example> 1700000000 +0000".encode())
    _, commits, _ = read(repository)
    assert commits[commit]["author_name"] == name
    assert lines(commits[commit]) == (1, 1, 0)


@pytest.mark.parametrize(
    ("time", "epoch", "offset"),
    [
        (b"1000 +51800", 1000, 51800),
        (b"1000 -0030", 1000, -30),
        (b"1000 +0000", 1000, 0),
        (b"0 -0000", 0, 0),
        (b"-86400 +0800", -86400, 800),
        (b"253402300800 +0000", 253402300800, 0),
        (b"9223372036854775807 +0100", 2**63 - 1, 100),
        (b"9223372036854775808 +0100", None, 100),
        (b"99999999999999999999999 +0100", None, None),
        (b"1000", 1000, None),
        (b"1000 zzz", None, None),
        (b"yesterday", None, None),
        (b"", None, None),
    ],
)
def test_commit_when_its_time_is_odd_then_it_is_as_written_or_null(repository, time, epoch, offset):
    commit = repository.store_commit(b"Ada Example <ada@one.example> " + time)
    _, commits, _ = read(repository)
    row = commits[commit]
    assert (row["authored_at"], row["author_offset"]) == (epoch, offset)
    assert (row["author_name"], row["author_email"]) == ("Ada Example", "ada@one.example")
    assert (row["committed_at"], row["committer_offset"]) == (1_700_000_000, 0)
    assert lines(row) == (1, 1, 0)


@pytest.mark.parametrize(
    ("identity", "name", "email"),
    [
        (b"<> 1000 +0000", "", ""),
        (b" <ada@one.example> 1000 +0000", "", "ada@one.example"),
        (b"nobody at all", None, None),
        (b"", None, None),
        (b"Ada <ada@one.example> <x> 1000 +0000", "Ada", "ada@one.example"),
    ],
)
def test_commit_when_its_identity_is_malformed_then_it_is_what_git_sees_or_null(
    repository, identity, name, email
):
    commit = repository.store_commit(identity)
    _, commits, _ = read(repository)
    assert (commits[commit]["author_name"], commits[commit]["author_email"]) == (name, email)
    assert commits[commit]["committer_name"] == "Cy Example"


def test_people_when_they_are_named_then_the_mailmap_stands_beside_what_was_written(repository):
    repository.commit({".mailmap": f"{BO} <ada@one.example>\n"})
    _, rows = read_rows(repository)
    [ada] = rows["identity"]
    assert (ada["name"], ada["email"]) == ("Ada Example", "ada@one.example")
    assert (ada["canonical_name"], ada["canonical_email"]) == ("Bo Example", "bo@two.example")
    assert ada["is_mapped"]
    assert ada["email_id"] == address_id(KEY, "ada@one.example")
    assert ada["canonical_email_id"] == address_id(KEY, "BO@two.example ")
    assert ada["identity_id"] == rows["commit"][0]["author_id"] == rows["commit"][0]["committer_id"]


def test_people_when_the_key_is_another_then_so_is_every_digest_and_all_is_read_again(repository):
    repository.commit({"a.py": "1\n"})
    reading, rows = read_rows(repository)
    again, others = read_rows(repository, reading.state, person_key=b"another key")
    assert again.reason == "another version of the reader"
    assert rows["identity"][0]["identity_id"] != others["identity"][0]["identity_id"]


MESSAGE = b"""subject

Signed-off-by: in the middle <no@trailer.example>

Co-authored-by: Bo Example <bo@two.example>
signed-off-by: Cy
 Folded <cy@three.example>
Reviewed-By: nobody with an address
Fixes: 12
Signed-off-by: Bo Example <BO@two.example>
"""


def test_trailers_when_a_message_ends_with_them_then_each_that_names_somebody_is_a_row(repository):
    commit = repository.store_commit(b"Ada Example <ada@one.example> 1700000000 +0000", message=MESSAGE)
    _, rows = read_rows(repository)
    people = {row["identity_id"]: row["name"] for row in rows["identity"]}
    found = [
        (row["sha"], row["position"], row["kind"], people.get(row["identity_id"]))
        for row in rows["commit_trailer"]
    ]
    assert found == [
        (commit, 1, "co-authored-by", "Bo Example"),
        (commit, 2, "signed-off-by", "Cy Folded"),
        (commit, 3, "reviewed-by", None),
        (commit, 4, "signed-off-by", "Bo Example"),
    ]
    assert rows["commit"][0]["added"] == 1


@pytest.mark.parametrize(
    "value", [b"x\n1\t2\tfake.py", b"c0123\nx <a@b>", b"\x01 <a@b>", b"<>", b"a <b> <c@d>"]
)
def test_trailers_when_they_look_like_output_of_git_then_commits_and_lines_are_as_without(repository, value):
    message = b"m\n\nSigned-off-by: " + value + b"\n"
    commit = repository.store_commit(b"Ada Example <ada@one.example> 1700000000 +0000", message=message)
    _, commits, _ = read(repository)
    assert list(commits) == [commit]
    assert lines(commits[commit]) == (1, 1, 0)


def test_folders_when_a_commit_changes_several_then_each_has_its_lines_two_levels_deep(repository):
    repository.commit(
        {"a/b/c/d.py": "1\n", "a/b/e.png": b"\0", "a/f.py": "1\n2\n", "g": "1\n", "h/i/j": "1\n"}
    )
    _, rows = read_rows(repository)
    assert {row["folder"]: lines(row) for row in rows["commit_folder"]} == {
        "a/b": (2, 1, 0),
        "a": (1, 2, 0),
        "": (1, 1, 0),
        "h/i": (1, 1, 0),
    }


# Tags


def tags_of(rows):
    return {row["name"]: {k: v for k, v in row.items() if k not in PROVENANCE} for row in rows["tag"]}


def test_tags_when_there_are_light_and_annotated_ones_then_each_leads_to_its_commit(repository):
    first = repository.commit({"a.py": "1\n"})
    repository.git("tag", "v1", first)
    second = repository.commit({"a.py": "2\n"}, branch="release", parents=[first])
    repository.git("tag", "-a", "-m", "two", "v2", second)
    repository.git("tag", "-a", "-m", "nested", "again/v2", "v2")
    repository.git("tag", "tree", f"{first}^{{tree}}")
    odd = repository.store(
        b"object %s\ntype commit\ntag odd\ntagger T <t@x> 1 +51800\n\nm\n" % first.encode(), "tag"
    )
    repository.git("update-ref", "refs/tags/odd", odd)
    repository.git("pack-refs", "--all")
    repository.git("tag", "late", first)
    _, rows = read_rows(repository)
    found, taggers = tags_of(rows), {row["identity_id"]: row["email"] for row in rows["identity"]}
    assert {name: row["commit_sha"] for name, row in found.items()} == {
        "v1": first, "v2": second, "again/v2": second, "tree": None, "odd": first, "late": first,
    }  # fmt: skip
    assert [name for name, row in found.items() if row["is_annotated"]] == ["again/v2", "odd", "v2"]
    assert (found["v2"]["tagged_at"], found["v2"]["tagger_offset"]) == (1_700_000_000, 800)
    assert taggers[found["v2"]["tagger_id"]] == "cy@three.example"
    assert (found["odd"]["tagged_at"], found["odd"]["tagger_offset"]) == (1, 51800)
    assert found["v1"]["committed_at"] == found["v2"]["committed_at"] == 1_700_000_000
    assert found["v1"]["tagger_id"] is None


def test_tags_when_only_they_change_then_they_alone_are_read(repository):
    first = repository.commit({"a.py": "1\n"})
    repository.git("tag", "v1")
    state = read(repository)[0].state
    assert read(repository, state)[0].mode == "unchanged"
    repository.git("tag", "v2")
    reading, rows = read_rows(repository, state)
    assert (reading.mode, rows["commit"], list(tags_of(rows))) == ("append", [], ["v1", "v2"])
    repository.git("tag", "-d", "v1", "v2")
    reading, rows = read_rows(repository, reading.state)
    assert (reading.mode, reading.reason, rows["tag"]) == ("replace", "all tags are gone", [])
    assert [row["sha"] for row in rows["commit"]] == [first]


def test_tags_when_their_objects_are_missing_then_they_are_rows_with_nulls_and_that_is_said(repository):
    repository.commit({"a.py": "1\n"})
    repository.git("tag", "-a", "-m", "m", "v1")
    repository.explode()
    repository.remove_object("v1")
    reading, rows = read_rows(repository)
    assert tags_of(rows)["v1"]["is_annotated"] is None
    assert tags_of(rows)["v1"]["commit_sha"] is None
    assert reasons(reading, UnknownKind.UNREADABLE) == ["1 tags lead to missing objects, such as v1"]


NAME = "李明"


@pytest.mark.parametrize(
    ("raw", "extra", "message", "name"),
    [
        (NAME.encode(), b"", b"m\n", NAME),
        (NAME.encode("gbk"), b"encoding GBK\n", b"m\n", NAME),
        (NAME.encode("gbk"), b"encoding GBK\n", b"\xff\xff\n", NAME),
        (NAME.encode("gbk"), b"", b"m\n", r"\xc0\xee\xc3\xf7"),
        (NAME.encode("gbk"), b"encoding no-such\n", b"m\n", r"\xc0\xee\xc3\xf7"),
        (NAME.encode("gbk"), b"encoding unicode_escape\n", b"m\n", r"\xc0\xee\xc3\xf7"),
        (b"Andr\xe9", b"encoding ISO-8859-1\n", b"m\n", "André"),
    ],
    ids=["utf-8", "gbk", "gbk-broken-message", "undeclared", "no-such-encoding", "no-charset", "latin-1"],
)
def test_commit_when_its_author_is_not_utf8_then_its_encoding_decides(repository, raw, extra, message, name):
    commit = repository.store_commit(raw + b" <ada@one.example> 1 +0800", extra=extra, message=message)
    _, commits, _ = read(repository)
    assert commits[commit]["author_name"] == name
    assert commits[commit]["author_email"] == "ada@one.example"


def test_commit_when_the_mailmap_names_its_author_then_that_is_the_author(repository):
    commit = repository.commit({".mailmap": f"{BO} <ada@one.example>\n"})
    _, commits, _ = read(repository)
    assert commits[commit]["author_name"] == "Bo Example"
    assert commits[commit]["committer_email"] == "bo@two.example"


def test_mailmap_when_it_is_too_large_then_names_are_as_committed_and_that_is_said(repository):
    padding = "# padding\n" * 120_000
    commit = repository.commit({".mailmap": padding + f"{BO} <ada@one.example>\n"})
    reading, commits, _ = read(repository)
    assert commits[commit]["author_name"] == "Ada Example"
    assert [(row.kind, row.path) for row in reading.unknowns] == [(UnknownKind.LIMIT, ".mailmap")]


def test_mailmap_when_it_is_a_link_then_it_is_not_followed(repository, tmp_path):
    (tmp_path / "elsewhere").write_text(f"{BO} <ada@one.example>\n")
    repository.run(
        "fast-import",
        "--quiet",
        stdin=f"commit refs/heads/main\ncommitter {ADA} {NOON}\ndata 0\nM 120000 inline .mailmap\n"
        f"data {len(str(tmp_path / 'elsewhere'))}\n{tmp_path / 'elsewhere'}\n".encode(),
    )
    _, commits, _ = read(repository)
    assert [row["author_name"] for row in commits.values()] == ["Ada Example"]


# The whole of a history


@pytest.fixture
def winding(repository):
    """Two roots, merges, renames, binaries, authors that a mailmap joins."""
    first = repository.commit({"src/a.py": "1\n2\n3\n", "logo.png": b"\0\1"})
    repository.commit({"src/a.py": None, "src/b.py": "1\n2\n3\n4\n"}, author=BO)
    other = repository.commit(
        {"other.go": "package x\n"}, branch="other", parents=[], author="Bo <BO@old.example>"
    )
    side = repository.commit({"side.c": "int x;\n"}, branch="side", parents=[first])
    merge = repository.commit({"side.c": "int x;\n"}, parents=[repository.tip(), side, other])
    repository.commit({"logo.png": b"\0\2"}, parents=[merge])
    repository.commit({".mailmap": "Bo Example <bo@two.example> <bo@old.example>\n"}, author=BO)
    for number in range(9):
        repository.commit({"src/b.py": "x\n" * number}, author=BO if number % 3 else ADA)
    return repository


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


# Since the last time


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


# Shallow clones


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


# Objects that are missing or corrupt


@pytest.fixture
def loose(repository):
    """Five commits of which each object can be removed or damaged."""
    for number in range(5):
        repository.commit({"a.py": f"{number}\n", f"dir/{number}.py": f"of {number}\n", "same.py": "1\n"})
    repository.explode()
    return repository


def without_lines(commits):
    return [row["committed_at"] and sha for sha, row in commits.items() if row["files"] is None]


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


# Bounds


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
