"""Whom a history names: encodings of names, and what a `.mailmap` makes of them."""

import pytest
from history_rows import read
from made_history import ADA, BO, NOON

from sbom.model import UnknownKind

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
