"""Folders of webhook payloads: what they tell is upserted, what they leave out is left as it was."""

import json
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from duckdb import DuckDBPyConnection

from pipelines.crawl.payload.webhooks import webhook_of, webhooks
from pipelines.progress import LoggedProgress
from pipelines.webhook_stage import refresh_webhooks
from warehouse.people import account_id
from warehouse.store.database import open_database

KEY = b"key"
ANN = {"id": 5, "login": "ann", "username": "ann", "type": "User"}
GITHUB = {
    "id": 7,
    "full_name": "acme/app",
    "html_url": "https://github.com/acme/app",
    "stargazers_count": 3,
    "owner": {"id": 1, "login": "acme", "type": "Organization"},
}
GITEE = {"id": 8, "full_name": "acme/app", "html_url": "https://gitee.com/acme/app"}
GITLAB = {"id": 9, "path_with_namespace": "acme/app", "web_url": "https://gitlab.example/acme/app"}


@pytest.fixture
def con(tmp_path: Path) -> Iterator[DuckDBPyConnection]:
    with closing(open_database(tmp_path / "warehouse.duckdb")) as con:
        for host in ("github.com", "gitee.com", "gitlab.example"):
            con.execute(
                "insert into raw.repository (repo_id, enterprise_id, host) values (?, 'one', ?)",
                [f"{host}/Acme/app", host],
            )
        yield con


def deliver(con: DuckDBPyConnection, folder: Path, name: str, content: object) -> int:
    folder.mkdir(exist_ok=True)
    text = content if isinstance(content, str) else json.dumps(content)
    (folder / f"{name}.json").write_text(text, "utf-8")
    return refresh_webhooks(con, [folder], KEY, LoggedProgress())


def rows(con: DuckDBPyConnection, table: str, columns: str) -> list[tuple[Any, ...]]:
    return con.sql(f"select {columns} from raw.{table} order by all").fetchall()


def github_issue(**more: Any) -> dict[str, Any]:
    return {
        "id": 70,
        "number": 12,
        "title": "It breaks",
        "user": ANN,
        "state": "open",
        "comments": 0,
        "created_at": "2026-01-01T00:00:00Z",
        "updated_at": "2026-01-01T00:00:00Z",
        **more,
    }


def test_github_when_an_issue_is_opened_and_closed_then_its_row_follows(
    con: DuckDBPyConnection, tmp_path: Path
) -> None:
    folder = tmp_path / "deliveries"
    deliver(con, folder, "1", {"action": "opened", "issue": github_issue(), "repository": GITHUB})
    closed = github_issue(
        state="closed",
        closed_at="2026-01-02T00:00:00Z",
        updated_at="2026-01-02T00:00:00Z",
        labels=[{"name": "bug"}],
    )
    envelope = {
        "headers": {"X-GitHub-Event": "issues"},
        "body": json.dumps({"issue": closed, "repository": GITHUB}),
    }
    deliver(con, folder, "2", envelope)
    assert rows(con, "issue", "forge, repository_id, number, state, labels, author_id") == [
        ("github.com", 7, "12", "closed", ["bug"], account_id(KEY, "github.com", "5"))
    ]
    # an older delivery that comes late changes nothing
    deliver(con, folder, "3", {"action": "opened", "issue": github_issue(), "repository": GITHUB})
    assert rows(con, "issue", "state") == [("closed",)]
    assert rows(con, "forge_repository", "repo_id, in_workspace, stars") == [("github.com/acme/app", True, 3)]
    assert refresh_webhooks(con, [folder], KEY, LoggedProgress()) == 0


def test_github_when_a_change_request_is_reviewed_then_change_review_and_comment_are_rows(
    con: DuckDBPyConnection, tmp_path: Path
) -> None:
    pull = {
        **github_issue(number=13, id=71),
        "merged_at": "2026-01-03T00:00:00Z",
        "state": "closed",
        "additions": 5,
        "deletions": 2,
        "changed_files": 1,
        "head": {"ref": "fix", "sha": "h", "repo": {"id": 99}},
        "base": {"ref": "main", "repo": {"id": 7}},
    }
    review = {"id": 3, "user": ANN, "state": "APPROVED", "submitted_at": "2026-01-02T00:00:00Z"}
    folder = tmp_path / "deliveries"
    folder.mkdir()
    closed = {"action": "closed", "pull_request": pull, "repository": GITHUB}
    (folder / "1.json").write_text(json.dumps(closed))
    # payloads of reviews leave sizes out, which must not make them null
    short = {name: value for name, value in pull.items() if name not in ("additions", "deletions")}
    deliver(con, folder, "2", {"review": review, "pull_request": short, "repository": GITHUB})
    assert rows(con, "change_request", "number, state, added, deleted, is_from_fork, target_branch") == [
        ("13", "merged", 5, 2, True, "main")
    ]
    assert rows(con, "review", "number, review_id, state") == [("13", "3", "approved")]
    comment = {
        "id": 4,
        "user": ANN,
        "body": "no",
        "issue_url": "https://api.github.com/repos/acme/app/issues/12",
        "html_url": "https://github.com/acme/app/issues/12#issuecomment-4",
    }
    given = {"action": "created", "issue": github_issue(), "comment": comment, "repository": GITHUB}
    deliver(con, folder, "3", given)
    deliver(con, folder, "4", {**given, "action": "deleted"})
    assert rows(con, "comment", "comment_id, thread, number, removed_at is not null") == [
        ("4", "issue", "12", True)
    ]
    assert rows(con, "issue", "number, removed_at") == [("12", None)]


