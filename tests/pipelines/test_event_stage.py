"""Hourly files of public events: only ours are kept, each once, and what cannot be read says so."""

import gzip
import json
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from duckdb import DuckDBPyConnection

from pipelines.event_stage import refresh_events
from pipelines.progress import LoggedProgress
from warehouse.people import account_id
from warehouse.store.database import open_database


@pytest.fixture
def con(tmp_path: Path) -> Iterator[DuckDBPyConnection]:
    with closing(open_database(tmp_path / "warehouse.duckdb")) as con:
        name_repositories(con, "github.com/Acme/App")
        yield con


def name_repositories(con: DuckDBPyConnection, *repo_ids: str) -> None:
    con.execute("delete from raw.repository")
    for repo_id in repo_ids:
        con.execute(
            "insert into raw.repository (repo_id, enterprise_id, host) values (?, 'one', ?)",
            [repo_id, repo_id.partition("/")[0]],
        )


def event(
    event_id: int, kind: str, repo: str = "acme/app", repository_id: int = 7, **more: Any
) -> dict[str, Any]:
    payload = {key: value for key, value in more.items() if key not in ("login", "at")}
    return {
        "id": str(event_id),
        "type": kind,
        "actor": {"id": 5, "login": more.get("login", "ann"), "display_login": "ann"},
        "repo": {"id": repository_id, "name": repo, "url": "https://api.example/repos"},
        "payload": payload,
        "public": True,
        "created_at": more.get("at", "2025-01-31T15:04:05Z"),
    }


def write(folder: Path, name: str, *entries: dict[str, Any] | str) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    lines = [entry if isinstance(entry, str) else json.dumps(entry) for entry in entries]
    path = folder / name
    path.write_bytes(gzip.compress("".join(f"{line}\n" for line in lines).encode()))
    return path


def read(con: DuckDBPyConnection, folder: Path) -> int:
    return refresh_events(con, [folder], b"key", LoggedProgress())


def events(con: DuckDBPyConnection) -> list[tuple[Any, ...]]:
    return con.sql(
        "select event_id, repo_id, type, action, number from raw.forge_event order by 1"
    ).fetchall()


def files(con: DuckDBPyConnection) -> list[tuple[Any, ...]]:
    return con.sql("select file, status, events, kept, rejected from raw.event_file order by 1").fetchall()


def test_file_when_read_then_events_of_the_workspace_are_kept(
    con: DuckDBPyConnection, tmp_path: Path
) -> None:
    folder = tmp_path / "archive"
    write(
        folder / "2025",
        "2025-01-31-15.json.gz",
        event(1, "WatchEvent", action="started", login="openEuler-CI-bot"),
        event(2, "IssuesEvent", action="opened", issue={"number": 12}),
        event(3, "PullRequestEvent", action="opened", number=13, pull_request={"number": 13, "title": "x"}),
        event(4, "WatchEvent", "other/app", 8, action="started"),
    )
    assert read(con, folder) == 1
    assert events(con) == [
        ("1", "github.com/Acme/App", "WatchEvent", "started", None),
        ("2", "github.com/Acme/App", "IssuesEvent", "opened", "12"),
        ("3", "github.com/Acme/App", "PullRequestEvent", "opened", "13"),
    ]
    assert files(con) == [("2025/2025-01-31-15.json.gz", "read", 4, 3, 0)]
    [(actor, *told)] = con.sql(
        "select actor_id, is_bot, repository_id, created_at, file from raw.forge_event where event_id = '1'"
    ).fetchall()
    assert actor == account_id(b"key", "github.com", "5")
    assert tuple(told) == (True, 7, datetime(2025, 1, 31, 15, 4, 5, tzinfo=UTC), "2025/2025-01-31-15.json.gz")
    assert con.sql("select hour from raw.event_file").fetchall() == [(datetime(2025, 1, 31, 15, tzinfo=UTC),)]
    assert read(con, folder) == 0


def test_repository_when_renamed_then_events_under_both_names_are_its_own(
    con: DuckDBPyConnection, tmp_path: Path
) -> None:
    folder = tmp_path / "archive"
    write(folder, "2025-02-01-0.json.gz", event(1, "WatchEvent"))
    write(folder, "2025-02-02-0.json.gz", event(2, "WatchEvent", "acme/renamed"))
    read(con, folder)
    assert [row[:2] for row in events(con)] == [("1", "github.com/Acme/App"), ("2", "github.com/Acme/App")]


