"""What each kind of forge answers, in its own words."""

import re
from typing import Any

from forge_server import Asked, Reply, moment, paged
from forge_world import (
    Account,
    Comment,
    Repository,
    Thread,
    World,
    beijing,
    github_user,
    gitlab_user,
    iso,
    millis,
    sha,
)


def _sorted(entries: list[tuple[Any, Any]], asked: Asked, since: str = "since") -> list[Any]:
    """Documents in ascending order of change, those that changed since only."""
    lower = moment(asked.query[since]) if since in asked.query else None
    kept = [(at, document) for at, document in entries if lower is None or at >= lower]
    return [document for _, document in sorted(kept, key=lambda entry: entry[0])]


def _find(world: World, path: str) -> tuple[Repository | None, bool]:
    for repository in world.repositories:
        if repository.path == path:
            return repository, False
        if path in repository.former:
            return repository, True
    return None, False


# --- GitHub


def github(world: World, asked: Asked) -> Reply | None:
    if match := re.fullmatch(r"/(?:orgs|users)/([^/]+)/repos", asked.path):
        found = [r for r in world.repositories if r.path.startswith(f"{match[1]}/")]
        if asked.path.startswith("/users") or not found:
            return None
        return paged([github_repository(r) for r in found], asked)
    if match := re.fullmatch(r"/user/(\d+)", asked.path):
        people = [a for a in world.accounts if a.id == int(match[1])]
        return Reply(200, github_profile(people[0])) if people else None
    if match := re.fullmatch(r"/repositories/(\d+)(/.*)?", asked.path):
        repository = next((r for r in world.repositories if r.id == int(match[1])), None)
        return _github_part(repository, match[2] or "", asked) if repository else None
    match = re.fullmatch(r"/repos/([^/]+/[^/]+)(/.*)?", asked.path)
    repository, is_former = _find(world, match[1]) if match else (None, False)
    if repository is None or match is None:
        return None
    if is_former:
        return Reply(
            301, {"message": "Moved"}, {"Location": f"/repositories/{repository.id}{match[2] or ''}"}
        )
    return _github_part(repository, match[2] or "", asked)


def _github_part(repository: Repository, part: str, asked: Asked) -> Reply | None:
    if part == "":
        return Reply(200, github_repository(repository))
    if part == "/issues":
        return paged(
            _sorted([(t.updated, github_thread(repository, t)) for t in repository.threads], asked), asked
        )
    if part in ("/issues/comments", "/pulls/comments"):
        on_code = part == "/pulls/comments"
        found = [
            (c.updated or c.created, github_comment(repository, t, c))
            for t in repository.threads
            for c in t.comments
            if c.on_code == on_code
        ]
        return paged(_sorted(found, asked), asked)
    if part == "/releases":
        return paged([github_release(*release) for release in reversed(repository.releases)], asked)
    if part == "/tags":
        return paged([{"name": tag, "commit": {"sha": sha(tag)}} for tag in repository.tags], asked)
    if part == "/contributors":
        return paged([{**github_user(a), "contributions": n} for a, n in repository.contributors], asked)  # type: ignore[dict-item]
    if match := re.fullmatch(r"/pulls/(\d+)(/reviews)?", part):
        thread = repository.thread(int(match[1]))
        if thread is None or not thread.is_change:
            return None
        if match[2]:
            reviews = [
                {
                    "id": r.id,
                    "user": github_user(r.author),
                    "state": r.state,
                    "submitted_at": iso(r.submitted),
                    "commit_id": sha(str(r.id)),
                    "author_association": "MEMBER",
                    "body": "fine",
                }
                for r in thread.reviews
            ]
            return paged(reviews, asked)
        return Reply(200, github_change(repository, thread))
    return None


def github_repository(repository: Repository) -> dict[str, Any]:
    return {
        "id": repository.id,
        "full_name": repository.path,
        "owner": {"id": 55, "login": repository.path.split("/")[0], "type": "Organization"},
        "description": "an engine",
        "language": "Go",
        "topics": ["engine"],
        "license": {"spdx_id": "Apache-2.0"},
        "default_branch": "main",
        "stargazers_count": repository.stars,
        "forks_count": 2,
        "subscribers_count": 1,
        "open_issues_count": 9,
        "size": 321,
        "fork": False,
        "archived": False,
        "private": False,
        "created_at": "2020-01-01T00:00:00Z",
        "updated_at": "2024-01-01T00:00:00Z",
        "pushed_at": "2024-01-02T00:00:00Z",
    }


