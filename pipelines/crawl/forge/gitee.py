"""Gitee, and GitCode (AtomGit) whose API v5 follows it; both are made after GitHub's.

Gitee has no reviews: who accepted a change request is written beside its assignees, without a time. GitCode
has no list of all comments of a repository, so that they are read thread by thread.
"""

import re
from collections.abc import Sequence
from typing import Any

from pipelines.crawl.forge.asking import Request
from pipelines.crawl.forge.github import owner_listings, profile_facts
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

_PULL = re.compile(r"/pulls/(\d{1,12})(?:[/?#]|$)")
_FILES_SHOWN = 300
"""Gitee lists no more files of a change request than these."""
_ISSUE_STATES = {
    "open": "open",
    "progressing": "open",
    "opened": "open",
    "closed": "closed",
    "rejected": "closed",
}
_CHANGE_STATES = {"open": "open", "opened": "open", "merged": "merged", "closed": "closed"}
_ASCENDING = {"state": "all", "sort": "updated", "direction": "asc"}
_COMMENTS_ASCENDING = {"sort": "updated", "order": "asc", "direction": "asc"}


class Gitee:
    """Implements `Forge`."""

    kind = "gitee"
    parser = "gitee-api"

    def repository(self, path: str) -> Request:
        return Request(f"/repos/{path}")

    def read_repository(self, host: str, document: Any) -> tuple[RepositoryKey, Rows] | None:
        return read_repository(host, document)

    def owner(self, path: str) -> Sequence[Listing]:
        return owner_listings(path)

    def listings(self, repository: RepositoryKey) -> Sequence[Listing]:
        base = f"/repos/{repository.path}"
        return [
            Listing("issues", f"{base}/issues", issues, _ASCENDING, "since", renews={"issue": {}}),
            Listing(
                "change_requests",
                f"{base}/pulls",
                change_requests,
                _ASCENDING,
                "since",
                renews={"change_request": {}},
            ),
            *self.comment_listings(base),
            Listing("releases", f"{base}/releases", releases, {"direction": "asc"}, replaces=("release",)),
            Listing("tags", f"{base}/tags", tags, replaces=("forge_tag",)),
            Listing("contributors", f"{base}/contributors", contributors, replaces=("forge_contributor",)),
        ]

    def comment_listings(self, base: str) -> Sequence[Listing]:
        return [
            Listing(
                name,
                f"{base}/{part}/comments",
                rows,
                _COMMENTS_ASCENDING,
                "since",
                renews={"comment": {"thread": thread}},
            )
            for name, part, rows, thread in (
                ("comments", "issues", issue_comments, "issue"),
                ("code_comments", "pulls", change_comments, "change_request"),
            )
        ]

    def details(self, repository: RepositoryKey, table: str, number: str) -> Sequence[Detail]:
        if table != "change_request":
            return []
        base = f"/repos/{repository.path}/pulls/{number}"
        return [
            Detail(f"{base}/operate_logs", actions, is_optional=True),
            Detail(f"{base}/files", changed_files, is_optional=True),
        ]

    def profile(self, account_id: str, login: str) -> Request:  # noqa: ARG002 - profiles are found by login
        return Request(f"/users/{login}")

    def read_profile(self, document: Any) -> Rows:
        return profile(document)


class Gitcode(Gitee):
    """GitCode and AtomGit."""

    kind = "gitcode"
    parser = "gitcode-api"

    def comment_listings(self, base: str) -> Sequence[Listing]:  # noqa: ARG002
        return []

    def details(self, repository: RepositoryKey, table: str, number: str) -> Sequence[Detail]:
        kind, thread = ("pulls", "change_request") if table == "change_request" else ("issues", "issue")

        def comments(page: Sequence[Document]) -> Rows:
            return _comments(page, lambda _: number, thread)

        path = f"/repos/{repository.path}/{kind}/{number}/comments"
        return [
            *super().details(repository, table, number),
            Detail(path, comments, is_list=True, is_optional=True),
        ]