def gitlab_payload(kind: str, user: object = ANN, **attributes: Any) -> dict[str, Any]:
    given = {
        "id": 80,
        "iid": 21,
        "title": "Add",
        "author_id": 5,
        "state": "opened",
        "created_at": "2026-01-01 08:00:00 UTC",
        "updated_at": "2026-01-01 08:00:00 UTC",
        **attributes,
    }
    return {"object_kind": kind, "user": user, "project": GITLAB, "object_attributes": given}


def test_gitlab_when_a_merge_request_is_merged_then_the_event_tells_when(
    con: DuckDBPyConnection, tmp_path: Path
) -> None:
    folder = tmp_path / "deliveries"
    deliver(con, folder, "1", gitlab_payload("merge_request", action="open"))
    con.execute("update raw.change_request set comments = 4")  # as a crawl had told
    at = "2026-01-02 09:00:00 UTC"
    deliver(con, folder, "2", gitlab_payload("merge_request", action="merge", state="merged", updated_at=at))
    # later deliveries about it do not say when it was merged, and change nothing
    later = "2026-01-03 09:00:00 UTC"
    deliver(
        con, folder, "3", gitlab_payload("merge_request", action="update", state="merged", updated_at=later)
    )
    found = rows(con, "change_request", "forge, number, state, cast(merged_at as date), comments")
    assert [(*row[:3], str(row[3]), row[4]) for row in found] == [
        ("gitlab.example", "21", "merged", "2026-01-02", 4)
    ]


def test_gitlab_when_approved_or_commented_then_review_and_comment_are_rows(
    con: DuckDBPyConnection, tmp_path: Path
) -> None:
    folder = tmp_path / "deliveries"
    deliver(con, folder, "1", gitlab_payload("merge_request", action="approved"))
    note = gitlab_payload("note", note="Why?", noteable_type="MergeRequest", type="DiffNote")
    deliver(con, folder, "2", {**note, "merge_request": {"iid": 21}})
    assert rows(con, "review", "number, state, author_id") == [
        ("21", "approved", account_id(KEY, "gitlab.example", "5"))
    ]
    assert rows(con, "comment", "thread, number, on_code, body_length") == [("change_request", "21", True, 4)]


def test_gitee_when_issue_change_request_and_comment_come_then_all_are_rows(
    con: DuckDBPyConnection, tmp_path: Path
) -> None:
    folder = tmp_path / "deliveries"
    issue = github_issue(number="I1DAQF", created_at="2026-01-01T08:00:00+08:00")
    deliver(con, folder, "1", {"hook_name": "issue_hooks", "issue": issue, "repository": GITEE})
    pull = {**github_issue(number=3), "head": {"ref": "fix"}, "base": {"ref": "master"}}
    deliver(con, folder, "2", {"hook_name": "merge_request_hooks", "pull_request": pull, "repository": GITEE})
    comment = {"id": 6, "user": ANN, "body": "好"}
    deliver(
        con, folder, "3", {"hook_name": "note_hooks", "issue": issue, "comment": comment, "repository": GITEE}
    )
    assert rows(con, "issue", "forge, number, state") == [("gitee.com", "I1DAQF", "open")]
    assert rows(con, "change_request", "number, target_branch") == [("3", "master")]
    assert rows(con, "comment", "number, thread, body_length") == [("I1DAQF", "issue", 1)]


def test_webhooks_when_they_are_discovered_then_each_is_known_by_its_mark() -> None:
    assert [(kind.forge, kind.mark) for kind in webhooks()] == [
        ("Gitee", "hook_name"),
        ("GitLab", "object_kind"),
        ("GitHub", None),
    ]
    assert [webhook_of(payload).forge for payload in ({"hook_name": None}, {"object_kind": 1}, {})] == [
        "Gitee",
        "GitLab",
        "GitHub",
    ]


NO_PAYLOADS = [
    *("", "{", "[]", "null", '{"repository": []}', "[" * 5000 + "]" * 5000),
    '{"object_kind": "issue", "project": {"web_url": "http://["}}',
    '{"headers": {}, "body": "{"}',
    '{"hook_name": 5, "repository": {"id": "x"}}',
]


@pytest.mark.parametrize("content", NO_PAYLOADS, ids=range(len(NO_PAYLOADS)))
def test_file_when_it_is_no_payload_then_says_so_and_the_others_count(
    con: DuckDBPyConnection, tmp_path: Path, content: str
) -> None:
    folder = tmp_path / "deliveries"
    folder.mkdir()
    (folder / "good.json").write_text(json.dumps({"issue": github_issue(), "repository": GITHUB}))
    deliver(con, folder, "bad", content)
    assert rows(con, "event_file", "file, status, kept") == [
        ("webhook:deliveries/bad.json", "failed", 0),
        ("webhook:deliveries/good.json", "read", 1),
    ]
    assert len(rows(con, "issue", "number")) == 1


def test_repository_when_it_is_none_of_the_workspace_then_nothing_is_kept(
    con: DuckDBPyConnection, tmp_path: Path
) -> None:
    other = {**GITHUB, "id": 70, "full_name": "other/app"}
    deliver(con, tmp_path / "deliveries", "1", {"issue": github_issue(), "repository": other})
    assert rows(con, "issue", "number") == []
    assert rows(con, "event_file", "status, events, kept") == [("read", 1, 0)]
