"""What GitLab answers, in its own words."""

import re
from typing import Any

from forge_lists import find, in_order
from forge_server import Asked, Reply, paged
from forge_world import Repository, Thread, World, gitlab_user, millis, sha


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
    repository, is_former = find(world, name)
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
        return paged(in_order(found, asked, "updated_after"), asked)
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
