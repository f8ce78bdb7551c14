"""Mirrors over git's own HTTP server: whole or not there, bounded, and nothing of theirs runs."""

import json
import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from git_server import GitServer, serve_git

from pipelines.cli import main
from pipelines.crawl import mirror_git
from pipelines.crawl.local import mirror_records, named_upstreams, observe_repositories
from pipelines.crawl.mirrors import (
    MirrorLimits,
    Upstream,
    is_address,
    mirror_path,
    protocol_of,
    read_record,
    update_mirror,
)
from pipelines.errors import CrawlError
from pipelines.workspace import load_workspace
from pipelines.workspace_tables import workspace_tables

LIMITS = MirrorLimits(protocols=("http", "file"), seconds=60)
CANARY = "canary-token-91c2"


def git(folder: Path, *words: str) -> str:
    names = ("-c", "user.name=a", "-c", "user.email=a@a.example", "-c", "init.defaultBranch=main")
    done = subprocess.run(
        ["git", "-C", str(folder), *names, *words], capture_output=True, text=True, check=True
    )
    return done.stdout.strip()


def commit(bare: Path, name: str, content: bytes = b"x\n", branch: str = "main") -> str:
    """Add one file to a branch of a bare repository; returns the commit."""
    blob = subprocess.run(
        ["git", "-C", str(bare), "hash-object", "-w", "--stdin"],
        input=content,
        capture_output=True,
        check=True,
    )
    listing = f"100644 blob {blob.stdout.decode().strip()}\t{name}\n"
    tree = subprocess.run(
        ["git", "-C", str(bare), "mktree"], input=listing.encode(), capture_output=True, check=True
    )
    has_parent = subprocess.run(
        ["git", "-C", str(bare), "rev-parse", "-q", "--verify", branch], check=False, capture_output=True
    )
    parent = ["-p", branch] if has_parent.returncode == 0 else []
    found = git(bare, "commit-tree", tree.stdout.decode().strip(), "-m", name, *parent)
    git(bare, "update-ref", f"refs/heads/{branch}", found)
    return found


@pytest.fixture
def server(tmp_path: Path) -> Iterator[GitServer]:
    root = tmp_path / "served"
    bare = root / "acme" / "app.git"
    bare.mkdir(parents=True)
    git(bare, "init", "--quiet", "--bare")
    commit(bare, "a.py")
    with serve_git(root) as state:
        yield state


def upstream(server: GitServer, tmp_path: Path) -> Upstream:
    url = f"{server.url}/acme/app.git"
    return Upstream(url, "one", mirror_path(tmp_path / "mirrors", url))


def test_mirror_when_cloned_then_updated_then_left_alone(server: GitServer, tmp_path: Path) -> None:
    bare, mine = server.root / "acme" / "app.git", upstream(server, tmp_path)
    git(bare, "update-ref", "refs/pull/1/head", "main")
    first = update_mirror(mine, LIMITS)
    assert (first.status, first.repo_id) == ("cloned", "127.0.0.1/acme/app")
    assert first.head_sha == git(bare, "rev-parse", "main")
    assert "pull" not in git(mine.path, "for-each-ref")
    assert update_mirror(mine, LIMITS).status == "unchanged"
    second = commit(bare, "b.py")
    git(bare, "branch", "old", "main~1")
    record = update_mirror(mine, LIMITS)
    assert (record.status, record.head_sha, record.bytes > 0) == ("updated", second, True)
    assert git(mine.path, "rev-parse", "old") == first.head_sha
    git(bare, "branch", "-D", "old")
    assert update_mirror(mine, LIMITS).status == "updated"
    assert "old" not in git(mine.path, "for-each-ref")
    assert [path.name for path in mine.path.parent.iterdir() if path.is_dir()] == [mine.path.name]


def test_mirror_when_the_default_branch_moves_then_head_follows(server: GitServer, tmp_path: Path) -> None:
    bare, mine = server.root / "acme" / "app.git", upstream(server, tmp_path)
    update_mirror(mine, LIMITS)
    new = commit(bare, "b.py", branch="trunk")
    git(bare, "symbolic-ref", "HEAD", "refs/heads/trunk")
    record = update_mirror(mine, LIMITS)
    assert (record.status, record.head_sha) == ("updated", new)


