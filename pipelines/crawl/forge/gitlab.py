"""GitLab, API v4.

It has no list of all comments of a project: they are read thread by thread, and so are approvals, which
stand among a merge request's notes as notes of the system.
"""

import re
from collections.abc import Sequence
from typing import Any
from urllib.parse import quote

from pipelines.crawl.forge.asking import Request
from pipelines.crawl.forge.interface import Detail, Listing, RepositoryKey, Rows
from pipelines.crawl.forge.values import (
    Document,
    account,
    accounts,
    address,
    boolean,
    document,
    documents,
    identifier,
    identifiers,
    integer,
    length,
    names,
    text,
    time,
)

_BOT = re.compile(r"(?:project|group)_\d+_bot\w*|ghost|support-bot|alert-bot")
_STATES = {"opened": "open", "closed": "closed", "merged": "merged", "locked": "open"}
_REVIEWS = {
    "approved this merge request": "approved",
    "unapproved this merge request": "dismissed",
    "requested changes": "changes_requested",
}
_ASCENDING = {"state": "all", "scope": "all", "order_by": "updated_at", "sort": "asc"}


class Gitlab:
    """Implements `Forge`."""

    kind = "gitlab"
    parser = "gitlab-api"

    def repository(self, path: str) -> Request:
        return Request(f"/projects/{quote(path, safe='')}", (("license", "true"),))

    def read_repository(self, host: str, document: Any) -> tuple[RepositoryKey, Rows] | None:
        return read_repository(host, document)

    def owner(self, path: str) -> Sequence[Listing]:
        query, name = {"order_by": "id", "sort": "asc"}, quote(path, safe="")
        group = {**query, "include_subgroups": "true"}
        return [
            Listing("repositories", f"/groups/{name}/projects", lambda _: {}, group),
            Listing("repositories", f"/users/{name}/projects", lambda _: {}, query),
        ]

    def listings(self, repository: RepositoryKey) -> Sequence[Listing]:
        base = f"/projects/{repository.id}"
        return [
            Listing("issues", f"{base}/issues", issues, _ASCENDING, "updated_after", renews={"issue": {}}),
            Listing(
                "change_requests",
                f"{base}/merge_requests",
                change_requests,
                _ASCENDING,
                "updated_after",
                renews={"change_request": {}},
            ),
            Listing("releases", f"{base}/releases", releases, {"sort": "asc"}, replaces=("release",)),
            Listing("tags", f"{base}/repository/tags", tags, {"sort": "asc"}, replaces=("forge_tag",)),
            Listing(
                "contributors",
                f"{base}/repository/contributors",
                contributors,
                replaces=("forge_contributor",),
            ),
        ]

    def details(self, repository: RepositoryKey, table: str, number: str) -> Sequence[Detail]:
        kind = "merge_requests" if table == "change_request" else "issues"
        path = f"/projects/{repository.id}/{kind}/{number}/notes"
        return [Detail(path, lambda page: notes(table, number, page), is_list=True)]

    def profile(self, account_id: str, login: str) -> Request:  # noqa: ARG002 - a login may have changed hands
        return Request(f"/users/{account_id}")

    def read_profile(self, document: Any) -> Rows:
        return profile(document)