def test_event_when_two_files_hold_it_then_is_kept_once(con: DuckDBPyConnection, tmp_path: Path) -> None:
    folder = tmp_path / "archive"
    write(folder, "2025-02-01-0.json.gz", event(1, "WatchEvent"), event(1, "WatchEvent"))
    write(folder, "2025-02-01-1.json.gz", event(1, "WatchEvent"))
    read(con, folder)
    assert len(events(con)) == 1


def test_repository_when_named_later_then_files_are_read_again(
    con: DuckDBPyConnection, tmp_path: Path
) -> None:
    folder = tmp_path / "archive"
    write(folder, "2025-02-01-0.json.gz", event(1, "WatchEvent"), event(2, "WatchEvent", "acme/new", 9))
    read(con, folder)
    name_repositories(con, "github.com/Acme/App", "github.com/acme/new")
    assert read(con, folder) == 1
    assert len(events(con)) == 2
    name_repositories(con, "github.com/acme/new")
    read(con, folder)
    assert [row[1] for row in events(con)] == ["github.com/acme/new"]


@pytest.mark.parametrize("what", ["half a file", "no gzip", "nothing"])
def test_file_when_damaged_then_says_so_and_the_others_are_read(
    con: DuckDBPyConnection, tmp_path: Path, what: str
) -> None:
    folder = tmp_path / "archive"
    path = write(folder, "2025-02-01-0.json.gz", *(event(number, "WatchEvent") for number in range(200)))
    content = {"half a file": path.read_bytes()[:200], "no gzip": b"<html>", "nothing": b""}[what]
    path.write_bytes(content)
    write(folder, "2025-02-01-1.json.gz", event(999, "WatchEvent"))
    read(con, folder)
    assert [row[0] for row in events(con)] == ["999"]
    [(_, status, *_), (_, other, *_)] = files(con)
    assert other == "read"
    if what != "nothing":
        assert status == "failed"
        assert con.sql("select reason from raw.event_file where status = 'failed'").fetchall()[0][0]


def test_lines_when_they_are_no_events_then_are_counted_and_the_others_kept(
    con: DuckDBPyConnection, tmp_path: Path
) -> None:
    folder = tmp_path / "archive"
    hostile = [
        '{"id": broken',
        "[1]",
        "5",
        '{"id": "7", "type": "X", "repo": "text", "created_at": []}',
        "{}",
    ]
    write(folder, "2025-02-01-0.json.gz", *hostile, event(1, "WatchEvent"))
    read(con, folder)
    assert [row[0] for row in events(con)] == ["1"]
    [(_, status, _, kept, rejected)] = files(con)
    assert (status, kept) == ("partial", 1)
    assert rejected >= 4


def test_event_when_the_forge_trimmed_it_then_is_marked(con: DuckDBPyConnection, tmp_path: Path) -> None:
    folder = tmp_path / "archive"
    write(
        folder,
        "2025-10-08-0.json.gz",
        event(1, "PushEvent", commits=[], size=0),
        event(2, "PushEvent", ref="refs/heads/main"),
        event(3, "PullRequestEvent", action="opened", pull_request={"id": 1, "number": 5}),
        event(4, "WatchEvent"),
    )
    read(con, folder)
    found = con.sql("select event_id, is_trimmed from raw.forge_event order by 1").fetchall()
    assert found == [("1", False), ("2", True), ("3", True), ("4", False)]


def test_event_when_it_tells_an_issue_or_change_request_then_it_is_a_row_of_the_forge_too(
    con: DuckDBPyConnection, tmp_path: Path
) -> None:
    folder = tmp_path / "archive"
    issue = {
        "number": 12,
        "id": 1,
        "title": "It breaks",
        "state": "open",
        "updated_at": "2025-01-31T15:00:00Z",
    }
    pull = {"number": 13, "id": 2, "title": "Fix", "state": "closed", "merged_at": "2025-01-31T15:00:00Z"}
    trimmed = {"number": 14, "id": 3, "head": {}, "base": {}}
    write(
        folder,
        "2025-01-31-15.json.gz",
        event(1, "IssuesEvent", action="opened", issue=issue),
        event(2, "PullRequestEvent", action="closed", number=13, pull_request=pull),
        event(3, "PullRequestEvent", action="closed", number=14, pull_request=trimmed),
    )
    read(con, folder)
    assert con.sql("select number, state, parser from raw.issue").fetchall() == [
        ("12", "open", "github-event")
    ]
    assert con.sql("select number, state from raw.change_request").fetchall() == [("13", "merged")]
    assert con.sql("select repo_id, in_workspace from raw.forge_repository").fetchall() == [
        ("github.com/Acme/App", True)
    ]