def test_mirror_when_rewritten_upstream_then_old_commits_can_still_be_read(
    server: GitServer, tmp_path: Path
) -> None:
    bare, mine = server.root / "acme" / "app.git", upstream(server, tmp_path)
    gone = commit(bare, "b.py")
    update_mirror(mine, LIMITS)
    git(bare, "update-ref", "refs/heads/main", "main~1")
    assert update_mirror(mine, LIMITS).status == "updated"
    assert git(mine.path, "cat-file", "-t", gone) == "commit"


def test_mirror_when_there_are_no_contents_then_commits_and_folders_are_there(
    server: GitServer, tmp_path: Path
) -> None:
    bare, mine = server.root / "acme" / "app.git", upstream(server, tmp_path)
    git(bare, "config", "uploadpack.allowFilter", "true")
    commit(bare, "large.bin", os.urandom(200_000))
    limits = MirrorLimits(protocols=("http",), metadata_only=True)
    record = update_mirror(mine, limits)
    assert (record.status, record.metadata_only) == ("cloned", True)
    assert record.bytes < 200_000
    assert git(mine.path, "rev-list", "--count", "main") == "2"
    new = commit(bare, "c.py")
    assert update_mirror(mine, limits).head_sha == new


def test_clone_when_it_breaks_off_then_is_no_repository_and_the_next_one_is_whole(
    server: GitServer, tmp_path: Path
) -> None:
    bare, mine = server.root / "acme" / "app.git", upstream(server, tmp_path)
    commit(bare, "large.bin", os.urandom(300_000))
    server.cut_after = 50_000
    record = update_mirror(mine, LIMITS)
    assert record.status == "failed"
    assert record.reason
    assert not mine.path.exists()
    assert list(mine.path.parent.glob(".half-*")) == []
    server.cut_after = None
    assert update_mirror(mine, LIMITS).status == "cloned"


def test_clone_when_killed_then_what_is_left_of_it_is_thrown_away(server: GitServer, tmp_path: Path) -> None:
    mine = upstream(server, tmp_path)
    half = mine.path.with_name(f".half-{mine.path.name}")
    (half / "objects").mkdir(parents=True)
    (half / "HEAD").write_text("ref: refs/heads/none\n")
    assert update_mirror(mine, LIMITS).status == "cloned"
    assert not half.exists()


def test_update_when_it_fails_then_the_mirror_stays_and_the_record_says_why(
    server: GitServer, tmp_path: Path
) -> None:
    mine = upstream(server, tmp_path)
    first = update_mirror(mine, LIMITS)
    (server.root / "acme").rename(server.root / "moved")
    record = update_mirror(mine, LIMITS)
    assert (record.status, record.head_sha, record.succeeded_at) == (
        "failed",
        first.head_sha,
        first.succeeded_at,
    )
    assert "not found" in str(record.reason)
    assert read_record(mine.path) == record


def test_mirror_when_larger_than_allowed_then_is_given_up(server: GitServer, tmp_path: Path) -> None:
    commit(server.root / "acme" / "app.git", "large.bin", os.urandom(2_000_000))
    record = update_mirror(upstream(server, tmp_path), MirrorLimits(("http",), mebibytes=1))
    assert (record.status, record.bytes) == ("failed", 0)
    assert "larger than 1 MiB" in str(record.reason)


def test_command_when_it_takes_too_long_then_is_stopped(tmp_path: Path) -> None:
    with pytest.raises(CrawlError, match="took longer than 1 s"):
        mirror_git.run_git(["-c", "alias.wait=!sleep 30", "wait"], url="", protocols=(), seconds=1)


@pytest.mark.parametrize(
    "url",
    ["ext::sh -c touch% MARK", "--upload-pack=touch MARK", "ext::touch MARK", "fd::7", "ftp://a.example/b/c"],
)
def test_address_when_it_would_run_something_then_is_refused(tmp_path: Path, url: str) -> None:
    mark = tmp_path / "MARK"
    mine = Upstream(url.replace("MARK", str(mark)), "one", tmp_path / "mirrors" / "m")
    assert update_mirror(mine, LIMITS).status == "failed"
    everything = MirrorLimits(("http", "file", "ssh"))
    assert update_mirror(mine, everything).status == "failed"
    assert not mark.exists()