def github_thread(repository: Repository, thread: Thread) -> dict[str, Any]:
    document = {
        "id": thread.id,
        "number": thread.number,
        "title": thread.title,
        "user": github_user(thread.author),
        "author_association": "MEMBER",
        "state": "open" if thread.state == "open" else "closed",
        "locked": False,
        "assignees": [],
        "labels": [{"name": label} for label in thread.labels],
        "milestone": None,
        "comments": sum(not c.on_code for c in thread.comments),
        "reactions": {"total_count": 0},
        "body": "text",
        "created_at": iso(thread.created),
        "updated_at": iso(thread.updated),
        "closed_at": iso(thread.closed),
        "state_reason": "completed" if thread.closed else None,
    }
    if thread.is_change:
        document |= {"pull_request": {"merged_at": iso(thread.merged)}, "draft": False}
    return document


def github_change(repository: Repository, thread: Thread) -> dict[str, Any]:
    return github_thread(repository, thread) | {
        "id": thread.id + 1_000_000,
        "merged_at": iso(thread.merged),
        "merged_by": github_user(thread.merged_by),
        "merge_commit_sha": sha(f"merge {thread.number}"),
        "requested_reviewers": [],
        "head": {"ref": "topic", "sha": sha(f"head {thread.number}"), "repo": {"id": 77}},
        "base": {"ref": "main", "repo": {"id": repository.id}},
        "commits": 1,
        "changed_files": 2,
        "additions": thread.added,
        "deletions": thread.deleted,
        "review_comments": sum(c.on_code for c in thread.comments),
    }


def github_comment(repository: Repository, thread: Thread, comment: Comment) -> dict[str, Any]:
    kind = "pull" if thread.is_change else "issues"
    base = f"https://api.forge.example/repos/{repository.path}"
    document = {
        "id": comment.id,
        "user": github_user(comment.author),
        "author_association": "NONE",
        "body": "a comment",
        "reactions": {"total_count": 1},
        "created_at": iso(comment.created),
        "updated_at": iso(comment.updated or comment.created),
        "html_url": f"https://forge.example/{repository.path}/{kind}/{thread.number}#issuecomment-{comment.id}",
    }
    if comment.on_code:
        return document | {"pull_request_url": f"{base}/pulls/{thread.number}", "pull_request_review_id": 5}
    return document | {"issue_url": f"{base}/issues/{thread.number}"}


def github_release(key: int, tag: str, created: Any) -> dict[str, Any]:
    return {
        "id": key,
        "tag_name": tag,
        "name": f"Release {tag}",
        "author": {"id": 100, "login": "person0", "type": "User"},
        "draft": False,
        "prerelease": False,
        "target_commitish": "main",
        "assets": [{"download_count": 4}, {"download_count": 6}],
        "body": "notes",
        "created_at": iso(created),
        "published_at": iso(created),
    }


def github_profile(account: Account) -> dict[str, Any]:
    return github_user(account) | {  # type: ignore[operator]
        "name": account.login.title(),
        "company": account.company,
        "email": None,
        "followers": 12,
        "public_repos": 3,
        "created_at": "2015-01-01T00:00:00Z",
    }


# --- Gitee and GitCode