def read_repository(host: str, found: Any) -> tuple[RepositoryKey, Rows] | None:
    entry = document(found)
    key, path = integer(entry.get("id"), 64), text(entry.get("path_with_namespace"))
    if key is None or path is None:
        return None
    namespace, owner = document(entry.get("namespace")), document(entry.get("owner"))
    parent, licence = document(entry.get("forked_from_project")), document(entry.get("license"))
    parent_path, licence_key = text(parent.get("path_with_namespace")), text(licence.get("key"))
    visibility, kind = entry.get("visibility"), namespace.get("kind")
    row = {
        "repo_id": f"{host}/{path}",
        "owner_kind": {"user": "user", "group": "organization"}.get(str(kind)),
        "owner_id": identifier(owner.get("id")),
        "description": text(entry.get("description")),
        "topics": names(entry.get("topics", entry.get("tag_list"))),
        "licence": _SPDX.get(licence_key, licence_key) if licence_key else None,
        "default_branch": text(entry.get("default_branch")),
        "stars": integer(entry.get("star_count")),
        "forks": integer(entry.get("forks_count")),
        "open_issues": integer(entry.get("open_issues_count")),
        "is_fork": bool(parent),
        "parent_id": integer(parent.get("id"), 64),
        "parent_repo_id": f"{host}/{parent_path}" if parent_path else None,
        "is_archived": boolean(entry.get("archived")),
        "is_private": visibility != "public" if isinstance(visibility, str) else None,
        "mirror_url": address(entry.get("import_url")) if entry.get("mirror") is True else None,
        "created_at": time(entry.get("created_at")),
        "updated_at": time(entry.get("updated_at")),
        "pushed_at": time(entry.get("last_activity_at")),
    }
    return RepositoryKey(key, path), {"forge_repository": [row], "forge_account": _accounts(owner)}


_SPDX = {
    "apache-2.0": "Apache-2.0",
    "mit": "MIT",
    "gpl-2.0": "GPL-2.0",
    "gpl-3.0": "GPL-3.0",
    "lgpl-2.1": "LGPL-2.1",
    "lgpl-3.0": "LGPL-3.0",
    "agpl-3.0": "AGPL-3.0",
    "mpl-2.0": "MPL-2.0",
    "bsd-2-clause": "BSD-2-Clause",
    "bsd-3-clause": "BSD-3-Clause",
    "epl-2.0": "EPL-2.0",
    "mulanpsl-2.0": "MulanPSL-2.0",
    "unlicense": "Unlicense",
}
"""SPDX ids of GitLab's keys, which are in lower case."""


def issues(page: Sequence[Document]) -> Rows:
    rows = [
        _thread(entry, number)
        | {
            "issue_id": identifier(entry.get("id")),
            "state": _STATES.get(str(entry.get("state"))),
            "state_detail": text(entry.get("state")),
        }
        for entry in page
        if (number := identifier(entry.get("iid")))
    ]
    return {"issue": rows, "forge_account": _people(page)}


def change_requests(page: Sequence[Document]) -> Rows:
    rows = []
    for entry in page:
        if (number := identifier(entry.get("iid"))) is None:
            continue
        source, target = entry.get("source_project_id"), entry.get("target_project_id")
        rows.append(
            _thread(entry, number)
            | {
                "change_request_id": identifier(entry.get("id")),
                "state": _STATES.get(str(entry.get("state"))),
                "closed_at": time(entry.get("closed_at")) or time(entry.get("merged_at")),
                "merged_at": time(entry.get("merged_at")),
                "merged_by_id": account(entry.get("merge_user") or entry.get("merged_by")),
                "reviewer_ids": identifiers(entry.get("reviewers")),
                "is_draft": boolean(entry.get("draft", entry.get("work_in_progress"))),
                "source_branch": text(entry.get("source_branch")),
                "target_branch": text(entry.get("target_branch")),
                "is_from_fork": source != target if source and target else None,
                "merge_commit_sha": text(entry.get("merge_commit_sha"))
                or text(entry.get("squash_commit_sha")),
                "head_commit_sha": text(entry.get("sha")),
            }
        )
    return {"change_request": rows, "forge_account": _people(page)}


def _thread(entry: Document, number: str) -> dict[str, Any]:
    up, down = integer(entry.get("upvotes")), integer(entry.get("downvotes"))
    return {
        "number": number,
        "title": text(entry.get("title")),
        "author_id": account(entry.get("author")),
        "assignee_ids": identifiers(entry.get("assignees")),
        "labels": names(entry.get("labels")),
        "milestone": text(document(entry.get("milestone")).get("title")),
        "comments": integer(entry.get("user_notes_count")),
        "reactions": up + down if up is not None and down is not None else None,
        "is_locked": boolean(entry.get("discussion_locked")),
        "body_length": length(entry.get("description")),
        "created_at": time(entry.get("created_at")),
        "updated_at": time(entry.get("updated_at")),
        "closed_at": time(entry.get("closed_at")),
        "closed_by_id": account(entry.get("closed_by")),
    }


