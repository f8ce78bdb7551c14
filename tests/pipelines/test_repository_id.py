"""A repository is named by its remote, without trust in the file that tells it."""

from pathlib import Path

import pytest
from made_repositories import git, make_repository

from pipelines.crawl.repository_id import (
    canonical_remote,
    folder_name,
    local_id,
    read_remote_url,
    separate_equal_ids,
)


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("https://github.com/psf/requests.git", "github.com/psf/requests"),
        ("https://user:secret@GitHub.com:443/psf/requests/", "github.com/psf/requests"),
        ("https://oauth2:glpat-x@gitlab.example/group/sub/name.git?x=1#y", "gitlab.example/group/sub/name"),
        ("git@gitee.com:openharmony/docs.git", "gitee.com/openharmony/docs"),
        ("gitee.com:openharmony/docs", "gitee.com/openharmony/docs"),
        ("ssh://git@gitee.com:22/openharmony/docs", "gitee.com/openharmony/docs"),
        ("git://git.example/~user/x.git", "git.example/~user/x"),
        ("https://git.example/%E7%BB%84/库.git", "git.example/组/库"),
        ("https://git.example//a///b", "git.example/a/b"),
    ],
)
def test_remote_url_becomes_host_owner_name(url: str, expected: str) -> None:
    assert canonical_remote(url) == expected


@pytest.mark.parametrize(
    "url",
    [
        "/srv/git/x.git",
        "../x",
        "file:///srv/git/x",
        "C:/code/x",
        "ext::sh -c id",
        "ext::a/b",
        "https://host",
        "https://host/../x",
        "https://host/%2e%2e/x",
        "https://host/a b/c",
        "https://host/a/\x1b[31m",
        "http://[broken/x",
        "",
    ],
)
def test_url_that_names_no_forge_repository_has_no_canonical_form(url: str) -> None:
    assert canonical_remote(url) is None


def test_remote_is_read_as_git_reads_it(tmp_path: Path) -> None:
    repository = make_repository(tmp_path / "r", [])
    for url in ("https://a.example/b/c.git", 'https://a.example/q"uote/c', "https://a.example/x#y", "a;b:c"):
        git(repository, "config", "remote.origin.url", url)
        assert read_remote_url(repository / ".git") == git(repository, "config", "remote.origin.url")


def test_origin_wins_over_other_remotes(tmp_path: Path) -> None:
    repository = make_repository(tmp_path / "r", [])
    git(repository, "config", "remote.backup.url", "https://backup.example/a/b")
    assert read_remote_url(repository / ".git") == "https://backup.example/a/b"
    git(repository, "config", "remote.origin.url", "https://origin.example/a/b")
    assert read_remote_url(repository / ".git") == "https://origin.example/a/b"


def test_configuration_that_is_missing_huge_or_binary_names_no_remote(tmp_path: Path) -> None:
    repository = make_repository(tmp_path / "r", [])
    config = repository / ".git" / "config"
    for content in (b"\x00\xff[remote\n", b'[remote "origin"]\n' + b"#" * 2_000_000 + b"\nurl = x\n"):
        config.write_bytes(content)
        assert read_remote_url(repository / ".git") is None
    config.unlink()
    assert read_remote_url(repository / ".git") is None


def test_local_id_has_no_space_or_control_character() -> None:
    assert local_id("one", Path("/x/my repo.git")) == "local/one/my-repo"
    assert local_id("one", Path("/x/project/.git")) == "local/one/project"


def test_equal_ids_are_told_apart_in_path_order_with_a_warning() -> None:
    ids = {Path("/b"): "h/o/n", Path("/a"): "h/o/n", Path("/c"): "h/o/m"}
    unique, warnings = separate_equal_ids(ids)
    assert unique == {Path("/a"): "h/o/n", Path("/b"): "h/o/n~2", Path("/c"): "h/o/m"}
    (warning,) = warnings
    assert "h/o/n~2 (/b)" in warning


def test_folder_names_are_distinct_and_stay_inside_their_parent(tmp_path: Path) -> None:
    ids = ["a/b+c", "a+b/c", "a/b/c", "../../x", "a/" + "长" * 300, "a/" + "长" * 301, "a/b\0c", ".hidden"]
    names = {folder_name(repo_id) for repo_id in ids}
    assert len(names) == len(ids)
    for name in names:
        (tmp_path / name).mkdir()
    assert {path.name for path in tmp_path.iterdir()} == names