def gitee(world: World, asked: Asked) -> Reply | None:
    match = re.fullmatch(r"/repos/([^/]+/[^/]+)(/.*)?", asked.path)
    if match is None:
        if user := re.fullmatch(r"/users/([^/]+)", asked.path):
            people = [a for a in world.accounts if a.login == user[1]]
            return Reply(200, github_profile(people[0])) if people else None
        return None
    repository, _ = _find(world, match[1])
    if repository is None:
        return None
    part = match[2] or ""
    if part == "":
        document = github_repository(repository) | {
            "license": "Apache-2.0",
            "created_at": "2020-01-01T08:00:00+08:00",
        }
        return Reply(200, document | {"namespace": {"type": "group"}, "watchers_count": 1})
    if part in ("/issues", "/pulls"):
        is_change = part == "/pulls"
        found = [
            (t.updated, gitee_thread(repository, t)) for t in repository.threads if t.is_change == is_change
        ]
        return paged(_sorted(found, asked), asked)
    if part in ("/issues/comments", "/pulls/comments"):
        is_change = part == "/pulls/comments"
        found = [
            (c.created, gitee_comment(t, c))
            for t in repository.threads
            if t.is_change == is_change
            for c in t.comments
        ]
        return paged(_sorted(found, asked), asked)
    if match := re.fullmatch(r"/pulls/(\d+)/(operate_logs|files|comments)", part):
        thread = repository.thread(int(match[1]))
        return _gitee_change(thread, match[2], asked) if thread else None
    if match := re.fullmatch(r"/issues/(\w+)/comments", part):
        thread = repository.thread(int(match[1].removeprefix("I")))
        return paged([gitee_comment(thread, c) for c in thread.comments], asked) if thread else None
    if part == "/releases":
        releases = [
            {
                "id": key,
                "tag_name": tag,
                "name": f"Release {tag}",
                "author": {"id": 100, "login": "person0", "type": "User"},
                "prerelease": False,
                "target_commitish": "main",
                "assets": [{}, {}],
                "body": "notes",
                "created_at": beijing(created),
            }
            for key, tag, created in repository.releases
        ]
        return paged(releases, asked)
    if part == "/tags":
        tags = [
            {"name": t, "commit": {"sha": sha(t), "date": "2024-01-01T08:00:00+08:00"}}
            for t in repository.tags
        ]
        return paged(tags, asked)
    if part == "/contributors":
        people = [
            {"name": a.login, "email": f"{a.login}@mail.example", "contributions": n}
            for a, n in repository.contributors
        ]
        return Reply(200, people)
    return None


def gitee_thread(repository: Repository, thread: Thread) -> dict[str, Any]:
    document = {
        "id": thread.id,
        "number": thread.number if thread.is_change else f"I{thread.number}",
        "title": thread.title,
        "user": github_user(thread.author),
        "state": thread.state,
        "assignee": None,
        "labels": [{"name": label} for label in thread.labels],
        "milestone": None,
        "comments": len(thread.comments),
        "body": "text",
        "created_at": beijing(thread.created),
        "updated_at": beijing(thread.updated),
    }
    if not thread.is_change:
        return document | {"finished_at": beijing(thread.closed)}
    assignees = [{**github_user(r.author), "accept": True} for r in thread.reviews]  # type: ignore[dict-item]
    return document | {
        "closed_at": beijing(thread.closed),
        "merged_at": beijing(thread.merged),
        "draft": False,
        "locked": False,
        "assignees": assignees,
        "head": {"ref": "topic", "sha": sha(f"head {thread.number}"), "repo": {"id": 77}},
        "base": {"ref": "main", "repo": {"id": repository.id}},
    }


def gitee_comment(thread: Thread, comment: Comment) -> dict[str, Any]:
    document = {
        "id": comment.id,
        "user": github_user(comment.author),
        "body": "a comment",
        "created_at": beijing(comment.created),
        "updated_at": beijing(comment.created),
    }
    if thread.is_change:
        return document | {
            "path": "a.go" if comment.on_code else None,
            "pull_request_url": f"https://gitee.example/api/v5/repos/acme/engine/pulls/{thread.number}",
        }
    return document | {"target": {"issue": {"number": f"I{thread.number}"}, "pull_request": None}}


def _gitee_change(thread: Thread, what: str, asked: Asked) -> Reply:
    if what == "comments":
        return paged([gitee_comment(thread, c) for c in thread.comments], asked)
    if what == "files":
        return Reply(
            200, [{"filename": "a.go", "additions": str(thread.added), "deletions": str(thread.deleted)}] * 2
        )
    if thread.merged_by is None:
        return Reply(200, [])
    return Reply(
        200,
        [
            {
                "id": 1,
                "user": github_user(thread.merged_by),
                "action_type": "merged_pr",
                "created_at": beijing(thread.merged),
            }
        ],
    )


def gitcode(world: World, asked: Asked) -> Reply | None:
    """No list of all comments."""
    if re.fullmatch(r"/repos/[^/]+/[^/]+/(issues|pulls)/comments", asked.path):
        return None
    return gitee(world, asked)


# --- GitLab