def test_redirect_when_it_leads_to_another_protocol_then_is_not_followed(
    server: GitServer, tmp_path: Path
) -> None:
    server.redirect_to = f"file://{server.root}"
    assert update_mirror(upstream(server, tmp_path), LIMITS).status == "failed"


def test_caller_when_his_configuration_would_run_something_then_it_does_not(
    server: GitServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    mark = tmp_path / "MARK"
    home = tmp_path / "home"
    (home / "template" / "hooks").mkdir(parents=True)
    hook = home / "template" / "hooks" / "reference-transaction"
    hook.write_text(f"#!/bin/sh\ntouch {mark}\n")
    hook.chmod(0o755)
    (home / ".gitconfig").write_text(
        f"[init]\n\ttemplateDir = {home}/template\n[credential]\n\thelper = !touch {mark}\n"
        f"[core]\n\tfsmonitor = touch {mark}\n\taskPass = touch {mark}\n"
    )
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.setenv("GIT_ASKPASS", f"touch {mark}")
    mine = upstream(server, tmp_path)
    assert update_mirror(mine, LIMITS).status == "cloned"
    commit(server.root / "acme" / "app.git", "b.py")
    assert update_mirror(mine, LIMITS).status == "updated"
    server.wants_password = True
    assert update_mirror(mine, LIMITS).status == "failed"
    assert not mark.exists()
    assert not (mine.path / "hooks").exists()


def test_token_when_given_then_stands_in_the_request_alone(
    server: GitServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CHAINATLAS_GIT_TOKEN_FORGE_EXAMPLE", CANARY)
    settings = mirror_git._authorization("https://forge.example/acme/app")
    assert list(settings) == ["http.https://forge.example/.extraHeader"]
    assert mirror_git._authorization("http://forge.example/acme/app") == {}
    assert mirror_git._authorization("https://other.example/acme/app") == {}
    monkeypatch.setattr(mirror_git, "_authorization", lambda url: {"http.extraHeader": f"X-Token: {CANARY}"})
    server.wants_password = True
    record = update_mirror(upstream(server, tmp_path), LIMITS)
    assert any(headers.get("X-Token") == CANARY for _, headers in server.requests)
    assert CANARY not in repr(record)
    server.wants_password = False
    update_mirror(upstream(server, tmp_path), LIMITS)
    kept = [path for path in (tmp_path / "mirrors").rglob("*") if path.is_file()]
    assert kept
    assert not any(CANARY.encode() in path.read_bytes() for path in kept)


@pytest.mark.parametrize("where", ["user:se@cret@host.example/a", "host.example/a?access_token=secret"])
def test_message_of_git_when_it_quotes_an_address_then_without_credentials(where: str) -> None:
    told = mirror_git._reason(f"fatal: unable to access 'https://{where}': not found\n".encode())
    assert told == "fatal: unable to access 'https://host.example/a': not found"


@pytest.mark.parametrize(
    ("entry", "expected"),
    [
        ("https://gitee.com/acme/app", "https"),
        ("git@gitee.com:acme/app.git", "ssh"),
        ("git+ssh://git@gitee.com/acme/app", "ssh"),
        ("ext::sh -c id", "ext"),
        ("file:///srv/app.git", "file"),
    ],
)
def test_entry_when_it_is_an_address_then_its_protocol_is_known(entry: str, expected: str) -> None:
    assert is_address(entry)
    assert protocol_of(entry) == expected


@pytest.mark.parametrize("entry", ["code/app", "../mirrors/*", "C:\\code\\app", "a:b", "/srv/a@b/c"])
def test_entry_when_it_is_a_path_then_is_no_address(entry: str) -> None:
    assert not is_address(entry)


@pytest.mark.parametrize(
    "url", ["https://h.example/../../etc", "file:///a/..", "https://h.example/a%2F..%2Fb/c"]
)
def test_address_when_hostile_then_its_mirror_stays_in_the_folder(tmp_path: Path, url: str) -> None:
    path = mirror_path(tmp_path, url)
    assert path.parent == tmp_path
    assert path.name not in ("", ".", "..")


WORKSPACE = """\
[mirrors]
protocols = ["http"]

[[enterprises]]
id = "one"
repositories = ["{url}/acme/app.git", "{url}/acme/gone.git"]

[taxonomy]
packaged = false
"""


def call(*words: object, code: int = 0) -> Result:
    result = CliRunner().invoke(main, [str(word) for word in words])
    assert result.exit_code == code, (result.output, result.exception)
    return result


@pytest.mark.slow
def test_run_when_repositories_are_mirrored_then_scans_them_and_lists_the_others(
    server: GitServer, tmp_path: Path
) -> None:
    (tmp_path / "workspace.toml").write_text(WORKSPACE.format(url=server.url))
    said = call("mirror", tmp_path, code=2).stdout
    assert "cloned: 127.0.0.1/acme/app: " in said
    assert "failed: 127.0.0.1/acme/gone: git ls-remote failed" in said
    ran = call("run", tmp_path, "--jobs", 1, "--no-report")
    assert "1 repositories are not mirrored yet" in ran.stderr
    rows = json.loads(
        call(
            "query",
            tmp_path,
            "select repo_id, kind, is_observed, scanner from core.repository"
            " left join (select * from mart.scan_failure where scanner in ('mirror', 'sbom')) using (repo_id)"
            " order by all",
            "--format",
            "json",
        ).stdout
    )
    assert [tuple(row.values()) for row in rows] == [
        ("127.0.0.1/acme/app", "bare", True, None),
        ("127.0.0.1/acme/gone", "absent", False, "mirror"),
        ("127.0.0.1/acme/gone", "absent", False, "sbom"),
    ]


def test_observation_when_a_mirror_is_missing_then_the_repository_is_absent_and_not_forgotten(
    server: GitServer, tmp_path: Path
) -> None:
    (tmp_path / "workspace.toml").write_text(WORKSPACE.format(url=server.url))
    workspace = load_workspace(tmp_path / "workspace.toml")
    app, gone = named_upstreams(workspace)
    update_mirror(app, LIMITS)
    update_mirror(gone, LIMITS)
    observation = observe_repositories(workspace)
    assert [(found.repo_id, found.kind, found.location) for found in observation.repositories] == [
        ("127.0.0.1/acme/app", "bare", f"{server.url}/acme/app.git"),
        ("127.0.0.1/acme/gone", "absent", f"{server.url}/acme/gone.git"),
    ]
    assert any("not mirrored yet" in text for text in observation.warnings)
    mirrors = mirror_records(workspace)
    table = workspace_tables(workspace.settings, observation.repositories, b"key", mirrors=mirrors)
    assert table["mirror"].select(["repo_id", "status"]).to_pylist() == [
        {"repo_id": "127.0.0.1/acme/app", "status": "cloned"},
        {"repo_id": "127.0.0.1/acme/gone", "status": "failed"},
    ]


def test_mirror_when_its_ids_are_sha256_then_is_cloned_too(server: GitServer, tmp_path: Path) -> None:
    bare = server.root / "acme" / "new.git"
    bare.mkdir()
    git(bare, "init", "--quiet", "--bare", "--object-format=sha256")
    found = commit(bare, "a.py")
    url = f"{server.url}/acme/new.git"
    record = update_mirror(Upstream(url, "one", mirror_path(tmp_path / "mirrors", url)), LIMITS)
    assert (record.status, record.head_sha) == ("cloned", found)


def test_settings_when_an_address_is_not_allowed_then_the_line_is_named(tmp_path: Path) -> None:
    (tmp_path / "workspace.toml").write_text(
        '[[enterprises]]\nid = "one"\n'
        'repositories = ["git://h.example/a/b", "https://u:canary@h.example/a/b", "git@h.example:a/b"]\n'
    )
    said = call("mirror", tmp_path, code=2).stderr
    assert "workspace.toml:3: git is not among the protocols" in said
    assert "CHAINATLAS_GIT_TOKEN_<HOST>" in said
    assert "canary" not in said


def test_record_when_damaged_then_counts_as_none(tmp_path: Path) -> None:
    path = tmp_path / "mirror"
    path.with_name("mirror.json").write_text('{"repo_id": "a"}')
    assert read_record(path) is None
