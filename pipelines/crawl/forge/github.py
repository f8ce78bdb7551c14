"""GitHub and GitHub Enterprise, REST API version 2022-11-28.

Its list of issues holds the change requests too, and is the only list of them that can be asked for changes
since a time; what it does not tell of them (branches, sizes, who merged, reviews) are details.
"""

import re
from collections.abc import Sequence
from typing import Any

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

_NUMBER = re.compile(r"/(\d{1,12})(?:[/?#]|$)")
_KINDS = {"User": "user", "Bot": "bot", "Organization": "organization", "Mannequin": "user"}
_REVIEW_STATES = {"approved", "changes_requested", "commented", "dismissed"}
_ASCENDING = {"sort": "updated", "direction": "asc"}


class Github:
    """Implements `Forge`."""

    kind = "github"
    parser = "github-api"

    def repository(self, path: str) -> Request:
        return Request(f"/repos/{path}")

    def read_repository(self, host: str, document: Any) -> tuple[RepositoryKey, Rows] | None:
        return read_repository(host, document)

    def owner(self, path: str) -> Sequence[Listing]:
        return owner_listings(path)

    def listings(self, repository: RepositoryKey) -> Sequence[Listing]:
        base = f"/repos/{repository.path}"
        return [
            Listing(
                "issues",
                f"{base}/issues",
                threads,
                {"state": "all", **_ASCENDING},
                "since",
                renews={"issue": {}, "change_request": {}},
            ),
            Listing(
                "comments",
                f"{base}/issues/comments",
                comments,
                _ASCENDING,
                "since",
                renews={"comment": {"on_code": False}},
            ),
            Listing(
                "code_comments",
                f"{base}/pulls/comments",
                code_comments,
                _ASCENDING,
                "since",
                renews={"comment": {"on_code": True}},
            ),
            Listing("releases", f"{base}/releases", releases, replaces=("release",)),
            Listing("tags", f"{base}/tags", tags, replaces=("forge_tag",)),
            Listing(
                "contributors",
                f"{base}/contributors",
                contributors,
                {"anon": "1"},
                replaces=("forge_contributor",),
            ),
        ]

    def details(self, repository: RepositoryKey, table: str, number: str) -> Sequence[Detail]:
        if table != "change_request":
            return []
        base = f"/repos/{repository.path}/pulls/{number}"
        return [
            Detail(base, change_request_details),
            Detail(f"{base}/reviews", lambda page: reviews(number, page), is_list=True),
        ]

    def profile(self, account_id: str, login: str) -> Request:  # noqa: ARG002 - a login may have changed hands
        return Request(f"/user/{account_id}")

    def read_profile(self, document: Any) -> Rows:
        return profile(document)


def owner_listings(path: str) -> Sequence[Listing]:
    """Repositories of an organisation or user, in GitHub's manner."""
    query = {"type": "all", "sort": "created", "direction": "asc"}
    return [
        Listing("repositories", f"/{kind}/{path}/repos", lambda _: {}, query) for kind in ("orgs", "users")
    ]


def read_repository(host: str, found: Any) -> tuple[RepositoryKey, Rows] | None:
    entry = document(found)
    key, path = integer(entry.get("id"), 64), text(entry.get("full_name"))
    if key is None or path is None:
        return None
    owner, parent, licence = (document(entry.get(name)) for name in ("owner", "parent", "license"))
    parent_path, spdx = text(parent.get("full_name")), text(licence.get("spdx_id"))
    row = {
        "repo_id": f"{host}/{path}",
        "owner_kind": {"User": "user", "Organization": "organization"}.get(str(owner.get("type"))),
        "owner_id": identifier(owner.get("id")),
        "description": text(entry.get("description")),
        "homepage": address(entry.get("homepage")),
        "language": text(entry.get("language")),
        "topics": names(entry.get("topics")),
        "licence": None if spdx == "NOASSERTION" else spdx,
        "default_branch": text(entry.get("default_branch")),
        "stars": integer(entry.get("stargazers_count")),
        "forks": integer(entry.get("forks_count")),
        "watchers": integer(entry.get("subscribers_count")),
        "open_issues": integer(entry.get("open_issues_count")),
        "size_kib": integer(entry.get("size"), 64),
        "is_fork": boolean(entry.get("fork")),
        "parent_id": integer(parent.get("id"), 64),
        "parent_repo_id": f"{host}/{parent_path}" if parent_path else None,
        "is_archived": boolean(entry.get("archived")),
        "is_private": boolean(entry.get("private")),
        "mirror_url": address(entry.get("mirror_url")),
        "created_at": time(entry.get("created_at")),
        "updated_at": time(entry.get("updated_at")),
        "pushed_at": time(entry.get("pushed_at")),
    }
    return RepositoryKey(key, path), {"forge_repository": [row], "forge_account": _accounts(owner)}