def gitlab(world: World, asked: Asked) -> Reply | None:
    if match := re.fullmatch(r"/users/(\d+)", asked.path):
        people = [a for a in world.accounts if a.id == int(match[1])]
        if not people:
            return None
        profile = {
            "organization": people[0].company,
            "created_at": "2015-01-01T00:00:00.000Z",
            "followers": 12,
        }
        return Reply(200, gitlab_user(people[0]) | profile)  # type: ignore[operator]
    match = re.fullmatch(r"/projects/([^/]+)(/.*)?", asked.path)
    if match is None:
        return None
    name, part = match[1].replace("%2F", "/"), match[2] or ""
    repository, is_former = _find(world, name)
    repository = repository or next((r for r in world.repositories if str(r.id) == name), None)
    if repository is None:
        return None
    if is_former:
        return Reply(301, {}, {"Location": f"/projects/{repository.id}"})
    if part == "":
        return Reply(
            200,
            {
                "id": repository.id,
                "path_with_namespace": repository.path,
                "namespace": {"kind": "group"},
                "description": "an engine",
                "default_branch": "main",
                "topics": ["engine"],
                "license": {"key": "apache-2.0"},
                "star_count": repository.stars,
                "forks_count": 2,
                "open_issues_count": 9,
                "archived": False,
                "visibility": "public",
                "created_at": "2020-01-01T00:00:00.000Z",
                "updated_at": "2024-01-01T00:00:00.000Z",
                "last_activity_at": "2024-01-02T00:00:00.000Z",
            },
        )
    if part in ("/issues", "/merge_requests"):
        is_change = part == "/merge_requests"
        found = [
            (t.updated, gitlab_thread(repository, t)) for t in repository.threads if t.is_change == is_change
        ]
        return paged(_sorted(found, asked, "updated_after"), asked)
    if match := re.fullmatch(r"/(issues|merge_requests)/(\d+)/notes", part):
        thread = repository.thread(int(match[2]))
        return paged(gitlab_notes(thread), asked) if thread else None
    if part == "/releases":
        releases = [
            {
                "tag_name": tag,
                "name": f"Release {tag}",
                "author": {"id": 100, "username": "person0"},
                "upcoming_release": False,
                "commit": {"id": sha(tag)},
                "assets": {"count": 2},
                "description": "notes",
                "created_at": millis(created),
                "released_at": millis(created),
            }
            for _, tag, created in repository.releases
        ]
        return paged(releases, asked)
    if part == "/repository/tags":
        commits = [
            {"name": t, "commit": {"id": sha(t), "committed_date": "2024-01-01T08:00:00.000+08:00"}}
            for t in repository.tags
        ]
        return paged(commits, asked)
    if part == "/repository/contributors":
        people = [
            {"name": a.login, "email": f"{a.login}@mail.example", "commits": n}
            for a, n in repository.contributors
        ]
        return paged(people, asked)
    return None


def gitlab_thread(repository: Repository, thread: Thread) -> dict[str, Any]:
    state = {"open": "opened"}.get(thread.state, thread.state)
    document = {
        "id": thread.id,
        "iid": thread.number,
        "title": thread.title,
        "author": gitlab_user(thread.author),
        "state": state,
        "assignees": [],
        "labels": thread.labels,
        "milestone": None,
        "user_notes_count": len(thread.comments),
        "upvotes": 0,
        "downvotes": 0,
        "discussion_locked": None,
        "description": "text",
        "created_at": millis(thread.created),
        "updated_at": millis(thread.updated),
        "closed_at": None if thread.merged else millis(thread.closed),
    }
    if not thread.is_change:
        return document
    return document | {
        "merged_at": millis(thread.merged),
        "merge_user": gitlab_user(thread.merged_by),
        "reviewers": [],
        "draft": False,
        "source_branch": "topic",
        "target_branch": "main",
        "source_project_id": 77,
        "target_project_id": repository.id,
        "sha": sha(f"head {thread.number}"),
        "merge_commit_sha": sha(f"merge {thread.number}") if thread.merged else None,
    }


def gitlab_notes(thread: Thread) -> list[dict[str, Any]]:
    notes = [
        {
            "id": c.id,
            "type": "DiffNote" if c.on_code else None,
            "author": gitlab_user(c.author),
            "body": "a comment",
            "system": False,
            "created_at": millis(c.created),
            "updated_at": millis(c.created),
        }
        for c in thread.comments
    ]
    notes += [
        {
            "id": r.id,
            "author": gitlab_user(r.author),
            "body": "approved this merge request",
            "system": True,
            "created_at": millis(r.submitted),
            "updated_at": millis(r.submitted),
        }
        for r in thread.reviews
    ]
    notes.append({"id": 1, "author": gitlab_user(thread.author), "body": "added 1 commit", "system": True})
    return notes


ROUTES = {"github": github, "gitee": gitee, "gitcode": gitcode, "gitlab": gitlab}
PREFIXES = {"github": "", "gitee": "/api/v5", "gitcode": "/api/v5", "gitlab": "/api/v4"}
