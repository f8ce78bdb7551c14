"""What GitHub answers, in its own words."""

import re
from typing import Any

from forge_lists import find, in_order
from forge_server import Asked, Reply, paged
from forge_world import Account, Comment, Repository, Thread, World, github_user, iso, sha


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
    repository, is_former = find(world, match[1]) if match else (None, False)
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
            in_order([(t.updated, github_thread(repository, t)) for t in repository.threads], asked), asked
        )
    if part in ("/issues/comments", "/pulls/comments"):
        on_code = part == "/pulls/comments"
        found = [
            (c.updated or c.created, github_comment(repository, t, c))
            for t in repository.threads
            for c in t.comments
            if c.on_code == on_code
        ]
        return paged(in_order(found, asked), asked)
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