def threads(page: Sequence[Document]) -> Rows:
    """Issues and change requests of the list of issues."""
    rows: Rows = {"issue": [], "change_request": []}
    for entry in page:
        if (number := identifier(entry.get("number"))) is None:
            continue
        row = _thread(entry, number)
        if "pull_request" in entry:
            merged_at = time(document(entry["pull_request"]).get("merged_at"))
            row |= {"is_draft": boolean(entry.get("draft")), "merged_at": merged_at}
            row["state"] = "merged" if merged_at else entry.get("state")
            rows["change_request"].append(row)
        else:
            row |= {
                "issue_id": identifier(entry.get("id")),
                "state": entry.get("state"),
                "state_detail": text(entry.get("state_reason")),
            }
            rows["issue"].append(row)
        row["state"] = row["state"] if row["state"] in ("open", "closed", "merged") else None
    people = [
        person for e in page for person in (e.get("user"), e.get("closed_by"), *documents(e.get("assignees")))
    ]
    return rows | {"forge_account": _accounts(*people)}


def _thread(entry: Document, number: str) -> dict[str, Any]:
    return {
        "number": number,
        "title": text(entry.get("title")),
        "author_id": account(entry.get("user")),
        "author_association": text(entry.get("author_association")),
        "assignee_ids": identifiers(entry.get("assignees")),
        "labels": names(entry.get("labels")),
        "milestone": text(document(entry.get("milestone")).get("title")),
        "comments": integer(entry.get("comments")),
        "reactions": integer(document(entry.get("reactions")).get("total_count")),
        "is_locked": boolean(entry.get("locked")),
        "body_length": length(entry.get("body")),
        "created_at": time(entry.get("created_at")),
        "updated_at": time(entry.get("updated_at")),
        "closed_at": time(entry.get("closed_at")),
        "closed_by_id": account(entry.get("closed_by")),
    }


def change_request_details(found: Any) -> Rows:
    """What the document of a change request tells beyond the list of issues."""
    entry = document(found)
    head, base, merger = document(entry.get("head")), document(entry.get("base")), entry.get("merged_by")
    source, target = document(head.get("repo")), document(base.get("repo"))
    patch = {
        "change_request_id": identifier(entry.get("id")),
        "merged_by_id": account(merger),
        "reviewer_ids": identifiers(entry.get("requested_reviewers")),
        "source_branch": text(head.get("ref")),
        "target_branch": text(base.get("ref")),
        "is_from_fork": source.get("id") != target.get("id") if source and target else None,
        "merge_commit_sha": text(entry.get("merge_commit_sha")) if entry.get("merged_at") else None,
        "head_commit_sha": text(head.get("sha")),
        "commits": integer(entry.get("commits")),
        "files": integer(entry.get("changed_files")),
        "added": integer(entry.get("additions"), 64),
        "deleted": integer(entry.get("deletions"), 64),
        "review_comments": integer(entry.get("review_comments")),
    }
    people = _accounts(merger, *documents(entry.get("requested_reviewers")))
    return {"patch": [patch], "forge_account": people}


def reviews(number: str, page: Sequence[Document]) -> Rows:
    """Reviews of one change request; those that are not submitted yet are left out."""
    rows = [
        {
            "number": number,
            "review_id": identifier(entry.get("id")),
            "state": state,
            "author_id": account(entry.get("user")),
            "author_association": text(entry.get("author_association")),
            "commit_sha": text(entry.get("commit_id")),
            "submitted_at": time(entry.get("submitted_at")),
            "body_length": length(entry.get("body")),
        }
        for entry in page
        if (state := str(entry.get("state")).lower()) in _REVIEW_STATES
    ]
    return {"review": rows, "forge_account": _accounts(*(entry.get("user") for entry in page))}


