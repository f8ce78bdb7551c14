"""What Gitee and GitCode answer, in their own words."""

import re
from typing import Any

from forge_lists import find, in_order
from forge_server import Asked, Reply, paged
from forge_world import Comment, Repository, Thread, World, beijing, github_user, sha
from github_routes import github_profile, github_repository


def gitee(world: World, asked: Asked) -> Reply | None:
    match = re.fullmatch(r"/repos/([^/]+/[^/]+)(/.*)?", asked.path)
    if match is None:
        if user := re.fullmatch(r"/users/([^/]+)", asked.path):
            people = [a for a in world.accounts if a.login == user[1]]
            return Reply(200, github_profile(people[0])) if people else None
        return None
    repository, _ = find(world, match[1])
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
        return paged(in_order(found, asked), asked)
    if part in ("/issues/comments", "/pulls/comments"):
        is_change = part == "/pulls/comments"
        found = [
            (c.created, gitee_comment(t, c))
            for t in repository.threads
            if t.is_change == is_change
            for c in t.comments
        ]
        return paged(in_order(found, asked), asked)
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
