"""What a history tells of a commit: lines, languages, folders, trailers, times, odd names."""

import pytest
from history_rows import KEY, facts, lines, read, read_rows
from made_history import BO

from warehouse.people import address_id


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