def comments(page: Sequence[Document]) -> Rows:
    """Comments in the threads of issues and change requests."""
    rows = []
    for entry in page:
        is_issue = "/pull/" not in str(entry.get("html_url"))
        rows.append(
            _comment(entry, _number(entry.get("issue_url")), "issue" if is_issue else "change_request")
            | {"on_code": False}
        )
    return _with_authors("comment", rows, page)


def code_comments(page: Sequence[Document]) -> Rows:
    """Comments on the code of change requests."""
    rows = [
        _comment(entry, _number(entry.get("pull_request_url")), "change_request")
        | {
            "on_code": True,
            "review_id": identifier(entry.get("pull_request_review_id")),
            "in_reply_to_id": identifier(entry.get("in_reply_to_id")),
        }
        for entry in page
    ]
    return _with_authors("comment", rows, page)


def _comment(entry: Document, number: str | None, thread: str) -> dict[str, Any]:
    return {
        "comment_id": identifier(entry.get("id")),
        "thread": thread,
        "number": number,
        "author_id": account(entry.get("user")),
        "author_association": text(entry.get("author_association")),
        "reactions": integer(document(entry.get("reactions")).get("total_count")),
        "body_length": length(entry.get("body")),
        "created_at": time(entry.get("created_at")),
        "updated_at": time(entry.get("updated_at")),
    }


def releases(page: Sequence[Document]) -> Rows:
    rows = []
    for entry in page:
        assets = documents(entry.get("assets")) if isinstance(entry.get("assets"), list) else None
        downloads = [integer(asset.get("download_count"), 64) or 0 for asset in assets or ()]
        rows.append(
            {
                "tag": text(entry.get("tag_name")),
                "release_id": identifier(entry.get("id")),
                "name": text(entry.get("name")),
                "author_id": account(entry.get("author")),
                "is_prerelease": boolean(entry.get("prerelease")),
                "is_draft": boolean(entry.get("draft")),
                "target": text(entry.get("target_commitish")),
                "assets": None if assets is None else len(assets),
                "downloads": None if assets is None else sum(downloads),
                "body_length": length(entry.get("body")),
                "created_at": time(entry.get("created_at")),
                "published_at": time(entry.get("published_at")),
            }
        )
    return {"release": rows, "forge_account": _accounts(*(entry.get("author") for entry in page))}


def tags(page: Sequence[Document]) -> Rows:
    rows = [
        {"tag": text(entry.get("name")), "commit_sha": text(document(entry.get("commit")).get("sha"))}
        for entry in page
    ]
    return {"forge_tag": rows}


def contributors(page: Sequence[Document]) -> Rows:
    rows = [
        {
            "account_id": identifier(entry.get("id")),
            "name": text(entry.get("name")) if entry.get("id") is None else None,
            "email": text(entry.get("email")) if entry.get("id") is None else None,
            "contributions": integer(entry.get("contributions")),
        }
        for entry in page
    ]
    return {"forge_contributor": rows, "forge_account": _accounts(*page)}


def profile_facts(entry: Document) -> dict[str, Any]:
    """What a profile says beyond the account, in GitHub's manner."""
    return {
        "name": text(entry.get("name")),
        "email": text(entry.get("email")),
        "company": text(entry.get("company")),
        "location": text(entry.get("location")),
        "homepage": text(entry.get("blog")),
        "followers": integer(entry.get("followers")),
        "public_repositories": integer(entry.get("public_repos")),
        "created_at": time(entry.get("created_at")),
    }


def profile(found: Any) -> Rows:
    entry = document(found)
    return {"forge_account": [row | profile_facts(entry) for row in _accounts(entry)]}


def _accounts(*users: Any) -> list[dict[str, Any]]:
    return accounts(users, lambda user: _KINDS.get(str(user.get("type")), "user"))


def _number(url: Any) -> str | None:
    numbers = _NUMBER.findall(url) if isinstance(url, str) and len(url) < 2000 else []
    return numbers[-1] if numbers else None


def _with_authors(table: str, rows: list[dict[str, Any]], page: Sequence[Document]) -> Rows:
    kept = [row for row in rows if row["comment_id"]]
    return {table: kept, "forge_account": _accounts(*(entry.get("user") for entry in page))}