def read_repository(host: str, found: Any) -> tuple[RepositoryKey, Rows] | None:
    entry = document(found)
    key, path = integer(entry.get("id"), 64), text(entry.get("full_name"))
    if key is None or path is None:
        return None
    namespace, parent, owner = (document(entry.get(name)) for name in ("namespace", "parent", "owner"))
    parent_path, licence = text(parent.get("full_name")), entry.get("license")
    is_personal = namespace.get("type") == "personal"
    row = {
        "repo_id": f"{host}/{path}",
        "owner_kind": ("user" if is_personal else "organization") if namespace.get("type") else None,
        "owner_id": identifier(owner.get("id")) if is_personal else None,
        "description": text(entry.get("description")),
        "homepage": address(entry.get("homepage")),
        "language": text(entry.get("language")),
        "topics": names(entry.get("project_labels")),
        "licence": text(licence) or text(document(licence).get("spdx_id")),
        "default_branch": text(entry.get("default_branch")),
        "stars": integer(entry.get("stargazers_count")),
        "forks": integer(entry.get("forks_count")),
        "watchers": integer(entry.get("watchers_count")),
        "open_issues": integer(entry.get("open_issues_count")),
        "is_fork": boolean(entry.get("fork")),
        "parent_id": integer(parent.get("id"), 64),
        "parent_repo_id": f"{host}/{parent_path}" if parent_path else None,
        "is_archived": {"关闭": True, "开始": False}.get(str(entry.get("status"))),
        "is_private": boolean(entry.get("private")),
        "created_at": time(entry.get("created_at")),
        "updated_at": time(entry.get("updated_at")),
        "pushed_at": time(entry.get("pushed_at")),
    }
    owners = _accounts(owner) if is_personal else []
    return RepositoryKey(key, path), {"forge_repository": [row], "forge_account": owners}


def issues(page: Sequence[Document]) -> Rows:
    rows = [
        _thread(entry, number)
        | {
            "issue_id": identifier(entry.get("id")),
            "state": _ISSUE_STATES.get(str(entry.get("state"))),
            "state_detail": text(entry.get("state")),
            "closed_at": time(entry.get("finished_at")) or time(entry.get("closed_at")),
        }
        for entry in page
        if (number := identifier(entry.get("number")))
    ]
    people = (p for e in page for p in (e.get("user"), e.get("assignee"), *documents(e.get("collaborators"))))
    return {"issue": rows, "forge_account": _accounts(*people)}


def change_requests(page: Sequence[Document]) -> Rows:
    rows, reviews, people = [], [], []
    for entry in page:
        if (number := identifier(entry.get("number"))) is None:
            continue
        head, base = document(entry.get("head")), document(entry.get("base"))
        source, target = document(head.get("repo")), document(base.get("repo"))
        state = _CHANGE_STATES.get(str(entry.get("state")))
        rows.append(
            _thread(entry, number)
            | {
                "change_request_id": identifier(entry.get("id")),
                "state": "merged" if entry.get("merged_at") else state,
                "closed_at": time(entry.get("closed_at")) or time(entry.get("merged_at")),
                "merged_at": time(entry.get("merged_at")),
                "merged_by_id": account(entry.get("merged_by")),
                "closed_by_id": account(entry.get("closed_by")),
                "reviewer_ids": identifiers(entry.get("assignees")),
                "is_draft": boolean(entry.get("draft")),
                "source_branch": text(head.get("ref")),
                "target_branch": text(base.get("ref")),
                "is_from_fork": source.get("id") != target.get("id") if source and target else None,
                "merge_commit_sha": text(entry.get("merge_commit_sha")),
                "head_commit_sha": text(head.get("sha")),
            }
        )
        assignees = documents(entry.get("assignees"))
        reviews += [
            {"number": number, "state": "approved", "author_id": account_id}
            for person in assignees
            if person.get("accept") is True and (account_id := account(person))
        ]
        people += [entry.get("user"), entry.get("merged_by"), *assignees]
    return {"change_request": rows, "review": reviews, "forge_account": _accounts(*people)}


def _thread(entry: Document, number: str) -> dict[str, Any]:
    assignee = entry.get("assignee")
    assigned = [assignee] if isinstance(assignee, dict) else []
    return {
        "number": number,
        "title": text(entry.get("title")),
        "author_id": account(entry.get("user")),
        "author_association": text(entry.get("author_association")),
        "assignee_ids": identifiers(entry.get("assignees") if "assignees" in entry else assigned),
        "labels": names(entry.get("labels")),
        "milestone": text(document(entry.get("milestone")).get("title")),
        "comments": integer(entry.get("comments")),
        "is_locked": boolean(entry.get("locked")),
        "body_length": length(entry.get("body")),
        "created_at": time(entry.get("created_at")),
        "updated_at": time(entry.get("updated_at")),
    }