def notes(table: str, number: str, page: Sequence[Document]) -> Rows:
    """Comments of a thread, and the approvals that notes of the system tell."""
    comments, reviews = [], []
    for entry in page:
        note_id, author = identifier(entry.get("id")), account(entry.get("author"))
        if note_id is None:
            continue
        if entry.get("system") is True:
            state = next(
                (s for start, s in _REVIEWS.items() if str(entry.get("body")).startswith(start)), None
            )
            if state and table == "change_request":
                at = time(entry.get("created_at"))
                told = {"review_id": note_id, "state": state, "author_id": author, "submitted_at": at}
                reviews.append({"number": number, **told})
            continue
        comments.append(
            {
                "comment_id": note_id,
                "on_code": entry.get("type") == "DiffNote",
                "thread": table,
                "number": number,
                "author_id": author,
                "body_length": length(entry.get("body")),
                "created_at": time(entry.get("created_at")),
                "updated_at": time(entry.get("updated_at")),
            }
        )
    people = _accounts(*(entry.get("author") for entry in page))
    return {"comment": comments, "review": reviews, "forge_account": people}


def releases(page: Sequence[Document]) -> Rows:
    rows = [
        {
            "tag": text(entry.get("tag_name")),
            "name": text(entry.get("name")),
            "author_id": account(entry.get("author")),
            "is_draft": boolean(entry.get("upcoming_release")),
            "target": text(document(entry.get("commit")).get("id")),
            "assets": integer(document(entry.get("assets")).get("count")),
            "body_length": length(entry.get("description")),
            "created_at": time(entry.get("created_at")),
            "published_at": time(entry.get("released_at")),
        }
        for entry in page
    ]
    return {"release": rows, "forge_account": _accounts(*(entry.get("author") for entry in page))}


def tags(page: Sequence[Document]) -> Rows:
    rows = []
    for entry in page:
        commit = document(entry.get("commit"))
        told = {"commit_sha": text(commit.get("id")), "committed_at": time(commit.get("committed_date"))}
        rows.append({"tag": text(entry.get("name")), **told})
    return {"forge_tag": rows}


def contributors(page: Sequence[Document]) -> Rows:
    """GitLab counts names and addresses, not accounts."""
    rows = [
        {
            "name": text(entry.get("name")),
            "email": text(entry.get("email")),
            "contributions": integer(entry.get("commits")),
        }
        for entry in page
    ]
    return {"forge_contributor": rows}


def profile(found: Any) -> Rows:
    entry = document(found)
    rows = _accounts(entry)
    for row in rows:
        row |= {
            "kind": "bot" if entry.get("bot") is True else row["kind"],
            "name": text(entry.get("name")),
            "email": text(entry.get("public_email")),
            "company": text(entry.get("organization")),
            "location": text(entry.get("location")),
            "homepage": text(entry.get("website_url")),
            "followers": integer(entry.get("followers")),
            "created_at": time(entry.get("created_at")),
        }
    return {"forge_account": rows}


def _people(page: Sequence[Document]) -> list[dict[str, Any]]:
    roles = ("author", "closed_by", "merged_by", "merge_user")
    lists = ("assignees", "reviewers")
    return _accounts(
        *(entry.get(role) for entry in page for role in roles),
        *(person for entry in page for name in lists for person in documents(entry.get(name))),
    )


def _accounts(*users: Any) -> list[dict[str, Any]]:
    return accounts(users, lambda user: "bot" if _BOT.fullmatch(user["username"]) else "user", "username")