def issue_comments(page: Sequence[Document]) -> Rows:
    def number(entry: Document) -> str | None:
        return identifier(document(document(entry.get("target")).get("issue")).get("number"))

    return _comments([e for e in page if number(e) or not e.get("target")], number, "issue")


def change_comments(page: Sequence[Document]) -> Rows:
    def number(entry: Document) -> str | None:
        found = _PULL.search(str(entry.get("pull_request_url"))[:2000])
        return found[1] if found else None

    return _comments(page, number, "change_request")


def _comments(page: Sequence[Document], number: Any, thread: str) -> Rows:
    rows = [
        {
            "comment_id": identifier(entry.get("id")),
            "on_code": bool(entry.get("path")) or entry.get("comment_type") == "diff_comment",
            "thread": thread,
            "number": number(entry),
            "author_id": account(entry.get("user")),
            "in_reply_to_id": identifier(entry.get("in_reply_to_id")),
            "body_length": length(entry.get("body")),
            "created_at": time(entry.get("created_at")),
            "updated_at": time(entry.get("updated_at")),
        }
        for entry in page
        if identifier(entry.get("id"))
    ]
    return {"comment": rows, "forge_account": _accounts(*(entry.get("user") for entry in page))}


def actions(found: Any) -> Rows:
    """Who merged or closed a change request, by its log."""
    by_action: dict[str, Document] = {}
    for entry in sorted(documents(found), key=lambda e: str(e.get("created_at"))):
        by_action[str(entry.get("action_type"))] = document(entry.get("user"))
    merger, closer = by_action.get("merged_pr"), by_action.get("closed_pr")
    patch = {"merged_by_id": account(merger), "closed_by_id": account(closer)}
    return {"patch": [{k: v for k, v in patch.items() if v}], "forge_account": _accounts(merger, closer)}


def changed_files(found: Any) -> Rows:
    """Size of a change request; null where not all files are shown."""
    files = documents(found)
    if not isinstance(found, list) or len(files) >= _FILES_SHOWN:
        return {"patch": [{}]}
    added, deleted = ([integer(f.get(k), 64) for f in files] for k in ("additions", "deletions"))
    sums = {"added": added, "deleted": deleted}
    told = {name: sum(v for v in values if v) for name, values in sums.items() if None not in values}
    return {"patch": [{"files": len(files), **told}]}


def releases(page: Sequence[Document]) -> Rows:
    rows = [
        {
            "tag": text(entry.get("tag_name")),
            "release_id": identifier(entry.get("id")),
            "name": text(entry.get("name")),
            "author_id": account(entry.get("author")),
            "is_prerelease": boolean(entry.get("prerelease")),
            "target": text(entry.get("target_commitish")),
            "assets": len(entry["assets"]) if isinstance(entry.get("assets"), list) else None,
            "body_length": length(entry.get("body")),
            "created_at": time(entry.get("created_at")),
            "published_at": time(entry.get("created_at")),
        }
        for entry in page
    ]
    return {"release": rows, "forge_account": _accounts(*(entry.get("author") for entry in page))}


def tags(page: Sequence[Document]) -> Rows:
    rows = []
    for entry in page:
        commit = document(entry.get("commit"))
        told = {"commit_sha": text(commit.get("sha")), "committed_at": time(commit.get("date"))}
        rows.append({"tag": text(entry.get("name")), **told})
    return {"forge_tag": rows}


def contributors(page: Sequence[Document]) -> Rows:
    """Gitee counts names and addresses, not accounts."""
    rows = [
        {
            "name": text(entry.get("name")),
            "email": text(entry.get("email")),
            "contributions": integer(entry.get("contributions")),
        }
        for entry in page
    ]
    return {"forge_contributor": rows}


def profile(found: Any) -> Rows:
    entry = document(found)
    return {"forge_account": [row | profile_facts(entry) for row in _accounts(entry)]}


def _accounts(*users: Any) -> list[dict[str, Any]]:
    return accounts(users, lambda user: "bot" if user.get("type") == "Bot" else "user")
